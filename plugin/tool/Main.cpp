// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Main.cpp - escapement-check: the findings of every file of a compile database, without building.
//
//     arguments -> database -> a process for each file -> all findings -> one format
//
// `escapement check` (cli/) is this program under another name.
//
// NOT HERE  Lowering, asking, reporting: they are the plugin's, whose objects are linked in.
#include "CommandLine.h"
#include "Format.h"
#include "Workers.h"
#include "llvm/ADT/StringRef.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <unistd.h>

using namespace escapement;

static std::string formatted(const Results &All, const CheckRequest &R) {
  switch (R.Output) {
  case Format::Text:
    return textFormat(All, R.Level, R.OutputFile.empty() && isatty(STDOUT_FILENO));
  case Format::Json:
    return jsonFormat(All);
  case Format::Sarif:
    return sarifFormat(All);
  case Format::Github:
    return githubFormat(All);
  case Format::Junit:
    return junitFormat(All);
  }
  return "";
}

static void write(const std::string &Text, const CheckRequest &R) {
  FILE *File = R.OutputFile.empty() ? stdout : std::fopen(R.OutputFile.c_str(), "w");
  bool Written = File && std::fwrite(Text.data(), 1, Text.size(), File) == Text.size();
  if (File && (File == stdout ? std::fflush(File) : std::fclose(File)) != 0)
    Written = false;
  if (!Written)
    trouble("cannot write " + (R.OutputFile.empty() ? "the findings" : R.OutputFile) + ": " +
            std::strerror(errno));
}

// Options of another compiler: one line for each set of them.
static void sayUnknown(const std::vector<Outcome> &Outcomes) {
  std::map<std::string, std::vector<const Outcome *>> BySet;
  for (const Outcome &O : Outcomes) {
    std::string Options;
    for (const std::string &Option : O.Unknown)
      Options += " " + Option;
    if (!Options.empty())
      BySet[Options].push_back(&O);
  }
  for (const auto &[Options, Files] : BySet)
    complain(Files.front()->File +
             (Files.size() > 1 ? " and " + std::to_string(Files.size() - 1) + " more" : "") +
             ": checked without what Clang does not know:" + Options);
}

static void sayTiming(const std::vector<Outcome> &Outcomes) {
  std::vector<const Outcome *> All;
  double Cpu = 0;
  for (const Outcome &O : Outcomes) {
    All.push_back(&O);
    Cpu += O.Cpu;
  }
  std::stable_sort(All.begin(), All.end(),
                   [](const Outcome *A, const Outcome *B) { return A->Cpu > B->Cpu; });
  std::fprintf(stderr, "%10s %10s %10s  file\n", "CPU s", "wall s", "peak MB");
  for (const Outcome *O : All)
    std::fprintf(stderr, "%10.2f %10.2f %10.1f  %s\n", O->Cpu, O->Seconds,
                 double(O->PeakKilobytes) / 1024, O->File.c_str());
  std::fprintf(stderr, "%10.2f %10s %10s  %zu files\n", Cpu, "", "", All.size());
}

// Where relative names in a model are from: a comment at its end.
static void addDirectory(const CheckRequest &R, const CompileCommand &E) {
  FILE *File = std::fopen(R.ModelFile.c_str(), "a");
  if (!File || std::fprintf(File, "#directory: %s\n", E.Directory.c_str()) < 0 ||
      std::fclose(File) != 0)
    trouble("cannot write " + R.ModelFile + ": " + std::strerror(errno));
}

int main(int Argc, char **Argv) {
  CheckRequest R = readArguments(Argc, Argv);
  std::string Missing = missingHeaders();
  if (!Missing.empty())
    trouble("Clang's own headers are missing: " + Missing);
  std::vector<CompileCommand> Entries = readDatabase(R);
  if (!R.ModelFile.empty())
    Entries.resize(1); // of a file that is compiled several times the first one speaks
  std::vector<Outcome> Outcomes = checkAll(Entries, R);
  if (!R.ModelFile.empty())
    addDirectory(R, Entries.front());
  Results All = collect(Entries, Outcomes);
  write(formatted(All, R), R);
  sayUnknown(Outcomes);
  for (const Failure &F : All.Failures)
    complain((F.File.empty() ? "the command behind --" : F.File) + ": not checked: " + F.What);
  if (R.Timing)
    sayTiming(Outcomes);
  return All.Failures.empty() ? 0 : 1;
}
