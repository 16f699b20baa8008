// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerBody.cpp - one function's body: the order of work, and every instruction that is neither a
// call nor arithmetic.
//
// Three walks over a function: the values that may hold a pointer, which also makes the constants
// (each becomes one operation in the entry block), the locals, then the operations.
//
// INVARIANT  Every instruction in Holds gets exactly one operation that defines it, or none, which
// means NULL. An opcode that is not known here makes its result of its operands (lowerGeneric).
//
// NOT HERE  Which values hold pointers (LowerHolders.cpp), making operations (LowerValues.cpp),
// arithmetic with addresses (LowerAddress.cpp), calls (LowerCall.cpp).
#include "LowerImpl.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace escapement {

BodyLowering::BodyLowering(ModuleLowering &ML, LoweredFunction &LF, unsigned Index)
    : ML(ML), LF(LF), Index(Index), F(*LF.F), M(ML.Out.M.get()), Id(LF.Id) {}

void BodyLowering::run() {
  esc_function_begin_body(M, Id);
  for (BasicBlock &BB : F)
    Blocks[&BB] = esc_block(M, Id);
  lowerEdges();
  Marks = ML.Analyses.Summarize && mayBeWrapper();
  if (Marks)
    markStart();
  findHolders();
  numberValues();
  lowerLocals();
  for (BasicBlock &BB : F) {
    Current = Blocks[&BB];
    if (Marks)
      markBlock(BB);
    for (Instruction &I : BB) {
      lower(I);
      if (Marks)
        markEffect(I);
    }
  }
  leakDecided();
}

void BodyLowering::lowerEdges() {
  for (BasicBlock &BB : F)
    for (BasicBlock *Next : successors(&BB))
      esc_edge(M, Id, Blocks[&BB], Blocks[Next]);
}

// ---- locals ------------------------------------------------------------------------------------

EscLocal BodyLowering::newLocal(uint64_t Bytes, AllocaInst *A, StringRef Name, const Place &At) {
  std::string Text = Name.str();
  EscLocal L = esc_local(M, Id, Bytes, Name.empty() ? nullptr : Text.c_str(),
                         Locator::placeSource(M, At, Name));
  if (L == ESC_NONE)
    return L;
  if (LF.LocalInst.size() <= L)
    LF.LocalInst.resize(size_t(L) + 1, nullptr);
  LF.LocalInst[L] = A;
  return L;
}

void BodyLowering::lowerLocals() {
  for (Instruction &I : instructions(F)) {
    auto *A = dyn_cast<AllocaInst>(&I);
    if (!A)
      continue;
    std::optional<TypeSize> Size = A->getAllocationSize(ML.DL);
    // What is not made once, at the entry, may be made again: alloca in a loop.
    bool Fixed = A->isStaticAlloca() && Size && !Size->isScalable();
    uint64_t Bytes = Fixed ? Size->getFixedValue() : uint64_t(ESC_SIZE_UNKNOWN);
    StringRef Name;
    Place At;
    if (const VariableInfo *Variable = ML.Analyses.Local ? ML.Analyses.Local(*A) : nullptr) {
      Name = Variable->Name;
      At = Variable->At;
    }
    Locals[A] = newLocal(Bytes, A, Name, At);
  }
}

// ---- instructions ------------------------------------------------------------------------------

