// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CommandLine.cpp - see CommandLine.h.
#include "CommandLine.h"
#include "clang/Basic/Version.h"
#include "clang/Driver/Options.h"
#include "clang/Driver/Types.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

using namespace llvm;
using namespace clang::driver;

namespace escapement {
namespace {

// Words before the compiler: a cache, a distributor, our own wrapper.
size_t launcherWords(const std::vector<std::string> &Arguments) {
  size_t N = 0;
  while (N + 1 < Arguments.size()) {
    StringRef Name = sys::path::filename(Arguments[N]);
    if (Name == "ccache" || Name == "sccache" || Name == "distcc" || Name == "icecc") {
      ++N;
    } else if (Name == "escapement" && Arguments[N + 1] == "cc") {
      N += 2;
      while (N + 1 < Arguments.size() && StringRef(Arguments[N]).starts_with("--"))
        ++N;
    } else {
      break;
    }
  }
  return N;
}

// It would write something, run something else, or load the plugin once more.
bool isDropped(const opt::Arg &A) {
  const opt::Option &O = A.getOption();
  if (O.matches(options::OPT_o) || O.matches(options::OPT_M_Group) ||
      O.matches(options::OPT_Action_Group) || O.matches(options::OPT_Link_Group) ||
      O.matches(options::OPT_save_temps_EQ) || O.matches(options::OPT_save_temps))
    return true;
  StringRef Spelling = A.getSpelling();
  return Spelling.starts_with("-fplugin") || Spelling.starts_with("-fpass-plugin") ||
         Spelling.starts_with("-fsave-optimization-record") ||
         Spelling.starts_with("-foptimization-record") || Spelling == "-serialize-diagnostics" ||
         Spelling == "--serialize-diagnostics" || Spelling.starts_with("-MJ") ||
         Spelling.starts_with("-ftime-trace");
}

std::string clangProgram() { return std::string(ESCAPEMENT_CLANG_DIRECTORY) + "/clang"; }

bool isSource(StringRef File) {
  StringRef Extension = sys::path::extension(File);
  types::ID Type =
      Extension.empty() ? types::TY_INVALID : types::lookupTypeForExtension(Extension.drop_front());
  return Type != types::TY_INVALID && Type != types::TY_Object && types::isAcceptedByClang(Type);
}

struct Adjuster {
  const CompileCommand &E;
  CommandLine Out;
  std::string Language; // of -x

  bool isFile(StringRef Input) const {
    if (!E.File.empty())
      return absolutePath(E.Directory, Input.str()) == E.Path;
    return !Language.empty() || isSource(Input);
  }

  void input(const opt::Arg &A, const opt::InputArgList &Parsed) {
    if (!isFile(A.getValue()))
      return; // another file of the command, or one for the linker
    if (!Out.File.empty()) {
      Out.Error = "the command compiles more than one file; name one";
      return;
    }
    Out.File = A.getValue();
    add(A, Parsed);
    types::ID Type =
        Language.empty() ? types::TY_INVALID : types::lookupTypeForTypeSpecifier(Language.c_str());
    if (Type == types::TY_INVALID)
      Type = types::lookupTypeForExtension(
          sys::path::extension(Out.File).drop_front(sys::path::has_extension(Out.File) ? 1 : 0));
    Out.IsC = Type == types::TY_C || Type == types::TY_PP_C;
  }

  void add(const opt::Arg &A, const opt::InputArgList &Parsed) {
    opt::ArgStringList Words;
    A.render(Parsed, Words);
    for (const char *Word : Words)
      Out.Arguments.push_back(Word);
  }

  // What other files' summaries say decides verdicts; the other arguments are asked for by --set.
  void takeSummaries(const opt::Arg &A) {
    StringRef Value = A.getValue();
    if (Value.consume_front("escapement-") && Value.starts_with("summaries=") &&
        sys::fs::is_directory(Value.substr(Value.find('=') + 1)))
      Out.PluginArguments.push_back(Value.str());
  }

  void run() {
    BumpPtrAllocator Memory;
    StringSaver Saver(Memory);
    SmallVector<const char *, 64> Words;
    for (size_t I = launcherWords(E.Arguments); I < E.Arguments.size(); ++I)
      Words.push_back(Saver.save(E.Arguments[I]).data());
    std::string Compiler = Words.front();
    Words.erase(Words.begin());
    cl::ExpandResponseFiles(Saver, cl::TokenizeGNUCommandLine, Words);
    unsigned MissingIndex, MissingCount;
    opt::InputArgList Parsed = getDriverOptTable().ParseArgs(Words, MissingIndex, MissingCount,
                                                             opt::Visibility(options::ClangOption));
    if (MissingCount) {
      Out.Error = std::string("the command ends behind ") + Parsed.getArgString(MissingIndex);
      return;
    }
    Out.Arguments.push_back(clangProgram());
    bool SyntaxOnly = false;
    for (const opt::Arg *A : Parsed) {
      SyntaxOnly |= A->getOption().matches(options::OPT_fsyntax_only);
      if (A->getOption().matches(options::OPT_x))
        Language = A->getValue();
      if (A->getOption().matches(options::OPT_fplugin_arg))
        takeSummaries(*A);
      if (A->getOption().matches(options::OPT_UNKNOWN))
        Out.Unknown.push_back(A->getAsString(Parsed));
      else if (A->getOption().matches(options::OPT_INPUT))
        input(*A, Parsed);
      else if (!isDropped(*A))
        add(*A, Parsed);
    }
    if (Out.File.empty() && Out.Error.empty())
      Out.Error = "the command does not name a C file";
    // A flag of another compiler that Clang knows and ignores is a warning; nobody asked for it.
    for (const char *Last : {SyntaxOnly ? "-fsyntax-only" : "-c", "-w"})
      Out.Arguments.push_back(Last);
    clang::tooling::addTargetAndModeForProgramName(Out.Arguments, Compiler);
  }
};

} // namespace

CommandLine commandLine(const CompileCommand &E) {
  Adjuster A{E, {}, {}};
  A.run();
  return std::move(A.Out);
}

std::string missingHeaders() {
  std::string Directory = absolutePath(
      ESCAPEMENT_CLANG_DIRECTORY, "../lib/clang/" CLANG_VERSION_MAJOR_STRING "/include/stddef.h");
  return sys::fs::exists(Directory) ? "" : Directory;
}

} // namespace escapement
