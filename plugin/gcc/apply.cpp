// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply.cpp - the order in which a plan is carried out.
//
//     copy callees -> make slots -> rewrite operations -> rewrite allocations -> rename the virtual
//     operands
//
// the last four in every body, original and copy alike.
//
// INVARIANT  Nothing is looked up in the model or in another body once the first body changes.
//
// NOT HERE  The plan (apply_plan.cpp), copies (apply_clone.cpp), the forms (apply_slot.cpp,
// apply_free.cpp).
#include "lower_impl.h"
#include "Lines.h"
#include "apply_verify.h"

namespace escapement {
namespace {

// What one body has of the plan: its slots, and the sites with its own calls.
class rewriter {
public:
  rewriter(plan &p, const std::vector<instance> &clones, const std::map<EscSite, tree> &notes,
           apply_state &state)
      : p(p), clones(clones), notes(notes), state(state) {}

  void run(instance &body) {
    push_cfun(body.node->get_fun());
    std::vector<site_plan> sites;
    for (size_t n = 0; n < body.plan->sites.size(); ++n) {
      site_plan s = p.sites[body.plan->sites[n]];
      s.call = body.site_calls[n];
      s.slot = body.slots[s.site] = make_slot(s);
      auto note = notes.find(s.site);
      if (note != notes.end())
        guard_slot(s, note->second);
      if (s.buffer || s.model.reallocates)
        state.settled.insert(s.call);
      sites.push_back(s);
    }
    std::map<gcall *, const site_plan *> reallocs; // that are sites
    for (const site_plan &s : sites)
      if (s.model.reallocates)
        reallocs[s.call] = &s;
    for (size_t n = 0; n < body.op_calls.size(); ++n)
      rewrite_op(body, body.plan->ops[n], body.op_calls[n], reallocs);
    for (const site_plan &s : sites)
      if (!s.model.reallocates)
        move_site(s);
      else if (reallocs.count(s.call)) // of no slot
        rewrite_realloc(s.call, s.model, {}, &s, state);
    leave_at_returns();
    finish_body();
    if (state.late)
      forget_points_to();
    pop_cfun();
  }

private:
  // The slots that an operation must know in this body: those of the function's own sites that the
  // analysis listed, and in a copy those of its callers.
  std::vector<slot_ref> slots_at(const instance &body, const op_plan &op) {
    std::vector<slot_ref> slots;
    for (EscSite site : op.sites) {
      const site_plan &s = p.sites[site];
      gcall *call = nullptr;
      for (size_t n = 0; n < body.plan->sites.size(); ++n)
        if (body.plan->sites[n] == site)
          call = body.site_calls[n];
      slots.push_back(
          {body.slots.at(site), s.bytes, s.buffer || s.model.reallocates ? nullptr : call});
    }
    if (op.foreign)
      for (size_t n = 0; n < body.foreign.size(); ++n)
        slots.push_back({body.foreign[n], body.capacities[n], nullptr});
    return slots;
  }

  // The copy out of a slot may reach beyond what was written there, as realloc's own may; and GCC
  // does not see what a copy of a callee does with one.
  static void expect_unwritten(const std::vector<slot_ref> &slots) {
    for (const slot_ref &s : slots)
      if (DECL_P(s.slot)) {
        suppress_warning(s.slot, OPT_Wuninitialized);
        suppress_warning(s.slot, OPT_Wmaybe_uninitialized);
      }
  }

  void rewrite_op(const instance &body, const op_plan &op, gcall *call,
                  std::map<gcall *, const site_plan *> &reallocs) {
    std::vector<slot_ref> slots = slots_at(body, op);
    if (slots.empty())
      return;
    if (op.what != op_plan::kind::frees)
      expect_unwritten(slots);
    switch (op.what) {
    case op_plan::kind::frees: {
      std::vector<tree> addresses;
      for (const slot_ref &s : slots)
        addresses.push_back(s.slot);
      if (op.remove && slots.size() == op.sites.size())
        return remove_free(call, op.pointer_arg, addresses);
      return guard_free(call, op.pointer_arg, addresses);
    }
    case op_plan::kind::reallocates: {
      auto own = reallocs.find(call);
      rewrite_realloc(call, op.model, slots, own == reallocs.end() ? nullptr : own->second, state);
      if (own != reallocs.end())
        reallocs.erase(own);
      return;
    }
    case op_plan::kind::calls: {
      clone_key key = clone_for_call(p, op, body.capacities);
      return call_clone(call, clones[p.clone_index.at(key)].node, slots);
    }
    }
  }

