// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ApplyClone.cpp - copies of callees that may free or reallocate what a caller moved.
//
//     drop(p)  { ... free(p); }
//     drop.esc(p, slot)  { ... if (p != slot) free(p); }
//
// One copy serves every call that passes as many slots (and, where it reallocates, slots of the
// same sizes, which are constants in the copy). Calls in a copy that may free what its caller can
// name go on to copies of their callees, with the slots passed on.
//
// INVARIANT  A copy differs from its original only where ESC_ACT_* of its own verdicts or
// esc_op_frees_foreign() says so. Everything is planned before anything is copied, and everything
// is copied before any original changes.
//
// NOT HERE  The guards themselves (ApplyFree.cpp).
#include "Match.h"
#include "Plan.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <map>
#include <set>

using namespace llvm;

namespace escapement {
namespace {

// More slots than any call of a real program hands down; recursion with own slots would add
// forever.
constexpr size_t MaxSlots = 16;
// All copies of a module. A module that needs more has some form we did not think of.
constexpr size_t MaxClones = 2000;

// What holds for a copy of a function and for everything that it hands its foreign slots on to.
class Closure {
public:
  explicit Closure(Plan &P) : P(P) {}

  struct Answer {
    bool Possible = true;    // every body can be copied and every operation be changed
    bool NeedsSizes = false; // a slot may be reallocated
  };

  const Answer &ask(unsigned Function) {
    auto [It, New] = Known.insert({Function, {}});
    if (New) {
      std::set<unsigned> Seen;
      walk(Function, Seen, It->second);
    }
    return It->second;
  }

private:
  void walk(unsigned Root, std::set<unsigned> &Seen, Answer &A) {
    std::vector<unsigned> Work{Root};
    while (!Work.empty()) {
      unsigned Function = Work.back();
      Work.pop_back();
      if (!Seen.insert(Function).second)
        continue;
      A.Possible &= canClone(*P.Lowered.Functions[Function].F);
      for (const OpPlan &Op : foreignPlan(P, Function).Ops) {
        if (!Op.Foreign)
          continue;
        A.Possible &= Op.Possible;
        A.NeedsSizes |= Op.What == OpPlan::Kind::Realloc;
        if (Op.What == OpPlan::Kind::Call && Op.Possible)
          Work.push_back(Op.Callee);
      }
    }
  }

