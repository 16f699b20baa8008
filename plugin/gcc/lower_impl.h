// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// lower_impl.h - shared by the files that lower: the unit's part and one function's part.
//
//     lower.cpp            the unit: functions, parameters, globals, the order of work
//     lower_body.cpp       a body: the order of work, every statement that no other file has
//     lower_holders.cpp    which SSA names may hold a pointer
//     lower_values.cpp     making values and operations; constants
//     lower_memory.cpp     memory references: loads, stores, copies of whole objects
//     lower_address.cpp    offsets, differences, decisions by the bits of an address
//     lower_call.cpp       calls
//     lower_allocator.cpp  calls of allocators: sites
//     lower_builtin.cpp    builtins, variable arguments, inline assembly
//     lower_wrapper.cpp    marks by which thin wrappers of allocators are found
//
// SOUNDNESS  An integer, a float or a vector is a value of the model as soon as bits of a pointer
// can have come into it (body_lowering::find_holders).
//
// NOT HERE  Anything a user of lower.h needs.
#ifndef ESCAPEMENT_GCC_LOWER_IMPL_H
#define ESCAPEMENT_GCC_LOWER_IMPL_H

#include "closed.h"
#include "lower.h"

namespace escapement {

// Aggregates up to this many bytes are returned as a value, larger ones through a hidden parameter:
// as the ABI has it, so that both front ends speak of the same parameters.
constexpr HOST_WIDE_INT max_value_bytes = 16;

// The function is called, whatever aliases stand between; null: through a pointer, or another
// definition may be linked behind an alias.
tree called_function(const gcall *call);
// Is it the number of an address, perhaps converted further?
bool is_address_number(tree name);
// The name in the object, without what stands before it there.
std::string linkage_name(tree decl);
bool is_aggregate(tree type);
// A function's result that is handed back in memory of the caller.
bool returns_in_memory(tree function_type);
// Could an object of this type be declared to hold a pointer?
bool holds_pointers(tree type, unsigned depth = 0);

class module_lowering {
public:
  module_lowering(source_table &sources, const Options &opts,
                  const std::set<const gimple *> &settled, question asked);
  lowered_module run();

  EscFunc function(tree decl);
  // A callee that is only a name.
  EscFunc unknown_function(const std::string &name, unsigned nparams);
  EscGlobal global(tree decl);
  bool allocator(tree decl, EscAllocatorModel &model);
  bool has_body(tree decl);
  bool is_disabled_builtin(tree decl);
  unsigned parameters(tree decl) const; // values of the model, the hidden ones too
  bool summarizes() const { return asked.summarize; }

  source_table &where;
  const Options &opts;
  const std::set<const gimple *> &settled;
  lowered_module out;
  bool closed;  // the program is whole, as promised
  bool numbers; // calls through pointers have a number

private:
  void collect_disabled_builtins();
  bool is_taken(cgraph_node *node) const;
  bool is_named_by_others(tree decl) const;
  EscFunc member(Member &s);
  bool is_left_out(tree decl) const;
  bool is_elsewhere(tree decl) const;
  bool makes_sites(tree decl);
  void declare(tree decl, EscFunc id);
  void declare_attributes(tree decl, EscFunc id);
  void declare_parameters(tree decl, EscFunc id);
  uint32_t function_flags(tree decl);

  const question asked;
  std::set<const cgraph_node *> relevant; // unless the whole unit is asked about
  bool no_builtins = false;
  std::set<std::string> disabled_builtins;
  std::map<std::string, Member> taken; // here, by name: a function may have several declarations
  symbol_table_by_name symbols;        // with a ClosedSet
  std::map<tree, EscFunc> functions;
  std::map<tree, EscGlobal> globals;
};

// Where a reference points: `base` and the offsets that may be added, in bytes.
struct memory {
  EscValue base = ESC_NONE; // ESC_NONE: NULL, or nothing that an object of ours is
  int64_t lo = 0, hi = 0;
  uint32_t width = 0; // bytes; 0: not known
};

class body_lowering {
public:
  body_lowering(module_lowering &ml, lowered_function &lf, unsigned index);
  void run();

private:
  // Which values may hold a pointer (lower_holders.cpp).
  void find_holders();
  bool holds(tree name) const;
  bool holds_by_itself(gimple *stmt, tree def) const;
  bool carries_operand(gimple *stmt) const;
  bool names_address(tree op);
  void number_values();

  // Values and operations (lower_values.cpp).
  EscValue operand(tree op);
  EscValue constant(tree op);
  EscValue result(tree def);
  EscValue decl_value(tree decl); // the address of a variable or function
  EscValue new_value() { return esc_value(m, id); }
  EscOp emit(const EscOpInfo &info, gimple *from);
  EscOp emit_at_entry(const EscOpInfo &info);
  EscValue emit_world(gimple *from);
  EscValue entry_world();
  void emit_copy(EscValue dst, EscValue a, int64_t lo, int64_t hi, gimple *from,
                 uint32_t flags = 0);
  void emit_unknown_copy(EscValue dst, EscValue a, gimple *from);
  void emit_merge(EscValue dst, const std::vector<EscValue> &values, gimple *from);
  void emit_merge(EscValue dst, const std::vector<EscArg> &args, gimple *from);
  // Any function of the operands: one of them, at any offset.
  void emit_mix(EscValue dst, const std::vector<EscValue> &values, gimple *from);
  void emit_use(EscValue a, gimple *from);
  void emit_leak(EscValue a, EscReason reason, EscSource source, gimple *from);

