// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies.cpp - see Bodies.h.
#include "Bodies.h"
#include "Compat.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

namespace escapement {
namespace {

// What verdicts ask for are allocators, growing buffers and cleanups. A larger function is not
// copied for one allocation, and would make every user depend on each of its lines.
constexpr unsigned MaxInstructions = 120;
constexpr uint64_t MaxConstantBytes = 1024;

// ---- what may travel ---------------------------------------------------------------------------

// A string: any copy of it is as good.
bool isPlainConstant(const GlobalVariable &G) {
  return G.isConstant() && G.hasLocalLinkage() && G.hasGlobalUnnamedAddr() && G.hasInitializer() &&
         !G.isThreadLocal() && !G.hasSection() && !G.hasComdat() &&
         isa<ConstantData>(G.getInitializer()) &&
         G.getParent()->getDataLayout().getTypeAllocSize(G.getValueType()) <= MaxConstantBytes;
}

// Whether the name means the same in another file of the program.
bool isCommonName(const GlobalValue &G) {
  const Module &M = *G.getParent();
  // In a shared library: bound to the definition here, where another file asks the loader.
  bool Bound = !G.isDeclaration() && G.isDSOLocal() && G.hasDefaultVisibility() &&
               M.getPICLevel() != PICLevel::NotPIC && M.getPIELevel() == PIELevel::Default;
  if (G.isThreadLocal() || isa<GlobalAlias>(G) || isa<GlobalIFunc>(G) || Bound)
    return false;
  if (const auto *F = dyn_cast<Function>(&G); F && F->isIntrinsic())
    return true;
  return G.hasExternalLinkage() || G.hasCommonLinkage() || G.hasAvailableExternallyLinkage();
}

bool mayName(const Constant &C, SmallPtrSetImpl<const Constant *> &Seen) {
  if (!Seen.insert(&C).second || isa<ConstantData>(C))
    return true;
  if (isa<BlockAddress>(C) || isa<DSOLocalEquivalent>(C) || isa<NoCFIValue>(C))
    return false;
  if (const auto *V = dyn_cast<GlobalVariable>(&C); V && isPlainConstant(*V))
    return true;
  if (const auto *G = dyn_cast<GlobalValue>(&C))
    return isCommonName(*G);
  return all_of(C.operands(), [&](const Use &U) { return mayName(*cast<Constant>(U), Seen); });
}

bool mayTravel(const CallBase &C) {
  if (!isa<CallInst>(C) || C.isInlineAsm() || C.isMustTailCall() || C.hasOperandBundles() ||
      C.cannotDuplicate() || C.isStrictFP())
    return false;
  const Function *Callee = C.getCalledFunction();
  if (!Callee || !Callee->isIntrinsic())
    return true;
  // Counters of a profile belong to one file; a label or a local frame to one body.
  StringRef Name = Callee->getName();
  return !Name.starts_with("llvm.instrprof") && !Name.starts_with("llvm.pseudoprobe") &&
         !Name.starts_with("llvm.local") && !Name.starts_with("llvm.eh") &&
         !Name.starts_with("llvm.threadlocal") && !Name.starts_with("llvm.va_") &&
         !Name.starts_with("llvm.coro");
}

bool hasPlainHead(const Function &F) {
  if (!F.hasExternalLinkage() || !F.hasExactDefinition() || F.hasComdat() || F.isVarArg() ||
      F.hasPersonalityFn() || F.hasPrefixData() || F.hasPrologueData() || F.hasGC() ||
      F.hasSection() || F.isPresplitCoroutine() || F.callsFunctionThatReturnsTwice())
    return false;
  for (Attribute::AttrKind Kind :
       {Attribute::Naked, Attribute::OptimizeNone, Attribute::ReturnsTwice, Attribute::NoDuplicate,
        Attribute::StrictFP, Attribute::SanitizeAddress, Attribute::SanitizeHWAddress,
        Attribute::SanitizeMemory, Attribute::SanitizeThread, Attribute::SanitizeMemTag})
    if (F.hasFnAttribute(Kind))
      return false;
  // Such an attribute holds for all of a file, when somebody asks what malloc is there.
  for (Attribute A : F.getAttributes().getFnAttrs())
    if (A.isStringAttribute() && A.getKindAsString().starts_with("no-builtin"))
      return false;
  return true;
}

bool mayTravel(const Function &F) {
  if (F.isDeclaration() || !hasPlainHead(F))
    return false;
  unsigned Count = 0;
  SmallPtrSet<const Constant *, 16> Seen;
  for (const Instruction &I : instructions(F)) {
    if (isa<DbgInfoIntrinsic>(I))
      continue;
    const auto *Call = dyn_cast<CallBase>(&I);
    if (++Count > MaxInstructions || isa<IndirectBrInst>(I) || I.isEHPad() || isa<ResumeInst>(I) ||
        isa<VAArgInst>(I) || (Call && !mayTravel(*Call)) || I.getParent()->hasAddressTaken())
      return false;
    for (const Use &U : I.operands())
      if (const auto *C = dyn_cast<Constant>(U); C && !mayName(*C, Seen))
        return false;
  }
  return true;
}

// ---- copying -----------------------------------------------------------------------------------

// Makes in one module what a function of another one names.
class Declarer : public ValueMaterializer {
public:
  Declarer(Module &To, std::vector<GlobalValue *> &Made) : To(To), Made(Made) {}

