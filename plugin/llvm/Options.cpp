// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Options.cpp - reads the plugin's arguments; every mistake is found here, before any work.
//
// NOT HERE  Telling the user (Plugin.cpp).
#include "Options.h"
#include "escapement/analysis.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Regex.h"
#include <memory>

using namespace llvm;

namespace escapement {
namespace {

struct ModuleFree {
  void operator()(EscModule *M) const { esc_module_free(M); }
};

std::string number(StringRef Name, StringRef Text, uint64_t &Out) {
  if (Text.empty() || Text.getAsInteger(10, Out))
    return ("argument '" + Name + "' needs a number of bytes, not '" + Text + "'").str();
  return {};
}

std::string readModels(StringRef Path, Options &Opts) {
  if (Path.empty())
    return "argument 'models' needs a file";
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer)
    return ("cannot read models file '" + Path + "': " + Buffer.getError().message()).str();
  ModelsFile File{Path.str(), (*Buffer)->getBuffer().str()};
  std::unique_ptr<EscModule, ModuleFree> Trial(esc_module_new(nullptr));
  EscError Error = {};
  if (!Trial || !esc_models_read(Trial.get(), File.Text.data(), File.Text.size(), &Error))
    return (Path + ":" + Twine(Error.line) + ":" + Twine(Error.col) + ": " + Error.message).str();
  Opts.Models.push_back(std::move(File));
  return {};
}

std::string file(StringRef Name, StringRef Path, std::string &Out) {
  if (Path.empty())
    return ("argument '" + Name + "' needs a file").str();
  Out = Path.str();
  return {};
}

std::string parseOne(StringRef Argument, Options &Opts) {
  auto [Name, Value] = Argument.split('=');
  bool HasValue = Argument.contains('=');
  if (Name == "m") {
    Opts.MLevel =
        !HasValue ? 1
                  : StringSwitch<unsigned>(Value).Case("0", 0).Case("1", 1).Case("2", 2).Default(3);
    return Opts.MLevel <= 2 ? "" : ("argument 'm' is 1 or 2, not '" + Value + "'").str();
  }
  if (Name == "report")
    return file(Name, Value, Opts.ReportFile);
  if (Name == "dump")
    return file(Name, Value, Opts.DumpFile);
  if (Name == "mode") {
    if (Value != "report" && Value != "rewrite")
      return ("argument 'mode' is report or rewrite, not '" + Value + "'").str();
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
  if (Argument == "whole-program") {
    Opts.WholeProgram = true;
    return {};
  }
  if (Name == "max-object")
    return number(Name, Value, Opts.MaxObject);
  if (Name == "max-frame")
    return number(Name, Value, Opts.MaxFrame);
  if (Name == "max-recursive")
    return number(Name, Value, Opts.MaxRecursive);
  if (Name == "small-buffer")
    return number(Name, Value, Opts.SmallBuffer);
  if (Name == "models")
    return readModels(Value, Opts);
  if (Name == "only") {
    std::string Error;
    Opts.Only = Value.str();
    return Regex(Value).isValid(Error) ? ""
                                       : ("argument 'only' is no regular expression: " + Error);
  }
  if (Name == "limit")
    return Value.empty() || Value.getAsInteger(10, Opts.Limit)
               ? ("argument 'limit' needs a number, not '" + Value + "'").str()
               : "";
  if (Name == "site" && !Value.empty()) {
    Opts.Site = Value.str();
    return {};
  }
  if (Name == "positions" &&
      (Value == "none" || Value == "early" || Value == "late" || Value == "both")) {
    Opts.EarlyPosition = Value == "early" || Value == "both";
    Opts.LatePosition = Value == "late" || Value == "both";
    return {};
  }
  return ("unknown argument '" + Argument + "'").str();
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
