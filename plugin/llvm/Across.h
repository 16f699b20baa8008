// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Across.h - facts that cross files, on Clang's side: which summaries a module reads and writes.
//
// What is written is decided without what is read, so a file's summaries depend on its source alone
// and two builds say the same. What is read is recorded in the object when it was changed by it:
//
//     .escapement.summary   the summaries of the functions here
//     .escapement.defines   their hashes
//     .escapement.assumes   the hashes of others' that were believed
//     .escapement.takes     the functions whose address is taken here (with whole-program)
//     .escapement.reaches   those of others that pointers were believed to name
//
// Sections that the linker drops (SHF_EXCLUDE); `escapement link-check` compares them.
//
// NOT HERE  The directory (Summaries.h), the check (cli/link_check.c).
#ifndef ESCAPEMENT_PLUGIN_ACROSS_H
#define ESCAPEMENT_PLUGIN_ACROSS_H

#include "Bodies.h"
#include "Lower.h"
#include <optional>

namespace escapement {

class Across {
public:
  // `Object`: the output as the compiler was given it.
  Across(const Options &Opts, const llvm::Module &M, std::string Object);

  // The directory is not there: this compilation does without.
  bool usable() const { return Writer.usable(); }
  // The summaries of the functions that are declared here and may be believed; with whole-program
  // also of those that pointers may name.
  void read(llvm::Module &M);
  // Lends the module the bodies that verdicts may ask for: of small functions of other files that
  // free, reallocate or allocate. What they name is read too.
  void lend(llvm::Module &M, LentBodies &Lent);
  // Of a module that was lowered with LowerAnalyses::Summarize. What went wrong; empty: nothing.
  std::string write(llvm::Module &M, LoweredModule &Lowered);
  void addSections(llvm::Module &M, bool Changed) const;

  const SummaryReader &reader() const { return Reader; }
  // Null without whole-program.
  const ClosedSet *set() const { return WholeProgram ? &Set : nullptr; }
  // Every file that was opened, in order; it only grows.
  std::vector<std::string> files() const;
  // Of a file that could not be used.
  std::string complaint() const;

private:
  void readMembers(llvm::Module &M, std::vector<std::string> &Names);
  std::string writeTaken(llvm::Module &M);
  bool mayRead(const llvm::Module &M, const std::string &Symbol) const;

  std::string Object, Target, Directory;
  bool WholeProgram;
  SummaryWriter Writer;
  SummaryReader Reader;
  MemberReader Others;
  ClosedSet Set;
  std::vector<SymbolSummary> Written;
  std::string Taken; // the bytes of .escapement.takes
};

} // namespace escapement

#endif