  Value *materialize(Value *V) override {
    if (auto *F = dyn_cast<Function>(V))
      return function(*F);
    if (auto *G = dyn_cast<GlobalVariable>(V))
      return G->hasLocalLinkage() ? constant(*G) : variable(*G);
    return nullptr;
  }

private:
  // The loader may have its own: that it has not is known where the symbol is defined only.
  void keepVisibility(const GlobalValue &From, GlobalValue &New) {
    New.setVisibility(From.getVisibility());
    New.setDSOLocal(!From.hasDefaultVisibility());
    Made.push_back(&New);
  }

  Value *function(const Function &F) {
    if (Function *Known = To.getFunction(F.getName()))
      return Known;
    Function *New = Function::Create(F.getFunctionType(), GlobalValue::ExternalLinkage,
                                     F.getAddressSpace(), F.getName(), &To);
    New->setCallingConv(F.getCallingConv());
    // What is inferred of a body does not hold for a declaration that may get another one.
    if (F.isDeclaration())
      New->setAttributes(F.getAttributes());
    if (!F.isIntrinsic())
      keepVisibility(F, *New);
    else
      Made.push_back(New);
    return New;
  }

  Value *variable(const GlobalVariable &G) {
    if (GlobalVariable *Known = To.getGlobalVariable(G.getName()))
      return Known;
    auto *New = new GlobalVariable(To, G.getValueType(), G.isConstant(),
                                   GlobalValue::ExternalLinkage, nullptr, G.getName(), nullptr,
                                   GlobalValue::NotThreadLocal, G.getAddressSpace());
    New->setAlignment(G.getAlign());
    keepVisibility(G, *New);
    return New;
  }

  Value *constant(const GlobalVariable &G) {
    auto *New = new GlobalVariable(To, G.getValueType(), true, GlobalValue::PrivateLinkage,
                                   const_cast<Constant *>(G.getInitializer()), ".str.esc");
    New->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    New->setAlignment(G.getAlign());
    Made.push_back(New);
    return New;
  }

