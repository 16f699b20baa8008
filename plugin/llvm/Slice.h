// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Slice.h - which functions the verdicts can depend on.
//
// An allocation concerns the function that calls the allocator, the callers that may be given the
// memory, and whatever those call. The bodies of all others change no verdict about allocations, so
// most of a large file need not be analysed. Leaving a body out is always safe: an unknown function
// may do anything.
//
// NOT HERE  The report: parameter lines speak of every function, so it takes the whole module.
#ifndef ESCAPEMENT_PLUGIN_SLICE_H
#define ESCAPEMENT_PLUGIN_SLICE_H

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace llvm {
class Function;
class Module;
} // namespace llvm

namespace escapement {

using FunctionSet = llvm::DenseSet<const llvm::Function *>;

// `Closed`: what a function pointer in memory may call is known, and counts.
FunctionSet relevantFunctions(llvm::Module &M, bool Closed,
                              llvm::function_ref<bool(llvm::Function &)> IsAllocator);

} // namespace escapement

#endif
