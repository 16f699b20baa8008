// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_memory.cpp - memory references: loads, stores, and copies of whole objects.
//
// GCC says of a reference which object or pointer it is based on, and which bits of that it may
// mean (get_ref_base_and_extent). An index that is no constant lies in its array, as C has it.
//
// INVARIANT  A range of bytes that is not proved is any: a range is a promise to the analysis.
//
// NOT HERE  Computing with addresses (lower_address.cpp).
#include "lower_impl.h"

namespace escapement {

// ---- locals -------------------------------------------------------------------------------------

EscLocal body_lowering::new_local(uint64_t bytes, const std::string &name, const place &at) {
  return esc_local(m, id, bytes, name.empty() ? nullptr : name.c_str(),
                   name.empty() ? 0 : ml.where.named(m, at, name));
}

static bool is_compound_literal(tree decl) {
  return VAR_P(decl) && !DECL_NAME(decl) && compat::is_compound_literal(decl);
}

EscLocal body_lowering::local(tree decl) {
  auto known = locals.find(decl);
  if (known != locals.end())
    return known->second;
  tree size = DECL_SIZE_UNIT(decl);
  uint64_t bytes = size && tree_fits_uhwi_p(size) ? tree_to_uhwi(size) : ESC_SIZE_UNKNOWN;
  std::string name;
  if (is_compound_literal(decl))
    name = "compound literal";
  else if (DECL_NAME(decl) && !DECL_ARTIFICIAL(decl))
    name = IDENTIFIER_POINTER(DECL_NAME(decl));
  EscLocal l = new_local(bytes, name, ml.where.at(DECL_SOURCE_LOCATION(decl)));
  lf.locals.resize(std::max<size_t>(lf.locals.size(), l + 1), NULL_TREE);
  lf.locals[l] = decl;
  return locals[decl] = l;
}

// ---- references ---------------------------------------------------------------------------------

memory body_lowering::memory_of(tree ref) {
  memory at;
  if (TREE_CODE(ref) == WITH_SIZE_EXPR)
    ref = TREE_OPERAND(ref, 0);
  // A table that is read where the bits of an address say.
  for (tree part = ref; handled_component_p(part); part = TREE_OPERAND(part, 0))
    if (TREE_CODE(part) == ARRAY_REF && TREE_CODE(TREE_OPERAND(part, 1)) == SSA_NAME)
      lower_address_number(TREE_OPERAND(part, 1), nullptr);
  poly_int64 poly_offset, poly_size, poly_max;
  bool reverse;
  tree base = get_ref_base_and_extent(ref, &poly_offset, &poly_size, &poly_max, &reverse);
  HOST_WIDE_INT offset, size, max;
  bool known = poly_offset.is_constant(&offset) && poly_size.is_constant(&size) &&
               poly_max.is_constant(&max);
  if (TREE_CODE(base) == MEM_REF) {
    at.base = operand(TREE_OPERAND(base, 0));
    offset_int more;
    if (!mem_ref_offset(base).is_constant(&more) || !wi::fits_shwi_p(more) ||
        more.to_shwi() > (int64_t(1) << 48) || more.to_shwi() < -(int64_t(1) << 48))
      known = false;
    else if (known)
      offset += more.to_shwi() * BITS_PER_UNIT;
  } else if (TREE_CODE(base) == TARGET_MEM_REF) {
    std::vector<EscValue> parts = {operand(TMR_BASE(base))};
    if (TMR_INDEX(base))
      parts.push_back(operand(TMR_INDEX(base)));
    if (TMR_INDEX2(base))
      parts.push_back(operand(TMR_INDEX2(base)));
    at.base = new_value();
    emit_mix(at.base, parts, nullptr);
    known = false;
  } else if (DECL_P(base) || TREE_CODE(base) == STRING_CST) {
    at.base = decl_value(base);
  } else {
    at.base = entry_world();
    known = false;
  }
  if (!known || size < 0) {
    at.lo = ESC_OFFSET_MIN;
    at.hi = ESC_OFFSET_MAX;
    return at;
  }
  at.lo = offset >> LOG2_BITS_PER_UNIT; // rounds down, also below 0
  HOST_WIDE_INT end = (offset + size + BITS_PER_UNIT - 1) >> LOG2_BITS_PER_UNIT;
  HOST_WIDE_INT width = end - at.lo;
  at.width = width > 0 && width <= HOST_WIDE_INT(UINT32_MAX) ? uint32_t(width) : 0;
  if (max < 0)
    at.hi = ESC_OFFSET_MAX;
  else
    at.hi = at.lo + ((max - size) >> LOG2_BITS_PER_UNIT);
  if (at.hi < at.lo)
    at.hi = at.lo;
  return at;
}

EscValue body_lowering::address_of(tree ref, gimple *from) {
  if (DECL_P(ref) || TREE_CODE(ref) == STRING_CST)
    return decl_value(ref);
  if (TREE_CODE(ref) == SSA_NAME)
    return entry_world();
  memory at = memory_of(ref);
  if (at.base == ESC_NONE)
    return ESC_NONE;
  // The address behind the last element is one too, and one may count back from there.
  if (at.lo != at.hi && at.hi < ESC_OFFSET_MAX)
    at.hi = at.width ? at.hi + at.width : ESC_OFFSET_MAX;
  EscValue v = new_value();
  emit_copy(v, at.base, at.lo, at.hi, from);
  return v;
}

// GCC makes one access of a small memcpy: raw bytes, whatever type it has.
static bool is_raw(tree ref) {
  return TREE_CODE(ref) == MEM_REF && TYPE_REF_CAN_ALIAS_ALL(TREE_TYPE(TREE_OPERAND(ref, 1)));
}

// Whatever is not typed as a pointer counts as a number for the lines about parameters; as a flow
// it counts all the same.
static uint32_t access_flags(tree ref) {
  tree type = TREE_TYPE(ref);
  uint32_t flags = TREE_THIS_VOLATILE(ref) ? uint32_t(ESC_OPF_VOLATILE) : 0;
  if (TREE_CODE(type) == VECTOR_TYPE)
    type = TREE_TYPE(type);
  if ((INTEGRAL_TYPE_P(type) || SCALAR_FLOAT_TYPE_P(type)) && !is_raw(ref))
    flags |= ESC_OPF_NARROW;
  return flags;
}

void body_lowering::emit_load(EscValue dst, const memory &at, uint32_t flags, gimple *from) {
  if (dst == ESC_NONE || at.base == ESC_NONE)
    return emit_use(at.base, from);
  EscOpInfo info = esc_op_info(ESC_OP_LOAD);
  info.dst = dst;
  info.a = at.base;
  info.lo = at.lo;
  info.hi = at.hi;
  info.width = at.width;
  info.flags = flags;
  emit(info, from);
}

void body_lowering::emit_load(EscValue dst, tree ref, gimple *from) {
  emit_load(dst, memory_of(ref), access_flags(ref), from);
}

void body_lowering::emit_store(const memory &at, EscValue value, uint32_t flags, EscSource source,
                               gimple *from) {
  if (at.base == ESC_NONE) // through NULL, or an address no object has
    return;
  EscOpInfo info = esc_op_info(ESC_OP_STORE);
  info.a = at.base;
  info.b = value;
  info.lo = at.lo;
  info.hi = at.hi;
  info.width = at.width;
  info.flags = flags;
  info.source = source;
  emit(info, from);
}

void body_lowering::emit_store(tree ref, EscValue value, gimple *from) {
  EscSource source = value == ESC_NONE ? 0 : ml.where.assignment(m, gimple_location(from));
  emit_store(memory_of(ref), value, access_flags(ref), source, from);
}

// ---- whole objects ------------------------------------------------------------------------------

// Characters can be bytes of anything, and a union shows what was stored as something else.
static bool may_copy_pointer(tree type, unsigned depth = 0) {
  if (POINTER_TYPE_P(type) || depth > 64 || TREE_CODE(type) == UNION_TYPE)
    return true;
  if (TREE_CODE(type) == ARRAY_TYPE)
    return may_copy_pointer(TREE_TYPE(type), depth);
  if (INTEGRAL_TYPE_P(type))
    return TYPE_PRECISION(type) <= CHAR_TYPE_SIZE;
  if (TREE_CODE(type) != RECORD_TYPE)
    return false;
  for (tree field = TYPE_FIELDS(type); field; field = DECL_CHAIN(field))
    if (TREE_CODE(field) == FIELD_DECL && may_copy_pointer(TREE_TYPE(field), depth + 1))
      return true;
  return false;
}

void body_lowering::emit_move(tree to, tree from_ref, gimple *from) {
  EscOpInfo info = esc_op_info(ESC_OP_MOVE);
  info.a = address_of(to, from);
  info.b = address_of(from_ref, from);
  if (info.a == ESC_NONE || info.b == ESC_NONE) {
    emit_use(info.a, from);
    return emit_use(info.b, from);
  }
  HOST_WIDE_INT bytes = int_size_in_bytes(TREE_TYPE(to));
  info.lo = bytes < 0 ? 0 : bytes;
  info.hi = bytes < 0 ? ESC_OFFSET_MAX : bytes;
  if (!may_copy_pointer(TREE_TYPE(to)))
    info.flags |= ESC_OPF_NARROW;
  info.source = ml.where.assignment(m, gimple_location(from));
  if (!info.source) // a struct that is returned, or passed
    info.source = ml.where.named(m, gimple_location(from), "a struct");
  emit(info, from);
}

// A struct that is passed by value: the callee gets the address of a copy.
EscValue body_lowering::copy_for_call(tree ref, gimple *from) {
  HOST_WIDE_INT bytes = int_size_in_bytes(TREE_TYPE(ref));
  EscOpInfo made = esc_op_info(ESC_OP_LOCAL);
  made.index = new_local(bytes < 0 ? ESC_SIZE_UNKNOWN : uint64_t(bytes), "", place());
  made.dst = new_value();
  emit(made, from);
  EscOpInfo copied = esc_op_info(ESC_OP_MOVE);
  copied.a = made.dst;
  copied.b = address_of(TREE_CODE(ref) == WITH_SIZE_EXPR ? TREE_OPERAND(ref, 0) : ref, from);
  copied.lo = bytes < 0 ? 0 : bytes;
  copied.hi = bytes < 0 ? ESC_OFFSET_MAX : bytes;
  copied.source = ml.where.named(m, gimple_location(from), "a struct");
  if (copied.b != ESC_NONE)
    emit(copied, from);
  return made.dst;
}

} // namespace escapement
