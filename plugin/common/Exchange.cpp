// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exchange.cpp - see Exchange.h.
#include "Exchange.h"

namespace escapement {

// A function behind a pointer that calls through a pointer of another kind, and so on; a kind that
// is not read stays unknown.
static constexpr unsigned MaxSetSteps = 6;

Exchange::Exchange(const Options &Opts, std::string Object, std::string Target,
                   const std::string &WorkDirectory, std::string Format)
    : Object(std::move(Object)), Target(std::move(Target) + (Opts.TypedCalls ? "-typed" : "")),
      Directory(Opts.Summaries), WholeProgram(Opts.WholeProgram),
      Writer(Opts.Summaries, this->Object, WorkDirectory, Format),
      Reader(Opts.Summaries, this->Target, Format), Others(Opts.Summaries, Writer.number()) {
  Set.StaticSuffix = "." + Writer.number();
}

// The functions that calls through pointers reach, from here and from the summaries that were read;
// those that are new, to be read.
void Exchange::readMembers(const UnitQuestions &Unit, std::vector<std::string> &Names) {
  std::set<std::string> Kinds = Unit.Kinds;
  for (const auto &Entry : Reader.summaries())
    for (uint32_t Signature : Entry.second.Signatures)
      Kinds.insert(kindOf(Signature));
  std::vector<Member> Added;
  for (const std::string &Kind : Kinds)
    Others.read(Kind, Added);
  for (const Member &S : Added)
    Names.push_back(S.Symbol);
}

void Exchange::read(const UnitQuestions &Unit) {
  if (WholeProgram && !Set.Others) {
    Set.Others = &Others;
    Set.Closed = Others.open();
  }
  Set.Closed = Set.Closed && !Unit.Brings;
  WasClosed |= Set.Closed;
  const std::set<std::string> Direct(Unit.Named.begin(), Unit.Named.end());
  Reader.load(Unit.Named, [&](const std::string &Symbol) { return !Direct.count(Symbol); });
  // An allocator may be behind a pointer.
  if (!Unit.Asks() && !(Set.Closed && !Unit.Kinds.empty()))
    return;
  auto Skip = [&](const std::string &Symbol) { return !Unit.MayRead(Symbol); };
  std::vector<std::string> Further;
  for (const auto &Entry : Reader.summaries())
    Further.insert(Further.end(), Entry.second.Calls.begin(), Entry.second.Calls.end());
  Reader.load(Further, Skip);
  for (unsigned Step = 0; Set.Closed && Step < MaxSetSteps; ++Step) {
    Further.clear();
    readMembers(Unit, Further);
    if (Further.empty())
      return;
    Reader.load(Further, Skip);
  }
}

void Exchange::note(std::vector<SymbolSummary> Summaries, const std::vector<Member> &Members,
                    bool Brings) {
  Written = std::move(Summaries);
  if (!WholeProgram)
    return;
  // Also when nothing is taken: this object says so. Numbers of signatures are each compiler's own,
  // and others with whole-program=typed.
  Taken = "set " + Target.substr(Target.rfind(' ') + 1) + "\n";
  Taken += Brings ? "brings -\n" : "";
  for (const Member &S : Members)
    Taken += S.line() + "\n";
}

std::string Exchange::write(std::vector<SymbolSummary> Summaries,
                            const std::vector<Member> &Members, bool Brings) {
  note(std::move(Summaries), Members, Brings);
  std::string Error = Writer.write(Written);
  if (!WholeProgram || !Error.empty())
    return Error;
  return MemberWriter(Directory, Object, Writer.number()).write(Members, Brings);
}

std::vector<std::string> Exchange::files() const {
  std::vector<std::string> All = Others.files();
  All.insert(All.end(), Reader.files().begin(), Reader.files().end());
  return All;
}

std::string Exchange::complaint() const {
  return Reader.complaint().empty() ? Others.complaint() : Reader.complaint();
}

std::string Exchange::sections(bool Changed,
                               const std::function<bool(const std::string &)> &Defines) const {
  std::string Asm = summarySections(Written, Changed ? &Reader : nullptr, Defines);
  Asm += droppedSection(".escapement.takes", Taken);
  if (Changed && WasClosed)
    Asm += droppedSection(".escapement.reaches", Taken + Others.lines());
  return Asm;
}

} // namespace escapement
