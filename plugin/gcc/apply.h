// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply.h - verdicts -> GIMPLE: slots, small buffers, frees removed or guarded.
//
// Decide all, then apply: what cannot be rewritten completely is left on the heap.
//
// NOT HERE  Which allocations may be moved (the analysis library).
#ifndef ESCAPEMENT_GCC_APPLY_H
#define ESCAPEMENT_GCC_APPLY_H

#include "lower.h"

namespace escapement {

// The forms that apply can rewrite.
bool is_movable(const gcall *call, const EscAllocatorModel &model, uint64_t align);
bool can_guard_realloc(const gcall *call, const EscAllocatorModel &model);

// Whether a copy of this function may stand for it, and whether this call of it can be one of a
// copy that has more parameters.
bool can_clone(tree decl);
bool can_call_clone(const gcall *call, tree decl);

// May GCC put the body of this function in the place of a call?
bool may_inline(tree decl);
// Whether a call of a function may be changed in this way (`escapement bisect`).
using change_filter =
    std::function<bool(tree caller, const char *kind, const gcall *call, tree callee)>;
// Replaces the calls that the verdicts ask for by bodies; true: the model is of no use any more.
bool inline_requested(lowered_module &lowered, const change_filter &may_change);

// An allocation that a rewrite left or made on the heap, also when it has been copied since.
bool is_settled(const gcall *call);

// A variable that we made for a moved object; its copies in functions that it was inlined into are
// slots too.
bool is_slot(tree var);

// The name of a site, the same from run to run.
std::string site_hash(const lowered_module &lowered, EscSite site);
std::string local_hash(const lowered_function &f, EscLocal local);
std::string linkage_name_of(tree decl);

// What the rounds of one unit share.
struct apply_state {
  uint64_t rewrites = 0;
  bool late = false;                // points-to sets are known already, and have to be forgotten
  std::set<const gimple *> settled; // allocations that stay on the heap on purpose
  std::set<std::pair<EscFunc, EscLocal>> heap_locals; // moved to the heap by the last round
};

// Rewrites all bodies. Returns the sites that were moved.
std::set<EscSite> apply_verdicts(lowered_module &lowered, const Options &opts, apply_state &state);

} // namespace escapement

#endif
