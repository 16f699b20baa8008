// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LowerCall.cpp - calls, library allocators, intrinsics, inline assembly.
//
// A call of a known allocator becomes ALLOC, REALLOC or FREE; every other call stays a CALL, and
// the analysis knows its body or its model. What is neither leaks its operands.
//
// NOT HERE  What a library function does with its arguments (analysis/models/libc.models).
#include "Apply.h"
#include "Closed.h"
#include "LowerImpl.h"
#include "Number.h"
#include "llvm/Analysis/LazyValueInfo.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/InlineAsm.h"

using namespace llvm;

namespace escapement {

static_assert(int(Destination::Argument) == int(ESC_DEST_ARGUMENT) &&
                  int(Destination::Return) == int(ESC_DEST_RETURN) &&
                  int(Destination::Init) == int(ESC_DEST_INIT) &&
                  int(Destination::Assign) == int(ESC_DEST_ASSIGN),
              "the two enumerations are cast into each other");

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
    Info.a = operand(C.getCalledOperand());
    // A function without a prototype is called with any arguments.
    if (ML.Closed && Info.a != ESC_NONE && !C.getFunctionType()->isVarArg())
      Info.index = ML.signature(*C.getFunctionType(), C.getAttributes(), dropsResult(C));
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

static bool skipTo(StringRef &Text, char C) {
  size_t At = Text.find(C);
  Text = At == StringRef::npos ? StringRef() : Text.drop_front(At);
  return !Text.empty();
}

// Which variable arguments (from 0) a printf format prints as addresses; false: it is not
// understood, so any may be.
static bool printedAddresses(StringRef Format, SmallVectorImpl<unsigned> &Out) {
  unsigned Next = 0;
  while (skipTo(Format, '%')) {
    Format = Format.drop_front();
    for (bool Done = false; !Done;) {
      if (Format.empty())
        return true; // a lone '%' at the end
      char C = Format.front();
      Format = Format.drop_front();
      if (C == '$')
        return false; // numbered arguments
      if (C == '*')
        ++Next; // a width or a precision
      if (C == '*' || StringRef("-+ #0'I.123456789hlqLjzZt").contains(C))
        continue;
      Done = true;
      if (C == 'p')
        Out.push_back(Next);
      if (C != '%' && C != 'm')
        ++Next;
    }
  }
  return true;
}

// What %p has printed, scanf makes a pointer again: printing an address is converting it. The last
// named argument of any variadic function may be a format that it hands on. One that is not known
// here is taken to have no %p.
void BodyLowering::lowerPrintedAddresses(CallBase &C, Function &Fn, EscSource Source) {
  unsigned NumFixed = unsigned(Fn.arg_size());
  StringRef Format;
  if (!Fn.isVarArg() || NumFixed == 0 || C.arg_size() <= NumFixed ||
      !getConstantStringInfo(C.getArgOperand(NumFixed - 1), Format) || !Format.contains('%'))
    return;
  SmallVector<unsigned, 4> Printed;
  if (!printedAddresses(Format, Printed))
    for (unsigned N = NumFixed; N < C.arg_size(); ++N)
      Printed.push_back(N - NumFixed);
  for (unsigned N : Printed) {
    if (N + NumFixed >= C.arg_size())
      continue;
    EscOpInfo Info = esc_op_info(ESC_OP_LEAK);
    Info.a = operand(C.getArgOperand(N + NumFixed));
    Info.index = ESC_REASON_INTEGER;
    Info.source = Source;
    if (Info.a != ESC_NONE)
      emit(Info, &C);
  }
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
  lowerPrintedAddresses(C, *Fn, Info.source);
  bool Opaque = Fn->isDeclaration() && Fn->returnDoesNotAlias() && !C.isNoBuiltin() &&
                C.getType()->isPointerTy() && !esc_model_exists(M, Fn->getName().str().c_str());
  if (Opaque)
    Info.dst = ESC_NONE;
  emit(Info, &C);
  if (Opaque)
    lowerOpaqueAllocation(C, Fn, Source);
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

// ---- library allocators ------------------------------------------------------------------------

EscSite BodyLowering::newSite(CallBase &C, EscSiteInfo &Info, const CallInfo *Source) {
  // What an earlier position left on the heap on purpose, or made: an object, but no site of ours.
  if (ML.Analyses.AfterRewrite && isSettledAllocation(C)) {
    Info.movable = false;
    Source = nullptr;
  }
  Info.source = ML.Where.siteSource(M, Source);
  if (Source && Source->Dest != Destination::None) {
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
  // What else it reads: the string that strdup copies, what asprintf formats.
  for (unsigned N = 0; N < C.arg_size(); ++N)
    if (N != Model.pointer_param && C.getArgOperand(N)->getType()->isPointerTy())
      emitUse(operand(C.getArgOperand(N)), &C);
  Op.index = newSite(C, Info, Source);
  Op.dst = Model.out_param == ESC_NONE ? result(C) : newValue();
  if (Op.dst == ESC_NONE) // an allocator declared to return no pointer
    Op.dst = newValue();
  emit(Op, &C);
  if (Model.out_param != ESC_NONE)
    emitStore(Out, Op.dst, PointerType, false, &C);
  return true;
}

// ---- variable arguments
// --------------------------------------------------------------------------

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

// ---- intrinsics --------------------------------------------------------------------------------

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
    emitStore(operand(I.getArgOperand(1)), operand(I.getArgOperand(0)),
              I.getArgOperand(0)->getType(), false, &I);
    return true;
  default:
    return false;
  }
}

void BodyLowering::lowerIntrinsic(IntrinsicInst &I) {
  if (isa<DbgInfoIntrinsic>(I) || lowerVectorMemory(I))
    return;
  if (isa<AnyMemTransferInst>(I))
    return lowerMemoryMove(I);
  if (isa<AnyMemSetInst>(I))
    return emitUse(operand(I.getArgOperand(0)), &I);
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
  case Intrinsic::ctpop:
  case Intrinsic::ctlz:
  case Intrinsic::cttz:
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
  default:
    break;
  }
  if (!I.doesNotAccessMemory())
    return leakOperands(I, ESC_REASON_UNKNOWN_CALLEE, Intrinsic::getBaseName(I.getIntrinsicID()));
  EscValue Dst = result(I);
  if (Dst == ESC_NONE)
    return;
  SmallVector<EscValue, 4> Operands;
  for (const Value *V : I.args())
    Operands.push_back(operand(V));
  if (I.getType()->isPtrOrPtrVectorTy() &&
      all_of(Operands, [](EscValue V) { return V == ESC_NONE; }))
    Operands.push_back(emitWorld(&I)); // frameaddress, thread.pointer
  emitMix(Dst, Operands, &I);
}

} // namespace escapement