  Module &To;
  std::vector<GlobalValue *> &Made;
};

void copyBody(const Function &From, Function &To, std::vector<GlobalValue *> &Made) {
  ValueToValueMapTy Map;
  Declarer Names(*To.getParent(), Made);
  Map[&From] = &To;
  auto Argument = To.arg_begin();
  for (const llvm::Argument &A : From.args())
    Map[&A] = &*Argument++;
  SmallVector<ReturnInst *, 8> Returns;
  CloneFunctionInto(&To, &From, Map, CloneFunctionChangeType::DifferentModule, Returns, "", nullptr,
                    nullptr, &Names);
}

// Nothing of debug information goes to another file, and what a body is does not depend on whether
// the compiler keeps names.
void stripNames(Function &F) {
  stripDebugInfo(F);
  F.clearMetadata();
  for (Argument &A : F.args())
    A.setName("");
  for (BasicBlock &BB : F) {
    BB.setName("");
    for (Instruction &I : BB)
      if (!I.getType()->isVoidTy())
        I.setName("");
  }
}

// ---- fitting -----------------------------------------------------------------------------------

// Whether what `Theirs` is called in its module is that thing in `M` too, or nothing.
bool fits(const GlobalValue &Theirs, const Module &M) {
  if (Theirs.hasLocalLinkage())
    return true;
  const GlobalValue *Ours = M.getNamedValue(Theirs.getName());
  if (!Ours)
    return true;
  return !Ours->hasLocalLinkage() && Ours->getValueID() == Theirs.getValueID() &&
         !Ours->isThreadLocal() && Ours->getAddressSpace() == Theirs.getAddressSpace() &&
         !Ours->hasExternalWeakLinkage() &&
         (!isa<Function>(Ours) || Ours->getValueType() == Theirs.getValueType());
}

std::unique_ptr<Module> parse(const Module &M, StringRef Bitcode) {
  Expected<std::unique_ptr<Module>> Read =
      parseBitcodeFile(MemoryBufferRef(Bitcode, "a body"), M.getContext());
  if (!Read) {
    consumeError(Read.takeError());
    return nullptr;
  }
  std::unique_ptr<Module> T = std::move(*Read);
  if (T->getTargetTriple() != M.getTargetTriple() || T->getDataLayout() != M.getDataLayout() ||
      verifyModule(*T))
    return nullptr;
  compat::sameDebugFormat(*T, M);
  return T;
}

} // namespace

std::string bodyFormat() { return "llvm " LLVM_VERSION_STRING; }

std::string writeBody(const Function &F) {
  if (!mayTravel(F))
    return {};
  const Module &M = *F.getParent();
  Module Alone("", F.getContext());
  Alone.setTargetTriple(M.getTargetTriple());
  Alone.setDataLayout(M.getDataLayout());
  compat::sameDebugFormat(Alone, M);
  Function *Copy = Function::Create(F.getFunctionType(), GlobalValue::ExternalLinkage,
                                    F.getAddressSpace(), F.getName(), &Alone);
  Copy->setCallingConv(F.getCallingConv());
  std::vector<GlobalValue *> Made;
  copyBody(F, *Copy, Made);
  stripNames(*Copy);
  StripDebugInfo(Alone);
  compat::plainDebugFormat(Alone);
  std::string Bitcode;
  raw_string_ostream Out(Bitcode);
  WriteBitcodeToFile(Alone, Out);
  Out.flush();
  return Bitcode;
}

bool LentBodies::add(Function &F, StringRef Bitcode) {
  std::unique_ptr<Module> T = parse(M, Bitcode);
  const Function *Body = T ? T->getFunction(F.getName()) : nullptr;
  if (!Body || !F.isDeclaration() || !mayTravel(*Body) ||
      Body->getFunctionType() != F.getFunctionType() ||
      Body->getCallingConv() != F.getCallingConv() || F.getParent() != &M)
    return false;
  for (const GlobalValue &G : T->global_values())
    if (&G != Body && !fits(G, M))
      return false;
  Lent.push_back({&F, F.getAttributes(), F.getLinkage(), F.getSubprogram()});
  // The debug information of a declaration is not one that a definition may have.
  F.setSubprogram(nullptr);
  copyBody(*Body, F, Declared);
  F.setLinkage(GlobalValue::AvailableExternallyLinkage);
  return true;
}

void LentBodies::drop(FunctionAnalysisManager &FAM) {
  for (const Loan &L : Lent) {
    FAM.clear(*L.F, L.F->getName());
    L.F->deleteBody();
    L.F->setLinkage(L.Linkage);
    L.F->setAttributes(L.Attributes);
    L.F->setSubprogram(L.Subprogram);
  }
  for (GlobalValue *G : reverse(Declared))
    if (G->removeDeadConstantUsers(), G->use_empty())
      G->eraseFromParent();
  Lent.clear();
  Declared.clear();
}

} // namespace escapement
