// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerAllocator.cpp - calls that make, resize or give back an object: ALLOC, REALLOC, FREE.
//
// The model of a library function (esc_model_allocator) says which argument is a size, a pointer or
// the place the result is stored to; here these become numbers and values. An allocator that is
// only declared (attribute malloc) also makes an object, but one that stays where it is.
//
// INVARIANT  Every ALLOC and REALLOC has a site of its own, and LoweredModule::Sites says which
// call it is. A site is movable only in a form that Apply.cpp can rewrite, at a call that may be
// changed.
//
// NOT HERE  Which functions are allocators (analysis/models/libc.models,
// ModuleLowering::allocator), all other calls (LowerCall.cpp).
#include "Apply.h"
#include "Calls.h"
#include "LowerImpl.h"
#include "Number.h"
#include "llvm/Analysis/ValueTracking.h"

using namespace llvm;

namespace escapement {

static_assert(int(Destination::Argument) == int(ESC_DEST_ARGUMENT) &&
                  int(Destination::Return) == int(ESC_DEST_RETURN) &&
                  int(Destination::Init) == int(ESC_DEST_INIT) &&
                  int(Destination::Assign) == int(ESC_DEST_ASSIGN),
              "the two enumerations are cast into each other");

EscSite BodyLowering::newSite(CallBase &C, EscSiteInfo &Info, const CallInfo *Source) {
  // What an earlier position left on the heap on purpose, or made: an object, but no site of ours.
  if (ML.Analyses.AfterRewrite && isSettledAllocation(C)) {
    Info.movable = false;
    Source = nullptr;
  }
  Info.source = ML.Where.siteSource(M, Source);
  // What getline returns is no memory.
  if (Source && Source->Dest != Destination::None && Info.kind != ESC_ALLOC_GETLINE) {
    Info.dest = EscDestKind(Source->Dest);
    Info.dest_source = ML.Where.destinationSource(M, Source);
  }
  EscSite Site = esc_site(M, Id, &Info);
  if (Site == ESC_NONE)
    return Site;
  if (ML.Out.Sites.size() <= Site)
    ML.Out.Sites.resize(size_t(Site) + 1);
  LoweredSite &Out = ML.Out.Sites[Site];
  Out.Call = &C;
  Out.Function = Index;
  Out.Source = Source;
  if (Source)
    Out.Chain = Locator::chain(C);
  return Site;
}

EscNumber BodyLowering::allocatedSize(CallBase &C, const EscAllocatorModel &Model) {
  EscNumber Size = esc_number_unknown();
  if (Model.duplicates) {
    Size.lo = 1;
    if (Model.source_param >= C.arg_size())
      return Size;
    // The length of a string that is known, with its zero.
    unsigned CharBits = Model.kind == ESC_ALLOC_WCSDUP ? 32 : 8;
    uint64_t Length = GetStringLength(C.getArgOperand(Model.source_param), CharBits);
    if (Length != 0)
      Size = esc_number_constant(Length * (CharBits / 8));
    if (Model.size_param < C.arg_size()) { // strndup: at most n and the zero
      EscNumber Most = argumentNumber(C, Model.size_param);
      Size.lo = 1;
      if (Most.hi < Size.hi)
        Size.hi = Most.hi + 1;
    }
    return Size;
  }
  if (Model.size_param >= C.arg_size())
    return Size;
  Size = argumentNumber(C, Model.size_param);
  if (Model.count_param < C.arg_size())
    Size = product(Size, argumentNumber(C, Model.count_param));
  return Size;
}

uint64_t BodyLowering::alignment(CallBase &C, const EscAllocatorModel &Model) {
  constexpr uint64_t MallocAlignment = 16; // what the C library gives on 64-bit targets
  if (Model.align_param >= C.arg_size())
    return Model.kind == ESC_ALLOC_ALIGNED ? 0 : MallocAlignment; // valloc: a page, unknown here
  const auto *Align = dyn_cast<ConstantInt>(C.getArgOperand(Model.align_param));
  if (!Align || Align->getValue().getActiveBits() > 32 || !Align->getValue().isPowerOf2())
    return 0;
  // posix_memalign refuses less than a pointer's size (EINVAL); a slot would not.
  if (Model.kind == ESC_ALLOC_POSIX_MEMALIGN &&
      Align->getZExtValue() < C.getModule()->getDataLayout().getPointerSize())
    return 0;
  return std::max(MallocAlignment, Align->getZExtValue());
}

// The forms that apply can rewrite.
static bool isMovable(const EscAllocatorModel &Model, uint64_t Align) {
  constexpr uint64_t MaxAlign = 4096; // a slot aligned to more wastes more than it saves
  switch (Model.kind) {
  case ESC_ALLOC_MALLOC:
  case ESC_ALLOC_CALLOC:
  case ESC_ALLOC_REALLOC:
  case ESC_ALLOC_REALLOCARRAY:
  case ESC_ALLOC_ALIGNED:
  case ESC_ALLOC_POSIX_MEMALIGN:
  case ESC_ALLOC_STRDUP:
  case ESC_ALLOC_STRNDUP:
  case ESC_ALLOC_PAIRED:
    return Align != 0 && Align <= MaxAlign;
  case ESC_ALLOC_WCSDUP:
  case ESC_ALLOC_PRINTF:
  case ESC_ALLOC_GETLINE:
  case ESC_ALLOC_OPAQUE:
    return false;
  }
  return false;
}

bool BodyLowering::lowerAllocator(CallBase &C, Function *Fn) {
  EscAllocatorModel Model;
  if (!ML.allocator(Fn, Model))
    return false;
  const CallInfo *Source = ML.Where.call(C, Fn->getName());
  auto Pointer = [&](uint32_t Param) {
    return Param < C.arg_size() ? operand(C.getArgOperand(Param)) : EscValue(ESC_NONE);
  };
  if (!Model.allocates && !Model.reallocates) {
    if (!Model.frees)
      return false;
    EscOpInfo Free = esc_op_info(ESC_OP_FREE);
    Free.a = Pointer(Model.pointer_param);
    Free.flags = callFlags(C);
    Free.source = ML.Where.calleeSource(M, Source);
    if (Free.a != ESC_NONE)
      emit(Free, &C);
    return true;
  }
  std::string Name = Fn->getName().str();
  EscSiteInfo Info = {};
  Info.kind = Model.kind;
  Info.allocator = Name.c_str();
  Info.size_bytes = allocatedSize(C, Model);
  Info.align_bytes = alignment(C, Model);
  Info.zeroed = Model.zeroed;
  Info.may_fail = Model.may_fail;
  Info.movable = isMovable(Model, Info.align_bytes) && !(callFlags(C) & ESC_OPF_NO_CHANGE);

  EscOpInfo Op = esc_op_info(Model.reallocates ? ESC_OP_REALLOC : ESC_OP_ALLOC);
  Op.flags = callFlags(C);
  Op.source = ML.Where.calleeSource(M, Source);
  EscValue Out = Pointer(Model.out_param);
  Type *PointerType =
      C.getType()->isPointerTy() ? C.getType() : ML.DL.getIntPtrType(C.getContext());
  if (Model.reallocates) {
    Op.a = Pointer(Model.pointer_param);
    if (Model.out_param != ESC_NONE) { // getline: the old block lies where the new one goes
      Op.a = Out == ESC_NONE ? EscValue(ESC_NONE) : newValue();
      emitLoad(Op.a, Out, PointerType, false, &C);
    }
  }
  lowerPrintedAddresses(C, *Fn, Op.source);
  lowerAddressNumbers(C);
  // What else it reads: the string that strdup copies, what asprintf formats.
  for (unsigned N = 0; N < C.arg_size(); ++N)
    if (N != Model.pointer_param && C.getArgOperand(N)->getType()->isPointerTy())
      emitUse(operand(C.getArgOperand(N)), &C);
  SmallVector<EscArg, 4> Args;
  if (Marks) {
    wrapperArguments(C, Args);
    Op.args = Args.data();
    Op.nargs = uint32_t(Args.size());
  }
  Op.index = newSite(C, Info, Source);
  Op.dst = Model.out_param == ESC_NONE ? result(C) : newValue();
  if (Op.dst == ESC_NONE) // an allocator declared to return no pointer
    Op.dst = newValue();
  emit(Op, &C);
  if (Model.out_param != ESC_NONE)
    emitStore(Out, Op.dst, PointerType, false, &C);
  return true;
}

// A declared allocator (attribute malloc): its result is an object of its own that stays on the
// heap.
void BodyLowering::lowerOpaqueAllocation(CallBase &C, Function *Fn, const CallInfo *Source) {
  EscSiteInfo Info = {};
  std::string Name = Fn->getName().str();
  Info.kind = ESC_ALLOC_OPAQUE;
  Info.allocator = Name.c_str();
  Info.size_bytes = esc_number_unknown();
  Attribute Size = Fn->getFnAttribute(Attribute::AllocSize);
  if (Size.isValid()) {
    auto [Element, Count] = Size.getAllocSizeArgs();
    Info.size_bytes = argumentNumber(C, Element);
    if (Count)
      Info.size_bytes = product(Info.size_bytes, argumentNumber(C, *Count));
  }
  Info.align_bytes = 16;
  Info.may_fail = !Fn->hasRetAttribute(Attribute::NonNull);
  EscOpInfo Op = esc_op_info(ESC_OP_ALLOC);
  Op.index = newSite(C, Info, Source);
  Op.dst = result(C);
  emit(Op, &C);
}

// The buffer that getline makes, or makes larger: an object of its own that stays on the heap. What
// else the call does its model says.
void BodyLowering::lowerLineBuffer(CallBase &C, Function *Fn, const CallInfo *Source) {
  EscValue Line = operand(C.getArgOperand(0));
  if (Line == ESC_NONE)
    return;
  EscSiteInfo Info = {};
  std::string Name = Fn->getName().str();
  Info.kind = ESC_ALLOC_GETLINE;
  Info.allocator = Name.c_str();
  Info.size_bytes = esc_number_unknown();
  Info.align_bytes = 16;
  Info.may_fail = true;
  EscOpInfo Op = esc_op_info(ESC_OP_ALLOC);
  Op.index = newSite(C, Info, Source);
  Op.dst = newValue();
  emit(Op, &C);
  emitStore(Line, Op.dst, C.getArgOperand(0)->getType(), false, &C);
}

bool readsLines(const Function &F) {
  return F.isDeclaration() && F.arg_size() >= 3 &&
         (F.getName() == "getline" || F.getName() == "getdelim" || F.getName() == "__getdelim");
}

} // namespace escapement
