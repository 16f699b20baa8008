// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_values.cpp - the values and operations of the model that the other files lower to.
//
// The emit functions leave out what says nothing: an operation without a pointer to work on, a copy
// to a value that holds none. A constant becomes a value in the entry block, which holds nothing
// else, when it is first asked for.
//
// INVARIANT  lowered_function::op_stmt has the statement of every operation, null for those made
// for constants. ESC_NONE as a value is "no pointer": NULL, or a number that no pointer is in.
//
// NOT HERE  Which statement becomes which operation (lower_body.cpp and its neighbours).
#include "lower_impl.h"

namespace escapement {

// ---- operations ---------------------------------------------------------------------------------

EscOp body_lowering::emit(const EscOpInfo &info, gimple *from) {
  EscOp op = esc_op(m, id, current, &info);
  if (op == ESC_NONE) // the sticky error; every verdict gives up
    return op;
  if (lf.op_stmt.size() <= op)
    lf.op_stmt.resize(size_t(op) + 1, nullptr);
  lf.op_stmt[op] = from;
  if (info.kind == ESC_OP_CALL || info.kind == ESC_OP_ALLOC || info.kind == ESC_OP_REALLOC ||
      info.kind == ESC_OP_FREE)
    shown = from;
  return op;
}

EscOp body_lowering::emit_at_entry(const EscOpInfo &info) {
  EscBlock here = current;
  current = 0;
  EscOp op = emit(info, nullptr);
  current = here;
  return op;
}

EscValue body_lowering::emit_world(gimple *from) {
  EscOpInfo info = esc_op_info(ESC_OP_WORLD);
  info.dst = new_value();
  emit(info, from);
  return info.dst;
}

EscValue body_lowering::entry_world() {
  if (world_at_entry != ESC_NONE)
    return world_at_entry;
  EscOpInfo info = esc_op_info(ESC_OP_WORLD);
  info.dst = new_value();
  emit_at_entry(info);
  return world_at_entry = info.dst;
}

void body_lowering::emit_copy(EscValue dst, EscValue a, int64_t lo, int64_t hi, gimple *from,
                              uint32_t flags) {
  if (dst == ESC_NONE || a == ESC_NONE)
    return;
  EscOpInfo info = esc_op_info(ESC_OP_COPY);
  info.dst = dst;
  info.a = a;
  info.lo = lo;
  info.hi = hi;
  info.flags = flags;
  emit(info, from);
}

void body_lowering::emit_unknown_copy(EscValue dst, EscValue a, gimple *from) {
  emit_copy(dst, a, ESC_OFFSET_MIN, ESC_OFFSET_MAX, from);
}

void body_lowering::emit_merge(EscValue dst, const std::vector<EscValue> &all, gimple *from) {
  std::vector<EscArg> args;
  for (EscValue v : all)
    if (v != ESC_NONE)
      args.push_back({v, esc_number_unknown(), 0});
  emit_merge(dst, args, from);
}

void body_lowering::emit_merge(EscValue dst, const std::vector<EscArg> &args, gimple *from) {
  if (dst == ESC_NONE || args.empty())
    return;
  EscOpInfo info = esc_op_info(ESC_OP_MERGE);
  info.dst = dst;
  info.args = args.data();
  info.nargs = uint32_t(args.size());
  emit(info, from);
}

void body_lowering::emit_mix(EscValue dst, const std::vector<EscValue> &all, gimple *from) {
  std::vector<EscValue> present;
  for (EscValue v : all)
    if (v != ESC_NONE && std::find(present.begin(), present.end(), v) == present.end())
      present.push_back(v);
  if (dst == ESC_NONE || present.empty())
    return;
  if (present.size() == 1)
    return emit_unknown_copy(dst, present[0], from);
  EscValue merged = new_value();
  emit_merge(merged, present, from);
  emit_unknown_copy(dst, merged, from);
}

void body_lowering::emit_use(EscValue a, gimple *from) {
  if (a == ESC_NONE)
    return;
  EscOpInfo info = esc_op_info(ESC_OP_USE);
  info.a = a;
  emit(info, from);
}

void body_lowering::emit_leak(EscValue a, EscReason reason, EscSource source, gimple *from) {
  if (a == ESC_NONE)
    return;
  EscOpInfo info = esc_op_info(ESC_OP_LEAK);
  info.a = a;
  info.index = uint32_t(reason);
  info.source = source;
  emit(info, from);
}

// ---- values -------------------------------------------------------------------------------------

EscValue body_lowering::result(tree def) {
  return def && holds(def) ? values[SSA_NAME_VERSION(def)] : EscValue(ESC_NONE);
}

EscValue body_lowering::operand(tree op) {
  if (!op)
    return ESC_NONE;
  return TREE_CODE(op) == SSA_NAME ? result(op) : constant(op);
}

// The address of a device, or a mark such as (void *)-1 that is only compared. Nothing of ours is
// in the first and the last page.
static bool is_mark(tree number) {
  wide_int n = wi::to_wide(number);
  return wi::ltu_p(n, 4096) ||
         wi::gtu_p(n, wi::sub(wi::max_value(n.get_precision(), UNSIGNED), 4095));
}

EscValue body_lowering::constant(tree op) {
  switch (TREE_CODE(op)) {
  case INTEGER_CST:
    return POINTER_TYPE_P(TREE_TYPE(op)) && !is_mark(op) ? entry_world() : EscValue(ESC_NONE);
  case REAL_CST:
  case COMPLEX_CST:
  case FIXED_CST:
  case POLY_INT_CST:
  case VECTOR_CST:
  case STRING_CST:
    return ESC_NONE;
  case CONSTRUCTOR: {
    std::vector<EscValue> parts;
    unsigned HOST_WIDE_INT i;
    tree part;
    FOR_EACH_CONSTRUCTOR_VALUE(CONSTRUCTOR_ELTS(op), i, part)
    parts.push_back(operand(part));
    if (std::all_of(parts.begin(), parts.end(), [](EscValue v) { return v == ESC_NONE; }))
      return ESC_NONE;
    EscValue v = new_value();
    emit_merge(v, parts, nullptr);
    return v;
  }
  case ADDR_EXPR: {
    auto known = constants.find(op);
    if (known != constants.end())
      return known->second;
    EscBlock here = current;
    bool fixed = is_gimple_min_invariant(op);
    current = fixed ? 0 : here;
    EscValue v = address_of(TREE_OPERAND(op, 0), nullptr);
    current = here;
    if (fixed)
      constants[op] = v;
    return v;
  }
  default:
    if (COMPARISON_CLASS_P(op))
      return ESC_NONE;
    return entry_world();
  }
}

// The address of a variable, function or string, made in the entry block.
EscValue body_lowering::decl_value(tree decl) {
  auto known = decl_values.find(decl);
  if (known != decl_values.end())
    return known->second;
  auto param = params.find(decl);
  if (param != params.end() && is_aggregate(TREE_TYPE(decl)))
    return decl_values[decl] = param->second; // passed in memory: the value is its address
  EscOpInfo info = esc_op_info(ESC_OP_GLOBAL);
  switch (TREE_CODE(decl)) {
  case FUNCTION_DECL:
    info.kind = ESC_OP_FUNCTION;
    info.index = ml.function(decl);
    break;
  case LABEL_DECL:
    return decl_values[decl] = ESC_NONE;
  case CONST_DECL:
  case STRING_CST:
    info.index = ml.global(decl);
    break;
  case VAR_DECL:
    if (DECL_HARD_REGISTER(decl))
      return decl_values[decl] = entry_world();
    if (is_global_var(decl)) {
      info.index = ml.global(decl);
      break;
    }
    // fall through
  case PARM_DECL:
  case RESULT_DECL:
    if (DECL_CONTEXT(decl) && DECL_CONTEXT(decl) != fun->decl)
      return decl_values[decl] = entry_world();
    info.kind = ESC_OP_LOCAL;
    info.index = local(decl);
    break;
  default:
    return decl_values[decl] = entry_world();
  }
  info.dst = new_value();
  emit_at_entry(info);
  return decl_values[decl] = info.dst;
}

} // namespace escapement
