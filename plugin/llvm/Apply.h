// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Apply.h - the verdicts of the analysis -> changes of the IR.
//
// REQUIRES   esc_analyze() ran on Lowered.M, and the IR did not change since lower().
// MAINTAINS  Nothing that no verdict asks for is touched.
//
// NOT HERE  ESC_ACT_INLINE: the driver inlines and asks again before verdicts are applied (Pass.cpp).
#ifndef ESCAPEMENT_PLUGIN_APPLY_H
#define ESCAPEMENT_PLUGIN_APPLY_H

#include "Lower.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/PassManager.h"

namespace escapement {

struct ApplyContext {
  const Options &Opts;
  llvm::FunctionAnalysisManager &FAM;
  // In and out: how many rewrites were made in this translation unit (Options::Limit).
  uint64_t Rewrites = 0;
  // Out: the sites whose verdict was applied, for the report.
  llvm::DenseSet<EscSite> Moved;
};

// Apply every SLOT and BUFFER verdict that the options allow. True when the IR changed.
bool applyVerdicts(LoweredModule &Lowered, llvm::Module &M, ApplyContext &Context);

} // namespace escapement

#endif
