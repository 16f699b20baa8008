// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arguments.cpp - the command line of escapement-check; every mistake ends here, before any work.
//
// NOT HERE  Help: this is the engine of `escapement check`, whose --help explains the same options.
#include "Database.h"
#include "Options.h"
#include "SummaryFiles.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <getopt.h>
#include <unistd.h>

namespace escapement {
namespace {

enum Key {
  KeyFormat = 256,
  KeyWhole,
  KeyProgram,
  KeyModels,
  KeySet,
  KeyTiming,
  KeySeconds,
  KeyModel
};

const option Table[] = {
    {"build", required_argument, nullptr, 'p'},
    {"level", optional_argument, nullptr, 'm'},
    {"format", required_argument, nullptr, KeyFormat},
    {"output", required_argument, nullptr, 'o'},
    {"jobs", required_argument, nullptr, 'j'},
    {"quiet", no_argument, nullptr, 'q'},
    {"program", no_argument, nullptr, KeyProgram},
    {"whole-program", optional_argument, nullptr, KeyWhole},
    {"models", required_argument, nullptr, KeyModels},
    {"set", required_argument, nullptr, KeySet},
    {"time-limit", required_argument, nullptr, KeySeconds},
    {"timing", no_argument, nullptr, KeyTiming},
    {"model", required_argument, nullptr, KeyModel},
    {nullptr, 0, nullptr, 0},
};

unsigned number(const char *Text, const char *What) {
  char *End = nullptr;
  unsigned long N = std::strtoul(Text, &End, 10);
  if (*Text < '0' || *Text > '9' || *End || N == 0 || N > 1000000)
    trouble(std::string(What) + " needs a number from 1, not '" + Text + "'");
  return unsigned(N);
}

Format formatOf(const char *Name) {
  const char *const Names[] = {"text", "json", "sarif", "github", "junit"};
  for (unsigned I = 0; I < 5; ++I)
    if (std::strcmp(Name, Names[I]) == 0)
      return Format(I);
  trouble(std::string("--format is text, json, sarif, github or junit, not '") + Name + "'");
}

unsigned level(const char *Text) {
  if (Text && std::strcmp(Text, "1") && std::strcmp(Text, "2"))
    trouble(std::string("--level is 1 or 2, not '") + Text + "'");
  return Text ? unsigned(*Text - '0') : 1;
}

// It is read again where the compiler would run.
// NAME=VALUE, where a path is one from here: each file is compiled in its own directory.
std::string setting(const std::string &Argument) {
  for (const std::string Path : {"models=", "summaries="})
    if (Argument.compare(0, Path.size(), Path) == 0)
      return Path + absolutePath(".", Argument.substr(Path.size()));
  return Argument;
}

void take(int Key, const char *Value, CheckRequest &R) {
  switch (Key) {
  case 'p':
    R.Build = Value;
    break;
  case 'm':
    R.Level = level(Value);
    break;
  case 'o':
    R.OutputFile = Value;
    break;
  case 'j':
    R.Jobs = number(Value, "--jobs");
    break;
  case 'q':
    R.Quiet = true;
    break;
  case KeyFormat:
    R.Output = formatOf(Value);
    break;
  case KeyWhole:
    R.Arguments.push_back(Value ? std::string("whole-program=") + Value : "whole-program");
    break;
  case KeyProgram:
    R.Program = true;
    break;
  case KeyModels:
    R.Arguments.push_back(setting(std::string("models=") + Value));
    break;
  case KeySet:
    R.Arguments.push_back(setting(Value));
    break;
  case KeyTiming:
    R.Timing = true;
    break;
  case KeySeconds:
    R.Seconds = number(Value, "--time-limit");
    break;
  case KeyModel:
    R.ModelFile = absolutePath(".", Value);
    break;
  default:
    std::exit(2); // getopt has said why
  }
}

void checkPluginArguments(const CheckRequest &R) {
  for (const std::string &Argument : R.Arguments) {
    std::string Name = Argument.substr(0, Argument.find('='));
    for (const char *Ours : {"m", "report", "mode", "verify", "dump"})
      if (Name == Ours)
        trouble(std::string("--set cannot set ") + Ours);
    if (Name == "summaries" && Argument != Name && !isDirectory(Argument.substr(Name.size() + 1)))
      trouble("--set=" + Argument + ": there is no such directory");
  }
  Options Trial;
  std::string Error = parseOptions(R.Arguments, Trial);
  if (!Error.empty())
    trouble(Error);
}

} // namespace

CheckRequest readArguments(int Argc, char **Argv) {
  CheckRequest R;
  long Processors = sysconf(_SC_NPROCESSORS_ONLN);
  R.Jobs = Processors > 0 ? unsigned(Processors) : 1;
  int Own = 1;
  while (Own < Argc && std::strcmp(Argv[Own], "--") != 0)
    ++Own;
  for (int I = Own + 1; I < Argc; ++I)
    R.Command.push_back(Argv[I]);
  static char Name[] = "escapement check";
  Argv[0] = Name; // for getopt's messages
  for (int Key; (Key = getopt_long(Own, Argv, "p:m::o:j:q", Table, nullptr)) != -1;)
    take(Key, optarg, R);
  for (int I = optind; I < Own; ++I)
    R.Files.push_back(Argv[I]);
  if (R.Build.empty() == R.Command.empty())
    trouble("one of -p BUILD and -- COMMAND is needed");
  if (!R.Command.empty() && !R.Files.empty())
    trouble("the command behind -- says which file; " + R.Files.front() + " is one too many");
  checkPluginArguments(R);
  if (!R.ModelFile.empty())
    R.Arguments.push_back("dump=" + R.ModelFile);
  return R;
}

void complain(const std::string &Message) {
  std::fflush(stdout);
  std::fprintf(stderr, "escapement check: %s\n", Message.c_str());
}

void trouble(const std::string &Message) {
  complain(Message);
  std::exit(2);
}

} // namespace escapement
