// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerAddress.cpp - computing with addresses: offsets, differences, and decisions by their bits.
//
// A known offset is a COPY with that range of bytes, a difference of two addresses a DIFF (nothing,
// when both are surely in one object), anything else a mix of its operands. A number that tells
// where an object is leaks the object when the program decides by it.
//
// INVARIANT  An offset that is not proved small is any offset: a range is a promise to the
// analysis.
//
// NOT HERE  The range of an integer (Number.cpp), all other instructions (LowerBody.cpp).
#include "LowerImpl.h"
#include "Number.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/IR/CFG.h"

using namespace llvm;

namespace escapement {

// ---- decisions ----------------------------------------------------------------------------------

// Is `V` a number computed from the address of something? Alignment tests and differences of two
// addresses do not tell where it is.
static bool tellsAddress(const Value *V, unsigned Depth = 0) {
  if (Depth == 8)
    return true;
  if (isa<PtrToIntInst>(V))
    return true;
  if (const auto *C = dyn_cast<CastInst>(V))
    return tellsAddress(C->getOperand(0), Depth + 1);
  const auto *B = dyn_cast<BinaryOperator>(V);
  if (!B)
    return false;
  // How the address itself is aligned; of a shifted one the low bits can be any bits.
  const auto *Mask = dyn_cast<ConstantInt>(B->getOperand(1));
  bool LowBits = B->getOpcode() == Instruction::And && Mask && Mask->getValue().ult(4096);
  if (LowBits || B->getOpcode() == Instruction::URem) {
    const Value *Masked = B->getOperand(0);
    while (const auto *C = dyn_cast<CastInst>(Masked)) {
      if (isa<PtrToIntInst>(C))
        return false;
      Masked = C->getOperand(0);
    }
  }
  bool First = tellsAddress(B->getOperand(0), Depth + 1);
  bool Second = tellsAddress(B->getOperand(1), Depth + 1);
  return B->getOpcode() == Instruction::Sub ? First != Second : First || Second;
}

// A program that decides by the bits of an address can build the address again without any flow of
// values. A test for null and an order between two addresses tell too little for that.
void BodyLowering::lowerDecision(const Value *A, const Value *B, Instruction &I) {
  bool First = tellsAddress(A), Second = B && tellsAddress(B);
  const auto *Zero = dyn_cast_or_null<ConstantInt>(B);
  bool NullTest = Zero && Zero->isZero() && isa<PtrToIntInst>(A->stripPointerCasts());
  if (First == Second || NullTest)
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_LEAK);
  Info.a = operand(First ? A : B);
  Info.index = ESC_REASON_INTEGER;
  if (Info.a != ESC_NONE)
    emit(Info, &I);
}

// ---- differences --------------------------------------------------------------------------------

// Functions of the C library whose result points into their first argument, or is NULL.
static bool returnsInside(const CallBase &C) {
  static const StringSet<> Names = {
      "strchr",  "strrchr", "memchr", "memrchr", "rawmemchr", "strstr",     "strpbrk", "index",
      "rindex",  "strcpy",  "stpcpy", "strcat",  "memcpy",    "mempcpy",    "memmove", "strncpy",
      "stpncpy", "strncat", "memset", "fgets",   "strchrnul", "strcasestr", "memmem"};
  const Function *F = C.getCalledFunction();
  return F && F->isDeclaration() && C.arg_size() > 0 && Names.contains(F->getName());
}

// The value that an address was computed from; nullptr for one that is being asked for already (a
// round of a loop), which adds nothing.
static const Value *addressRoot(const Value *V, SmallPtrSetImpl<const Value *> &Asked) {
  for (;;) {
    if (const auto *G = dyn_cast<GEPOperator>(V))
      V = G->getPointerOperand();
    else if (const auto *C = dyn_cast<CastInst>(V); C && !isa<IntToPtrInst>(C))
      V = C->getOperand(0);
    else if (const auto *Call = dyn_cast<CallBase>(V); Call && returnsInside(*Call))
      V = Call->getArgOperand(0);
    else
      break;
  }
  const auto *I = dyn_cast<Instruction>(V);
  if (!I || !(isa<PHINode>(I) || isa<SelectInst>(I)))
    return V;
  if (!Asked.insert(V).second)
    return nullptr;
  const Value *Only = nullptr;
  for (unsigned N = isa<SelectInst>(I) ? 1 : 0; N < I->getNumOperands(); ++N) {
    const Value *Root = addressRoot(I->getOperand(N), Asked);
    if (Root && Only && Root != Only)
      return V;
    if (Root)
      Only = Root;
  }
  return Only ? Only : V;
}

