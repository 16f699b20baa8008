// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Report.cpp - the findings of a translation unit: lines on standard error, the report file,
// remarks.
//
// Nothing is written before finish(), and then in one piece, sorted by (file, line, column, text),
// each line once.
//
// INVARIANT  What is written depends on the source and the flags only: no addresses, no times, no
// order of a hash table.
//
// NOT HERE  Which copy of an allocation speaks for all (Merge.cpp).
#include "Report.h"
#include "Lines.h"
#include "Merge.h"
#include "Promises.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <set>
#include <tuple>

using namespace llvm;

namespace escapement {

namespace {

constexpr StringLiteral MarkPrefix = "escapement.site.";

std::string reportPath(const Host &Compiler, StringRef Pattern) {
  std::string Path;
  for (char C : Pattern) {
    if (C == '%')
      Path += Compiler.objectName();
    else
      Path += C;
  }
  return Path;
}

// The number of bytes that is asked for, when the call says so.
uint64_t requestedBytes(const EscModule *M, const CallBase *Call) {
  const Function *Callee = Call ? Call->getCalledFunction() : nullptr;
  EscAllocatorModel Model;
  if (!Callee || !esc_model_allocator(M, Callee->getName().str().c_str(), &Model))
    return ESC_SIZE_UNKNOWN;
  uint64_t Bytes = 1;
  for (uint32_t Param : {Model.size_param, Model.count_param}) {
    if (Param == ESC_NONE)
      continue;
    const auto *Size =
        Param < Call->arg_size() ? dyn_cast<ConstantInt>(Call->getArgOperand(Param)) : nullptr;
    if (!Size || Size->getBitWidth() > 64 ||
        __builtin_mul_overflow(Bytes, Size->getZExtValue(), &Bytes))
      return ESC_SIZE_UNKNOWN;
  }
  return Model.size_param == ESC_NONE ? ESC_SIZE_UNKNOWN : Bytes;
}

} // namespace

struct Report::Impl {
  Host &Compiler;
  const Options &Opts;
  const SourceTable &Sources;
  bool Silent;
  std::string ReportPath;
  std::unique_ptr<raw_fd_ostream> ReportFile;

  MapVector<const CallInfo *, Site> Sites;
  StringSet<> Placeless;       // callees of stillThereSomewhere()
  std::vector<Finding> Others; // parameters, results, locals
  std::map<Position, Finding> HeapLocals;
  std::vector<std::pair<const CallInfo *, std::string>> Marks; // by the number in the IR
  DenseMap<const CallInfo *, std::string> Said;                // the lines of finish()
  std::vector<BrokenPromise> Breaches;                         // of the last whole model
  std::vector<RemainingCall> Left;                             // with promises: every call

  Impl(Host &Compiler, const Options &Opts, const SourceTable &Sources, bool Silent)
      : Compiler(Compiler), Opts(Opts), Sources(Sources), Silent(Silent) {}

  // Promises are known only when the source has been read.
  bool wanted() const { return Opts.Promised || Report::wanted(Compiler, Opts); }

  void cannotWrite(const std::error_code &Why) {
    Compiler.error("cannot write the report '" + ReportPath + "': " + Why.message());
  }

  void openReport() {
    if (Opts.ReportFile.empty())
      return;
    ReportPath = reportPath(Compiler, Opts.ReportFile);
    std::error_code Failed;
    ReportFile = std::make_unique<raw_fd_ostream>(ReportPath, Failed, sys::fs::OF_Text);
    if (!Failed)
      return;
    cannotWrite(Failed);
    ReportFile->clear_error();
    ReportFile.reset();
  }

  // ---- collecting

  struct Collector {
    Impl &I;
    Stage At;
    const LoweredModule &Lowered;
    const DenseSet<EscSite> &Moved;
    bool Rewrote;
    ArrayRef<std::pair<EscFunc, EscLocal>> HeapLocals;
    // Names of the functions of the model.
    DenseMap<EscFunc, const Function *> Functions = DenseMap<EscFunc, const Function *>();
    // With m=1 and a report file: what m=1 alone would find.
    std::set<std::pair<Position, std::string>> Level1 = {};
    bool OnlyLevel1 = false;
  };

