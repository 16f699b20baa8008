// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply.cpp - from verdicts to a checked plan, and the order in which it is carried out.
//
// The plan is made again until nothing in it is refused: a site whose own form or one of whose
// frees cannot be rewritten is taken out, as are those that the options exclude. Then in every
// function: make slots -> rewrite frees -> rewrite allocations -> rename the virtual operands.
//
// INVARIANT  An operation names a site only if the site is moved. What the analysis would delete
// because all its sites move is guarded when only some do.
//
// NOT HERE  The forms (apply_slot.cpp, apply_free.cpp).
#include "lower_impl.h"
#include "Lines.h"
#include "plan.h"
#include <regex.h>

namespace escapement {
namespace {

bool is_moved(const EscVerdict &v) {
  return v.placement == ESC_PLACE_SLOT || v.placement == ESC_PLACE_BUFFER;
}

// A frame that something else than a return may take down or copy is left alone.
bool has_plain_frame(::function *fun) {
  return !fun->calls_setjmp && !fun->has_nonlocal_label && !fun->has_forced_label_in_static &&
         !lookup_attribute("naked", DECL_ATTRIBUTES(fun->decl)) && opt_for_fn(fun->decl, optimize);
}

class selection {
public:
  explicit selection(const Options &opts) : opts(opts) {
    ready = !opts.Only.empty() && regcomp(&only, opts.Only.c_str(), REG_EXTENDED | REG_NOSUB) == 0;
  }
  ~selection() {
    if (ready)
      regfree(&only);
  }
  selection(const selection &) = delete;
  selection &operator=(const selection &) = delete;

  bool allows(const lowered_module &lowered, EscSite site) const {
    std::string name = linkage_name_of(lowered.functions[lowered.sites[site].function].node->decl);
    name = name.substr(0, name.find('.'));
    if (!opts.Only.empty() && (!ready || regexec(&only, name.c_str(), 0, nullptr, 0) != 0))
      return false;
    return opts.Site.empty() || site_hash(lowered, site) == opts.Site;
  }

private:
  const Options &opts;
  regex_t only;
  bool ready;
};

class planner {
public:
  planner(lowered_module &lowered, const Options &opts, uint64_t rewrites)
      : lowered(lowered), opts(opts), rewrites(rewrites), chosen(opts) {}

  // The largest plan of which every part is possible.
  plan make() {
    for (;;) {
      plan p;
      refused.clear();
      add_sites(p);
      for (auto &entry : p.functions)
        add_frees(p, entry.first, entry.second);
      if (refused.empty())
        return p;
      excluded.insert(refused.begin(), refused.end());
    }
  }

private:
  void add_sites(plan &p) {
    for (EscSite site = 0; site < lowered.sites.size(); ++site) {
      EscVerdict v = esc_site_verdict(lowered.m.get(), site);
      if (!is_moved(v) || excluded.count(site) || !lowered.sites[site].call ||
          !chosen.allows(lowered, site))
        continue;
      if (p.sites.size() + rewrites >= opts.Limit)
        return;
      add_site(p, site, v);
    }
  }

  void add_site(plan &p, EscSite site, const EscVerdict &v) {
    const lowered_site &l = lowered.sites[site];
    site_plan s;
    s.site = site;
    s.call = l.call;
    s.buffer = v.placement == ESC_PLACE_BUFFER;
    s.bytes = std::max<uint64_t>(v.slot_bytes, 1); // malloc(0) is no other object's address
    s.align = std::max<uint64_t>(v.align_bytes, 16);
    ::function *fun = lowered.functions[l.function].node->get_fun();
    if (!allocator_of(lowered.m.get(), l.call, s.model) || !has_plain_frame(fun) ||
        !can_move_site(s)) {
      refused.insert(site);
      return;
    }
    p.functions[l.function].sites.push_back(site);
    p.sites[site] = s;
  }

