// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plan.h - what apply_verdicts() is about to do, complete before the first change.
//
//     apply.cpp       verdicts -> plan, checks, order of the rewrite
//     apply_slot.cpp  an allocation -> a slot, or a small buffer with the heap above
//     apply_free.cpp  free of what may be a slot
//     apply_realloc.cpp  realloc of what may be a slot, and into one
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

struct free_plan { // of a free or a realloc
  gcall *call = nullptr;
  uint32_t pointer_arg = 0;
  bool reallocates = false;
  EscAllocatorModel model = {};
  bool remove = false;        // else guard
  std::vector<EscSite> sites; // of this function, all in the plan
};

struct function_plan {
  std::vector<EscSite> sites;
  std::vector<free_plan> frees;
};

// A slot as seen at a realloc.
struct slot_ref {
  tree slot;
  uint64_t bytes;
  const gcall *maker; // what always gives this slot; null for a small buffer
};

// What the allocator leaves in the memory.
struct contents {
  tree length = NULL_TREE;  // strdup-like: characters copied, without the end
  tree request = NULL_TREE; // bytes asked for
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

// Statements before the iterator, and what they make.
tree insert_value(gimple_stmt_iterator *gsi, tree type, tree_code code, tree a, tree b,
                  location_t where);
// A number of bytes as an unsigned one; a negative one becomes enormous, as for the allocator.
tree insert_size(gimple_stmt_iterator *gsi, tree value, location_t where);
gcall *insert_call(gimple_stmt_iterator *gsi, built_in_function code, const std::vector<tree> &args,
                   tree result_type, location_t where);
// The operand whose being at most the limit says that the request fits.
tree small_request(gimple_stmt_iterator *gsi, const site_plan &s, const contents &c);
void count_edge(gcall *call); // in the call graph

// ---- apply_free.cpp
bool can_change_free(const gcall *call, uint32_t pointer_arg);
void remove_free(gcall *call);
void guard_free(gcall *call, uint32_t pointer_arg, const std::vector<tree> &slots);

// ---- apply_realloc.cpp
// `own`: the realloc is itself a site with a slot, else null.
void rewrite_realloc(gcall *call, const EscAllocatorModel &model,
                     const std::vector<slot_ref> &slots, const site_plan *own, apply_state &state);

} // namespace escapement

#endif
