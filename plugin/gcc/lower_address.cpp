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
bool is_address_number(tree name) {
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

namespace {

// Is a number computed from the address of something? Alignment tests and differences of two
// addresses do not tell where it is. What is asked for already adds nothing (a round of a loop).
class address_teller {
public:
  explicit address_teller(unsigned &steps) : steps(steps) {}

  bool tells(tree name) {
    while (handled_component_p(name)) // a part of a register
      name = TREE_OPERAND(name, 0);
    if (TREE_CODE(name) != SSA_NAME || SSA_NAME_IS_DEFAULT_DEF(name) ||
        POINTER_TYPE_P(TREE_TYPE(name)) || !asked.insert(name).second)
      return false;
    if (++steps > most_steps)
      return true;
    gimple *def = SSA_NAME_DEF_STMT(name);
    if (auto *assign = dyn_cast<gassign *>(def))
      return tells_assign(assign);
    if (auto *phi = dyn_cast<gphi *>(def))
      for (unsigned n = 0; n < gimple_phi_num_args(phi); ++n)
        if (tells(gimple_phi_arg_def(phi, n)))
          return true;
    auto *call = dyn_cast<gcall *>(def);
    bool computes = call && (gimple_call_internal_p(call) || gimple_call_flags(call) & ECF_CONST);
    for (unsigned n = 0; computes && n < gimple_call_num_args(call); ++n)
      if (tells(gimple_call_arg(call, n)))
        return true;
    return false;
  }

private:
  static constexpr unsigned most_steps = 200; // longer sums are taken to tell

  bool tells_assign(gassign *def) {
    if (is_pointer_cast(def))
      return true;
    tree_code code = gimple_assign_rhs_code(def);
    tree first = gimple_assign_rhs1(def), second = gimple_assign_rhs2(def);
    if (gimple_assign_load_p(def) || code == POINTER_DIFF_EXPR ||
        TREE_CODE_CLASS(code) == tcc_comparison)
      return false;
    if (TREE_CODE(first) == CONSTRUCTOR) {
      unsigned HOST_WIDE_INT i;
      tree part;
      FOR_EACH_CONSTRUCTOR_VALUE(CONSTRUCTOR_ELTS(first), i, part)
      if (tells(part))
        return true;
      return false;
    }
    // How the address itself is aligned; of a shifted one the low bits can be any bits.
    bool low_bits = code == BIT_AND_EXPR && TREE_CODE(second) == INTEGER_CST &&
                    wi::ltu_p(wi::to_wide(second), 4096);
    if ((low_bits || code == TRUNC_MOD_EXPR) && is_address_number(first))
      return false;
    if (code == MINUS_EXPR) {
      address_teller other(*this); // each side may lead through what the other does
      return tells(first) != other.tells(second);
    }
    for (unsigned n = 1; n < gimple_num_ops(def); ++n)
      if (gimple_op(def, n) && tells(gimple_op(def, n)))
        return true;
    return false;
  }

  unsigned &steps;
  std::set<tree> asked;
};

} // namespace

static bool tells_address(tree name) {
  unsigned steps = 0;
  return address_teller(steps).tells(name);
}

// Where a number comes from elsewhere: an argument, the result of a call, what lies in memory. It
// may be one of an address, or its bytes: only the analysis can tell.
static bool comes_from_elsewhere(tree name) {
  gimple *def = SSA_NAME_DEF_STMT(name);
  if (SSA_NAME_IS_DEFAULT_DEF(name) || gimple_code(def) == GIMPLE_ASM || gimple_assign_load_p(def))
    return true;
  return is_gimple_call(def) && !gimple_call_internal_p(def);
}

// The program decides by `number`. The numbers of elsewhere that it is computed from are collected.
void body_lowering::decide_by(tree number) {
  std::vector<tree> work = {number};
  while (!work.empty()) {
    tree name = work.back();
    work.pop_back();
    while (handled_component_p(name)) // a part of a register
      name = TREE_OPERAND(name, 0);
    if (TREE_CODE(name) != SSA_NAME || POINTER_TYPE_P(TREE_TYPE(name)) ||
        !decided_seen.insert(name).second)
      continue;
    // It is a part of the promise of a whole program that this tells nothing of addresses.
    gimple *made = SSA_NAME_DEF_STMT(name);
    if (ml.closed && is_gimple_call(made) && !gimple_call_internal_p(made) &&
        !gimple_call_fndecl(made))
      continue;
    if (comes_from_elsewhere(name)) {
      if (EscValue v = operand(name); v != ESC_NONE)
        decided.push_back(v);
      if (!is_gimple_call(SSA_NAME_DEF_STMT(name)) ||
          !(gimple_call_flags(SSA_NAME_DEF_STMT(name)) & ECF_CONST))
        continue; // a const function's result is made of its numbers
    }
    gimple *def = SSA_NAME_DEF_STMT(name);
    auto *assign = dyn_cast<gassign *>(def);
    if (auto *phi = dyn_cast<gphi *>(def))
      for (unsigned n = 0; n < gimple_phi_num_args(phi); ++n)
        work.push_back(gimple_phi_arg_def(phi, n));
    else if (!assign || TREE_CODE_CLASS(gimple_assign_rhs_code(assign)) != tcc_comparison)
      for (unsigned n = 1; n < gimple_num_ops(def); ++n)
        if (gimple_op(def, n))
          work.push_back(gimple_op(def, n));
    if (assign && TREE_CODE(gimple_assign_rhs1(assign)) == CONSTRUCTOR) {
      unsigned HOST_WIDE_INT i;
      tree part;
      FOR_EACH_CONSTRUCTOR_VALUE(CONSTRUCTOR_ELTS(gimple_assign_rhs1(assign)), i, part)
      work.push_back(part);
    }
  }
}

// One leak for all of them: most hold no address, and the analysis then has little to do.
void body_lowering::leak_decided() {
  if (decided.empty())
    return;
  EscOpInfo info = esc_op_info(ESC_OP_LEAK);
  info.a = decided[0];
  if (decided.size() > 1) {
    info.a = new_value();
    emit_merge(info.a, decided, nullptr);
  }
  info.index = ESC_REASON_INTEGER;
  info.flags = ESC_OPF_NARROW; // nothing else is kept of them
  emit(info, nullptr);
}

// A number that a function gets may come back as another one, or be decided by there.
void body_lowering::lower_address_number(tree number, gimple *from) {
  decide_by(number);
  if (!POINTER_TYPE_P(TREE_TYPE(number)) && tells_address(number))
    emit_leak(operand(number), ESC_REASON_INTEGER, 0, from);
}

void body_lowering::lower_comparison(tree a, tree b, gimple *from) {
  if (!POINTER_TYPE_P(TREE_TYPE(a)) && !POINTER_TYPE_P(TREE_TYPE(b)))
    return lower_decision(a, b, from);
  // One pointer made of a number is a question where the other is.
  for (bool swap : {false, true}) {
    gassign *number = definition(swap ? a : b);
    tree asked = swap ? b : a;
    if (number && CONVERT_EXPR_CODE_P(gimple_assign_rhs_code(number)) &&
        !POINTER_TYPE_P(TREE_TYPE(gimple_assign_rhs1(number))))
      emit_leak(operand(asked), ESC_REASON_INTEGER, 0, from);
    else
      emit_use(operand(asked), from);
  }
}

// A program that decides by the bits of an address can build the address again without any flow of
// values. A test for null and an order between two addresses tell too little for that.
void body_lowering::lower_decision(tree a, tree b, gimple *from) {
  decide_by(a);
  if (b)
    decide_by(b);
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

// Is it a number of an address, or a distance between two, perhaps scaled?
static bool made_of_address(tree number) {
  for (unsigned steps = 0; steps < 8; ++steps) {
    gassign *def = definition(number);
    if (!def)
      break;
    tree_code code = gimple_assign_rhs_code(def);
    if (is_pointer_cast(def) || (code == MINUS_EXPR && is_address_number(gimple_assign_rhs2(def))))
      return true;
    if (!CONVERT_EXPR_CODE_P(code) && TREE_CODE_CLASS(code) != tcc_binary)
      break;
    number = gimple_assign_rhs1(def);
  }
  return tells_address(number);
}

void body_lowering::lower_pointer_plus(gassign *stmt, EscValue dst) {
  tree pointer = gimple_assign_rhs1(stmt), offset = gimple_assign_rhs2(stmt);
  EscValue base = operand(pointer);
  if (dst == ESC_NONE)
    return emit_use(base, stmt);
  if (base == ESC_NONE) { // (char *)0 + number: the number is the address
    EscValue number = operand(offset);
    return emit_mix(dst, {number, TREE_CODE(offset) == SSA_NAME ? entry_world() : number}, stmt);
  }
  decide_by(offset);
  // An offset made of an address, from another base, makes that address again; one that tells where
  // an object is chooses by it.
  if (EscValue number = operand(offset); number != ESC_NONE && made_of_address(offset)) {
    lower_address_number(offset, stmt);
    return emit_mix(dst, {base, number}, stmt);
  }
  int64_t lo, hi;
  if (offset_range(offset, lo, hi))
    emit_copy(dst, base, lo, hi, stmt);
  else
    emit_unknown_copy(dst, base, stmt);
}

} // namespace escapement
