// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerCall.cpp - calls: whom, with what, and in which of the other files they are lowered.
//
// A call whose callee is known and is neither an intrinsic nor an allocator becomes a CALL: the
// analysis knows the callee's body or its model. One through a pointer becomes an ICALL.
//
// INVARIANT  A callee is known only if it gets an argument for each of its parameters: a parameter
// without an argument holds anything, which a CALL cannot say.
//
// NOT HERE  Allocators (LowerAllocator.cpp), intrinsics and inline assembly (LowerIntrinsic.cpp),
// what a library function does with its arguments (analysis/models/libc.models).
#include "Calls.h"
#include "LowerImpl.h"
#include "Number.h"
#include "llvm/Analysis/LazyValueInfo.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/GlobalAlias.h"

using namespace llvm;

namespace escapement {

Function *calledFunction(const CallBase &C) {
  Value *Callee = C.getCalledOperand()->stripPointerCasts();
  while (auto *A = dyn_cast<GlobalAlias>(Callee)) {
    if (A->isInterposable())
      return nullptr;
    Callee = A->getAliasee()->stripPointerCasts();
  }
  auto *F = dyn_cast<Function>(Callee);
  // Called with fewer arguments than it has: the missing parameters hold anything.
  return F && C.arg_size() >= F->arg_size() ? F : nullptr;
}

uint32_t BodyLowering::callFlags(const CallBase &C) const {
  uint32_t Flags = 0;
  if (C.isMustTailCall())
    Flags |= ESC_OPF_TAIL;
  if (!isa<CallInst>(C) || C.isMustTailCall() || C.hasOperandBundles())
    Flags |= ESC_OPF_NO_CHANGE;
  return Flags;
}

LazyValueInfo *BodyLowering::lazyValues() { return ML.Analyses.LVI ? ML.Analyses.LVI(F) : nullptr; }

EscNumber BodyLowering::argumentNumber(CallBase &C, uint32_t Param) {
  if (Param >= C.arg_size())
    return esc_number_unknown();
  return numberOf(C.getArgOperand(Param), &C, lazyValues());
}

void BodyLowering::lowerCall(CallBase &C) {
  if (C.isInlineAsm())
    return lowerAsm(C);
  if (auto *II = dyn_cast<IntrinsicInst>(&C))
    return lowerIntrinsic(*II);
  Function *Callee = calledFunction(C);
  if (!Callee) {
    const CallInfo *Source = ML.Where.call(C, StringRef());
    EscOpInfo Info = esc_op_info(ESC_OP_ICALL);
    SmallVector<EscArg, 8> Args;
    arguments(C, Source, Args);
    lowerAddressNumbers(C);
    Info.a = operand(C.getCalledOperand());
    if (ML.Numbers && Info.a != ESC_NONE)
      Info.index = ML.Signatures.number(C);
    if (Info.a == ESC_NONE) // calls a number
      Info.a = emitWorld(&C);
    Info.dst = result(C);
    Info.args = Args.data();
    Info.nargs = uint32_t(Args.size());
    Info.flags = callFlags(C);
    Info.source = ML.Where.calleeSource(M, Source);
    emit(Info, &C);
    return;
  }
  if (C.isNoBuiltin() && Callee->isDeclaration())
    return lowerDirectCall(C, ML.unknownFunction(Callee->getName(), unsigned(Callee->arg_size())));
  if (C.getFunctionType() == Callee->getFunctionType() && lowerAllocator(C, Callee))
    return;
  lowerDirectCall(C, ML.function(Callee));
}

// The arguments as values; a struct passed by value in memory is copied into a local of its own.
void BodyLowering::arguments(CallBase &C, const CallInfo *Source, SmallVectorImpl<EscArg> &Args) {
  std::vector<int> Names;
  if (Source)
    Names = sourceArguments(C, *Source);
  for (unsigned N = 0; N < C.arg_size(); ++N) {
    Value *V = C.getArgOperand(N);
    EscArg Arg{operand(V), esc_number_unknown(), 0};
    if (V->getType()->isIntegerTy())
      Arg.number = numberOf(V, &C, nullptr);
    if (C.isByValArgument(N) && Arg.value != ESC_NONE) {
      TypeSize Size = ML.DL.getTypeAllocSize(C.getParamByValType(N));
      EscOpInfo Local = esc_op_info(ESC_OP_LOCAL);
      Local.index = newLocal(Size.getKnownMinValue(), nullptr, StringRef(), Place());
      Local.dst = newValue();
      emit(Local, &C);
      EscOpInfo Move = esc_op_info(ESC_OP_MOVE);
      Move.a = Local.dst;
      Move.b = Arg.value;
      Move.lo = Move.hi = int64_t(Size.getKnownMinValue());
      emit(Move, &C);
      Arg.value = Local.dst;
    }
    if (N < Names.size() && Names[N] >= 0)
      Arg.source = ML.Where.argumentSource(M, Source, unsigned(Names[N]));
    Args.push_back(Arg);
  }
}

// ---- addresses that are printed ---------------------------------------------------------------

// The characters of a constant string, wide or narrow. (A wide one is also a short narrow one.)
static bool constantText(const Value *V, std::string &Text) {
  ConstantDataArraySlice Wide;
  if (getConstantDataArrayInfo(V, Wide, 32) && Wide.Array) {
    for (uint64_t N = 0; N < Wide.Length && Wide[unsigned(N)] != 0; ++N)
      Text += Wide[unsigned(N)] < 128 ? char(Wide[unsigned(N)]) : '?';
    return true;
  }
  StringRef Narrow;
  if (!getConstantStringInfo(V, Narrow))
    return false;
  Text = Narrow.str();
  return true;
}

// What %p has printed, scanf makes a pointer again: printing an address is converting it. The last
// named argument of any variadic function may be a format that it hands on; so is what stands
// before a va_list. One that is not known here is taken to have no %p.
void BodyLowering::lowerPrintedAddresses(CallBase &C, Function &Fn, EscSource Source) {
  unsigned NumFixed = unsigned(Fn.arg_size()), NumArgs = unsigned(C.arg_size());
  bool TakesList = Fn.isDeclaration() && !Fn.isVarArg() && NumFixed >= 2 && NumArgs == NumFixed &&
                   (Fn.getName().starts_with("v") || Fn.getName().starts_with("__v"));
  unsigned FormatAt = NumFixed - (TakesList ? 2 : 1);
  std::string Format;
  if ((!Fn.isVarArg() && !TakesList) || NumFixed == 0 || NumArgs <= FormatAt + 1 ||
      !constantText(C.getArgOperand(FormatAt), Format) || Format.find('%') == std::string::npos)
    return;
  std::vector<unsigned> Printed;
  if (!printedAddresses(Format, Printed))
    for (unsigned N = FormatAt + 1; N < NumArgs; ++N)
      Printed.push_back(N - FormatAt - 1);
  if (TakesList && !Printed.empty())
    Printed = {0};
  for (unsigned N : Printed) {
    if (N + FormatAt + 1 >= NumArgs)
      continue;
    EscOpInfo Info = esc_op_info(ESC_OP_LEAK);
    Info.a = operand(C.getArgOperand(N + FormatAt + 1));
    Info.index = ESC_REASON_INTEGER;
    Info.source = Source;
    if (Info.a != ESC_NONE)
      emit(Info, &C);
  }
}

// A library's function may make another number of one that it gets, or print it.
void BodyLowering::lowerAddressNumbers(CallBase &C) {
  for (const Value *V : C.args())
    lowerAddressNumber(V, &C);
}

void BodyLowering::lowerDirectCall(CallBase &C, EscFunc Callee) {
  Function *Fn = calledFunction(C);
  const CallInfo *Source = ML.Where.call(C, Fn->getName());
  SmallVector<EscArg, 8> Args;
  arguments(C, Source, Args);
  EscOpInfo Info = esc_op_info(ESC_OP_CALL);
  Info.index = Callee;
  Info.dst = result(C);
  Info.args = Args.data();
  Info.nargs = uint32_t(Args.size());
  Info.flags = callFlags(C);
  Info.source = ML.Where.calleeSource(M, Source);
  if (Marks)
    wrapperArguments(C, Args);
  lowerPrintedAddresses(C, *Fn, Info.source);
  if (Fn->isDeclaration())
    lowerAddressNumbers(C);
  bool Opaque = Fn->isDeclaration() && Fn->returnDoesNotAlias() && !C.isNoBuiltin() &&
                C.getType()->isPointerTy() && !esc_model_exists(M, Fn->getName().str().c_str());
  if (Opaque)
    Info.dst = ESC_NONE;
  emit(Info, &C);
  if (Opaque)
    lowerOpaqueAllocation(C, Fn, Source);
  if (readsLines(*Fn) && !C.isNoBuiltin() && esc_model_exists(M, Fn->getName().str().c_str()))
    lowerLineBuffer(C, Fn, Source);
}

} // namespace escapement
