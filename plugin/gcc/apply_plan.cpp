// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply_plan.cpp - from verdicts to a checked plan.
//
// The plan is made again until nothing in it is refused: a site whose own form or one of whose
// frees cannot be rewritten is taken out, as are those that the options exclude, and those for
// which a callee would have to be copied that cannot be.
//
// INVARIANT  An operation names a site only if the site is moved. What the analysis would delete
// because all its sites move is guarded when only some do.
//
// NOT HERE  Which copies are needed (apply_clone.cpp); the forms (apply_slot.cpp, apply_free.cpp).
#include "lower_impl.h"
#include "plan.h"
#include <regex.h>

namespace escapement {
namespace {

bool is_moved(const EscVerdict &v) {
  return v.placement == ESC_PLACE_SLOT || v.placement == ESC_PLACE_BUFFER;
}

// A frame that something else than a return may take down or copy is left alone.
bool has_plain_frame(::function *fun, bool may_return_twice) {
  return (!fun->calls_setjmp || may_return_twice) && !fun->has_nonlocal_label &&
         !fun->has_forced_label_in_static &&
         !lookup_attribute("naked", DECL_ATTRIBUTES(fun->decl)) && opt_for_fn(fun->decl, optimize);
}

bool is_chosen(const Options &opts, const lowered_module &lowered, EscSite site) {
  if (!is_chosen(opts, lowered.functions[lowered.sites[site].function].node->decl))
    return false;
  if (opts.Site.empty() && !opts.Allows)
    return true;
  std::string hash = site_hash(lowered, site);
  return (opts.Site.empty() || hash == opts.Site) && (!opts.Allows || opts.Allows(hash));
}

op_plan describe_op(const plan &p, const lowered_function &f, EscOp op) {
  op_plan o;
  o.op = op;
  o.call = f.op_stmt[op] ? dyn_cast<gcall *>(f.op_stmt[op]) : nullptr;
  if (!o.call) {
    o.possible = false;
    return o;
  }
  bool known = allocator_of(p.lowered.m.get(), o.call, o.model);
  if (known && o.model.reallocates) {
    o.what = op_plan::kind::reallocates;
    o.pointer_arg = o.model.pointer_param;
    o.possible = can_guard_realloc(o.call, o.model);
    return o;
  }
  tree decl = called_function(o.call);
  auto callee = p.lowered.function_index.find(decl);
  if (!(known && o.model.frees) && decl && callee != p.lowered.function_index.end()) {
    o.what = op_plan::kind::calls;
    o.callee = callee->second;
    o.possible = can_call_clone(o.call, decl);
    return o;
  }
  // Anything else that may free: a call through a pointer, a library function.
  o.possible = known && o.model.frees && can_change_free(o.call, o.model.pointer_param);
  o.pointer_arg = known ? o.model.pointer_param : uint32_t(ESC_NONE);
  return o;
}

// One call that is two operations has no form of its own.
void refuse_repeated(function_plan &f) {
  std::set<const gimple *> seen;
  for (op_plan &op : f.ops)
    if (op.call && !seen.insert(op.call).second)
      op.possible = false;
}

class planner {
public:
  planner(lowered_module &lowered, const Options &opts, uint64_t rewrites,
          std::set<EscSite> &excluded)
      : lowered(lowered), opts(opts), rewrites(rewrites), excluded(excluded) {}

  plan make() {
    for (;;) {
      plan p(lowered);
      refused.clear();
      add_sites(p);
      for (auto &entry : p.functions)
        add_ops(p, entry.first, entry.second);
      if (refused.empty())
        refuse(plan_clones(p));
      if (refused.empty())
        return p;
      excluded.insert(refused.begin(), refused.end());
    }
  }

private:
  void refuse(const std::vector<EscSite> &sites) { refused.insert(sites.begin(), sites.end()); }

  void add_sites(plan &p) {
    for (EscSite site = 0; site < lowered.sites.size(); ++site) {
      EscVerdict v = esc_site_verdict(lowered.m.get(), site);
      if (!is_moved(v) || excluded.count(site) || !lowered.sites[site].call ||
          !is_chosen(opts, lowered, site))
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
    if (!allocator_of(lowered.m.get(), l.call, s.model) ||
        !has_plain_frame(fun, opts.Forget == ESC_FORGET_TWICE) || !can_move_site(s)) {
      refused.insert(site);
      return;
    }
    p.functions[l.function].sites.push_back(site);
    p.sites[site] = s;
  }

  void add_ops(const plan &p, unsigned index, function_plan &f) {
    const lowered_function &lf = lowered.functions[index];
    std::set<gimple *> seen;
    for (EscOp op = 0; op < lf.op_stmt.size(); ++op) {
      const EscSite *listed = nullptr;
      uint32_t count = 0;
      EscAction action = esc_op_action(lowered.m.get(), lf.id, op, &listed, &count);
      if (action == ESC_ACT_INLINE && count != 0)
        action = ESC_ACT_CLONE; // it stands here still, and frees what is listed
      if (action == ESC_ACT_NONE || action == ESC_ACT_INLINE)
        continue;
      op_plan o = plan_op(p, lf, op, action, {listed, listed + count});
      if (o.sites.empty())
        continue;
      if (!o.possible || !seen.insert(o.call).second)
        refuse(o.sites);
      f.ops.push_back(o);
    }
  }

  op_plan plan_op(const plan &p, const lowered_function &lf, EscOp op, EscAction action,
                  const std::vector<EscSite> &listed) {
    op_plan o = describe_op(p, lf, op);
    bool complete = true;
    for (EscSite site : listed)
      if (p.sites.count(site))
        o.sites.push_back(site);
      else
        complete = false;
    o.remove = action == ESC_ACT_REMOVE && complete;
    if ((action == ESC_ACT_CLONE) != (o.what == op_plan::kind::calls) ||
        (o.remove && o.what != op_plan::kind::frees))
      o.possible = false;
    return o;
  }

  lowered_module &lowered;
  const Options &opts;
  uint64_t rewrites;
  std::set<EscSite> &excluded;
  std::set<EscSite> refused;
};

} // namespace

bool is_chosen(const Options &opts, tree decl) {
  if (opts.Only.empty())
    return true;
  std::string name = linkage_name_of(decl);
  name = name.substr(0, name.find('.'));
  regex_t only;
  if (regcomp(&only, opts.Only.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
    return false;
  bool matches = regexec(&only, name.c_str(), 0, nullptr, 0) == 0;
  regfree(&only);
  return matches;
}

plan make_plan(lowered_module &lowered, const Options &opts, uint64_t rewrites,
               std::set<EscSite> &excluded) {
  return planner(lowered, opts, rewrites, excluded).make();
}

function_plan &foreign_plan(plan &p, unsigned function) {
  function_plan &f = p.functions[function];
  if (f.has_foreign)
    return f;
  f.has_foreign = true;
  const lowered_function &lf = p.lowered.functions[function];
  std::map<EscOp, size_t> known;
  for (size_t n = 0; n < f.ops.size(); ++n)
    known[f.ops[n].op] = n;
  for (EscOp op = 0; op < lf.op_stmt.size(); ++op) {
    if (!esc_op_frees_foreign(p.lowered.m.get(), lf.id, op))
      continue;
    auto at = known.find(op);
    if (at == known.end())
      f.ops.push_back(describe_op(p, lf, op));
    (at == known.end() ? f.ops.back() : f.ops[at->second]).foreign = true;
  }
  refuse_repeated(f);
  return f;
}

} // namespace escapement
