// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Merge.h - one allocation of the source, many copies of it in the program: which line is printed.
//
// Inlining and cloning make copies, the optimizer removes some, and each position of the pipeline
// sees what the one before left. What was moved stays moved; of the rest, the last position that
// saw the allocation speaks.
//
// NOT HERE  Printing (Lines.h).
#ifndef ESCAPEMENT_PLUGIN_MERGE_H
#define ESCAPEMENT_PLUGIN_MERGE_H

#include "Finding.h"
#include "Options.h"

namespace escapement {

// The copies that count in the end, each with its last verdict and text.
std::vector<Finding> finalCopies(const Site &S, bool SawLast, const Options &Opts);
// The one line for all of them.
Finding mergeCopies(const std::vector<Finding> &Copies);

} // namespace escapement

#endif
