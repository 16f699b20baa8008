// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies.h - the bodies of small functions, as LLVM bitcode that another compilation reads.
//
// A summary says what a function does, and cannot be rewritten: where the callee reallocates or
// frees what its caller would move, or hands out what it allocated, the caller needs a copy of it.
// A function travels when everything it names has the same meaning in every file.
//
// INVARIANT  What is written is the function as it came from the source, before any rewrite of
// ours. After drop() a module in which nothing was inlined or copied is what it was before add().
//
// NOT HERE  Files and hashes (Summaries.h), which functions are wanted (Across.h).
#ifndef ESCAPEMENT_PLUGIN_BODIES_H
#define ESCAPEMENT_PLUGIN_BODIES_H

#include "llvm/IR/Attributes.h"
#include "llvm/IR/GlobalValue.h"
#include "llvm/IR/PassManager.h"
#include <string>
#include <vector>

namespace llvm {
class DISubprogram;
class Function;
class Module;
} // namespace llvm

namespace escapement {

// The bitcode of a module with this function and declarations; empty: it must stay where it is.
std::string writeBody(const llvm::Function &F);

// Which LLVM reads it: no other one does.
std::string bodyFormat();

// The bodies that a module has been lent.
class LentBodies {
public:
  explicit LentBodies(llvm::Module &M) : M(M) {}
  bool empty() const { return Lent.empty(); }

  // Gives a declaration of the module its body. False, and nothing changed, when the bitcode is
  // none, or something it names is another thing here.
  bool add(llvm::Function &F, llvm::StringRef Bitcode);
  // Takes all of them away, and what was declared for them and is not used.
  void drop(llvm::FunctionAnalysisManager &FAM);

private:
  struct Loan {
    llvm::Function *F;
    llvm::AttributeList Attributes;
    llvm::GlobalValue::LinkageTypes Linkage;
    llvm::DISubprogram *Subprogram;
  };

  llvm::Module &M;
  std::vector<Loan> Lent;
  std::vector<llvm::GlobalValue *> Declared;
};

} // namespace escapement

#endif
