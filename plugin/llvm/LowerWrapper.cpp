// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerWrapper.cpp - what the analysis must know to find thin wrappers of allocators.
//
// The model shows where pointers go. Of a small function that might be a wrapper it is also told
// what else happens: a mark in each block that writes, traps, or does anything that could be
// missed, and one in each block that runs only when a pointer is NULL. An allocation has its
// arguments.
//
// SOUNDNESS  An instruction that is not known here to do nothing has an effect.
//
// NOT HERE  What a wrapper is (analysis/wrappers.c).
#include "LowerImpl.h"
#include "Number.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/PatternMatch.h"

using namespace llvm;
using namespace llvm::PatternMatch;

namespace escapement {

// Larger functions do more than allocate.
static constexpr unsigned MaxWrapperInstructions = 80;

bool BodyLowering::mayBeWrapper() const {
  return !F.isVarArg() && F.getInstructionCount() <= MaxWrapperInstructions;
}

void BodyLowering::emitMark(uint32_t Flag, EscValue A, uint32_t Index, Instruction *From) {
  EscOpInfo Info = esc_op_info(ESC_OP_USE);
  Info.a = A;
  Info.index = Index;
  Info.flags = Flag;
  emit(Info, From);
}

// The first operation of all says that marks were made.
void BodyLowering::markStart() {
  Current = Blocks[&F.getEntryBlock()];
  emitMark(ESC_OPF_EFFECT, ESC_NONE, 0, nullptr);
}

// The pointer that is NULL when `Condition` holds (`Holds`) or does not; null: none that is known.
// `!p && n` holds only when p is NULL.
static Value *nullPointer(Value *Condition, bool Holds, unsigned Depth = 0) {
  ICmpInst::Predicate Relation;
  Value *A, *B;
  if (match(Condition, m_ICmp(Relation, m_Value(A), m_Zero())))
    return A->getType()->isPointerTy() && ICmpInst::isEquality(Relation) &&
                   Holds == (Relation == ICmpInst::ICMP_EQ)
               ? A
               : nullptr;
  bool Both = Holds ? match(Condition, m_LogicalAnd(m_Value(A), m_Value(B)))
                    : match(Condition, m_LogicalOr(m_Value(A), m_Value(B)));
  if (!Both || Depth == 2)
    return nullptr;
  Value *First = nullPointer(A, Holds, Depth + 1);
  return First ? First : nullPointer(B, Holds, Depth + 1);
}

// A block that is entered by one branch only, which asks whether a pointer is NULL.
void BodyLowering::markBlock(BasicBlock &BB) {
  BasicBlock *From = BB.getSinglePredecessor();
  auto *Branch = From ? dyn_cast<BranchInst>(From->getTerminator()) : nullptr;
  if (!Branch || !Branch->isConditional() || Branch->getSuccessor(0) == Branch->getSuccessor(1))
    return;
  Value *Pointer = nullPointer(Branch->getCondition(), Branch->getSuccessor(0) == &BB);
  if (EscValue V = Pointer ? operand(Pointer) : EscValue(ESC_NONE); V != ESC_NONE)
    emitMark(ESC_OPF_IS_NULL, V, ESC_NONE, nullptr);
}

void BodyLowering::markEffect(Instruction &I) {
  if (auto *C = dyn_cast<CallBase>(&I)) {
    const auto *II = dyn_cast<IntrinsicInst>(C);
    bool Silent = II && (isa<DbgInfoIntrinsic>(II) || II->isLifetimeStartOrEnd() ||
                         II->getIntrinsicID() == Intrinsic::assume);
    // A direct call is an operation, and the analysis knows the callee.
    if (Silent || (!II && !C->isInlineAsm() && calledFunction(*C)))
      return;
  }
  if (I.mayHaveSideEffects() || I.isVolatile())
    emitMark(ESC_OPF_EFFECT, ESC_NONE, ESC_NONE, &I);
}

// `n ? n : 1` or the like: all that malloc(0) is made different by.
static Value *atLeastOne(Value *V) {
  ICmpInst::Predicate Relation;
  Value *N, *Then, *Else;
  if (match(V, m_Select(m_ICmp(Relation, m_Value(N), m_Zero()), m_Value(Then), m_Value(Else)))) {
    if (Relation == ICmpInst::ICMP_NE)
      std::swap(Then, Else);
    bool Equality = Relation == ICmpInst::ICMP_EQ || Relation == ICmpInst::ICMP_NE;
    return Equality && match(Then, m_One()) && Else == N ? N : nullptr;
  }
  return match(V, m_UMax(m_Value(N), m_One())) ? N : nullptr;
}

void BodyLowering::wrapperArguments(CallBase &C, SmallVectorImpl<EscArg> &Args) {
  if (Args.empty())
    arguments(C, nullptr, Args);
  for (unsigned N = 0; N < C.arg_size() && N < Args.size(); ++N) {
    Value *V = C.getArgOperand(N);
    if (!V->getType()->isIntegerTy() || Args[N].number.param != ESC_NONE)
      continue;
    if (Value *Size = atLeastOne(V)) {
      EscNumber Number = numberOf(Size, &C, nullptr);
      if (Number.param != ESC_NONE && Number.mul == 1 && Number.add == 0) {
        Number.lo = 1;
        Args[N].number = Number;
      }
    }
  }
}

} // namespace escapement
