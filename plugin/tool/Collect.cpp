// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Collect.cpp - the outcomes of all files -> one sorted list; which finding matters most.
#include "Format.h"
#include "Lines.h"
#include "llvm/ADT/StringRef.h"
#include <algorithm>
#include <set>
#include <tuple>
#include <unistd.h>

using namespace llvm;

namespace escapement {
namespace {

// Where a step of a flow says it is: " at FILE:LINE:COL" at its end; npos: nowhere.
size_t placeOfStep(const std::string &Step) {
  size_t At = Step.rfind(" at ");
  if (At == std::string::npos || StringRef(Step).drop_front(At).count(':') < 2)
    return std::string::npos;
  return At + 4;
}

struct Mover {
  std::vector<std::string> Directories; // where the compiler ran: the one that has the file

  std::string file(const std::string &File) const {
    if (File.empty() || File[0] == '/')
      return File;
    for (const std::string &Directory : Directories)
      if (access(absolutePath(Directory, File).c_str(), F_OK) == 0)
        return pathFromHere(absolutePath(Directory, File));
    return File;
  }

  void move(Finding &F) const {
    F.File = file(F.File);
    std::string Flow;
    StringRef Rest = F.Flow;
    while (!Rest.empty()) {
      auto [Step, After] = Rest.split('\n');
      std::string Line = Step.str();
      size_t At = placeOfStep(Line);
      if (At != std::string::npos) {
        size_t End = Line.rfind(':', Line.rfind(':') - 1);
        Line = Line.substr(0, At) + file(Line.substr(At, End - At)) + Line.substr(End);
      }
      Flow += Line + "\n";
      Rest = After;
    }
    F.Flow = Flow;
  }
};

int costOf(EscReason Reason) {
  switch (Reason) {
  case ESC_REASON_OBJECT_BUDGET:
  case ESC_REASON_FRAME_BUDGET:
  case ESC_REASON_RECURSION_BUDGET:
    return 0;
  case ESC_REASON_OPAQUE_ALLOCATOR:
  case ESC_REASON_UNKNOWN_CALLEE:
  case ESC_REASON_VARIABLE_ARGUMENT:
    return 1;
  case ESC_REASON_SIZE_UNBOUNDED:
    return 2;
  case ESC_REASON_MERGED_FREE:
  case ESC_REASON_FREED_BY:
  case ESC_REASON_REALLOCATED_BY:
  case ESC_REASON_LIVE_TWICE:
    return 3;
  default:
    return 4;
  }
}

auto rank(const Finding &F) {
  bool Escapes = F.Placement == ESC_PLACE_HEAP;
  return std::make_tuple(!F.InLoop, Escapes, costOf(F.Reason));
}

} // namespace

Results collect(const std::vector<CompileCommand> &Entries, std::vector<Outcome> &Outcomes) {
  Results R;
  std::string Here = absolutePath(".", ".");
  Mover M;
  for (const CompileCommand &E : Entries)
    if (std::find(M.Directories.begin(), M.Directories.end(), E.Directory) == M.Directories.end())
      M.Directories.push_back(E.Directory);
  for (size_t I = 0; I < Outcomes.size(); ++I) {
    Outcome &O = Outcomes[I];
    if (!O.Skipped.empty())
      continue;
    ++R.Files;
    if (Outcomes.size() == Entries.size())
      M.Directories = {Entries[I].Directory};
    if (!O.Error.empty())
      R.Failures.push_back({M.file(O.File), O.Error});
    for (const std::string &Left : O.LeftOut) {
      auto [File, Why] = StringRef(Left).split(": ");
      R.Failures.push_back({File.str(), Why.str()});
    }
    for (Finding &F : O.Lines) {
      if (M.Directories.size() > 1 || M.Directories[0] != Here)
        M.move(F);
      R.Lines.push_back(std::move(F));
    }
    R.Report.insert(R.Report.end(), O.Report.begin(), O.Report.end());
  }
  sortFindings(R.Lines);
  auto Same = [](const Finding &A, const Finding &B) {
    return isSameLine(A, B) && A.Printed == B.Printed;
  };
  R.Lines.erase(std::unique(R.Lines.begin(), R.Lines.end(), Same), R.Lines.end());
  return R;
}

std::string textFormat(const Results &R, unsigned Level, bool Colour) {
  return linesText(R.Lines, Level, Colour);
}

std::string jsonFormat(const Results &R) {
  std::string Out;
  for (const std::string &Line : R.Report)
    Out += Line + "\n";
  return Out;
}

std::vector<FlowStep> flowSteps(const Finding &F) {
  std::vector<FlowStep> Steps;
  StringRef Rest = F.Flow;
  while (!Rest.empty()) {
    auto [Line, After] = Rest.split('\n');
    Rest = After;
    std::string Step = Line.trim().str();
    size_t At = placeOfStep(Step);
    if (!StringRef(Step).starts_with("from ") || At == std::string::npos)
      continue;
    FlowStep New;
    New.Text = Step.substr(5, At - 4 - 5);
    auto [Before, Col] = StringRef(Step).drop_front(At).rsplit(':');
    auto [File, Number] = Before.rsplit(':');
    if (Number.getAsInteger(10, New.Line) || Col.getAsInteger(10, New.Col))
      continue;
    New.File = File.str();
    Steps.push_back(std::move(New));
  }
  return Steps;
}

std::vector<const Finding *> ranked(const Results &R) {
  std::vector<const Finding *> Bad;
  for (const Finding &F : R.Lines)
    if (F.Printed && !F.Good && (F.Kind == ESC_FIND_SITE || F.Kind == ESC_FIND_LOCAL))
      Bad.push_back(&F);
  std::stable_sort(Bad.begin(), Bad.end(),
                   [](const Finding *A, const Finding *B) { return rank(*A) < rank(*B); });
  return Bad;
}

} // namespace escapement
