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
#include "llvm/Transforms/Utils/CallPromotionUtils.h"
#include <algorithm>
#include <cstdlib>
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

static constexpr StringLiteral MallocMark("escapement-malloc");

bool isDeclaredMalloc(const Function &F) {
  return F.returnDoesNotAlias() && (F.isDeclaration() || F.hasFnAttribute(MallocMark));
}

void markDeclaredMallocs(Module &M) {
  for (Function &F : M)
    if (!F.isDeclaration() && F.returnDoesNotAlias())
      F.addFnAttr(MallocMark);
}

void unmarkDeclaredMallocs(Module &M) {
  for (Function &F : M)
    F.removeFnAttr(MallocMark);
}

// By what it is made of: what it is called may differ between files.
static void spell(raw_ostream &Text, Type *T) {
  if (auto *A = dyn_cast<ArrayType>(T)) {
    Text << A->getNumElements() << "x";
    return spell(Text, A->getElementType());
  }
  auto *S = dyn_cast<StructType>(T);
  if (!S || S->isOpaque()) {
    Text << *T;
    return;
  }
  Text << "{";
  for (Type *Element : S->elements()) {
    spell(Text, Element);
    Text << ",";
  }
  Text << "}";
}

// As parameters pointers and integers of their size are one, unless they are promised to be typed:
// programs pass a long where a void * is declared. As results they are not.
static void passedAs(raw_ostream &Text, Type *T, const DataLayout &DL, bool PointersApart) {
  unsigned PointerBits = DL.getPointerSizeInBits();
  if (T->isPointerTy() && PointersApart)
    Text << "*";
  else if (T->isPointerTy() || T->isIntegerTy(PointerBits))
    Text << "p";
  else if (T->isIntegerTy() && T->getIntegerBitWidth() < PointerBits)
    Text << "i";
  else
    spell(Text, T);
}

uint32_t SignatureTable::number(const FunctionType &Type, AttributeList Attributes, ResultUse Use) {
  std::string Params, Back;
  raw_string_ostream Text(Params), Last(Back);
  for (unsigned N = 0; N < Type.getNumParams(); ++N) {
    if (llvm::Type *Pointee = Attributes.getParamByValType(N))
      Text << "byval " << DL.getTypeAllocSize(Pointee).getKnownMinValue();
    else
      passedAs(Text, Type.getParamType(N), DL, Typed);
    Text << (Attributes.hasParamAttr(N, Attribute::StructRet) ? "sret," : ",");
  }
  Text << (Type.isVarArg() ? "..." : "");
  passedAs(Last, Type.getReturnType(), DL, true);
  return signatureNumber(Text.str(), Last.str(), Use);
}

Member SignatureTable::describe(const Function &F) {
  Member M;
  M.NumParams = unsigned(F.arg_size());
  M.Malloc = isDeclaredMalloc(F);
  // Declared without a prototype: what it takes is known where it is defined.
  if (F.isVarArg() && F.arg_empty())
    return M;
  auto Number = [&](ResultUse Use) { return number(*F.getFunctionType(), F.getAttributes(), Use); };
  M.Exact = Number(ResultUse::Used);
  M.Dropped = Number(ResultUse::Dropped);
  M.Without = Number(ResultUse::None);
  return M;
}

void SignatureTable::join(Member &S, const Function &F) { escapement::join(S, describe(F)); }

void SignatureTable::declare(EscModule *M, EscFunc Id, const Function &F) {
  Member S = describe(F);
  esc_function_signatures(M, Id, S.Exact, S.Dropped, S.Without);
}

uint32_t SignatureTable::number(const CallBase &C) {
  if (!C.isIndirectCall() || C.getFunctionType()->isVarArg())
    return ESC_NONE;
  ResultUse Use = C.getType()->isVoidTy() ? ResultUse::None
                  : C.use_empty()         ? ResultUse::Dropped
                                          : ResultUse::Used;
  return number(*C.getFunctionType(), C.getAttributes(), Use);
}

// ---- other files -------------------------------------------------------------------------------

std::string sharedName(const Function &F, const std::string &StaticSuffix) {
  return F.getName().str() + (F.hasLocalLinkage() ? StaticSuffix : "");
}

const Member *findMember(const ClosedSet &Set, const Function &F) {
  return F.isIntrinsic() || F.hasLocalLinkage() ? nullptr : Set.find(F.getName().str());
}

std::vector<Member> takenIn(Module &M, const std::string &StaticSuffix, bool Typed) {
  SignatureTable Table(M.getDataLayout(), Typed);
  std::vector<Member> Taken;
  for (Function &F : M) {
    if (F.isIntrinsic() || !F.hasAddressTaken())
      continue;
    Taken.push_back(Table.describe(F));
    Taken.back().Symbol = sharedName(F, StaticSuffix);
    Taken.back().Static = F.hasLocalLinkage();
  }
  return Taken;
}

std::set<std::string> kindsCalled(const Module &M, bool Typed) {
  SignatureTable Table(M.getDataLayout(), Typed);
  std::set<std::string> Kinds;
  for (const Function &F : M)
    for (const Instruction &I : instructions(F))
      if (const auto *C = dyn_cast<CallBase>(&I))
        if (uint32_t Number = Table.number(*C); Number != ESC_NONE)
          Kinds.insert(kindOf(Number));
  return Kinds;
}

