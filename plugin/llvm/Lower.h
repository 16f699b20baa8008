// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lower.h - LLVM IR -> the program model of the analysis library.
//
// INVARIANT  A LoweredModule is valid until the IR it was made from changes; apply reads it while
// it changes the IR, so it erases instructions only at its end.
//
// NOT HERE  Deciding anything, or what the verdicts do to the IR (Apply.h).
#ifndef ESCAPEMENT_PLUGIN_LOWER_H
#define ESCAPEMENT_PLUGIN_LOWER_H

#include "Closed.h"
#include "Options.h"
#include "Source.h"
#include "Summaries.h"
#include "escapement/analysis.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class AllocaInst;
class LazyValueInfo;
class TargetLibraryInfo;
} // namespace llvm

namespace escapement {

// Metadata on the alloca of a moved object: its bytes count against the frame's budget when the
// function is analysed again, also where it was inlined.
constexpr char SlotTag[] = "escapement.slot";

struct LoweredFunction {
  llvm::Function *F = nullptr;
  EscFunc Id = ESC_NONE;
  llvm::DenseMap<const llvm::Value *, EscValue> Values; // no entry: holds no pointer
  std::vector<llvm::Instruction *> OpInst;   // EscOp -> what caused it; null: nothing in the IR
  std::vector<llvm::AllocaInst *> LocalInst; // EscLocal -> alloca; null: made by the lowering
};

struct LoweredSite {
  llvm::CallBase *Call = nullptr;
  unsigned Function = 0;            // index in LoweredModule::Functions
  const CallInfo *Source = nullptr; // null: not written as a call, no lines
  std::string
      Chain; // "file:line:col" of each inlined call above the site, innermost first, '@' between
};

struct LoweredModule {
  struct Free {
    void operator()(EscModule *M) const { esc_module_free(M); }
  };
  std::unique_ptr<EscModule, Free> M;
  std::vector<LoweredFunction> Functions; // definitions only; with Slice, not all
  std::vector<LoweredSite> Sites;         // EscSite -> call
  llvm::DenseMap<const llvm::Function *, unsigned> FunctionIndex; // -> Functions

  LoweredFunction *find(const llvm::Function *F) {
    auto It = FunctionIndex.find(F);
    return It == FunctionIndex.end() ? nullptr : &Functions[It->second];
  }
};

struct LowerAnalyses {
  std::function<const llvm::TargetLibraryInfo &(llvm::Function &)> TLI;
  std::function<llvm::LazyValueInfo *(llvm::Function &)> LVI;          // may be empty or give null
  std::function<const VariableInfo *(const llvm::AllocaInst &)> Local; // may be empty or give null
  bool Slice = false;        // only the functions that verdicts about allocations depend on
  bool AfterRewrite = false; // there may be settled allocations (Apply.h)
  // For the summaries of this file: what tells a thin wrapper from others is in the model too.
  bool Summarize = false;
  const SummaryReader *Across = nullptr; // summaries of other files; null: none
  // With whole-program: the functions of other files that pointers may name; null: this is the
  // program.
  const ClosedSet *Set = nullptr;
};

// Never fails: what is not understood is in the model as a leak.
LoweredModule lower(llvm::Module &M, const LowerAnalyses &Analyses, const SourceTable &Sources,
                    const Options &Opts);

} // namespace escapement

#endif
