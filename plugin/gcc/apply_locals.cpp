// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply_locals.cpp - heap-locals: a local whose address outlives its function becomes an object of
// the heap, a new one for each life of the variable.
//
//     int x; ... p = &x;      x.heap = malloc(sizeof x); if (!x.heap) trap; ... p = x.heap;
//
// The address is kept in a cell of the frame that GCC turns into registers. GIMPLE marks where a
// variable's life ends (a clobber) and not where it begins. A life begins in the block nearest to
// all uses that every use lies behind and that control comes back to only past such an end; where
// there is no such block, at the entry of the function and at each end.
//
// Running out of memory cannot be reported to anyone here: the program traps, as it would on a
// stack overflow.
//
// NOT HERE  Variable-length arrays, alloca(n), variables in inline assembly: left alone. When to do
// it at all (Options::HeapLocals).
#include "Lines.h"
#include "plan.h"

namespace escapement {
namespace {

constexpr uint64_t malloc_align = 16;

// ---- what mentions the variable -----------------------------------------------------------------

struct mention {
  tree var;
  bool found;
};

tree find_mention(tree *op, int *, void *info) {
  auto *m = static_cast<mention *>(static_cast<walk_stmt_info *>(info)->info);
  if (*op == m->var)
    m->found = true;
  return NULL_TREE;
}

bool mentions_in(tree expression, tree var) {
  mention m{var, false};
  walk_stmt_info info = {};
  info.info = &m;
  walk_tree(&expression, find_mention, &info, nullptr);
  return m.found;
}

bool mentions(gimple *stmt, tree var) {
  mention m{var, false};
  walk_stmt_info info = {};
  info.info = &m;
  walk_gimple_op(stmt, find_mention, &info);
  return m.found;
}

bool is_end(gimple *stmt, tree var) {
  return gimple_clobber_p(stmt) && gimple_assign_lhs(stmt) == var;
}

// ---- one variable -------------------------------------------------------------------------------

class local_move {
public:
  local_move(tree var, apply_state &state) : var(var), state(state) {}

  bool run() {
    if (!is_plain() || !collect() || uses.empty())
      return false;
    basic_block start = TREE_CODE(var) == PARM_DECL ? nullptr : start_of_life();
    // All iterations of a loop would share the one object.
    if (!start && is_unnamed() && in_cycle)
      return false;
    cell = create_tmp_var(build_pointer_type(TREE_TYPE(var)), "esc_heap");
    TREE_ADDRESSABLE(cell) = 1; // a variable in memory, until GCC sees that it need not be
    for (gimple *stmt : uses)
      rewrite(stmt);
    bool at_ends = !start && TREE_CODE(var) != PARM_DECL;
    for (gimple *end : ends)
      remove_end(end, at_ends);
    if (start) {
      gimple_stmt_iterator gsi = gsi_after_labels(start);
      emit_object(mark_before(&gsi));
    } else {
      gimple *mark = gimple_build_nop();
      gsi_insert_on_edge_immediate(single_succ_edge(ENTRY_BLOCK_PTR_FOR_FN(cfun)), mark);
      emit_object(mark);
    }
    return true;
  }

private:
  bool is_unnamed() const { return VAR_P(var) && !DECL_NAME(var); }

  bool is_plain() const {
    bool own = VAR_P(var) ? auto_var_in_fn_p(var, cfun->decl) && !DECL_HARD_REGISTER(var)
                          : TREE_CODE(var) == PARM_DECL;
    return own && !is_slot(var) && !DECL_HAS_VALUE_EXPR_P(var) && DECL_SIZE_UNIT(var) &&
           tree_fits_uhwi_p(DECL_SIZE_UNIT(var)) && !is_gimple_reg(var) &&
           (!DECL_ARTIFICIAL(var) || is_unnamed()) && flag_stack_reuse == SR_ALL;
  }

  // False: a form that is not known here.
  bool collect() {
    basic_block bb;
    FOR_EACH_BB_FN(bb, cfun) {
      for (gphi_iterator gsi = gsi_start_phis(bb); !gsi_end_p(gsi); gsi_next(&gsi))
        if (!collect_phi(gsi.phi()))
          return false;
      for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi)) {
        gimple *stmt = gsi_stmt(gsi);
        if (!mentions(stmt, var))
          continue;
        if (is_end(stmt, var))
          ends.push_back(stmt);
        else if (!can_rewrite(stmt))
          return false;
        else
          uses.push_back(stmt);
      }
    }
    return true;
  }

