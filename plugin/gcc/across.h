// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// across.h - facts that cross files, on GCC's side: what a unit has to say of itself.
//
// NOT HERE  The order of reading and writing, and the sections (Exchange.h).
#ifndef ESCAPEMENT_GCC_ACROSS_H
#define ESCAPEMENT_GCC_ACROSS_H

#include "Exchange.h"
#include "lower.h"

namespace escapement {

class across {
public:
  explicit across(const Options &opts);

  // False: the directory is not there, and this compilation does without.
  bool usable() const { return others.usable(); }
  // Of what the functions here do, as they stand. What went wrong; empty: nothing.
  std::string write();
  // The summaries of the functions that are declared here and may be believed, and of `more`; with
  // whole-program also of those that pointers may name. The dependency file (-MD) gets the files.
  void read(const std::vector<std::string> &more = {});
  // At the end of the assembly. `changed`: something in it depends on what was read.
  void add_sections(FILE *assembly, bool changed) const;

  const SummaryReader &known() const { return others.reader(); }
  // Null without whole-program.
  const ClosedSet *set() const { return others.set(); }

private:
  Options plain; // of the lowering: nothing that depends on what is printed
  Exchange others;
  std::set<std::string> told;    // files that were read
  std::set<std::string> defined; // what other files may call here
  bool complained = false;
};

} // namespace escapement

#endif
