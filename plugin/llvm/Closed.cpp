// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closed.cpp - see Closed.h.
#include "Closed.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace escapement {

bool bringsFunctions(const Module &M) {
  for (StringRef Name : {"dlsym", "dlvsym"})
    if (const Function *F = M.getFunction(Name); F && F->isDeclaration() && !F->use_empty())
      return true;
  return !M.ifunc_empty() ||
         any_of(M.aliases(), [](const GlobalAlias &A) { return A.isInterposable(); });
}

// As parameters pointers and integers of their size are one: programs pass a long where a void * is
// declared. As results they are not.
static void passedAs(raw_ostream &Text, Type *T, const DataLayout &DL, bool PointersApart) {
  unsigned PointerBits = DL.getPointerSizeInBits();
  if (T->isPointerTy() && PointersApart)
    Text << "*";
  else if (T->isPointerTy() || T->isIntegerTy(PointerBits))
    Text << "p";
  else if (T->isIntegerTy() && T->getIntegerBitWidth() < PointerBits)
    Text << "i";
  else
    Text << *T;
}

std::string signatureText(const FunctionType &Type, AttributeList Attributes, const DataLayout &DL,
                          bool Loose) {
  std::string Result;
  raw_string_ostream Text(Result);
  for (unsigned N = 0; N < Type.getNumParams(); ++N) {
    if (llvm::Type *Pointee = Attributes.getParamByValType(N))
      Text << "byval " << DL.getTypeAllocSize(Pointee).getKnownMinValue();
    else
      passedAs(Text, Type.getParamType(N), DL, false);
    Text << (Attributes.hasParamAttr(N, Attribute::StructRet) ? "sret," : ",");
  }
  Text << (Type.isVarArg() ? "..." : "");
  if (!Loose)
    passedAs(Text << "->", Type.getReturnType(), DL, true);
  return Text.str();
}

bool dropsResult(const CallBase &C) { return C.use_empty(); }

bool canDropResult(const Function &F) { return !F.returnDoesNotAlias(); }

namespace {

// Per signature the functions whose address is taken; only how many matters beyond one.
using Targets = StringMap<SmallVector<Function *, 2>>;

Targets findTargets(Module &M) {
  Targets Result;
  const DataLayout &DL = M.getDataLayout();
  for (Function &F : M) {
    if (F.isIntrinsic() || !F.hasAddressTaken())
      continue;
    AttributeList Attributes = F.getAttributes();
    Result[signatureText(*F.getFunctionType(), Attributes, DL, false)].push_back(&F);
    if (canDropResult(F))
      Result[signatureText(*F.getFunctionType(), Attributes, DL, true)].push_back(&F);
  }
  return Result;
}

} // namespace

bool callSoleTargets(Module &M) {
  if (bringsFunctions(M))
    return false;
  Targets All = findTargets(M);
  bool Changed = false;
  for (Function &F : M)
    for (Instruction &I : instructions(F)) {
      auto *C = dyn_cast<CallBase>(&I);
      if (!C || !C->isIndirectCall() || C->getFunctionType()->isVarArg() ||
          C->hasOperandBundles() || C->isMustTailCall() || F.hasOptNone())
        continue;
      auto Found = All.find(signatureText(*C->getFunctionType(), C->getAttributes(),
                                          M.getDataLayout(), dropsResult(*C)));
      if (Found == All.end() || Found->second.size() != 1)
        continue;
      Function *Sole = Found->second.front();
      if (Sole->getFunctionType() != C->getFunctionType() ||
          Sole->getCallingConv() != C->getCallingConv())
        continue;
      C->setCalledFunction(Sole);
      Changed = true;
    }
  return Changed;
}

} // namespace escapement
