// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply_free.cpp - free of a pointer that may be a slot.
//
//     free(p)    if (p != &slot) free(p)
//
// INVARIANT  The address of a slot never reaches the allocator.
//
// NOT HERE  Which slots matter at a call (apply.cpp).
#include "apply_verify.h"

namespace escapement {

bool can_change_free(const gcall *call, uint32_t pointer_arg) {
  return !gimple_call_lhs(call) && !stmt_ends_bb_p(const_cast<gcall *>(call)) &&
         pointer_arg < gimple_call_num_args(call) &&
         POINTER_TYPE_P(TREE_TYPE(gimple_call_arg(call, pointer_arg)));
}

void remove_free(gcall *call, uint32_t pointer_arg, const std::vector<tree> &slots) {
  if (is_guarded(slots.front()))
    replace_removed_free(call, pointer_arg, slots);
  else
    remove_statement(call);
}

// Where a pointer that is a slot goes on; in verify mode its object ends there.
static basic_block when_moved(basic_block from, basic_block after, tree slot, tree pointer,
                              location_t where) {
  if (!is_guarded(slot))
    return after;
  basic_block ends = empty_block(from);
  ends->count = from->count;
  gimple_stmt_iterator gsi = gsi_start_bb(ends);
  insert_verified_free(&gsi, pointer, where);
  make_edge(ends, after, EDGE_FALLTHRU)->probability = profile_probability::always();
  return ends;
}

// One test for each slot, each in a block of its own:
//     before: p == &slot1 ? after : next;  next: p == &slot2 ? after : heap;  heap: free(p)
void guard_free(gcall *call, uint32_t pointer_arg, const std::vector<tree> &slots) {
  tree pointer = gimple_call_arg(call, pointer_arg);
  location_t where = gimple_location(call);
  basic_block heap = isolate(call);
  basic_block from = single_pred(heap), after = single_succ(heap);
  for (tree slot : slots) {
    gimple_stmt_iterator gsi = gsi_last_bb(from);
    gcond *test = gimple_build_cond(EQ_EXPR, pointer, pointer, NULL_TREE, NULL_TREE);
    gimple_set_location(test, where);
    gsi_insert_after(&gsi, test, GSI_NEW_STMT);
    gimple_cond_set_rhs(test, slot_address(&gsi, slot, TREE_TYPE(pointer)));
    update_stmt(test);
    edge on = find_edge(from, heap);
    on->flags = (on->flags & ~EDGE_FALLTHRU) | EDGE_FALSE_VALUE;
    on->probability = profile_probability::even();
    make_edge(from, when_moved(from, after, slot, pointer, where), EDGE_TRUE_VALUE)->probability =
        profile_probability::even();
    if (slot == slots.back())
      return;
    from = split_edge(on);
  }
}

} // namespace escapement