  void add_frees(const plan &p, unsigned index, function_plan &f) {
    const lowered_function &lf = lowered.functions[index];
    std::set<gimple *> seen;
    for (EscOp op = 0; op < lf.op_stmt.size(); ++op) {
      const EscSite *listed = nullptr;
      uint32_t count = 0;
      EscAction action = esc_op_action(lowered.m.get(), lf.id, op, &listed, &count);
      if (action == ESC_ACT_NONE)
        continue;
      free_plan planned;
      bool complete = true;
      for (uint32_t i = 0; i < count; ++i)
        if (p.sites.count(listed[i]))
          planned.sites.push_back(listed[i]);
        else
          complete = false;
      if (planned.sites.empty())
        continue;
      planned.remove = action == ESC_ACT_REMOVE && complete;
      if (action == ESC_ACT_INLINE) // it stands here still, and frees what is listed
        action = ESC_ACT_CLONE;
      bool possible = (action == ESC_ACT_REMOVE || action == ESC_ACT_GUARD) &&
                      describe(lf.op_stmt[op], planned);
      if (!possible || !seen.insert(planned.call).second)
        refused.insert(planned.sites.begin(), planned.sites.end());
      f.frees.push_back(planned);
    }
  }

  bool describe(gimple *stmt, free_plan &planned) const {
    planned.call = stmt ? dyn_cast<gcall *>(stmt) : nullptr;
    EscAllocatorModel model;
    if (!planned.call || !allocator_of(lowered.m.get(), planned.call, model) ||
        !(model.frees || model.reallocates))
      return false;
    planned.reallocates = model.reallocates;
    planned.model = model;
    if (model.reallocates)
      return !planned.remove && can_guard_realloc(planned.call, model);
    planned.pointer_arg = model.pointer_param;
    return can_change_free(planned.call, model.pointer_param);
  }

  lowered_module &lowered;
  const Options &opts;
  uint64_t rewrites;
  selection chosen;
  std::set<EscSite> excluded, refused;
};

void rewrite(plan &p, const function_plan &f, ::function *fun, apply_state &state) {
  push_cfun(fun);
  for (EscSite site : f.sites)
    p.sites[site].slot = make_slot(p.sites[site]);
  std::map<gcall *, const site_plan *> reallocs; // that are sites
  for (EscSite site : f.sites)
    if (p.sites[site].model.reallocates)
      reallocs[p.sites[site].call] = &p.sites[site];
  for (const free_plan &given : f.frees) {
    std::vector<tree> slots;
    std::vector<slot_ref> refs;
    for (EscSite site : given.sites) {
      slots.push_back(p.sites[site].slot);
      const site_plan &s = p.sites[site];
      refs.push_back({s.slot, s.bytes, s.buffer || s.model.reallocates ? nullptr : s.call});
    }
    if (given.reallocates) {
      // The copy out of a slot may reach beyond what was written there, as realloc's own may.
      for (tree slot : slots) {
        suppress_warning(slot, OPT_Wuninitialized);
        suppress_warning(slot, OPT_Wmaybe_uninitialized);
      }
      auto own = reallocs.find(given.call);
      rewrite_realloc(given.call, given.model, refs, own == reallocs.end() ? nullptr : own->second,
                      state);
      if (own != reallocs.end())
        reallocs.erase(own);
      continue;
    }
    if (given.remove)
      remove_free(given.call);
    else
      guard_free(given.call, given.pointer_arg, slots);
  }
  for (EscSite site : f.sites) {
    const site_plan &s = p.sites[site];
    if (!s.model.reallocates)
      move_site(s);
    else if (reallocs.count(s.call)) // of no slot
      rewrite_realloc(s.call, s.model, {}, &s, state);
  }
  free_dominance_info(CDI_DOMINATORS);
  free_dominance_info(CDI_POST_DOMINATORS);
  calculate_dominance_info(CDI_DOMINATORS);
  mark_virtual_operands_for_renaming(fun);
  update_ssa(TODO_update_ssa);
  free_dominance_info(CDI_DOMINATORS);
  pop_cfun();
}

} // namespace

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
  plan p = planner(lowered, opts, state.rewrites).make();
  std::set<EscSite> moved;
  for (const auto &entry : p.functions)
    rewrite(p, entry.second, lowered.functions[entry.first].node->get_fun(), state);
  for (const auto &entry : p.sites) {
    moved.insert(entry.first);
    if (entry.second.buffer || entry.second.model.reallocates)
      state.settled.insert(lowered.sites[entry.first].call);
    lowered.sites[entry.first].call = nullptr; // gone, or settled
  }
  state.rewrites += p.sites.size();
  return moved;
}

} // namespace escapement
