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

namespace {

// Is a number computed from the address of something? Alignment tests and differences of two
// addresses do not tell where it is. What is asked for already adds nothing (a round of a loop).
class AddressTeller {
public:
  explicit AddressTeller(unsigned &Steps) : Steps(Steps) {}

  bool tells(const Value *V) {
    if (isa<PtrToIntInst>(V))
      return true;
    const auto *I = dyn_cast<Instruction>(V);
    if (!I || !Asked.insert(I).second)
      return false;
    if (++Steps > MostSteps)
      return true;
    if (const auto *B = dyn_cast<BinaryOperator>(I))
      return tellsBinary(*B);
    if (const auto *S = dyn_cast<SelectInst>(I))
      return tells(S->getTrueValue()) || tells(S->getFalseValue());
    if (const auto *Call = dyn_cast<CallBase>(I)) {
      const auto *II = dyn_cast<IntrinsicInst>(Call);
      return II && II->doesNotAccessMemory() &&
             any_of(II->args(), [&](const Value *A) { return tells(A); });
    }
    bool Carries = isa<CastInst>(I) || isa<PHINode>(I) || isa<FreezeInst>(I) ||
                   isa<UnaryOperator>(I) || isa<InsertElementInst>(I) ||
                   isa<ExtractElementInst>(I) || isa<ShuffleVectorInst>(I) ||
                   isa<InsertValueInst>(I) || isa<ExtractValueInst>(I);
    return Carries && !I->getType()->isPtrOrPtrVectorTy() &&
           any_of(I->operands(), [&](const Use &U) { return tells(U); });
  }

private:
  static constexpr unsigned MostSteps = 200; // longer sums are taken to tell

  // How the address itself is aligned; of a shifted one the low bits can be any bits.
  static bool isAlignment(const BinaryOperator &B) {
    const auto *Mask = dyn_cast<ConstantInt>(B.getOperand(1));
    bool LowBits = B.getOpcode() == Instruction::And && Mask && Mask->getValue().ult(4096);
    if (!LowBits && B.getOpcode() != Instruction::URem)
      return false;
    const Value *Masked = B.getOperand(0);
    while (const auto *C = dyn_cast<CastInst>(Masked)) {
      if (isa<PtrToIntInst>(C))
        return true;
      Masked = C->getOperand(0);
    }
    return false;
  }

  bool tellsBinary(const BinaryOperator &B) {
    if (isAlignment(B))
      return false;
    if (B.getOpcode() != Instruction::Sub)
      return tells(B.getOperand(0)) || tells(B.getOperand(1));
    AddressTeller Second(*this); // each side may lead through what the other does
    return tells(B.getOperand(0)) != Second.tells(B.getOperand(1));
  }

  unsigned &Steps;
  SmallPtrSet<const Instruction *, 16> Asked;
};

} // namespace

static bool tellsAddress(const Value *V) {
  unsigned Steps = 0;
  return AddressTeller(Steps).tells(V);
}

// Where a number comes from elsewhere: an argument, the result of a call, what lies in memory. It
// may be one of an address, or its bytes: only the analysis can tell.
static bool comesFromElsewhere(const Instruction &I) {
  switch (I.getOpcode()) {
  case Instruction::Load:
  case Instruction::AtomicRMW:
  case Instruction::AtomicCmpXchg:
  case Instruction::VAArg:
  case Instruction::Invoke:
  case Instruction::CallBr:
    return true;
  case Instruction::Call: {
    const auto *II = dyn_cast<IntrinsicInst>(&I);
    return !II || !II->doesNotAccessMemory();
  }
  default:
    return false;
  }
}

// The program decides by V. The numbers of elsewhere that V is computed from are collected.
void BodyLowering::decideBy(const Value *V) {
  SmallVector<const Value *, 8> Work = {V};
  while (!Work.empty()) {
    const Value *N = Work.pop_back_val();
    const auto *I = dyn_cast<Instruction>(N);
    if ((!I && !isa<Argument>(N)) || N->getType()->isPtrOrPtrVectorTy() ||
        !DecidedSeen.insert(N).second)
      continue;
    // It is a part of the promise of a whole program that this tells nothing of addresses.
    if (const auto *Call = dyn_cast<CallBase>(N); Call && !Call->getCalledFunction() && ML.Closed)
      continue;
    if (!I || comesFromElsewhere(*I)) {
      if (EscValue A = operand(N); A != ESC_NONE)
        Decided.push_back(A);
    } else if (!isa<CmpInst>(I) && !isa<PtrToIntInst>(I)) {
      append_range(Work, I->operand_values());
    }
  }
}

