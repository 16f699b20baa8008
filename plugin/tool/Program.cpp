// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Program.cpp - see Program.h.
//
// Of every file stay its module and what may be asked of its source (SourceTable::seal); its AST
// goes before the next one is parsed. The modules are linked into one, which is analysed as the
// plugin does in report mode. Statics are renamed before linking, so that their source can be found
// again (Source.cpp knows the suffix). A file that defines what another one has defined belongs to
// another program (two `main`) and is left out.
//
// INVARIANT  Nothing is promised that one file alone would not: functions that are visible outside
// are still called by others, unless the user says whole-program.
#include "Program.h"
#include "ClangCompat.h"
#include "ClangHost.h"
#include "CommandLine.h"
#include "Lines.h"
#include "Pass.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include <unistd.h>

using namespace llvm;

namespace escapement {
namespace {

constexpr const char *StaticSuffix = ".escin"; // Source.cpp

// One file while it is parsed, and what Clang needs for that, which goes with it.
struct Parsed {
  LLVMContext &Context;
  SourceTable &Sources;
  std::string Said; // Clang's complaints
  raw_string_ostream Stream{Said};
  IntrusiveRefCntPtr<clang::DiagnosticOptions> Options =
      makeIntrusiveRefCnt<clang::DiagnosticOptions>();
  clang::TextDiagnosticPrinter Printer{Stream, Options.get()};
  IntrusiveRefCntPtr<clang::FileManager> Files =
      makeIntrusiveRefCnt<clang::FileManager>(clang::FileSystemOptions());
  std::unique_ptr<clang::CompilerInstance> CI;
  std::unique_ptr<Module> M;
  bool MakesNumbers = true; // it turns pointers into integers

  Parsed(LLVMContext &Context, SourceTable &Sources) : Context(Context), Sources(Sources) {
    Options->ShowCarets = false;
  }
};

class LooksForNumbers : public clang::RecursiveASTVisitor<LooksForNumbers> {
public:
  bool VisitCastExpr(clang::CastExpr *E) { return E->getCastKind() != clang::CK_PointerToIntegral; }
};

class Finish : public clang::ASTConsumer {
public:
  Finish(Parsed &P, clang::CodeGenerator &CodeGen) : P(P), CodeGen(CodeGen) {}
  void HandleTranslationUnit(clang::ASTContext &Context) override {
    if (P.CI->getDiagnostics().hasErrorOccurred())
      return;
    P.Sources.fill(*P.CI, Context);
    P.Sources.seal();
    P.MakesNumbers = !LooksForNumbers().TraverseDecl(Context.getTranslationUnitDecl());
    P.M.reset(CodeGen.ReleaseModule());
  }

private:
  Parsed &P;
  clang::CodeGenerator &CodeGen;
};

class ParseAction : public clang::ASTFrontendAction {
public:
  explicit ParseAction(Parsed &P) : P(P) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &CI,
                                                        StringRef File) override {
    clang::CodeGenOptions &CG = CI.getCodeGenOpts();
    if (!compat::hasDebugInfo(CG))
      compat::trackLocations(CG);
    // As the plugin where it only reports (Plugin.cpp).
    CG.OptimizationLevel = 1;
    CG.DisableO0ImplyOptNone = 1;
    CG.setInlining(clang::CodeGenOptions::NormalInlining);
    auto CodeGen = compat::createCodeGen(CI, CI.getDiagnostics(), CG, File, P.Context);
    auto Last = std::make_unique<Finish>(P, *CodeGen);
    std::vector<std::unique_ptr<clang::ASTConsumer>> Both;
    Both.push_back(std::move(CodeGen));
    Both.push_back(std::move(Last));
    return std::make_unique<clang::MultiplexConsumer>(std::move(Both));
  }

private:
  Parsed &P;
};

class Parse : public clang::tooling::ToolAction {
public:
  explicit Parse(Parsed &P) : P(P) {}

