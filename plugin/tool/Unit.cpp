// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Unit.cpp - see Unit.h.
//
// The whole optimizer runs, because the plugin runs inside it and the lines are about what is left
// at its end; no code is made.
#include "Unit.h"
#include "Embed.h"
#include "clang/CodeGen/CodeGenAction.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace escapement {
namespace {

class Compilation : public clang::tooling::ToolAction {
public:
  explicit Compilation(const std::vector<std::string> &Arguments) : Arguments(Arguments) {}

  bool runInvocation(std::shared_ptr<clang::CompilerInvocation> Invocation,
                     clang::FileManager *Files,
                     std::shared_ptr<clang::PCHContainerOperations> Containers,
                     clang::DiagnosticConsumer *Diagnostics) override {
    Invocation->getFrontendOpts().PluginArgs["escapement"] = Arguments;
    Invocation->getFrontendOpts().DisableFree = true;
    Invocation->getDiagnosticOpts().ShowCarets = false;
    // Never destroyed: the plugin keeps what points into it, and the process ends soon.
    auto *CI = new clang::CompilerInstance(std::move(Containers));
    CI->setInvocation(std::move(Invocation));
    CI->setFileManager(Files);
    CI->createDiagnostics(Diagnostics, /*ShouldOwnClient=*/false);
    CI->createSourceManager(*Files);
    CI->setVerboseOutputStream(nulls());
    clang::EmitLLVMOnlyAction Action;
    return CI->ExecuteAction(Action);
  }

private:
  const std::vector<std::string> &Arguments;
};

} // namespace

bool checkUnit(const CommandLine &Line, const std::vector<std::string> &Arguments,
               std::vector<Finding> &Lines, std::vector<Finding> &Details) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  InitializeAllAsmParsers();
  sendFindings([&](const std::vector<Finding> &L, const std::vector<Finding> &D) {
    Lines = L;
    Details = D;
  });
  auto Files = makeIntrusiveRefCnt<clang::FileManager>(clang::FileSystemOptions());
  Compilation Action(Arguments);
  clang::tooling::ToolInvocation Invocation(Line.Arguments, &Action, Files.get(),
                                            std::make_shared<clang::PCHContainerOperations>());
  auto Options = makeIntrusiveRefCnt<clang::DiagnosticOptions>();
  Options->ShowCarets = false;
  clang::TextDiagnosticPrinter Printer(errs(), Options.get());
  Invocation.setDiagnosticOptions(Options.get());
  Invocation.setDiagnosticConsumer(&Printer);
  return Invocation.run();
}

} // namespace escapement
