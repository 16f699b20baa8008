// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plan.h - what applyVerdicts() is about to do, complete before the first change.
//
//     Apply.cpp       verdicts -> Plan, checks, order of the rewrite
//     ApplyClone.cpp  copies of callees that free what a caller moved
//     ApplySlot.cpp   an allocation -> a slot, or a small buffer with the heap above
//     ApplyFree.cpp   free and realloc of what may be a slot
//     ApplyTypes.cpp  slots that hold one object after another
//     ApplyVerify.cpp the objects of slots in guarded memory
//     ApplyLocals.cpp locals -> heap
//
// INVARIANT  A site is in Plan::Sites only if everything that frees or reallocates it is in the
// plan too. A plan is built and checked without touching the IR.
#ifndef ESCAPEMENT_PLUGIN_PLAN_H
#define ESCAPEMENT_PLUGIN_PLAN_H

#include "Apply.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/ValueMapper.h"
#include <climits>
#include <deque>
#include <map>
#include <optional>

namespace escapement {

// The name and model of the allocator or deallocator that is called; nothing when it has no model.
std::optional<EscAllocatorModel> allocatorOf(const EscModule *M, const llvm::CallBase &Call);

struct SitePlan {
  EscSite Site = ESC_NONE;
  llvm::CallInst *Call = nullptr;
  EscAllocatorModel Model = {};
  bool Buffer = false; // in the slot only while the size is at most Bytes
  uint64_t Bytes = 0, Align = 16;
};

struct OpPlan {
  enum class Kind { Free, Realloc, Call };

  EscOp Op = ESC_NONE;
  Kind What = Kind::Free;
  llvm::CallInst *Call = nullptr;
  uint32_t PointerArg = 0;             // Free, Realloc: the argument that is freed
  EscAllocatorModel Model = {};        // Realloc
  unsigned Callee = UINT_MAX;          // Call: index in LoweredModule::Functions
  bool Remove = false;                 // Free: delete the call
  bool Foreign = false;                // in a clone: may free what the caller can name
  bool Possible = true;                // the rewrite knows this form
  bool NeedsSizes = false;             // Call: the clone must know how large the slots are
  llvm::SmallVector<EscSite, 2> Sites; // of this function, all in the plan
};

struct FunctionPlan {
  LoweredFunction *Lowered = nullptr;
  std::vector<EscSite> Sites; // of this function, in the plan
  std::vector<OpPlan> Ops;    // in the order of EscOp
  bool HasForeign = false;    // OpPlan::Foreign is filled in, and Ops has every such operation
};

// A copy of a function with one more parameter for each slot of a caller. Capacities[i] is the size
// of the i-th slot, 0 where the copy never reallocates it.
struct CloneKey {
  unsigned Function; // index in LoweredModule::Functions
  std::vector<uint64_t> Capacities;
  bool operator<(const CloneKey &O) const {
    return Function != O.Function ? Function < O.Function : Capacities < O.Capacities;
  }
};

// What a moved object lives in, in one body.
struct Slot {
  llvm::AllocaInst *Memory = nullptr;
  bool Repeats = false; // control can come back to the call: it serves several allocations
  // Under verify mode only: where the address of the object is that is there now, and what the
  // runtime knows of the site.
  llvm::AllocaInst *Cell = nullptr;
  llvm::GlobalVariable *Site = nullptr;
};

// One body to rewrite: the function itself (Map null), or a clone of it.
struct Instance {
  FunctionPlan *Plan = nullptr;
  llvm::Function *F = nullptr;
  std::unique_ptr<llvm::ValueToValueMapTy> Map;
  std::vector<uint64_t> Capacities;            // of the foreign slots
  llvm::SmallVector<llvm::Value *, 4> Foreign; // the extra parameters
  llvm::MapVector<EscSite, Slot> Slots;        // of its own sites
  // The calls of Plan->Sites and Plan->Ops in this body, looked up before any body changes.
  std::vector<llvm::CallInst *> SiteCalls, OpCalls;

  llvm::CallInst *find(llvm::CallInst *Original) const {
    return Map ? llvm::cast<llvm::CallInst>((*Map)[Original]) : Original;
  }
};

struct Plan {
  LoweredModule &Lowered;
  std::map<EscSite, SitePlan> Sites;
  std::map<unsigned, FunctionPlan> Functions; // by index in LoweredModule::Functions
  std::vector<CloneKey> Clones;               // in the order in which they were found necessary
  std::map<CloneKey, unsigned> CloneIndex;
  bool Verify; // Options::Verify

