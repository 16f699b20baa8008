// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// slice.cpp - see slice.h.
//
// INVARIANT  What a function of the slice calls or takes the address of is in the slice too, if it
// has a body: a model never meets a callee that was left out.
#include "slice.h"

namespace escapement {
namespace {

// How far up memory is followed that is handed to callers. Moving it there takes one round of
// inlining for each step (pass.cpp), and one more caller to see that it stays.
constexpr unsigned max_callers = 5;

struct slice {
  std::set<const cgraph_node *> set;
  std::vector<cgraph_node *> order;

  void add(cgraph_node *node) {
    node = node->inlined_to ? node->inlined_to : node->ultimate_alias_target();
    if (node && node->has_gimple_body_p() && set.insert(node).second)
      order.push_back(node);
  }

  void add_callers(cgraph_node *node) {
    for (cgraph_edge *e = node->callers; e; e = e->next_caller)
      add(e->caller);
    ipa_ref *alias;
    for (unsigned i = 0; node->iterate_direct_aliases(i, alias); ++i)
      if (auto *other = dyn_cast<cgraph_node *>(alias->referring))
        add_callers(other);
  }

  void add_named(cgraph_node *node) {
    for (cgraph_edge *e = node->callees; e; e = e->next_callee)
      add(e->callee);
    ipa_ref *ref;
    for (unsigned i = 0; node->iterate_reference(i, ref); ++i)
      if (auto *named = dyn_cast<cgraph_node *>(ref->referred))
        add(named);
  }
};

} // namespace

std::set<const cgraph_node *>
relevant_functions(const std::function<bool(cgraph_node *)> &is_reached,
                   const std::function<bool(cgraph_node *)> &is_allocator) {
  slice s;
  cgraph_node *node;
  FOR_EACH_FUNCTION(node)
  if (!node->inlined_to && is_allocator(node))
    s.add_callers(node);
  for (size_t level = 0, begin = 0; level < max_callers; ++level)
    for (size_t end = s.order.size(); begin < end; ++begin)
      s.add_callers(s.order[begin]);
  if (!s.order.empty())
    FOR_EACH_FUNCTION(node)
  if (is_reached(node))
    s.add(node);
  for (size_t i = 0; i < s.order.size(); ++i)
    s.add_named(s.order[i]);
  return std::move(s.set);
}

} // namespace escapement
