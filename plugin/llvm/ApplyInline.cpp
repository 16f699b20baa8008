// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ApplyInline.cpp - replace one call by its callee's body, where the compiler itself might have.
//
// NOT HERE  Which calls (the analysis: ESC_ACT_INLINE).
#include "Apply.h"
#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/InlineCost.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

namespace escapement {
namespace {

// A dynamic alloca would be given back only when the caller returns, or cost a stack save.
bool hasPlainFrame(const Function &F) {
  for (const BasicBlock &BB : F)
    for (const Instruction &I : BB) {
      if (auto *A = dyn_cast<AllocaInst>(&I); A && !A->isStaticAlloca())
        return false;
      if (auto *Call = dyn_cast<CallBase>(&I); Call && Call->isMustTailCall())
        return false;
    }
  return true;
}

bool mayInline(const CallBase &Call, FunctionAnalysisManager &FAM) {
  const Function *Callee = Call.getCalledFunction();
  const Function *Caller = Call.getFunction();
  if (!Callee || Callee->isDeclaration() || Callee == Caller || Callee->isInterposable() ||
      Callee->isVarArg() || Callee->getFunctionType() != Call.getFunctionType() ||
      Callee->isPresplitCoroutine())
    return false;
  if (Call.isNoInline() || Call.isMustTailCall() || Callee->hasFnAttribute(Attribute::NoInline) ||
      Callee->hasFnAttribute(Attribute::OptimizeNone) ||
      Caller->hasFnAttribute(Attribute::OptimizeNone) || Caller->hasFnAttribute(Attribute::Naked))
    return false;
  auto &TTI = FAM.getResult<TargetIRAnalysis>(*const_cast<Function *>(Callee));
  return AttributeFuncs::areInlineCompatible(*Caller, *Callee) &&
         TTI.areInlineCompatible(Caller, Callee) && hasPlainFrame(*Callee) &&
         isInlineViable(*const_cast<Function *>(Callee)).isSuccess();
}

} // namespace

bool inlineCall(CallBase &Call, FunctionAnalysisManager &FAM) {
  if (!mayInline(Call, FAM))
    return false;
  Function *Caller = Call.getFunction();
  InlineFunctionInfo Info;
  bool Done = InlineFunction(Call, Info, /*MergeAttributes=*/true).isSuccess();
  if (Done)
    FAM.invalidate(*Caller, PreservedAnalyses::none());
  return Done;
}

} // namespace escapement
