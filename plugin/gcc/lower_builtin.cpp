// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_builtin.cpp - what the compiler itself knows: builtins, internal functions, variable
// arguments, inline assembly.
//
// Each of the known ones has its operations. Of the others, one whose result depends on its
// arguments alone mixes them, one that has a model or is a function of the C library is a call, and
// the rest leaks all it gets, as inline assembly does.
//
// INVARIANT  A builtin that is not named here can only cost precision.
//
// NOT HERE  Functions (lower_call.cpp).
#include "lower_impl.h"
#include "number.h"

namespace escapement {

// ---- variable arguments ------------------------------------------------------------------------

constexpr int64_t va_list_bytes = 64; // more than any va_list

// The area that the variable arguments lie in is a local without a name: a va_list points into it,
// and what is read through it is any of them.
void body_lowering::lower_variable_start(gcall *call) {
  EscOpInfo area = esc_op_info(ESC_OP_LOCAL);
  area.index = new_local(ESC_SIZE_UNKNOWN, "", place());
  area.dst = new_value();
  emit(area, call);
  memory anywhere;
  anywhere.base = area.dst;
  anywhere.lo = ESC_OFFSET_MIN;
  anywhere.hi = ESC_OFFSET_MAX;
  emit_store(anywhere, EscValue(ml.parameters(fun->decl)), 0, 0, call); // ESC_PARAM_REST
  EscValue inside = new_value();
  emit_unknown_copy(inside, area.dst, call);
  memory list;
  list.base = operand(gimple_call_arg(call, 0));
  list.hi = va_list_bytes;
  // System V, x86-64 (its ABI, 3.5.7): two counters of 4 bytes, then two pointers.
  if (TREE_CODE(va_list_type_node) == ARRAY_TYPE && POINTER_SIZE == 64 &&
      int_size_in_bytes(va_list_type_node) == 24) {
    list.lo = 8;
    list.hi = 16;
    list.width = 8;
  }
  emit_store(list, inside, 0, 0, call);
}

// The list moves on; what it pointed to is the result.
void body_lowering::lower_variable_argument(gcall *call) {
  EscValue list = operand(gimple_call_arg(call, 0)), dst = call_result(call);
  if (list == ESC_NONE || (dst == ESC_NONE && !gimple_call_lhs(call)))
    return emit_use(list, call);
  if (dst == ESC_NONE && TREE_CODE(gimple_call_lhs(call)) == SSA_NAME)
    return emit_use(list, call);
  memory pointers;
  pointers.base = list;
  pointers.hi = va_list_bytes;
  EscValue area = new_value();
  emit_load(area, pointers, 0, call);
  memory anywhere;
  anywhere.base = area;
  anywhere.lo = ESC_OFFSET_MIN;
  anywhere.hi = ESC_OFFSET_MAX;
  if (dst == ESC_NONE)
    dst = new_value();
  emit_load(dst, anywhere, 0, call);
  tree lhs = gimple_call_lhs(call);
  if (TREE_CODE(lhs) == SSA_NAME)
    return;
  memory to = memory_of(lhs);
  int64_t size = to.width;
  to.width = 0;
  to.hi = to.hi < ESC_OFFSET_MAX - size ? to.hi + size : ESC_OFFSET_MAX;
  emit_store(to, dst, 0, 0, call);
}

// ---- what is not understood --------------------------------------------------------------------

void body_lowering::leak_operands(gcall *call, EscReason reason, const std::string &name) {
  EscSource source = ml.where.named(m, gimple_location(call), name);
  for (unsigned n = 0; n < gimple_call_num_args(call); ++n) {
    tree arg = gimple_call_arg(call, n);
    bool in_memory = is_aggregate(TREE_TYPE(arg)) || TREE_CODE(arg) == WITH_SIZE_EXPR;
    emit_leak(in_memory ? copy_for_call(arg, call) : operand(arg), reason, source, call);
  }
  // What leaked can be changed into anything; what comes back can be anything.
  tree lhs = gimple_call_lhs(call);
  if (!lhs)
    return;
  if (TREE_CODE(lhs) == SSA_NAME)
    return emit_copy(result(lhs), entry_world(), 0, 0, call);
  emit_leak(address_of(lhs, call), reason, source, call);
}

void body_lowering::lower_asm(gasm *stmt) {
  auto leak = [&](tree link) {
    tree op = TREE_VALUE(link);
    bool in_memory =
        TREE_CODE(op) != SSA_NAME && !CONSTANT_CLASS_P(op) && TREE_CODE(op) != ADDR_EXPR;
    EscValue v = in_memory ? address_of(op, stmt) : operand(op);
    emit_leak(v, ESC_REASON_ASM, ml.where.named(m, gimple_location(stmt), ""), stmt);
  };
  for (unsigned n = 0; n < gimple_asm_ninputs(stmt); ++n)
    leak(gimple_asm_input_op(stmt, n));
  for (unsigned n = 0; n < gimple_asm_noutputs(stmt); ++n) {
    tree link = gimple_asm_output_op(stmt, n);
    if (TREE_CODE(TREE_VALUE(link)) == SSA_NAME)
      emit_copy(result(TREE_VALUE(link)), entry_world(), 0, 0, stmt);
    else
      leak(link);
  }
}

// ---- memory ------------------------------------------------------------------------------------

void body_lowering::lower_memory_move(gcall *call, tree to, tree from_ptr, tree length,
                                      bool result_is_end) {
  EscOpInfo info = esc_op_info(ESC_OP_MOVE);
  info.a = operand(to);
  info.b = operand(from_ptr);
  EscNumber bytes = number_of(length, nullptr, params);
  info.lo = int64_t(std::min<uint64_t>(bytes.lo, INT64_MAX));
  info.hi = int64_t(std::min<uint64_t>(bytes.hi, INT64_MAX));
  info.source = ml.where.callee(m, ml.where.call(call, std::string()));
  if (info.a == ESC_NONE || info.b == ESC_NONE) {
    emit_use(info.a, call);
    emit_use(info.b, call);
  } else {
    emit(info, call);
  }
  EscValue dst = call_result(call);
  if (result_is_end)
    emit_unknown_copy(dst, info.a, call);
  else
    emit_copy(dst, info.a, 0, 0, call);
  store_result(call, dst);
}

// The byte may be one of a pointer. The result is the address, where there is one.
void body_lowering::lower_memory_set(gcall *call, tree to, tree byte) {
  memory anywhere;
  anywhere.base = operand(to);
  anywhere.lo = ESC_OFFSET_MIN;
  anywhere.hi = ESC_OFFSET_MAX;
  if (EscValue value = operand(byte); value != ESC_NONE)
    emit_store(anywhere, value, ESC_OPF_NARROW, 0, call);
  else
    emit_use(anywhere.base, call);
  define_result(call, anywhere.base);
}

// Memory that one call may make several times: a local of any size.
void body_lowering::lower_alloca(gcall *call) {
  tree lhs = gimple_call_lhs(call);
  if (!lhs)
    return;
  std::string name = "alloca(n)";
  place at = ml.where.at(gimple_location(call));
  if (gimple_call_alloca_for_var_p(call)) {
    name.clear();
    unsigned i;
    tree var, pointer = TREE_CODE(lhs) == SSA_NAME ? SSA_NAME_VAR(lhs) : NULL_TREE;
    FOR_EACH_LOCAL_DECL(fun, i, var) {
      tree where = VAR_P(var) && DECL_HAS_VALUE_EXPR_P(var) ? DECL_VALUE_EXPR(var) : NULL_TREE;
      if (!where || !pointer || TREE_OPERAND(where, 0) != pointer || !DECL_NAME(var))
        continue;
      name = IDENTIFIER_POINTER(DECL_NAME(var));
      at = ml.where.at(DECL_SOURCE_LOCATION(var));
    }
  }
  EscOpInfo info = esc_op_info(ESC_OP_LOCAL);
  info.index = new_local(ESC_SIZE_UNKNOWN, name, at);
  EscValue dst = call_result(call);
  info.dst = dst == ESC_NONE ? new_value() : dst;
  emit(info, call);
  store_result(call, info.dst);
}

void body_lowering::lower_function_of_operands(gcall *call) {
  EscValue dst = call_result(call);
  std::vector<EscValue> operands;
  for (unsigned n = 0; n < gimple_call_num_args(call); ++n) {
    tree arg = gimple_call_arg(call, n);
    if (is_aggregate(TREE_TYPE(arg)))
      return leak_operands(call, ESC_REASON_UNKNOWN_CALLEE, "");
    operands.push_back(operand(arg));
  }
  if (dst == ESC_NONE) {
    lower_address_numbers(call);
    for (EscValue v : operands)
      emit_use(v, call);
    return;
  }
  if (POINTER_TYPE_P(gimple_call_return_type(call)))
    operands.push_back(entry_world());
  emit_mix(dst, operands, call);
  store_result(call, dst);
}

// ---- the tables --------------------------------------------------------------------------------

bool body_lowering::lower_builtin(gcall *call, tree decl) {
  if (!fndecl_built_in_p(decl))
    return false;
  bool normal = fndecl_built_in_p(decl, BUILT_IN_NORMAL);
  auto arg = [&](unsigned n) { return gimple_call_arg(call, n); };
  if (normal && gimple_call_builtin_p(call, BUILT_IN_NORMAL))
    switch (DECL_FUNCTION_CODE(decl)) {
    case BUILT_IN_MEMCPY:
    case BUILT_IN_MEMMOVE:
      lower_memory_move(call, arg(0), arg(1), arg(2), false);
      return true;
    case BUILT_IN_MEMPCPY:
      lower_memory_move(call, arg(0), arg(1), arg(2), true);
      return true;
    case BUILT_IN_MEMSET:
      lower_memory_set(call, arg(0), arg(1));
      return true;
    case BUILT_IN_VA_START:
      lower_variable_start(call);
      return true;
    case BUILT_IN_VA_COPY: {
      EscOpInfo info = esc_op_info(ESC_OP_MOVE);
      info.a = operand(arg(0));
      info.b = operand(arg(1));
      info.hi = va_list_bytes;
      if (info.a != ESC_NONE && info.b != ESC_NONE)
        emit(info, call);
      return true;
    }
    CASE_BUILT_IN_ALLOCA:
      lower_alloca(call);
      return true;
    case BUILT_IN_EXPECT:
    case BUILT_IN_EXPECT_WITH_PROBABILITY:
    case BUILT_IN_ASSUME_ALIGNED:
      define_result(call, operand(arg(0)));
      return true;
    // No pointer goes in or comes out.
    case BUILT_IN_VA_END:
    case BUILT_IN_PREFETCH:
    case BUILT_IN_TRAP:
    case BUILT_IN_UNREACHABLE:
    case BUILT_IN_OBJECT_SIZE:
    case BUILT_IN_DYNAMIC_OBJECT_SIZE:
    case BUILT_IN_CONSTANT_P:
    case BUILT_IN_CLEAR_CACHE:
    case BUILT_IN_CLEAR_PADDING:
    case BUILT_IN_STACK_RESTORE: // a mark for itself, not an address anybody uses
      return true;
    case BUILT_IN_APPLY_ARGS: // all that this function was given, for another one
      for (unsigned n = 0; n < ml.parameters(fun->decl); ++n)
        emit_leak(EscValue(n), ESC_REASON_UNKNOWN_CALLEE,
                  ml.where.named(m, gimple_location(call), "__builtin_apply"), call);
      define_result(call, entry_world());
      return true;
    case BUILT_IN_STACK_SAVE:
      define_result(call, entry_world());
      return true;
    default:
      break;
    }
  if (esc_model_exists(m, linkage_name(decl).c_str()) && !ml.is_disabled_builtin(decl))
    return false;
  if (gimple_call_flags(call) & ECF_CONST) {
    lower_function_of_operands(call);
    return true;
  }
  // A function of a library is called by its name; the rest exists in the compiler alone.
  std::string name = linkage_name(decl);
  if (normal && name.compare(0, 2, "__") != 0)
    return false;
  leak_operands(call, ESC_REASON_UNKNOWN_CALLEE, name);
  return true;
}

void body_lowering::lower_internal(gcall *call) {
  switch (gimple_call_internal_fn(call)) {
  case IFN_VA_ARG:
    return lower_variable_argument(call);
  case IFN_BUILTIN_EXPECT:
    return define_result(call, operand(gimple_call_arg(call, 0)));
  case IFN_FALLTHROUGH:
  case IFN_ABNORMAL_DISPATCHER:
    return;
  default:
    break;
  }
  bool pure_function = gimple_call_flags(call) & ECF_CONST;
  tree lhs = gimple_call_lhs(call);
  if (pure_function && (!lhs || TREE_CODE(lhs) == SSA_NAME))
    return lower_function_of_operands(call);
  leak_operands(call, ESC_REASON_UNKNOWN_CALLEE, internal_fn_name(gimple_call_internal_fn(call)));
}

} // namespace escapement
