// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Promises.cpp - see Promises.h.
//
// INVARIANT  A promise holds only when something proves it: an allocation that is not seen, because
// it is made in a function that nobody could look into, breaks it.
#include "Promises.h"
#include <algorithm>

namespace escapement {
namespace {

std::string number(unsigned N) { return std::to_string(N); }

std::string placeText(const Position &At) {
  return std::get<0>(At) + ":" + number(std::get<1>(At)) + ":" + number(std::get<2>(At));
}

bool endsWith(const std::string &Text, const std::string &End) {
  return Text.size() >= End.size() && Text.compare(Text.size() - End.size(), End.size(), End) == 0;
}

// One call of an inline chain, "FILE:LINE:COL". The compiler may spell the file with a directory
// where the source's line does not, or the other way round.
bool isAt(const std::string &Inlined, const Position &At) {
  std::string Where = ":" + number(std::get<1>(At)) + ":" + number(std::get<2>(At));
  if (!endsWith(Inlined, Where))
    return false;
  std::string File = Inlined.substr(0, Inlined.size() - Where.size());
  return endsWith(File, std::get<0>(At)) || endsWith(std::get<0>(At), File);
}

bool passesThrough(const std::string &Chain, const Position &At) {
  for (size_t Begin = 0; Begin < Chain.size();) {
    size_t End = std::min(Chain.find('@', Begin), Chain.size());
    if (isAt(Chain.substr(Begin, End - Begin), At))
      return true;
    Begin = End + 1;
  }
  return false;
}

Position positionOf(const Finding &F) { return {F.File, F.Line, F.Col}; }

bool isMadeAt(const Finding &Copy, const Position &Call) {
  return positionOf(Copy) == Call || passesThrough(Copy.Chain, Call);
}

bool isOnStack(const Finding &Copy) {
  return Copy.OptimizedAway || (Copy.Moved && Copy.Placement != ESC_PLACE_BUFFER);
}

// The block of -m=2, indented: these lines are the error's, not findings.
std::string withFlow(const Finding &F) {
  std::string Out, Line;
  for (char C : F.Flow)
    if (C != '\n')
      Line += C;
    else if (!Line.empty()) {
      Out += "\n  " + placeText(positionOf(F)) + ": " + Line;
      Line.clear();
    }
  return Out + "\n  " + placeText(positionOf(F)) + ": " + F.Text;
}

struct BreachList {
  const Promise *What;
  const Promises *All;
  const EscModule *M;
  std::map<EscSite, Finding> Sites; // with their flows
  std::vector<BrokenPromise> Broken;
};

Position placeOf(const EscSourceInfo &Info) {
  return {Info.file ? Info.file : "", Info.line, Info.col};
}

std::string breachText(const BreachList &L, const EscBreach &B) {
  std::string Out = L.What->Name + " promises not to allocate";
  for (uint32_t I = 0; I < B.ncallers; ++I) {
    EscFunc Callee = I + 1 < B.ncallers ? B.callers[I + 1] : B.func;
    Position At = placeOf(esc_op_place(L.M, B.callers[I], B.calls[I]));
    Out += "\n  " + placeText(At) + ":   flow: " + esc_function_source_name(L.M, B.callers[I]) +
           " calls " + esc_function_source_name(L.M, Callee);
  }
  auto It = L.Sites.find(B.site);
  if (It != L.Sites.end())
    return Out + withFlow(It->second);
  return Out + "\n  " + placeText(placeOf(esc_op_place(L.M, B.func, B.op))) + ": " +
         esc_function_source_name(L.M, B.func) + " " + (B.text ? B.text : "allocates");
}

bool isAllowed(void *Context, EscFunc F, EscOp Op) {
  auto *L = static_cast<BreachList *>(Context);
  return L->All->allowed(placeOf(esc_op_place(L->M, F, Op))) != nullptr;
}

void addBreach(void *Context, const EscBreach *B) {
  auto *L = static_cast<BreachList *>(Context);
  L->Broken.push_back({L->What, breachText(*L, *B)});
}

void addSite(void *Context, const EscFinding *F) {
  if (F->kind == ESC_FIND_SITE)
    static_cast<BreachList *>(Context)->Sites.emplace(F->site, findingOf(*F, Stage::First));
}

} // namespace

bool Promises::mentions(PromiseKind Kind) const {
  return std::any_of(All.begin(), All.end(), [&](const Promise &P) { return P.Kind == Kind; });
}

uint32_t Promises::functionFlags(const std::string &Linked) const {
  uint32_t Flags = 0;
  for (const Promise &P : All)
    if (!P.Linked.empty() && P.Linked == Linked)
      Flags |= P.Kind == PromiseKind::NoAlloc   ? uint32_t(ESC_FUNC_NO_ALLOC)
               : P.Kind == PromiseKind::MayHeap ? uint32_t(ESC_FUNC_MAY_HEAP)
                                                : 0;
  return Flags;
}

const std::string *Promises::allowed(const Position &Call) const {
  for (const Promise &P : All)
    if (P.Kind == PromiseKind::MayHeap &&
        std::find(P.Calls.begin(), P.Calls.end(), Call) != P.Calls.end())
      return &P.Reason;
  return nullptr;
}

std::vector<BrokenPromise>
Promises::breaches(const EscModule *M, const std::function<EscFunc(const std::string &)> &Find,
                   bool Inlined) const {
  BreachList L{nullptr, this, M, {}, {}};
  for (const Promise &P : All) {
    EscFunc F = P.Kind == PromiseKind::NoAlloc ? Find(P.Linked) : ESC_NONE;
    if (F == ESC_NONE || !esc_function_has_body(M, F))
      continue;
    if (!L.What)
      esc_findings(M, 2, addSite, &L);
    L.What = &P;
    size_t Before = L.Broken.size();
    esc_breaches(M, F, Inlined, isAllowed, addBreach, nullptr, &L);
    // Two declarations of one function promise once.
    for (const Promise &Q : All)
      if (&Q == &P)
        break;
      else if (Q.Kind == P.Kind && Q.Linked == P.Linked)
        L.Broken.resize(Before);
  }
  return std::move(L.Broken);
}

std::vector<BrokenPromise> Promises::onHeap(const std::vector<Finding> &Found,
                                            const std::vector<RemainingCall> *Left) const {
  std::vector<BrokenPromise> Broken;
  for (const Promise &P : All) {
    if (P.Kind != PromiseKind::MustStack)
      continue;
    std::string Begin = P.Name + " must be on the stack";
    if (P.Misplaced)
      Broken.push_back({&P, Begin + ", but it is no variable of a function's frame"});
    for (const Finding &F : Found)
      if (F.Kind == ESC_FIND_LOCAL && positionOf(F) == P.At)
        Broken.push_back({&P, Begin + withFlow(F)});
    for (const Position &Call : P.Calls) {
      bool Seen = false, Kept = true;
      for (const Finding &Copy : Found) {
        if (Copy.Kind != ESC_FIND_SITE || !isMadeAt(Copy, Call))
          continue;
        Seen = true;
        if (Kept && !isOnStack(Copy))
          Broken.push_back({&P, Begin + withFlow(Copy)});
        Kept &= isOnStack(Copy);
      }
      bool Gone = Left && std::none_of(Left->begin(), Left->end(), [&](const RemainingCall &L) {
                    return L.At == Call || passesThrough(L.Chain, Call);
                  });
      if (!Seen && !Gone)
        Broken.push_back({&P, Begin + "\n  " + placeText(Call) +
                                  ": what is allocated in this call is not seen here"});
    }
  }
  return Broken;
}

} // namespace escapement
