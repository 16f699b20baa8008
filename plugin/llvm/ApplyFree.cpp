// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ApplyFree.cpp - free and realloc of a pointer that may be a slot.
//
//     free(p)             if (p != slot) free(p)
//     q = realloc(p, n)   if (p == slot) { q = realloc(NULL, n); copy min(n, slot) bytes to q }
//                         else q = realloc(p, n)
//
// realloc(NULL, n) and not malloc(n): the same function decides about n, overflow and errno,
// whatever allocator it belongs to. realloc(slot, 0) is NULL, as glibc has it.
//
// A realloc that is a site itself has a slot of its own, N bytes (OWN):
//
//     small buffer   p is NULL: n <= N ? OWN : realloc(p, n)
//                    p is a slot: n <= N ? OWN, contents moved : as above
//                    p is on the heap: it stays there, realloc(p, n)
//     slot (n <= N)  the same, but what is on the heap is moved to OWN and freed: every free of the
//                    result may have been removed
//
// INVARIANT  The address of a slot never reaches the allocator.
//
// NOT HERE  Which slots matter at an operation (Apply.cpp, ApplyClone.cpp).
#include "Plan.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace escapement {
namespace {

bool isPointer(const Value *V) {
  return V->getType()->isPointerTy() && V->getType()->getPointerAddressSpace() == 0;
}

bool isPlain(const CallInst &Call) { return !Call.isMustTailCall() && !Call.hasOperandBundles(); }

Value *emitCapacity(IRBuilder<> &B, Value &P, ArrayRef<SlotRef> Slots, Type *SizeTy) {
  Value *Bytes = ConstantInt::get(SizeTy, Slots.back().Bytes);
  for (const SlotRef &S : reverse(Slots.drop_back())) {
    Value *Mine = ConstantInt::get(SizeTy, S.Bytes);
    if (Mine != Bytes)
      Bytes = B.CreateSelect(B.CreateICmpEQ(&P, S.Address), Mine, Bytes);
  }
  return Bytes;
}

// The rewrite of one realloc: each method emits one of its ways and leads it to Tail.
class ReallocRewrite {
public:
  ReallocRewrite(CallInst &Call, const EscAllocatorModel &Model, ArrayRef<SlotRef> Slots,
                 const SitePlan *Own, const Slot *OwnSlot, bool Verify)
      : Call(Call), Model(Model), Slots(Slots), Own(Own), OwnSlot(OwnSlot), Verify(Verify),
        B(&Call), P(Call.getArgOperand(Model.pointer_param)) {}

  void run() {
    SitePlan S;
    if (Own) {
      S = *Own;
      if (!Verify)
        expectReuse(*OwnSlot);
    }
    S.Model = Model;
    // For overflow it is the allocator's own check that counts; a wrapped product is not used.
    Request R = emitRequest(B, Call, S, Own && Own->Buffer);
    Bytes = R.Bytes;
    splitOff();
    if (Own)
      Own->Buffer ? intoBuffer(R.Fits) : intoSlot();
    else
      fromSlot(Slots);
    onHeap();
    Call.eraseFromParent();
  }

private:
  BasicBlock *newBlock(const Twine &Name) {
    return BasicBlock::Create(Call.getContext(), Name, Tail->getParent(), Tail);
  }

  // Head | Call and the rest. The result is a phi in front of the call; the original stays behind
  // it until the end as a pattern for copies.
  void splitOff() {
    BasicBlock *Head = Call.getParent();
    Tail = SplitBlock(Head, &Call);
    Head->getTerminator()->eraseFromParent();
    B.SetInsertPoint(Head);
    B.SetCurrentDebugLocation(Call.getDebugLoc());
    IRBuilder<> AtTail(Tail, Tail->begin());
    AtTail.SetCurrentDebugLocation(Call.getDebugLoc());
    Result = AtTail.CreatePHI(Call.getType(), 4, "esc.realloc");
    Call.replaceAllUsesWith(Result);
  }

  void finish(Value *V) {
    Result->addIncoming(V, B.GetInsertBlock());
    B.CreateBr(Tail);
  }

  Value *null() { return Constant::getNullValue(Call.getType()); }

