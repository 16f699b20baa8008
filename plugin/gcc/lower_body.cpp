// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_body.cpp - one function's body: the order of work, and every statement that is neither a
// call nor arithmetic.
//
// The model's first block is GCC's entry block, which holds no statement: constants and the
// parameters that lie in memory are made there.
//
// INVARIANT  Every holder gets exactly one operation that defines it, or none, which means NULL. A
// statement that is not known here leaks all its operands and makes anything (lower_unknown).
//
// NOT HERE  Which names hold pointers (lower_holders.cpp), making operations (lower_values.cpp),
// memory (lower_memory.cpp), arithmetic with addresses (lower_address.cpp), calls (lower_call.cpp).
#include "lower_impl.h"

namespace escapement {

body_lowering::body_lowering(module_lowering &ml, lowered_function &lf, unsigned index)
    : ml(ml), lf(lf), index(index), fun(lf.node->get_fun()), m(ml.out.m.get()), id(lf.id) {
  uint32_t n = returns_in_memory(TREE_TYPE(fun->decl)) ? 1 : 0;
  for (tree arg = DECL_ARGUMENTS(fun->decl); arg; arg = DECL_CHAIN(arg))
    params[arg] = n++;
}

void body_lowering::run() {
  bool dominators = dom_info_available_p(CDI_DOMINATORS);
  esc_function_begin_body(m, id);
  blocks.assign(size_t(last_basic_block_for_fn(fun)), ESC_NONE);
  blocks[ENTRY_BLOCK] = esc_block(m, id);
  basic_block bb;
  FOR_EACH_BB_FN(bb, fun)
  blocks[size_t(bb->index)] = esc_block(m, id);
  lower_edges();
  marks = ml.summarizes() && may_be_wrapper();
  if (marks)
    mark_start();
  find_holders();
  number_values();
  lower_parameters();
  FOR_EACH_BB_FN(bb, fun) {
    current = blocks[size_t(bb->index)];
    if (marks)
      mark_block(bb);
    for (gphi_iterator gsi = gsi_start_phis(bb); !gsi_end_p(gsi); gsi_next(&gsi))
      lower_phi(gsi.phi());
    for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
      lower_statement(gsi_stmt(gsi));
      if (marks)
        mark_effect(gsi_stmt(gsi));
    }
  }
  leak_decided();
  if (!dominators)
    free_dominance_info(CDI_DOMINATORS); // misuse_of()
  if (get_range_query(fun) != get_global_range_query())
    disable_ranger(fun);
}

void body_lowering::lower_edges() {
  basic_block bb;
  edge e;
  edge_iterator i;
  FOR_BB_BETWEEN(bb, ENTRY_BLOCK_PTR_FOR_FN(fun), EXIT_BLOCK_PTR_FOR_FN(fun), next_bb)
  FOR_EACH_EDGE(e, i, bb->succs)
  if (e->dest != EXIT_BLOCK_PTR_FOR_FN(fun))
    esc_edge(m, id, blocks[size_t(bb->index)], blocks[size_t(e->dest->index)]);
}

// A scalar parameter whose address is taken lies in a local, which begins with its value.
void body_lowering::lower_parameters() {
  for (tree arg = DECL_ARGUMENTS(fun->decl); arg; arg = DECL_CHAIN(arg)) {
    if (is_aggregate(TREE_TYPE(arg)) || is_gimple_reg(arg))
      continue;
    memory at;
    at.base = decl_value(arg);
    HOST_WIDE_INT bytes = int_size_in_bytes(TREE_TYPE(arg));
    at.width = bytes > 0 ? uint32_t(bytes) : 0;
    emit_store(at, params[arg], 0, 0, nullptr);
  }
  // What a nested function gets of the function around it, and whatever else has no other value.
  unsigned i;
  tree name;
  FOR_EACH_SSA_NAME(i, name, fun)
  if (holds(name) && SSA_NAME_IS_DEFAULT_DEF(name) && !params.count(SSA_NAME_VAR(name)))
    emit_copy(values[i], entry_world(), 0, 0, nullptr);
}

