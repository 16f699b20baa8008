// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// slice.h - the functions that verdicts about allocations depend on, so that no others are lowered.
//
// NOT HERE  What is reported of functions (a report lowers the whole unit).
#ifndef ESCAPEMENT_GCC_SLICE_H
#define ESCAPEMENT_GCC_SLICE_H

#include "compat.h"

namespace escapement {

// Callers of allocators, their callers for some steps, and all that these call or name, without
// end; `is_reached`: by calls through pointers, or from other files.
// Empty: there is nothing to ask about.
std::set<const cgraph_node *>
relevant_functions(const std::function<bool(cgraph_node *)> &is_reached,
                   const std::function<bool(cgraph_node *)> &is_allocator);

} // namespace escapement

#endif
