// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Report.h - collects what was found at each position of the pipeline and prints it once.
//
// NOT HERE  Finding anything; the wording of verdicts (the analysis library).
#ifndef ESCAPEMENT_PLUGIN_REPORT_H
#define ESCAPEMENT_PLUGIN_REPORT_H

#include "Apply.h"

namespace clang {
class CompilerInstance;
}

namespace escapement {

// The positions of the driver, in the order in which they run.
enum class Stage {
  Early, // before the inliner: every site of the source, parameter and result lines
  Late,  // after the inliner: copies of what Early could not move
};

class Report {
public:
  Report(clang::CompilerInstance &CI, const Options &Opts, const SourceTable &Sources);
  ~Report();

  // After esc_analyze and apply: remember findings and which sites were really moved (`Moved` is
  // empty in report mode, where a verdict counts as done). Copies what it needs: `Lowered` may be
  // freed afterwards.
  void collect(Stage At, LoweredModule &Lowered, const llvm::DenseSet<EscSite> &Moved, bool Rewrote);
  // The end of the optimizer: this allocation call is still there (Chain as in LoweredSite).
  void stillThere(const CallInfo *Site, llvm::StringRef Chain);
  // Print the lines, the report file and the native remarks. `SawLast`: stillThere() was told all.
  void finish(bool SawLast, llvm::Module *M, llvm::FunctionAnalysisManager *FAM);

private:
  struct Impl;
  std::unique_ptr<Impl> I;
};

} // namespace escapement

#endif
