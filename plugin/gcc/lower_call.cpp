// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_call.cpp - calls: whom, with what, and in which of the other files they are lowered.
//
// INVARIANT  A callee is known only if it gets an argument for each of its parameters, a struct
// where it has one and nowhere else: what is passed otherwise holds anything, which a CALL cannot
// say.
//
// NOT HERE  Allocators (lower_allocator.cpp), builtins and inline assembly (lower_builtin.cpp),
// what a library function does with its arguments (analysis/models/libc.models).
#include "apply.h"
#include "lower_impl.h"
#include "Calls.h"
#include "number.h"

namespace escapement {

tree called_function(const gcall *call) {
  if (gimple_call_internal_p(call))
    return NULL_TREE;
  tree decl = gimple_call_fndecl(call);
  cgraph_node *node = decl ? cgraph_node::get(decl) : nullptr;
  if (!node || !node->alias)
    return decl;
  if (node->ifunc_resolver)
    return NULL_TREE;
  availability available;
  cgraph_node *target = node->ultimate_alias_target(&available);
  return target && available >= AVAIL_AVAILABLE ? target->decl : NULL_TREE;
}

// Does the call fit the declaration?
static bool fits(const gcall *call, tree decl) {
  unsigned n = 0;
  if (DECL_ARGUMENTS(decl)) {
    for (tree arg = DECL_ARGUMENTS(decl); arg; arg = DECL_CHAIN(arg), ++n)
      if (n >= gimple_call_num_args(call) ||
          is_aggregate(TREE_TYPE(arg)) != is_aggregate(TREE_TYPE(gimple_call_arg(call, n))))
        return false;
  } else {
    for (tree arg = TYPE_ARG_TYPES(TREE_TYPE(decl)); arg && arg != void_list_node;
         arg = TREE_CHAIN(arg), ++n)
      if (n >= gimple_call_num_args(call) ||
          is_aggregate(TREE_VALUE(arg)) != is_aggregate(TREE_TYPE(gimple_call_arg(call, n))))
        return false;
  }
  tree made = gimple_call_return_type(call), declared = TREE_TYPE(TREE_TYPE(decl));
  return is_aggregate(made) == is_aggregate(declared) &&
         (!is_aggregate(made) || int_size_in_bytes(made) == int_size_in_bytes(declared));
}

// A call that ends its block has edges that a rewrite would have to keep.
uint32_t body_lowering::call_flags(const gcall *call) const {
  bool fixed = gimple_call_must_tail_p(call) || stmt_ends_bb_p(const_cast<gcall *>(call));
  uint32_t flags = gimple_call_must_tail_p(call) ? uint32_t(ESC_OPF_TAIL) : 0;
  return fixed ? flags | ESC_OPF_NO_CHANGE : flags;
}

void body_lowering::lower_call(gcall *call) {
  if (gimple_call_internal_p(call))
    return lower_internal(call);
  if (gimple_call_chain(call)) // a nested function sees the frame of the function around it
    emit_leak(operand(gimple_call_chain(call)), ESC_REASON_FUNCTION_POINTER, 0, call);
  tree decl = called_function(call);
  if (!decl) {
    tree named = gimple_call_fndecl(call);
    if (named)
      return lower_direct_call(
          call, ml.unknown_function(linkage_name(named), gimple_call_num_args(call)), named);
    return lower_indirect_call(call);
  }
  if (!fits(call, decl))
    return lower_direct_call(
        call, ml.unknown_function(linkage_name(decl), gimple_call_num_args(call)), decl);
  if (lower_allocator(call, decl) || lower_builtin(call, decl))
    return;
  lower_direct_call(call, ml.function(decl), decl);
}

// ---- arguments and results ----------------------------------------------------------------------

void body_lowering::arguments(gcall *call, const call_info *source, std::vector<EscArg> &args) {
  if (returns_in_memory(gimple_call_fntype(call))) {
    EscArg hidden{ESC_NONE, esc_number_unknown(), 0};
    tree lhs = gimple_call_lhs(call);
    if (lhs) {
      hidden.value = address_of(lhs, call);
    } else {
      EscOpInfo made = esc_op_info(ESC_OP_LOCAL);
      made.index = new_local(ESC_SIZE_UNKNOWN, "", place());
      made.dst = hidden.value = new_value();
      emit(made, call);
    }
    args.push_back(hidden);
  }
  for (unsigned n = 0; n < gimple_call_num_args(call); ++n) {
    tree value = gimple_call_arg(call, n);
    bool in_memory = is_aggregate(TREE_TYPE(value)) || TREE_CODE(value) == WITH_SIZE_EXPR;
    EscArg arg{in_memory ? copy_for_call(value, call) : operand(value), esc_number_unknown(), 0};
    if (INTEGRAL_TYPE_P(TREE_TYPE(value)))
      arg.number = number_of(value, nullptr, params);
    arg.source = ml.where.argument(m, source, n);
    args.push_back(arg);
  }
}

EscValue body_lowering::call_result(gcall *call) {
  tree lhs = gimple_call_lhs(call);
  bool hidden = !gimple_call_internal_p(call) && returns_in_memory(gimple_call_fntype(call));
  if (!lhs || hidden)
    return ESC_NONE;
  return TREE_CODE(lhs) == SSA_NAME ? result(lhs) : new_value();
}

// What lies in memory: a small struct, or a scalar that is no register. Its parts share what they
// point to, not an offset.
void body_lowering::store_result(gcall *call, EscValue value) {
  tree lhs = gimple_call_lhs(call);
  if (!lhs || TREE_CODE(lhs) == SSA_NAME || value == ESC_NONE)
    return;
  if (!is_aggregate(TREE_TYPE(lhs)))
    return emit_store(lhs, value, call);
  memory at = memory_of(lhs);
  int64_t size = at.width;
  at.width = 0;
  if (at.hi < ESC_OFFSET_MAX - size)
    at.hi += size;
  emit_store(at, value, 0, ml.where.assignment(m, gimple_location(call)), call);
}

void body_lowering::define_result(gcall *call, EscValue value) {
  EscValue dst = call_result(call);
  emit_copy(dst, value, 0, 0, call);
  store_result(call, dst);
}

void body_lowering::lower_indirect_call(gcall *call) {
  const call_info *source = ml.where.call(call, std::string());
  EscOpInfo info = esc_op_info(ESC_OP_ICALL);
  std::vector<EscArg> args;
  arguments(call, source, args);
  lower_address_numbers(call);
  tree callee = gimple_call_fn(call);
  info.a = callee ? operand(callee) : EscValue(ESC_NONE);
  if (info.a == ESC_NONE) // calls a number
    info.a = entry_world();
  info.dst = call_result(call);
  info.args = args.data();
  info.nargs = uint32_t(args.size());
  info.flags = call_flags(call);
  if (ml.numbers)
    info.index = signature_of(call);
  info.source = ml.where.callee(m, source);
  emit(info, call);
  store_result(call, info.dst);
}

static bool reads_lines(tree decl) {
  std::string name = linkage_name(decl);
  return name == "getline" || name == "getdelim" || name == "__getdelim";
}

void body_lowering::lower_direct_call(gcall *call, EscFunc callee, tree decl) {
  std::string name = linkage_name(decl);
  const call_info *source = ml.where.call(call, name);
  EscOpInfo info = esc_op_info(ESC_OP_CALL);
  std::vector<EscArg> args;
  arguments(call, source, args);
  info.index = callee;
  info.dst = call_result(call);
  info.args = args.data();
  info.nargs = uint32_t(args.size());
  info.flags = call_flags(call);
  info.source = ml.where.callee(m, source);
  if (marks)
    wrapper_arguments(call, args);
  if (ml.has_body(decl) && !can_call_clone(call, decl))
    info.flags |= ESC_OPF_NO_CHANGE;
  lower_printed_addresses(call, info.source);
  if (!ml.has_body(decl))
    lower_address_numbers(call);
  bool known = esc_model_exists(m, name.c_str()) && !ml.is_disabled_builtin(decl);
  bool declared = !ml.has_body(decl);
  bool opaque = declared && DECL_IS_MALLOC(decl) && !known &&
                POINTER_TYPE_P(gimple_call_return_type(call)) && !ml.is_disabled_builtin(decl);
  EscValue dst = info.dst;
  if (opaque)
    info.dst = ESC_NONE;
  emit(info, call);
  if (opaque)
    lower_opaque_allocation(call, decl, source, dst == ESC_NONE ? new_value() : dst);
  store_result(call, dst);
  if (declared && known && reads_lines(decl) && gimple_call_num_args(call) >= 3)
    lower_line_buffer(call, decl, source);
}

// ---- addresses that are printed ---------------------------------------------------------------

// The characters of a constant string, narrow or wide.
static bool constant_text(tree value, std::string &text) {
  tree offset, size, decl;
  tree string = string_constant(value, &offset, &size, &decl);
  if (!string || !tree_fits_uhwi_p(offset))
    return false;
  auto width = size_t(int_size_in_bytes(TREE_TYPE(TREE_TYPE(string))));
  auto bytes = size_t(TREE_STRING_LENGTH(string));
  for (size_t at = tree_to_uhwi(offset); width && at + width <= bytes; at += width) {
    bool wide = false;
    for (size_t n = 1; n < width; ++n)
      wide |= TREE_STRING_POINTER(string)[at + n] != 0;
    char c = wide ? '?' : TREE_STRING_POINTER(string)[at];
    if (!c)
      break;
    text += c;
  }
  return true;
}

// What %p has printed, scanf makes a pointer again: printing an address is converting it. The last
// named argument of any variadic function may be a format that it hands on; so is what stands
// before a va_list. One that is not known here is taken to have no %p.
void body_lowering::lower_printed_addresses(gcall *call, EscSource source) {
  tree type = gimple_call_fntype(call), decl = gimple_call_fndecl(call);
  unsigned fixed = 0, nargs = gimple_call_num_args(call);
  for (tree arg = TYPE_ARG_TYPES(type); arg && arg != void_list_node; arg = TREE_CHAIN(arg))
    ++fixed;
  std::string name = decl ? linkage_name(decl) : std::string();
  bool takes_list = decl && !stdarg_p(type) && !ml.has_body(decl) && fixed >= 2 && nargs == fixed &&
                    (name[0] == 'v' || name.compare(0, 3, "__v") == 0);
  unsigned format_at = fixed - (takes_list ? 2 : 1);
  std::string format;
  if ((!stdarg_p(type) && !takes_list) || fixed == 0 || nargs <= format_at + 1 ||
      !constant_text(gimple_call_arg(call, format_at), format))
    return;
  std::vector<unsigned> printed;
  if (!printedAddresses(format, printed))
    for (unsigned n = format_at + 1; n < nargs; ++n)
      printed.push_back(n - format_at - 1);
  if (takes_list && !printed.empty())
    printed = {0};
  for (unsigned n : printed) {
    if (n + format_at + 1 >= nargs)
      continue;
    tree value = gimple_call_arg(call, n + format_at + 1);
    if (!is_aggregate(TREE_TYPE(value)))
      emit_leak(operand(value), ESC_REASON_INTEGER, source, call);
  }
}

// A library's function may make another number of one that it gets, or print it.
void body_lowering::lower_address_numbers(gcall *call) {
  for (unsigned n = 0; n < gimple_call_num_args(call); ++n)
    if (TREE_CODE(gimple_call_arg(call, n)) == SSA_NAME)
      lower_address_number(gimple_call_arg(call, n), call);
}

} // namespace escapement
