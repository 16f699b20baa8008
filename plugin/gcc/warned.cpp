// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// warned.cpp - see warned.h.
//
// One walk over everything that is copied from the call's result gathers what is done with it; then
// each kind of misuse is a question about that. What comes through memory or a merge is not
// followed: it counts as done right.
#include "warned.h"
#include "number.h"

namespace escapement {
namespace {

struct pointer_copy {
  tree name;
  int64_t offset; // from the object's beginning
  bool exact;     // the offset is known
};

struct access {
  int64_t lo, hi;
};

// `free`, or a function of one straight line of blocks that frees what it is given.
bool is_free_of(const gcall *call, unsigned arg, bool inner = false) {
  tree decl = gimple_call_fndecl(call);
  if (gimple_call_builtin_p(call, BUILT_IN_FREE))
    return arg == 0;
  ::function *fun = decl ? DECL_STRUCT_FUNCTION(decl) : nullptr;
  if (inner || !fun || !fun->cfg || !gimple_in_ssa_p(fun) || n_basic_blocks_for_fn(fun) > 4)
    return false;
  tree param = DECL_ARGUMENTS(decl);
  for (unsigned n = 0; param && n < arg; ++n)
    param = DECL_CHAIN(param);
  tree name = param && is_gimple_reg(param) ? ssa_default_def(fun, param) : NULL_TREE;
  basic_block bb;
  FOR_EACH_BB_FN(bb, fun) {
    if (!single_succ_p(bb))
      return false;
    for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
      if (auto *inner_call = dyn_cast<gcall *>(gsi_stmt(gsi)))
        if (name && gimple_call_num_args(inner_call) && gimple_call_arg(inner_call, 0) == name &&
            is_free_of(inner_call, 0, /*inner=*/true))
          return true;
  }
  return false;
}

bool is_comparison(const gimple *stmt) {
  return is_a<const gcond *>(stmt) ||
         (is_gimple_assign(stmt) &&
          TREE_CODE_CLASS(gimple_assign_rhs_code(stmt)) == tcc_comparison);
}

// How many bytes a function of the library is sure to touch behind this argument; 0: not known.
int64_t touched_bytes(const gcall *call, unsigned arg) {
  if (!gimple_call_builtin_p(call, BUILT_IN_NORMAL))
    return 0;
  tree length = NULL_TREE;
  switch (DECL_FUNCTION_CODE(gimple_call_fndecl(call))) {
  case BUILT_IN_MEMCPY:
  case BUILT_IN_MEMMOVE:
  case BUILT_IN_MEMPCPY:
    length = gimple_call_arg(call, 2);
    break;
  case BUILT_IN_MEMSET:
  case BUILT_IN_STRNCPY:
  case BUILT_IN_STPNCPY:
    length = arg == 0 ? gimple_call_arg(call, 2) : NULL_TREE;
    break;
  case BUILT_IN_STRCPY:
  case BUILT_IN_STPCPY:
    if (const char *text = arg == 0 ? c_getstr(gimple_call_arg(call, 1)) : nullptr)
      return int64_t(strlen(text)) + 1;
    break;
  default:
    break;
  }
  return length && tree_fits_shwi_p(length) ? tree_to_shwi(length) : 0;
}

class uses {
public:
  explicit uses(tree result) {
    add({result, 0, true});
    for (size_t i = 0; i < copies.size(); ++i) {
      gimple *stmt;
      imm_use_iterator it;
      const pointer_copy from = copies[i]; // `copies` grows
      FOR_EACH_IMM_USE_STMT(stmt, it, from.name)
      if (!is_gimple_debug(stmt) && !gimple_clobber_p(stmt))
        look(stmt, from);
    }
  }

  bool is_used_after_free() const;
  bool is_freed_inside() const { return freed_inside; }
  bool goes_to_other_deallocator() const { return other_deallocator; }
  bool is_outside(uint64_t bytes) const;
  bool reads_what_nobody_writes() const;

private:
  void add(const pointer_copy &c) {
    for (const pointer_copy &known : copies)
      if (known.name == c.name)
        return;
    copies.push_back(c);
  }
  void look(gimple *stmt, const pointer_copy &from);
  void look_at_assign(gassign *stmt, const pointer_copy &from);
  void look_at_call(gcall *call, const pointer_copy &from);
  bool reaches(tree ref, const pointer_copy &from, access &a) const;
  bool is_through(tree ref, tree name) const {
    tree base = get_base_address(ref);
    return base && TREE_CODE(base) == MEM_REF && TREE_OPERAND(base, 0) == name;
  }

