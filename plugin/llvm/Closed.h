// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closed.h - what follows from the promise that a program is whole (Options::WholeProgram).
//
// NOT HERE  Which functions a call through an unknown pointer reaches (analysis/dispatch.c).
#ifndef ESCAPEMENT_PLUGIN_CLOSED_H
#define ESCAPEMENT_PLUGIN_CLOSED_H

#include "llvm/IR/Attributes.h"
#include <string>

namespace llvm {
class CallBase;
class DataLayout;
class Function;
class FunctionType;
class Module;
} // namespace llvm

namespace escapement {

// Whether functions of other files come into the program as pointers, whatever was promised.
bool bringsFunctions(const llvm::Module &M);

// What a call and the functions it may reach agree on: how each parameter is passed and, unless
// `Loose`, the result.
std::string signatureText(const llvm::FunctionType &Type, llvm::AttributeList Attributes,
                          const llvm::DataLayout &DL, bool Loose);

// Nobody looks at the result of this call: a program may well call an int function as a void one.
bool dropsResult(const llvm::CallBase &C);
// Whether such a call may be meant for it: memory is never allocated for nothing.
bool canDropResult(const llvm::Function &F);

// Calls through pointers that can reach one function only become calls of it, so that an allocator
// behind a hook is an allocator. Whether any did.
bool callSoleTargets(llvm::Module &M);

} // namespace escapement

#endif
