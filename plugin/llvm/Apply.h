// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Apply.h - the verdicts of the analysis -> changes of the IR.
//
// REQUIRES   esc_analyze() ran on Lowered.M, and the IR did not change since lower().
// MAINTAINS  Nothing that no verdict asks for is touched. All or nothing for each site: a site of
//            which one operation cannot be rewritten is not moved at all.
// BREAKS     Every analysis of a function that changed; LoweredSite::Call and
// LoweredFunction::OpInst
//            of what was erased become null.
//
// NOT HERE  When to ask for ESC_ACT_INLINE: the driver inlines and asks again before verdicts are
// applied (Pass.cpp).
#ifndef ESCAPEMENT_PLUGIN_APPLY_H
#define ESCAPEMENT_PLUGIN_APPLY_H

#include "Lower.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/PassManager.h"
#include <utility>
#include <vector>

namespace escapement {

struct ApplyContext {
  const Options &Opts;
  llvm::FunctionAnalysisManager &FAM;
  // In and out: how many rewrites were made in this translation unit (Options::Limit).
  uint64_t Rewrites = 0;
  // Out: the sites whose verdict was applied, for the report.
  llvm::DenseSet<EscSite> Moved;
  // Out: sites with a SLOT or BUFFER verdict whose IR has a form that cannot be rewritten.
  std::vector<EscSite> Rejected;
  // Out: the locals that were moved to the heap.
  std::vector<std::pair<EscFunc, EscLocal>> HeapLocals;
};

// Apply every SLOT and BUFFER verdict that the options allow, and the HEAP verdicts of locals under
// heap-locals. True when the IR changed.
bool applyVerdicts(LoweredModule &Lowered, llvm::Module &M, ApplyContext &Context);

// Under verify mode, before anything else: traces need frame pointers, and the runtime must know
// where a longjmp lands.
void prepareVerify(llvm::Module &M);

// At the end of the optimizer: code generation must not reorder the accesses of two objects that
// one slot holds one after the other. True when the IR changed.
bool separateReuses(llvm::Module &M);

// Replace the call by the body of its callee. False, and nothing changed, where that is not safe.
bool inlineCall(llvm::CallBase &Call, llvm::FunctionAnalysisManager &FAM);

// What Options::Site names: the same for the same source and flags.
std::string siteHash(const LoweredModule &Lowered, EscSite Site);
// The same for a local that goes to the heap.
std::string localHash(const LoweredModule &Lowered, EscFunc F, EscLocal Local);

// A call that applyVerdicts() left on the heap on purpose or made (the heap part of a small buffer,
// a local moved to the heap): it is no site of a later position, and must not be moved again.
bool isSettledAllocation(const llvm::CallBase &Call);

} // namespace escapement

#endif
