// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Merge.h - one allocation of the source, many copies of it in the program: which line is printed.
//
// Inlining and cloning make copies, the optimizer removes some, and each position of the pipeline
// sees what the one before left. What was moved stays moved; of the rest, the last position that
// saw the allocation speaks.
//
// NOT HERE  Printing (Report.cpp).
#ifndef ESCAPEMENT_PLUGIN_MERGE_H
#define ESCAPEMENT_PLUGIN_MERGE_H

#include "Report.h"
#include <string>
#include <vector>

namespace escapement {

// A finding as it was collected, its strings copied.
struct Finding {
  EscFindingKind Kind = ESC_FIND_SITE;
  Stage At = Stage::First;
  std::string File;
  unsigned Line = 0, Col = 0;
  std::string Text, Flow;
  std::string Function;       // the function of the IR that holds it
  std::string SourceFunction; // as written
  std::string Chain;          // LoweredSite::Chain
  bool Good = false;
  bool Printed = true; // false: for the report file only
  EscReason Reason = ESC_REASONS;
  // Sites only.
  const CallInfo *Source = nullptr;
  std::string Hash, ReasonText;
  EscPlacement Placement = ESC_PLACE_HEAP;
  bool Moved = false;         // the rewrite was made, or would be in report mode
  bool Rewritten = false;     // it was made: later positions do not see this copy
  bool OptimizedAway = false; // set by merging
  uint64_t SizeBytes = ESC_SIZE_UNKNOWN, SlotBytes = 0, AlignBytes = 0;
  unsigned Frees = 0;
};

// What is known about one allocation call of the source.
struct Site {
  std::vector<Finding> Copies;           // of all stages
  std::vector<std::string> LeftInChains; // the copies that the optimizer left
};

// The copies that count in the end, each with its last verdict and text.
std::vector<Finding> finalCopies(const Site &S, bool SawLast, const Options &Opts);
// The one line for all of them.
Finding mergeCopies(const std::vector<Finding> &Copies);

} // namespace escapement

#endif
