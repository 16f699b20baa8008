// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// closed.h - what follows from the promise that a program is whole (Options::WholeProgram).
//
// NOT HERE  Which functions a call through a pointer reaches (analysis/dispatch.c).
#ifndef ESCAPEMENT_GCC_CLOSED_H
#define ESCAPEMENT_GCC_CLOSED_H

#include "apply.h"

namespace escapement {

// Whether functions of other files come into the program as pointers, whatever was promised.
bool brings_functions();
// A pointer may lead to it: its address is taken, or that of an alias may be.
bool is_address_taken(cgraph_node *node);

// Numbers for what calls through pointers and the functions they may reach agree on (analysis.h,
// esc_function_signatures).
class signature_table {
public:
  // Gives the function its numbers when its address is taken.
  void declare(EscModule *m, EscFunc id, tree decl);
  // ESC_NONE: the function is not called through a pointer, or without a prototype.
  uint32_t number(const gcall *call);

private:
  enum class result { used, dropped, none };
  uint32_t number(const std::vector<tree> &params, bool variadic, tree returned, result r);

  std::map<std::string, uint32_t> numbers;
};

// Calls through pointers that can reach one function only become calls of it, so that an allocator
// behind a hook is an allocator. Where it can be one of a few, an allocator of the library among
// them, the pointer is asked which it is, and each is called by its name.
class known_targets {
public:
  // `keep` false: undo() will follow; the call graph is left as it is, and no pointer is asked.
  void apply(bool keep, const change_filter &may_change);
  void undo();

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
};

} // namespace escapement

#endif
