// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plan.h - what apply_verdicts() is about to do, complete before the first change.
//
//     apply.cpp          the order in which a plan is carried out
//     apply_plan.cpp     verdicts -> plan, checks
//     apply_clone.cpp    copies of callees that free what a caller moved
//     apply_slot.cpp     an allocation -> a slot, or a small buffer with the heap above
//     apply_free.cpp     free of what may be a slot
//     apply_realloc.cpp  realloc of what may be a slot, and into one
//     apply_verify.cpp   the objects of slots in guarded memory
//     apply_locals.cpp   locals -> heap
//
// INVARIANT  A site is in a plan only if everything that frees it is in the plan too. A plan is
// built and checked without touching a body; copies may be made and thrown away.
#ifndef ESCAPEMENT_GCC_PLAN_H
#define ESCAPEMENT_GCC_PLAN_H

#include "apply.h"

namespace escapement {

struct site_plan {
  EscSite site = ESC_NONE;
  gcall *call = nullptr;
  EscAllocatorModel model = {};
  bool buffer = false; // in the slot only while the size is at most `bytes`
  uint64_t bytes = 0, align = 16;
  tree slot = NULL_TREE; // in the body that is rewritten
};

// What frees, reallocates, or calls a function that does.
struct op_plan {
  enum class kind { frees, reallocates, calls };

  EscOp op = ESC_NONE;
  kind what = kind::frees;
  gcall *call = nullptr;
  uint32_t pointer_arg = 0; // frees: the argument
  EscAllocatorModel model = {};
  unsigned callee = UINT_MAX; // calls: index in lowered_module::functions
  bool remove = false;        // frees: else guard
  bool foreign = false;       // in a copy: may free what the caller can name
  bool possible = true;       // the rewrite knows this form
  bool needs_sizes = false;   // calls: the copy must know how large the slots are
  std::vector<EscSite> sites; // of this function, all in the plan
};

struct function_plan {
  std::vector<EscSite> sites;
  std::vector<op_plan> ops;
  bool has_foreign = false; // op_plan::foreign is filled in, and ops has every such operation
};

// A copy of a function with one more parameter for each slot of a caller. capacities[i] is the size
// of the i-th slot, 0 where the copy never reallocates it.
struct clone_key {
  unsigned function; // index in lowered_module::functions
  std::vector<uint64_t> capacities;
  bool operator<(const clone_key &o) const {
    return function != o.function ? function < o.function : capacities < o.capacities;
  }
};

// One body to rewrite: the function itself, or a copy of it.
struct instance {
  const function_plan *plan = nullptr;
  cgraph_node *node = nullptr;
  std::vector<uint64_t> capacities; // of the foreign slots
  std::vector<tree> foreign;        // their addresses: the extra parameters
  // The calls of plan->sites and plan->ops in this body.
  std::vector<gcall *> site_calls, op_calls;
  std::map<EscSite, tree> slots; // of its own sites
};

// A slot as seen at a realloc.
struct slot_ref {
  tree slot; // the variable, or in a copy the parameter that holds its address
  uint64_t bytes;
  const gcall *maker; // what always gives this slot; null for a small buffer
};

// What the allocator leaves in the memory.
struct contents {
  tree length = NULL_TREE;  // strdup-like: characters copied, without the end
  tree request = NULL_TREE; // bytes asked for
};

struct plan {
  lowered_module &lowered;
  std::map<EscSite, site_plan> sites;
  std::map<unsigned, function_plan> functions; // by index in lowered_module::functions
  std::vector<clone_key> clones;               // in the order in which they were found necessary
  std::map<clone_key, unsigned> clone_index;

  explicit plan(lowered_module &l) : lowered(l) {}
};

// ---- apply_plan.cpp
// The largest plan of which every part is possible; without the sites of `excluded`.
plan make_plan(lowered_module &lowered, const Options &opts, uint64_t rewrites,
               std::set<EscSite> &excluded);
// The operations of a function that free what its caller can name (for copies of it).
function_plan &foreign_plan(plan &p, unsigned function);

// Whether the options allow changes in this function.
bool is_chosen(const Options &opts, tree decl);

// ---- apply_clone.cpp
// Fills plan::clones. Returns the sites that must not be moved: not empty, and the plan is of no
// use.
std::vector<EscSite> plan_clones(plan &p);
// The copy that `op` calls in an instance with these foreign slots; no capacities: none is needed.
clone_key clone_for_call(const plan &p, const op_plan &op, const std::vector<uint64_t> &foreign);
// Makes the copies, all of unchanged bodies, as plan::clones. False: one of them has not all of
// the original's calls; none is left then.
bool make_clones(plan &p, std::vector<instance> &made, apply_state &state);
// Lets a call reach the copy, with the addresses of the slots behind its arguments.
void call_clone(gcall *call, cgraph_node *clone, const std::vector<slot_ref> &slots);

// ---- apply.cpp
void finish_body(); // of cfun: the virtual operands are renamed, references counted anew

// ---- apply_locals.cpp
void move_locals_to_heap(lowered_module &lowered, const Options &opts, apply_state &state);

// ---- apply_slot.cpp
// A function of that name that the program defines is some other function.
bool is_library(built_in_function code);
bool can_move_site(const site_plan &s);
tree make_slot(const site_plan &s); // in cfun
void move_site(const site_plan &s);
// A pointer of `type` to the slot (slot_ref::slot), or under verify mode to its object, made before
// the iterator.
tree slot_address(gimple_stmt_iterator *gsi, tree slot, tree type);
// Cuts the block so that `stmt` is alone in one: [before] -> [stmt] -> [after].
basic_block isolate(gimple *stmt);
// A block without statements behind `after`, in the same loop.
basic_block empty_block(basic_block after);
void remove_statement(gimple *stmt);
// A name for what a call gives that is_settled() from now on.
tree settled_name(tree type);

// Statements before the iterator, and what they make.
tree insert_value(gimple_stmt_iterator *gsi, tree type, tree_code code, tree a, tree b,
                  location_t where);
// A number of bytes as an unsigned one; a negative one becomes enormous, as for the allocator.
tree insert_size(gimple_stmt_iterator *gsi, tree value, location_t where);
gcall *insert_call(gimple_stmt_iterator *gsi, built_in_function code, const std::vector<tree> &args,
                   tree result_type, location_t where);
// The number of bytes that is asked for; a product may have wrapped around.
tree insert_request(gimple_stmt_iterator *gsi, const gcall *call, const EscAllocatorModel &model);
// The operand whose being at most the limit says that the request fits.
tree small_request(gimple_stmt_iterator *gsi, const site_plan &s, const contents &c);
void count_edge(gcall *call); // in the call graph

// ---- apply_free.cpp
bool can_change_free(const gcall *call, uint32_t pointer_arg);
void remove_free(gcall *call, uint32_t pointer_arg, const std::vector<tree> &slots);
void guard_free(gcall *call, uint32_t pointer_arg, const std::vector<tree> &slots);

// ---- apply_realloc.cpp
// `own`: the realloc is itself a site with a slot, else null.
void rewrite_realloc(gcall *call, const EscAllocatorModel &model,
                     const std::vector<slot_ref> &slots, const site_plan *own, apply_state &state);

} // namespace escapement

#endif