// Do both addresses come from one pointer, which is made once in a run of the function? Then their
// difference is an offset in one object and says nothing of where it is.
static bool sameObject(const Value *A, const Value *B) {
  SmallPtrSet<const Value *, 8> AskedA, AskedB;
  const Value *Root = addressRoot(A, AskedA);
  if (!Root || Root != addressRoot(B, AskedB))
    return false;
  const auto *I = dyn_cast<Instruction>(Root);
  if (!I)
    return isa<Argument>(Root);
  for (const BasicBlock *Next : successors(I->getParent()))
    if (isPotentiallyReachable(Next, I->getParent()))
      return false; // another round may make another object
  return true;
}

void BodyLowering::lowerArithmetic(BinaryOperator &I) {
  EscValue Dst = result(I), A = operand(I.getOperand(0)), B = operand(I.getOperand(1));
  if (Dst == ESC_NONE) {
    emitUse(A, &I);
    return emitUse(B, &I);
  }
  const auto *C = dyn_cast<ConstantInt>(I.getOperand(1));
  bool Small = C && C->getValue().getSignificantBits() <= 48;
  if (I.getOpcode() == Instruction::Add && Small)
    return emitCopy(Dst, A, C->getSExtValue(), C->getSExtValue(), &I);
  if (I.getOpcode() == Instruction::Sub && Small)
    return emitCopy(Dst, A, -C->getSExtValue(), -C->getSExtValue(), &I);
  if (I.getOpcode() == Instruction::Sub && isa<PtrToIntOperator>(I.getOperand(0)) &&
      isa<PtrToIntOperator>(I.getOperand(1)) && A != ESC_NONE && B != ESC_NONE) {
    if (I.hasMetadata(LLVMContext::MD_nosanitize) || // of pointers, see Pass.cpp
        sameObject(I.getOperand(0), I.getOperand(1))) {
      emitUse(A, &I);
      return emitUse(B, &I);
    }
    EscOpInfo Info = esc_op_info(ESC_OP_DIFF);
    Info.dst = Dst;
    Info.a = A;
    Info.b = B;
    emit(Info, &I);
    return;
  }
  emitMix(Dst, {A, B}, &I);
}

// ---- offsets ------------------------------------------------------------------------------------

// The byte offsets a GEP can add; false: anything.
static bool gepRange(const GEPOperator &G, const DataLayout &DL, int64_t &Lo, int64_t &Hi) {
  unsigned Bits = DL.getIndexTypeSizeInBits(G.getType());
  MapVector<Value *, APInt> Variable;
  APInt Constant(Bits, 0);
  if (!G.collectOffset(DL, Bits, Variable, Constant) || Constant.getSignificantBits() > 48)
    return false;
  Lo = Hi = Constant.getSExtValue();
  for (const auto &[V, Scale] : Variable) {
    int64_t First, Last;
    if (Scale.getSignificantBits() > 32 || !offsetRange(V, Scale.getSExtValue(), First, Last))
      return false;
    Lo += First; // each below 2^48 * 2^32 was refused by offsetRange, and there are few of them
    Hi += Last;
    if (Lo < -(int64_t(1) << 48) || Hi > (int64_t(1) << 48))
      return false;
  }
  return true;
}

void BodyLowering::lowerGEP(Instruction &I, const GEPOperator &G, EscValue Dst) {
  EscValue Base = operand(G.getPointerOperand());
  if (Dst == ESC_NONE)
    return emitUse(Base, &I);
  if (Base == ESC_NONE) {
    // (char *)0 + number: the number is the address.
    SmallVector<EscValue, 4> Parts;
    for (const Value *V : G.indices())
      if (EscValue Index = operand(V); Index != ESC_NONE)
        Parts.push_back(Index);
    if (!G.hasAllConstantIndices())
      Parts.push_back(emitWorld(&I));
    return emitMix(Dst, Parts, &I);
  }
  int64_t Lo, Hi;
  if (!I.getType()->isVectorTy() && gepRange(G, ML.DL, Lo, Hi))
    emitCopy(Dst, Base, Lo, Hi, &I);
  else
    emitUnknownCopy(Dst, Base, &I);
}

} // namespace escapement