// One leak for all of them: most hold no address, and the analysis then has little to do.
void BodyLowering::leakDecided() {
  if (Decided.empty())
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_LEAK);
  Info.a = Decided[0];
  if (Decided.size() > 1) {
    Info.a = newValue();
    emitMerge(Info.a, Decided, nullptr);
  }
  Info.index = ESC_REASON_INTEGER;
  Info.flags = ESC_OPF_NARROW; // nothing else is kept of them
  emit(Info, nullptr);
}

// A number that a function gets may come back as another one, or be decided by there.
void BodyLowering::lowerAddressNumber(const Value *V, Instruction *From) {
  if (V->getType()->isPtrOrPtrVectorTy())
    return;
  decideBy(V);
  if (!tellsAddress(V))
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_LEAK);
  Info.a = operand(V);
  Info.index = ESC_REASON_INTEGER;
  if (Info.a != ESC_NONE)
    emit(Info, From);
}

// A program that decides by the bits of an address can build the address again without any flow of
// values. A test for null and an order between two addresses tell too little for that.
void BodyLowering::lowerDecision(const Value *A, const Value *B, Instruction &I) {
  bool First = tellsAddress(A), Second = B && tellsAddress(B);
  decideBy(A);
  if (B)
    decideBy(B);
  const auto *Zero = dyn_cast_or_null<ConstantInt>(B);
  bool NullTest = Zero && Zero->isZero() && isa<PtrToIntInst>(A->stripPointerCasts());
  if (First == Second || NullTest)
    return;
  lowerAddressNumber(First ? A : B, &I);
}

// Two pointers are compared. One made of a number is a question where the other is.
void BodyLowering::lowerOrder(Instruction &I) {
  for (unsigned N : {0u, 1u}) {
    EscValue Asked = operand(I.getOperand(N));
    if (!isa<IntToPtrInst>(I.getOperand(1 - N)) || Asked == ESC_NONE) {
      emitUse(Asked, &I);
      continue;
    }
    EscOpInfo Info = esc_op_info(ESC_OP_LEAK);
    Info.a = Asked;
    Info.index = ESC_REASON_INTEGER;
    emit(Info, &I);
  }
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

// Is it a number of an address, or a distance between two, perhaps scaled?
static bool madeOfAddress(const Value *V) {
  for (unsigned Steps = 0; Steps < 8; ++Steps) {
    if (isa<PtrToIntInst>(V))
      return true;
    const auto *B = dyn_cast<BinaryOperator>(V);
    if (B && B->getOpcode() == Instruction::Sub && isa<PtrToIntInst>(B->getOperand(1)))
      return true;
    const auto *C = dyn_cast<CastInst>(V);
    if (!B && !C)
      break;
    V = C ? C->getOperand(0) : B->getOperand(0);
  }
  return tellsAddress(V);
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
  // An index made of an address, from another base, makes that address again; one that tells where
  // an object is chooses by it.
  SmallVector<EscValue, 4> Parts = {Base};
  for (const Value *V : G.indices())
    decideBy(V);
  for (const Value *V : G.indices())
    if (EscValue Index = operand(V); Index != ESC_NONE && madeOfAddress(V)) {
      lowerAddressNumber(V, &I);
      Parts.push_back(Index);
    }
  if (Parts.size() > 1)
    return emitMix(Dst, Parts, &I);
  int64_t Lo, Hi;
  if (!I.getType()->isVectorTy() && gepRange(G, ML.DL, Lo, Hi))
    emitCopy(Dst, Base, Lo, Hi, &I);
  else
    emitUnknownCopy(Dst, Base, &I);
}

} // namespace escapement
