// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pass.h - when we look at the IR: lower -> ask -> apply -> report at each position of the
// pipeline.
//
// Positions, in the order in which they run
//     start   nothing is optimized: the only time when allocas can be matched to variables
//             (their metadata would be the simplest note, but new metadata kinds show in bitcode)
//     early   module level, SSA, before the inliner and before LLVM deletes allocations: every line
//             of the report is decided here, and what can be moved is moved, so that the whole
//             pipeline still runs over it
//     late    module level, after the inliner: what it brought together (wrappers like xmalloc)
//     last    the end of the optimizer: which allocations are left; the report is printed
//     link    (-flto, in lld) the merged program, before any pass of the link: what one file alone
//             could not move
//
// INVARIANT  Where nothing is moved the IR is the same before and after each position, but for
// debug locations and metadata, and those are gone at `last`.
//
// NOT HERE  Deciding anything; the compiler's flags (Plugin.cpp).
#ifndef ESCAPEMENT_PLUGIN_PASS_H
#define ESCAPEMENT_PLUGIN_PASS_H

#include "Across.h"
#include "Bisect.h"
#include "Location.h"
#include "Report.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Passes/PassBuilder.h"
#include <set>

namespace escapement {

class Driver {
public:
  Driver(const Options &Opts, const SourceTable &Sources, Report &Out)
      : Opts(Opts), Sources(Sources), Out(Out) {}

  // The module was compiled without debug information, and what it has now is only for us.
  void ownLocations() { OwnsLocations = true; }

  // Every change is recorded there, and made only where Options::Allows says so. `Input`: the file
  // as it was given to the compiler.
  void search(Bisect *B, std::string Input) {
    Search = B;
    SearchInput = std::move(Input);
  }

  // With Options::Summaries. `Read` hears of each file that was read.
  void across(std::string Object, std::function<void(const std::string &)> Read) {
    AcrossObject = std::move(Object);
    AcrossRead = std::move(Read);
  }

  // Where `start` finds locations when the module has none; null: nowhere.
  void lend(const llvm::Module *M) { Located = M; }

  // The module goes on to a link step (-flto), which is told what it needs (Notes.h).
  void compileForLink() { ForLink = true; }
  // Runs at the end of the optimizer, before anything is printed.
  void beforeFinish(std::function<void()> Run) { BeforeFinish = std::move(Run); }

  void start(llvm::Module &M);
  bool early(llvm::Module &M, llvm::FunctionAnalysisManager &FAM);
  bool late(llvm::Module &M, llvm::FunctionAnalysisManager &FAM);
  // After `late`: the locations that we asked for go away.
  void forget(llvm::Module &M);
  void last(llvm::Module &M, llvm::FunctionAnalysisManager &FAM);
  // Instead of all of these: in a compile step of -flto that rewrites nothing; in the linker.
  void tell(llvm::Module &M);
  bool link(llvm::Module &M, llvm::FunctionAnalysisManager &FAM);

  // Everything at once over a module nobody will compile.
  void reportOnly(llvm::Module &M);

private:
  // Lowered and decided. `Whole`: every function, for the report; else what verdicts depend on, and
  // no model at all where there is nothing to ask.
  LoweredModule ask(llvm::Module &M, llvm::FunctionAnalysisManager &FAM, bool Whole);
  LoweredModule ask(llvm::Module &M, llvm::FunctionAnalysisManager &FAM, LowerAnalyses Analyses,
                    const SourceTable &Sources, const Options &Opts);
  // Write the summaries of this file, then read those of others.
  void exchange(llvm::Module &M, llvm::FunctionAnalysisManager &FAM, bool Write);
  // What was read since the last time is a dependency of the object, and may be worth a warning.
  void tellRead();
  bool directCalls(llvm::Module &M);
  bool lookEarly(llvm::Module &M, llvm::FunctionAnalysisManager &FAM);
  void dump(EscModule *M);
  bool inlineRequested(LoweredModule &Lowered, llvm::FunctionAnalysisManager &FAM);
  // Inline what verdicts ask for and ask again, until nothing more is asked for.
  bool settle(LoweredModule &Lowered, llvm::Module &M, llvm::FunctionAnalysisManager &FAM);
  bool apply(LoweredModule &Lowered, llvm::Module &M, llvm::FunctionAnalysisManager &FAM, Stage At);
  bool decide(llvm::Module &M, llvm::FunctionAnalysisManager &FAM, Stage At);
  void stripLocations(llvm::Module &M);
  using LeftCall = std::pair<llvm::CallBase *, const CallInfo *>;
  void note(llvm::ArrayRef<LeftCall> Left, llvm::Module &M);
  // A change that is no move: whether it may be made, and if so it is recorded.
  bool mayChange(llvm::StringRef Kind, llvm::CallBase &Call, llvm::Function &Callee);
  void record(const LoweredModule &Lowered, const ApplyContext &Context);
  void recordSite(const LoweredModule &Lowered, EscSite Site);
  bool isSourceCall(const llvm::CallBase &Call) const;

  const Options &Opts;
  const SourceTable &Sources;
  Report &Out;
  LocalNames Names; // from `start` to the end of `early`; later nobody asks
  const llvm::Module *Located = nullptr;
  Bisect *Search = nullptr;
  std::string SearchInput;
  std::string AcrossObject;
  std::function<void(const std::string &)> AcrossRead;
  std::optional<Across> Other; // with Options::Summaries, from `early` on
  std::set<std::string> Told;  // of the files that were read
  bool Complained = false;
  std::function<void()> BeforeFinish;
  uint64_t Rewrites = 0;
  bool Changed = false; // anything was, by us
  bool Dumped = false;
  bool OwnsLocations = false;
  bool Forgot = false;
  bool ForLink = false;
  bool Linking = false;
};

// Add our positions to a pipeline. `D` must outlive its run.
void registerPasses(llvm::PassBuilder &PB, Driver &D);
// Where nothing is rewritten: what the link step has to know, and nothing else.
void registerNotes(llvm::PassBuilder &PB, Driver &D);

} // namespace escapement

#endif
