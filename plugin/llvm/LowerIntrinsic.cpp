// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerIntrinsic.cpp - what the compiler itself calls: intrinsics, variable arguments, inline
// assembly.
//
// Each of the known intrinsics has its operations. Of the others, one that touches no memory makes
// its result of its operands, and one that does leaks them all, as inline assembly does.
//
// INVARIANT  An intrinsic that is not named here can only cost precision: it leaks or mixes.
//
// NOT HERE  Functions (LowerCall.cpp).
#include "LowerImpl.h"
#include "Number.h"

using namespace llvm;

namespace escapement {

// ---- variable arguments ------------------------------------------------------------------------

constexpr int64_t VaListBytes = 64; // more than any va_list

// The area that the variable arguments lie in is a local without a name: a va_list points into it,
// and what is read through it is any of them.
void BodyLowering::lowerVariableStart(IntrinsicInst &I) {
  EscOpInfo Area = esc_op_info(ESC_OP_LOCAL);
  Area.index = newLocal(ESC_SIZE_UNKNOWN, nullptr, StringRef(), Place());
  Area.dst = newValue();
  emit(Area, &I);
  EscOpInfo Arguments = esc_op_info(ESC_OP_STORE);
  Arguments.a = Area.dst;
  Arguments.b = EscValue(F.arg_size()); // ESC_PARAM_REST
  Arguments.lo = ESC_OFFSET_MIN;
  Arguments.hi = ESC_OFFSET_MAX;
  emit(Arguments, &I);
  EscValue Inside = newValue();
  emitUnknownCopy(Inside, Area.dst, &I);
  EscOpInfo List = esc_op_info(ESC_OP_STORE);
  List.a = operand(I.getArgOperand(0));
  List.b = Inside;
  List.hi = VaListBytes;
  // System V, x86-64 (its ABI, 3.5.7): two counters of 4 bytes, then two pointers.
  const Triple Target(F.getParent()->getTargetTriple());
  if (Target.getArch() == Triple::x86_64 && !Target.isOSWindows() && !Target.isX32() &&
      F.getCallingConv() == CallingConv::C) {
    List.lo = 8;
    List.hi = 16;
    List.width = 8;
  }
  if (List.a != ESC_NONE)
    emit(List, &I);
}

// The list moves on; what it pointed to is the result.
void BodyLowering::lowerVariableArgument(Instruction &I) {
  EscValue List = operand(I.getOperand(0)), Dst = result(I);
  if (Dst == ESC_NONE || List == ESC_NONE)
    return emitUse(List, &I);
  EscOpInfo Area = esc_op_info(ESC_OP_LOAD);
  Area.dst = newValue();
  Area.a = List;
  Area.hi = VaListBytes;
  emit(Area, &I);
  EscOpInfo Argument = esc_op_info(ESC_OP_LOAD);
  Argument.dst = Dst;
  Argument.a = Area.dst;
  Argument.lo = ESC_OFFSET_MIN;
  Argument.hi = ESC_OFFSET_MAX;
  emit(Argument, &I);
}

// ---- what is not understood --------------------------------------------------------------------

void BodyLowering::leakOperands(CallBase &C, EscReason Reason, StringRef Name) {
  for (Value *V : C.args()) {
    EscValue A = operand(V);
    if (A == ESC_NONE)
      continue;
    EscOpInfo Info = esc_op_info(ESC_OP_LEAK);
    Info.a = A;
    Info.index = uint32_t(Reason);
    Info.source = ML.Where.namedSource(M, C, Name);
    emit(Info, &C);
  }
  // What leaked can be changed into anything; what comes back can be anything.
  if (EscValue Dst = result(C); Dst != ESC_NONE)
    emitCopy(Dst, emitWorld(&C), 0, 0, &C);
}

void BodyLowering::lowerAsm(CallBase &C) { leakOperands(C, ESC_REASON_ASM, StringRef()); }

// ---- memory ------------------------------------------------------------------------------------

// The fields of an assigned struct are described by their types: (offset, size, access tag) each.
static bool copiesNoPointer(const CallBase &C) {
  const MDNode *Fields = C.getMetadata(LLVMContext::MD_tbaa_struct);
  if (!Fields || Fields->getNumOperands() == 0)
    return false;
  for (unsigned N = 2; N < Fields->getNumOperands(); N += 3) {
    const auto *Tag = dyn_cast<MDNode>(Fields->getOperand(N));
    const auto *Type =
        Tag && Tag->getNumOperands() >= 2 ? dyn_cast<MDNode>(Tag->getOperand(1)) : nullptr;
    const auto *Name =
        Type && Type->getNumOperands() != 0 ? dyn_cast<MDString>(Type->getOperand(0)) : nullptr;
    // Characters can be bytes of anything.
    if (!Name || Name->getString().contains("pointer") || Name->getString().contains("char"))
      return false;
  }
  return true;
}

void BodyLowering::lowerMemoryMove(CallBase &C) {
  EscOpInfo Info = esc_op_info(ESC_OP_MOVE);
  Info.a = operand(C.getArgOperand(0));
  Info.b = operand(C.getArgOperand(1));
  if (Info.a == ESC_NONE || Info.b == ESC_NONE) {
    emitUse(Info.a, &C);
    return emitUse(Info.b, &C);
  }
  EscNumber Length = numberOf(C.getArgOperand(2), &C, nullptr);
  Info.lo = int64_t(std::min<uint64_t>(Length.lo, INT64_MAX));
  Info.hi = int64_t(std::min<uint64_t>(Length.hi, INT64_MAX));
  if (copiesNoPointer(C))
    Info.flags |= ESC_OPF_NARROW;
  Info.source = ML.Where.assignmentSource(M, C); // a struct assigned to another
  if (!Info.source)
    Info.source = ML.Where.calleeSource(M, ML.Where.call(C, StringRef()));
  if (!Info.source) // a struct that is returned, or passed
    Info.source = ML.Where.namedSource(M, C, "a struct");
  emit(Info, &C);
}

// The byte may be one of a pointer.
void BodyLowering::lowerMemorySet(CallBase &C) {
  EscValue Address = operand(C.getArgOperand(0)), Byte = operand(C.getArgOperand(1));
  if (Byte == ESC_NONE || Address == ESC_NONE)
    return emitUse(Address, &C);
  EscOpInfo Info = esc_op_info(ESC_OP_STORE);
  Info.a = Address;
  Info.b = Byte;
  Info.lo = ESC_OFFSET_MIN;
  Info.hi = ESC_OFFSET_MAX;
  Info.flags = ESC_OPF_NARROW;
  emit(Info, &C);
}

// Loads and stores of vectors under a mask.
bool BodyLowering::lowerVectorMemory(IntrinsicInst &I) {
  switch (I.getIntrinsicID()) {
  case Intrinsic::masked_load:
  case Intrinsic::masked_gather:
  case Intrinsic::masked_expandload:
    if (EscValue Dst = result(I); Dst != ESC_NONE) {
      EscValue Loaded = newValue();
      emitLoad(Loaded, operand(I.getArgOperand(0)), I.getType(), false, &I);
      EscValue PassThrough = operand(I.getArgOperand(I.arg_size() - 1));
      emitMerge(Dst, {Loaded, PassThrough}, &I);
    }
    return true;
  case Intrinsic::masked_store:
  case Intrinsic::masked_scatter:
  case Intrinsic::masked_compressstore:
    // Read first: what is not under the mask stays, so this is no store that overwrites.
    emitLoad(newValue(), operand(I.getArgOperand(1)), I.getArgOperand(0)->getType(), false, &I);
    emitStore(operand(I.getArgOperand(1)), operand(I.getArgOperand(0)),
              I.getArgOperand(0)->getType(), false, &I);
    return true;
  default:
    return false;
  }
}

// ---- the table ---------------------------------------------------------------------------------

void BodyLowering::lowerIntrinsic(IntrinsicInst &I) {
  if (isa<DbgInfoIntrinsic>(I) || lowerVectorMemory(I))
    return;
  if (isa<AnyMemTransferInst>(I))
    return lowerMemoryMove(I);
  if (isa<AnyMemSetInst>(I))
    return lowerMemorySet(I);
  switch (I.getIntrinsicID()) {
  case Intrinsic::lifetime_start:
  case Intrinsic::lifetime_end: {
    auto *A = dyn_cast<AllocaInst>(I.getArgOperand(1)->stripPointerCasts());
    if (!A)
      return;
    EscOpInfo Info =
        esc_op_info(I.getIntrinsicID() == Intrinsic::lifetime_start ? ESC_OP_START : ESC_OP_END);
    Info.index = Locals[A];
    emit(Info, &I);
    return;
  }
  case Intrinsic::expect:
  case Intrinsic::expect_with_probability:
  case Intrinsic::launder_invariant_group:
  case Intrinsic::strip_invariant_group:
  case Intrinsic::ssa_copy:
  case Intrinsic::threadlocal_address:
  case Intrinsic::annotation:
  case Intrinsic::ptr_annotation:
    return emitCopy(result(I), operand(I.getArgOperand(0)), 0, 0, &I);
  // No pointer goes in or comes out.
  case Intrinsic::assume:
  case Intrinsic::objectsize:
  case Intrinsic::is_constant:
  case Intrinsic::var_annotation:
  case Intrinsic::invariant_start:
  case Intrinsic::invariant_end:
  case Intrinsic::prefetch:
  case Intrinsic::clear_cache:
  case Intrinsic::stacksave: // a mark for stackrestore, not an address anybody uses
  case Intrinsic::stackrestore:
  case Intrinsic::vaend:
  case Intrinsic::donothing:
  case Intrinsic::sideeffect:
  case Intrinsic::experimental_noalias_scope_decl:
    return;
  case Intrinsic::vastart:
    return lowerVariableStart(I);
  case Intrinsic::vacopy: {
    EscOpInfo Info = esc_op_info(ESC_OP_MOVE);
    Info.a = operand(I.getArgOperand(0));
    Info.b = operand(I.getArgOperand(1));
    Info.hi = VaListBytes;
    if (Info.a != ESC_NONE && Info.b != ESC_NONE)
      emit(Info, &I);
    return;
  }
  // Numbers of bits: made of an address they are as good as a decision.
  case Intrinsic::ctpop:
  case Intrinsic::ctlz:
  case Intrinsic::cttz:
    return lowerAddressNumber(I.getArgOperand(0), &I);
  default:
    break;
  }
  if (!I.doesNotAccessMemory())
    return leakOperands(I, ESC_REASON_UNKNOWN_CALLEE, Intrinsic::getBaseName(I.getIntrinsicID()));
  EscValue Dst = result(I);
  if (Dst == ESC_NONE) {
    for (const Value *V : I.args())
      lowerAddressNumber(V, &I);
    return;
  }
  SmallVector<EscValue, 4> Operands;
  for (const Value *V : I.args())
    Operands.push_back(operand(V));
  if (I.getType()->isPtrOrPtrVectorTy() &&
      all_of(Operands, [](EscValue V) { return V == ESC_NONE; }))
    Operands.push_back(emitWorld(&I)); // frameaddress, thread.pointer
  emitMix(Dst, Operands, &I);
}

} // namespace escapement
