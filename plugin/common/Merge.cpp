// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Merge.cpp - the copies of an allocation -> the line that speaks for them.
//
//     all moved                    moved to stack: EXPR
//     some moved                   moved to stack in K of N places: EXPR
//     none moved, none left        EXPR does not escape; optimized away
//     none moved                   the worst verdict of those that are left
//
// A copy that the optimizer removed by itself (inlined everywhere and deleted) counts only while no
// other copy does.
#include "Merge.h"
#include <algorithm>

namespace escapement {

namespace {

std::string expression(const Finding &F) {
  char Buffer[256];
  size_t Length = esc_fold_text(F.Call.c_str(), Buffer, sizeof Buffer);
  return std::string(Buffer, Length);
}

bool isLeft(const Finding &Copy, const Site &S) {
  // What was inlined since then has more callers at the end of its chain.
  return std::any_of(S.LeftInChains.begin(), S.LeftInChains.end(), [&](const std::string &Chain) {
    size_t Length = Copy.Chain.size();
    return Length == 0 || (Chain.compare(0, Length, Copy.Chain) == 0 &&
                           (Chain.size() == Length || Chain[Length] == '@'));
  });
}

// The verdict said "moved", but the rewrite did not happen.
void excuse(Finding &Copy, const Options &Opts) {
  bool Chosen = !Opts.Only.empty() || !Opts.Site.empty() || Opts.Limit != UINT64_MAX;
  Copy.Placement = ESC_PLACE_KEPT;
  Copy.Reason = ESC_REASON_NO_REWRITE;
  Copy.ReasonText = Chosen ? "not selected" : "no rewrite for this form of " + Copy.Callee;
  Copy.Text = expression(Copy) + " does not escape; kept on heap: " + Copy.ReasonText;
  Copy.SlotBytes = 0;
  Copy.Flow.clear();
}

// The first position sees the program as it is written: if the verdict is the same, its words are
// the better ones.
void speakAsFirst(Finding &Copy, const Site &S) {
  for (const Finding &F : S.Copies)
    if (F.At == Stage::First && F.Hash == Copy.Hash && F.Placement == Copy.Placement) {
      Copy.Text = F.Text;
      Copy.Flow = F.Flow;
      Copy.Reason = F.Reason;
      Copy.ReasonText = F.ReasonText;
      return;
    }
}

void markOptimizedAway(Finding &Copy) {
  Copy.OptimizedAway = Copy.Good = true;
  Copy.Text = expression(Copy) + " does not escape; optimized away";
  Copy.Flow.clear();
  Copy.SlotBytes = 0;
}

// Worse first.
bool isWorse(const Finding &A, const Finding &B) {
  bool AHeap = A.Placement == ESC_PLACE_HEAP, BHeap = B.Placement == ESC_PLACE_HEAP;
  if (AHeap != BHeap)
    return AHeap;
  if (A.Reason != B.Reason)
    return A.Reason < B.Reason;
  return A.Text < B.Text;
}

} // namespace

// Before anything is inlined a call stands in the function that it is written in.
static std::string writtenIn(const Site &S) {
  for (const Finding &F : S.Copies)
    if (F.Chain.empty())
      return F.SourceFunction;
  return {};
}

static std::vector<Finding> lastCopies(const Site &S, bool SawLast, const Options &Opts) {
  Stage Last = Stage::First;
  for (const Finding &F : S.Copies)
    Last = std::max(Last, F.At);
  std::vector<Finding> Moved, Left, Gone;
  for (const Finding &F : S.Copies) {
    if (F.Rewritten || (F.Moved && F.At == Last))
      Moved.push_back(F);
    else if (F.At == Last)
      (!SawLast || isLeft(F, S) ? Left : Gone).push_back(F);
  }
  for (Finding &F : Left) {
    speakAsFirst(F, S);
    if (F.Placement == ESC_PLACE_SLOT || F.Placement == ESC_PLACE_BUFFER)
      excuse(F, Opts);
  }
  std::vector<Finding> Result = std::move(Moved);
  Result.insert(Result.end(), Left.begin(), Left.end());
  if (!Result.empty())
    return Result;
  for (Finding &F : Gone)
    markOptimizedAway(F);
  return Gone;
}

std::vector<Finding> finalCopies(const Site &S, bool SawLast, const Options &Opts) {
  std::vector<Finding> Result = lastCopies(S, SawLast, Opts);
  std::string Within = writtenIn(S);
  for (Finding &F : Result)
    F.Within = Within;
  return Result;
}

Finding mergeCopies(const std::vector<Finding> &Copies) {
  size_t NMoved = 0;
  const Finding *Worst = nullptr, *Moved = nullptr;
  for (const Finding &F : Copies) {
    if (!F.Moved) {
      if (!Worst || isWorse(F, *Worst))
        Worst = &F;
      continue;
    }
    ++NMoved;
    // A buffer in one place and a slot in another: promise the less.
    if (!Moved || (F.Placement == ESC_PLACE_BUFFER && Moved->Placement == ESC_PLACE_SLOT) ||
        (F.Placement == Moved->Placement && F.Text < Moved->Text))
      Moved = &F;
  }
  Finding Result = Moved ? *Moved : *Worst;
  Result.Printed =
      std::any_of(Copies.begin(), Copies.end(), [](const Finding &F) { return F.Printed; });
  if (Moved && Worst)
    Result.Text = "moved to stack in " + std::to_string(NMoved) + " of " +
                  std::to_string(Copies.size()) + " places: " + expression(Result);
  return Result;
}

} // namespace escapement
