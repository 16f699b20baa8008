// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LinkPlugin.cpp - how lld meets us: one position at link time, over all that was compiled with
// -flto.
//
//     clang -flto -fuse-ld=lld -Wl,--load-pass-plugin=escapement-lld.so ...
//
// With -flto the module is the program (but for objects without bitcode), merged, its functions no
// longer visible from outside where the linker knows that; we run before any other pass of the
// link. With -flto=thin a module is one file and what was imported into it; we run where the
// compiler runs us early. lld hands a plugin no arguments: those of the compile steps come with the
// objects (Notes.h), more from the environment, ESCAPEMENT_LLD, separated by blanks.
//
// INVARIANT  With -flto=thin modules are compiled by several threads at once: nothing here is
// shared between two of them.
//
// NOT HERE  What is done at that position (Driver::link).
#include "Notes.h"
#include "Pass.h"
#include "llvm-c/Core.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassPlugin.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdio>
#include <cstdlib>

using namespace llvm;

namespace escapement {
namespace {

class LinkHost : public Host {
public:
  explicit LinkHost(Module &M) : M(M) {}
  void error(const Twine &Message) override {
    Failed = true;
    M.getContext().emitError("escapement: " + Message);
  }
  bool failed() const override { return Failed; }
  bool wantsRemarks() const override {
    const DiagnosticHandler *Handler = M.getContext().getDiagHandlerPtr();
    return Handler &&
           (Handler->isAnyRemarkEnabled(PassName) || M.getContext().getMainRemarkStreamer());
  }
  bool allowsColour() const override { return true; }
  std::string objectName() const override { return M.getModuleIdentifier(); }

private:
  Module &M;
  bool Failed = false;
};

// The arguments of the objects, then those of the environment. What is wrong as text, or empty.
std::string findOptions(const Module &M, Options &Opts) {
  std::string Error = readOptions(M, Opts);
  const char *More = std::getenv("ESCAPEMENT_LLD");
  if (!Error.empty() || !More)
    return Error;
  SmallVector<StringRef, 8> Words;
  StringRef(More).split(Words, ' ', -1, /*KeepEmpty=*/false);
  std::vector<std::string> Arguments(Words.begin(), Words.end());
  Error = parseOptions(Arguments, Opts);
  return Error.empty() ? "" : "ESCAPEMENT_LLD: " + Error;
}

struct LinkPass : PassInfoMixin<LinkPass> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &MAM) {
    Options Opts;
    LinkHost Linker(M);
    std::string Error = findOptions(M, Opts);
    if (!Error.empty()) {
      Linker.error(Error);
      return PreservedAnalyses::all();
    }
    Opts.Rewrite = Opts.RewriteMode != Options::Mode::Report;
    Opts.NeedSource = Report::wanted(Linker, Opts);
    SourceTable Sources;
    Report Out(Linker, Opts, Sources);
    Driver D(Opts, Sources, Out);
    auto &FAM = MAM.getResult<FunctionAnalysisManagerModuleProxy>(M).getManager();
    return D.link(M, FAM) ? PreservedAnalyses::none() : PreservedAnalyses::all();
  }
  static bool isRequired() { return true; }
};

struct LastPass : PassInfoMixin<LastPass> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    return separateReuses(M) ? PreservedAnalyses::none() : PreservedAnalyses::all();
  }
  static bool isRequired() { return true; }
};

void registerCallbacks(PassBuilder &PB) {
  unsigned Major = 0, Minor = 0, Patch = 0;
  LLVMGetVersion(&Major, &Minor, &Patch);
  if (Major != LLVM_VERSION_MAJOR) {
    std::fprintf(stderr, "error: escapement: this plugin is for lld %d; it was loaded by lld %u\n",
                 LLVM_VERSION_MAJOR, Major);
    std::exit(1);
  }
  auto First = [](ModulePassManager &MPM, OptimizationLevel Level) {
    if (Level != OptimizationLevel::O0)
      MPM.addPass(LinkPass());
  };
  auto Last = [](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(LastPass()); };
  PB.registerFullLinkTimeOptimizationEarlyEPCallback(First);
  PB.registerFullLinkTimeOptimizationLastEPCallback(Last);
  PB.registerPipelineEarlySimplificationEPCallback(First);
  PB.registerOptimizerLastEPCallback(Last);
}

} // namespace
} // namespace escapement

extern "C" __attribute__((visibility("default"))) PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "escapement-lld", ESCAPEMENT_VERSION,
          escapement::registerCallbacks};
}
