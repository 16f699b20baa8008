// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// apply_clone.cpp - copies of callees that may free or reallocate what a caller moved.
//
//     drop(p)  { ... free(p); }
//     drop.esc.0(p, slot)  { ... if (p != slot) free(p); }
//
// One copy serves every call that passes as many slots (and, where it reallocates, slots of the
// same sizes, which are constants in the copy). Calls in a copy that may free what its caller can
// name go on to copies of their callees, with the slots passed on.
//
// GCC makes the copy (create_version_clone_with_body, as for its own function splitting); which
// statement of it is which is kept in the statements' numbers.
//
// INVARIANT  A copy differs from its original only where ESC_ACT_* of its own verdicts or
// esc_op_frees_foreign() says so. Everything is copied before any original changes.
//
// NOT HERE  The guards themselves (apply_free.cpp, apply_realloc.cpp).
#include "lower_impl.h"
#include "plan.h"

namespace escapement {
namespace {

// More slots than any call of a real program hands down; recursion with own slots would add
// forever.
constexpr size_t max_slots = 16;
// All copies of a unit. A unit that needs more has some form we did not think of.
constexpr size_t max_clones = 2000;

// What holds for a copy of a function and for everything that it hands its foreign slots on to.
class closure {
public:
  explicit closure(plan &p) : p(p) {}

  struct answer {
    bool possible = true;     // every body can be copied and every operation be changed
    bool needs_sizes = false; // a slot may be reallocated
  };

  const answer &ask(unsigned function) {
    auto made = known.insert({function, answer()});
    if (made.second)
      walk(function, made.first->second);
    return made.first->second;
  }

private:
  void walk(unsigned root, answer &a) {
    std::set<unsigned> seen;
    std::vector<unsigned> work{root};
    while (!work.empty()) {
      unsigned function = work.back();
      work.pop_back();
      if (!seen.insert(function).second)
        continue;
      a.possible &= can_clone(p.lowered.functions[function].node->decl);
      for (const op_plan &op : foreign_plan(p, function).ops) {
        if (!op.foreign)
          continue;
        a.possible &= op.possible;
        a.needs_sizes |= op.what == op_plan::kind::reallocates;
        if (op.what == op_plan::kind::calls && op.possible)
          work.push_back(op.callee);
      }
    }
  }

