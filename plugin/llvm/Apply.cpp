// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Apply.cpp - from verdicts to a checked plan, and the order in which it is carried out.
//
// The plan is made again until nothing in it is refused: a site whose own form or one of whose
// frees cannot be rewritten is taken out, as are those that the options exclude. Then
//
//     copy callees -> make slots -> rewrite operations -> rewrite allocations -> clear `tail`
//
// in every body, original and copy alike.
//
// INVARIANT  An operation names a site only if the site is moved. What the analysis would delete
// because all its sites move is guarded when only some do.
//
// NOT HERE  The forms (ApplySlot.cpp, ApplyFree.cpp), copies (ApplyClone.cpp).
#include "Apply.h"
#include "Lines.h"
#include "Plan.h"
#include "llvm/ADT/SCCIterator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"
#include <set>

using namespace llvm;

namespace escapement {
namespace {

bool isMoved(const EscVerdict &V) {
  return V.placement == ESC_PLACE_SLOT || V.placement == ESC_PLACE_BUFFER;
}

// A frame that something else than a return may take down or copy is left alone. A musttail call
// gives up the frame before its callee begins.
bool hasPlainFrame(const Function &F, bool MayReturnTwice) {
  if (F.hasFnAttribute(Attribute::Naked) || F.hasFnAttribute(Attribute::OptimizeNone) ||
      F.isPresplitCoroutine() || (F.callsFunctionThatReturnsTwice() && !MayReturnTwice))
    return false;
  for (const BasicBlock &BB : F)
    for (const Instruction &I : BB)
      if (auto *Call = dyn_cast<CallInst>(&I); Call && Call->isMustTailCall())
        return false;
  return true;
}

bool canCallClone(const CallInst &Call, const Function &Callee) {
  return !Call.isMustTailCall() && !Call.hasOperandBundles() &&
         Call.getCalledFunction() == &Callee && Call.getFunctionType() == Callee.getFunctionType();
}

OpPlan describeOp(const Plan &P, const LoweredFunction &F, EscOp Op) {
  OpPlan O;
  O.Op = Op;
  O.Call = dyn_cast_or_null<CallInst>(F.OpInst[Op]);
  if (!O.Call) {
    O.Possible = false;
    return O;
  }
  auto Model = allocatorOf(P.model(), *O.Call);
  if (Model && Model->reallocates) {
    O.What = OpPlan::Kind::Realloc;
    O.Model = *Model;
    O.PointerArg = Model->pointer_param;
    O.Possible = canGuardRealloc(*O.Call, *Model);
    return O;
  }
  const Function *Callee = O.Call->getCalledFunction();
  auto Known = P.Lowered.FunctionIndex.find(Callee);
  if (!(Model && Model->frees) && Callee && Known != P.Lowered.FunctionIndex.end()) {
    O.What = OpPlan::Kind::Call;
    O.Callee = Known->second;
    O.Possible = canCallClone(*O.Call, *Callee);
    return O;
  }
  // Anything else that may free: a call through a pointer, a library function.
  O.Possible = Model && Model->frees && canGuardFree(*O.Call, Model->pointer_param);
  O.PointerArg = Model ? Model->pointer_param : ESC_NONE;
  return O;
}

// One call that is two operations has no form of its own.
void refuseRepeated(FunctionPlan &F) {
  SmallPtrSet<const Instruction *, 16> Seen;
  for (OpPlan &Op : F.Ops)
    if (Op.Call && !Seen.insert(Op.Call).second)
      Op.Possible = false;
}

class Planner {
public:
  Planner(LoweredModule &Lowered, ApplyContext &Context)
      : Lowered(Lowered), Context(Context), Only(Context.Opts.Only) {}

  // The largest plan of which every part is possible.
  Plan make() {
    for (;;) {
      Plan P(Lowered, Context.Opts.Verify);
      Refused.clear();
      addSites(P);
      for (auto &[Index, F] : P.Functions)
        addOps(P, F);
      if (Refused.empty())
        refuse(planClones(P));
      if (Refused.empty())
        return P;
      Excluded.insert(Refused.begin(), Refused.end());
      Context.Rejected.insert(Context.Rejected.end(), Refused.begin(), Refused.end());
    }
  }

private:
  void refuse(ArrayRef<EscSite> Sites) { Refused.insert(Sites.begin(), Sites.end()); }

