// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerValues.cpp - the values and operations of the model that the other files lower to.
//
// The emit functions leave out what says nothing: an operation without a pointer to work on, a copy
// to a value that holds none. A constant becomes a value in the entry block when it is first asked
// for.
//
// INVARIANT  LoweredFunction::OpInst has the instruction of every operation, null for those made
// for constants. ESC_NONE as a value is "no pointer": NULL, or a number that no pointer is in.
//
// NOT HERE  Which instruction becomes which operation (LowerBody.cpp, LowerAddress.cpp,
// LowerCall.cpp).
#include "LowerImpl.h"
#include "llvm/IR/GlobalAlias.h"

using namespace llvm;

namespace escapement {

// ---- operations ---------------------------------------------------------------------------------

EscOp BodyLowering::emit(const EscOpInfo &Info, Instruction *From) {
  EscOp Op = esc_op(M, Id, Current, &Info);
  if (Op == ESC_NONE) // the sticky error; every verdict gives up
    return Op;
  if (LF.OpInst.size() <= Op)
    LF.OpInst.resize(size_t(Op) + 1, nullptr);
  LF.OpInst[Op] = From;
  return Op;
}

EscValue BodyLowering::emitWorld(Instruction *From) {
  EscOpInfo Info = esc_op_info(ESC_OP_WORLD);
  Info.dst = newValue();
  emit(Info, From);
  return Info.dst;
}

void BodyLowering::emitCopy(EscValue Dst, EscValue A, int64_t Lo, int64_t Hi, Instruction *From,
                            uint32_t Flags) {
  if (Dst == ESC_NONE || A == ESC_NONE)
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_COPY);
  Info.dst = Dst;
  Info.a = A;
  Info.lo = Lo;
  Info.hi = Hi;
  Info.flags = Flags;
  emit(Info, From);
}

void BodyLowering::emitUnknownCopy(EscValue Dst, EscValue A, Instruction *From) {
  emitCopy(Dst, A, ESC_OFFSET_MIN, ESC_OFFSET_MAX, From);
}

void BodyLowering::emitMerge(EscValue Dst, ArrayRef<EscValue> Values, Instruction *From) {
  SmallVector<EscArg, 4> Args;
  for (EscValue V : Values)
    if (V != ESC_NONE)
      Args.push_back({V, esc_number_unknown(), 0});
  if (Dst == ESC_NONE || Args.empty())
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_MERGE);
  Info.dst = Dst;
  Info.args = Args.data();
  Info.nargs = uint32_t(Args.size());
  emit(Info, From);
}

void BodyLowering::emitMix(EscValue Dst, ArrayRef<EscValue> Values, Instruction *From) {
  SmallVector<EscValue, 4> Present;
  for (EscValue V : Values)
    if (V != ESC_NONE && !is_contained(Present, V))
      Present.push_back(V);
  if (Dst == ESC_NONE || Present.empty())
    return;
  if (Present.size() == 1)
    return emitUnknownCopy(Dst, Present[0], From);
  EscValue Merged = newValue();
  emitMerge(Merged, Present, From);
  emitUnknownCopy(Dst, Merged, From);
}

void BodyLowering::emitUse(EscValue A, Instruction *From) {
  if (A == ESC_NONE)
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_USE);
  Info.a = A;
  emit(Info, From);
}

static uint32_t storeWidth(const DataLayout &DL, Type *T) {
  TypeSize Size = DL.getTypeStoreSize(T);
  return Size.isScalable() || Size.getKnownMinValue() > UINT32_MAX
             ? 0
             : uint32_t(Size.getKnownMinValue());
}

static uint32_t accessFlags(Type *T, bool Volatile) {
  uint32_t Flags = Volatile ? uint32_t(ESC_OPF_VOLATILE) : 0;
  // Whatever is not typed as a pointer counts as a number for the lines about parameters; as a flow
  // it counts all the same.
  if (T->isIntOrIntVectorTy() || T->isFPOrFPVectorTy())
    Flags |= ESC_OPF_NARROW;
  return Flags;
}

void BodyLowering::emitStore(EscValue Address, EscValue Value, Type *T, bool Volatile,
                             Instruction *From) {
  if (Address == ESC_NONE) // through NULL, or an address no object has
    return;
  EscOpInfo Info = esc_op_info(ESC_OP_STORE);
  Info.a = Address;
  Info.b = Value;
  Info.width = storeWidth(ML.DL, T);
  Info.flags = accessFlags(T, Volatile);
  if (Value != ESC_NONE)
    Info.source = ML.Where.assignmentSource(M, *From);
  emit(Info, From);
}

