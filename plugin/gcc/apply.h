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

// A variable that we made for a moved object; its copies in functions that it was inlined into are
// slots too.
bool is_slot(tree var);

// The name of a site, the same from run to run.
std::string site_hash(const lowered_module &lowered, EscSite site);
std::string linkage_name_of(tree decl);

// Rewrites all bodies. Returns the sites that were moved; `rewrites` counts them over all rounds.
std::set<EscSite> apply_verdicts(lowered_module &lowered, const Options &opts, uint64_t &rewrites);

} // namespace escapement

#endif
