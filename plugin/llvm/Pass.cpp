// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pass.cpp - see Pass.h.
#include "Pass.h"
#include "Closed.h"
#include "CopyLocations.h"
#include "Lines.h"
#include "Notes.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Analysis/LazyValueInfo.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/IPO/InferFunctionAttrs.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/LowerExpectIntrinsic.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"

using namespace llvm;

namespace escapement {

// A chain of wrappers is seldom deeper; every round costs a whole analysis.
static constexpr unsigned MaxInlineRounds = 4;
// A callee larger than this is not worth a copy for one allocation.
static constexpr unsigned MaxInlineInstructions = 400;
// How many instructions inlining on request may add to one caller.
static constexpr unsigned MaxInlineGrowth = 4000;

// What inlining or a slot exposes at once: loads of stored pointers, checks that are decided.
static FunctionPassManager cleanup() {
  FunctionPassManager FPM;
  FPM.addPass(SROAPass(SROAOptions::ModifyCFG));
  FPM.addPass(EarlyCSEPass());
  FPM.addPass(SimplifyCFGPass());
  return FPM;
}

static void runOn(ArrayRef<Function *> Functions, FunctionPassManager FPM,
                  FunctionAnalysisManager &FAM) {
  for (Function *F : Functions) {
    FAM.invalidate(*F, PreservedAnalyses::none());
    FAM.invalidate(*F, FPM.run(*F, FAM));
  }
}

void Driver::dump(EscModule *M) {
  if (Dumped)
    return;
  Dumped = true;
  std::error_code Error;
  raw_fd_ostream File(Opts.DumpFile, Error, sys::fs::OF_Text);
  if (Error) {
    Out.problem("cannot write '" + Opts.DumpFile + "': " + Error.message());
    return;
  }
  auto Write = [](void *Context, const char *Text, size_t Length) {
    *static_cast<raw_fd_ostream *>(Context) << StringRef(Text, Length);
    return true;
  };
  esc_module_print(M, Write, &File);
}

LoweredModule Driver::ask(Module &M, FunctionAnalysisManager &FAM, bool Whole) {
  LowerAnalyses Analyses;
  Analyses.Slice = !Whole && !Opts.HeapLocals;
  Analyses.Across = Other ? &Other->reader() : nullptr;
  Analyses.Set = Other ? Other->set() : nullptr;
  Analyses.Local = [&](const AllocaInst &A) { return Names.lookup(&A); };
  LoweredModule Lowered = ask(M, FAM, std::move(Analyses), Sources, Opts);
  return Lowered;
}

LoweredModule Driver::ask(Module &M, FunctionAnalysisManager &FAM, LowerAnalyses Analyses,
                          const SourceTable &Sources, const Options &Opts) {
  Analyses.TLI = [&](Function &F) -> const TargetLibraryInfo & {
    return FAM.getResult<TargetLibraryAnalysis>(F);
  };
  SmallSetVector<Function *, 8> Asked;
  Analyses.LVI = [&](Function &F) {
    Asked.insert(&F);
    return &FAM.getResult<LazyValueAnalysis>(F);
  };
  Analyses.AfterRewrite = Rewrites != 0 || Linking;
  LoweredModule Lowered = lower(M, Analyses, Sources, Opts);
  // Answers that stay in the cache would be found by later passes, which would do something else
  // than without us.
  PreservedAnalyses AllButValues = PreservedAnalyses::all();
  AllButValues.abandon<LazyValueAnalysis>();
  for (Function *F : Asked)
    FAM.invalidate(*F, AllButValues);
  if (Lowered.Functions.empty()) {
    Lowered.M.reset();
  } else if (Lowered.M) {
    if (!Opts.DumpFile.empty())
      dump(Lowered.M.get());
    esc_analyze(Lowered.M.get());
  }
  return Lowered;
}

bool Driver::inlineRequested(LoweredModule &Lowered, FunctionAnalysisManager &FAM) {
  SmallVector<CallBase *, 8> Calls;
  for (LoweredFunction &LF : Lowered.Functions) {
    unsigned Growth = 0;
    for (EscOp Op = 0; Op < LF.OpInst.size(); ++Op) {
      auto *Call = dyn_cast_or_null<CallBase>(LF.OpInst[Op]);
      const EscSite *Sites;
      uint32_t NumSites;
      if (!Call || esc_op_action(Lowered.M.get(), LF.Id, Op, &Sites, &NumSites) != ESC_ACT_INLINE)
        continue;
      Function *Callee = Call->getCalledFunction();
      unsigned Size = Callee ? Callee->getInstructionCount() : 0;
      if (!Callee || Size > MaxInlineInstructions || Growth + Size > MaxInlineGrowth ||
          !mayChange("inline", *Call, *Callee))
        continue;
      Growth += Size;
      Calls.push_back(Call);
    }
  }
  SmallSetVector<Function *, 8> Callers;
  for (CallBase *Call : Calls) {
    Function *Caller = Call->getFunction();
    if (inlineCall(*Call, FAM))
      Callers.insert(Caller);
  }
  runOn(Callers.getArrayRef(), cleanup(), FAM);
  return !Callers.empty();
}

bool Driver::mayChange(StringRef Kind, CallBase &Call, Function &Callee) {
  if (!Search)
    return true;
  const DebugLoc &Loc = Call.getDebugLoc();
  StringRef Caller = Call.getFunction()->getName();
  std::string Text = (Kind + " of " + Callee.getName()).str();
  std::string Where = Loc ? ":" + utostr(Loc.getLine()) + ":" + utostr(Loc.getCol()) : "";
  std::string Hash = hashText((Text + ":" + Caller + Where + "@" + Locator::chain(Call)).str());
  if (!Search->allows(Hash))
    return false;
  Search->note({Kind.str(), Hash, Caller.str(), Text, "", 0, 0}, nullptr);
  return true;
}

void Driver::recordSite(const LoweredModule &Lowered, EscSite Site) {
  const LoweredSite &S = Lowered.Sites[Site];
  Change C = movedObject(esc_site_verdict(Lowered.M.get(), Site), siteHash(Lowered, Site),
                         Lowered.Functions[S.Function].F->getName().str(),
                         S.Source ? S.Source->Text.str() : "");
  if (S.Source && S.Source->At) {
    C.File = S.Source->At.File.str();
    C.Line = S.Source->At.Line;
    C.Col = S.Source->At.Col;
  }
  Search->note(C, Lowered.M.get());
}

void Driver::record(const LoweredModule &Lowered, const ApplyContext &Context) {
  for (EscSite Site = 0; Site < Lowered.Sites.size(); ++Site)
    if (Context.Moved.count(Site))
      recordSite(Lowered, Site);
  for (const auto &[F, Local] : Context.HeapLocals) {
    std::string Text = "a local moved to the heap, number " + utostr(Local) + " of its function";
    for (const LoweredFunction &L : Lowered.Functions)
      if (L.Id == F)
        Search->note({"local", localHash(Lowered, F, Local), L.F->getName().str(), Text, "", 0, 0},
                     nullptr);
  }
}

bool Driver::settle(LoweredModule &Lowered, Module &M, FunctionAnalysisManager &FAM) {
  bool Changed = false;
  for (unsigned Round = 0; Round < MaxInlineRounds && Lowered.M; ++Round) {
    if (!inlineRequested(Lowered, FAM))
      break;
    Changed = true;
    Lowered = ask(M, FAM, /*Whole=*/false);
  }
  return Changed;
}

bool Driver::apply(LoweredModule &Lowered, Module &M, FunctionAnalysisManager &FAM, Stage At) {
  if (!Lowered.M)
    return false;
  ApplyContext Context{Opts, FAM, 0, {}, {}, {}};
  Context.Rewrites = Rewrites;
  bool Changed = applyVerdicts(Lowered, M, Context);
  Rewrites = Context.Rewrites;
  if (Search)
    record(Lowered, Context);
  if (Opts.NeedSource)
    Out.collect(At, Lowered, Context.Moved, /*Rewrote=*/true, Context.HeapLocals);
  if (!Changed)
    return false;
  for (Function &F : M)
    FAM.invalidate(F, PreservedAnalyses::none());
  if (At == Stage::Late) {
    SmallSetVector<Function *, 8> Owners;
    for (EscSite Site : Context.Moved)
      Owners.insert(Lowered.Functions[Lowered.Sites[Site].Function].F);
    FunctionPassManager FPM = cleanup();
    FPM.addPass(InstCombinePass());
    runOn(Owners.getArrayRef(), std::move(FPM), FAM);
  }
  return true;
}

// In what comes straight from the source, and only there, a subtraction of two addresses is one of
// pointers when the source makes no integers of them. A metadata kind that every module has keeps
// the mark; the passes drop it where they join instructions.
static void markDifferences(Module &M) {
  MDNode *Mark = MDNode::get(M.getContext(), {});
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (I.getOpcode() == Instruction::Sub && isa<PtrToIntInst>(I.getOperand(0)) &&
          isa<PtrToIntInst>(I.getOperand(1)))
        I.setMetadata(LLVMContext::MD_nosanitize, Mark);
}

static void unmarkDifferences(Module &M) {
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (I.getOpcode() == Instruction::Sub)
        I.setMetadata(LLVMContext::MD_nosanitize, nullptr);
}

// With the promise that the program is whole.
bool Driver::directCalls(Module &M) {
  return Opts.WholeProgram && callTargets(M, Other ? Other->set() : nullptr, Opts.TypedCalls,
                                          [&](CallBase &Call, Function &Target) {
                                            return mayChange("direct call", Call, Target);
                                          });
}

void Driver::start(Module &M) {
  if (!Opts.AddressNumbers)
    markDifferences(M);
  markDeclaredMallocs(M);
  // First: until here the module is as the code generator made it, which copyLocations() needs.
  if (Opts.NeedSource && Located && Located != &M)
    copyLocations(M, *Located);
  if (Opts.Summaries.empty())
    directCalls(M);
  if (!Opts.NeedSource)
    return;
  for (Function &F : M)
    for (const auto &[Alloca, Variable] : localVariables(F, Sources))
      Names[Alloca] = Variable;
  if (Opts.Verify && Opts.Rewrite)
    prepareVerify(M);
}

void Driver::exchange(Module &M, FunctionAnalysisManager &FAM, bool Write) {
  if (Opts.Summaries.empty())
    return;
  Other.emplace(Opts, M, AcrossObject);
  // Without the directory this file is not known to be the program.
  if (!Other->usable())
    return Other.reset();
  // In a program of ours: nothing is compiled, so what other files know stays what it is.
  if (Write && !Opts.Found) {
    // Not what the report asks for, and nothing of other files: the same text each time.
    Options Plain = Opts;
    Plain.NeedSource = false;
    Plain.DumpFile.clear();
    LowerAnalyses Analyses;
    Analyses.Summarize = true;
    Analyses.Set = Other->set();
    SourceTable None;
    // Also of a file without functions: what it does not have is written too.
    LoweredModule Lowered = ask(M, FAM, Analyses, None, Plain);
    if (std::string Error = Other->write(M, Lowered); !Error.empty())
      Out.problem(Error);
  }
  Other->read(M);
  tellRead();
}

void Driver::tellRead() {
  for (const std::string &File : Other->files())
    if (AcrossRead && Told.insert(File).second)
      AcrossRead(File);
  // No diagnostic of the compiler: -Werror must not make an error of what is only not used.
  std::string Complaint = Other->complaint();
  if (!Complained && !Complaint.empty())
    errs() << "warning: escapement: not used: " << Complaint << "\n";
  Complained |= !Complaint.empty();
}

// With the bodies that it may need, which are gone afterwards.
bool Driver::decide(Module &M, FunctionAnalysisManager &FAM, Stage At) {
  LentBodies Lent(M);
  if (Other) {
    Other->lend(M, Lent);
    tellRead();
  }
  LoweredModule Lowered = ask(M, FAM, /*Whole=*/false);
  Names.clear(); // of allocas that may go away
  bool Inlined = settle(Lowered, M, FAM);
  bool Moved = apply(Lowered, M, FAM, At);
  Lent.drop(FAM);
  Changed |= Inlined || Moved;
  return Inlined || Moved;
}

bool Driver::early(Module &M, FunctionAnalysisManager &FAM) {
  exchange(M, FAM, /*Write=*/true);
  if (Other && directCalls(M)) {
    Changed = true;
    Other->read(M);
    tellRead();
    for (Function &F : M)
      FAM.invalidate(F, PreservedAnalyses::none());
  }
  return lookEarly(M, FAM) || Changed;
}

bool Driver::lookEarly(Module &M, FunctionAnalysisManager &FAM) {
  if (!Opts.EarlyPosition && !Opts.NeedSource)
    return false;
  // The report must not change what is decided: it has a model of its own.
  if (Opts.NeedSource)
    if (LoweredModule Whole = ask(M, FAM, /*Whole=*/true); Whole.M)
      Out.collect(Stage::First, Whole, {}, /*Rewrote=*/true);
  if (!Opts.EarlyPosition)
    return false;
  return decide(M, FAM, Stage::Early);
}

bool Driver::late(Module &M, FunctionAnalysisManager &FAM) {
  return Opts.LatePosition && decide(M, FAM, Stage::Late);
}

// Empty: through a pointer.
static StringRef nameOf(const CallBase &Call) {
  const Function *Callee = Call.getCalledFunction();
  return Callee ? Callee->getName() : StringRef();
}

static void forEachCall(Module &M, function_ref<void(CallBase &)> Each) {
  for (Function &F : M)
    for (Instruction &I : instructions(F))
      if (auto *Call = dyn_cast<CallBase>(&I))
        Each(*Call);
}

// Of a function by its name; no rewrite made or left it. To a promise a call through a pointer is
// as good a reason to be broken.
bool Driver::isSourceCall(const CallBase &Call) const {
  if (Call.isIndirectCall())
    return Opts.Promised != nullptr;
  return !isa<IntrinsicInst>(Call) && Call.getCalledFunction() &&
         (Rewrites == 0 || !isSettledAllocation(Call));
}

// Debug locations change what the passes behind this position make of a function (seen with
// sqlite3's pager_playback at -O2: another order of blocks), and the object must be the same with
// -m and without. So locations that only we asked for end here; marks on the calls remain.
void Driver::forget(Module &M) {
  if (!Opts.NeedSource || !OwnsLocations || Forgot)
    return;
  Forgot = true;
  Locator Where(Sources, true);
  forEachCall(M, [&](CallBase &Call) {
    if (isSourceCall(Call))
      Out.mark(Call, Where.call(Call, nameOf(Call)), Locator::chain(Call));
  });
  stripLocations(M);
}

void Driver::last(Module &M, FunctionAnalysisManager &FAM) {
  if (Search)
    if (std::string Error = Search->write(SearchInput); !Error.empty())
      Out.problem(Error);
  if (!Opts.AddressNumbers && !ForLink)
    unmarkDifferences(M);
  if (ForLink)
    tell(M);
  else
    unmarkDeclaredMallocs(M);
  if (Other)
    Other->addSections(M, Changed);
  if (!Opts.NeedSource)
    return;
  std::vector<LeftCall> Left;
  Locator Where(Sources, true);
  forEachCall(M, [&](CallBase &Call) {
    bool Asked = isSourceCall(Call);
    const CallInfo *Site = nullptr;
    if (Forgot)
      Site = Out.stillThere(Call);
    else if (Asked && (Site = Where.call(Call, nameOf(Call))))
      Out.stillThere(Site, Locator::chain(Call));
    if (Site)
      Left.push_back({&Call, Site});
    else if (Asked && !Call.isIndirectCall())
      Out.stillThereSomewhere(nameOf(Call));
  });
  if (BeforeFinish)
    BeforeFinish();
  Out.finish(/*SawLast=*/true, &M, &FAM);
  stripLocations(M);
  if (ForLink)
    note(Left, M);
}

void Driver::tell(Module &M) { writeOptions(M, Opts); }

void Driver::note(ArrayRef<LeftCall> Left, Module &M) {
  for (const auto &[Call, Site] : Left)
    if (std::optional<std::string> Said = Out.said(Site))
      writeNote(*Call, *Site, *Said);
}

// The functions come from several files, optimized each for itself: what brings them together now
// is the inlining that verdicts ask for, and the summaries.
bool Driver::link(Module &M, FunctionAnalysisManager &FAM) {
  Linking = true;
  bool Changed =
      Opts.WholeProgram && Opts.Rewrite &&
      callTargets(M, nullptr, Opts.TypedCalls, [](CallBase &, Function &) { return true; });
  if (Changed)
    for (Function &F : M)
      FAM.invalidate(F, PreservedAnalyses::none());
  LoweredModule Lowered = ask(M, FAM, /*Whole=*/false);
  if (Lowered.M) {
    Out.collect(Stage::First, Lowered, {}, Opts.Rewrite);
    if (Opts.Rewrite) {
      Changed |= settle(Lowered, M, FAM);
      Changed |= apply(Lowered, M, FAM, Stage::Late);
    }
    Out.finish(/*SawLast=*/false, &M, &FAM);
  }
  unmarkDifferences(M);
  unmarkDeclaredMallocs(M);
  dropNotes(M);
  return Changed;
}

// Remove a module flag; there is no interface for it.
static void dropModuleFlag(Module &M, StringRef Name) {
  NamedMDNode *Flags = M.getModuleFlagsMetadata();
  if (!Flags)
    return;
  SmallVector<MDNode *, 8> Kept;
  for (MDNode *Flag : Flags->operands()) {
    auto *Key = dyn_cast<MDString>(Flag->getOperand(1));
    if (!Key || Key->getString() != Name)
      Kept.push_back(Flag);
  }
  Flags->clearOperands();
  for (MDNode *Flag : Kept)
    Flags->addOperand(Flag);
}

// A bitcode object (-flto) must not show that we were here.
void Driver::stripLocations(Module &M) {
  if (!OwnsLocations)
    return;
  StripDebugInfo(M);
  dropModuleFlag(M, "Debug Info Version");
}

void Driver::reportOnly(Module &M) {
  LoopAnalysisManager LAM;
  FunctionAnalysisManager FAM;
  CGSCCAnalysisManager CGAM;
  ModuleAnalysisManager MAM;
  PassBuilder PB;
  PB.registerModuleAnalyses(MAM);
  PB.registerCGSCCAnalyses(CGAM);
  PB.registerFunctionAnalyses(FAM);
  PB.registerLoopAnalyses(LAM);
  PB.crossRegisterProxies(LAM, FAM, CGAM, MAM);
  start(M);
  // The part of the pipeline that runs before `early`; no InstCombine, which deletes allocations.
  FunctionPassManager FPM;
  FPM.addPass(LowerExpectIntrinsicPass());
  FPM.addPass(SimplifyCFGPass());
  FPM.addPass(SROAPass(SROAOptions::ModifyCFG));
  FPM.addPass(EarlyCSEPass());
  ModulePassManager MPM;
  MPM.addPass(InferFunctionAttrsPass());
  MPM.addPass(createModuleToFunctionPassAdaptor(std::move(FPM)));
  MPM.run(M, MAM);
  exchange(M, FAM, /*Write=*/false);
  if (Other && directCalls(M))
    for (Function &F : M)
      FAM.invalidate(F, PreservedAnalyses::none());
  LoweredModule Lowered = ask(M, FAM, /*Whole=*/true);
  if (!Lowered.M)
    return Out.finish(/*SawLast=*/false, nullptr, nullptr);
  if (Opts.NeedSource) {
    Out.collect(Stage::First, Lowered, {}, /*Rewrote=*/false);
    LentBodies Lent(M);
    if (Other) {
      Other->lend(M, Lent);
      tellRead();
      Lowered = ask(M, FAM, /*Whole=*/true);
    }
    settle(Lowered, M, FAM);
    Out.collect(Stage::Early, Lowered, {}, /*Rewrote=*/false);
    Out.finish(/*SawLast=*/false, nullptr, nullptr);
  }
}

// ---- the positions as passes -------------------------------------------------------------------

namespace {

enum class Position { Start, Early, Late, Last, Tell };

struct PositionPass : PassInfoMixin<PositionPass> {
  PositionPass(Driver &D, Position At) : D(D), At(At) {}

