// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower.h - GIMPLE -> the program model of the analysis library.
//
// INVARIANT  A lowered_module is valid until the bodies it was made from change; apply looks up all
// it needs before its first change.
//
// NOT HERE  Deciding anything, or what the verdicts do to GIMPLE (apply.h).
#ifndef ESCAPEMENT_GCC_LOWER_H
#define ESCAPEMENT_GCC_LOWER_H

#include "compat.h"
#include "source.h"
#include "ClosedSet.h"
#include "Options.h"
#include "Summaries.h"

namespace escapement {

struct lowered_function {
  cgraph_node *node = nullptr;
  EscFunc id = ESC_NONE;
  std::vector<gimple *> op_stmt; // EscOp -> what caused it; null: nothing in the body
  std::vector<tree> locals;      // EscLocal -> the variable or parameter; null: none
};

struct lowered_site {
  gcall *call = nullptr;
  unsigned function = 0;             // index in lowered_module::functions
  const call_info *source = nullptr; // null: not written as a call, no lines
  bool movable = false;              // apply knows the form
  std::string chain; // "file:line:col" of each inlined call above the site, innermost first
};

struct lowered_module {
  struct destroy {
    void operator()(EscModule *m) const { esc_module_free(m); }
  };
  std::unique_ptr<EscModule, destroy> m;
  std::vector<lowered_function> functions; // those with a body
  std::vector<lowered_site> sites;         // EscSite -> call
  std::map<tree, unsigned> function_index; // declaration -> functions
};

// The name and model of the allocator or deallocator that is called; false when it has none.
bool allocator_of(const EscModule *m, const gcall *call, EscAllocatorModel &model);

// What is asked about, and what may be done.
struct question {
  bool whole = true; // the whole unit, else what verdicts about allocations depend on (slice.h)
  bool late = false; // behind the inliner: bodies change, but no calls
  // For the summaries of this file: what tells a thin wrapper from others is in the model too.
  bool summarize = false;
  const SummaryReader *across = nullptr; // summaries of other files; null: none
  // With summaries=, the functions that pointers may name; null: nothing is promised of other
  // files.
  const ClosedSet *set = nullptr;
};

// `settled`: allocations that an earlier round left on the heap on purpose, or made.
// Never fails: what is not understood is in the model as a leak.
lowered_module lower(source_table &sources, const Options &opts,
                     const std::set<const gimple *> &settled, question asked);

} // namespace escapement

#endif