  // Continue here when Cond is false; `Then` when it is true.
  BasicBlock *branch(Value *Cond, const Twine &Name) {
    BasicBlock *Then = newBlock(Name), *Else = newBlock("esc.else");
    B.CreateCondBr(Cond, Then, Else);
    B.SetInsertPoint(Else);
    return Then;
  }

  CallInst *copyCall(Value *Pointer) {
    auto *Copy = cast<CallInst>(Call.clone());
    Copy->setArgOperand(Model.pointer_param, Pointer);
    if (Pointer != P) // what was said about the old pointer is not said about NULL
      Copy->setAttributes(
          Copy->getAttributes().removeParamAttributes(Call.getContext(), Model.pointer_param));
    B.Insert(Copy);
    settle(*Copy);
    return Copy;
  }

  // realloc(slot, 0) frees and returns NULL: that way goes to Tail. Continue where n is not 0.
  void unlessZero() {
    if (Model.never_empty)
      return;
    // Of a product each factor is asked: 2^63 * 2 is no 0, it is the allocator's to refuse.
    Value *IsZero = emitIsZero(Model.size_param);
    if (Model.count_param != ESC_NONE)
      IsZero = B.CreateOr(emitIsZero(Model.count_param), IsZero);
    if (auto *Known = dyn_cast<ConstantInt>(IsZero); Known && Known->isZero())
      return;
    BasicBlock *Zero = branch(IsZero, "esc.zero");
    IRBuilder<>::InsertPointGuard G(B);
    B.SetInsertPoint(Zero);
    if (Verify)
      emitVerifiedFree(B, P);
    finish(null());
  }

  Value *emitIsZero(uint32_t Param) {
    Value *V = Call.getArgOperand(Param);
    return B.CreateICmpEQ(V, Constant::getNullValue(V->getType()));
  }

  // q = realloc(NULL, n), contents copied; ends at Tail.
  void freshBlock(ArrayRef<SlotRef> From) {
    unlessZero();
    Value *Q = copyCall(Constant::getNullValue(P->getType()));
    BasicBlock *Failed = B.GetInsertBlock();
    BasicBlock *Copy = newBlock("esc.copy");
    B.CreateCondBr(B.CreateIsNull(Q), Tail, Copy,
                   MDBuilder(Call.getContext()).createBranchWeights(1, 2000));
    Result->addIncoming(Q, Failed);
    B.SetInsertPoint(Copy);
    if (Verify)
      emitCopyOut(B, Q, P, bytesToKeep(From));
    else
      B.CreateMemCpy(Q, MaybeAlign(), P, MaybeAlign(), bytesToKeep(From));
    finish(Q);
  }

  Value *bytesToKeep(ArrayRef<SlotRef> From) {
    Value *Capacity = emitCapacity(B, *P, From, Bytes->getType());
    return B.CreateBinaryIntrinsic(Intrinsic::umin, Bytes, Capacity);
  }

  // The contents of one of the slots in OWN; ends at Tail. It may be OWN itself.
  void slotToOwn() {
    unlessZero();
    if (Verify)
      return finish(emitResize(B, *OwnSlot, Bytes, P, bytesToKeep(Slots)));
    B.CreateMemMove(OwnSlot->Memory, OwnSlot->Memory->getAlign(), P, MaybeAlign(),
                    bytesToKeep(Slots));
    finish(OwnSlot->Memory);
  }

  void fromSlot(ArrayRef<SlotRef> From) {
    if (From.empty())
      return;
    BasicBlock *Moved = branch(emitIsSlot(B, *P, From), "esc.moved");
    IRBuilder<>::InsertPointGuard G(B);
    B.SetInsertPoint(Moved);
    freshBlock(From);
  }

  void intoBuffer(Value *Fits) {
    BasicBlock *Small = newBlock("esc.small"), *Big = newBlock("esc.big");
    BasicBlock *Heap = newBlock("esc.heap");
    B.CreateCondBr(Fits, Small, Big);
    B.SetInsertPoint(Small);
    smallRequest();
    B.CreateBr(Heap);
    B.SetInsertPoint(Big);
    fromSlot(Slots);
    B.CreateBr(Heap);
    B.SetInsertPoint(Heap);
  }

