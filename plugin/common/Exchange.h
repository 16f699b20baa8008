// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exchange.h - facts that cross files: what one compilation reads of others, and what it says.
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
// NOT HERE  The directory (Summaries.h, Members.h), the check (cli/link_check.c), what a compiler
// knows of its unit (plugin/llvm/Across.cpp, plugin/gcc/across.cpp).
#ifndef ESCAPEMENT_PLUGIN_EXCHANGE_H
#define ESCAPEMENT_PLUGIN_EXCHANGE_H

#include "ClosedSet.h"
#include "Options.h"
#include "Summaries.h"

namespace escapement {

// What a compilation has to say of its file while it reads others'.
struct UnitQuestions {
  // Functions that are declared here, and of which the linked definition is what its file says.
  std::vector<std::string> Named;
  // What is here decides over its own functions, and hides others of the same name.
  std::function<bool(const std::string &)> MayRead;
  // Whether anything here allocates, so that it matters what callees do.
  std::function<bool()> Asks;
  // With whole-program: functions of other files come in as pointers, whatever was promised.
  bool Brings = false;
  // The kinds of the calls through pointers.
  std::set<std::string> Kinds;
};

class Exchange {
public:
  // `Object`: the output as the compiler was given it.
  Exchange(const Options &Opts, std::string Object, std::string Target,
           const std::string &WorkDirectory, std::string Format = {});

  // False: the directory is not there, and this compilation does without.
  bool usable() const { return Writer.usable(); }
  // The summaries of what the unit names; with whole-program also of those that pointers may name.
  // May be asked again when the unit names more.
  void read(const UnitQuestions &Unit);
  // What went wrong; empty: nothing. `Members`: the functions whose address is taken here; only
  // with whole-program.
  std::string write(std::vector<SymbolSummary> Summaries, const std::vector<Member> &Members,
                    bool Brings);
  // The same for the object alone, of which no file speaks.
  void note(std::vector<SymbolSummary> Summaries, const std::vector<Member> &Members, bool Brings);
  // As assembly. `Changed`: something in the object depends on what was read. `Defines`: whether
  // the object has a function of that name.
  std::string sections(bool Changed, const std::function<bool(const std::string &)> &Defines) const;

  const std::string &object() const { return Object; }
  const std::string &target() const { return Target; }
  SummaryReader &reader() { return Reader; }
  const SummaryReader &reader() const { return Reader; }
  // Null without whole-program.
  const ClosedSet *set() const { return WholeProgram ? &Set : nullptr; }
  // Every file that was opened, in order; it only grows.
  std::vector<std::string> files() const;
  // Of a file that could not be used.
  std::string complaint() const;

private:
  void readMembers(const UnitQuestions &Unit, std::vector<std::string> &Names);

  std::string Object, Target, Directory;
  bool WholeProgram, WasClosed = false;
  SummaryWriter Writer;
  SummaryReader Reader;
  MemberReader Others;
  ClosedSet Set;
  std::vector<SymbolSummary> Written;
  std::string Taken; // the bytes of .escapement.takes
};

} // namespace escapement

#endif