void body_lowering::lower_phi(gphi *phi) {
  EscValue dst = virtual_operand_p(gimple_phi_result(phi)) ? EscValue(ESC_NONE)
                                                           : result(gimple_phi_result(phi));
  if (dst == ESC_NONE)
    return;
  // Each operand says where it comes from: it is used on that way only.
  std::vector<EscArg> args;
  for (unsigned n = 0; n < gimple_phi_num_args(phi); ++n) {
    EscValue in = operand(gimple_phi_arg_def(phi, n));
    EscBlock from = blocks[size_t(gimple_phi_arg_edge(phi, n)->src->index)];
    if (in != ESC_NONE)
      args.push_back({in, esc_number_constant(from), 0});
  }
  emit_merge(dst, args, phi);
}

// ---- statements ---------------------------------------------------------------------------------

void body_lowering::lower_statement(gimple *stmt) {
  switch (gimple_code(stmt)) {
  case GIMPLE_ASSIGN:
    return lower_assign(as_a<gassign *>(stmt));
  case GIMPLE_CALL:
    return lower_call(as_a<gcall *>(stmt));
  case GIMPLE_COND:
    return lower_comparison(gimple_cond_lhs(stmt), gimple_cond_rhs(stmt), stmt);
  case GIMPLE_SWITCH:
    return lower_decision(gimple_switch_index(as_a<gswitch *>(stmt)), NULL_TREE, stmt);
  case GIMPLE_RETURN:
    return lower_return(as_a<greturn *>(stmt));
  case GIMPLE_ASM:
    return lower_asm(as_a<gasm *>(stmt));
  case GIMPLE_GOTO:
    return emit_use(operand(gimple_goto_dest(stmt)), stmt);
  case GIMPLE_LABEL:
  case GIMPLE_NOP:
  case GIMPLE_PREDICT:
  case GIMPLE_DEBUG:
  case GIMPLE_RESX:
  case GIMPLE_EH_DISPATCH:
    return;
  default:
    return lower_unknown(stmt);
  }
}

// Whatever a later GCC adds: all it names may be kept, all it makes may be anything.
void body_lowering::lower_unknown(gimple *stmt) {
  for (unsigned n = 0; n < gimple_num_ops(stmt); ++n) {
    tree op = gimple_op(stmt, n);
    if (!op)
      continue;
    bool in_memory = DECL_P(op) || REFERENCE_CLASS_P(op) || TREE_CODE(op) == MEM_REF;
    emit_leak(in_memory ? address_of(op, stmt) : operand(op), ESC_REASON_UNKNOWN_CALLEE, 0, stmt);
  }
  ssa_op_iter defs;
  tree def;
  FOR_EACH_SSA_TREE_OPERAND(def, stmt, defs, SSA_OP_DEF)
  emit_copy(result(def), entry_world(), 0, 0, stmt);
}

void body_lowering::lower_assign(gassign *stmt) {
  tree lhs = gimple_assign_lhs(stmt);
  if (TREE_CODE(lhs) != SSA_NAME)
    return lower_memory_assign(stmt);
  EscValue dst = result(lhs);
  tree_code code = gimple_assign_rhs_code(stmt);
  if (gimple_assign_single_p(stmt))
    return lower_single(stmt, dst);
  if (CONVERT_EXPR_CODE_P(code))
    return lower_cast(stmt, dst);
  if (TREE_CODE_CLASS(code) == tcc_comparison)
    return lower_comparison(gimple_assign_rhs1(stmt), gimple_assign_rhs2(stmt), stmt);
  switch (code) {
  case POINTER_PLUS_EXPR:
    return lower_pointer_plus(stmt, dst);
  case POINTER_DIFF_EXPR: // C defines it inside one object only (C11 6.5.6p9)
    emit_use(operand(gimple_assign_rhs1(stmt)), stmt);
    return emit_use(operand(gimple_assign_rhs2(stmt)), stmt);
  case COND_EXPR: {
    tree test = gimple_assign_rhs1(stmt);
    if (COMPARISON_CLASS_P(test))
      lower_comparison(TREE_OPERAND(test, 0), TREE_OPERAND(test, 1), stmt);
    return emit_merge(dst, {operand(gimple_assign_rhs2(stmt)), operand(gimple_assign_rhs3(stmt))},
                      stmt);
  }
  default:
    return lower_arithmetic(stmt, dst);
  }
}