  bool isAllowed(EscSite Site, const Function &F) {
    const Options &O = Context.Opts;
    if (!O.Only.empty() && !Only.match(F.getName().split('.').first))
      return false;
    if (O.Site.empty() && !O.Allows)
      return true;
    std::string Hash = siteHash(Lowered, Site);
    return (O.Site.empty() || Hash == O.Site) && (!O.Allows || O.Allows(Hash));
  }

  void addSites(Plan &P) {
    for (EscSite Site = 0; Site < Lowered.Sites.size(); ++Site) {
      EscVerdict V = esc_site_verdict(P.model(), Site);
      LoweredSite &L = Lowered.Sites[Site];
      if (!isMoved(V) || Excluded.count(Site) || !L.Call ||
          !isAllowed(Site, *L.Call->getFunction()))
        continue;
      if (P.Sites.size() + Context.Rewrites >= Context.Opts.Limit)
        return;
      addSite(P, Site, V);
    }
  }

  bool mayHoldSlots(const Function &F) {
    auto [It, New] = PlainFrame.try_emplace(&F, false);
    if (New)
      It->second = hasPlainFrame(F, Context.Opts.Forget == ESC_FORGET_TWICE);
    return It->second;
  }

  void addSite(Plan &P, EscSite Site, const EscVerdict &V) {
    LoweredSite &L = Lowered.Sites[Site];
    SitePlan S;
    S.Site = Site;
    S.Call = dyn_cast<CallInst>(L.Call);
    S.Buffer = V.placement == ESC_PLACE_BUFFER;
    S.Bytes = V.slot_bytes;
    S.Align = std::max<uint64_t>(V.align_bytes, 1);
    auto Model = allocatorOf(P.model(), *L.Call);
    if (!S.Call || !Model || !mayHoldSlots(*S.Call->getFunction())) {
      Refused.insert(Site);
      return;
    }
    S.Model = *Model;
    if (!canMoveSite(S)) {
      Refused.insert(Site);
      return;
    }
    FunctionPlan &F = P.Functions[L.Function];
    F.Lowered = &Lowered.Functions[L.Function];
    F.Sites.push_back(Site);
    P.Sites[Site] = S;
  }

  void addOps(Plan &P, FunctionPlan &F) {
    SmallPtrSet<const Instruction *, 16> Seen;
    for (EscOp Op = 0; Op < F.Lowered->OpInst.size(); ++Op) {
      const EscSite *Sites = nullptr;
      uint32_t Count = 0;
      EscAction Action = esc_op_action(P.model(), F.Lowered->Id, Op, &Sites, &Count);
      if (Action == ESC_ACT_INLINE && Count != 0)
        Action = ESC_ACT_CLONE; // it stands here still, and frees what is listed
      if (Action == ESC_ACT_NONE || Action == ESC_ACT_INLINE)
        continue;
      OpPlan O = planOp(P, *F.Lowered, Op, Action, ArrayRef(Sites, Count));
      if (O.Sites.empty())
        continue;
      if (!O.Possible || !Seen.insert(O.Call).second)
        refuse(O.Sites);
      F.Ops.push_back(std::move(O));
    }
  }

  OpPlan planOp(const Plan &P, const LoweredFunction &F, EscOp Op, EscAction Action,
                ArrayRef<EscSite> Listed) {
    OpPlan O = describeOp(P, F, Op);
    bool Complete = true;
    for (EscSite Site : Listed) {
      if (P.Sites.count(Site))
        O.Sites.push_back(Site);
      else
        Complete = false;
    }
    O.Remove = Action == ESC_ACT_REMOVE && Complete;
    if ((Action == ESC_ACT_CLONE) != (O.What == OpPlan::Kind::Call))
      O.Possible = false;
    return O;
  }

  LoweredModule &Lowered;
  ApplyContext &Context;
  Regex Only;
  std::set<EscSite> Excluded, Refused;
  DenseMap<const Function *, bool> PlainFrame;
};

// ---- Carrying it out.

// Where control can come back to: the slot of a call there serves several allocations. A rewrite
// makes no cycle, and what it splits off stays in the one it was in.
SmallPtrSet<const BasicBlock *, 16> blocksInCycles(const Function &F) {
  SmallPtrSet<const BasicBlock *, 16> Blocks;
  for (auto Component = scc_begin(&F); !Component.isAtEnd(); ++Component)
    if (Component.hasCycle())
      Blocks.insert(Component->begin(), Component->end());
  return Blocks;
}

// Copies, then every body.
class Executor {
public:
  Executor(Plan &P, ApplyContext &Context) : P(P), Context(Context) {}

