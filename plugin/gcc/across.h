// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// across.h - facts that cross files, on GCC's side: which summaries a unit reads and writes.
//
// What is written is decided without what is read, so a file's summaries depend on its source alone
// and two builds say the same. What is read is recorded in the object when it was changed by it
// (docs/design/0025).
//
// NOT HERE  The directory and the form of the sections (Summaries.h), the check (cli/check.c).
#ifndef ESCAPEMENT_GCC_ACROSS_H
#define ESCAPEMENT_GCC_ACROSS_H

#include "lower.h"

namespace escapement {

class across {
public:
  explicit across(const Options &opts);

  // False: the directory is not there, and this compilation does without.
  bool usable() const { return writer.usable(); }
  // Of what the functions here do, as they stand. What went wrong; empty: nothing.
  std::string write();
  // The summaries of the functions that are declared here and may be believed; the dependency file
  // (-MD) gets the files.
  void read();
  // At the end of the assembly. `changed`: something in it depends on what was read.
  void add_sections(FILE *assembly, bool changed) const;

  const SummaryReader &known() const { return reader; }

private:
  Options plain; // of the lowering: nothing that depends on what is printed
  std::string object, target;
  SummaryWriter writer;
  SummaryReader reader;
  std::vector<SymbolSummary> written;
};

} // namespace escapement

#endif
