// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Across.h - facts that cross files, on Clang's side: which summaries a module reads and writes.
//
// What is written is decided without what is read, so a file's summaries depend on its source alone
// and two builds say the same. What is read is recorded in the object when it was changed by it:
//
//     .escapement.summary   the summaries of the functions here
//     .escapement.defines   their hashes
//     .escapement.assumes   the hashes of others' that were believed
//
// Sections that the linker drops (SHF_EXCLUDE); `escapement link-check` compares them.
//
// NOT HERE  The directory (Summaries.h), the check (cli/link_check.c).
#ifndef ESCAPEMENT_PLUGIN_ACROSS_H
#define ESCAPEMENT_PLUGIN_ACROSS_H

#include "Lower.h"
#include <optional>

namespace escapement {

class Across {
public:
  // `Object`: the output as the compiler was given it.
  Across(const Options &Opts, const llvm::Module &M, std::string Object);

  // The directory is not there: this compilation does without.
  bool usable() const { return Writer.usable(); }
  // The summaries of the functions that are declared here and may be believed.
  void read(llvm::Module &M);
  // Of a module that was lowered with LowerAnalyses::Summarize. What went wrong; empty: nothing.
  std::string write(LoweredModule &Lowered);
  void addSections(llvm::Module &M, bool Changed) const;

  const SummaryReader &reader() const { return Reader; }

private:
  std::string Object, Target;
  SummaryWriter Writer;
  SummaryReader Reader;
  std::vector<SymbolSummary> Written;
};

} // namespace escapement

#endif
