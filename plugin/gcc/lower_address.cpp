// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_address.cpp - computing with addresses: offsets, differences, and decisions by their bits.
//
// A known offset is a COPY with that range of bytes, a difference of two addresses a DIFF (nothing,
// when both are surely in one object), anything else a mix of its operands. A number that tells
// where an object is leaks the object when the program decides by it.
//
// NOT HERE  The range of an integer (number.cpp), all other statements (lower_body.cpp).
#include "lower_impl.h"
#include "number.h"

namespace escapement {

// ---- decisions ----------------------------------------------------------------------------------

static gassign *definition(tree name) {
  if (TREE_CODE(name) != SSA_NAME || SSA_NAME_IS_DEFAULT_DEF(name))
    return nullptr;
  return dyn_cast<gassign *>(SSA_NAME_DEF_STMT(name));
}

static bool is_pointer_cast(const gassign *def) {
  return CONVERT_EXPR_CODE_P(gimple_assign_rhs_code(def)) &&
         POINTER_TYPE_P(TREE_TYPE(gimple_assign_rhs1(def))) &&
         !POINTER_TYPE_P(TREE_TYPE(gimple_assign_lhs(def)));
}

// Is it the number of an address, perhaps converted further?
static bool is_address_number(tree name) {
  for (gassign *def = definition(name); def; def = definition(name)) {
    if (is_pointer_cast(def))
      return true;
    if (!CONVERT_EXPR_CODE_P(gimple_assign_rhs_code(def)) &&
        gimple_assign_rhs_code(def) != SSA_NAME)
      return false;
    name = gimple_assign_rhs1(def);
  }
  return false;
}

// Is it a number computed from the address of something? Alignment tests and differences of two
// addresses do not tell where it is.
static bool tells_address(tree name, unsigned depth = 0) {
  constexpr unsigned deepest = 8;
  gassign *def = definition(name);
  if (!def || POINTER_TYPE_P(TREE_TYPE(name)))
    return false;
  if (depth == deepest || is_pointer_cast(def))
    return true;
  tree_code code = gimple_assign_rhs_code(def);
  tree first = gimple_assign_rhs1(def), second = gimple_assign_rhs2(def);
  if (CONVERT_EXPR_CODE_P(code) || code == SSA_NAME)
    return tells_address(first, depth + 1);
  if (TREE_CODE_CLASS(code) != tcc_binary || code == POINTER_DIFF_EXPR)
    return TREE_CODE_CLASS(code) == tcc_unary && tells_address(first, depth + 1);
  // How the address itself is aligned; of a shifted one the low bits can be any bits.
  bool low_bits = code == BIT_AND_EXPR && TREE_CODE(second) == INTEGER_CST &&
                  wi::ltu_p(wi::to_wide(second), 4096);
  if ((low_bits || code == TRUNC_MOD_EXPR) && is_address_number(first))
    return false;
  bool tells_first = tells_address(first, depth + 1),
       tells_second = tells_address(second, depth + 1);
  return code == MINUS_EXPR ? tells_first != tells_second : tells_first || tells_second;
}

void body_lowering::lower_comparison(tree a, tree b, gimple *from) {
  if (!POINTER_TYPE_P(TREE_TYPE(a)) && !POINTER_TYPE_P(TREE_TYPE(b)))
    return lower_decision(a, b, from);
  emit_use(operand(a), from);
  emit_use(operand(b), from);
}

// A program that decides by the bits of an address can build the address again without any flow of
// values. A test for null and an order between two addresses tell too little for that.
void body_lowering::lower_decision(tree a, tree b, gimple *from) {
  bool first = tells_address(a), second = b && tells_address(b);
  bool null_test = b && integer_zerop(b) && is_address_number(a);
  if (first == second || null_test)
    return;
  emit_leak(operand(first ? a : b), ESC_REASON_INTEGER, 0, from);
}

// ---- differences --------------------------------------------------------------------------------

// The pointer that an address, or its number, was computed from.
static tree address_root(tree name) {
  for (unsigned depth = 0; depth < 32; ++depth) {
    gassign *def = definition(name);
    if (!def)
      return name;
    tree_code code = gimple_assign_rhs_code(def);
    if (code != POINTER_PLUS_EXPR && code != SSA_NAME && !CONVERT_EXPR_CODE_P(code))
      return name;
    if (CONVERT_EXPR_CODE_P(code) && POINTER_TYPE_P(TREE_TYPE(name)) &&
        !POINTER_TYPE_P(TREE_TYPE(gimple_assign_rhs1(def))))
      return name;
    name = gimple_assign_rhs1(def);
  }
  return name;
}

// Do both addresses come from one parameter? Then their difference is an offset in one object.
static bool same_object(tree a, tree b) {
  tree root = address_root(a);
  return root == address_root(b) && TREE_CODE(root) == SSA_NAME && SSA_NAME_IS_DEFAULT_DEF(root) &&
         SSA_NAME_VAR(root) && TREE_CODE(SSA_NAME_VAR(root)) == PARM_DECL;
}

void body_lowering::lower_arithmetic(gassign *stmt, EscValue dst) {
  tree_code code = gimple_assign_rhs_code(stmt);
  tree first = gimple_assign_rhs1(stmt), second = gimple_assign_rhs2(stmt);
  EscValue a = operand(first), b = second ? operand(second) : EscValue(ESC_NONE);
  if (dst == ESC_NONE) {
    emit_use(a, stmt);
    return emit_use(b, stmt);
  }
  int64_t lo, hi;
  bool adds = code == PLUS_EXPR || code == MINUS_EXPR;
  if (adds && offset_range(second, lo, hi)) {
    int64_t by = code == PLUS_EXPR ? lo : -lo;
    return emit_copy(dst, a, by, by, stmt);
  }
  if (code == MINUS_EXPR && is_address_number(first) && is_address_number(second) &&
      a != ESC_NONE && b != ESC_NONE) {
    if (same_object(first, second)) {
      emit_use(a, stmt);
      return emit_use(b, stmt);
    }
    EscOpInfo info = esc_op_info(ESC_OP_DIFF);
    info.dst = dst;
    info.a = a;
    info.b = b;
    emit(info, stmt);
    return;
  }
  std::vector<EscValue> operands;
  for (unsigned n = 1; n < gimple_num_ops(stmt); ++n)
    if (gimple_op(stmt, n))
      operands.push_back(operand(gimple_op(stmt, n)));
  if (POINTER_TYPE_P(TREE_TYPE(gimple_assign_lhs(stmt))) &&
      std::all_of(operands.begin(), operands.end(), [](EscValue v) { return v == ESC_NONE; }))
    operands.push_back(entry_world());
  emit_mix(dst, operands, stmt);
}

// ---- offsets ------------------------------------------------------------------------------------

void body_lowering::lower_pointer_plus(gassign *stmt, EscValue dst) {
  tree pointer = gimple_assign_rhs1(stmt), offset = gimple_assign_rhs2(stmt);
  EscValue base = operand(pointer);
  if (dst == ESC_NONE)
    return emit_use(base, stmt);
  if (base == ESC_NONE) { // (char *)0 + number: the number is the address
    EscValue number = operand(offset);
    return emit_mix(dst, {number, TREE_CODE(offset) == SSA_NAME ? entry_world() : number}, stmt);
  }
  int64_t lo, hi;
  if (offset_range(offset, lo, hi))
    emit_copy(dst, base, lo, hi, stmt);
  else
    emit_unknown_copy(dst, base, stmt);
}

} // namespace escapement