  // Memory (lower_memory.cpp).
  memory memory_of(tree ref);
  EscValue address_of(tree ref, gimple *from); // a value for the address itself
  void emit_load(EscValue dst, tree ref, gimple *from);
  void emit_load(EscValue dst, const memory &at, uint32_t flags, gimple *from);
  void emit_store(tree ref, EscValue value, gimple *from);
  void emit_store(const memory &at, EscValue value, uint32_t flags, EscSource source, gimple *from);
  void emit_move(tree to, tree from_ref, gimple *from);
  EscLocal new_local(uint64_t bytes, const std::string &name, const place &at);
  EscLocal local(tree decl);
  EscValue copy_for_call(tree ref, gimple *from);

  // The body (lower_body.cpp).
  void lower_edges();
  void lower_parameters();
  void lower_phi(gphi *phi);
  void lower_statement(gimple *stmt);
  void lower_assign(gassign *stmt);
  void lower_memory_assign(gassign *stmt);
  void lower_single(gassign *stmt, EscValue dst);
  void lower_cast(gassign *stmt, EscValue dst);
  void lower_return(greturn *stmt);
  void lower_unknown(gimple *stmt);
  location_t return_location(greturn *stmt, tree value);

  // Addresses (lower_address.cpp).
  void lower_comparison(tree a, tree b, gimple *from);
  void lower_decision(tree a, tree b, gimple *from);
  void lower_address_number(tree number, gimple *from);
  void decide_by(tree number);
  void leak_decided();
  void lower_pointer_plus(gassign *stmt, EscValue dst);
  void lower_arithmetic(gassign *stmt, EscValue dst);

  // Calls (lower_call.cpp).
  void lower_call(gcall *call);
  void lower_indirect_call(gcall *call);
  void lower_direct_call(gcall *call, EscFunc callee, tree decl);
  void lower_printed_addresses(gcall *call, EscSource source);
  void lower_address_numbers(gcall *call);
  void arguments(gcall *call, const call_info *source, std::vector<EscArg> &args);
  // The value that the call makes, and storing it where the call's result lies in memory.
  EscValue call_result(gcall *call);
  void store_result(gcall *call, EscValue value);
  void define_result(gcall *call, EscValue value);
  uint32_t call_flags(const gcall *call) const;

  // Allocators (lower_allocator.cpp).
  bool lower_allocator(gcall *call, tree decl);
  void lower_opaque_allocation(gcall *call, tree decl, const call_info *source, EscValue dst);
  void lower_line_buffer(gcall *call, tree decl, const call_info *source);
  EscSite new_site(gcall *call, EscSiteInfo &info, const call_info *source);
  EscNumber allocated_size(gcall *call, const EscAllocatorModel &model);
  uint64_t alignment(gcall *call, const EscAllocatorModel &model);

  // Builtins (lower_builtin.cpp).
  bool lower_builtin(gcall *call, tree decl);
  void lower_internal(gcall *call);
  void lower_alloca(gcall *call);
  void lower_variable_start(gcall *call);
  void lower_variable_argument(gcall *call);
  void lower_memory_move(gcall *call, tree to, tree from_ptr, tree length, bool result_is_end);
  void lower_memory_set(gcall *call, tree to, tree byte);
  void lower_function_of_operands(gcall *call);
  void leak_operands(gcall *call, EscReason reason, const std::string &name);
  void lower_asm(gasm *stmt);

  // For summaries (lower_wrapper.cpp).
  bool may_be_wrapper() const;
  void emit_mark(uint32_t flag, EscValue a, uint32_t at, gimple *from);
  void mark_start();
  void mark_block(basic_block bb);
  void mark_effect(gimple *stmt);
  void wrapper_arguments(gcall *call, std::vector<EscArg> &args);

  module_lowering &ml;
  lowered_function &lf;
  unsigned index; // in lowered_module::functions
  ::function *fun;
  EscModule *m;
  EscFunc id;
  EscBlock current = 0;
  bool marks = false;            // what a wrapper is told from others by is in the model too
  const gimple *shown = nullptr; // the last one that became a CALL, ALLOC, REALLOC or FREE
  EscValue world_at_entry = ESC_NONE;
  std::vector<bool> holder;      // by SSA version
  std::vector<EscValue> decided; // by these: lower_address.cpp
  std::set<tree> decided_seen;
  std::vector<EscValue> values; // by SSA version; ESC_NONE: not a holder
  std::vector<EscBlock> blocks; // by the index of the basic block
  std::map<tree, EscValue> decl_values;
  std::map<tree, EscValue> constants; // ADDR_EXPRs, by the tree
  std::map<tree, EscLocal> locals;
  std::map<tree, uint32_t> params; // PARM_DECL -> parameter of the model
};

} // namespace escapement

#endif
