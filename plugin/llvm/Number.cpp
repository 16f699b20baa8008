// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Number.cpp - see Number.h.
#include "Number.h"
#include "Compat.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Operator.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace escapement {
namespace {

constexpr unsigned MaxExpressionDepth = 8; // n * sizeof(T) + header needs four

// V = Mul * parameter + Add. Values above Max would make the expression wrap around.
struct Linear {
  uint32_t Param = ESC_NONE;
  uint64_t Mul = 1, Add = 0, Max = 0;
};

bool noWrap(const Value *V) {
  const auto *Op = dyn_cast<OverflowingBinaryOperator>(V);
  return Op && (Op->hasNoUnsignedWrap() || Op->hasNoSignedWrap());
}

// V * Factor in V's type; `Checked`: an instruction flag says that it does not wrap.
bool scale(Linear &L, const APInt &Factor, bool Checked) {
  if (Factor.getActiveBits() > 62 || Factor.isZero())
    return false;
  uint64_t K = Factor.getZExtValue(), Limit = maxUIntN(Factor.getBitWidth());
  bool Overflow = L.Max > Limit / K;
  if (Overflow && !Checked)
    return false;
  if (L.Mul > UINT64_MAX / K || L.Add > UINT64_MAX / K)
    return false;
  L.Mul *= K;
  L.Add *= K;
  L.Max = Overflow ? Limit : L.Max * K;
  return true;
}

bool shift(Linear &L, const APInt &Term, bool Checked) {
  if (Term.isNegative() || Term.getActiveBits() > 62)
    return false;
  uint64_t K = Term.getZExtValue(), Limit = maxUIntN(Term.getBitWidth());
  bool Overflow = L.Max > Limit - K;
  if ((Overflow && !Checked) || L.Add > UINT64_MAX - K)
    return false;
  L.Add += K;
  L.Max = Overflow ? Limit : L.Max + K;
  return true;
}

bool linear(const Value *V, Linear &L, unsigned Depth) {
  if (Depth == 0 || !V->getType()->isIntegerTy() || V->getType()->getIntegerBitWidth() > 64)
    return false;
  if (const auto *A = dyn_cast<Argument>(V)) {
    unsigned Bits = V->getType()->getIntegerBitWidth();
    if (Bits < 32) // narrower ones come extended by rules of the ABI
      return false;
    L = {A->getArgNo(), 1, 0, maxUIntN(Bits)};
    return true;
  }
  const auto *I = dyn_cast<Instruction>(V);
  if (!I)
    return false;
  switch (I->getOpcode()) {
  case Instruction::ZExt:
  case Instruction::SExt:
    return linear(I->getOperand(0), L, Depth - 1);
  case Instruction::Mul:
  case Instruction::Add:
  case Instruction::Shl: {
    const auto *C = dyn_cast<ConstantInt>(I->getOperand(1));
    if (!C || !linear(I->getOperand(0), L, Depth - 1))
      return false;
    if (I->getOpcode() == Instruction::Mul)
      return scale(L, C->getValue(), noWrap(I));
    if (I->getOpcode() == Instruction::Add)
      return shift(L, C->getValue(), noWrap(I));
    unsigned Bits = C->getBitWidth();
    if (C->getValue().uge(Bits - 1))
      return false;
    return scale(L, APInt::getOneBitSet(Bits, unsigned(C->getZExtValue())), noWrap(I));
  }
  default:
    return false;
  }
}

uint64_t clamp(const APInt &N) { return N.getActiveBits() > 64 ? UINT64_MAX : N.getZExtValue(); }

} // namespace

EscNumber numberOf(Value *V, Instruction *At, LazyValueInfo *LVI) {
  if (!V->getType()->isIntegerTy())
    return esc_number_unknown();
  if (const auto *C = dyn_cast<ConstantInt>(V))
    return C->getValue().getActiveBits() > 64 ? esc_number_unknown()
                                              : esc_number_constant(C->getZExtValue());
  EscNumber N = esc_number_unknown();
  ConstantRange Range = computeConstantRange(V, /*ForSigned=*/false);
  if (LVI)
    Range = Range.intersectWith(compat::rangeAt(*LVI, V, At));
  if (!Range.isEmptySet()) {
    N.lo = clamp(Range.getUnsignedMin());
    N.hi = clamp(Range.getUnsignedMax());
  }
  Linear L;
  if (linear(V, L, MaxExpressionDepth)) {
    N.param = L.Param;
    N.mul = L.Mul;
    N.add = L.Add;
  }
  return N;
}

bool offsetRange(const Value *V, int64_t Scale, int64_t &Lo, int64_t &Hi) {
  if (!V->getType()->isIntegerTy())
    return false;
  ConstantRange Range = computeConstantRange(V, /*ForSigned=*/true);
  if (Range.isFullSet() || Range.isEmptySet())
    return false;
  APInt Min = Range.getSignedMin(), Max = Range.getSignedMax();
  if (Min.getSignificantBits() > 48 || Max.getSignificantBits() > 48)
    return false; // nothing that could be an index
  int64_t First, Last;
  if (MulOverflow(Min.getSExtValue(), Scale, First) || MulOverflow(Max.getSExtValue(), Scale, Last))
    return false;
  Lo = First < Last ? First : Last;
  Hi = First < Last ? Last : First;
  return true;
}

} // namespace escapement
