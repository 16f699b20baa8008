// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Across.h - facts that cross files, on Clang's side: what a module has to say of itself, and the
// bodies that it is lent.
//
// NOT HERE  The order of reading and writing, and the sections (Exchange.h).
#ifndef ESCAPEMENT_PLUGIN_ACROSS_H
#define ESCAPEMENT_PLUGIN_ACROSS_H

#include "Bodies.h"
#include "Exchange.h"
#include "Lower.h"
#include <optional>

namespace escapement {

class Across {
public:
  // `Object`: the output as the compiler was given it.
  Across(const Options &Opts, const llvm::Module &M, std::string Object);

  // The directory is not there: this compilation does without.
  bool usable() const { return Others.usable(); }
  // The summaries of the functions that are declared here and may be believed; with whole-program
  // also of those that pointers may name.
  void read(llvm::Module &M);
  // Lends the module the bodies that verdicts may ask for: of small functions of other files that
  // free, reallocate or allocate. What they name is read too.
  void lend(llvm::Module &M, LentBodies &Lent);
  // Of a module that was lowered with LowerAnalyses::Summarize. What went wrong; empty: nothing.
  std::string write(llvm::Module &M, LoweredModule &Lowered);
  void addSections(llvm::Module &M, bool Changed) const;

  const SummaryReader &reader() const { return Others.reader(); }
  // Null without whole-program.
  const ClosedSet *set() const { return Others.set(); }
  // Every file that was opened, in order; it only grows.
  std::vector<std::string> files() const { return Others.files(); }
  // Of a file that could not be used.
  std::string complaint() const { return Others.complaint(); }

private:
  Exchange Others;
  bool Typed; // Options::TypedCalls
};

} // namespace escapement

#endif
