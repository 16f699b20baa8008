// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Workers.cpp - see Workers.h.
//
// Children are forked, so Clang's libraries are loaded once. Each writes to two temporary files,
// what it found and what Clang said; nobody waits for a pipe to be read.
#include "Workers.h"
#include "CommandLine.h"
#include "Lines.h"
#include "Program.h"
#include "Unit.h"
#include "llvm/ADT/StringRef.h"
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace escapement {
namespace {

using Clock = std::chrono::steady_clock;

struct Child {
  size_t Index;
  FILE *Found, *Said;
  Clock::time_point Start;
};

FILE *temporary() {
  FILE *File = std::tmpfile();
  if (!File)
    trouble(std::string("cannot make a temporary file: ") + std::strerror(errno));
  return File;
}

std::string contents(FILE *File) {
  std::string Text;
  char Buffer[16384];
  std::rewind(File);
  while (size_t Length = std::fread(Buffer, 1, sizeof Buffer, File))
    Text.append(Buffer, Length);
  std::fclose(File);
  return Text;
}

// ---- in the child ------------------------------------------------------------------------------

std::string work(const CompileCommand &E, const CheckRequest &R, bool &Compiled) {
  Compiled = true;
  if (chdir(E.Directory.c_str()) != 0)
    return "E cannot go to " + E.Directory + ": " + std::strerror(errno) + "\n";
  CommandLine Line = commandLine(E);
  std::string Out = "F " + Line.File + "\n";
  if (!Line.Error.empty())
    return Out + "E " + Line.Error + "\n";
  if (!Line.IsC)
    return Out + "S it is not C\n";
  for (const std::string &Option : Line.Unknown)
    Out += "U " + Option + "\n";
  std::vector<Finding> Lines, Details;
  // What was asked for by itself comes last, and counts.
  Line.PluginArguments.insert(Line.PluginArguments.end(), R.Arguments.begin(), R.Arguments.end());
  Compiled = checkUnit(Line, Line.PluginArguments, Lines, Details);
  return Compiled ? Out + wireText(Lines, Details) : Out;
}

std::string workTogether(const std::vector<CompileCommand> &Entries, const CheckRequest &R) {
  Program P = checkProgram(Entries, R.Arguments);
  std::string Out = "F " + std::to_string(P.Files) + " files as one program\n";
  for (const std::string &Option : P.Unknown)
    Out += "U " + Option + "\n";
  for (const auto &[File, Why] : P.LeftOut)
    Out += "X " + File + ": " + Why + "\n";
  return Out + wireText(P.Lines, P.Details);
}

[[noreturn]] void beChild(const std::vector<CompileCommand> &Entries, size_t Index,
                          const CheckRequest &R, FILE *Found, FILE *Said) {
  dup2(fileno(Said), STDERR_FILENO);
  alarm(R.Seconds);
  bool Compiled = true;
  std::string Text = R.Program ? workTogether(Entries, R) : work(Entries[Index], R, Compiled);
  bool Written = std::fwrite(Text.data(), 1, Text.size(), Found) == Text.size();
  std::fflush(Found);
  _exit(Written && Compiled ? 0 : 1); // without destructors: see Unit.cpp
}

// ---- in the parent -----------------------------------------------------------------------------

// Clang's first error, without the rest.
std::string firstError(StringRef Said) {
  while (!Said.empty()) {
    auto [Line, Rest] = Said.split('\n');
    if (Line.contains("error: "))
      return Line.str();
    Said = Rest;
  }
  return "it does not compile";
}

std::string ending(int Status, const CheckRequest &R, StringRef Said) {
  if (!WIFSIGNALED(Status))
    return firstError(Said);
  if (WTERMSIG(Status) == SIGALRM)
    return "not done in " + std::to_string(R.Seconds) + " s";
  StringRef Last = Said.split('\n').first;
  return std::string("the check crashed: ") + strsignal(WTERMSIG(Status)) +
         (Last.empty() ? "" : ": " + Last.str());
}

double seconds(const timeval &T) { return double(T.tv_sec) + double(T.tv_usec) / 1e6; }

struct Pool {
  const std::vector<CompileCommand> &Entries;
  const CheckRequest &R;
  std::vector<Outcome> Outcomes;
  std::map<pid_t, Child> Running;
  size_t Next = 0, Done = 0;
  bool Shows;

  Pool(const std::vector<CompileCommand> &Entries, const CheckRequest &R)
      : Entries(Entries), R(R), Outcomes(R.Program ? 1 : Entries.size()),
        Shows(!R.Quiet && Outcomes.size() > 1 && isatty(STDERR_FILENO)) {}

  void start() {
    Child C{Next++, temporary(), temporary(), Clock::now()};
    std::fflush(nullptr);
    pid_t Pid = fork();
    if (Pid < 0)
      trouble(std::string("cannot start a process: ") + std::strerror(errno));
    if (Pid == 0)
      beChild(Entries, C.Index, R, C.Found, C.Said);
    Running.emplace(Pid, C);
  }

  void finish(pid_t Pid, int Status, const rusage &Usage) {
    auto It = Running.find(Pid);
    if (It == Running.end())
      return;
    Child C = It->second;
    Running.erase(It);
    Outcome &O = Outcomes[C.Index];
    std::string Found = contents(C.Found), Said = contents(C.Said);
    bool Whole = readWire(Found, O);
    if (Status != 0 || !Whole) {
      O.Lines.clear();
      O.Report.clear();
      O.Error = ending(Status, R, Said);
    }
    if (O.File.empty())
      O.File = R.Program ? "the program" : Entries[C.Index].File;
    O.Seconds = std::chrono::duration<double>(Clock::now() - C.Start).count();
    O.Cpu = seconds(Usage.ru_utime) + seconds(Usage.ru_stime);
    O.PeakKilobytes = Usage.ru_maxrss;
    ++Done;
    progress();
  }

  void progress() const {
    if (!Shows)
      return;
    if (Done == Outcomes.size())
      std::fprintf(stderr, "\r\033[K");
    else
      std::fprintf(stderr, "\r\033[K%zu of %zu files", Done, Outcomes.size());
    std::fflush(stderr);
  }

  void run() {
    while (Done < Outcomes.size()) {
      while (Next < Outcomes.size() && Running.size() < R.Jobs)
        start();
      int Status;
      rusage Usage;
      pid_t Pid = wait4(-1, &Status, 0, &Usage);
      if (Pid > 0)
        finish(Pid, Status, Usage);
      else if (errno != EINTR)
        trouble(std::string("lost a process: ") + std::strerror(errno));
    }
  }
};

} // namespace

std::vector<Outcome> checkAll(const std::vector<CompileCommand> &Entries, const CheckRequest &R) {
  Pool P(Entries, R);
  P.run();
  return std::move(P.Outcomes);
}

} // namespace escapement
