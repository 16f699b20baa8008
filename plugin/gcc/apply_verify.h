// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply_verify.h - what a rewrite does with a slot whose object lives in guarded memory.
//
// Each takes a slot (slot_ref::slot) for which is_guarded() holds. Statements go in front of the
// iterator.
//
// NOT HERE  When to ask: everywhere where apply_*.cpp has the address of a slot.
#ifndef ESCAPEMENT_GCC_APPLY_VERIFY_H
#define ESCAPEMENT_GCC_APPLY_VERIFY_H

#include "plan.h"

namespace escapement {

bool is_guarded(tree slot);
// A variable with what the report says of the site; to be made before the first body changes.
tree describe_site(const plan &p, const site_plan &s);
// From here on, and until leave_at_returns(), the slot of cfun has its cell.
void guard_slot(const site_plan &s, tree note);

// Where the object is that was taken last.
tree insert_object(gimple_stmt_iterator *gsi, tree slot);
// The new object of a site.
tree insert_take(gimple_stmt_iterator *gsi, const site_plan &s, tree bytes);
tree insert_take_copy(gimple_stmt_iterator *gsi, const site_plan &s, tree bytes, tree source,
                      tree keep);
tree insert_resize(gimple_stmt_iterator *gsi, const site_plan &s, tree bytes, tree old, tree keep);
void insert_copy_out(gimple_stmt_iterator *gsi, tree to, tree old, tree keep, location_t where);
void insert_verified_free(gimple_stmt_iterator *gsi, tree object, location_t where);
void replace_removed_free(gcall *call, uint32_t pointer_arg, const std::vector<tree> &slots);
// The end of the rewrite of cfun.
void leave_at_returns();

// Before anything is asked: every body says when it was landed in.
void prepare_verify();

} // namespace escapement

#endif
