// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_holders.cpp - which SSA names of a function may hold a pointer, or bits of one.
//
// Forward from everything that makes one: parameters, addresses, and what comes out of memory or a
// call. A name made of the bits of a holder is a holder.
//
// INVARIANT  A name that is not a holder holds no pointer, whatever its type.
//
// NOT HERE  Which operation makes a holder (lower_body.cpp, lower_call.cpp).
#include "lower_impl.h"

namespace escapement {

static bool can_hold(tree type) {
  // A single bit is a decision (lower_address.cpp).
  return !VOID_TYPE_P(type) &&
         !(INTEGRAL_TYPE_P(type) && (TREE_CODE(type) == BOOLEAN_TYPE || TYPE_PRECISION(type) < 2));
}

bool body_lowering::holds(tree name) const {
  return TREE_CODE(name) == SSA_NAME && SSA_NAME_VERSION(name) < holder.size() &&
         holder[SSA_NAME_VERSION(name)];
}

// A constant that is an address, or made of one.
bool body_lowering::names_address(tree op) {
  while (handled_component_p(op))
    op = TREE_OPERAND(op, 0);
  if (TREE_CODE(op) == SSA_NAME)
    return false;
  if (TREE_CODE(op) == ADDR_EXPR || TREE_CODE(op) == CONSTRUCTOR)
    return true;
  return TREE_CODE(op) == INTEGER_CST && POINTER_TYPE_P(TREE_TYPE(op)) && !integer_zerop(op);
}

// Does the result depend on the bits of the operands?
bool body_lowering::carries_operand(gimple *stmt) const {
  if (gimple_code(stmt) == GIMPLE_PHI)
    return true;
  if (auto *call = dyn_cast<gcall *>(stmt))
    return gimple_call_internal_p(call) || gimple_call_flags(call) & ECF_CONST;
  auto *assign = dyn_cast<gassign *>(stmt);
  if (!assign)
    return true;
  tree_code code = gimple_assign_rhs_code(assign);
  return TREE_CODE_CLASS(code) != tcc_comparison && code != POINTER_DIFF_EXPR &&
         code != TRUTH_NOT_EXPR;
}

bool body_lowering::holds_by_itself(gimple *stmt, tree def) const {
  if (POINTER_TYPE_P(TREE_TYPE(def)) || gimple_code(stmt) == GIMPLE_ASM)
    return true;
  if (auto *call = dyn_cast<gcall *>(stmt))
    return !carries_operand(call);
  auto *assign = dyn_cast<gassign *>(stmt);
  if (!assign)
    return gimple_code(stmt) != GIMPLE_PHI;
  if (gimple_assign_load_p(assign))
    return true;
  return gimple_assign_rhs_code(assign) != POINTER_DIFF_EXPR && gimple_assign_cast_p(assign) &&
         POINTER_TYPE_P(TREE_TYPE(gimple_assign_rhs1(assign)));
}

static bool is_number_of_pointer(tree name) {
  auto *def = dyn_cast<gassign *>(SSA_NAME_DEF_STMT(name));
  return def && gimple_assign_cast_p(def) && !POINTER_TYPE_P(TREE_TYPE(name)) &&
         POINTER_TYPE_P(TREE_TYPE(gimple_assign_rhs1(def)));
}

void body_lowering::find_holders() {
  holder.assign(num_ssa_names, false);
  std::vector<tree> work;
  auto add = [&](tree name) {
    if (ml.opts.Forget == ESC_FORGET_INTEGER && is_number_of_pointer(name))
      return;
    if (!can_hold(TREE_TYPE(name)) || holder[SSA_NAME_VERSION(name)])
      return;
    holder[SSA_NAME_VERSION(name)] = true;
    work.push_back(name);
  };
  unsigned i;
  tree name;
  FOR_EACH_SSA_NAME(i, name, fun) {
    if (virtual_operand_p(name) || SSA_NAME_IN_FREE_LIST(name))
      continue;
    if (SSA_NAME_IS_DEFAULT_DEF(name)) {
      if (SSA_NAME_VAR(name) && TREE_CODE(SSA_NAME_VAR(name)) != VAR_DECL)
        add(name);
      continue;
    }
    gimple *def = SSA_NAME_DEF_STMT(name);
    bool address = false;
    if (auto *phi = dyn_cast<gphi *>(def))
      for (unsigned n = 0; n < gimple_phi_num_args(phi); ++n)
        address |= names_address(gimple_phi_arg_def(phi, n));
    else if (carries_operand(def))
      for (unsigned n = 1; n < gimple_num_ops(def); ++n)
        address |= gimple_op(def, n) && names_address(gimple_op(def, n));
    if (address || holds_by_itself(def, name))
      add(name);
  }
  while (!work.empty()) {
    name = work.back();
    work.pop_back();
    imm_use_iterator uses;
    use_operand_p use;
    FOR_EACH_IMM_USE_FAST(use, uses, name) {
      gimple *stmt = USE_STMT(use);
      if (is_gimple_debug(stmt) || !carries_operand(stmt))
        continue;
      ssa_op_iter defs;
      def_operand_p def;
      if (gimple_code(stmt) == GIMPLE_PHI)
        add(gimple_phi_result(stmt));
      else
        FOR_EACH_SSA_DEF_OPERAND(def, stmt, defs, SSA_OP_DEF)
      add(DEF_FROM_PTR(def));
    }
  }
}

void body_lowering::number_values() {
  values.assign(num_ssa_names, ESC_NONE);
  unsigned i;
  tree name;
  FOR_EACH_SSA_NAME(i, name, fun) {
    if (!holds(name))
      continue;
    auto param = params.end();
    if (SSA_NAME_IS_DEFAULT_DEF(name))
      param = params.find(SSA_NAME_VAR(name));
    values[i] = param == params.end() ? new_value() : param->second;
  }
}

} // namespace escapement