  void collect(Collector &C) {
    for (const LoweredFunction &F : C.Lowered.Functions)
      C.Functions[F.Id] = F.F;
    const EscModule *M = C.Lowered.M.get();
    int Level = Opts.MLevel >= 2 || ReportFile || Opts.Found || Opts.Promised ? 2 : 1;
    C.OnlyLevel1 = Level == 2 && Opts.MLevel < 2;
    if (C.OnlyLevel1)
      esc_findings(
          M, 1,
          [](void *Context, const EscFinding *F) {
            static_cast<Collector *>(Context)->Level1.insert(
                {Position(F->file ? F->file : "", F->line, F->col), F->text});
          },
          &C);
    esc_findings(
        M, Level,
        [](void *Context, const EscFinding *F) {
          auto *C = static_cast<Collector *>(Context);
          C->I.add(*C, *F);
        },
        &C);
    if (Opts.Promised && !C.Rewrote)
      Breaches = Opts.Promised->breaches(M, [&](const std::string &Name) {
        for (const LoweredFunction &F : C.Lowered.Functions)
          if (F.F->getName() == Name)
            return F.Id;
        return EscFunc(ESC_NONE);
      });
  }

  void add(Collector &C, const EscFinding &F) {
    Finding New = copy(C, F);
    if (F.kind == ESC_FIND_SITE)
      return addSite(C, F.site, std::move(New));
    if (F.kind == ESC_FIND_LOCAL && is_contained(C.HeapLocals, std::make_pair(F.func, F.item))) {
      sayMovedToHeap(New);
      HeapLocals.try_emplace(Position(New.File, New.Line, New.Col), New);
    }
    if (C.At == Stage::First)
      Others.push_back(std::move(New));
  }

  Finding copy(const Collector &C, const EscFinding &F) const {
    Finding New = findingOf(F, C.At);
    New.Printed = !F.report_only && !Sources.isSystemHeader(New.File);
    if (C.OnlyLevel1 && !C.Level1.count({Position(New.File, New.Line, New.Col), New.Text}))
      New.Printed = false;
    if (const Function *In = C.Functions.lookup(F.func))
      nameFunction(New, *In);
    return New;
  }

  static void nameFunction(Finding &F, const Function &In) {
    F.Function = In.getName().str();
    const DISubprogram *Program = In.getSubprogram();
    F.SourceFunction = Program ? Program->getName().str() : F.Function;
  }

  void addSite(const Collector &C, EscSite Id, Finding New) {
    if (Id >= C.Lowered.Sites.size())
      return;
    const LoweredSite &S = C.Lowered.Sites[Id];
    if (!S.Source)
      return;
    if (S.Function < C.Lowered.Functions.size()) {
      const Function &In = *C.Lowered.Functions[S.Function].F;
      New.Imported = In.hasAvailableExternallyLinkage();
      nameFunction(New, In);
    }
    EscVerdict Verdict = esc_site_verdict(C.Lowered.M.get(), Id);
    New.Call = S.Source->Text.str();
    New.Callee = S.Source->Callee.str();
    New.Chain = S.Chain;
    if (Opts.Promised)
      if (const std::string *Why = Opts.Promised->allowed(Position(New.File, New.Line, New.Col)))
        New.Allowed = *Why;
    New.Hash = siteHash(C.Lowered, Id);
    setVerdict(New, Verdict, C.Rewrote, C.Moved.contains(Id));
    New.SizeBytes = requestedBytes(C.Lowered.M.get(), S.Call);
    New.InLoop = esc_site_in_loop(C.Lowered.M.get(), Id);
    Sites[S.Source].Copies.push_back(std::move(New));
  }

  // ---- what is said in the end

  std::vector<Finding> otherFindings() {
    std::vector<Finding> Result;
    for (Finding &F : Others) {
      auto It = F.Kind == ESC_FIND_LOCAL ? HeapLocals.find(Position(F.File, F.Line, F.Col))
                                         : HeapLocals.end();
      if (It == HeapLocals.end())
        Result.push_back(std::move(F));
    }
    for (auto &[Where, F] : HeapLocals)
      Result.push_back(F);
    return Result;
  }