  std::vector<pointer_copy> copies;
  std::vector<gimple *> frees;
  std::set<gimple *> touches;        // what needs the pointer to be valid
  std::vector<access> reads, writes; // of a call that may do either: reads
  bool written_unseen = false;
  bool freed_inside = false, other_deallocator = false;
};

void uses::look(gimple *stmt, const pointer_copy &from) {
  if (is_comparison(stmt))
    return;
  if (is_a<gphi *>(stmt)) {
    written_unseen = true;
    return;
  }
  touches.insert(stmt);
  if (auto *assign = dyn_cast<gassign *>(stmt))
    look_at_assign(assign, from);
  else if (auto *call = dyn_cast<gcall *>(stmt))
    look_at_call(call, from);
  else
    written_unseen = true;
}

bool uses::reaches(tree ref, const pointer_copy &from, access &a) const {
  poly_int64 offset;
  HOST_WIDE_INT at;
  tree base = get_addr_base_and_unit_offset(ref, &offset);
  tree size = TYPE_SIZE_UNIT(TREE_TYPE(ref));
  if (!base || TREE_CODE(base) != MEM_REF || TREE_OPERAND(base, 0) != from.name || !from.exact ||
      !(offset + mem_ref_offset(base).force_shwi()).is_constant(&at) || !size ||
      !tree_fits_shwi_p(size))
    return false;
  a = {from.offset + at, from.offset + at + tree_to_shwi(size)};
  return true;
}

void uses::look_at_assign(gassign *stmt, const pointer_copy &from) {
  tree lhs = gimple_assign_lhs(stmt), rhs = gimple_assign_rhs1(stmt);
  tree_code code = gimple_assign_rhs_code(stmt);
  access a;
  bool is_pointer = TREE_CODE(lhs) == SSA_NAME && POINTER_TYPE_P(TREE_TYPE(lhs));
  if (is_pointer && rhs == from.name && (code == SSA_NAME || CONVERT_EXPR_CODE_P(code))) {
    add({lhs, from.offset, from.exact});
  } else if (is_pointer && rhs == from.name && code == POINTER_PLUS_EXPR) {
    int64_t lo = 0, hi = 0;
    bool known = offset_range(gimple_assign_rhs2(stmt), lo, hi) && lo == hi;
    add({lhs, from.offset + lo, from.exact && known});
  } else if (is_pointer && code == ADDR_EXPR && is_through(TREE_OPERAND(rhs, 0), from.name)) {
    bool known = reaches(TREE_OPERAND(rhs, 0), from, a);
    add({lhs, known ? a.lo : 0, known});
  } else if (gimple_assign_load_p(stmt) && is_through(rhs, from.name)) {
    if (reaches(rhs, from, a))
      reads.push_back(a);
    written_unseen |= TREE_CODE(lhs) != SSA_NAME && is_through(lhs, from.name);
  } else if (gimple_store_p(stmt) && is_through(lhs, from.name) && rhs != from.name) {
    if (reaches(lhs, from, a))
      writes.push_back(a);
    else
      written_unseen = true;
  } else {
    written_unseen = true;
  }
}

void uses::look_at_call(gcall *call, const pointer_copy &from) {
  tree decl = gimple_call_fndecl(call);
  for (unsigned n = 0; n < gimple_call_num_args(call); ++n) {
    if (gimple_call_arg(call, n) != from.name)
      continue;
    if (is_free_of(call, n)) {
      frees.push_back(call);
      freed_inside |= from.exact && from.offset != 0;
    } else {
      written_unseen = true;
      if (int64_t bytes = from.exact ? touched_bytes(call, n) : 0)
        reads.push_back({from.offset, from.offset + bytes});
    }
    // A library's own: a program's may be no more than a name for free.
    other_deallocator |= decl && !fndecl_built_in_p(decl) && DECL_EXTERNAL(decl) &&
                         lookup_attribute("*dealloc", DECL_ATTRIBUTES(decl)) != NULL_TREE &&
                         n == fndecl_dealloc_argno(decl);
  }
}

// In a block, or in all that it dominates: every way there leads through the free. The call that
// made the object is not between, because it dominates the free itself.
bool uses::is_used_after_free() const {
  if (frees.empty() || touches.size() < 2)
    return false;
  calculate_dominance_info(CDI_DOMINATORS); // once for the function
  bool after = false;
  for (gimple *free : frees) {
    basic_block bb = gimple_bb(free);
    for (gimple *stmt : touches)
      after |= gimple_bb(stmt) != bb && dominated_by_p(CDI_DOMINATORS, gimple_bb(stmt), bb);
    gimple_stmt_iterator gsi = gsi_for_stmt(free);
    for (gsi_next(&gsi); !gsi_end_p(gsi); gsi_next(&gsi))
      after |= touches.count(gsi_stmt(gsi)) != 0;
  }
  return after;
}

bool uses::is_outside(uint64_t bytes) const {
  if (bytes > uint64_t(INT64_MAX))
    return false;
  for (const std::vector<access> *all : {&reads, &writes})
    for (const access &a : *all)
      if (a.lo < 0 || a.hi > int64_t(bytes))
        return true;
  return false;
}

bool uses::reads_what_nobody_writes() const {
  if (written_unseen)
    return false;
  return std::any_of(reads.begin(), reads.end(), [this](const access &r) {
    return std::none_of(writes.begin(), writes.end(),
                        [&](const access &w) { return w.lo < r.hi && r.lo < w.hi; });
  });
}

} // namespace

const char *misuse_of(const gcall *call, uint64_t bytes, bool garbage) {
  tree result = gimple_call_lhs(call);
  if (!result || TREE_CODE(result) != SSA_NAME || !POINTER_TYPE_P(TREE_TYPE(result)))
    return nullptr;
  uses u(result);
  if (u.is_freed_inside())
    return "freed at an address inside it";
  if (u.goes_to_other_deallocator())
    return "given back by a function of another allocator";
  if (u.is_outside(bytes))
    return "used beyond its bounds";
  if (garbage && u.reads_what_nobody_writes())
    return "read where nobody writes";
  return u.is_used_after_free() ? "used after it is freed" : nullptr;
}

} // namespace escapement