  // Of pointers to the object that is a variable now, every set says that they point elsewhere.
  static void forget_points_to() {
    unsigned i;
    tree name;
    FOR_EACH_SSA_NAME(i, name, cfun)
    if (POINTER_TYPE_P(TREE_TYPE(name)) && SSA_NAME_PTR_INFO(name))
      pt_solution_reset(&SSA_NAME_PTR_INFO(name)->pt);
    basic_block bb;
    FOR_EACH_BB_FN(bb, cfun)
    for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
      if (auto *call = dyn_cast<gcall *>(gsi_stmt(gsi))) {
        pt_solution_reset(gimple_call_use_set(call));
        pt_solution_reset(gimple_call_clobber_set(call));
      }
    pt_solution_reset(&cfun->gimple_df->escaped);
  }

  plan &p;
  const std::vector<instance> &clones;
  const std::map<EscSite, tree> &notes; // for verify mode
  apply_state &state;
};

bool changes(const function_plan &f) {
  for (const op_plan &op : f.ops)
    if (!op.sites.empty())
      return true;
  return !f.sites.empty();
}

instance original_of(const plan &p, unsigned index, const function_plan &f) {
  instance body;
  body.plan = &f;
  body.node = p.lowered.functions[index].node;
  for (EscSite site : f.sites)
    body.site_calls.push_back(p.sites.at(site).call);
  for (const op_plan &op : f.ops)
    body.op_calls.push_back(op.call);
  return body;
}

std::set<EscSite> carry_out(plan &p, const std::vector<instance> &clones, const Options &opts,
                            apply_state &state) {
  std::vector<instance> bodies = clones;
  for (const auto &f : p.functions)
    if (changes(f.second)) // else it is only copied
      bodies.push_back(original_of(p, f.first, f.second));
  std::map<EscSite, tree> notes;
  for (const auto &entry : p.sites)
    if (opts.Verify)
      notes[entry.first] = describe_site(p, entry.second);
  rewriter r(p, clones, notes, state);
  for (instance &body : bodies)
    r.run(body);
  std::set<EscSite> moved;
  for (const auto &entry : p.sites) {
    moved.insert(entry.first);
    p.lowered.sites[entry.first].call = nullptr; // gone, or settled
  }
  state.rewrites += p.sites.size();
  return moved;
}

} // namespace

void finish_body() {
  free_dominance_info(CDI_DOMINATORS);
  free_dominance_info(CDI_POST_DOMINATORS);
  calculate_dominance_info(CDI_DOMINATORS);
  mark_virtual_operands_for_renaming(cfun);
  update_ssa(TODO_update_ssa);
  free_dominance_info(CDI_DOMINATORS);
  cgraph_edge::rebuild_references();
  if (loops_for_fn(cfun))
    loops_state_set(LOOPS_NEED_FIXUP);
}

std::string linkage_name_of(tree decl) { return linkage_name(decl); }

// A hash of where the site stands, through what it was inlined, and how it is written.
std::string site_hash(const lowered_module &lowered, EscSite site) {
  const lowered_site &s = lowered.sites[site];
  std::string key = linkage_name(lowered.functions[s.function].node->decl);
  if (s.source)
    key += ":" + s.source->at.file + ":" + std::to_string(s.source->at.line) + ":" +
           std::to_string(s.source->at.col) + ":" + s.source->text;
  return hashText(key + "@" + s.chain);
}

std::set<EscSite> apply_verdicts(lowered_module &lowered, const Options &opts, apply_state &state) {
  std::set<EscSite> excluded;
  for (;;) {
    plan p = make_plan(lowered, opts, state.rewrites, excluded);
    std::vector<instance> clones;
    if (make_clones(p, clones, state)) {
      std::set<EscSite> moved = carry_out(p, clones, opts, state);
      state.heap_locals.clear();
      if (opts.HeapLocals && !state.late)
        move_locals_to_heap(lowered, opts, state);
      return moved;
    }
    for (const auto &f : p.functions)
      for (const op_plan &op : f.second.ops)
        if (op.what == op_plan::kind::calls)
          excluded.insert(op.sites.begin(), op.sites.end());
  }
}

} // namespace escapement