  plan &p;
  std::map<unsigned, answer> known;
};

// The copies needed by one instance; false: `bad` has sites that must stay on the heap, if they
// are known.
bool request_clones(plan &p, closure &all, unsigned function, const std::vector<uint64_t> &foreign,
                    std::vector<EscSite> &bad) {
  // By number: asking about a recursive callee may add operations to this function.
  for (size_t n = 0; n < p.functions[function].ops.size(); ++n) {
    op_plan op = p.functions[function].ops[n];
    bool passes_on = op.foreign && !foreign.empty();
    if (op.what != op_plan::kind::calls || (op.sites.empty() && !passes_on))
      continue;
    const closure::answer &a = all.ask(op.callee);
    p.functions[function].ops[n].needs_sizes = op.needs_sizes = a.needs_sizes;
    clone_key key = clone_for_call(p, op, foreign);
    if (!a.possible || key.capacities.size() > max_slots || p.clones.size() >= max_clones) {
      bad.insert(bad.end(), op.sites.begin(), op.sites.end());
      return false;
    }
    if (p.clone_index.insert({key, unsigned(p.clones.size())}).second)
      p.clones.push_back(key);
  }
  return true;
}

std::vector<EscSite> all_passed_sites(const plan &p) {
  std::vector<EscSite> all;
  for (const auto &f : p.functions)
    for (const op_plan &op : f.second.ops)
      if (op.what == op_plan::kind::calls)
        all.insert(all.end(), op.sites.begin(), op.sites.end());
  return all;
}

// ---- which functions ----------------------------------------------------------------------------

bool has(tree decl, const char *attribute) {
  return lookup_attribute(attribute, DECL_ATTRIBUTES(decl)) != NULL_TREE;
}

// A label that the assembler would see twice, a place that is returned to a second time.
bool cannot_repeat(const gimple *stmt) {
  if (auto *code = dyn_cast<const gasm *>(stmt))
    return strchr(gimple_asm_string(code), ':') != nullptr || gimple_asm_nlabels(code) != 0;
  auto *call = dyn_cast<const gcall *>(stmt);
  return call && ((gimple_call_flags(call) & ECF_RETURNS_TWICE) || gimple_call_chain(call) ||
                  gimple_call_must_tail_p(call));
}

// ---- copying ------------------------------------------------------------------------------------

template <typename Each> void each_call(::function *fun, Each each) {
  basic_block bb;
  FOR_EACH_BB_FN(bb, fun)
  for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
    if (auto *call = dyn_cast<gcall *>(gsi_stmt(gsi)))
      each(call);
}

// The parameters as they are, and behind them the slots.
ipa_param_adjustments *with_slots(tree decl, size_t n_slots) {
  vec<ipa_adjusted_param, va_gc> *params = nullptr;
  unsigned n = 0;
  for (tree arg = DECL_ARGUMENTS(decl); arg; arg = DECL_CHAIN(arg), ++n) {
    ipa_adjusted_param kept = {};
    kept.op = IPA_PARAM_OP_COPY;
    kept.base_index = kept.prev_clone_index = n;
    vec_safe_push(params, kept);
  }
  for (size_t i = 0; i < n_slots; ++i) {
    ipa_adjusted_param slot = {};
    slot.op = IPA_PARAM_OP_NEW;
    slot.type = ptr_type_node;
    slot.param_prefix_index = IPA_PARAM_PREFIX_SYNTH;
    vec_safe_push(params, slot);
  }
  return new (ggc_alloc<ipa_param_adjustments>()) ipa_param_adjustments(params, -1, false);
}

// What holds for an allocator, a deallocator or a public symbol and not for the copy.
void drop_false(tree decl) {
  tree attributes = DECL_ATTRIBUTES(decl);
  for (const char *name : {"malloc", "*dealloc", "alloc_size", "alloc_align", "used", "retain"})
    attributes = remove_attribute(name, attributes);
  DECL_ATTRIBUTES(decl) = attributes;
  DECL_IS_MALLOC(decl) = 0;
  DECL_PRESERVE_P(decl) = 0;
}

cgraph_node *copy_function(cgraph_node *original, size_t n_slots) {
  push_cfun(original->get_fun());
  cgraph_node *copy = original->create_version_clone_with_body(
      vNULL, nullptr, with_slots(original->decl, n_slots), nullptr, nullptr, "esc");
  pop_cfun();
  if (copy)
    drop_false(copy->decl);
  return copy;
}

// The calls of a copy, by the number that their originals have.
std::map<unsigned, gcall *> numbered_calls(::function *fun) {
  std::map<unsigned, gcall *> calls;
  each_call(fun, [&](gcall *call) {
    if (gimple_uid(call) != 0)
      calls[gimple_uid(call)] = call;
  });
  return calls;
}

bool find_calls(const plan &p, instance &made, const std::map<unsigned, gcall *> &calls) {
  auto find = [&](const gcall *original, std::vector<gcall *> &to) {
    auto at = calls.find(gimple_uid(original));
    if (at == calls.end() || gimple_call_fndecl(at->second) != gimple_call_fndecl(original))
      return false;
    to.push_back(at->second);
    return true;
  };
  for (EscSite site : made.plan->sites)
    if (!find(p.sites.at(site).call, made.site_calls))
      return false;
  for (const op_plan &op : made.plan->ops) {
    if (!op.call || (op.sites.empty() && !op.foreign))
      made.op_calls.push_back(nullptr);
    else if (!find(op.call, made.op_calls))
      return false;
  }
  return true;
}

void name_slots(instance &made) {
  ::function *fun = made.node->get_fun();
  tree arg = DECL_ARGUMENTS(fun->decl);
  for (unsigned n = list_length(arg) - unsigned(made.capacities.size()); n; --n)
    arg = DECL_CHAIN(arg);
  for (; arg; arg = DECL_CHAIN(arg))
    made.foreign.push_back(get_or_create_ssa_default_def(fun, arg));
}

// Numbers the calls that a copy has to find again: all of them.
void number_calls(::function *fun) {
  basic_block bb;
  unsigned next = 0;
  FOR_EACH_BB_FN(bb, fun)
  for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
    gimple_set_uid(gsi_stmt(gsi), is_gimple_call(gsi_stmt(gsi)) ? ++next : 0);
}

bool make_clone(plan &p, const clone_key &key, instance &made, apply_state &state) {
  cgraph_node *original = p.lowered.functions[key.function].node;
  made.plan = &p.functions[key.function];
  made.capacities = key.capacities;
  number_calls(original->get_fun());
  made.node = copy_function(original, key.capacities.size());
  if (!made.node)
    return false;
  std::map<unsigned, gcall *> calls = numbered_calls(made.node->get_fun());
  each_call(original->get_fun(), [&](gcall *call) {
    auto at = calls.find(gimple_uid(call));
    if (state.settled.count(call) && at != calls.end())
      state.settled.insert(at->second);
  });
  if (!find_calls(p, made, calls))
    return false;
  name_slots(made);
  return true;
}

} // namespace

bool can_clone(tree decl) {
  cgraph_node *node = cgraph_node::get(decl);
  ::function *fun = node ? node->get_fun() : nullptr;
  if (!fun || node->get_availability() < AVAIL_AVAILABLE || stdarg_p(TREE_TYPE(decl)) ||
      !tree_versionable_function_p(decl) || (optimize && !opt_for_fn(decl, optimize)) ||
      DECL_STATIC_CHAIN(decl) || fun->calls_setjmp || fun->has_nonlocal_label ||
      fun->has_forced_label_in_static)
    return false;
  for (const char *attribute : {"noipa", "noclone", "naked", "ifunc", "target_clones", "simd",
                                "omp declare simd", "transaction_callable", "transaction_safe"})
    if (has(decl, attribute))
      return false;
  basic_block bb;
  FOR_EACH_BB_FN(bb, fun)
  for (gimple_stmt_iterator gsi = gsi_start_bb(bb); !gsi_end_p(gsi); gsi_next(&gsi))
    if (cannot_repeat(gsi_stmt(gsi)))
      return false;
  return true;
}

bool can_call_clone(const gcall *call, tree decl) {
  // The slots stand behind the arguments, so there must be no more and no less of those.
  unsigned n = unsigned(list_length(DECL_ARGUMENTS(decl)));
  return gimple_call_fndecl(call) && gimple_call_num_args(call) == n &&
         types_compatible_p(gimple_call_fntype(call), TREE_TYPE(decl)) &&
         !gimple_call_must_tail_p(call) && !gimple_call_chain(call) &&
         !stmt_ends_bb_p(const_cast<gcall *>(call));
}

clone_key clone_for_call(const plan &p, const op_plan &op, const std::vector<uint64_t> &foreign) {
  clone_key key{op.callee, {}};
  for (EscSite site : op.sites)
    key.capacities.push_back(op.needs_sizes ? p.sites.at(site).bytes : 0);
  if (op.foreign)
    for (uint64_t bytes : foreign)
      key.capacities.push_back(op.needs_sizes ? bytes : 0);
  return key;
}

std::vector<EscSite> plan_clones(plan &p) {
  std::vector<EscSite> bad;
  closure all(p);
  std::vector<unsigned> roots;
  for (const auto &f : p.functions)
    roots.push_back(f.first);
  for (unsigned index : roots)
    if (!request_clones(p, all, index, {}, bad))
      return bad;
  for (size_t i = 0; i < p.clones.size(); ++i) {
    clone_key key = p.clones[i]; // a copy: the vector grows
    if (!request_clones(p, all, key.function, key.capacities, bad))
      return bad.empty() ? all_passed_sites(p) : bad;
  }
  return {};
}

bool make_clones(plan &p, std::vector<instance> &made, apply_state &state) {
  for (const clone_key &key : p.clones) {
    made.emplace_back();
    if (make_clone(p, key, made.back(), state))
      continue;
    for (instance &i : made)
      if (i.node)
        i.node->remove();
    made.clear();
    return false;
  }
  return true;
}

void call_clone(gcall *call, cgraph_node *clone, const std::vector<slot_ref> &slots) {
  gimple_stmt_iterator gsi = gsi_for_stmt(call);
  vec<tree> args = vNULL;
  for (unsigned n = 0; n < gimple_call_num_args(call); ++n)
    args.safe_push(gimple_call_arg(call, n));
  for (const slot_ref &s : slots)
    args.safe_push(slot_address(&gsi, s.slot, ptr_type_node));
  gcall *next = gimple_build_call_vec(clone->decl, args);
  args.release();
  gimple_call_copy_flags(next, call);
  gimple_call_set_tail(next, false);
  gimple_set_block(next, gimple_block(call));
  gimple_set_location(next, gimple_location(call));
  tree lhs = gimple_call_lhs(call);
  gimple_call_set_lhs(call, NULL_TREE);
  if (lhs)
    gimple_call_set_lhs(next, lhs);
  gsi_insert_before(&gsi, next, GSI_SAME_STMT);
  count_edge(next);
  remove_statement(call);
}

} // namespace escapement