  bool runInvocation(std::shared_ptr<clang::CompilerInvocation> Invocation,
                     clang::FileManager *Files,
                     std::shared_ptr<clang::PCHContainerOperations> Containers,
                     clang::DiagnosticConsumer *Diagnostics) override {
    Invocation->getFrontendOpts().DisableFree = false;
    Invocation->getFrontendOpts().ProgramAction = clang::frontend::ASTView; // not the plugin's work
    P.CI = std::make_unique<clang::CompilerInstance>(std::move(Containers));
    P.CI->setInvocation(std::move(Invocation));
    P.CI->setFileManager(Files);
    P.CI->createDiagnostics(Diagnostics, /*ShouldOwnClient=*/false);
    P.CI->createSourceManager(*Files);
    P.CI->setVerboseOutputStream(nulls());
    ParseAction Action(P);
    return P.CI->ExecuteAction(Action);
  }

private:
  Parsed &P;
};

bool isStrongDefinition(const GlobalValue &G) {
  return !G.isDeclaration() && !G.hasLocalLinkage() && G.hasExternalLinkage();
}

struct Linking {
  LLVMContext Context;
  SourceTable Sources;
  std::unique_ptr<Module> Whole;
  std::unique_ptr<Parsed> First; // the report asks its compiler
  StringSet<> Defined;           // strong names
  bool MakesNumbers = false;
  unsigned Parts = 0; // tables that were filled
  Program Out;

  // What the module defines and another file has defined; empty: nothing.
  std::string clash(const Module &M) const {
    for (const GlobalValue &G : M.global_values())
      if (isStrongDefinition(G) && Defined.count(G.getName()))
        return G.getName().str();
    return "";
  }

  // Names of statics must not meet, neither one another nor what is visible in other files.
  void renameStatics(Module &M, unsigned Part) {
    for (Function &F : M)
      if (F.hasLocalLinkage())
        F.setName(F.getName() + StaticSuffix + Twine(Part));
  }

  void add(Parsed &P, const std::string &File) {
    unsigned Part = Parts++;
    std::string Name = clash(*P.M);
    if (!Name.empty()) {
      Out.LeftOut.push_back({File, "it defines " + Name + ", as another file does"});
      return;
    }
    renameStatics(*P.M, Part);
    for (const GlobalValue &G : P.M->global_values())
      if (isStrongDefinition(G))
        Defined.insert(G.getName());
    MakesNumbers |= P.MakesNumbers;
    ++Out.Files;
    if (!Whole)
      Whole = std::move(P.M);
    else if (Linker::linkModules(*Whole, std::move(P.M)))
      Out.LeftOut.push_back({File, "it cannot be linked with the others"});
  }

  void parse(const CompileCommand &E) {
    if (chdir(E.Directory.c_str()) != 0) {
      Out.LeftOut.push_back({E.File, "cannot go to " + E.Directory});
      return;
    }
    CommandLine Line = commandLine(E);
    if (!Line.IsC && Line.Error.empty())
      return;
    std::string File = pathFromHere(absolutePath(E.Directory, Line.File));
    if (!Line.Error.empty()) {
      Out.LeftOut.push_back({File, Line.Error});
      return;
    }
    Out.Unknown.insert(Out.Unknown.end(), Line.Unknown.begin(), Line.Unknown.end());
    auto P = std::make_unique<Parsed>(Context, Sources);
    Parse Action(*P);
    clang::tooling::ToolInvocation Invocation(Line.Arguments, &Action, P->Files.get(),
                                              std::make_shared<clang::PCHContainerOperations>());
    Invocation.setDiagnosticOptions(P->Options.get());
    Invocation.setDiagnosticConsumer(&P->Printer);
    if (!Invocation.run() || !P->M) {
      Out.LeftOut.push_back({File, StringRef(P->Said).split('\n').first.str()});
      return;
    }
    add(*P, File);
    if (!First)
      First = std::move(P);
  }

  void analyse(const std::vector<std::string> &Arguments) {
    if (!Whole || !First)
      return;
    Options Opts;
    std::string Error = parseOptions(Arguments, Opts); // Arguments.cpp has read them before
    Opts.NeedSource = true;
    Opts.AddressNumbers = MakesNumbers;
    Opts.Found = [this](const std::vector<Finding> &L, const std::vector<Finding> &D) {
      Out.Lines = L;
      Out.Details = D;
    };
    ClangHost Compiler(*First->CI);
    Report Findings(Compiler, Opts, Sources);
    Driver D(Opts, Sources, Findings);
    D.reportOnly(*Whole);
  }
};

} // namespace

Program checkProgram(const std::vector<CompileCommand> &Entries,
                     const std::vector<std::string> &Arguments) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  InitializeAllAsmParsers();
  auto *L = new Linking;
  for (const CompileCommand &E : Entries)
    L->parse(E);
  L->analyse(Arguments);
  return std::move(L->Out);
}

} // namespace escapement
