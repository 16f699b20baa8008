// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ApplyTypes.cpp - a slot that serves many allocations holds objects of many types.
//
//     for (...) { p = malloc(8); if (c) *(int *)p ...; else *(float *)p ...; free(p); }
//
// On the heap each round has memory of its own; in a slot the next round's float follows this
// round's int at one address, and type-based alias analysis lets them change places. Until the
// optimizer's end the lifetime.start at each allocation stands between the rounds; code generation
// drops it, so the types go from the accesses before.
//
// NOT HERE  Accesses in functions that were not inlined: a call stands between those.
#include "Apply.h"
#include "Plan.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Metadata.h"

using namespace llvm;

namespace escapement {
namespace {

const char ReusedName[] = "escapement.reused";

// Loads, stores and copies at addresses made from the slot's.
SmallVector<Instruction *, 16> accessesOf(AllocaInst &Slot) {
  SmallVector<Instruction *, 16> Found;
  SmallPtrSet<Value *, 16> Seen{&Slot};
  SmallVector<Value *, 16> Work{&Slot};
  while (!Work.empty())
    for (User *U : Work.pop_back_val()->users()) {
      auto *I = dyn_cast<Instruction>(U);
      if (!I || !Seen.insert(I).second)
        continue;
      if (isa<GetElementPtrInst, PHINode, SelectInst, CastInst>(I))
        Work.push_back(I);
      else if (I->mayReadOrWriteMemory())
        Found.push_back(I);
    }
  return Found;
}

bool haveOneType(ArrayRef<Instruction *> Accesses) {
  const MDNode *First = nullptr;
  for (const Instruction *I : Accesses) {
    const MDNode *Tag = I->getMetadata(LLVMContext::MD_tbaa);
    const MDNode *Type =
        Tag && Tag->getNumOperands() > 1 ? dyn_cast<MDNode>(Tag->getOperand(1)) : nullptr;
    if (!Type)
      continue;
    if (First && First != Type)
      return false;
    First = Type;
  }
  return true;
}

} // namespace

void markReused(AllocaInst &Slot) {
  Slot.setMetadata(ReusedName, MDNode::get(Slot.getContext(), {}));
}

bool isMarkedReused(const AllocaInst &Slot) { return Slot.getMetadata(ReusedName) != nullptr; }

bool separateReuses(Module &M) {
  bool Changed = false;
  unsigned Reused = M.getMDKindID(ReusedName);
  for (Function &F : M) {
    if (F.isDeclaration())
      continue;
    for (Instruction &I : F.getEntryBlock()) {
      auto *Slot = dyn_cast<AllocaInst>(&I);
      if (!Slot || !Slot->getMetadata(Reused))
        continue;
      Changed = true;
      Slot->setMetadata(Reused, nullptr);
      SmallVector<Instruction *, 16> Accesses = accessesOf(*Slot);
      if (haveOneType(Accesses))
        continue;
      for (Instruction *Access : Accesses) {
        Access->setMetadata(LLVMContext::MD_tbaa, nullptr);
        Access->setMetadata(LLVMContext::MD_tbaa_struct, nullptr);
      }
    }
  }
  return Changed;
}

} // namespace escapement
