// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plugin.cpp - how the compiler meets us: the entry points, the arguments, what its flags mean.
//
// `-fplugin=` alone loads the shared object, makes our action run before the main one, and from
// there the passes are added to the pipeline. What happens to a translation unit:
//
//     promises        (annotate.h) are read and taken off while the source is parsed; only if there
//                     are some, a second module is made in the end, with locations
//     -O1 and up      the source table is filled from the AST, the passes run in the real pipeline
//     -O0, -fsyntax-only, mode=report, sanitizers
//                     a second code generator makes a module of our own, which is optimized a
//                     little, analysed, reported and thrown away; the object is not touched
//     Clang before 17, -O1 and up
//                     the second module lends its locations to the real one (CopyLocations.h)
//
// INVARIANT  Without something to print, no location is tracked and no AST is walked.
//
// NOT HERE  What runs at each position (Pass.cpp); the arguments' syntax (Options.cpp).
#include "ClangAnnotations.h"
#include "ClangCompat.h"
#include "ClangHost.h"
#include "Embed.h"
#include "Pass.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/FrontendPluginRegistry.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Passes/PassPlugin.h"
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>

using namespace llvm;

namespace {

// Runs before anything that depends on the layout of Clang's classes: a plugin in the wrong Clang
// crashes it.
struct VersionGuard {
  VersionGuard() {
    std::string Version = clang::getClangFullVersion();
    size_t At = Version.find("version ");
    int Major = At == std::string::npos ? 0 : std::atoi(Version.c_str() + At + 8);
    if (Major == CLANG_VERSION_MAJOR)
      return;
    std::fprintf(stderr, "error: escapement: this plugin is for Clang %d; it was loaded into %s\n",
                 CLANG_VERSION_MAJOR, Version.c_str());
    std::exit(1);
  }
};
VersionGuard Guard; // first of the static objects of this file, and no other file has any

} // namespace

namespace escapement {
namespace {

// Everything of one translation unit. It lives until the next one begins: the pipeline runs after
// the consumers are gone.
struct Session {
  clang::CompilerInstance &CI;
  ClangHost Compiler;
  Options Opts;
  Promises Promised;
  FileScopePromises Outside;
  Bisect Search;
  SourceTable Sources;
  Report Out;
  Driver D;
  LLVMContext Context;                 // of the second module
  clang::CodeGenOptions SecondOptions; // its code generator may keep a reference
  std::unique_ptr<clang::CodeGenerator> CodeGen;
  std::unique_ptr<llvm::Module> Located;
  bool SecondModule = false; // it is needed whatever the source holds
  std::vector<std::function<void(clang::CodeGenerator &)>> Events;

  Session(clang::CompilerInstance &CI, const Options &Given)
      : CI(CI), Compiler(CI), Opts(Given), Out(Compiler, Opts, Sources), D(Opts, Sources, Out) {}
};

// One at a time; a new one replaces it. Never destroyed at exit, when LLVM's own statics may be
// gone.
std::shared_ptr<Session> &current() {
  static auto *S = new std::shared_ptr<Session>;
  return *S;
}

Receiver &receiver() {
  static auto *To = new Receiver;
  return *To;
}

void registerCallbacks(PassBuilder &PB) {
  if (!current())
    return;
  if (current()->Opts.Rewrite)
    registerPasses(PB, current()->D);
  else
    registerNotes(PB, current()->D);
}

// ---- a module of our own -----------------------------------------------------------------------

// What the parser handed over, kept to be handed to a second code generator if one turns out to be
// needed: for the lines (known from the start), or because the source promises something (known
// when it does).
class Recorder : public clang::ASTConsumer {
public:
  explicit Recorder(std::shared_ptr<Session> S) : S(std::move(S)) {}

