// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closed.h - what follows from the promise that a program is whole (Options::WholeProgram).
//
// Across files (summaries=) the promise is about the program that is linked: what other files say
// of their functions is in a ClosedSet, and a number of a signature is made of its text alone.
//
// NOT HERE  Which functions a call through a pointer reaches (analysis/dispatch.c), the directory
// (Members.h), the numbers of texts (ClosedSet.h).
#ifndef ESCAPEMENT_PLUGIN_CLOSED_H
#define ESCAPEMENT_PLUGIN_CLOSED_H

#include "ClosedSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"
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

// The source says that what the function returns is fresh memory, or LLVM of the library's. What
// LLVM has found out of a body is not what a caller means: definitions have a mark, from before the
// first pass until the last one.
bool isDeclaredMalloc(const llvm::Function &F);
void markDeclaredMallocs(llvm::Module &M);
void unmarkDeclaredMallocs(llvm::Module &M);

// The function as another file's pointers may name it; null: none does.
const Member *findMember(const ClosedSet &Set, const llvm::Function &F);

// The name in other files of a function whose address is taken here.
std::string sharedName(const llvm::Function &F, const std::string &StaticSuffix);

// Numbers for what calls through pointers and the functions they may reach agree on (analysis.h,
// esc_function_signatures).
class SignatureTable {
public:
  // `Typed`: Options::TypedCalls.
  SignatureTable(const llvm::DataLayout &DL, bool Typed) : DL(DL), Typed(Typed) {}
  // Gives a function whose address is taken its numbers.
  void declare(EscModule *M, EscFunc Id, const llvm::Function &F);
  Member describe(const llvm::Function &F);
  // What another file says of the function, and what is seen here.
  void join(Member &S, const llvm::Function &F);
  // ESC_NONE: the function is not called through a pointer, or without a prototype.
  uint32_t number(const llvm::CallBase &C);

private:
  uint32_t number(const llvm::FunctionType &Type, llvm::AttributeList Attributes, ResultUse Use);

  const llvm::DataLayout &DL;
  bool Typed;
};

// The functions whose address the module takes.
std::vector<Member> takenIn(llvm::Module &M, const std::string &StaticSuffix, bool Typed);
// The kinds of its calls through pointers.
std::set<std::string> kindsCalled(const llvm::Module &M, bool Typed);

// Calls through pointers that can reach one function only become calls of it, so that an allocator
// behind a hook is an allocator. Where it can be one of a few, an allocator of the library among
// them, the pointer is asked which it is, and each is called by its name. Those for which
// `MayChange` says so; whether any did. `Set`: null when the module is the program.
bool callTargets(llvm::Module &M, const ClosedSet *Set, bool Typed,
                 llvm::function_ref<bool(llvm::CallBase &, llvm::Function &)> MayChange);

} // namespace escapement

#endif