// One operand: a copy, an address, a load, a part of a register.
void body_lowering::lower_single(gassign *stmt, EscValue dst) {
  tree rhs = gimple_assign_rhs1(stmt);
  if (gimple_assign_load_p(stmt))
    return emit_load(dst, rhs, stmt);
  if (TREE_CODE(rhs) == SSA_NAME || is_gimple_min_invariant(rhs)) {
    if (dst == ESC_NONE)
      return emit_use(operand(rhs), stmt);
    return emit_copy(dst, operand(rhs), 0, 0, stmt);
  }
  if (TREE_CODE(rhs) == ADDR_EXPR)
    return emit_copy(dst, address_of(TREE_OPERAND(rhs, 0), stmt), 0, 0, stmt);
  if (TREE_CODE(rhs) == CONSTRUCTOR)
    return emit_copy(dst, operand(rhs), 0, 0, stmt);
  // REALPART_EXPR, BIT_FIELD_REF, VIEW_CONVERT_EXPR of a register.
  tree part = rhs;
  while (handled_component_p(part))
    part = TREE_OPERAND(part, 0);
  if (TREE_CODE(part) == SSA_NAME || is_gimple_min_invariant(part)) {
    bool whole = TREE_CODE(rhs) == VIEW_CONVERT_EXPR && TREE_OPERAND(rhs, 0) == part;
    return whole ? emit_copy(dst, operand(part), 0, 0, stmt) : emit_mix(dst, {operand(part)}, stmt);
  }
  emit_copy(dst, entry_world(), 0, 0, stmt);
}

void body_lowering::lower_memory_assign(gassign *stmt) {
  tree lhs = gimple_assign_lhs(stmt), rhs = gimple_assign_rhs1(stmt);
  if (gimple_clobber_p(stmt)) {
    auto known = locals.find(lhs);
    if (!compat::is_end_of_life(stmt) || known == locals.end())
      return;
    EscOpInfo info = esc_op_info(ESC_OP_END);
    info.index = known->second;
    emit(info, stmt);
    return;
  }
  if (TREE_CODE(rhs) == SSA_NAME || TREE_CODE(rhs) == ADDR_EXPR || CONSTANT_CLASS_P(rhs)) {
    if (TREE_CODE(rhs) == STRING_CST) // an array of characters gets its text
      return emit_use(address_of(lhs, stmt), stmt);
    return emit_store(lhs, operand(rhs), stmt);
  }
  if (TREE_CODE(rhs) == CONSTRUCTOR)
    return emit_store(lhs, operand(rhs), stmt);
  tree part = rhs;
  while (handled_component_p(part))
    part = TREE_OPERAND(part, 0);
  if (TREE_CODE(part) == SSA_NAME) { // bits of a register, seen as another type
    EscValue bits = operand(part), value = bits == ESC_NONE ? bits : new_value();
    emit_unknown_copy(value, bits, stmt);
    return emit_store(lhs, value, stmt);
  }
  if (DECL_P(rhs) || REFERENCE_CLASS_P(rhs) || TREE_CODE(rhs) == MEM_REF ||
      TREE_CODE(rhs) == TARGET_MEM_REF)
    return emit_move(lhs, rhs, stmt);
  emit_store(lhs, entry_world(), stmt);
}

