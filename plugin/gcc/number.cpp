// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// number.cpp - see number.h.
#include "number.h"

namespace escapement {
namespace {

constexpr unsigned max_expression_depth = 8; // n * sizeof(T) + header needs four

// mul * parameter + add. Values of the parameter go to `max`; where the expression would wrap
// around it is no expression.
struct linear {
  uint32_t param = ESC_NONE;
  uint64_t mul = 1, add = 0, max = 0;
};

uint64_t largest(tree type) {
  unsigned bits = TYPE_PRECISION(type);
  return bits >= 64 ? UINT64_MAX : (uint64_t(1) << bits) - 1;
}

bool never_wraps(tree type) { return TYPE_OVERFLOW_UNDEFINED(type); }

bool scale(linear &l, uint64_t factor, tree type) {
  if (factor == 0 || factor >> 62)
    return false;
  uint64_t limit = largest(type);
  bool overflow = l.max > limit / factor;
  if ((overflow && !never_wraps(type)) || l.mul > UINT64_MAX / factor ||
      l.add > UINT64_MAX / factor)
    return false;
  l.mul *= factor;
  l.add *= factor;
  l.max = overflow ? limit : l.max * factor;
  return true;
}

bool shift(linear &l, uint64_t term, tree type) {
  if (term >> 62)
    return false;
  uint64_t limit = largest(type);
  bool overflow = l.max > limit - term;
  if ((overflow && !never_wraps(type)) || l.add > UINT64_MAX - term)
    return false;
  l.add += term;
  l.max = overflow ? limit : l.max + term;
  return true;
}

// A conversion keeps the value, or the parameter's own bits are extended.
bool widens(tree to, tree from) {
  return INTEGRAL_TYPE_P(to) && INTEGRAL_TYPE_P(from) && TYPE_PRECISION(to) >= TYPE_PRECISION(from);
}

bool linear_of(tree value, linear &l, const std::map<tree, uint32_t> &params, unsigned depth) {
  if (depth == 0 || TREE_CODE(value) != SSA_NAME || !INTEGRAL_TYPE_P(TREE_TYPE(value)) ||
      TYPE_PRECISION(TREE_TYPE(value)) > 64)
    return false;
  if (SSA_NAME_IS_DEFAULT_DEF(value)) {
    auto it = params.find(SSA_NAME_VAR(value));
    if (it == params.end() || TYPE_PRECISION(TREE_TYPE(value)) < 32)
      return false; // narrower ones come extended by rules of the ABI
    l = {it->second, 1, 0, largest(TREE_TYPE(value))};
    return true;
  }
  auto *def = dyn_cast<gassign *>(SSA_NAME_DEF_STMT(value));
  if (!def)
    return false;
  tree type = TREE_TYPE(value), first = gimple_assign_rhs1(def), second = gimple_assign_rhs2(def);
  switch (gimple_assign_rhs_code(def)) {
  case SSA_NAME:
    return linear_of(first, l, params, depth - 1);
  CASE_CONVERT:
    return widens(type, TREE_TYPE(first)) && linear_of(first, l, params, depth - 1);
  case MULT_EXPR:
    return tree_fits_uhwi_p(second) && linear_of(first, l, params, depth - 1) &&
           scale(l, tree_to_uhwi(second), type);
  case PLUS_EXPR:
    return tree_fits_uhwi_p(second) && linear_of(first, l, params, depth - 1) &&
           shift(l, tree_to_uhwi(second), type);
  case LSHIFT_EXPR:
    return tree_fits_uhwi_p(second) && tree_to_uhwi(second) + 1 < TYPE_PRECISION(type) &&
           linear_of(first, l, params, depth - 1) &&
           scale(l, uint64_t(1) << tree_to_uhwi(second), type);
  default:
    return false;
  }
}

void narrow_by_range(tree value, gimple *at, EscNumber &n) {
  value_range range;
  if (get_range_query(cfun) == get_global_range_query())
    enable_ranger(cfun); // body_lowering::run ends it
  range_query *query = get_range_query(cfun);
  if (!query->range_of_expr(range, value, at) || range.undefined_p() || range.varying_p())
    return;
  // As the allocator sees it: a negative number is an enormous one.
  wide_int low = range.lower_bound(), high = range.upper_bound();
  if (wi::neg_p(low, TYPE_SIGN(TREE_TYPE(value))) || wi::min_precision(high, UNSIGNED) > 64)
    return;
  n.lo = low.to_uhwi();
  n.hi = high.to_uhwi();
}

} // namespace

EscNumber number_of(tree value, gimple *at, const std::map<tree, uint32_t> &params) {
  EscNumber n = esc_number_unknown();
  if (!INTEGRAL_TYPE_P(TREE_TYPE(value)))
    return n;
  if (TREE_CODE(value) == INTEGER_CST)
    return tree_fits_uhwi_p(value) ? esc_number_constant(tree_to_uhwi(value)) : n;
  if (TREE_CODE(value) != SSA_NAME || TYPE_PRECISION(TREE_TYPE(value)) > 64)
    return n;
  if (at)
    narrow_by_range(value, at, n);
  linear l;
  if (linear_of(value, l, params, max_expression_depth)) {
    n.param = l.param;
    n.mul = l.mul;
    n.add = l.add;
  }
  return n;
}

bool offset_range(tree value, int64_t &lo, int64_t &hi) {
  constexpr int64_t largest_offset = int64_t(1) << 48;
  if (TREE_CODE(value) != INTEGER_CST)
    return false;
  // An offset is unsigned for GCC, whatever it means: -8 is a large number.
  wide_int n = wi::to_wide(value);
  if (wi::min_precision(n, SIGNED) > 48)
    return false;
  lo = hi = n.to_shwi();
  return lo > -largest_offset && hi < largest_offset;
}

} // namespace escapement
