// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Options.cpp - reads the plugin's arguments; every mistake is found here, before any work.
//
// NOT HERE  Telling the user (Plugin.cpp, plugin.cpp).
#include "Options.h"
#include "escapement/analysis.h"
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <regex.h>

namespace escapement {
namespace {

struct ModuleFree {
  void operator()(EscModule *M) const { esc_module_free(M); }
};

// Decimal digits and nothing else; false: too large, or no number.
bool digits(const std::string &Text, uint64_t &Out) {
  uint64_t N = 0;
  for (char C : Text)
    if (C < '0' || C > '9' || __builtin_mul_overflow(N, uint64_t(10), &N) ||
        __builtin_add_overflow(N, uint64_t(C - '0'), &N))
      return false;
  Out = N;
  return !Text.empty();
}

std::string number(const std::string &Name, const std::string &Text, uint64_t &Out) {
  if (!digits(Text, Out))
    return "argument '" + Name + "' needs a number of bytes, not '" + Text + "'";
  return {};
}

// The whole file; false: errno says why not.
bool readFile(const std::string &Path, std::string &Out) {
  FILE *File = std::fopen(Path.c_str(), "r");
  if (!File)
    return false;
  char Buffer[4096];
  while (size_t Length = std::fread(Buffer, 1, sizeof Buffer, File))
    Out.append(Buffer, Length);
  bool Failed = std::ferror(File) != 0;
  std::fclose(File);
  return !Failed;
}

std::string readModels(const std::string &Path, Options &Opts) {
  if (Path.empty())
    return "argument 'models' needs a file";
  ModelsFile File{Path, {}};
  errno = 0;
  if (!readFile(Path, File.Text))
    return "cannot read models file '" + Path + "': " + std::strerror(errno);
  std::unique_ptr<EscModule, ModuleFree> Trial(esc_module_new(nullptr));
  EscError Error = {};
  if (!Trial || !esc_models_read(Trial.get(), File.Text.data(), File.Text.size(), &Error))
    return Path + ":" + std::to_string(Error.line) + ":" + std::to_string(Error.col) + ": " +
           Error.message;
  Opts.Models.push_back(std::move(File));
  return {};
}

std::string file(const std::string &Name, const std::string &Path, std::string &Out) {
  if (Path.empty())
    return "argument '" + Name + "' needs a file";
  Out = Path;
  return {};
}

std::string expression(const std::string &Text, Options &Opts) {
  Opts.Only = Text;
  regex_t Compiled;
  int Code = regcomp(&Compiled, Text.c_str(), REG_EXTENDED | REG_NOSUB);
  if (Code == 0) {
    regfree(&Compiled);
    return {};
  }
  char Why[128];
  regerror(Code, nullptr, Why, sizeof Why);
  return std::string("argument 'only' is no regular expression: ") + Why;
}

std::string level(bool HasValue, const std::string &Value, Options &Opts) {
  if (HasValue && Value != "0" && Value != "1" && Value != "2")
    return "argument 'm' is 1 or 2, not '" + Value + "'";
  Opts.MLevel = HasValue ? unsigned(Value[0] - '0') : 1;
  return {};
}

std::string parseOne(const std::string &Argument, Options &Opts) {
  size_t Equals = Argument.find('=');
  bool HasValue = Equals != std::string::npos;
  std::string Name = Argument.substr(0, Equals);
  std::string Value = HasValue ? Argument.substr(Equals + 1) : std::string();
  if (Name == "m")
    return level(HasValue, Value, Opts);
  if (Name == "report")
    return file(Name, Value, Opts.ReportFile);
  if (Name == "dump")
    return file(Name, Value, Opts.DumpFile);
  if (Name == "summaries") {
    if (Value.empty())
      return "argument 'summaries' needs a directory";
    Opts.Summaries = Value;
    return {};
  }
  if (Name == "mode") {
    if (Value != "report" && Value != "rewrite")
      return "argument 'mode' is report or rewrite, not '" + Value + "'";
    Opts.RewriteMode = Value == "report" ? Options::Mode::Report : Options::Mode::Rewrite;
    return {};
  }
  if (Argument == "heap-locals") {
    Opts.HeapLocals = true;
    return {};
  }
  if (Argument == "verify") {
    Opts.Verify = true;
    return {};
  }
  if (Argument == "whole-program" || Argument == "whole-program=typed") {
    Opts.WholeProgram = true;
    Opts.TypedCalls = !Value.empty();
    return {};
  }
  if (Name == "whole-program")
    return "argument 'whole-program' has no value, or typed, not '" + Value + "'";
  if (Name == "max-object")
    return number(Name, Value, Opts.MaxObject);
  if (Name == "max-frame")
    return number(Name, Value, Opts.MaxFrame);
  if (Name == "max-recursive")
    return number(Name, Value, Opts.MaxRecursive);
  if (Name == "small-buffer")
    return number(Name, Value, Opts.SmallBuffer);
  if (Name == "limit-time")
    return digits(Value, Opts.LimitTime) && Opts.LimitTime <= UINT32_MAX
               ? ""
               : "argument 'limit-time' needs a number of seconds, not '" + Value + "'";
  if (Name == "models")
    return readModels(Value, Opts);
  if (Name == "only")
    return expression(Value, Opts);
  if (Name == "limit")
    return digits(Value, Opts.Limit) ? "" : "argument 'limit' needs a number, not '" + Value + "'";
  if (Name == "site" && !Value.empty()) {
    Opts.Site = Value;
    return {};
  }
  if (Name == "forget") {
    Opts.Forget = esc_forget_named(Value.c_str());
    return Opts.Forget != ESC_FORGETS ? "" : "nothing is called '" + Value + "' to forget";
  }
  if (Name == "positions" &&
      (Value == "none" || Value == "early" || Value == "late" || Value == "both")) {
    Opts.EarlyPosition = Value == "early" || Value == "both";
    Opts.LatePosition = Value == "late" || Value == "both";
    return {};
  }
  return "unknown argument '" + Argument + "'";
}

} // namespace

std::string parseOptions(const std::vector<std::string> &Arguments, Options &Opts) {
  for (const std::string &Argument : Arguments) {
    std::string Error = parseOne(Argument, Opts);
    if (!Error.empty())
      return Error;
  }
  return {};
}

} // namespace escapement
