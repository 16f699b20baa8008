// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Match.h - which parameter, argument or variable of the source a value of the IR is.
//
// Values of the IR have no names in a release compiler, and one argument of the source may be none,
// one or two of the IR. A wrong name is worse than none: what is not certain has no answer.
//
// NOT HERE  What stands at a place (Source.h).
#ifndef ESCAPEMENT_PLUGIN_MATCH_H
#define ESCAPEMENT_PLUGIN_MATCH_H

#include "Source.h"
#include "llvm/ADT/DenseMap.h"
#include <vector>

namespace llvm {
class AllocaInst;
class CallBase;
class Function;
class Module;
} // namespace llvm

namespace escapement {

// Attribute of a copied function: how many slots it takes as parameters behind its own.
constexpr char SlotParameters[] = "escapement-slots";

// For each argument of the IR the parameter (argument) of the source that it is or is a part of;
// -1 for a hidden one (sret), and for all of them when the two sides do not fit together.
std::vector<int> sourceParameters(const llvm::Function &F, const FunctionInfo &Info);
std::vector<int> sourceArguments(const llvm::CallBase &Call, const CallInfo &Info);

// The allocas of `F` whose address is used for more than loads and stores, and their variables.
// REQUIRES  IR as CodeGen made it (the start of the pipeline); later there are fewer answers.
llvm::DenseMap<const llvm::AllocaInst *, const VariableInfo *>
localVariables(const llvm::Function &F, const SourceTable &Sources);

// Write the answers of localVariables() into the IR, where inlining copies them with the allocas,
// and read them again. Metadata only: the object does not change.
void tagLocals(llvm::Module &M, const SourceTable &Sources);
const VariableInfo *taggedLocal(const llvm::AllocaInst &Alloca, const SourceTable &Sources);
void untagLocals(llvm::Module &M);

} // namespace escapement

#endif