  PreservedAnalyses run(Module &M, ModuleAnalysisManager &MAM) {
    auto &FAM = MAM.getResult<FunctionAnalysisManagerModuleProxy>(M).getManager();
    bool Changed = false;
    switch (At) {
    case Position::Start:
      D.start(M);
      break;
    case Position::Early:
      Changed = D.early(M, FAM);
      break;
    case Position::Late:
      Changed = D.late(M, FAM);
      D.forget(M);
      break;
    case Position::Last:
      Changed = separateReuses(M);
      D.last(M, FAM);
      break;
    case Position::Tell:
      D.tell(M);
      break;
    }
    return Changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
  }

  static bool isRequired() { return true; }

  Driver &D;
  Position At;
};

} // namespace

void registerPasses(PassBuilder &PB, Driver &D) {
  PB.registerPipelineStartEPCallback([&D](ModulePassManager &MPM, OptimizationLevel) {
    MPM.addPass(PositionPass(D, Position::Start));
  });
  PB.registerPipelineEarlySimplificationEPCallback([&D](ModulePassManager &MPM, OptimizationLevel) {
    MPM.addPass(PositionPass(D, Position::Early));
  });
  PB.registerOptimizerEarlyEPCallback([&D](ModulePassManager &MPM, OptimizationLevel) {
    MPM.addPass(PositionPass(D, Position::Late));
  });
  PB.registerOptimizerLastEPCallback([&D](ModulePassManager &MPM, OptimizationLevel) {
    MPM.addPass(PositionPass(D, Position::Last));
  });
}

void registerNotes(PassBuilder &PB, Driver &D) {
  PB.registerOptimizerLastEPCallback([&D](ModulePassManager &MPM, OptimizationLevel) {
    MPM.addPass(PositionPass(D, Position::Tell));
  });
}

} // namespace escapement
