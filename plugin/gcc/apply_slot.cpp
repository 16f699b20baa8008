// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply_slot.cpp - an allocation becomes a slot of the frame, or a small buffer.
//
//     p = malloc(n)   SLOT     p = &slot
//                     BUFFER   p = n <= N ? &slot : malloc(n)
//
// INVARIANT  A slot is a variable of the function: made once for each call of it, never in a loop.
// It has the alignment that was asked for, and malloc's 16 bytes at least. It is an array of
// characters, which any object may lie in, and nothing says that its life ends before the
// function's: guards compare its address with that of others.
//
// What the allocator does to the memory is done where it did it, each time: calloc's zeros,
// strdup's copy, posix_memalign's store.
//
// NOT HERE  Frees (apply_free.cpp); which sites (apply.cpp). Virtual operands are renamed at the
// end of the rewrite of a function, all of them.
#include "apply_verify.h"

namespace escapement {

bool is_library(built_in_function code) {
  tree decl = builtin_decl_explicit(code);
  cgraph_node *node = decl ? cgraph_node::get(decl) : nullptr;
  return decl && !(node && node->definition);
}

void count_edge(gcall *call) {
  cgraph_node *node = cgraph_node::get(cfun->decl);
  node->create_edge(cgraph_node::get_create(gimple_call_fndecl(call)), call,
                    gimple_bb(call)->count);
}

tree insert_value(gimple_stmt_iterator *gsi, tree type, tree_code code, tree a, tree b,
                  location_t where) {
  tree name = make_ssa_name(type);
  gassign *stmt = b ? gimple_build_assign(name, code, a, b) : gimple_build_assign(name, code, a);
  gimple_set_location(stmt, where);
  gsi_insert_before(gsi, stmt, GSI_SAME_STMT);
  return name;
}

tree insert_size(gimple_stmt_iterator *gsi, tree value, location_t where) {
  if (TREE_CODE(value) == INTEGER_CST)
    return fold_convert(size_type_node, value);
  if (useless_type_conversion_p(size_type_node, TREE_TYPE(value)))
    return value;
  return insert_value(gsi, size_type_node, NOP_EXPR, value, NULL_TREE, where);
}

gcall *insert_call(gimple_stmt_iterator *gsi, built_in_function code, const std::vector<tree> &args,
                   tree result_type, location_t where) {
  vec<tree> list = vNULL;
  for (tree arg : args)
    list.safe_push(arg);
  gcall *call = gimple_build_call_vec(builtin_decl_explicit(code), list);
  list.release();
  if (result_type)
    gimple_call_set_lhs(call, make_ssa_name(result_type));
  gimple_set_location(call, where);
  gsi_insert_before(gsi, call, GSI_SAME_STMT);
  count_edge(call);
  return call;
}

tree insert_request(gimple_stmt_iterator *gsi, const gcall *call, const EscAllocatorModel &model) {
  location_t where = gimple_location(call);
  tree size = insert_size(gsi, gimple_call_arg(call, model.size_param), where);
  if (model.count_param == ESC_NONE)
    return size;
  tree count = insert_size(gsi, gimple_call_arg(call, model.count_param), where);
  return insert_value(gsi, size_type_node, MULT_EXPR, size, count, where);
}

// Whether the request fits, as two operands of `<=`. Of a product both factors must fit first, so
// it cannot overflow.
tree small_request(gimple_stmt_iterator *gsi, const site_plan &s, const contents &c) {
  location_t where = gimple_location(s.call);
  if (c.request)
    return c.request;
  tree size = insert_size(gsi, gimple_call_arg(s.call, s.model.size_param), where);
  if (s.model.count_param == ESC_NONE)
    return size;
  tree count = insert_size(gsi, gimple_call_arg(s.call, s.model.count_param), where);
  tree limit = build_int_cst(size_type_node, HOST_WIDE_INT(s.bytes) + 1);
  tree a = insert_value(gsi, size_type_node, MIN_EXPR, size, limit, where);
  tree b = insert_value(gsi, size_type_node, MIN_EXPR, count, limit, where);
  tree cut = insert_value(gsi, size_type_node, MULT_EXPR, a, b, where);
  // limit * 0 is no small request when the other factor is enormous; the heap serves it.
  tree sum = insert_value(gsi, size_type_node, MAX_EXPR, a, b, where);
  return insert_value(gsi, size_type_node, MAX_EXPR, cut, sum, where);
}

namespace {

// More makes every call of the function realign its frame by up to a page.
constexpr uint64_t max_align = 4096;
constexpr char slot_name[] = "esc.slot";
constexpr char heap_name[] = "esc.heap";

bool is_called(tree var, const char *name) {
  return var && VAR_P(var) && DECL_NAME(var) &&
         strcmp(IDENTIFIER_POINTER(DECL_NAME(var)), name) == 0;
}

bool is_size(const gcall *call, uint32_t param) {
  if (param >= gimple_call_num_args(call))
    return false;
  tree type = TREE_TYPE(gimple_call_arg(call, param));
  return INTEGRAL_TYPE_P(type) && TYPE_PRECISION(type) <= POINTER_SIZE;
}

bool is_pointer(const gcall *call, uint32_t param) {
  return param < gimple_call_num_args(call) &&
         POINTER_TYPE_P(TREE_TYPE(gimple_call_arg(call, param)));
}

bool can_duplicate(const gcall *call, const EscAllocatorModel &model) {
  bool bounded = model.kind == ESC_ALLOC_STRNDUP;
  return (model.kind == ESC_ALLOC_STRDUP || bounded) && is_pointer(call, model.source_param) &&
         (!bounded || is_size(call, model.size_param)) && is_library(BUILT_IN_MEMMOVE) &&
         is_library(bounded ? BUILT_IN_STRNLEN : BUILT_IN_STRLEN);
}

contents measure(gimple_stmt_iterator *gsi, const site_plan &s) {
  contents c;
  if (!s.model.duplicates)
    return c;
  location_t where = gimple_location(s.call);
  std::vector<tree> args = {gimple_call_arg(s.call, s.model.source_param)};
  built_in_function code = BUILT_IN_STRLEN;
  if (s.model.kind == ESC_ALLOC_STRNDUP) {
    args.push_back(insert_size(gsi, gimple_call_arg(s.call, s.model.size_param), where));
    code = BUILT_IN_STRNLEN;
  }
  c.length = gimple_call_lhs(insert_call(gsi, code, args, size_type_node, where));
  c.request = insert_value(gsi, size_type_node, PLUS_EXPR, c.length,
                           build_int_cst(size_type_node, 1), where);
  return c;
}

// Under verify mode. What a copy holds is taken before the object it may come from is dead.
void take_object(gimple_stmt_iterator *gsi, const site_plan &s, const contents &c) {
  if (!s.model.duplicates) {
    insert_take(gsi, s, insert_request(gsi, s.call, s.model));
    return;
  }
  bool bounded = s.model.kind == ESC_ALLOC_STRNDUP;
  insert_take_copy(gsi, s, c.request, gimple_call_arg(s.call, s.model.source_param),
                   bounded ? c.length : c.request);
}

// calloc's zeros: of the slot, or of as much as was asked for.
void clear(gimple_stmt_iterator *gsi, const site_plan &s) {
  location_t where = gimple_location(s.call);
  if (is_guarded(s.slot)) {
    tree bytes = insert_request(gsi, s.call, s.model);
    insert_call(gsi, BUILT_IN_MEMSET,
                {slot_address(gsi, s.slot, ptr_type_node), integer_zero_node, bytes}, NULL_TREE,
                where);
    return;
  }
  gassign *zeros = gimple_build_assign(s.slot, build_constructor(TREE_TYPE(s.slot), nullptr));
  gimple_set_location(zeros, where);
  gsi_insert_before(gsi, zeros, GSI_SAME_STMT);
}

void initialise(gimple_stmt_iterator *gsi, const site_plan &s, const contents &c) {
  location_t where = gimple_location(s.call);
  if (is_guarded(s.slot))
    take_object(gsi, s, c);
  if (s.model.out_param != ESC_NONE) {
    // Whatever the program declared the pointer to be.
    tree any = build_pointer_type_for_mode(ptr_type_node, VOIDmode, true);
    tree to = build2(MEM_REF, ptr_type_node, gimple_call_arg(s.call, s.model.out_param),
                     build_int_cst(any, 0));
    gassign *store = gimple_build_assign(to, slot_address(gsi, s.slot, ptr_type_node));
    gimple_set_location(store, where);
    gsi_insert_before(gsi, store, GSI_SAME_STMT);
  }
  if (s.model.duplicates) {
    tree to = slot_address(gsi, s.slot, ptr_type_node);
    bool bounded = s.model.kind == ESC_ALLOC_STRNDUP; // its source need not end with a zero
    // In s = strdup(s + 1) the source may be what this slot has held since the round before.
    if (!is_guarded(s.slot))
      insert_call(
          gsi, BUILT_IN_MEMMOVE,
          {to, gimple_call_arg(s.call, s.model.source_param), bounded ? c.length : c.request},
          NULL_TREE, where);
    if (!bounded)
      return;
    tree end = insert_value(gsi, build_pointer_type(char_type_node), POINTER_PLUS_EXPR,
                            slot_address(gsi, s.slot, build_pointer_type(char_type_node)), c.length,
                            where);
    tree last =
        build2(MEM_REF, char_type_node, end, build_int_cst(build_pointer_type(char_type_node), 0));
    gassign *store = gimple_build_assign(last, build_int_cst(char_type_node, 0));
    gimple_set_location(store, where);
    gsi_insert_before(gsi, store, GSI_SAME_STMT);
    return;
  }
  if (s.model.zeroed)
    clear(gsi, s);
}

// What the call's result becomes.
tree result_in_slot(gimple_stmt_iterator *gsi, const site_plan &s, tree type) {
  if (s.model.out_param != ESC_NONE)
    return build_zero_cst(type);
  return slot_address(gsi, s.slot, type);
}

void replace_by_slot(const site_plan &s) {
  gimple_stmt_iterator gsi = gsi_for_stmt(s.call);
  contents c = measure(&gsi, s);
  initialise(&gsi, s, c);
  tree lhs = gimple_call_lhs(s.call);
  tree value = lhs ? result_in_slot(&gsi, s, TREE_TYPE(lhs)) : NULL_TREE;
  if (lhs) {
    gimple_call_set_lhs(s.call, NULL_TREE);
    gassign *copy = gimple_build_assign(lhs, value);
    gimple_set_location(copy, gimple_location(s.call));
    gsi_insert_before(&gsi, copy, GSI_SAME_STMT);
  }
  remove_statement(s.call);
}

// `value <= limit` at the end of a block that then has two ways on.
void branch(basic_block from, basic_block yes, edge otherwise, tree a, tree_code code, tree b,
            location_t where, profile_probability chance) {
  gcond *test = gimple_build_cond(code, a, b, NULL_TREE, NULL_TREE);
  gimple_set_location(test, where);
  gimple_stmt_iterator gsi = gsi_last_bb(from);
  gsi_insert_after(&gsi, test, GSI_NEW_STMT);
  otherwise->flags = (otherwise->flags & ~EDGE_FALLTHRU) | EDGE_FALSE_VALUE;
  otherwise->probability = chance.invert();
  make_edge(from, yes, EDGE_TRUE_VALUE)->probability = chance;
}

void replace_by_buffer(const site_plan &s) {
  location_t where = gimple_location(s.call);
  gimple_stmt_iterator gsi = gsi_for_stmt(s.call);
  contents c = measure(&gsi, s);
  tree request = small_request(&gsi, s, c);
  // What a program's own allocator does with 0 is not known; the C library's is not NULL.
  uint64_t limit = s.bytes;
  if (s.model.kind == ESC_ALLOC_PAIRED) {
    request = insert_value(&gsi, size_type_node, PLUS_EXPR, request,
                           build_int_cst(size_type_node, -1), where);
    --limit;
  }
  basic_block big = isolate(s.call);
  basic_block before = single_pred(big), join = single_succ(big);
  basic_block small = empty_block(before);
  edge into = make_edge(small, join, EDGE_FALLTHRU);
  into->probability = profile_probability::always();
  branch(before, small, find_edge(before, big), request, LE_EXPR,
         build_int_cst(size_type_node, HOST_WIDE_INT(limit)), where,
         profile_probability::very_likely());
  small->count = before->count;
  gimple *mark = gimple_build_nop();
  gsi = gsi_start_bb(small);
  gsi_insert_before(&gsi, mark, GSI_NEW_STMT);
  gsi = gsi_for_stmt(mark);
  initialise(&gsi, s, c);
  tree lhs = gimple_call_lhs(s.call);
  if (lhs) {
    tree in_slot = result_in_slot(&gsi, s, TREE_TYPE(lhs));
    tree on_heap = settled_name(TREE_TYPE(lhs));
    gphi *phi = create_phi_node(lhs, join);
    gimple_call_set_lhs(s.call, on_heap);
    update_stmt(s.call);
    add_phi_arg(phi, in_slot, into, where);
    add_phi_arg(phi, on_heap, single_succ_edge(big), where);
  }
  gsi_remove(&gsi, true);
}

} // namespace

bool is_slot(tree var) { return is_called(var, slot_name); }

bool is_settled(const gcall *call) {
  tree lhs = gimple_call_lhs(call);
  return lhs && TREE_CODE(lhs) == SSA_NAME && is_called(SSA_NAME_VAR(lhs), heap_name);
}

tree settled_name(tree type) {
  tree var = create_tmp_var(type, "esc");
  DECL_NAME(var) = get_identifier(heap_name);
  return make_ssa_name(var);
}

bool is_movable(const gcall *call, const EscAllocatorModel &model, uint64_t align) {
  tree decl = gimple_call_fndecl(call);
  // pvalloc gives whole pages, which its caller may use.
  if (!decl || align == 0 || align > max_align || linkage_name_of(decl) == "pvalloc")
    return false;
  // What a realloc under a SLOT verdict finds on the heap it gives back with free.
  if (model.reallocates)
    return model.kind != ESC_ALLOC_PAIRED && model.out_param == ESC_NONE &&
           is_library(BUILT_IN_FREE) && can_guard_realloc(call, model);
  tree lhs = gimple_call_lhs(call);
  if (lhs && TREE_CODE(lhs) != SSA_NAME)
    return false;
  if (model.duplicates)
    return can_duplicate(call, model);
  switch (model.kind) {
  case ESC_ALLOC_MALLOC:
  case ESC_ALLOC_CALLOC:
  case ESC_ALLOC_ALIGNED:
  case ESC_ALLOC_PAIRED:
    if (model.out_param != ESC_NONE || (lhs && !POINTER_TYPE_P(TREE_TYPE(lhs))))
      return false;
    break;
  case ESC_ALLOC_POSIX_MEMALIGN:
    if (!is_pointer(call, model.out_param) || (lhs && !INTEGRAL_TYPE_P(TREE_TYPE(lhs))))
      return false;
    break;
  default:
    return false;
  }
  return is_size(call, model.size_param) &&
         (model.count_param == ESC_NONE || is_size(call, model.count_param));
}

bool can_guard_realloc(const gcall *call, const EscAllocatorModel &model) {
  tree lhs = gimple_call_lhs(call);
  return lhs && TREE_CODE(lhs) == SSA_NAME && POINTER_TYPE_P(TREE_TYPE(lhs)) &&
         !stmt_ends_bb_p(const_cast<gcall *>(call)) && is_pointer(call, model.pointer_param) &&
         is_size(call, model.size_param) &&
         (model.count_param == ESC_NONE || is_size(call, model.count_param)) &&
         is_library(BUILT_IN_MALLOC) && is_library(BUILT_IN_MEMCPY) && is_library(BUILT_IN_MEMMOVE);
}

bool can_move_site(const site_plan &s) {
  constexpr uint64_t max_bytes = uint64_t(1) << 30;
  return !stmt_ends_bb_p(s.call) && s.bytes <= max_bytes && is_movable(s.call, s.model, s.align);
}

tree make_slot(const site_plan &s) {
  tree type = build_array_type_nelts(char_type_node, s.bytes);
  tree var = create_tmp_var(type, "esc");
  DECL_NAME(var) = get_identifier(slot_name);
  SET_DECL_ALIGN(var, unsigned(s.align * BITS_PER_UNIT));
  DECL_USER_ALIGN(var) = 1;
  TREE_ADDRESSABLE(var) = 1;
  return var;
}

tree slot_address(gimple_stmt_iterator *gsi, tree slot, tree type) {
  tree name = make_ssa_name(type);
  gassign *stmt;
  if (TREE_CODE(slot) == SSA_NAME) {
    stmt = gimple_build_assign(name, NOP_EXPR, slot);
  } else {
    tree address = is_guarded(slot) ? insert_object(gsi, slot) : build_fold_addr_expr(slot);
    stmt = gimple_build_assign(name, fold_convert(type, address));
  }
  gsi_insert_before(gsi, stmt, GSI_SAME_STMT);
  return name;
}

basic_block isolate(gimple *stmt) {
  basic_block bb = gimple_bb(stmt);
  gimple_stmt_iterator gsi = gsi_for_stmt(stmt);
  gsi_prev(&gsi);
  if (gsi_end_p(gsi))
    split_block_after_labels(bb);
  else
    split_block(bb, gsi_stmt(gsi));
  split_block(gimple_bb(stmt), stmt);
  return gimple_bb(stmt);
}

basic_block empty_block(basic_block after) {
  basic_block bb = create_empty_bb(after);
  if (loops_for_fn(cfun) && after->loop_father)
    add_bb_to_loop(bb, after->loop_father);
  return bb;
}

void remove_statement(gimple *stmt) {
  if (auto *call = dyn_cast<gcall *>(stmt))
    if (cgraph_edge *e = cgraph_node::get(cfun->decl)->get_edge(call))
      cgraph_edge::remove(e);
  unlink_stmt_vdef(stmt);
  gimple_stmt_iterator gsi = gsi_for_stmt(stmt);
  gsi_remove(&gsi, true);
  release_defs(stmt);
}

void move_site(const site_plan &s) {
  if (s.buffer)
    replace_by_buffer(s);
  else
    replace_by_slot(s);
}

} // namespace escapement
