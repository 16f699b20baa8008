// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plan.h - what apply_verdicts() is about to do, complete before the first change.
//
//     apply.cpp       verdicts -> plan, checks, order of the rewrite
//     apply_slot.cpp  an allocation -> a slot, or a small buffer with the heap above
//     apply_free.cpp  free of what may be a slot
//
// INVARIANT  A site is in a plan only if everything that frees it is in the plan too. A plan is
// built and checked without touching a body.
#ifndef ESCAPEMENT_GCC_PLAN_H
#define ESCAPEMENT_GCC_PLAN_H

#include "apply.h"

namespace escapement {

struct site_plan {
  EscSite site = ESC_NONE;
  gcall *call = nullptr;
  EscAllocatorModel model = {};
  bool buffer = false; // in the slot only while the size is at most `bytes`
  uint64_t bytes = 0, align = 16;
  tree slot = NULL_TREE; // made when the rewrite begins
};

struct free_plan {
  gcall *call = nullptr;
  uint32_t pointer_arg = 0;
  bool remove = false;        // else guard
  std::vector<EscSite> sites; // of this function, all in the plan
};

struct function_plan {
  std::vector<EscSite> sites;
  std::vector<free_plan> frees;
};

struct plan {
  std::map<EscSite, site_plan> sites;
  std::map<unsigned, function_plan> functions; // by index in lowered_module::functions
};

// ---- apply_slot.cpp
bool can_move_site(const site_plan &s);
tree make_slot(const site_plan &s); // in cfun
void move_site(const site_plan &s);
// A pointer of `type` to the slot, made before the iterator.
tree slot_address(gimple_stmt_iterator *gsi, tree slot, tree type);
// Cuts the block so that `stmt` is alone in one: [before] -> [stmt] -> [after].
basic_block isolate(gimple *stmt);
// A block without statements behind `after`, in the same loop.
basic_block empty_block(basic_block after);
void remove_statement(gimple *stmt);

// ---- apply_free.cpp
bool can_change_free(const gcall *call, uint32_t pointer_arg);
void remove_free(gcall *call);
void guard_free(gcall *call, uint32_t pointer_arg, const std::vector<tree> &slots);

} // namespace escapement

#endif
