// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Workers.h - every file in a process of its own, several at a time.
//
// A file that makes Clang (or us) crash, or that does not end, is one line and not the end of the
// others.
#ifndef ESCAPEMENT_TOOL_WORKERS_H
#define ESCAPEMENT_TOOL_WORKERS_H

#include "Database.h"
#include "Wire.h"

namespace escapement {

// One outcome for each entry, in their order; for CheckRequest::Program one for all.
std::vector<Outcome> checkAll(const std::vector<CompileCommand> &Entries, const CheckRequest &R);

} // namespace escapement

#endif