void BodyLowering::emitLoad(EscValue Dst, EscValue Address, Type *T, bool Volatile,
                            Instruction *From) {
  if (Dst == ESC_NONE || Address == ESC_NONE)
    return emitUse(Address, From);
  EscOpInfo Info = esc_op_info(ESC_OP_LOAD);
  Info.dst = Dst;
  Info.a = Address;
  Info.width = storeWidth(ML.DL, T);
  Info.flags = accessFlags(T, Volatile);
  emit(Info, From);
}

// ---- values -------------------------------------------------------------------------------------

EscValue BodyLowering::result(const Instruction &I) const {
  return Holds.count(&I) ? LF.Values.lookup(&I) : EscValue(ESC_NONE);
}

EscValue BodyLowering::operand(const Value *V) {
  if (const auto *C = dyn_cast<Constant>(V)) {
    auto It = Constants.find(C);
    return It == Constants.end() ? EscValue(ESC_NONE) : It->second;
  }
  return Holds.count(V) ? LF.Values.lookup(V) : EscValue(ESC_NONE);
}

// ---- constants ----------------------------------------------------------------------------------

// The value of a constant, made in the entry block on first sight; ESC_NONE: holds no pointer.
EscValue BodyLowering::constant(const Constant *C) {
  if (isa<ConstantData>(C) || isa<BlockAddress>(C))
    return ESC_NONE;
  if (auto It = Constants.find(C); It != Constants.end())
    return It->second;
  EscValue V = ESC_NONE;
  if (const auto *G = dyn_cast<GlobalVariable>(C)) {
    EscOpInfo Info = esc_op_info(ESC_OP_GLOBAL);
    Info.index = ML.global(G);
    Info.dst = V = newValue();
    emit(Info, nullptr);
  } else if (const auto *Fn = dyn_cast<Function>(C)) {
    EscOpInfo Info = esc_op_info(ESC_OP_FUNCTION);
    Info.index = ML.function(const_cast<Function *>(Fn));
    Info.dst = V = newValue();
    emit(Info, nullptr);
  } else if (const auto *A = dyn_cast<GlobalAlias>(C)) {
    V = A->isInterposable() ? emitWorld(nullptr) : constant(A->getAliasee());
  } else if (isa<GlobalValue>(C)) { // an ifunc
    V = emitWorld(nullptr);
  } else if (const auto *E = dyn_cast<ConstantExpr>(C)) {
    V = constantExpression(E);
  } else { // aggregates, dso_local_equivalent, no_cfi, ...
    SmallVector<EscValue, 4> Parts;
    for (const Value *Operand : C->operands())
      if (const auto *Part = dyn_cast<Constant>(Operand))
        Parts.push_back(constant(Part));
    if (any_of(Parts, [](EscValue P) { return P != ESC_NONE; })) {
      V = newValue();
      emitMix(V, Parts, nullptr);
    }
  }
  Constants[C] = V;
  return V;
}

// The address of a device, or a mark such as (void *)-1 that is only compared. Nothing of ours is
// in the first and the last page.
static bool isMark(const Constant *C) {
  const auto *I = dyn_cast<ConstantInt>(C);
  return I &&
         (I->getValue().ult(4096) || I->getValue().uge(APInt::getAllOnes(I->getBitWidth()) - 4095));
}

EscValue BodyLowering::constantExpression(const ConstantExpr *E) {
  if (E->getOpcode() == Instruction::IntToPtr && isa<ConstantInt>(E->getOperand(0)))
    return isMark(E->getOperand(0)) ? EscValue(ESC_NONE) : emitWorld(nullptr);
  if (E->getOpcode() == Instruction::ICmp)
    return ESC_NONE;
  SmallVector<EscValue, 4> Parts;
  for (const Value *Operand : E->operands())
    if (const auto *Part = dyn_cast<Constant>(Operand))
      Parts.push_back(constant(Part));
  if (none_of(Parts, [](EscValue P) { return P != ESC_NONE; })) {
    // A number made into an address by arithmetic the folder left alone.
    const auto *G = dyn_cast<GEPOperator>(E);
    return G && !G->getPointerOperand()->getType()->isVectorTy() && !G->hasAllConstantIndices()
               ? emitWorld(nullptr)
               : EscValue(ESC_NONE);
  }
  EscValue V = newValue();
  APInt Offset(ML.DL.getIndexTypeSizeInBits(E->getType()->isPtrOrPtrVectorTy()
                                                ? E->getType()
                                                : PointerType::getUnqual(E->getContext())),
               0);
  const auto *G = dyn_cast<GEPOperator>(E);
  if (G && Parts[0] != ESC_NONE && G->accumulateConstantOffset(ML.DL, Offset))
    emitCopy(V, Parts[0], Offset.getSExtValue(), Offset.getSExtValue(), nullptr);
  else if (E->isCast() && E->getOpcode() != Instruction::Trunc)
    emitCopy(V, Parts[0], 0, 0, nullptr);
  else
    emitMix(V, Parts, nullptr);
  return V;
}

} // namespace escapement
