// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// closed.h - what follows from the promise that a program is whole (Options::WholeProgram).
//
// Across files (summaries=) the promise is about the program that is linked: what other files say
// of their functions is in a ClosedSet. A number of a signature is made of its text alone.
//
// NOT HERE  Which functions a call through a pointer reaches (analysis/dispatch.c), the directory
// (Members.h), the numbers of texts (ClosedSet.h).
#ifndef ESCAPEMENT_GCC_CLOSED_H
#define ESCAPEMENT_GCC_CLOSED_H

#include "ClosedSet.h"
#include "apply.h"

namespace escapement {

// Whether functions of other files come into the program as pointers, whatever was promised.
bool brings_functions();
// A pointer may lead to it: its address is taken, or that of an alias may be.
bool is_address_taken(cgraph_node *node);
// The source says so, or GCC of its own builtin. What GCC has found out of a body is not what a
// caller means.
bool is_declared_malloc(tree decl);

// The name in other files of a function whose address is taken here.
std::string shared_name(tree decl, const std::string &static_suffix);
// The functions whose address is taken here.
std::vector<Member> taken_here(const std::string &static_suffix);
// The same by the name in the object; a function that has several declarations, of other types, is
// one that every call may reach.
std::map<std::string, Member> taken_by_name();
// The kinds of the calls through pointers.
std::set<std::string> kinds_called();

// Symbols by the name in the object.
using symbol_table_by_name = std::map<std::string, symtab_node *>;
symbol_table_by_name symbols_by_name();
// The function that others mean by this name; null: there is none here, or another symbol.
cgraph_node *shared_function(const symbol_table_by_name &symbols, const std::string &name);

// Options::TypedCalls; once, before anything below.
void promise_typed_calls(bool promised);
// What calls through pointers and the functions they may reach agree on (analysis.h,
// esc_function_signatures).
Member describe(tree decl);
// ESC_NONE: the function is not called through a pointer, or without a prototype.
uint32_t signature_of(const gcall *call);

// Calls through pointers that can reach one function only become calls of it, so that an allocator
// behind a hook is an allocator. Where it can be one of a few, an allocator of the library among
// them, the pointer is asked which it is, and each is called by its name.
class known_targets {
public:
  // `keep` false: undo() will follow; the call graph is left as it is, and no pointer is asked.
  // `set`: null when the unit is the program. Whether anything is changed.
  bool apply(bool keep, const ClosedSet *set, const change_filter &may_change);
  void undo();
  // Functions of other files that were not named here before.
  const std::vector<std::string> &named() const { return added; }

private:
  using targets_of_call = std::vector<cgraph_node *>;

  struct change {
    cgraph_node *caller;
    gcall *call;
    tree pointer; // what was called
  };
  // In cfun, the node's body.
  void apply_in(cgraph_node *node, bool keep,
                const std::vector<std::pair<gcall *, targets_of_call>> &calls);

  std::vector<change> changes;
  std::vector<std::string> added;
};

} // namespace escapement

#endif
