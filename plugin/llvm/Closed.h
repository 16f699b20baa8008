// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closed.h - what follows from the promise that a program is whole (Options::WholeProgram).
//
// NOT HERE  Which functions a call through a pointer reaches (analysis/dispatch.c).
#ifndef ESCAPEMENT_PLUGIN_CLOSED_H
#define ESCAPEMENT_PLUGIN_CLOSED_H

#include "escapement/analysis.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Attributes.h"

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

// Numbers for what calls through pointers and the functions they may reach agree on (analysis.h,
// esc_function_signatures).
class SignatureTable {
public:
  explicit SignatureTable(const llvm::DataLayout &DL) : DL(DL) {}
  // Gives the function its numbers when its address is taken.
  void declare(EscModule *M, EscFunc Id, const llvm::Function &F);
  // ESC_NONE: the function is not called through a pointer, or without a prototype.
  uint32_t number(const llvm::CallBase &C);

private:
  enum class Result { Used, Dropped, None };
  uint32_t number(const llvm::FunctionType &Type, llvm::AttributeList Attributes, Result R);

  const llvm::DataLayout &DL;
  llvm::StringMap<uint32_t> Numbers;
};

// Calls through pointers that can reach one function only become calls of it, so that an allocator
// behind a hook is an allocator; those for which `MayChange` says so. Whether any did.
bool callSoleTargets(llvm::Module &M,
                     llvm::function_ref<bool(llvm::CallBase &, llvm::Function &)> MayChange);

} // namespace escapement

#endif
