// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ApplySlot.cpp - an allocation becomes a slot in the entry block, or a small buffer.
//
//     p = malloc(n)   SLOT     p = slot
//                     BUFFER   p = n <= N ? slot : malloc(n)
//
// INVARIANT  A slot is a static alloca of the entry block: reached once for each call of the
// function, never in a loop. It keeps the alignment that was asked for, and malloc's 16 bytes at
// least.
//
// What the allocator does to the memory is done where it did it, each time: calloc's zeros,
// strdup's copy, posix_memalign's store. A slot in a loop begins its life anew at each allocation;
// without that the optimizer could take an access of one round for one that the next round's types
// exclude.
//
// NOT HERE  Frees (ApplyFree.cpp); which sites (Apply.cpp).
#include "Plan.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/BuildLibCalls.h"

using namespace llvm;

namespace escapement {
namespace {

constexpr uint64_t MallocAlign = 16;
// More makes every call of the function realign its frame by up to a page.
constexpr uint64_t MaxAlign = 4096;
const char SettledAttribute[] = "escapement-settled";

bool isOperand(const CallInst &Call, uint32_t Param) {
  return Param != ESC_NONE && Param < Call.arg_size();
}

bool isPointer(const Type *T) { return T->isPointerTy() && T->getPointerAddressSpace() == 0; }

// The functions whose copies we can write ourselves.
std::optional<LibFunc> lengthFunction(const EscAllocatorModel &Model) {
  if (Model.kind == ESC_ALLOC_WCSDUP)
    return LibFunc_wcslen;
  if (Model.kind == ESC_ALLOC_STRNDUP)
    return LibFunc_strnlen;
  if (Model.kind == ESC_ALLOC_STRDUP ||
      (Model.kind == ESC_ALLOC_PAIRED && Model.size_param == ESC_NONE))
    return LibFunc_strlen;
  return std::nullopt;
}

// A static function of that name in the program is some other function.
bool isOurs(const Module &M, StringRef Name) {
  const GlobalValue *G = M.getNamedValue(Name);
  return !G || (isa<Function>(G) && !G->hasLocalLinkage());
}

bool canDuplicate(const CallInst &Call, const SitePlan &S) {
  auto Length = lengthFunction(S.Model);
  if (!Length || !isOperand(Call, S.Model.source_param) ||
      !isPointer(Call.getArgOperand(S.Model.source_param)->getType()))
    return false;
  if (*Length == LibFunc_strnlen && !isSizeArgument(Call, S.Model.size_param))
    return false;
  const Module &M = *Call.getModule();
  return isOurs(M, "strlen") && isOurs(M, "strnlen") && isOurs(M, "wcslen");
}

// The slot lives as long as its frame. Said explicitly only for a slot that has a lifetime.start of
// its own elsewhere: nothing then shares its memory, and after inlining the life ends where the
// function did.
void liveInWholeFunction(AllocaInst &Slot) {
  Function &F = *Slot.getFunction();
  ConstantInt *Bytes = ConstantInt::get(Type::getInt64Ty(F.getContext()),
                                        Slot.getAllocatedType()->getArrayNumElements());
  BasicBlock &Entry = F.getEntryBlock();
  IRBuilder<> B(&Entry, Entry.getFirstNonPHIOrDbgOrAlloca());
  B.CreateLifetimeStart(&Slot, Bytes);
  for (BasicBlock &BB : F)
    if (auto *R = dyn_cast<ReturnInst>(BB.getTerminator())) {
      B.SetInsertPoint(R);
      B.CreateLifetimeEnd(&Slot, Bytes);
    }
}

// What a program's own strdup does with NULL is not known: it is left to it.
bool mayTakeNull(const SitePlan &S) { return S.Buffer && S.Model.kind == ESC_ALLOC_PAIRED; }

Value *emitLength(IRBuilder<> &B, CallInst &Call, const SitePlan &S, const TargetLibraryInfo &TLI) {
  LibFunc Which = *lengthFunction(S.Model);
  Module *M = Call.getModule();
  Type *SizeTy = M->getDataLayout().getIntPtrType(M->getContext());
  Value *Source = Call.getArgOperand(S.Model.source_param);
  if (mayTakeNull(S))
    Source =
        B.CreateSelect(B.CreateIsNull(Source), B.CreateGlobalStringPtr("", "esc.empty"), Source);
  SmallVector<Type *, 2> Params{Source->getType()};
  SmallVector<Value *, 2> Args{Source};
  if (Which == LibFunc_strnlen) {
    Params.push_back(SizeTy);
    Args.push_back(B.CreateSExtOrTrunc(Call.getArgOperand(S.Model.size_param), SizeTy));
  }
  StringRef Name = TLI.getName(Which);
  FunctionCallee Callee = M->getOrInsertFunction(Name, FunctionType::get(SizeTy, Params, false));
  if (auto *F = dyn_cast<Function>(Callee.getCallee()))
    if (F->isDeclaration() && TLI.has(Which))
      inferNonMandatoryLibFuncAttrs(*F, TLI);
  return B.CreateCall(Callee, Args, "esc.length");
}

uint64_t charBytes(const SitePlan &S) { return S.Model.kind == ESC_ALLOC_WCSDUP ? 4 : 1; }

// What the allocator leaves in the memory.
struct Contents {
  Value *Length = nullptr;  // strdup-like: characters copied, without the end
  Value *Request = nullptr; // bytes asked for
};

// The address of the object, with its contents.
Value *initialise(IRBuilder<> &B, CallInst &Call, const SitePlan &S, const Slot &Slot,
                  const Contents &C) {
  if (S.Model.duplicates) {
    Value *Bytes = charBytes(S) == 1
                       ? C.Length
                       : B.CreateMul(C.Length, B.getIntN(C.Length->getType()->getIntegerBitWidth(),
                                                         charBytes(S)));
    bool Bounded = S.Model.kind == ESC_ALLOC_STRNDUP; // its source need not end with a NUL
    if (!Bounded)
      Bytes = C.Request;
    // In s = strdup(s + 1) the source may be what this slot has held since the round before.
    Value *Source = Call.getArgOperand(S.Model.source_param);
    Value *Copy = Slot.Memory;
    if (Slot.Cell)
      Copy = emitTakeCopy(B, Slot, C.Request, Source, Bytes);
    else if (Slot.Repeats)
      B.CreateMemMove(Copy, Slot.Memory->getAlign(), Source, MaybeAlign(), Bytes);
    else
      B.CreateMemCpy(Copy, Slot.Memory->getAlign(), Source, MaybeAlign(), Bytes);
    if (Bounded)
      B.CreateStore(B.getInt8(0), B.CreateInBoundsGEP(B.getInt8Ty(), Copy, Bytes));
    return Copy;
  }
  Value *Object = emitTake(B, Slot, C.Request);
  if (S.Model.out_param != ESC_NONE)
    B.CreateStore(Object, Call.getArgOperand(S.Model.out_param));
  if (S.Model.zeroed)
    B.CreateMemSet(Object, B.getInt8(0), C.Request, Slot.Memory->getAlign());
  else if (!Slot.Cell)
    beginObject(B, *Slot.Memory);
  return Object;
}

Value *resultOf(CallInst &Call, const SitePlan &S, Value *Object) {
  return S.Model.out_param != ESC_NONE ? Constant::getNullValue(Call.getType()) : Object;
}

void replaceBySlot(CallInst &Call, const SitePlan &S, const Slot &Slot, const Contents &C) {
  IRBuilder<> B(&Call);
  Value *Object = initialise(B, Call, S, Slot, C);
  if (!Call.getType()->isVoidTy())
    Call.replaceAllUsesWith(resultOf(Call, S, Object));
  Call.eraseFromParent();
}

void replaceByBuffer(CallInst &Call, const SitePlan &S, const Slot &Slot, const Contents &C,
                     Value &Fits) {
  Instruction *Small = nullptr, *Big = nullptr;
  SplitBlockAndInsertIfThenElse(&Fits, &Call, &Small, &Big,
                                MDBuilder(Call.getContext()).createBranchWeights(2000, 1));
  IRBuilder<> B(&Call);
  PHINode *Result = B.CreatePHI(Call.getType(), 2, "esc.place");
  Call.replaceAllUsesWith(Result);
  Call.moveBefore(Big);
  settle(Call);
  B.SetInsertPoint(Small);
  B.SetCurrentDebugLocation(Call.getDebugLoc());
  Value *Object = initialise(B, Call, S, Slot, C);
  Result->addIncoming(resultOf(Call, S, Object), Small->getParent());
  Result->addIncoming(&Call, Big->getParent());
}

} // namespace

std::optional<EscAllocatorModel> allocatorOf(const EscModule *M, const CallBase &Call) {
  auto *F = dyn_cast<Function>(Call.getCalledOperand()->stripPointerCasts());
  EscAllocatorModel Model;
  if (!F || F->getFunctionType() != Call.getFunctionType() ||
      !esc_model_allocator(M, F->getName().str().c_str(), &Model))
    return std::nullopt;
  return Model;
}

bool isSizeArgument(const CallInst &Call, uint32_t Param) {
  if (!isOperand(Call, Param))
    return false;
  auto *T = dyn_cast<IntegerType>(Call.getArgOperand(Param)->getType());
  return T && T->getBitWidth() <= Call.getModule()->getDataLayout().getPointerSizeInBits(0);
}

bool isSettledAllocation(const CallBase &Call) { return Call.hasFnAttr(SettledAttribute); }

void settle(CallInst &Call) { Call.addFnAttr(Attribute::get(Call.getContext(), SettledAttribute)); }

bool canMoveSite(const SitePlan &S) {
  const CallInst &Call = *S.Call;
  const EscAllocatorModel &Model = S.Model;
  if (Call.isMustTailCall() || Call.hasOperandBundles() || isSettledAllocation(Call))
    return false;
  if (Call.getModule()->getDataLayout().getAllocaAddrSpace() != 0)
    return false;
  if (!isPowerOf2_64(S.Align) || S.Align > MaxAlign || S.Bytes > INT32_MAX)
    return false;
  // pvalloc gives whole pages, which its caller may use.
  if (Call.getCalledOperand()->stripPointerCasts()->getName() == "pvalloc")
    return false;
  switch (Model.kind) {
  case ESC_ALLOC_PRINTF:
  case ESC_ALLOC_GETLINE:
  case ESC_ALLOC_OPAQUE:
    return false;
  default:
    break;
  }
  if (Model.out_param != ESC_NONE) {
    if (Model.kind != ESC_ALLOC_POSIX_MEMALIGN || !isOperand(Call, Model.out_param) ||
        !isPointer(Call.getArgOperand(Model.out_param)->getType()) ||
        !Call.getType()->isIntegerTy())
      return false;
  } else if (!isPointer(Call.getType())) {
    return false;
  }
  // What a realloc under a SLOT verdict finds on the heap it gives back with free.
  if (Model.reallocates)
    return canGuardRealloc(Call, Model) &&
           (S.Buffer || (Model.kind != ESC_ALLOC_PAIRED && isOurs(*Call.getModule(), "free")));
  if (Model.duplicates)
    return canDuplicate(Call, S);
  return isSizeArgument(Call, Model.size_param) &&
         (Model.count_param == ESC_NONE || isSizeArgument(Call, Model.count_param));
}

void gatherAllocas(Function &F) {
  BasicBlock &Entry = F.getEntryBlock();
  Instruction *Head = Entry.getFirstNonPHIOrDbgOrAlloca() == Entry.end()
                          ? nullptr
                          : &*Entry.getFirstNonPHIOrDbgOrAlloca();
  SmallVector<AllocaInst *, 8> Late;
  bool Passed = false;
  for (Instruction &I : Entry) {
    Passed |= &I == Head;
    if (auto *A = dyn_cast<AllocaInst>(&I); A && Passed && A->isStaticAlloca())
      Late.push_back(A);
  }
  for (AllocaInst *A : Late)
    A->moveBefore(Head);
}

AllocaInst *makeSlot(Function &F, const SitePlan &S) {
  BasicBlock &Entry = F.getEntryBlock();
  IRBuilder<> B(&Entry, Entry.begin());
  // malloc(0) is not NULL and no other object's address.
  uint64_t Bytes = std::max<uint64_t>(S.Bytes, 1);
  AllocaInst *Slot = B.CreateAlloca(ArrayType::get(B.getInt8Ty(), Bytes), nullptr, "esc.slot");
  Slot->setAlignment(Align(std::max(S.Align, MallocAlign)));
  // The lowering of a later position counts it against the budgets.
  Slot->setMetadata(SlotTag, MDNode::get(F.getContext(), {}));
  return Slot;
}

void expectReuse(const Slot &S) {
  if (!S.Repeats)
    return;
  liveInWholeFunction(*S.Memory);
  markReused(*S.Memory);
}

void beginObject(IRBuilder<> &B, AllocaInst &Slot) {
  if (isMarkedReused(Slot))
    B.CreateLifetimeStart(&Slot, B.getInt64(Slot.getAllocatedType()->getArrayNumElements()));
}

Request emitRequest(IRBuilder<> &B, CallInst &Call, const SitePlan &S, bool WithFits) {
  const EscAllocatorModel &Model = S.Model;
  Type *SizeTy = Call.getModule()->getDataLayout().getIntPtrType(Call.getContext());
  // A negative int is a size that no allocator can serve: sign extension makes it one here too.
  Value *Bytes = B.CreateSExtOrTrunc(Call.getArgOperand(Model.size_param), SizeTy);
  Value *Overflow = nullptr;
  if (Model.count_param != ESC_NONE) {
    Value *Count = B.CreateSExtOrTrunc(Call.getArgOperand(Model.count_param), SizeTy);
    if (WithFits) {
      Value *Product = B.CreateBinaryIntrinsic(Intrinsic::umul_with_overflow, Count, Bytes);
      Bytes = B.CreateExtractValue(Product, 0);
      Overflow = B.CreateExtractValue(Product, 1);
    } else {
      Bytes = B.CreateMul(Count, Bytes);
    }
  }
  if (!WithFits)
    return {Bytes, nullptr};
  // What a program's own allocator does with 0 is not known; the C library's is not NULL.
  Value *One = ConstantInt::get(SizeTy, 1);
  Value *Fits = Model.kind == ESC_ALLOC_PAIRED
                    ? B.CreateICmpULT(B.CreateSub(Bytes, One), ConstantInt::get(SizeTy, S.Bytes))
                    : B.CreateICmpULE(Bytes, ConstantInt::get(SizeTy, S.Bytes));
  if (Overflow)
    Fits = B.CreateAnd(B.CreateNot(Overflow), Fits);
  return {Bytes, Fits};
}

void moveSite(CallInst &Call, const SitePlan &S, const Slot &Slot, const TargetLibraryInfo &TLI) {
  if (!S.Model.zeroed && !S.Model.duplicates && !Slot.Cell)
    expectReuse(Slot);
  IRBuilder<> B(&Call);
  Contents C;
  Value *Fits = nullptr;
  if (S.Model.duplicates) {
    C.Length = emitLength(B, Call, S, TLI);
    Type *SizeTy = C.Length->getType();
    C.Request = B.CreateAdd(C.Length, ConstantInt::get(SizeTy, 1));
    if (charBytes(S) != 1)
      C.Request = B.CreateMul(C.Request, ConstantInt::get(SizeTy, charBytes(S)));
    Fits = B.CreateICmpULE(C.Request, ConstantInt::get(SizeTy, S.Bytes));
    if (mayTakeNull(S))
      Fits = B.CreateAnd(B.CreateIsNotNull(Call.getArgOperand(S.Model.source_param)), Fits);
  } else {
    Request R = emitRequest(B, Call, S, S.Buffer);
    C.Request = R.Bytes;
    Fits = R.Fits;
  }
  if (S.Buffer)
    replaceByBuffer(Call, S, Slot, C, *Fits);
  else
    replaceBySlot(Call, S, Slot, C);
}

} // namespace escapement