  Plan(LoweredModule &L, bool Verify) : Lowered(L), Verify(Verify) {}
  EscModule *model() const { return Lowered.M.get(); }
};

// A slot as seen at a free or realloc: its address and how many bytes it holds.
struct SlotRef {
  llvm::Value *Address;
  uint64_t Bytes;
};

// ---- ApplyClone.cpp
// Whether a copy of this function may stand for it.
bool canClone(const llvm::Function &F);
// Fill Plan::Clones. Returns the sites that must not be moved: not empty, and the plan is of no
// use.
std::vector<EscSite> planClones(Plan &P);
// The key of the clone that `Op` calls when it is executed in an instance with these foreign slots;
// no capacities: no clone is needed.
CloneKey cloneForCall(const Plan &P, const OpPlan &Op, const std::vector<uint64_t> &Foreign);
// A call of `Clone` with the arguments of `Call` and `Extra`; replaces Call.
llvm::CallInst *callClone(llvm::CallInst &Call, llvm::Function &Clone,
                          llvm::ArrayRef<llvm::Value *> Extra);
// Make the copies, all of unchanged bodies.
std::deque<Instance> makeClones(Plan &P);
// The operations of a function that free what its caller can name (for clones of it).
FunctionPlan &foreignPlan(Plan &P, unsigned Function);

// ---- ApplySlot.cpp
// The size of the allocator's request, and (Fits) whether it was computed without overflow and is
// at most `Limit`. Emitted at the builder.
struct Request {
  llvm::Value *Bytes;
  llvm::Value *Fits; // null: not asked for
};
bool isSizeArgument(const llvm::CallInst &Call, uint32_t Param);
bool canMoveSite(const SitePlan &S);
llvm::AllocaInst *makeSlot(llvm::Function &F, const SitePlan &S);
Request emitRequest(llvm::IRBuilder<> &B, llvm::CallInst &Call, const SitePlan &S, bool WithFits);
void moveSite(llvm::CallInst &Call, const SitePlan &S, const Slot &Slot,
              const llvm::TargetLibraryInfo &TLI);
// Where control can come back to the call its slot serves again: each object then begins its life
// with beginObject(), a barrier between it and the one before.
void expectReuse(const Slot &S);
void beginObject(llvm::IRBuilder<> &B, llvm::AllocaInst &Slot);
// Mark a call as settled (isSettledAllocation).
void settle(llvm::CallInst &Call);

// Bring the static allocas to the head of the entry block, so that splitting it leaves them static.
void gatherAllocas(llvm::Function &F);

// ---- ApplyFree.cpp
bool canGuardFree(const llvm::CallInst &Call, uint32_t PointerArg);
bool canGuardRealloc(const llvm::CallInst &Call, const EscAllocatorModel &Model);
// Whether P is one of the slots, as an i1; null when there are none.
llvm::Value *emitIsSlot(llvm::IRBuilder<> &B, llvm::Value &P, llvm::ArrayRef<SlotRef> Slots);
void guardFree(llvm::CallInst &Call, uint32_t PointerArg, llvm::ArrayRef<SlotRef> Slots,
               bool Verify);
// `Own`: the realloc is itself a site with a slot, else null.
void rewriteRealloc(llvm::CallInst &Call, const EscAllocatorModel &Model,
                    llvm::ArrayRef<SlotRef> Slots, const SitePlan *Own, const Slot *OwnSlot,
                    bool Verify);

// ---- ApplyTypes.cpp
// This slot serves more than one allocation (separateReuses).
void markReused(llvm::AllocaInst &Slot);
bool isMarkedReused(const llvm::AllocaInst &Slot);

// ---- ApplyVerify.cpp; without a cell the first two give the slot itself
llvm::Value *emitAddress(llvm::IRBuilder<> &B, const Slot &S);
llvm::Value *emitTake(llvm::IRBuilder<> &B, const Slot &S, llvm::Value *Bytes);
llvm::Value *emitTakeCopy(llvm::IRBuilder<> &B, const Slot &S, llvm::Value *Bytes,
                          llvm::Value *Source, llvm::Value *Keep);
llvm::Value *emitResize(llvm::IRBuilder<> &B, const Slot &S, llvm::Value *Bytes, llvm::Value *Old,
                        llvm::Value *Keep);
void emitCopyOut(llvm::IRBuilder<> &B, llvm::Value *To, llvm::Value *Old, llvm::Value *Keep);
void emitVerifiedFree(llvm::IRBuilder<> &B, llvm::Value *Object);
void replaceRemovedFree(llvm::CallInst &Call, uint32_t PointerArg, llvm::ArrayRef<SlotRef> Slots);
// What the report says of a site; to be made before its frees are rewritten.
llvm::GlobalVariable *describeSite(const Plan &P, const SitePlan &S);
void addCell(Slot &S, llvm::GlobalVariable &Site);
void leaveAtReturns(llvm::Function &F, const llvm::MapVector<EscSite, Slot> &Slots);

// ---- ApplyLocals.cpp
bool moveLocalsToHeap(LoweredModule &Lowered, ApplyContext &Context);

} // namespace escapement

#endif