  void run() {
    std::deque<Instance> Bodies = makeClones(P);
    for (const Instance &I : Bodies)
      CloneFunctions.push_back(I.F);
    for (auto &[Index, F] : P.Functions) {
      if (!changes(F))
        continue; // only copied
      Instance &I = Bodies.emplace_back();
      I.Plan = &F;
      I.F = F.Lowered->F;
    }
    // All look-ups before the first change: the map of a clone follows its originals.
    for (Instance &I : Bodies)
      lookUp(I);
    if (P.Verify)
      for (const auto &[Site, S] : P.Sites)
        Descriptions[Site] = describeSite(P, S);
    for (auto &[Index, F] : P.Functions)
      forget(F);
    for (Instance &I : Bodies)
      rewrite(I);
  }

private:
  void lookUp(Instance &I) {
    for (const OpPlan &Op : I.Plan->Ops)
      I.OpCalls.push_back(I.find(Op.Call));
    for (EscSite Site : I.Plan->Sites)
      I.SiteCalls.push_back(I.find(P.Sites[Site].Call));
  }

  static bool changes(const FunctionPlan &F) {
    return !F.Sites.empty() || any_of(F.Ops, [](const OpPlan &Op) { return !Op.Sites.empty(); });
  }

  // What an original is about to lose.
  void forget(FunctionPlan &F) {
    SmallPtrSet<const Instruction *, 16> Gone;
    for (EscSite Site : F.Sites) {
      const SitePlan &S = P.Sites[Site];
      if (S.Buffer && !S.Model.reallocates)
        continue; // the call stays, on the path above the limit
      Gone.insert(S.Call);
      P.Lowered.Sites[Site].Call = nullptr;
    }
    for (const OpPlan &Op : F.Ops)
      if (!Op.Sites.empty() && (Op.Remove || Op.What != OpPlan::Kind::Free))
        Gone.insert(Op.Call);
    for (LoweredSite &S : P.Lowered.Sites)
      if (S.Call && Gone.count(S.Call))
        S.Call = nullptr;
    for (Instruction *&I : F.Lowered->OpInst)
      if (I && Gone.count(I))
        I = nullptr;
  }

  void rewrite(Instance &I) {
    const TargetLibraryInfo &TLI =
        Context.FAM.getResult<TargetLibraryAnalysis>(*I.Plan->Lowered->F);
    gatherAllocas(*I.F);
    SmallPtrSet<const BasicBlock *, 16> Repeated;
    if (!I.Plan->Sites.empty())
      Repeated = blocksInCycles(*I.F);
    for (size_t N = 0; N < I.Plan->Sites.size(); ++N) {
      EscSite Site = I.Plan->Sites[N];
      Slot &S = I.Slots[Site];
      S.Memory = makeSlot(*I.F, P.Sites[Site]);
      S.Repeats = Repeated.count(I.SiteCalls[N]->getParent());
      if (P.Verify)
        addCell(S, *Descriptions[Site]);
    }
    for (size_t N = 0; N < I.OpCalls.size(); ++N)
      rewriteOp(I, I.Plan->Ops[N], *I.OpCalls[N]);
    for (size_t N = 0; N < I.SiteCalls.size(); ++N)
      rewriteSite(I, P.Sites[I.Plan->Sites[N]], *I.SiteCalls[N], TLI);
    if (!I.Slots.empty())
      clearTailCalls(*I.F);
    if (P.Verify)
      leaveAtReturns(*I.F, I.Slots);
    assert(!verifyFunction(*I.F, &errs()) && "a rewrite broke the function");
  }

  // The slots that an operation must know in this body: those of the function's own sites that the
  // analysis listed, and in a copy those of its callers.
  SmallVector<SlotRef, 4> slotsAt(const Instance &I, const OpPlan &Op, CallInst &Call) {
    IRBuilder<> B(&Call);
    SmallVector<SlotRef, 4> Slots;
    for (EscSite Site : Op.Sites)
      Slots.push_back({emitAddress(B, I.Slots.find(Site)->second), P.Sites[Site].Bytes});
    if (Op.Foreign)
      for (size_t N = 0; N < I.Foreign.size(); ++N)
        Slots.push_back({I.Foreign[N], I.Capacities[N]});
    return Slots;
  }

