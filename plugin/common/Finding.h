// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finding.h - what a front end found, in words and numbers that no compiler's types are in.
//
// NOT HERE  Finding anything; which of several copies speaks (Merge.h); writing it out (Lines.h).
#ifndef ESCAPEMENT_PLUGIN_FINDING_H
#define ESCAPEMENT_PLUGIN_FINDING_H

#include "escapement/analysis.h"
#include <string>
#include <vector>

namespace escapement {

// The positions at which a front end asks, in the order in which they run.
enum class Stage {
  First, // before anything changed: every site, parameter and result of the source
  Early, // before the inliner, after the inlining that verdicts asked for: what was moved there
  Again, // there once more, with what was moved gone (GCC)
  Late,  // after the inliner: the copies that are left of what Early did not move
};

// A finding as it was collected, its strings copied.
struct Finding {
  EscFindingKind Kind = ESC_FIND_SITE;
  Stage At = Stage::First;
  std::string File;
  unsigned Line = 0, Col = 0;
  std::string Text, Flow;
  std::string Function;       // the function of the IR that holds it
  std::string SourceFunction; // as written
  std::string Chain;          // "file:line:col" of each inlined call above it, '@' between
  bool Good = false;
  bool Printed = true; // false: for the report file only
  EscReason Reason = ESC_REASONS;
  // Sites only.
  std::string Call, Callee; // the call and its callee as written
  std::string Within;       // the function that it is written in; set by merging
  std::string Hash, ReasonText;
  std::string Allowed; // why the source allows it on the heap (ESC_MAY_HEAP)
  EscPlacement Placement = ESC_PLACE_HEAP;
  bool InLoop = false;        // its function may execute the call more than once
  bool Moved = false;         // the rewrite was made, or would be in report mode
  bool Rewritten = false;     // it was made: later positions do not see this copy
  bool OptimizedAway = false; // set by merging
  bool Imported = false;      // -flto=thin: the function is another module's, which speaks of it
  uint64_t SizeBytes = ESC_SIZE_UNKNOWN, SlotBytes = 0, AlignBytes = 0;
  unsigned Frees = 0;
};

// The same of the library, for the position that asked. What the library does not know is not set.
inline Finding findingOf(const EscFinding &F, Stage At) {
  Finding New;
  New.Kind = F.kind;
  New.At = At;
  New.File = F.file ? F.file : "";
  New.Line = F.line;
  New.Col = F.col;
  New.Text = F.text ? F.text : "";
  New.Flow = F.flow ? F.flow : "";
  New.Good = F.good;
  New.Reason = F.reason;
  return New;
}

// A site's verdict; `Rewrote`: verdicts were applied, and this one if `Moved`.
inline void setVerdict(Finding &F, const EscVerdict &V, bool Rewrote, bool Moved) {
  bool Says = V.placement == ESC_PLACE_SLOT || V.placement == ESC_PLACE_BUFFER;
  F.Placement = V.placement;
  F.ReasonText = V.reason_text ? V.reason_text : "";
  F.SlotBytes = V.slot_bytes;
  F.AlignBytes = V.align_bytes;
  F.Frees = V.nfrees;
  F.Rewritten = Moved;
  F.Moved = Rewrote ? Moved : Says;
}

// A local that was moved: "address of x escapes: returned" becomes "moved to heap: x".
inline void sayMovedToHeap(Finding &F) {
  const std::string Before = "address of ";
  std::string Name =
      F.Text.compare(0, Before.size(), Before) ? F.Text : F.Text.substr(Before.size());
  F.Text = "moved to heap: " + Name.substr(0, Name.rfind(" escapes"));
  F.Flow.clear();
  F.Printed = F.Good = true;
}

// What is known about one allocation call of the source.
struct Site {
  std::vector<Finding> Copies;           // of all stages
  std::vector<std::string> LeftInChains; // the copies that the optimizer left
};

} // namespace escapement

#endif