void body_lowering::lower_cast(gassign *stmt, EscValue dst) {
  tree rhs = gimple_assign_rhs1(stmt), to = TREE_TYPE(gimple_assign_lhs(stmt));
  EscValue a = operand(rhs);
  if (dst == ESC_NONE) {
    // One bit, by which the program will decide; the lowest is how the address is aligned.
    bool lowest = POINTER_TYPE_P(TREE_TYPE(rhs)) || is_address_number(rhs);
    if (a != ESC_NONE && !lowest)
      lower_address_number(rhs, stmt);
    return emit_use(a, stmt);
  }
  if (a == ESC_NONE && POINTER_TYPE_P(to) && TREE_CODE(rhs) == SSA_NAME &&
      !POINTER_TYPE_P(TREE_TYPE(rhs)))
    a = entry_world(); // a number made into an address
  uint32_t flags = 0;
  if (INTEGRAL_TYPE_P(to) && TYPE_PRECISION(to) < POINTER_SIZE)
    flags = ESC_OPF_NARROW;
  emit_copy(dst, a, 0, 0, stmt, flags);
}

// ---- return -------------------------------------------------------------------------------------

static location_t way_to_return(greturn *stmt) {
  location_t where = gimple_location(stmt);
  if (where == UNKNOWN_LOCATION && single_pred_p(gimple_bb(stmt)))
    where = single_pred_edge(gimple_bb(stmt))->goto_locus;
  return where;
}

// Where the value that is returned was written: GCC lets all returns of a function meet in one.
location_t body_lowering::return_location(greturn *stmt, tree value) {
  if (!value || TREE_CODE(value) != SSA_NAME || SSA_NAME_IS_DEFAULT_DEF(value))
    return way_to_return(stmt);
  gimple *def = SSA_NAME_DEF_STMT(value);
  auto *phi = dyn_cast<gphi *>(def);
  if (!phi || gimple_bb(phi) != gimple_bb(stmt))
    return way_to_return(stmt);
  location_t only = UNKNOWN_LOCATION;
  unsigned n_pointers = 0;
  for (unsigned n = 0; n < gimple_phi_num_args(phi); ++n) {
    if (TREE_CODE(gimple_phi_arg_def(phi, n)) == INTEGER_CST)
      continue;
    ++n_pointers;
    only = gimple_phi_arg_location(phi, n);
    if (only == UNKNOWN_LOCATION)
      only = gimple_phi_arg_edge(phi, n)->goto_locus;
  }
  return n_pointers == 1 ? only : UNKNOWN_LOCATION;
}

void body_lowering::lower_return(greturn *stmt) {
  EscOpInfo info = esc_op_info(ESC_OP_RETURN);
  tree value = gimple_return_retval(stmt);
  if (value && is_aggregate(TREE_TYPE(value)) && !returns_in_memory(TREE_TYPE(fun->decl))) {
    memory at = memory_of(value);
    at.width = 0;
    info.a = at.base == ESC_NONE ? EscValue(ESC_NONE) : new_value();
    at.lo = 0;
    at.hi = max_value_bytes;
    emit_load(info.a, at, 0, stmt);
  } else if (value && is_aggregate(TREE_TYPE(value))) {
    EscOpInfo move = esc_op_info(ESC_OP_MOVE);
    HOST_WIDE_INT bytes = int_size_in_bytes(TREE_TYPE(value));
    move.a = 0; // the hidden parameter
    move.b = address_of(value, stmt);
    move.lo = bytes < 0 ? 0 : bytes;
    move.hi = bytes < 0 ? ESC_OFFSET_MAX : bytes;
    move.source = ml.where.named(m, return_location(stmt, value), "a struct");
    if (move.b != ESC_NONE)
      emit(move, stmt);
  } else if (value) {
    info.a = operand(value);
  }
  if (info.a != ESC_NONE)
    info.source = ml.where.returned(m, return_location(stmt, value));
  emit(info, stmt);
}

} // namespace escapement
