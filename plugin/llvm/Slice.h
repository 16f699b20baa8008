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

// `IsReached`: a function pointer in memory may call it, as is known of a closed program, or
// another file's function.
FunctionSet relevantFunctions(llvm::Module &M,
                              llvm::function_ref<bool(const llvm::Function &)> IsReached,
                              llvm::function_ref<bool(llvm::Function &)> IsAllocator);

} // namespace escapement

#endif