  void smallRequest() {
    BasicBlock *Fresh = branch(B.CreateIsNull(P), "esc.fresh");
    BasicBlock *Moved = Slots.empty() ? nullptr : branch(emitIsSlot(B, *P, Slots), "esc.moved");
    IRBuilder<>::InsertPointGuard G(B);
    B.SetInsertPoint(Fresh);
    if (!Verify)
      beginObject(B, *OwnSlot->Memory);
    finish(emitTake(B, *OwnSlot, Bytes));
    if (Moved) {
      B.SetInsertPoint(Moved);
      slotToOwn();
    }
  }

  void intoSlot() { smallRequest(); }

  // realloc(p, n) as it was. Under a SLOT verdict its result is moved on.
  void onHeap() {
    CallInst *R = copyCall(P);
    if (!Own || Own->Buffer)
      return finish(R);
    BasicBlock *Failed = branch(B.CreateIsNull(R), "esc.failed");
    Value *Place = emitTake(B, *OwnSlot, Bytes);
    B.CreateMemCpy(Place, OwnSlot->Memory->getAlign(), R, MaybeAlign(), Bytes);
    release(R);
    finish(Place);
    B.SetInsertPoint(Failed);
    finish(null());
  }

  // Give back a block of the C library's realloc.
  void release(Value *Block) {
    FunctionCallee Free = Call.getModule()->getOrInsertFunction(
        "free", B.getVoidTy(), PointerType::getUnqual(Call.getContext()));
    B.CreateCall(Free, {Block});
  }

  CallInst &Call;
  const EscAllocatorModel &Model;
  ArrayRef<SlotRef> Slots;
  const SitePlan *Own;
  const Slot *OwnSlot;
  bool Verify;
  IRBuilder<> B;
  Value *P;
  Value *Bytes = nullptr;
  BasicBlock *Tail = nullptr;
  PHINode *Result = nullptr;
};

} // namespace

Value *emitIsSlot(IRBuilder<> &B, Value &P, ArrayRef<SlotRef> Slots) {
  Value *Any = nullptr;
  for (const SlotRef &S : Slots) {
    Value *Is = B.CreateICmpEQ(&P, S.Address, "esc.is.slot");
    Any = Any ? B.CreateOr(Any, Is) : Is;
  }
  return Any;
}

bool canGuardFree(const CallInst &Call, uint32_t PointerArg) {
  return isPlain(Call) && PointerArg < Call.arg_size() &&
         isPointer(Call.getArgOperand(PointerArg)) && Call.use_empty();
}

bool canGuardRealloc(const CallInst &Call, const EscAllocatorModel &Model) {
  if (!isPlain(Call) || !isPointer(&Call) || Model.pointer_param >= Call.arg_size() ||
      !isPointer(Call.getArgOperand(Model.pointer_param)))
    return false;
  // It is called with NULL instead. What the optimizer found out about this call's pointer is not
  // said of that one (copyCall); what the function's declaration says is.
  const Function *Callee = Call.getCalledFunction();
  if (Callee && Callee->hasParamAttribute(Model.pointer_param, Attribute::NonNull))
    return false;
  return isSizeArgument(Call, Model.size_param) &&
         (Model.count_param == ESC_NONE || isSizeArgument(Call, Model.count_param));
}

void guardFree(CallInst &Call, uint32_t PointerArg, ArrayRef<SlotRef> Slots, bool Verify) {
  IRBuilder<> B(&Call);
  if (Verify) {
    Value *Freed = Call.getArgOperand(PointerArg);
    Instruction *Moved = nullptr, *Heap = nullptr;
    SplitBlockAndInsertIfThenElse(emitIsSlot(B, *Freed, Slots), &Call, &Moved, &Heap);
    Call.moveBefore(Heap);
    B.SetInsertPoint(Moved);
    B.SetCurrentDebugLocation(Call.getDebugLoc());
    emitVerifiedFree(B, Freed);
    return;
  }
  Value *OnHeap = B.CreateNot(emitIsSlot(B, *Call.getArgOperand(PointerArg), Slots));
  Instruction *Then = SplitBlockAndInsertIfThen(OnHeap, &Call, /*Unreachable=*/false);
  Call.moveBefore(Then);
}

void rewriteRealloc(CallInst &Call, const EscAllocatorModel &Model, ArrayRef<SlotRef> Slots,
                    const SitePlan *Own, const Slot *OwnSlot, bool Verify) {
  ReallocRewrite(Call, Model, Slots, Own, OwnSlot, Verify).run();
}

} // namespace escapement
