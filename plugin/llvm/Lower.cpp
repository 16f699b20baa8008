// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lower.cpp - the module's part of lowering: functions, their attributes and parameters, globals.
//
// Everything that has a body is declared first, so that a body never meets a callee whose flags
// change later.
//
// NOT HERE  Instructions (LowerBody.cpp and what it names).
#include "Closed.h"
#include "Compat.h"
#include "LowerImpl.h"
#include "Promises.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

namespace escapement {
namespace {

bool isSanitized(const Function &F) {
  return F.hasFnAttribute(Attribute::SanitizeAddress) ||
         F.hasFnAttribute(Attribute::SanitizeHWAddress) ||
         F.hasFnAttribute(Attribute::SanitizeMemory) ||
         F.hasFnAttribute(Attribute::SanitizeThread) || F.hasFnAttribute(Attribute::SanitizeMemTag);
}

bool callsReturnsTwice(const Function &F) {
  for (const Instruction &I : instructions(F))
    if (const auto *C = dyn_cast<CallBase>(&I))
      if (C->hasFnAttr(Attribute::ReturnsTwice))
        return true;
  return false;
}

bool cannotClone(const Function &F) {
  if (F.hasFnAttribute(Attribute::Naked) || F.hasFnAttribute(Attribute::NoDuplicate))
    return true;
  for (const BasicBlock &BB : F) {
    if (BB.hasAddressTaken() || isa<IndirectBrInst>(BB.getTerminator()))
      return true;
    for (const Instruction &I : BB)
      if (const auto *C = dyn_cast<CallBase>(&I))
        if (C->cannotDuplicate())
          return true;
  }
  return false;
}

// Can the result be a whole pointer? Parts of one, in a narrow integer, are a flow all the same.
bool returnsPointer(const Function &F) {
  Type *T = F.getReturnType();
  return T->isPtrOrPtrVectorTy() || T->isAggregateType() || T->isVectorTy() ||
         (T->isIntegerTy() &&
          T->getIntegerBitWidth() >= F.getParent()->getDataLayout().getPointerSizeInBits());
}

// What earlier rounds (here, or in what was inlined here) moved into the frame.
uint64_t movedBytes(Function &F) {
  uint64_t Bytes = 0;
  for (const Instruction &I : F.getEntryBlock())
    if (const auto *A = dyn_cast<AllocaInst>(&I); A && A->getMetadata(SlotTag))
      if (auto Size = A->getAllocationSize(F.getParent()->getDataLayout()))
        Bytes += Size->getFixedValue();
  return Bytes;
}

uint32_t functionFlags(Function &F) {
  uint32_t Flags = 0;
  auto Set = [&](bool Condition, uint32_t Flag) { Flags |= Condition ? Flag : 0; };
  Set(F.isVarArg(), ESC_FUNC_VARIADIC);
  Set(F.hasAddressTaken(), ESC_FUNC_ADDRESS_TAKEN);
  Set(!F.hasLocalLinkage(), ESC_FUNC_EXPORTED);
  Set(F.hasFnAttribute(Attribute::NoInline), ESC_FUNC_NO_INLINE);
  Set(F.onlyReadsMemory() && F.doesNotThrow(), ESC_FUNC_PURE);
  Set(F.doesNotAccessMemory() && F.doesNotThrow(), ESC_FUNC_CONST);
  Set(isDeclaredMalloc(F), ESC_FUNC_MALLOC);
  Set(F.hasRetAttribute(Attribute::NonNull), ESC_FUNC_RETURNS_NONNULL);
  Set(F.hasFnAttribute(Attribute::NoFree), ESC_FUNC_NO_FREE);
  Set(returnsPointer(F), ESC_FUNC_RETURNS_PTR);
  if (F.isDeclaration())
    return Flags;
  Set(F.isInterposable(), ESC_FUNC_INTERPOSABLE);
  Set(callsReturnsTwice(F), ESC_FUNC_RETURNS_TWICE);
  Set(F.hasOptNone() || F.hasFnAttribute(Attribute::Naked), ESC_FUNC_NO_REWRITE);
  Set(isSanitized(F), ESC_FUNC_SANITIZED);
  Set(cannotClone(F), ESC_FUNC_NO_CLONE);
  return Flags;
}

uint32_t parameterFlags(const Function &F, unsigned N) {
  uint32_t Flags = 0;
  auto Set = [&](Attribute::AttrKind Kind, uint32_t Flag) {
    Flags |= F.hasParamAttribute(N, Kind) ? Flag : 0;
  };
  Set(Attribute::ByVal, ESC_PARAM_BYVAL);
  Set(Attribute::StructRet, ESC_PARAM_SRET);
  Set(Attribute::NoFree, ESC_PARAM_NOFREE);
  Set(Attribute::ReadOnly, ESC_PARAM_READONLY);
  Set(Attribute::ReadNone, ESC_PARAM_READONLY);
  // On a declaration the attribute comes from the source (noescape) or from what LLVM knows of the
  // C library; on a definition it is LLVM's own inference, and we make ours.
  if (F.isDeclaration())
    Set(Attribute::NoCapture, ESC_PARAM_NOESCAPE);
  return Flags;
}

} // namespace

ModuleLowering::ModuleLowering(Module &IR, const LowerAnalyses &Analyses,
                               const SourceTable &Sources, const Options &Opts)
    : IR(IR), Analyses(Analyses), Opts(Opts), DL(IR.getDataLayout()),
      Where(Sources, Opts.NeedSource), Signatures(DL, Opts.TypedCalls) {
  EscConfig Config = esc_config_default();
  Config.max_object_bytes = Opts.MaxObject;
  Config.max_frame_bytes = Opts.MaxFrame;
  Config.max_recursive_bytes = Opts.MaxRecursive;
  Config.small_buffer_bytes = Opts.SmallBuffer;
  Config.max_milliseconds = Opts.LimitTime * 1000;
  Config.forget = Opts.Forget;
  // What is written of a file does not depend on the others.
  Config.closed_program =
      Opts.WholeProgram && !Analyses.Summarize &&
      (Analyses.Set ? Analyses.Set->Closed : Opts.Summaries.empty() && !bringsFunctions(IR));
  Config.keep_calls = Analyses.Summarize;
  Config.shared_signatures = Analyses.Set != nullptr;
  Closed = Config.closed_program;
  Numbers = Closed || Config.shared_signatures;
  Out.M.reset(esc_module_new(&Config));
  collectDisabledBuiltins();
}

// -fno-builtin and -fno-builtin-NAME are attributes of the callers.
void ModuleLowering::collectDisabledBuiltins() {
  constexpr StringLiteral All("no-builtins"), One("no-builtin-");
  DenseSet<void *> Seen; // functions share their attribute lists
  for (const Function &F : IR) {
    AttributeSet Attributes = F.getAttributes().getFnAttrs();
    if (F.isDeclaration() || !Seen.insert(F.getAttributes().getRawPointer()).second)
      continue;
    for (Attribute A : Attributes) {
      if (!A.isStringAttribute())
        continue;
      StringRef Kind = A.getKindAsString();
      NoBuiltins |= Kind == All;
      if (Kind.consume_front(One))
        DisabledBuiltins.insert(Kind);
    }
  }
}

// The compiler was told not to know this function (-fno-builtin, -ffreestanding): it may do
// anything.
bool ModuleLowering::isDisabledBuiltin(Function *F) {
  if (!F->isDeclaration())
    return false;
  if (NoBuiltins || DisabledBuiltins.count(F->getName()))
    return true;
  const TargetLibraryInfo &TLI = Analyses.TLI(*F);
  LibFunc Known;
  return TLI.getLibFunc(F->getName(), Known) && !TLI.has(Known);
}

// Whether the address may be taken anywhere in the program.
bool ModuleLowering::isTaken(const Function &F) const {
  return F.hasAddressTaken() || (Analyses.Set && findMember(*Analyses.Set, F));
}

// A static function that other files call through pointers: its summary goes out under a name that
// no other function has.
bool ModuleLowering::isNamedByOthers(const Function &F) const {
  return Analyses.Summarize && Analyses.Set && F.hasLocalLinkage() && F.hasAddressTaken();
}

// What another file takes the address of. A static function of that name is not it.
EscFunc ModuleLowering::member(Member &S) {
  EscModule *M = Out.M.get();
  GlobalValue *Here = IR.getNamedValue(S.Symbol);
  auto *F = dyn_cast_or_null<Function>(Here);
  if (F && !F->hasLocalLinkage()) {
    Signatures.join(S, *F);
    return function(F);
  }
  EscFunc Id = esc_function(M, (S.Symbol + (Here ? "@other" : "")).c_str());
  esc_function_declare(M, Id, S.NumParams,
                       ESC_FUNC_ADDRESS_TAKEN | ESC_FUNC_EXPORTED | ESC_FUNC_RETURNS_PTR |
                           (S.Malloc ? uint32_t(ESC_FUNC_MALLOC) : 0));
  return Id;
}

EscFunc ModuleLowering::function(Function *F) {
  auto [It, New] = Functions.try_emplace(F, EscFunc(ESC_NONE));
  if (!New)
    return It->second;
  std::string Name = F->getName().str();
  if (isDisabledBuiltin(F))
    Name += "@nobuiltin";
  else if (!F->isDeclaration() && !isLowered(F))
    Name += "@elsewhere"; // a program's own function is not the library's of the same name
  else if (isNamedByOthers(*F))
    Name = sharedName(*F, Analyses.Set->StaticSuffix);
  EscFunc Id = esc_function(Out.M.get(), Name.c_str());
  It->second = Id;
  declare(F, Id);
  return Id;
}

EscFunc ModuleLowering::unknownFunction(StringRef Name, unsigned NumParams) {
  std::string Unbound =
      (Name + "@alias").str(); // an alias of a library function is not that function
  EscFunc Id = esc_function(Out.M.get(), Unbound.c_str());
  esc_function_declare(Out.M.get(), Id, NumParams,
                       ESC_FUNC_EXPORTED | ESC_FUNC_RETURNS_PTR | ESC_FUNC_VARIADIC);
  esc_function_source(Out.M.get(), Id, Name.str().c_str(), 0);
  return Id;
}

bool ModuleLowering::takesRest(const Function &F) { return F.isVarArg() && !F.isDeclaration(); }

void ModuleLowering::declare(Function *F, EscFunc Id) {
  EscModule *M = Out.M.get();
  const FunctionInfo *Info = Where.function(F->getName());
  uint32_t Flags = functionFlags(*F);
  if (Opts.Sanitized)
    Flags |= ESC_FUNC_SANITIZED;
  if (Info && Info->HasBody && !F->isDeclaration())
    Flags |= ESC_FUNC_REPORT;
  if (Opts.Promised)
    Flags |= Opts.Promised->functionFlags(F->getName().str());
  if (Info && !Info->ReturnsPointer)
    Flags &= ~uint32_t(ESC_FUNC_RETURNS_PTR);
  if (isTaken(*F))
    Flags |= ESC_FUNC_ADDRESS_TAKEN;
  if (isNamedByOthers(*F))
    Flags |= ESC_FUNC_EXPORTED;
  if (Closed && isTaken(*F))
    Signatures.declare(M, Id, *F);
  esc_function_declare(M, Id, unsigned(F->arg_size()) + (takesRest(*F) ? 1 : 0), Flags);
  if (!F->isDeclaration())
    esc_function_reserve(M, Id, movedBytes(*F));
  std::string Name = Info ? Info->Name.str() : F->getName().str();
  esc_function_source(M, Id, Name.c_str(),
                      Info ? Locator::placeSource(M, Info->At, Info->Name) : 0);
  declareAttributes(F, Id);
  declareParameters(F, Id, Info);
}

void ModuleLowering::declareAttributes(Function *F, EscFunc Id) {
  Attribute Size = F->getFnAttribute(Attribute::AllocSize);
  const FunctionInfo *Info = Where.function(F->getName());
  if (Function *Dealloc =
          Info && !Info->Deallocator.empty() ? IR.getFunction(Info->Deallocator) : nullptr)
    esc_function_deallocator(Out.M.get(), Id, function(Dealloc), uint32_t(Info->DeallocatorParam));
  if (!Size.isValid())
    return;
  auto [Element, Count] = Size.getAllocSizeArgs();
  esc_function_alloc_size(Out.M.get(), Id, Element, compat::countParam(Count));
}

void ModuleLowering::declareParameters(Function *F, EscFunc Id, const FunctionInfo *Info) {
  EscModule *M = Out.M.get();
  constexpr uint32_t Hidden = 1u << 16; // groups of what is no parameter of the source
  std::vector<int> Group(F->arg_size(), -1);
  if (Info && !F->isDeclaration())
    Group = sourceParameters(*F, *Info);
  for (unsigned N = 0; N < F->arg_size(); ++N) {
    uint32_t Flags = parameterFlags(*F, N);
    if (Group[N] < 0) {
      esc_param(M, Id, N, nullptr, Hidden + N, Flags, 0);
      continue;
    }
    const ParameterInfo &P = Info->Params[unsigned(Group[N])];
    if (P.NoEscape)
      Flags |= ESC_PARAM_NOESCAPE;
    if (P.HoldsPointers && !P.IsVaList && !P.Name.empty())
      Flags |= ESC_PARAM_REPORT;
    if (P.PointsToNumbers)
      Flags |= ESC_PARAM_FLAT;
    std::string Name = P.Name.str();
    esc_param(M, Id, N, Name.empty() ? nullptr : Name.c_str(), unsigned(Group[N]), Flags,
              Locator::placeSource(M, P.At, P.Name));
  }
  if (takesRest(*F))
    esc_param(M, Id, uint32_t(F->arg_size()), nullptr, Hidden + uint32_t(F->arg_size()),
              ESC_PARAM_REST, 0);
}

EscGlobal ModuleLowering::global(const GlobalVariable *G) {
  auto [It, New] = Globals.try_emplace(G, EscGlobal(0));
  if (!New)
    return It->second;
  EscGlobalKind Kind = ESC_GLOBAL_PLAIN;
  if (G->isThreadLocal())
    Kind = ESC_GLOBAL_THREAD;
  else if (isFunctionStatic(*G))
    Kind = ESC_GLOBAL_STATIC;
  bool IsConst = G->isConstant() && G->hasDefinitiveInitializer();
  It->second = esc_global(Out.M.get(), sourceName(*G).str().c_str(), Kind, IsConst);
  return It->second;
}

bool ModuleLowering::allocator(Function *F, EscAllocatorModel &Model) {
  auto [It, New] = Allocators.try_emplace(F);
  if (New && !isDisabledBuiltin(F)) {
    AllocatorEntry &Entry = It->second;
    Entry.Known = esc_model_allocator(Out.M.get(), F->getName().str().c_str(), &Entry.Model);
    // A program's own malloc is a function like any other; its own zmalloc, declared by the user as
    // an allocator, is what the user says.
    if (Entry.Known && !F->isDeclaration() && !Entry.Model.user_declared)
      Entry.Known = false;
  }
  Model = It->second.Model;
  return It->second.Known;
}

// Does a call of `F` make an object that could be asked about?
bool ModuleLowering::makesSites(Function &F) {
  EscAllocatorModel Model;
  if (allocator(&F, Model))
    return Model.allocates || Model.reallocates;
  return F.isDeclaration() && F.returnDoesNotAlias();
}

LoweredModule ModuleLowering::run() {
  EscModule *M = Out.M.get();
  if (!M)
    return std::move(Out);
  if (Analyses.Across)
    Analyses.Across->addModels(M);
  for (const ModelsFile &File : Opts.Models) {
    EscError Error;
    if (!esc_models_read(M, File.Text.data(), File.Text.size(), &Error))
      esc_module_give_up(M, Error.message);
  }
  if (Analyses.Slice)
    Relevant = relevantFunctions(
        IR,
        [this](const Function &F) {
          return (Closed && isTaken(F)) ||
                 (Analyses.Across && Analyses.Across->called().count(F.getName().str()));
        },
        [this](Function &F) { return makesSites(F); });
  for (Function &F : IR) {
    if (!isLowered(&F))
      continue;
    EscFunc Id = function(&F);
    Out.FunctionIndex[&F] = unsigned(Out.Functions.size());
    Out.Functions.emplace_back();
    Out.Functions.back().F = &F;
    Out.Functions.back().Id = Id;
  }
  for (Function &F : IR)
    if (Closed && !F.isIntrinsic() && isTaken(F))
      function(&F);
  if (Closed && Analyses.Set)
    declareMembers(M, *Analyses.Set, [this](Member &S) { return member(S); });
  for (unsigned I = 0; I < Out.Functions.size(); ++I)
    BodyLowering(*this, Out.Functions[I], I).run();
  if (Analyses.Across)
    Analyses.Across->addSummaries(M);
  return std::move(Out);
}

LoweredModule lower(Module &M, const LowerAnalyses &Analyses, const SourceTable &Sources,
                    const Options &Opts) {
  return ModuleLowering(M, Analyses, Sources, Opts).run();
}

} // namespace escapement
