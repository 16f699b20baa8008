// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply_inline.cpp - calls that the library wants replaced by the callee's body.
//
// An allocation that its function returns can live in the caller's frame once it is there. GCC's
// own inliner does the work, for these calls alone.
//
// INVARIANT  A call is replaced only where GCC itself might: the same target and options, a callee
// that may be inlined. What is refused stays a call, and the object on the heap.
//
// NOT HERE  Which calls (the analysis library).
#include "apply.h"

namespace escapement {
namespace {

// A callee larger than this is not worth a copy for one allocation.
constexpr unsigned max_callee_statements = 300;
// How many statements inlining on request may add to one caller.
constexpr unsigned max_growth = 3000;

unsigned statements(::function *fun) {
  unsigned n = 0;
  basic_block bb;
  FOR_EACH_BB_FN(bb, fun)
  for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
    n += !is_gimple_debug(gsi_stmt(gsi));
  return n;
}

bool same_options(tree caller, tree callee) {
  return DECL_FUNCTION_SPECIFIC_OPTIMIZATION(caller) ==
             DECL_FUNCTION_SPECIFIC_OPTIMIZATION(callee) &&
         targetm.target_option.can_inline_p(caller, callee);
}

bool can_inline(const cgraph_edge *e) {
  cgraph_node *callee = e->callee;
  return e->inline_failed && !e->indirect_unknown_callee && !e->call_stmt_cannot_inline_p &&
         callee != e->caller && !callee->inlined_to && !callee->alias && !callee->thunk &&
         callee->has_gimple_body_p() && callee->get_availability() >= AVAIL_AVAILABLE &&
         may_inline(callee->decl) && same_options(e->caller->decl, callee->decl) &&
         !gimple_call_chain(e->call_stmt) && !DECL_STATIC_CHAIN(callee->decl);
}

void inline_marked(cgraph_node *caller) {
  ::function *fun = caller->get_fun();
  push_cfun(fun);
  // As GCC's early inliner does: those of the calls that go, go with them.
  caller->remove_all_references();
  unsigned todo = optimize_inline_calls(caller->decl);
  (void)todo; // all that it may ask for follows
  update_ssa(TODO_update_ssa);
  cleanup_tree_cfg();
  execute_update_addresses_taken();
  cgraph_edge::rebuild_edges(); // calls in blocks that the clean-up deleted have none
  free_dominance_info(CDI_DOMINATORS);
  free_dominance_info(CDI_POST_DOMINATORS);
  pop_cfun();
}

} // namespace

bool may_inline(tree decl) {
  // At -O0 GCC inlines nothing, and what is reported there is what would be done without it.
  return (!optimize || tree_inlinable_function_p(decl)) &&
         !lookup_attribute("noinline", DECL_ATTRIBUTES(decl)) &&
         !lookup_attribute("noipa", DECL_ATTRIBUTES(decl)) &&
         !lookup_attribute("noclone", DECL_ATTRIBUTES(decl)) && !DECL_UNINLINABLE(decl);
}

bool inline_requested(lowered_module &lowered, const change_filter &may_change) {
  bool changed = false;
  for (lowered_function &f : lowered.functions) {
    unsigned growth = 0;
    bool marked = false;
    for (EscOp op = 0; op < f.op_stmt.size(); ++op) {
      const EscSite *sites;
      uint32_t count;
      auto *call = f.op_stmt[op] ? dyn_cast<gcall *>(f.op_stmt[op]) : nullptr;
      if (!call || esc_op_action(lowered.m.get(), f.id, op, &sites, &count) != ESC_ACT_INLINE)
        continue;
      cgraph_edge *e = f.node->get_edge(call);
      if (!e || !can_inline(e))
        continue;
      unsigned size = statements(e->callee->get_fun());
      if (size > max_callee_statements || growth + size > max_growth ||
          !may_change(f.node->decl, "inline", call, e->callee->decl))
        continue;
      growth += size;
      e->inline_failed = CIF_OK;
      DECL_POSSIBLY_INLINED(e->callee->decl) = true;
      clone_inlined_nodes(e, true, true, nullptr);
      marked = true;
    }
    if (marked)
      inline_marked(f.node);
    changed |= marked;
  }
  return changed;
}

} // namespace escapement
