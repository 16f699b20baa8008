// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply_realloc.cpp - realloc of a pointer that may be a slot, and realloc that is itself a site.
//
//     q = realloc(p, n)   if (p == &slot) { q = realloc(NULL, n); copy min(n, slot) bytes to q }
//                         else q = realloc(p, n)
//
// realloc(NULL, n) and not malloc(n): the same function decides about n, overflow and errno,
// whatever allocator it belongs to. realloc(slot, 0) is NULL, as glibc has it.
//
// A realloc that is a site has a slot of its own, N bytes (OWN):
//
//     small buffer   p is NULL: n <= N ? OWN : realloc(p, n)
//                    p is a slot: n <= N ? OWN, contents moved : as above
//                    p is on the heap: it stays there, realloc(p, n)
//     slot (n <= N)  the same, but what is on the heap is moved to OWN and freed: every free of the
//                    result may have been removed
//
// INVARIANT  The address of a slot never reaches the allocator.
//
// NOT HERE  Which slots matter at a call (apply.cpp).
#include "apply_verify.h"

namespace escapement {
namespace {

class realloc_rewrite {
public:
  realloc_rewrite(gcall *call, const EscAllocatorModel &model, const std::vector<slot_ref> &slots,
                  const site_plan *own, apply_state &state)
      : call(call), model(model), slots(slots), own(own), state(state),
        where(gimple_location(call)), old(gimple_call_arg(call, model.pointer_param)),
        lhs(gimple_call_lhs(call)) {}

  void run() {
    gimple_stmt_iterator gsi = gsi_for_stmt(call);
    // For overflow it is the allocator's own check that counts; a wrapped product is not used.
    bytes = insert_request(&gsi, call, model);
    tree fits = own && own->buffer ? small_request(&gsi, site_of_call(), contents()) : NULL_TREE;
    heap = isolate(call);
    here = single_pred(heap);
    tail = single_succ(heap);
    remove_edge(find_edge(here, heap));
    remove_edge(find_edge(heap, tail));
    if (const slot_ref *sure = own ? nullptr : sure_slot()) {
      fresh_block(*sure);
      gimple_call_set_lhs(call, NULL_TREE);
      remove_statement(call);
      delete_basic_block(heap);
      return join();
    }
    if (fits) {
      basic_block small =
          branch(LE_EXPR, fits, build_int_cst(size_type_node, HOST_WIDE_INT(own->bytes)));
      fresh_blocks();
      on(heap);
      here = small;
      small_blocks();
      on(heap);
    } else {
      own ? small_blocks() : fresh_blocks();
      on(heap);
    }
    on_heap();
    join();
  }

private:
  // The slot that the pointer certainly is: what the allocation gave, and nothing else.
  const slot_ref *sure_slot() const {
    tree p = old;
    while (TREE_CODE(p) == SSA_NAME && gimple_assign_ssa_name_copy_p(SSA_NAME_DEF_STMT(p)))
      p = gimple_assign_rhs1(SSA_NAME_DEF_STMT(p));
    for (const slot_ref &s : slots)
      if (s.maker && TREE_CODE(p) == SSA_NAME && SSA_NAME_DEF_STMT(p) == s.maker)
        return &s;
    return nullptr;
  }

  void join() {
    gphi *phi = create_phi_node(lhs, tail);
    for (const auto &end : ends)
      add_phi_arg(phi, end.second, end.first, where);
  }

  site_plan site_of_call() const {
    site_plan s = *own;
    s.call = call;
    s.model = model;
    return s;
  }

  gimple_stmt_iterator end_of(basic_block bb) {
    gimple_stmt_iterator gsi = gsi_last_bb(bb);
    if (!gsi_end_p(gsi))
      gsi_next(&gsi);
    return gsi;
  }

  basic_block new_block() {
    basic_block bb = empty_block(here);
    bb->count = here->count;
    return bb;
  }

  edge on(basic_block next) {
    edge e = make_edge(here, next, EDGE_FALLTHRU);
    e->probability = profile_probability::always();
    return e;
  }

  // The block where the condition holds; the rewrite goes on where it does not.
  basic_block branch(tree_code code, tree a, tree b) {
    gimple_stmt_iterator gsi = end_of(here);
    gcond *test = gimple_build_cond(code, a, b, NULL_TREE, NULL_TREE);
    gimple_set_location(test, where);
    gsi_insert_before(&gsi, test, GSI_SAME_STMT);
    basic_block yes = new_block(), no = new_block();
    make_edge(here, yes, EDGE_TRUE_VALUE)->probability = profile_probability::even();
    make_edge(here, no, EDGE_FALSE_VALUE)->probability = profile_probability::even();
    here = no;
    return yes;
  }

  void finish(tree value) { ends.push_back({on(tail), value}); }

  tree null(tree type) { return build_zero_cst(type); }

  basic_block if_slot(const slot_ref &s) {
    gimple_stmt_iterator gsi = end_of(here);
    return branch(EQ_EXPR, old, slot_address(&gsi, s.slot, TREE_TYPE(old)));
  }

  // realloc(slot, 0) frees and returns NULL: that way goes to the end. Of a product each factor is
  // asked: 2^63 * 2 is no 0, it is the allocator's to refuse.
  void unless_zero(tree slot) {
    if (model.never_empty)
      return;
    for (uint32_t param : {model.size_param, model.count_param}) {
      if (param == ESC_NONE)
        continue;
      tree n = gimple_call_arg(call, param);
      if (TREE_CODE(n) == INTEGER_CST && !integer_zerop(n))
        continue;
      basic_block zero = branch(EQ_EXPR, n, build_zero_cst(TREE_TYPE(n)));
      basic_block rest = here;
      here = zero;
      gimple_stmt_iterator gsi = end_of(here);
      if (is_guarded(slot))
        insert_verified_free(&gsi, old, where);
      finish(null(TREE_TYPE(lhs)));
      here = rest;
    }
  }

