// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_wrapper.cpp - what the analysis must know to find thin wrappers of allocators.
//
// The model shows where pointers go. Of a small function that might be a wrapper it is also told
// what else happens: a mark in each block that writes, traps, or does anything that could be
// missed, and one in each block that runs only when a pointer is NULL. An allocation has its
// arguments.
//
// SOUNDNESS  A statement that is not known here to do nothing has an effect.
//
// NOT HERE  What a wrapper is (analysis/wrappers.c).
#include "lower_impl.h"
#include "number.h"

namespace escapement {
namespace {

// Larger functions do more than allocate.
constexpr unsigned max_wrapper_statements = 80;

// What a name was made from by assignments that keep it as it is.
tree behind_copies(tree value) {
  constexpr unsigned longest = 8;
  for (unsigned n = 0; n < longest && TREE_CODE(value) == SSA_NAME; ++n) {
    auto *def = dyn_cast<gassign *>(SSA_NAME_DEF_STMT(value));
    bool copies = def && (gimple_assign_rhs_code(def) == SSA_NAME ||
                          gimple_assign_rhs_code(def) == INTEGER_CST);
    if (!copies)
      break;
    value = gimple_assign_rhs1(def);
  }
  return value;
}

tree null_in_name(tree condition, bool holds, unsigned depth);

// The pointer that is NULL when `a CODE b` holds (`holds`) or does not; null: none that is known.
tree null_in_comparison(tree_code code, tree a, tree b, bool holds, unsigned depth) {
  if ((code != EQ_EXPR && code != NE_EXPR) || !integer_zerop(b))
    return NULL_TREE;
  bool is_zero = holds == (code == EQ_EXPR);
  if (POINTER_TYPE_P(TREE_TYPE(a)))
    return is_zero ? a : NULL_TREE;
  return TREE_CODE(TREE_TYPE(a)) == BOOLEAN_TYPE ? null_in_name(a, !is_zero, depth) : NULL_TREE;
}

// `!p && n` holds only when p is NULL.
tree null_in_name(tree condition, bool holds, unsigned depth) {
  constexpr unsigned deepest = 4;
  auto *def = TREE_CODE(condition) == SSA_NAME ? dyn_cast<gassign *>(SSA_NAME_DEF_STMT(condition))
                                               : nullptr;
  if (!def || depth == deepest)
    return NULL_TREE;
  tree_code code = gimple_assign_rhs_code(def);
  tree a = gimple_assign_rhs1(def), b = gimple_assign_rhs2(def);
  if (TREE_CODE_CLASS(code) == tcc_comparison)
    return null_in_comparison(code, a, b, holds, depth + 1);
  if (code == SSA_NAME)
    return null_in_name(a, holds, depth + 1);
  if (code == BIT_NOT_EXPR && TREE_CODE(TREE_TYPE(a)) == BOOLEAN_TYPE)
    return null_in_name(a, !holds, depth + 1);
  if (TREE_CODE(TREE_TYPE(condition)) != BOOLEAN_TYPE ||
      code != (holds ? BIT_AND_EXPR : BIT_IOR_EXPR))
    return NULL_TREE;
  tree first = null_in_name(a, holds, depth + 1);
  return first ? first : null_in_name(b, holds, depth + 1);
}

// The branch that alone leads to a place, and whether it goes there when its condition holds.
struct branch {
  gcond *stmt = nullptr; // null: none
  bool holds = false;
};

branch branch_of(edge e) {
  branch found;
  gimple *last = last_stmt(e->src);
  found.stmt = last ? dyn_cast<gcond *>(last) : nullptr;
  found.holds = (e->flags & EDGE_TRUE_VALUE) != 0;
  return found;
}

// Of an edge into a block where ways meet: the branch above it, which may lead there directly or
// through a block of its own.
branch branch_above(edge e) {
  basic_block from = e->src;
  return single_succ_p(from) && single_pred_p(from) ? branch_of(single_pred_edge(from))
                                                    : branch_of(e);
}

// `n ? n : 1`, whose ways meet in `phi`.
tree at_least_one_by_branch(gphi *phi) {
  if (gimple_phi_num_args(phi) != 2)
    return NULL_TREE;
  for (unsigned one = 0; one < 2; ++one) {
    tree n = behind_copies(gimple_phi_arg_def(phi, 1 - one));
    if (!integer_onep(behind_copies(gimple_phi_arg_def(phi, one))) || TREE_CODE(n) != SSA_NAME)
      continue;
    branch b = branch_above(gimple_phi_arg_edge(phi, one)),
           other = branch_above(gimple_phi_arg_edge(phi, 1 - one));
    if (!b.stmt || b.stmt != other.stmt || b.holds == other.holds ||
        behind_copies(gimple_cond_lhs(b.stmt)) != n || !integer_zerop(gimple_cond_rhs(b.stmt)))
      continue;
    tree_code code = gimple_cond_code(b.stmt);
    if ((code == EQ_EXPR || code == NE_EXPR) && b.holds == (code == EQ_EXPR))
      return n;
  }
  return NULL_TREE;
}

// All that malloc(0) is made different by; null: it is something else.
tree at_least_one(tree value) {
  value = behind_copies(value);
  if (TREE_CODE(value) != SSA_NAME)
    return NULL_TREE;
  gimple *def = SSA_NAME_DEF_STMT(value);
  if (auto *phi = dyn_cast<gphi *>(def))
    return at_least_one_by_branch(phi);
  auto *assign = dyn_cast<gassign *>(def);
  bool larger = assign && gimple_assign_rhs_code(assign) == MAX_EXPR &&
                TYPE_UNSIGNED(TREE_TYPE(value)) && integer_onep(gimple_assign_rhs2(assign));
  return larger ? gimple_assign_rhs1(assign) : NULL_TREE;
}

// Does it say nothing, or something that only the compiler needs?
bool is_silent_call(const gcall *call) {
  return gimple_call_builtin_p(call, BUILT_IN_EXPECT) ||
         gimple_call_builtin_p(call, BUILT_IN_EXPECT_WITH_PROBABILITY);
}

} // namespace

bool body_lowering::may_be_wrapper() const {
  if (stdarg_p(TREE_TYPE(fun->decl)))
    return false;
  unsigned n = 0;
  basic_block bb;
  FOR_EACH_BB_FN(bb, fun)
  for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
    if (!is_gimple_debug(gsi_stmt(gsi)) && ++n > max_wrapper_statements)
      return false;
  return true;
}

void body_lowering::emit_mark(uint32_t flag, EscValue a, uint32_t at, gimple *from) {
  EscOpInfo info = esc_op_info(ESC_OP_USE);
  info.a = a;
  info.index = at;
  info.flags = flag;
  emit(info, from);
}

// The first operation of all says that marks were made.
void body_lowering::mark_start() {
  current = blocks[ENTRY_BLOCK];
  emit_mark(ESC_OPF_EFFECT, ESC_NONE, 0, nullptr);
}

// A block that is entered by one branch only, which asks whether a pointer is NULL.
void body_lowering::mark_block(basic_block bb) {
  branch b = single_pred_p(bb) ? branch_of(single_pred_edge(bb)) : branch();
  if (!b.stmt)
    return;
  tree pointer = null_in_comparison(gimple_cond_code(b.stmt), gimple_cond_lhs(b.stmt),
                                    gimple_cond_rhs(b.stmt), b.holds, 0);
  if (EscValue v = pointer ? operand(pointer) : EscValue(ESC_NONE); v != ESC_NONE)
    emit_mark(ESC_OPF_IS_NULL, v, ESC_NONE, nullptr);
}

// A call that is an operation of the model is judged by the analysis, which knows the callee.
void body_lowering::mark_effect(gimple *stmt) {
  bool silent = false;
  switch (gimple_code(stmt)) {
  case GIMPLE_ASSIGN:
    silent = gimple_clobber_p(stmt) || (!gimple_has_side_effects(stmt) && !gimple_store_p(stmt));
    break;
  case GIMPLE_CALL:
    silent = shown == stmt || is_silent_call(as_a<gcall *>(stmt));
    break;
  case GIMPLE_COND:
  case GIMPLE_SWITCH:
  case GIMPLE_RETURN:
  case GIMPLE_GOTO:
  case GIMPLE_LABEL:
  case GIMPLE_NOP:
  case GIMPLE_PREDICT:
  case GIMPLE_DEBUG:
    silent = true;
    break;
  default:
    break;
  }
  if (!silent)
    emit_mark(ESC_OPF_EFFECT, ESC_NONE, ESC_NONE, stmt);
}

void body_lowering::wrapper_arguments(gcall *call, std::vector<EscArg> &args) {
  if (args.empty())
    arguments(call, nullptr, args);
  size_t hidden = args.size() - std::min<size_t>(args.size(), gimple_call_num_args(call));
  for (unsigned n = 0; n < gimple_call_num_args(call) && hidden + n < args.size(); ++n) {
    EscNumber &number = args[hidden + n].number;
    tree value = gimple_call_arg(call, n);
    tree size = INTEGRAL_TYPE_P(TREE_TYPE(value)) && number.param == ESC_NONE ? at_least_one(value)
                                                                              : NULL_TREE;
    EscNumber inner = size ? number_of(size, nullptr, params) : esc_number_unknown();
    if (inner.param != ESC_NONE && inner.mul == 1 && inner.add == 0) {
      inner.lo = 1;
      number = inner;
    }
  }
}

} // namespace escapement