void BodyLowering::lower(Instruction &I) {
  switch (I.getOpcode()) {
  case Instruction::Alloca: {
    EscOpInfo Info = esc_op_info(ESC_OP_LOCAL);
    Info.index = Locals[cast<AllocaInst>(&I)];
    Info.dst = result(I);
    emit(Info, &I);
    return;
  }
  case Instruction::Load: {
    auto &L = cast<LoadInst>(I);
    return emitLoad(result(I), operand(L.getPointerOperand()), L.getType(), L.isVolatile(), &I);
  }
  case Instruction::Store: {
    auto &S = cast<StoreInst>(I);
    Type *T = S.getValueOperand()->getType();
    return emitStore(operand(S.getPointerOperand()), operand(S.getValueOperand()), T,
                     S.isVolatile(), &I);
  }
  case Instruction::AtomicRMW: {
    auto &A = cast<AtomicRMWInst>(I);
    EscValue Address = operand(A.getPointerOperand()), Old = result(I);
    EscValue New = operand(A.getValOperand());
    emitLoad(Old, Address, A.getType(), A.isVolatile(), &I);
    if (A.getOperation() != AtomicRMWInst::Xchg && (New != ESC_NONE || Old != ESC_NONE)) {
      EscValue Mixed = newValue();
      emitMix(Mixed, {Old, New}, &I);
      New = Mixed;
    }
    return emitStore(Address, New, A.getType(), A.isVolatile(), &I);
  }
  case Instruction::AtomicCmpXchg: {
    auto &A = cast<AtomicCmpXchgInst>(I);
    EscValue Address = operand(A.getPointerOperand());
    Type *T = A.getNewValOperand()->getType();
    emitLoad(result(I), Address, T, A.isVolatile(), &I);
    emitUse(operand(A.getCompareOperand()), &I);
    return emitStore(Address, operand(A.getNewValOperand()), T, A.isVolatile(), &I);
  }
  case Instruction::GetElementPtr:
    return lowerGEP(I, cast<GEPOperator>(I), result(I));
  case Instruction::PHI:
    return lowerPhi(cast<PHINode>(I));
  case Instruction::Select:
    return emitMerge(result(I), {operand(I.getOperand(1)), operand(I.getOperand(2))}, &I);
  case Instruction::Freeze:
    return emitCopy(result(I), operand(I.getOperand(0)), 0, 0, &I);
  case Instruction::Switch:
    return lowerDecision(cast<SwitchInst>(I).getCondition(), nullptr, I);
  case Instruction::ICmp:
    if (!I.getOperand(0)->getType()->isPtrOrPtrVectorTy())
      return lowerDecision(I.getOperand(0), I.getOperand(1), I);
    return lowerOrder(I);
  case Instruction::FCmp:
    return lowerDecision(I.getOperand(0), I.getOperand(1), I);
  case Instruction::Ret:
    return lowerReturn(cast<ReturnInst>(I));
  case Instruction::Call:
  case Instruction::Invoke:
  case Instruction::CallBr:
    return lowerCall(cast<CallBase>(I));
  case Instruction::Br:
  case Instruction::Unreachable:
  case Instruction::Fence:
    return;
  case Instruction::VAArg:
    return lowerVariableArgument(I);
  case Instruction::LandingPad: {
    EscValue Dst = result(I);
    return Dst == ESC_NONE ? void() : emitCopy(Dst, emitWorld(&I), 0, 0, &I);
  }
  default:
    if (auto *B = dyn_cast<BinaryOperator>(&I))
      return lowerArithmetic(*B);
    if (auto *C = dyn_cast<CastInst>(&I))
      return lowerCast(*C);
    return lowerGeneric(I);
  }
}

// Vectors, aggregates, exceptions, and whatever a later LLVM adds: the result is made of
// the operands and of nothing else. What throws or branches on a pointer only uses it.
void BodyLowering::lowerGeneric(Instruction &I) {
  SmallVector<EscValue, 4> Operands;
  for (const Value *Operand : I.operands())
    if (EscValue V = operand(Operand); V != ESC_NONE)
      Operands.push_back(V);
  EscValue Dst = result(I);
  if (Dst == ESC_NONE) {
    for (EscValue V : Operands)
      emitUse(V, &I);
    return;
  }
  // An aggregate is one value for the model: its parts share what they point to, not an offset.
  bool Exact = isa<InsertValueInst, ExtractValueInst, InsertElementInst, ExtractElementInst,
                   ShuffleVectorInst>(I);
  if (Exact)
    return emitMerge(Dst, Operands, &I);
  if (I.getType()->isPtrOrPtrVectorTy())
    Operands.push_back(emitWorld(&I));
  emitMix(Dst, Operands, &I);
}

void BodyLowering::lowerPhi(PHINode &I) {
  EscValue Dst = result(I);
  if (Dst == ESC_NONE)
    return;
  // Each operand says where it comes from: it is used on that way only.
  SmallVector<EscArg, 8> Args;
  for (unsigned N = 0; N < I.getNumIncomingValues(); ++N)
    if (EscValue In = operand(I.getIncomingValue(N)); In != ESC_NONE)
      Args.push_back({In, esc_number_constant(Blocks.lookup(I.getIncomingBlock(N))), 0});
  if (Args.empty())
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_MERGE);
  Info.dst = Dst;
  Info.args = Args.data();
  Info.nargs = uint32_t(Args.size());
  emit(Info, &I);
}

void BodyLowering::lowerCast(CastInst &I) {
  EscValue Dst = result(I), A = operand(I.getOperand(0));
  if (Dst == ESC_NONE) {
    // One bit, by which the program will decide; the lowest is how the address is aligned.
    if (!isa<PtrToIntInst>(I) && !isa<PtrToIntInst>(I.getOperand(0)))
      lowerAddressNumber(I.getOperand(0), &I);
    return emitUse(A, &I);
  }
  if (A == ESC_NONE && I.getType()->isPtrOrPtrVectorTy()) // a number made into an address
    A = emitWorld(&I);
  uint32_t Flags = 0;
  if (isa<TruncInst>(I) &&
      ML.DL.getTypeStoreSize(I.getType()).getKnownMinValue() < ML.DL.getPointerSize())
    Flags = ESC_OPF_NARROW;
  emitCopy(Dst, A, 0, 0, &I, Flags);
}

void BodyLowering::lowerReturn(ReturnInst &I) {
  EscOpInfo Info = esc_op_info(ESC_OP_RETURN);
  if (const Value *V = I.getReturnValue())
    Info.a = operand(V);
  if (Info.a != ESC_NONE)
    Info.source = ML.Where.assignmentSource(M, I);
  emit(Info, &I);
}

} // namespace escapement
