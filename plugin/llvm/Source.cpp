// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Source.cpp - the source table: which entries stand at a place, and which of them is meant.
//
// fill() walks every function that may be compiled and notes (file, line, column) -> AST node. A
// question names such a place as a debug location does; of several entries there the function, the
// callee or the variable stored to choose.
//
// INVARIANT  The key of an entry is the presumed location of the expansion location, as CodeGen
// computes it for debug locations; a line or column beyond the key's bits has no entry.
//
// NOT HERE  Which nodes are entries (Walk.cpp), the answer for an entry (SourceAnswers.cpp) and how
// it is written (SourceText.cpp).
#include "SourceImpl.h"
#include "clang/AST/Attr.h"
#include "clang/Basic/CodeGenOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace clang;
using llvm::StringRef;

namespace escapement {

// ---- places -------------------------------------------------------------------------------------

namespace {

constexpr unsigned FileBits = 16, LineBits = 28, ColBits = 20;
constexpr uint64_t NoKey = 0; // line 0 is no place

uint64_t makeKey(unsigned File, unsigned Line, unsigned Col) {
  if (!File || !Line || File >> FileBits || Line >> LineBits || Col >> ColBits)
    return NoKey;
  return uint64_t(File) << (LineBits + ColBits) | uint64_t(Line) << ColBits | Col;
}

StringRef withoutDotSlash(StringRef Path) {
  while (Path.consume_front("./"))
    Path = Path.ltrim('/');
  return Path;
}

} // namespace

unsigned SourceTable::Impl::fileNumber(const char *Presumed, SourceLocation At) {
  auto [It, New] = FileOfPresumed.try_emplace(Presumed, 0);
  if (!New)
    return It->second;
  auto Known = Spellings.find(Presumed);
  if (Known != Spellings.end())
    return It->second = Known->second;
  unsigned Number = static_cast<unsigned>(FileNames.size());
  FileNames.push_back(withoutDotSlash(Presumed).str());
  It->second = Number;
  if (Sources->isInSystemHeader(At))
    SystemHeaders[FileNames.back()] = true;
  spell(Presumed, Number);
  return Number;
}

void SourceTable::Impl::spell(StringRef Name, unsigned Number) {
  Spellings.try_emplace(Name, Number);
  Spellings.try_emplace(absolute(Directory, Name), Number);
  for (const auto &[From, To] : PrefixMap) {
    llvm::SmallString<256> Path(Name);
    if (!llvm::sys::path::replace_path_prefix(Path, From, To))
      continue;
    Spellings.try_emplace(Path, Number);
    Spellings.try_emplace(absolute(Directory, Path), Number);
  }
}

std::string SourceTable::Impl::absolute(StringRef Directory, StringRef Name) {
  llvm::SmallString<256> Path(Name);
  if (!llvm::sys::path::is_absolute(Path)) {
    Path = Directory;
    llvm::sys::path::append(Path, Name);
  }
  llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return std::string(Path);
}

uint64_t SourceTable::Impl::key(SourceLocation At) {
  At = Sources->getExpansionLoc(At);
  PresumedLoc P = Sources->getPresumedLoc(At);
  if (P.isInvalid())
    return NoKey;
  return makeKey(fileNumber(P.getFilename(), At), P.getLine(), P.getColumn());
}

Place SourceTable::Impl::place(SourceLocation At) {
  At = Sources->getExpansionLoc(At);
  PresumedLoc P = Sources->getPresumedLoc(At);
  if (P.isInvalid())
    return {};
  return {FileNames[fileNumber(P.getFilename(), At)], P.getLine(), P.getColumn()};
}

// ---- entries ------------------------------------------------------------------------------------

void SourceTable::Impl::enter(SourceLocation At, const escapement::Entry &E) {
  uint64_t Key = key(At);
  if (Key == NoKey)
    return;
  auto Number = static_cast<uint32_t>(Slots.size());
  Slots.push_back({E, 0});
  Chain &C = ByKey[Key];
  if (C.First)
    Slots[C.Last].Next = Number;
  else
    C.First = Number;
  C.Last = Number;
  if (E.Kind == EntryKind::Return)
    Returns[E.In].push_back(Number);
  if (E.Kind == EntryKind::Call)
    if (const FunctionDecl *F = static_cast<const CallExpr *>(E.Node)->getDirectCallee())
      declare(F);
}

void SourceTable::Impl::declare(const FunctionDecl *F) {
  if (Declared.insert(F->getCanonicalDecl()).second)
    DeclaredOrder.push_back(F->getCanonicalDecl());
}

SourceTable::Impl::SlotList
SourceTable::Impl::candidates(uint64_t Key, StringRef Function,
                              llvm::function_ref<bool(EntryKind)> Wants) {
  SlotList All, Own;
  auto It = ByKey.find(Key);
  if (Key == NoKey || It == ByKey.end())
    return All;
  for (uint32_t N = It->second.First; N; N = Slots[N].Next) {
    Slot &S = Slots[N];
    if (!Wants(S.E.Kind))
      continue;
    All.push_back(&S);
    if (!Function.empty() && facts(S).In == Function)
      Own.push_back(&S);
  }
  return Own.empty() ? All : Own;
}

// ---- filling
// -------------------------------------------------------------------------------------

SourceTable::SourceTable() : I(std::make_unique<Impl>()) {}
SourceTable::~SourceTable() = default;

// CodeGen drops unused static functions, so nobody will ask for what stands in them.
static bool mayBeCompiled(const FunctionDecl *F, ASTContext &Context) {
  return F->doesThisDeclarationHaveABody() && !F->isInvalidDecl() &&
         (F->isExternallyVisible() || F->isUsed() || F->isReferenced() ||
          Context.DeclMustBeEmitted(F));
}

void SourceTable::fill(CompilerInstance &CI, ASTContext &Context) {
  if (!I->Sources && !I->Sealed)
    return I->fill(CI, Context);
  I->Others.push_back(std::make_unique<Impl>());
  I->Others.back()->fill(CI, Context);
}

void SourceTable::seal() { (I->Others.empty() ? *I : *I->Others.back()).seal(); }

void SourceTable::Impl::fill(CompilerInstance &CI, ASTContext &AST) {
  Sources = &AST.getSourceManager();
  Context = &AST;
  CodeGenOptions &CG = CI.getCodeGenOpts();
  CG.ClearASTBeforeBackend = false; // texts are read while the IR is optimized
  PrefixMap.assign(CG.DebugPrefixMap.begin(), CG.DebugPrefixMap.end());
  llvm::SmallString<256> Current(CG.DebugCompilationDir);
  if (Current.empty())
    llvm::sys::fs::current_path(Current);
  Directory = std::string(Current);
  auto Enter = [this](SourceLocation At, const Entry &E) { enter(At, E); };
  for (const Decl *D : AST.getTranslationUnitDecl()->decls()) {
    const auto *F = dyn_cast<FunctionDecl>(D);
    if (!F)
      continue;
    declare(F);
    if (mayBeCompiled(F, AST))
      walkFunction(F, AST, Memory, Enter);
  }
}

// ---- questions
// -----------------------------------------------------------------------------------

unsigned SourceTable::file(StringRef Directory, StringRef Name) const {
  // Files of several directories may be spelt alike.
  if (I->Others.empty())
    if (auto It = I->Spellings.find(Name); It != I->Spellings.end())
      return It->second;
  std::string Whole = Impl::absolute(Directory, Name);
  for (size_t Part = 0; Part <= I->Others.size(); ++Part) {
    const llvm::StringMap<unsigned> &Spellings = I->part(Part).Spellings;
    auto It = Spellings.find(Whole);
    if (It != Spellings.end())
      return It->second | unsigned(Part) << Impl::PartShift;
  }
  return 0;
}

bool SourceTable::isSystemHeader(StringRef File) const {
  for (size_t Part = 0; Part <= I->Others.size(); ++Part)
    if (I->part(Part).SystemHeaders.count(File))
      return true;
  return false;
}

// "llvm.memcpy.p0.p0.i64" was written as a call of memcpy.
static StringRef withoutIntrinsic(StringRef Callee) {
  return Callee.consume_front("llvm.") ? Callee.split('.').first : Callee;
}

const CallInfo *SourceTable::noted(StringRef) const { return nullptr; }

const CallInfo *SourceTable::call(unsigned File, unsigned Line, unsigned Col, StringRef Callee,
                                  StringRef Function) const {
  Impl &P = I->part(File);
  auto All = P.candidates(makeKey(File, Line, Col), Function,
                          [](EntryKind Kind) { return Kind == EntryKind::Call; });
  if (All.empty())
    return nullptr;
  bool IsIntrinsic = Callee.starts_with("llvm.");
  Callee = withoutIntrinsic(Callee);
  Callee.consume_front("__builtin_");
  Impl::SlotList Same, Indirect;
  for (Impl::Slot *S : All) {
    const Impl::Facts &F = P.facts(*S);
    if (!F.IsDirect)
      Indirect.push_back(S);
    else if (F.Callee == Callee)
      Same.push_back(S);
  }
  if (!Same.empty())
    return P.sharedCall(Same);
  if (IsIntrinsic)
    return nullptr; // made by CodeGen: a struct that is copied, not a call that is written
  // The optimizer made another call of it: strcpy -> memcpy, or a pointer became known.
  if (All.size() == 1)
    return P.callInfo(*All.front());
  if (!Indirect.empty())
    return P.sharedCall(Indirect);
  return Callee.empty() ? P.callInfo(*All.front()) : nullptr;
}

// "f.counter" and "f.counter.2" are the static variable `counter` of f.
static StringRef withoutFunction(StringRef Global) {
  auto [Before, After] = Global.split('.');
  return After.empty() ? Before : After.split('.').first;
}

const AssignInfo *SourceTable::assignment(unsigned File, unsigned Line, unsigned Col,
                                          StringRef Function, StringRef Global) const {
  Impl &P = I->part(File);
  uint64_t Key = makeKey(File, Line, Col);
  auto All = P.candidates(Key, Function, [](EntryKind Kind) {
    return Kind != EntryKind::Call && Kind != EntryKind::Declared && Kind != EntryKind::End;
  });
  if (All.empty()) {
    auto Ends = P.candidates(Key, Function, [](EntryKind Kind) { return Kind == EntryKind::End; });
    Impl::Slot *Return = Ends.size() == 1 ? P.soleReturn(Ends.front()->E.In) : nullptr;
    return Return ? P.assignInfo(*Return) : nullptr;
  }
  if (All.size() == 1 || Global.empty())
    return P.sharedAssign(All);
  Impl::SlotList Same;
  for (Impl::Slot *S : All)
    if (P.facts(*S).Global == withoutFunction(Global))
      Same.push_back(S);
  return P.sharedAssign(Same.empty() ? All : Same);
}

std::vector<const VariableInfo *> SourceTable::declared(unsigned File, unsigned Line, unsigned Col,
                                                        StringRef Function) const {
  Impl &P = I->part(File);
  auto All = P.candidates(makeKey(File, Line, Col), Function,
                          [](EntryKind Kind) { return Kind == EntryKind::Declared; });
  if (All.size() != 1)
    return {};
  return P.declarations(*All.front()).Fixed;
}

const VariableInfo *SourceTable::dynamic(unsigned File, unsigned Line, unsigned Col,
                                         StringRef Function) const {
  Impl &P = I->part(File);
  const VariableInfo *Found = nullptr;
  unsigned N = 0;
  auto All = P.candidates(makeKey(File, Line, Col), Function, [](EntryKind Kind) {
    return Kind == EntryKind::Declared || Kind == EntryKind::Call;
  });
  for (Impl::Slot *S : All) {
    const Impl::Declarations &D = P.declarations(*S);
    N += D.NDynamic;
    if (D.Dynamic)
      Found = D.Dynamic;
  }
  return N == 1 ? Found : nullptr;
}

const VariableInfo *SourceTable::variable(unsigned Number) const {
  return Number < I->Variables.size() ? &I->Variables[Number] : nullptr;
}

const VariableInfo *SourceTable::variable(unsigned File, unsigned Line, unsigned Col,
                                          unsigned N) const {
  std::vector<const VariableInfo *> All = declared(File, Line, Col);
  return N < All.size() ? All[N] : nullptr;
}

// A static of a program of several files: "f.escin3" is f of the third but one.
const FunctionInfo *SourceTable::function(StringRef LinkageName) const {
  auto [Name, Number] = LinkageName.rsplit(".escin");
  unsigned Part;
  if (!Number.empty() && !Number.getAsInteger(10, Part) && Part <= I->Others.size())
    return I->part(size_t(Part)).function(Name);
  const FunctionInfo *Best = nullptr;
  for (size_t P = 0; P <= I->Others.size() && !(Best && Best->HasBody); ++P)
    if (const FunctionInfo *Info = I->part(P).function(LinkageName);
        Info && (!Best || Info->HasBody))
      Best = Info;
  return Best;
}

const FunctionInfo *SourceTable::Impl::function(StringRef LinkageName) {
  indexFunctions();
  auto It = ByLinkageName.find(LinkageName);
  if (It == ByLinkageName.end()) // a copy of a function has its name and a suffix
    It = ByLinkageName.find(LinkageName.split(".esc").first);
  return It == ByLinkageName.end() ? nullptr : functionInfo(It->second);
}

} // namespace escapement