  tree bytes_to_keep(gimple_stmt_iterator *gsi, const slot_ref &s) {
    return insert_value(gsi, size_type_node, MIN_EXPR, bytes,
                        build_int_cst(size_type_node, HOST_WIDE_INT(s.bytes)), where);
  }

  // The C library's realloc(NULL, n) is malloc(n), which a later round may move.
  gcall *call_for_null() {
    gimple_stmt_iterator gsi = end_of(here);
    if (model.kind == ESC_ALLOC_REALLOC)
      return insert_call(&gsi, BUILT_IN_MALLOC, {bytes}, TREE_TYPE(lhs), where);
    gcall *copy = as_a<gcall *>(gimple_copy(call));
    gimple_call_set_arg(copy, model.pointer_param, null(TREE_TYPE(old)));
    gimple_call_set_lhs(copy, make_ssa_name(TREE_TYPE(lhs)));
    gimple_set_vuse(copy, NULL_TREE);
    gimple_set_vdef(copy, NULL_TREE);
    gimple_set_modified(copy, true);
    gsi_insert_before(&gsi, copy, GSI_SAME_STMT);
    count_edge(copy);
    return copy;
  }

  // q = realloc(NULL, n), contents copied.
  void fresh_block(const slot_ref &from) {
    unless_zero(from.slot);
    gcall *copy = call_for_null();
    tree q = gimple_call_lhs(copy);
    gimple_stmt_iterator gsi;
    if (own) {
      state.settled.insert(copy);
      q = settled_name(TREE_TYPE(q));
      gimple_call_set_lhs(copy, q);
      update_stmt(copy);
    }
    basic_block failed = branch(EQ_EXPR, q, null(TREE_TYPE(q)));
    gsi = end_of(here);
    tree keep = bytes_to_keep(&gsi, from);
    if (is_guarded(from.slot))
      insert_copy_out(&gsi, q, old, keep, where);
    else
      insert_call(&gsi, BUILT_IN_MEMCPY, {q, old, keep}, NULL_TREE, where);
    finish(q);
    here = failed;
    finish(q);
  }

  // Each slot in a block of its own; the rewrite goes on where the pointer is none of them.
  void fresh_blocks() {
    for (const slot_ref &s : slots) {
      basic_block moved = if_slot(s), rest = here;
      here = moved;
      fresh_block(s);
      here = rest;
    }
  }

  // Where the new object goes.
  tree own_address() {
    gimple_stmt_iterator gsi = end_of(here);
    if (is_guarded(own->slot))
      insert_take(&gsi, *own, bytes);
    return slot_address(&gsi, own->slot, TREE_TYPE(lhs));
  }

  // What the slot holds in OWN.
  tree to_own(const slot_ref &from) {
    gimple_stmt_iterator gsi = end_of(here);
    tree keep = bytes_to_keep(&gsi, from);
    if (is_guarded(own->slot)) {
      insert_resize(&gsi, *own, bytes, old, keep);
      return slot_address(&gsi, own->slot, TREE_TYPE(lhs));
    }
    tree to = slot_address(&gsi, own->slot, TREE_TYPE(lhs));
    insert_call(&gsi, BUILT_IN_MEMMOVE, {to, old, keep}, NULL_TREE, where);
    return to;
  }

  // What fits into OWN: a new object, or what one of the slots holds, which may be OWN itself.
  void small_blocks() {
    basic_block fresh = branch(EQ_EXPR, old, null(TREE_TYPE(old))), rest = here;
    here = fresh;
    finish(own_address());
    here = rest;
    for (const slot_ref &s : slots) {
      basic_block moved = if_slot(s);
      rest = here;
      here = moved;
      unless_zero(s.slot);
      finish(to_own(s));
      here = rest;
    }
  }

  // realloc(p, n) as it was. Under a SLOT verdict its result is moved on.
  void on_heap() {
    here = heap;
    tree r = own ? settled_name(TREE_TYPE(lhs)) : make_ssa_name(TREE_TYPE(lhs));
    gimple_call_set_lhs(call, r);
    update_stmt(call);
    if (!own || own->buffer)
      return finish(r);
    basic_block failed = branch(EQ_EXPR, r, null(TREE_TYPE(r)));
    tree to = own_address();
    gimple_stmt_iterator gsi = end_of(here);
    insert_call(&gsi, BUILT_IN_MEMCPY, {to, r, bytes}, NULL_TREE, where);
    insert_call(&gsi, BUILT_IN_FREE, {r}, NULL_TREE, where);
    finish(to);
    here = failed;
    finish(null(TREE_TYPE(lhs)));
  }

  gcall *call;
  const EscAllocatorModel &model;
  const std::vector<slot_ref> &slots;
  const site_plan *own;
  apply_state &state;
  location_t where;
  tree old, lhs, bytes = NULL_TREE;
  basic_block here = nullptr, heap = nullptr, tail = nullptr;
  std::vector<std::pair<edge, tree>> ends; // the ways into `tail`, and the result on each
};

} // namespace

void rewrite_realloc(gcall *call, const EscAllocatorModel &model,
                     const std::vector<slot_ref> &slots, const site_plan *own, apply_state &state) {
  realloc_rewrite(call, model, slots, own, state).run();
}

} // namespace escapement