  Plan &P;
  std::map<unsigned, Answer> Known;
};

// The clones needed by one instance; false: `Bad` has sites that must stay on the heap, if they are
// known.
bool requestClones(Plan &P, Closure &All, unsigned Function, const std::vector<uint64_t> &Foreign,
                   std::vector<EscSite> &Bad) {
  // By number: asking about a recursive callee may add operations to this function.
  for (size_t N = 0; N < P.Functions[Function].Ops.size(); ++N) {
    OpPlan Op = P.Functions[Function].Ops[N];
    bool PassesOn = Op.Foreign && !Foreign.empty();
    if (Op.What != OpPlan::Kind::Call || (Op.Sites.empty() && !PassesOn))
      continue;
    const Closure::Answer &A = All.ask(Op.Callee);
    P.Functions[Function].Ops[N].NeedsSizes = Op.NeedsSizes = A.NeedsSizes;
    CloneKey Key = cloneForCall(P, Op, Foreign);
    if (!A.Possible || Key.Capacities.size() > MaxSlots || P.Clones.size() >= MaxClones) {
      Bad.insert(Bad.end(), Op.Sites.begin(), Op.Sites.end());
      return false;
    }
    if (P.CloneIndex.insert({Key, P.Clones.size()}).second)
      P.Clones.push_back(Key);
  }
  return true;
}

std::vector<EscSite> allPassedSites(const Plan &P) {
  std::vector<EscSite> All;
  for (const auto &[Index, F] : P.Functions)
    for (const OpPlan &Op : F.Ops)
      if (Op.What == OpPlan::Kind::Call)
        All.insert(All.end(), Op.Sites.begin(), Op.Sites.end());
  return All;
}

// A label that the assembler would see twice.
bool hasLabel(const CallBase &Call) {
  auto *Asm = dyn_cast<InlineAsm>(Call.getCalledOperand());
  return Asm && StringRef(Asm->getAsmString()).contains(':');
}

Function *declareClone(Function &F, size_t Slots) {
  SmallVector<Type *, 8> Params(F.getFunctionType()->param_begin(),
                                F.getFunctionType()->param_end());
  Params.append(Slots, PointerType::getUnqual(F.getContext()));
  auto *T = FunctionType::get(F.getReturnType(), Params, false);
  return Function::Create(T, GlobalValue::InternalLinkage, F.getAddressSpace(),
                          F.getName() + ".esc", F.getParent());
}

// What holds for an allocator or a public symbol and not for the copy.
void dropFalse(Function &Clone) {
  Clone.setLinkage(GlobalValue::InternalLinkage);
  Clone.setVisibility(GlobalValue::DefaultVisibility);
  Clone.setDLLStorageClass(GlobalValue::DefaultStorageClass);
  Clone.setDSOLocal(true);
  Clone.setComdat(nullptr);
  Clone.removeFnAttr(Attribute::AllocSize);
  Clone.removeFnAttr(Attribute::AllocKind);
  Clone.removeFnAttr("alloc-family");
  Clone.removeFnAttr("alloc-variant-zeroed");
}

Instance makeClone(Plan &P, const CloneKey &Key) {
  Instance I;
  I.Plan = &P.Functions[Key.Function];
  I.Capacities = Key.Capacities;
  Function &Original = *P.Lowered.Functions[Key.Function].F;
  I.F = declareClone(Original, Key.Capacities.size());
  I.Map = std::make_unique<ValueToValueMapTy>();
  auto To = I.F->arg_begin();
  for (Argument &From : Original.args()) {
    To->setName(From.getName());
    (*I.Map)[&From] = &*To++;
  }
  for (; To != I.F->arg_end(); ++To) {
    To->setName("esc.slot");
    I.Foreign.push_back(&*To);
  }
  SmallVector<ReturnInst *, 8> Returns;
  CloneFunctionInto(I.F, &Original, *I.Map, CloneFunctionChangeType::LocalChangesOnly, Returns);
  dropFalse(*I.F);
  I.F->addFnAttr(SlotParameters, std::to_string(Key.Capacities.size()));
  return I;
}

} // namespace

bool canClone(const Function &F) {
  if (F.isDeclaration() || F.isInterposable() || F.isVarArg() || F.isPresplitCoroutine() ||
      F.hasFnAttribute(Attribute::Naked) || F.hasFnAttribute(Attribute::OptimizeNone) ||
      F.hasFnAttribute(Attribute::ReturnsTwice) || F.callsFunctionThatReturnsTwice())
    return false;
  for (const Argument &A : F.args())
    if (A.hasInAllocaAttr() || A.hasPreallocatedAttr() || A.hasSwiftErrorAttr() || A.hasNestAttr())
      return false;
  for (const BasicBlock &BB : F) {
    // A table of labels would still lead into the original.
    if (BB.hasAddressTaken())
      return false;
    for (const Instruction &I : BB)
      if (auto *Call = dyn_cast<CallBase>(&I);
          Call && (Call->isMustTailCall() || Call->cannotDuplicate() || hasLabel(*Call)))
        return false; // musttail: its signature would have to stay that of the function
  }
  return true;
}

CloneKey cloneForCall(const Plan &P, const OpPlan &Op, const std::vector<uint64_t> &Foreign) {
  CloneKey Key{Op.Callee, {}};
  for (EscSite S : Op.Sites)
    Key.Capacities.push_back(Op.NeedsSizes ? P.Sites.at(S).Bytes : 0);
  if (Op.Foreign)
    for (uint64_t Bytes : Foreign)
      Key.Capacities.push_back(Op.NeedsSizes ? Bytes : 0);
  return Key;
}

std::vector<EscSite> planClones(Plan &P) {
  std::vector<EscSite> Bad;
  Closure All(P);
  std::vector<unsigned> Roots;
  for (const auto &[Index, F] : P.Functions)
    Roots.push_back(Index);
  for (unsigned Index : Roots)
    if (!requestClones(P, All, Index, {}, Bad))
      return Bad;
  for (size_t I = 0; I < P.Clones.size(); ++I) {
    CloneKey Key = P.Clones[I]; // a copy: the vector grows
    if (!requestClones(P, All, Key.Function, Key.Capacities, Bad))
      return Bad.empty() ? allPassedSites(P) : Bad;
  }
  return {};
}

std::deque<Instance> makeClones(Plan &P) {
  std::deque<Instance> Made;
  for (const CloneKey &Key : P.Clones)
    Made.push_back(makeClone(P, Key));
  return Made;
}

CallInst *callClone(CallInst &Call, Function &Clone, ArrayRef<Value *> Extra) {
  SmallVector<Value *, 8> Args(Call.args());
  Args.append(Extra.begin(), Extra.end());
  IRBuilder<> B(&Call);
  CallInst *New = B.CreateCall(&Clone, Args);
  New->setCallingConv(Call.getCallingConv());
  New->setAttributes(Call.getAttributes());
  New->removeFnAttr(Attribute::AllocSize);
  New->setTailCallKind(Call.isNoTailCall() ? CallInst::TCK_NoTail : CallInst::TCK_None);
  New->copyMetadata(Call);
  New->takeName(&Call);
  Call.replaceAllUsesWith(New);
  Call.eraseFromParent();
  return New;
}

} // namespace escapement