  bool collect_phi(gphi *phi) {
    bool any = false;
    for (unsigned n = 0; n < gimple_phi_num_args(phi); ++n) {
      if (!mentions_in(gimple_phi_arg_def(phi, n), var))
        continue;
      if (gimple_phi_arg_edge(phi, n)->flags & (EDGE_ABNORMAL | EDGE_EH))
        return false;
      any = true;
    }
    if (any)
      uses.push_back(phi);
    return true;
  }

  bool can_rewrite(gimple *stmt) const {
    switch (gimple_code(stmt)) {
    case GIMPLE_ASSIGN:
    case GIMPLE_COND:
    case GIMPLE_DEBUG:
      return true;
    case GIMPLE_CALL:
      return !gimple_call_internal_p(stmt) && gimple_call_lhs(stmt) != var;
    case GIMPLE_RETURN:
      return gimple_return_retval(as_a<greturn *>(stmt)) == var;
    default:
      return false;
    }
  }

  // ---- where a life begins

  std::set<basic_block> blocks_of_uses() const {
    std::set<basic_block> blocks;
    for (gimple *stmt : uses) {
      auto *phi = dyn_cast<gphi *>(stmt);
      if (!phi) {
        if (!is_gimple_debug(stmt))
          blocks.insert(gimple_bb(stmt));
        continue;
      }
      for (unsigned n = 0; n < gimple_phi_num_args(phi); ++n)
        if (mentions_in(gimple_phi_arg_def(phi, n), var))
          blocks.insert(gimple_phi_arg_edge(phi, n)->src);
    }
    return blocks;
  }

  // Null: the entry of the function.
  basic_block start_of_life() {
    std::set<basic_block> used = blocks_of_uses(), ended;
    for (gimple *end : ends) {
      ended.insert(gimple_bb(end));
      if (used_behind(end))
        return nullptr;
    }
    if (used.empty())
      return nullptr;
    calculate_dominance_info(CDI_DOMINATORS);
    basic_block at = *used.begin();
    for (basic_block bb : used)
      at = nearest_common_dominator(CDI_DOMINATORS, at, bb);
    bool first = true;
    for (; at && at != ENTRY_BLOCK_PTR_FOR_FN(cfun);
         at = get_immediate_dominator(CDI_DOMINATORS, at), first = false) {
      bool again = comes_back(at, ended);
      if (first)
        in_cycle = again;
      if (!again && ends_lead_here(at, used, ended))
        return at;
    }
    return nullptr;
  }

  bool used_behind(gimple *end) const {
    for (gimple *stmt : uses)
      if (gimple_bb(stmt) == gimple_bb(end) && gimple_code(stmt) != GIMPLE_PHI &&
          !is_gimple_debug(stmt) && comes_before(end, stmt))
        return true;
    return false;
  }

  static bool comes_before(gimple *a, gimple *b) {
    for (gimple_stmt_iterator gsi = gsi_for_stmt(a); !gsi_end_p(gsi); gsi_next(&gsi))
      if (gsi_stmt(gsi) == b)
        return true;
    return false;
  }

  static void push_successors(basic_block bb, std::vector<basic_block> &work) {
    edge e;
    edge_iterator i;
    FOR_EACH_EDGE(e, i, bb->succs)
    work.push_back(e->dest);
  }

  // From its start to its start, and no life ends on the way.
  static bool comes_back(basic_block at, const std::set<basic_block> &ended) {
    std::set<basic_block> seen;
    std::vector<basic_block> work{at};
    bool begun = false;
    while (!work.empty()) {
      basic_block bb = work.back();
      work.pop_back();
      if (begun && bb == at)
        return true;
      begun = true;
      if (seen.insert(bb).second && !ended.count(bb))
        push_successors(bb, work);
    }
    return false;
  }

  // Every way from an end of a life to a use leads through `at`.
  static bool ends_lead_here(basic_block at, const std::set<basic_block> &used,
                             const std::set<basic_block> &ended) {
    std::set<basic_block> seen;
    std::vector<basic_block> work;
    for (basic_block bb : ended)
      push_successors(bb, work);
    while (!work.empty()) {
      basic_block bb = work.back();
      work.pop_back();
      if (bb == at || !seen.insert(bb).second)
        continue;
      if (used.count(bb))
        return false;
      push_successors(bb, work);
    }
    return true;
  }

  // ---- the rewrite

  tree load_cell(gimple_stmt_iterator *gsi) {
    tree name = make_ssa_name(TREE_TYPE(cell));
    gsi_insert_before(gsi, gimple_build_assign(name, cell), GSI_SAME_STMT);
    return name;
  }

  tree object(tree pointer) const {
    tree ref = build2(MEM_REF, TREE_TYPE(var), pointer, build_int_cst(TREE_TYPE(cell), 0));
    TREE_THIS_VOLATILE(ref) = TREE_SIDE_EFFECTS(ref) = TREE_THIS_VOLATILE(var);
    return ref;
  }

