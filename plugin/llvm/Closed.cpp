// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closed.cpp - see Closed.h.
#include "Closed.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

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

uint32_t SignatureTable::number(const FunctionType &Type, AttributeList Attributes, Result R) {
  std::string Key;
  raw_string_ostream Text(Key);
  for (unsigned N = 0; N < Type.getNumParams(); ++N) {
    if (llvm::Type *Pointee = Attributes.getParamByValType(N))
      Text << "byval " << DL.getTypeAllocSize(Pointee).getKnownMinValue();
    else
      passedAs(Text, Type.getParamType(N), DL, false);
    Text << (Attributes.hasParamAttr(N, Attribute::StructRet) ? "sret," : ",");
  }
  Text << (Type.isVarArg() ? "..." : "") << (R == Result::Dropped ? "->any" : "->");
  if (R == Result::Used)
    passedAs(Text, Type.getReturnType(), DL, true);
  return Numbers.try_emplace(Text.str(), uint32_t(Numbers.size())).first->second;
}

void SignatureTable::declare(EscModule *M, EscFunc Id, const Function &F) {
  if (!F.hasAddressTaken())
    return;
  auto Number = [&](Result R) { return number(*F.getFunctionType(), F.getAttributes(), R); };
  esc_function_signatures(M, Id, Number(Result::Used), Number(Result::Dropped),
                          Number(Result::None));
}

uint32_t SignatureTable::number(const CallBase &C) {
  if (!C.isIndirectCall() || C.getFunctionType()->isVarArg())
    return ESC_NONE;
  Result R = C.getType()->isVoidTy() ? Result::None
             : C.use_empty()         ? Result::Dropped
                                     : Result::Used;
  return number(*C.getFunctionType(), C.getAttributes(), R);
}

namespace {

struct ModuleFree {
  void operator()(EscModule *M) const { esc_module_free(M); }
};

// A model of the functions whose address is taken, and of nothing else.
struct TargetModel {
  explicit TargetModel(Module &M) : Table(M.getDataLayout()), Model(esc_module_new(nullptr)) {
    for (Function &F : M) {
      if (F.isIntrinsic() || !F.hasAddressTaken() || !Model)
        continue;
      EscFunc Id = esc_function(Model.get(), F.getName().str().c_str());
      uint32_t Flags = ESC_FUNC_ADDRESS_TAKEN;
      Flags |= F.returnDoesNotAlias() ? ESC_FUNC_MALLOC : 0;
      esc_function_declare(Model.get(), Id, unsigned(F.arg_size()), Flags);
      Table.declare(Model.get(), Id, F);
      if (Functions.size() <= Id)
        Functions.resize(size_t(Id) + 1);
      Functions[Id] = &F;
    }
  }

  Function *soleTarget(const CallBase &C) {
    uint32_t Number = Model ? Table.number(C) : uint32_t(ESC_NONE);
    EscFunc Id = Number == ESC_NONE ? EscFunc(ESC_NONE) : esc_sole_target(Model.get(), Number);
    Function *Sole = Id < Functions.size() ? Functions[Id] : nullptr;
    bool Same = Sole && Sole->getFunctionType() == C.getFunctionType() &&
                Sole->getCallingConv() == C.getCallingConv();
    return Same ? Sole : nullptr;
  }

  SignatureTable Table;
  std::unique_ptr<EscModule, ModuleFree> Model;
  SmallVector<Function *, 16> Functions;
};

} // namespace

bool callSoleTargets(Module &M, function_ref<bool(CallBase &, Function &)> MayChange) {
  if (bringsFunctions(M))
    return false;
  TargetModel Targets(M);
  bool Changed = false;
  for (Function &F : M)
    for (Instruction &I : instructions(F)) {
      auto *C = dyn_cast<CallBase>(&I);
      if (!C || C->hasOperandBundles() || C->isMustTailCall() || F.hasOptNone())
        continue;
      if (Function *Sole = Targets.soleTarget(*C); Sole && MayChange(*C, *Sole)) {
        C->setCalledFunction(Sole);
        Changed = true;
      }
    }
  return Changed;
}

} // namespace escapement