namespace {

struct ModuleFree {
  void operator()(EscModule *M) const { esc_module_free(M); }
};

// A model of the functions whose address is taken, and of nothing else.
class TargetModel {
public:
  TargetModel(Module &M, const ClosedSet *Set, bool Typed) : M(M), Table(M.getDataLayout(), Typed) {
    EscConfig Config = esc_config_default();
    Config.shared_signatures = Set != nullptr;
    Model.reset(esc_module_new(&Config));
    if (!Model)
      return;
    for (Function &F : M)
      if (!F.isIntrinsic() && F.hasAddressTaken())
        add(F);
    if (Set)
      declareMembers(Model.get(), *Set, [this](Member &S) { return add(S); });
  }

  // The functions that the call can be of; none: they are too many, or their types differ.
  SmallVector<Function *, ESC_MAX_TARGETS> targets(const CallBase &C) {
    SmallVector<Function *, ESC_MAX_TARGETS> Targets;
    uint32_t Number = Model ? Table.number(C) : uint32_t(ESC_NONE);
    if (Number == ESC_NONE)
      return Targets;
    EscFunc Ids[ESC_MAX_TARGETS] = {esc_sole_target(Model.get(), Number)};
    uint32_t NumIds = Ids[0] != ESC_NONE ? 1 : esc_allocator_targets(Model.get(), Number, Ids);
    for (EscFunc Id : ArrayRef<EscFunc>(Ids, NumIds)) {
      Function *F = target(C, Id);
      if (!F)
        return {};
      Targets.push_back(F);
    }
    return Targets;
  }

private:
  // Null: it has another type, or no name here.
  Function *target(const CallBase &C, EscFunc Id) {
    if (Id >= Functions.size())
      return nullptr;
    Function *F = Functions[Id];
    if (!F && !Elsewhere[Id].empty() && !M.getNamedValue(Elsewhere[Id]))
      F = Functions[Id] =
          Function::Create(C.getFunctionType(), GlobalValue::ExternalLinkage, Elsewhere[Id], &M);
    bool Same = F && F->getFunctionType() == C.getFunctionType() &&
                F->getCallingConv() == C.getCallingConv();
    return Same ? F : nullptr;
  }

  EscFunc note(EscFunc Id, Function *F, StringRef Name) {
    if (Functions.size() <= Id) {
      Functions.resize(size_t(Id) + 1);
      Elsewhere.resize(size_t(Id) + 1);
    }
    Functions[Id] = F;
    Elsewhere[Id] = Name.str();
    return Id;
  }

  EscFunc declare(const std::string &Name, unsigned NumParams, bool Malloc) {
    EscFunc Id = esc_function(Model.get(), Name.c_str());
    esc_function_declare(Model.get(), Id, NumParams,
                         ESC_FUNC_ADDRESS_TAKEN | (Malloc ? uint32_t(ESC_FUNC_MALLOC) : 0));
    return Id;
  }

  void add(Function &F) {
    std::string Name = F.getName().str() + (F.hasLocalLinkage() ? "@static" : "");
    EscFunc Id = declare(Name, unsigned(F.arg_size()), isDeclaredMalloc(F));
    Table.declare(Model.get(), Id, F);
    note(Id, &F, "");
  }

  EscFunc add(Member &S) {
    Function *F = M.getFunction(S.Symbol);
    if (F && F->hasLocalLinkage())
      F = nullptr;
    if (F)
      Table.join(S, *F);
    EscFunc Id = declare(S.Symbol, S.NumParams, S.Malloc);
    return note(Id, F, S.Static ? "" : S.Symbol);
  }

  Module &M;
  SignatureTable Table;
  std::unique_ptr<EscModule, ModuleFree> Model;
  std::vector<Function *> Functions;  // by EscFunc; null: not in this module
  std::vector<std::string> Elsewhere; // the name to declare it by; empty: it has none
};

} // namespace

// The last needs no question: the program is closed.
static void askPointer(CallBase &C, ArrayRef<Function *> Targets) {
  for (Function *F : Targets.drop_back())
    promoteCallWithIfThenElse(C, F);
  C.setCalledFunction(Targets.back());
}

bool callTargets(Module &M, const ClosedSet *Set, bool Typed,
                 function_ref<bool(CallBase &, Function &)> MayChange) {
  if (Set ? !Set->Closed : bringsFunctions(M))
    return false;
  TargetModel Targets(M, Set, Typed);
  SmallVector<std::pair<CallBase *, SmallVector<Function *, ESC_MAX_TARGETS>>, 16> Changes;
  for (Function &F : M)
    for (Instruction &I : instructions(F)) {
      auto *C = dyn_cast<CallBase>(&I);
      if (!C || C->hasOperandBundles() || C->isMustTailCall() || F.hasOptNone())
        continue;
      auto Known = Targets.targets(*C);
      if (!Known.empty() && all_of(Known, [&](Function *T) { return MayChange(*C, *T); }))
        Changes.push_back({C, Known});
    }
  for (const auto &[C, Known] : Changes)
    askPointer(*C, Known);
  return !Changes.empty();
}

} // namespace escapement