  bool HandleTopLevelDecl(clang::DeclGroupRef Group) override {
    readAnnotations(S->CI, Group, S->Promised, S->Outside);
    record([Group](clang::CodeGenerator &To) { To.HandleTopLevelDecl(Group); });
    return true;
  }
  void HandleInlineFunctionDefinition(clang::FunctionDecl *D) override {
    record([D](clang::CodeGenerator &To) { To.HandleInlineFunctionDefinition(D); });
  }
  void HandleTagDeclDefinition(clang::TagDecl *D) override {
    record([D](clang::CodeGenerator &To) { To.HandleTagDeclDefinition(D); });
  }
  void HandleTagDeclRequiredDefinition(const clang::TagDecl *D) override {
    record([D](clang::CodeGenerator &To) { To.HandleTagDeclRequiredDefinition(D); });
  }
  void CompleteTentativeDefinition(clang::VarDecl *D) override {
    record([D](clang::CodeGenerator &To) { To.CompleteTentativeDefinition(D); });
  }
  void CompleteExternalDeclaration(compat::ExternalDecl *D) override {
    record([D](clang::CodeGenerator &To) { To.CompleteExternalDeclaration(D); });
  }
  void HandleTranslationUnit(clang::ASTContext &Context) override {
    if (S->CI.getDiagnostics().hasErrorOccurred())
      return;
    bool Promises = !S->Promised.empty() && !S->Opts.Sanitized;
    if (Promises) {
      completeAnnotations(S->CI, Context, S->Outside, S->Promised);
      heed();
    }
    if (S->SecondModule || Promises)
      make(Context);
    S->Events.clear();
  }

private:
  void record(std::function<void(clang::CodeGenerator &)> Event) {
    S->Events.push_back(std::move(Event));
  }

  // From here on as if somebody read the lines: promises are about places of the source.
  void heed() {
    S->Opts.Promised = &S->Promised;
    if (!S->Opts.NeedSource && S->Opts.Rewrite && !compat::hasDebugInfo(S->CI.getCodeGenOpts()))
      S->D.ownLocations();
    S->Opts.NeedSource = true;
  }

  void make(clang::ASTContext &Context);

  std::shared_ptr<Session> S;
};

// It complains to nobody: the main one does.
void Recorder::make(clang::ASTContext &Context) {
  clang::CompilerInstance &CI = S->CI;
  IntrusiveRefCntPtr<clang::DiagnosticsEngine> Quiet = new clang::DiagnosticsEngine(
      new clang::DiagnosticIDs, new clang::DiagnosticOptions, new clang::IgnoringDiagConsumer);
  Quiet->setSourceManager(&CI.getSourceManager());
  S->SecondOptions = CI.getCodeGenOpts();
  clang::CodeGenOptions &CG = S->SecondOptions;
  if (!compat::hasDebugInfo(CG))
    compat::trackLocations(CG);
  if (!S->Opts.Rewrite) {
    // As at -O1, but with what the real pipeline would inline at -O2: report the best case.
    CG.OptimizationLevel = 1;
    CG.DisableO0ImplyOptNone = 1;
    CG.setInlining(clang::CodeGenOptions::NormalInlining);
  }
  S->CodeGen = compat::createCodeGen(CI, *Quiet, CG, "escapement", S->Context);
  S->CodeGen->Initialize(Context);
  for (const auto &Event : S->Events)
    Event(*S->CodeGen);
  S->CodeGen->HandleTranslationUnit(Context);
  if (!Quiet->hasErrorOccurred())
    S->Located.reset(S->CodeGen->ReleaseModule());
  S->D.lend(S->Located.get());
}

class FillSources : public clang::ASTConsumer {
public:
  explicit FillSources(std::shared_ptr<Session> S) : S(std::move(S)) {}
  void HandleTranslationUnit(clang::ASTContext &Context) override {
    if (S->Opts.NeedSource && !S->CI.getDiagnostics().hasErrorOccurred())
      S->Sources.fill(S->CI, Context);
  }

private:
  std::shared_ptr<Session> S;
};

// Does the source turn a pointer into an integer anywhere? If not, every subtraction of two
// addresses is one of pointers into the same object (C11 6.5.6p9), and says nothing of where that
// is.
class LookForAddressNumbers : public clang::ASTConsumer,
                              public clang::RecursiveASTVisitor<LookForAddressNumbers> {
public:
  explicit LookForAddressNumbers(std::shared_ptr<Session> S) : S(std::move(S)) {}
  void HandleTranslationUnit(clang::ASTContext &Context) override {
    if (S->Opts.Rewrite || S->Opts.NeedSource || S->CI.getCodeGenOpts().PrepareForLTO)
      S->Opts.AddressNumbers = !TraverseDecl(Context.getTranslationUnitDecl());
  }
  bool VisitCastExpr(clang::CastExpr *E) { // false ends the walk
    return E->getCastKind() != clang::CK_PointerToIntegral;
  }

private:
  std::shared_ptr<Session> S;
};

class ReportOnly : public clang::ASTConsumer {
public:
  explicit ReportOnly(std::shared_ptr<Session> S) : S(std::move(S)) {}
  void HandleTranslationUnit(clang::ASTContext &) override {
    if (S->Located)
      S->D.reportOnly(*S->Located);
    S->Located.reset();
  }

private:
  std::shared_ptr<Session> S;
};

// ---- the action --------------------------------------------------------------------------------

enum class Work { None, Check, Compile };

Work workOf(clang::CompilerInstance &CI) {
  switch (CI.getFrontendOpts().ProgramAction) {
  case clang::frontend::EmitAssembly:
  case clang::frontend::EmitBC:
  case clang::frontend::EmitLLVM:
  case clang::frontend::EmitLLVMOnly:
  case clang::frontend::EmitCodeGenOnly:
  case clang::frontend::EmitObj:
    return Work::Compile;
  case clang::frontend::ParseSyntaxOnly:
  case clang::frontend::RunAnalysis:
    return Work::Check;
  default: // precompiled headers, dumps, ...
    return Work::None;
  }
}

class Action : public clang::PluginASTAction {
protected:
  ActionType getActionType() override { return AddBeforeMainAction; }

