// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ApplyLocals.cpp - heap-locals: a local whose address outlives its function becomes an object of
// the heap, a new one each time its declaration is reached.
//
//     int x; return &x;      int *x.heap = malloc(sizeof x); if (!x.heap) trap; return x.heap;
//
// The address is kept in a cell of the frame that LLVM turns into registers. The declaration is
// where the variable's life is marked to start; where there is no mark (a parameter, a variable
// that a goto jumps past), the entry of the function.
//
// Running out of memory cannot be reported to anyone here: the program traps (llvm.trap, SIGILL on
// x86), as it would on a stack overflow.
//
// NOT HERE  Variable-length arrays and alloca(n): left alone. When to do it at all
// (Options::HeapLocals).
#include "Plan.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Regex.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace escapement {
namespace {

constexpr uint64_t MallocAlign = 16;

bool canMove(const AllocaInst *A) {
  if (!A || !A->isStaticAlloca() || A->isSwiftError() || A->isUsedWithInAlloca())
    return false;
  const Module &M = *A->getModule();
  const GlobalValue *Malloc = M.getNamedValue("malloc");
  return M.getDataLayout().getAllocaAddrSpace() == 0 &&
         (!Malloc || (isa<Function>(Malloc) && !Malloc->hasLocalLinkage()));
}

CallInst *emitAllocation(IRBuilder<> &B, Module &M, uint64_t Bytes, Align Alignment) {
  Type *SizeTy = M.getDataLayout().getIntPtrType(M.getContext());
  Type *Pointer = PointerType::getUnqual(M.getContext());
  Value *Size = ConstantInt::get(SizeTy, std::max<uint64_t>(Bytes, 1));
  CallInst *Call;
  if (Alignment.value() <= MallocAlign) {
    Call = B.CreateCall(M.getOrInsertFunction("malloc", Pointer, SizeTy), {Size});
  } else {
    // aligned_alloc wants a size that is a multiple of the alignment.
    Size = ConstantInt::get(SizeTy, alignTo(std::max<uint64_t>(Bytes, 1), Alignment));
    Call = B.CreateCall(M.getOrInsertFunction("aligned_alloc", Pointer, SizeTy, SizeTy),
                        {ConstantInt::get(SizeTy, Alignment.value()), Size});
  }
  settle(*Call);
  return Call;
}

// Put a new object's address into the cell, in front of `At`.
void emitObject(Instruction &At, AllocaInst &Local, AllocaInst &Cell) {
  Module &M = *At.getModule();
  uint64_t Bytes = M.getDataLayout().getTypeAllocSize(Local.getAllocatedType()) *
                   cast<ConstantInt>(Local.getArraySize())->getZExtValue();
  IRBuilder<> B(&At);
  CallInst *Object = emitAllocation(B, M, Bytes, Local.getAlign());
  Instruction *Failed =
      SplitBlockAndInsertIfThen(B.CreateIsNull(Object), &At, /*Unreachable=*/true,
                                MDBuilder(M.getContext()).createBranchWeights(1, 2000));
  IRBuilder<> AtFailed(Failed);
  AtFailed.CreateIntrinsic(Intrinsic::trap, {}, {});
  IRBuilder<>(&At).CreateStore(Object, &Cell);
}

// Every use reads the cell where it stands; a phi's use stands at the end of its block.
void useCell(AllocaInst &Local, AllocaInst &Cell) {
  DIBuilder DIB(*Local.getModule(), /*AllowUnresolved=*/false);
  replaceDbgDeclare(&Local, &Cell, DIB, DIExpression::DerefBefore, 0);
  SmallVector<Use *, 16> Uses;
  for (Use &U : Local.uses())
    Uses.push_back(&U);
  DenseMap<std::pair<PHINode *, BasicBlock *>, Value *> AtEdge;
  for (Use *U : Uses) {
    auto *I = cast<Instruction>(U->getUser());
    auto *Phi = dyn_cast<PHINode>(I);
    if (!Phi) {
      U->set(IRBuilder<>(I).CreateLoad(Local.getType(), &Cell));
      continue;
    }
    BasicBlock *From = Phi->getIncomingBlock(*U);
    Value *&V = AtEdge[{Phi, From}]; // entries of one block must agree
    if (!V)
      V = IRBuilder<>(From->getTerminator()).CreateLoad(Local.getType(), &Cell);
    U->set(V);
  }
}

struct Markers {
  SmallVector<IntrinsicInst *, 4> Starts, Ends;
};

Markers markersOf(AllocaInst &Local) {
  Markers Found;
  for (User *U : Local.users())
    if (auto *I = dyn_cast<IntrinsicInst>(U); I && I->isLifetimeStartOrEnd())
      (I->getIntrinsicID() == Intrinsic::lifetime_start ? Found.Starts : Found.Ends).push_back(I);
  return Found;
}

// An address computed early (a field's, hoisted above the declaration) is computed where it is
// used.
void sinkAddresses(AllocaInst &Local) {
  SmallVector<GetElementPtrInst *, 8> Work;
  auto Push = [&](Value &V) {
    for (User *U : V.users())
      if (auto *G = dyn_cast<GetElementPtrInst>(U); G && G->getPointerOperand() == &V)
        Work.push_back(G);
  };
  Push(Local);
  while (!Work.empty()) {
    GetElementPtrInst *G = Work.pop_back_val();
    SmallVector<Use *, 8> Uses;
    for (Use &U : G->uses())
      Uses.push_back(&U);
    for (Use *U : Uses) {
      auto *I = cast<Instruction>(U->getUser());
      if (isa<PHINode>(I))
        continue; // asked about below
      Instruction *Near = G->clone();
      Near->insertBefore(I);
      U->set(Near);
      Push(*Near);
    }
    if (G->use_empty())
      G->eraseFromParent();
  }
}

// Every use comes after one of the points where an object is made.
bool usesFollow(AllocaInst &Local, ArrayRef<IntrinsicInst *> Starts) {
  if (Starts.empty())
    return true;
  DominatorTree DT(*Local.getFunction());
  return all_of(Local.uses(), [&](const Use &U) {
    auto *Marker = dyn_cast<IntrinsicInst>(U.getUser());
    return (Marker && Marker->isLifetimeStartOrEnd()) ||
           any_of(Starts, [&](IntrinsicInst *Start) { return DT.dominates(Start, U); });
  });
}

bool moveToHeap(AllocaInst &Local) {
  gatherAllocas(*Local.getFunction());
  sinkAddresses(Local);
  Markers Life = markersOf(Local);
  if (!usesFollow(Local, Life.Starts))
    return false;
  IRBuilder<> B(&Local);
  AllocaInst *Cell = B.CreateAlloca(Local.getType(), nullptr, Local.getName() + ".heap");
  if (Life.Starts.empty()) {
    BasicBlock &Entry = Local.getFunction()->getEntryBlock();
    emitObject(*Entry.getFirstNonPHIOrDbgOrAlloca(), Local, *Cell);
  }
  for (IntrinsicInst *Start : Life.Starts)
    emitObject(*Start, Local, *Cell);
  for (IntrinsicInst *Marker : concat<IntrinsicInst *>(Life.Starts, Life.Ends))
    Marker->eraseFromParent();
  useCell(Local, *Cell);
  Local.eraseFromParent();
  return true;
}

} // namespace

bool moveLocalsToHeap(LoweredModule &Lowered, ApplyContext &Context) {
  Regex Only(Context.Opts.Only);
  bool Changed = false;
  for (LoweredFunction &L : Lowered.Functions) {
    if (L.F->hasFnAttribute(Attribute::OptimizeNone) || L.F->hasFnAttribute(Attribute::Naked) ||
        (!Context.Opts.Only.empty() && !Only.match(L.F->getName().split('.').first)))
      continue;
    for (EscLocal Local = 0; Local < L.LocalInst.size(); ++Local) {
      bool Proved = false;
      EscVerdict V = esc_local_verdict(Lowered.M.get(), L.Id, Local, &Proved);
      if (V.placement != ESC_PLACE_HEAP || !Proved || !canMove(L.LocalInst[Local]) ||
          (Context.Opts.Allows && !Context.Opts.Allows(localHash(Lowered, L.Id, Local))) ||
          !moveToHeap(*L.LocalInst[Local]))
        continue;
      L.LocalInst[Local] = nullptr;
      Context.HeapLocals.push_back({L.Id, Local});
      Changed = true;
    }
  }
  return Changed;
}

} // namespace escapement
