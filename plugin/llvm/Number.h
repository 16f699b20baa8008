// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Number.h - what is known of an integer: its range, and its value in terms of a parameter.
//
// A range errs to the wide side. A parameter expression is given only where it cannot overflow,
// with one liberty: a signed 32-bit parameter widened with its sign counts as unsigned. For a
// negative value both readings are far above every budget, which is all that sizes are compared
// with.
//
// NOT HERE  Pointers.
#ifndef ESCAPEMENT_PLUGIN_NUMBER_H
#define ESCAPEMENT_PLUGIN_NUMBER_H

#include "escapement/analysis.h"
#include "llvm/IR/Instruction.h"

namespace llvm {
class LazyValueInfo;
}

namespace escapement {

// `LVI` may be null: then only the value itself is looked at, not what branches above `At` prove.
EscNumber numberOf(llvm::Value *V, llvm::Instruction *At, llvm::LazyValueInfo *LVI);
// A signed byte offset: `Scale` times the value `V`; false when the range is not known.
bool offsetRange(const llvm::Value *V, int64_t Scale, int64_t &Lo, int64_t &Hi);

} // namespace escapement

#endif