  bool ParseArgs(const clang::CompilerInstance &CI,
                 const std::vector<std::string> &Arguments) override {
    std::string Error = parseOptions(Arguments, Opts);
    Opts.Found = receiver();
    // A plugin that returns false is dropped without a word.
    if (!Error.empty()) {
      clang::DiagnosticsEngine &Diags = CI.getDiagnostics();
      Diags.Report(Diags.getCustomDiagID(clang::DiagnosticsEngine::Error, "escapement: %0"))
          << Error;
    }
    return true;
  }

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &CI,
                                                        StringRef) override {
    current().reset();
    const clang::LangOptions &Lang = CI.getLangOpts();
    clang::CodeGenOptions &CG = CI.getCodeGenOpts();
    Work What = workOf(CI);
    bool IsC = !Lang.CPlusPlus && !Lang.ObjC && !Lang.OpenCL && !Lang.CUDA;
    if (What == Work::None || !IsC || CI.getDiagnostics().hasErrorOccurred())
      return std::make_unique<clang::ASTConsumer>();
    Opts.Sanitized = !Lang.Sanitize.empty();
    Opts.Rewrite = What == Work::Compile && CG.OptimizationLevel > 0 && !CG.DisableLLVMPasses &&
                   Opts.RewriteMode != Options::Mode::Report && !Opts.Sanitized;
    std::string Searched = Opts.Rewrite ? Bisect::directory() : "";
    Opts.NeedSource = Report::wanted(ClangHost(CI), Opts) || !Opts.Site.empty() ||
                      !Opts.DumpFile.empty() || !Searched.empty() || (Opts.Verify && Opts.Rewrite);
    // The link makes other functions of it, and nothing of ours is there to check.
    if (CG.PrepareForLTO || CG.PrepareForThinLTO)
      forgetOthers(Opts);
    announceAnnotations(CI);
    current() = std::make_shared<Session>(CI, Opts);
    for (const ModelsFile &Read : Opts.Models)
      dependOn(CI, Read.Path);
    if (!Opts.Summaries.empty())
      exchange(*current());
    if (!Searched.empty())
      search(*current(), Searched);
    return consumers(CI, CG);
  }

private:
  // With summaries= a program that is whole is that of all files, of which we then know one.
  static void forgetOthers(Options &Opts) {
    Opts.WholeProgram &= Opts.Summaries.empty();
    Opts.Summaries.clear();
  }

  static void search(Session &S, const std::string &Directory) {
    std::string Error = S.Search.open(Directory, S.Opts);
    if (!Error.empty())
      S.Out.problem(Error);
    S.Opts.Allows = [&S](const std::string &Hash) { return S.Search.allows(Hash); };
    const auto &Inputs = S.CI.getFrontendOpts().Inputs;
    S.D.search(&S.Search, Inputs.empty() || !Inputs[0].isFile() ? "-" : Inputs[0].getFile().str());
  }

