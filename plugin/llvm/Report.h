// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Report.h - collects what was found at each position of the pipeline and prints it once.
//
// NOT HERE  Finding anything; the wording of verdicts (the analysis library); which of several
// copies of an allocation speaks for all (Merge.h).
#ifndef ESCAPEMENT_PLUGIN_REPORT_H
#define ESCAPEMENT_PLUGIN_REPORT_H

#include "Apply.h"
#include "Finding.h"
#include "Host.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace escapement {

class Report {
public:
  // Opens the report file: one that cannot be written is an error of the compiler, before any work.
  // `Silent`: nothing is written, not even by finish(); for adopt().
  Report(Host &Compiler, const Options &Opts, const SourceTable &Sources, bool Silent = false);
  ~Report();

  // Whether anybody reads lines, the report file or remarks; if not, collect() and finish() do
  // nothing, and nothing needs a source table.
  static bool wanted(const Host &Compiler, const Options &Opts);

  // An error of the compiler: something the user asked for cannot be done.
  void problem(llvm::StringRef Message);

  // After esc_analyze, and at Early and Late after applyVerdicts: remember the findings and which
  // sites were really moved. `Rewrote` false: nothing is ever applied, a verdict counts as done and
  // `Moved` is empty. Parameter, result and local lines count at First only; a site of Early or
  // Late replaces the same site (CallInfo) of an earlier stage that was not moved there. Copies
  // what it needs: `Lowered` may be freed afterwards. `HeapLocals`: ApplyContext::HeapLocals.
  void collect(Stage At, const LoweredModule &Lowered, const llvm::DenseSet<EscSite> &Moved,
               bool Rewrote, llvm::ArrayRef<std::pair<EscFunc, EscLocal>> HeapLocals = {});
  // The end of the optimizer: this allocation call is still there (Chain as in LoweredSite). Not to
  // be told of calls that isSettledAllocation() knows.
  void stillThere(const CallInfo *Site, llvm::StringRef Chain);
  // A call of `Callee` is there of which nobody knows any more where it was written, because the
  // optimizer made one call of several: any allocation by `Callee` may be it.
  void stillThereSomewhere(llvm::StringRef Callee);
  // The same in two steps, for a module whose locations go away before the end of the optimizer:
  // mark() remembers in the IR which site the call is, if it is one that was collected;
  // stillThere() takes the mark away again.
  void mark(llvm::CallBase &Call, const CallInfo *Site, llvm::StringRef Chain);
  // The site that was marked; null: none.
  const CallInfo *stillThere(llvm::CallBase &Call);
  // The promises that `Other` saw broken are broken here.
  void adopt(const Report &Other);
  // Say which promises are broken, as errors of the compiler; else print the lines, the report file
  // and the native remarks (those only with a module). `SawLast`: stillThere() was told all.
  void finish(bool SawLast, llvm::Module *M, llvm::FunctionAnalysisManager *FAM);

  // After finish(): the line of this site ("" when it is printed nowhere); none: no site.
  std::optional<std::string> said(const CallInfo *Site) const;

private:
  struct Impl;
  std::unique_ptr<Impl> I;
};

} // namespace escapement

#endif