  // A promise that is not kept is an error where it stands.
  bool sayBroken(bool SawLast, const std::vector<Finding> &Details) {
    if (!Opts.Promised)
      return false;
    std::vector<BrokenPromise> Broken = Opts.Promised->onHeap(Details, SawLast ? &Left : nullptr);
    Broken.insert(Broken.end(), Breaches.begin(), Breaches.end());
    for (const BrokenPromise &B : Broken)
      Compiler.errorAt(B.What->Host, B.Text);
    return !Broken.empty();
  }

  void finish(bool SawLast, Module *M) {
    if (Silent || !wanted() || Compiler.failed())
      return;
    std::vector<Finding> Lines = otherFindings(), Details = Lines;
    for (auto &[Source, S] : Sites) {
      for (const Finding &F : S.Copies)
        if (Placeless.count(F.Callee))
          S.LeftInChains.push_back(F.Chain);
      std::vector<Finding> Copies = finalCopies(S, SawLast, Opts);
      if (all_of(Copies, [](const Finding &F) { return F.Imported; }))
        continue;
      shareSizes(S, Copies);
      Lines.push_back(mergeCopies(Copies));
      // What the compile step of -flto has said is not said again by the link step.
      if (!Source->Said.empty() && Lines.back().Text == Source->Said)
        Lines.back().Printed = false;
      if (Lines.back().Printed)
        Said[Source] = Lines.back().Text;
      Details.insert(Details.end(), Copies.begin(), Copies.end());
    }
    sortFindings(Lines);
    sortFindings(Details);
    if (sayBroken(SawLast, Details))
      return;
    if (Opts.Found)
      Opts.Found(Lines, Details);
    else if (Opts.MLevel)
      print(Lines);
    if (ReportFile)
      write(Details);
    if (M && Compiler.wantsRemarks())
      remark(Lines, *M);
  }

  // The call of a moved site is gone by the time it is collected.
  static void shareSizes(const Site &S, std::vector<Finding> &Copies) {
    for (Finding &Copy : Copies)
      for (const Finding &F : S.Copies)
        if (Copy.SizeBytes == ESC_SIZE_UNKNOWN && F.At == Stage::First)
          Copy.SizeBytes = F.SizeBytes;
  }

  // ---- standard error

  bool coloured() const {
    return Compiler.allowsColour() && sys::Process::StandardErrIsDisplayed() &&
           sys::Process::StandardErrHasColors();
  }

  void print(const std::vector<Finding> &Lines) {
    errs() << linesText(Lines, Opts.MLevel, coloured());
  }

  // ---- the report file

  void write(const std::vector<Finding> &Details) {
    for (const Finding &F : Details)
      *ReportFile << jsonLine(F) << "\n";
    ReportFile->close();
    if (ReportFile->has_error()) {
      cannotWrite(ReportFile->error());
      ReportFile->clear_error();
    }
    ReportFile.reset();
  }

  // ---- native remarks

  void remark(const std::vector<Finding> &Lines, Module &M) {
    const Finding *Last = nullptr;
    for (const Finding &F : Lines) {
      Function *In = F.Printed && !(Last && isSameLine(*Last, F)) ? remarkFunction(F, M) : nullptr;
      if (!In)
        continue;
      Last = &F;
      DebugLoc Loc = remarkLocation(F, *In);
      const BasicBlock *Region = &In->getEntryBlock();
      if (F.Kind == ESC_FIND_PARAM || F.Kind == ESC_FIND_RESULT)
        emit(OptimizationRemarkAnalysis(PassName, remarkName(F), Loc, Region), F, M);
      else if (F.Good)
        emit(OptimizationRemark(PassName, remarkName(F), Loc, Region), F, M);
      else
        emit(OptimizationRemarkMissed(PassName, remarkName(F), Loc, Region), F, M);
    }
  }

  template <typename Remark> static void emit(Remark R, const Finding &F, Module &M) {
    R << StringRef(F.Text);
    M.getContext().diagnose(R);
  }

  static StringRef remarkName(const Finding &F) {
    switch (F.Kind) {
    case ESC_FIND_PARAM:
      return "Parameter";
    case ESC_FIND_RESULT:
      return "Result";
    case ESC_FIND_LOCAL:
      return F.Good ? "MovedToHeap" : "AddressEscapes";
    case ESC_FIND_SITE:
      break;
    }
    if (F.OptimizedAway)
      return "OptimizedAway";
    if (F.Moved)
      return "MovedToStack";
    return F.Placement == ESC_PLACE_KEPT ? "KeptOnHeap" : "EscapesToHeap";
  }