  void rewriteOp(const Instance &I, const OpPlan &Op, CallInst &Call) {
    if (Op.What == OpPlan::Kind::Realloc && isSite(*I.Plan, Op))
      return; // below
    SmallVector<SlotRef, 4> Slots = slotsAt(I, Op, Call);
    if (Slots.empty())
      return;
    switch (Op.What) {
    case OpPlan::Kind::Free:
      if (!Op.Remove || Slots.size() != Op.Sites.size())
        guardFree(Call, Op.PointerArg, Slots, P.Verify);
      else if (P.Verify)
        replaceRemovedFree(Call, Op.PointerArg, Slots);
      else
        Call.eraseFromParent();
      return;
    case OpPlan::Kind::Realloc:
      rewriteRealloc(Call, Op.Model, Slots, nullptr, nullptr, P.Verify);
      return;
    case OpPlan::Kind::Call: {
      SmallVector<Value *, 4> Extra;
      for (const SlotRef &S : Slots)
        Extra.push_back(S.Address);
      CloneKey Key = cloneForCall(P, Op, I.Capacities);
      callClone(Call, *CloneFunctions[P.CloneIndex.at(Key)], Extra);
      return;
    }
    }
  }

  bool isSite(const FunctionPlan &F, const OpPlan &Op) {
    return any_of(F.Sites, [&](EscSite Site) { return P.Sites[Site].Call == Op.Call; });
  }

  void rewriteSite(const Instance &I, const SitePlan &S, CallInst &Call,
                   const TargetLibraryInfo &TLI) {
    const Slot &Own = I.Slots.find(S.Site)->second;
    if (!S.Model.reallocates)
      return moveSite(Call, S, Own, TLI);
    SmallVector<SlotRef, 4> Old;
    for (const OpPlan &Op : I.Plan->Ops)
      if (Op.Call == S.Call)
        Old = slotsAt(I, Op, Call);
    rewriteRealloc(Call, S.Model, Old, &S, &Own, P.Verify);
  }

  // `tail` promises that the callee does not touch this frame.
  static void clearTailCalls(Function &F) {
    for (BasicBlock &BB : F)
      for (Instruction &I : BB)
        if (auto *Call = dyn_cast<CallInst>(&I);
            Call && Call->getTailCallKind() == CallInst::TCK_Tail)
          Call->setTailCallKind(CallInst::TCK_None);
  }

  Plan &P;
  ApplyContext &Context;
  std::vector<Function *> CloneFunctions;           // as Plan::Clones
  std::map<EscSite, GlobalVariable *> Descriptions; // with Verify
};

} // namespace

FunctionPlan &foreignPlan(Plan &P, unsigned Function) {
  FunctionPlan &F = P.Functions[Function];
  F.Lowered = &P.Lowered.Functions[Function];
  if (F.HasForeign)
    return F;
  F.HasForeign = true;
  std::map<EscOp, size_t> Known;
  for (size_t N = 0; N < F.Ops.size(); ++N)
    Known[F.Ops[N].Op] = N;
  for (EscOp Op = 0; Op < F.Lowered->OpInst.size(); ++Op) {
    if (!esc_op_frees_foreign(P.model(), F.Lowered->Id, Op))
      continue;
    auto It = Known.find(Op);
    if (It == Known.end())
      F.Ops.push_back(describeOp(P, *F.Lowered, Op));
    (It == Known.end() ? F.Ops.back() : F.Ops[It->second]).Foreign = true;
  }
  refuseRepeated(F);
  return F;
}

// A hash of where the site stands, through what it was inlined, and how it is written.
std::string siteHash(const LoweredModule &Lowered, EscSite Site) {
  const LoweredSite &S = Lowered.Sites[Site];
  std::string Key = Lowered.Functions[S.Function].F->getName().str();
  if (S.Source)
    Key += ":" + S.Source->At.File.str() + ":" + std::to_string(S.Source->At.Line) + ":" +
           std::to_string(S.Source->At.Col) + ":" + S.Source->Text.str();
  Key += "@" + S.Chain;
  return hashText(Key);
}

std::string localHash(const LoweredModule &Lowered, EscFunc F, EscLocal Local) {
  for (const LoweredFunction &L : Lowered.Functions)
    if (L.Id == F)
      return hashText(("local:" + L.F->getName() + ":" + Twine(Local)).str());
  return {};
}

bool applyVerdicts(LoweredModule &Lowered, Module &M, ApplyContext &Context) {
  Plan P = Planner(Lowered, Context).make();
  bool Changed = !P.Sites.empty();
  if (Changed)
    Executor(P, Context).run();
  for (const auto &[Site, S] : P.Sites)
    Context.Moved.insert(Site);
  Context.Rewrites += P.Sites.size();
  if (Context.Opts.HeapLocals)
    Changed |= moveLocalsToHeap(Lowered, Context);
  return Changed;
}

} // namespace escapement
