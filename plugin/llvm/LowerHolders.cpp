// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerHolders.cpp - which values of a function may hold a pointer, or bits of one.
//
// Forward from everything that makes one: arguments, constants that are addresses, and what comes
// out of memory or a call. A value made of the bits of a holder is a holder.
//
// INVARIANT  An argument or instruction that is not in Holds holds no pointer, whatever its type.
// Every one in Holds has a number in LoweredFunction::Values.
//
// NOT HERE  Which operation makes a holder (LowerBody.cpp, LowerCall.cpp).
#include "LowerImpl.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace escapement {

bool BodyLowering::canHold(Type *T) const {
  if (T->isPointerTy())
    return true;
  if (const auto *I = dyn_cast<IntegerType>(T))
    return I->getBitWidth() > 1; // a single bit is a decision (LowerAddress.cpp)
  return T->isVectorTy() || T->isAggregateType() || T->isFloatingPointTy();
}

// Does the result depend on the bits of the operands, so that it holds a pointer when one of them
// does?
bool BodyLowering::carriesOperand(const Instruction &I) const {
  switch (I.getOpcode()) {
  case Instruction::ICmp:
  case Instruction::FCmp:
  case Instruction::Load: // holds by itself
  case Instruction::Alloca:
  case Instruction::AtomicRMW:
  case Instruction::AtomicCmpXchg:
  case Instruction::Invoke:
  case Instruction::CallBr:
  case Instruction::GetElementPtr: // a pointer, or a vector of them: by itself
    return false;
  case Instruction::Call: {
    const auto *II = dyn_cast<IntrinsicInst>(&I);
    return II && II->doesNotAccessMemory();
  }
  default:
    return true;
  }
}

static bool holdsByItself(const Instruction &I) {
  switch (I.getOpcode()) {
  case Instruction::Load:
  case Instruction::AtomicRMW:
  case Instruction::AtomicCmpXchg:
  case Instruction::PtrToInt:
  case Instruction::GetElementPtr:
  case Instruction::LandingPad:
  case Instruction::VAArg:
  case Instruction::Invoke:
  case Instruction::CallBr:
    return true;
  case Instruction::Call: {
    const auto *II = dyn_cast<IntrinsicInst>(&I);
    return !II || !II->doesNotAccessMemory();
  }
  default:
    return I.getType()->isPtrOrPtrVectorTy();
  }
}

void BodyLowering::findHolders() {
  auto Add = [&](const Instruction *I) {
    if (isa<PtrToIntInst>(I) && ML.Opts.Forget == ESC_FORGET_INTEGER)
      return;
    if (canHold(I->getType()) && Holds.insert(I).second)
      Holders.push_back(I);
  };
  Current = 0;
  for (const Argument &A : F.args())
    if (canHold(A.getType()))
      Holds.insert(&A);
  for (const Instruction &I : instructions(F)) {
    bool HasConstant = false;
    const auto *Call = dyn_cast<CallBase>(&I);
    for (const Use &Operand : I.operands())
      if (const auto *C = dyn_cast<Constant>(Operand);
          C && !(Call && Call->isCallee(&Operand) && calledFunction(*Call)))
        HasConstant |= !isa<ConstantData>(C) && !isa<BasicBlock>(C) && constant(C) != ESC_NONE;
    if (holdsByItself(I) || (HasConstant && carriesOperand(I)))
      Add(&I);
  }
  auto Follow = [&](const Value *V) {
    for (const User *U : V->users())
      if (const auto *I = dyn_cast<Instruction>(U))
        if (carriesOperand(*I))
          Add(I);
  };
  for (const Argument &A : F.args())
    if (Holds.count(&A))
      Follow(&A);
  for (size_t N = 0; N < Holders.size(); ++N)
    Follow(Holders[N]);
}

void BodyLowering::numberValues() {
  for (const Argument &A : F.args())
    LF.Values[&A] = A.getArgNo();
  for (const Instruction &I : instructions(F))
    if (Holds.count(&I))
      LF.Values[&I] = newValue();
}

} // namespace escapement