  // A remark needs a function with a body; the finding's own may have been inlined and deleted.
  static Function *remarkFunction(const Finding &F, Module &M) {
    Function *Own = M.getFunction(F.Function);
    if (Own && !Own->isDeclaration())
      return Own;
    for (Function &Other : M)
      if (!Other.isDeclaration())
        return &Other;
    return nullptr;
  }

  static DebugLoc remarkLocation(const Finding &F, Function &In) {
    DISubprogram *Program = In.getSubprogram();
    if (!Program || !F.Line)
      return DebugLoc();
    LLVMContext &Context = In.getContext();
    DIFile *Where = DIFile::get(Context, F.File, Program->getDirectory());
    DIScope *Scope = DILexicalBlockFile::get(Context, Program, Where, /*Discriminator=*/0);
    return DebugLoc(DILocation::get(Context, F.Line, F.Col, Scope));
  }
};

bool Report::wanted(const Host &Compiler, const Options &Opts) {
  return Opts.MLevel || !Opts.ReportFile.empty() || Opts.Found || Compiler.wantsRemarks();
}

Report::Report(Host &Compiler, const Options &Opts, const SourceTable &Sources, bool Silent)
    : I(std::make_unique<Impl>(Compiler, Opts, Sources, Silent)) {
  if (!Silent)
    I->openReport();
}

Report::~Report() = default;

void Report::adopt(const Report &Other) { I->Breaches = Other.I->Breaches; }

void Report::problem(StringRef Message) { I->Compiler.error(Message); }

void Report::collect(Stage At, const LoweredModule &Lowered, const DenseSet<EscSite> &Moved,
                     bool Rewrote, ArrayRef<std::pair<EscFunc, EscLocal>> HeapLocals) {
  if (!I->wanted())
    return;
  Impl::Collector C{*I, At, Lowered, Moved, Rewrote, HeapLocals};
  I->collect(C);
}

void Report::stillThere(const CallInfo *Site, StringRef Chain) {
  if (I->Opts.Promised && Site)
    I->Left.push_back({Position(Site->At.File.str(), Site->At.Line, Site->At.Col), Chain.str()});
  auto It = Site ? I->Sites.find(Site) : I->Sites.end();
  if (It != I->Sites.end())
    It->second.LeftInChains.push_back(Chain.str());
}

void Report::stillThereSomewhere(StringRef Callee) { I->Placeless.insert(Callee); }

void Report::mark(CallBase &Call, const CallInfo *Site, StringRef Chain) {
  if (!Site || (!I->Opts.Promised && !I->Sites.count(Site)))
    return;
  // An annotation, because a kind of metadata of our own would be listed in every bitcode object.
  Call.addAnnotationMetadata((MarkPrefix + Twine(I->Marks.size())).str());
  I->Marks.push_back({Site, Chain.str()});
}

const CallInfo *Report::stillThere(CallBase &Call) {
  const MDNode *Notes = Call.getMetadata(LLVMContext::MD_annotation);
  if (!Notes)
    return nullptr;
  for (const MDOperand &Operand : Notes->operands()) {
    const auto *Note = dyn_cast<MDString>(Operand);
    StringRef Text = Note ? Note->getString() : StringRef();
    size_t Number;
    if (!Text.consume_front(MarkPrefix) || Text.getAsInteger(10, Number) ||
        Number >= I->Marks.size())
      continue;
    stillThere(I->Marks[Number].first, I->Marks[Number].second);
    Call.setMetadata(LLVMContext::MD_annotation, nullptr);
    return I->Marks[Number].first;
  }
  return nullptr;
}

std::optional<std::string> Report::said(const CallInfo *Site) const {
  if (!I->Sites.count(Site))
    return std::nullopt;
  auto It = I->Said.find(Site);
  return It == I->Said.end() ? std::string() : It->second;
}

void Report::finish(bool SawLast, Module *M, FunctionAnalysisManager *) { I->finish(SawLast, M); }

} // namespace escapement