  // What is read is a file that the object depends on, as a header is: who collects those (-MD) is
  // told the way the preprocessor tells of one that it did not have to open again.
  static void dependOn(clang::CompilerInstance &CI, const std::string &Path) {
    if (!CI.hasPreprocessor() || !CI.getPreprocessor().getPPCallbacks())
      return;
    if (auto File = CI.getFileManager().getFileRef(Path))
      CI.getPreprocessor().getPPCallbacks()->FileSkipped(*File, clang::Token(),
                                                         clang::SrcMgr::C_User);
    else
      consumeError(File.takeError());
  }

  static void exchange(Session &S) {
    clang::CompilerInstance &CI = S.CI;
    const auto &Inputs = CI.getFrontendOpts().Inputs;
    std::string Object = CI.getFrontendOpts().OutputFile;
    if ((Object.empty() || Object == "-") && !Inputs.empty() && Inputs[0].isFile())
      Object = Inputs[0].getFile().str();
    S.D.across(Object, [&CI](const std::string &Path) { dependOn(CI, Path); });
  }

  std::unique_ptr<clang::ASTConsumer> consumers(clang::CompilerInstance &CI,
                                                clang::CodeGenOptions &CG) {
    std::shared_ptr<Session> S = current();
    S->D.beforeFinish([Now = S.get()] { checkAllocation(*Now); });
    std::vector<std::unique_ptr<clang::ASTConsumer>> Consumers;
    bool OwnLocations = S->Opts.NeedSource && !compat::hasDebugInfo(CG);
    // With -flto the link step has to know what must not be rewritten.
    if (CG.PrepareForLTO)
      S->D.compileForLink();
    if (!S->Opts.Rewrite && CG.PrepareForLTO)
      addPasses(CG);
    Consumers.push_back(std::make_unique<Recorder>(S));
    Consumers.push_back(std::make_unique<LookForAddressNumbers>(S));
    Consumers.push_back(std::make_unique<FillSources>(S));
    if (!S->Opts.Rewrite) {
      S->SecondModule = S->Opts.NeedSource;
      Consumers.push_back(std::make_unique<ReportOnly>(S));
      return std::make_unique<clang::MultiplexConsumer>(std::move(Consumers));
    }
    if (OwnLocations) {
      S->D.ownLocations();
      if (ESCAPEMENT_CAN_TRACK_LOCATIONS)
        compat::trackLocations(CG);
      else
        S->SecondModule = true;
    }
    addPasses(CG);
    return std::make_unique<clang::MultiplexConsumer>(std::move(Consumers));
  }

  // Whether a function allocates is asked of a module of our own: the real one is only looked at in
  // part, and has been changed since it was whole.
  static void checkAllocation(Session &S) {
    if (!S.Opts.Promised || !S.Opts.Rewrite || !S.Located ||
        !S.Promised.mentions(PromiseKind::NoAlloc))
      return;
    Options Opts = S.Opts;
    Opts.Rewrite = false;
    Opts.DumpFile.clear();
    forgetOthers(Opts);
    Report Aside(S.Compiler, Opts, S.Sources, /*Silent=*/true);
    Driver D(Opts, S.Sources, Aside);
    D.reportOnly(*S.Located);
    S.Out.adopt(Aside);
    S.Located.reset();
  }

  static void addPasses(clang::CodeGenOptions &CG);

  Options Opts;
};

clang::FrontendPluginRegistry::Add<Action>
    Registration("escapement", "move heap allocations that do not outlive their function");

} // namespace

void sendFindings(Receiver To) { receiver() = std::move(To); }

} // namespace escapement

#if ESCAPEMENT_HAS_PASS_BUILDER_CALLBACKS
void escapement::Action::addPasses(clang::CodeGenOptions &CG) {
  CG.PassBuilderCallbacks.push_back(registerCallbacks);
}
#else
extern "C" __attribute__((visibility("default"))) PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "escapement", ESCAPEMENT_VERSION, escapement::registerCallbacks};
}

void escapement::Action::addPasses(clang::CodeGenOptions &CG) {
  Dl_info Self;
  if (dladdr(reinterpret_cast<void *>(&llvmGetPassPluginInfo), &Self))
    CG.PassPlugins.push_back(Self.dli_fname);
}
#endif