  struct replacement {
    local_move *self;
    gimple_stmt_iterator *gsi;
    tree pointer;
  };

  // Addresses become names made in front of the statement, references go through the pointer.
  static tree replace(tree *op, int *walk_subtrees, void *info) {
    auto *r = static_cast<replacement *>(static_cast<walk_stmt_info *>(info)->info);
    local_move &self = *r->self;
    if (TREE_CODE(*op) == ADDR_EXPR && mentions_in(*op, self.var)) {
      *op = self.address(*op, r->gsi, r->pointer);
      *walk_subtrees = 0;
    } else if (*op == self.var) {
      *op = self.object(r->pointer);
      *walk_subtrees = 0;
    }
    return NULL_TREE;
  }

  // `&x`, `&x.f[2]`, `&MEM[&x + 8]`: a name of its value.
  tree address(tree expression, gimple_stmt_iterator *gsi, tree pointer) {
    tree type = TREE_TYPE(expression);
    tree copy = unshare_expr(expression), *base = &TREE_OPERAND(copy, 0);
    if (*base == var) {
      if (useless_type_conversion_p(type, TREE_TYPE(pointer)))
        return pointer;
      copy = build1(NOP_EXPR, type, pointer);
    } else {
      while (handled_component_p(*base))
        base = &TREE_OPERAND(*base, 0);
      if (*base == var)
        *base = object(pointer);
      else // the address in a MEM_REF
        TREE_OPERAND(*base, 0) = address(TREE_OPERAND(*base, 0), gsi, pointer);
    }
    tree name = make_ssa_name(type);
    gsi_insert_before(gsi, gimple_build_assign(name, copy), GSI_SAME_STMT);
    return name;
  }

  void rewrite(gimple *stmt) {
    if (auto *phi = dyn_cast<gphi *>(stmt))
      return rewrite_phi(phi);
    gimple_stmt_iterator gsi = gsi_for_stmt(stmt);
    if (is_gimple_debug(stmt)) {
      if (gimple_debug_bind_p(stmt))
        gimple_debug_bind_reset_value(stmt);
      update_stmt(stmt);
      return;
    }
    tree pointer = load_cell(&gsi);
    if (auto *back = dyn_cast<greturn *>(stmt)) {
      tree copy = create_tmp_var(TREE_TYPE(var));
      gsi_insert_before(&gsi, gimple_build_assign(copy, object(pointer)), GSI_SAME_STMT);
      gimple_return_set_retval(back, copy);
    } else {
      for (unsigned n = 0; n < gimple_num_ops(stmt); ++n)
        if (tree op = gimple_op(stmt, n))
          if (mentions_in(op, var))
            gimple_set_op(stmt, n, replaced(op, &gsi, pointer));
    }
    update_stmt(stmt);
  }

  tree replaced(tree op, gimple_stmt_iterator *gsi, tree pointer) {
    tree copy = unshare_expr(op);
    replacement r{this, gsi, pointer};
    walk_stmt_info info = {};
    info.info = &r;
    walk_tree(&copy, replace, &info, nullptr);
    return copy;
  }

  void rewrite_phi(gphi *phi) {
    for (unsigned n = 0; n < gimple_phi_num_args(phi); ++n) {
      tree op = gimple_phi_arg_def(phi, n);
      if (!mentions_in(op, var))
        continue;
      edge e = gimple_phi_arg_edge(phi, n);
      gimple *mark = gimple_build_nop();
      gsi_insert_on_edge_immediate(e, mark);
      gimple_stmt_iterator gsi = gsi_for_stmt(mark);
      tree value = replaced(op, &gsi, load_cell(&gsi));
      gsi_remove(&gsi, true);
      // The edge may have been cut in two; the number of the argument stays.
      SET_PHI_ARG_DEF(phi, n, value);
    }
  }

  static gimple *mark_before(gimple_stmt_iterator *gsi) {
    gimple *mark = gimple_build_nop();
    gsi_insert_before(gsi, mark, GSI_NEW_STMT);
    return mark;
  }

  void remove_end(gimple *end, bool begin_anew) {
    if (begin_anew) {
      gimple_stmt_iterator gsi = gsi_for_stmt(end);
      emit_object(mark_before(&gsi));
    }
    remove_statement(end);
  }

  gcall *emit_allocation(gimple_stmt_iterator *gsi) {
    uint64_t bytes = std::max<uint64_t>(tree_to_uhwi(DECL_SIZE_UNIT(var)), 1);
    uint64_t align = DECL_ALIGN_UNIT(var);
    location_t where = DECL_SOURCE_LOCATION(var);
    auto size = [](uint64_t n) { return build_int_cst(size_type_node, HOST_WIDE_INT(n)); };
    if (align <= malloc_align)
      return insert_call(gsi, BUILT_IN_MALLOC, {size(bytes)}, TREE_TYPE(cell), where);
    // aligned_alloc wants a size that is a multiple of the alignment.
    return insert_call(gsi, BUILT_IN_ALIGNED_ALLOC,
                       {size(align), size((bytes + align - 1) / align * align)}, TREE_TYPE(cell),
                       where);
  }

  // A new object in the cell where `mark` stands, which goes.
  void emit_object(gimple *mark) {
    gimple_stmt_iterator gsi = gsi_for_stmt(mark);
    gcall *made = emit_allocation(&gsi);
    state.settled.insert(made);
    tree pointer = gimple_call_lhs(made);
    gimple *keep = gimple_build_assign(cell, pointer);
    gsi_insert_before(&gsi, keep, GSI_SAME_STMT);
    if (TREE_CODE(var) == PARM_DECL)
      copy_parameter(&gsi, pointer);
    trap_without_memory(mark, keep, pointer);
    gsi = gsi_for_stmt(mark);
    gsi_remove(&gsi, true);
  }

  void copy_parameter(gimple_stmt_iterator *gsi, tree pointer) {
    tree value = var;
    if (is_gimple_reg_type(TREE_TYPE(var))) {
      value = make_ssa_name(TREE_TYPE(var));
      gsi_insert_before(gsi, gimple_build_assign(value, var), GSI_SAME_STMT);
    }
    gsi_insert_before(gsi, gimple_build_assign(object(pointer), value), GSI_SAME_STMT);
  }

  // if (pointer == 0) trap, behind `keep`.
  static void trap_without_memory(gimple *mark, gimple *keep, tree pointer) {
    basic_block bb = gimple_bb(mark);
    edge on = split_block(bb, keep);
    gimple_stmt_iterator gsi = gsi_last_bb(bb);
    gsi_insert_after(&gsi,
                     gimple_build_cond(EQ_EXPR, pointer, build_zero_cst(TREE_TYPE(pointer)),
                                       NULL_TREE, NULL_TREE),
                     GSI_NEW_STMT);
    basic_block trap = create_empty_bb(bb);
    if (current_loops) // no way leads back from there
      add_bb_to_loop(trap, current_loops->tree_root);
    trap->count = profile_count::zero();
    gimple_stmt_iterator at = gsi_start_bb(trap);
    insert_call(&at, BUILT_IN_TRAP, {}, NULL_TREE, UNKNOWN_LOCATION);
    on->flags = (on->flags & ~EDGE_FALLTHRU) | EDGE_FALSE_VALUE;
    on->probability = profile_probability::always();
    make_edge(bb, trap, EDGE_TRUE_VALUE)->probability = profile_probability::never();
  }

  tree var;
  apply_state &state;
  tree cell = NULL_TREE;
  std::vector<gimple *> uses, ends;
  bool in_cycle = false; // the block nearest to all uses is reached again in one life
};

bool may_change(::function *fun) {
  return opt_for_fn(fun->decl, optimize) && !fun->calls_setjmp && !fun->has_nonlocal_label &&
         !fun->has_forced_label_in_static && is_library(BUILT_IN_MALLOC) &&
         is_library(BUILT_IN_ALIGNED_ALLOC) &&
         !lookup_attribute("naked", DECL_ATTRIBUTES(fun->decl));
}

} // namespace

std::string local_hash(const lowered_function &f, EscLocal local) {
  return hashText("local:" + linkage_name_of(f.node->decl) + ":" + std::to_string(local));
}

void move_locals_to_heap(lowered_module &lowered, const Options &opts, apply_state &state) {
  for (lowered_function &f : lowered.functions) {
    if (!may_change(f.node->get_fun()) || !is_chosen(opts, f.node->decl))
      continue;
    push_cfun(f.node->get_fun());
    bool changed = false;
    for (EscLocal local = 0; local < f.locals.size(); ++local) {
      bool proved = false;
      EscVerdict v = esc_local_verdict(lowered.m.get(), f.id, local, &proved);
      if (v.placement != ESC_PLACE_HEAP || !proved || !f.locals[local] ||
          (opts.Allows && !opts.Allows(local_hash(f, local))) ||
          !local_move(f.locals[local], state).run())
        continue;
      f.locals[local] = NULL_TREE;
      state.heap_locals.insert({f.id, local});
      free_dominance_info(CDI_DOMINATORS);
      changed = true;
    }
    if (changed) {
      finish_body();
      execute_update_addresses_taken();
    }
    pop_cfun();
  }
}

} // namespace escapement
