// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Across.cpp - see Across.h.
#include "Across.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include <set>

using namespace llvm;

namespace escapement {

static std::string workDirectory() {
  SmallString<256> Path;
  return sys::fs::current_path(Path) ? std::string() : std::string(Path);
}

Across::Across(const Options &Opts, const Module &M, std::string Object)
    : Object(std::move(Object)), Target(M.getTargetTriple() + " clang"), Directory(Opts.Summaries),
      WholeProgram(Opts.WholeProgram),
      Writer(Opts.Summaries, this->Object, workDirectory(), bodyFormat()),
      Reader(Opts.Summaries, Target, bodyFormat()), Others(Opts.Summaries, Writer.number()) {
  Set.StaticSuffix = "." + Writer.number();
}

// A wrapper of a wrapper of a cleanup; how many functions a file may ask for in one step.
static constexpr unsigned MaxBodySteps = 4, MaxBodies = 100;
// A function behind a pointer that calls through a pointer of another kind, and so on; a kind that
// is not read stays unknown.
static constexpr unsigned MaxSetSteps = 6;

// File-scope assembly may take any address.
static bool bringsFromOutside(const Module &M) {
  return bringsFunctions(M) || !M.getModuleInlineAsm().empty();
}

// The loader may put another definition in its place, and we can see it. What we cannot see (it
// comes from a shared library, or is exported by one) is refused at the link.
static bool mayBeReplaced(const Module &M, const Function &F) {
  return F.hasExternalWeakLinkage() || (M.getSemanticInterposition() && !F.isDSOLocal());
}

// Whether anything here allocates, so that it matters what callees do.
static bool asksAnything(const Module &M, const SummaryReader &Reader) {
  const EscModule *Library = Reader.library();
  for (const Function &F : M) {
    EscAllocatorModel Model;
    auto Found = Reader.summaries().find(F.getName().str());
    bool Wrapper = Found != Reader.summaries().end() && !Found->second.Model.empty();
    if (F.isDeclaration() && !F.use_empty() &&
        (Wrapper || F.returnDoesNotAlias() || !Library ||
         (esc_model_allocator(Library, F.getName().str().c_str(), &Model) && Model.allocates)))
      return true;
  }
  return false;
}

// What is here decides over its own functions, and hides others of the same name.
bool Across::mayRead(const Module &M, const std::string &Symbol) const {
  const GlobalValue *G = M.getNamedValue(Symbol);
  return !G || (isa<Function>(G) && G->isDeclaration() && !mayBeReplaced(M, *cast<Function>(G)));
}

// The functions that calls through pointers reach, from here and from the summaries that were read;
// those that are new, to be read.
void Across::readMembers(Module &M, std::vector<std::string> &Names) {
  std::set<std::string> Kinds = kindsCalled(M);
  for (const auto &[Symbol, S] : Reader.summaries())
    for (uint32_t Signature : S.Signatures)
      Kinds.insert(kindOf(Signature));
  std::vector<Member> Added;
  for (const std::string &Kind : Kinds)
    Others.read(Kind, Added);
  for (const Member &S : Added)
    Names.push_back(S.Symbol);
}

void Across::read(Module &M) {
  bool Brings = bringsFromOutside(M);
  if (WholeProgram && !Set.Others) {
    Set.Others = &Others;
    Set.Closed = Others.open();
  }
  std::vector<std::string> Names, Further;
  std::set<std::string> Direct;
  for (const Function &F : M)
    if (F.isDeclaration() && !F.isIntrinsic() && !F.use_empty() && !mayBeReplaced(M, F))
      Names.push_back(F.getName().str());
  Direct.insert(Names.begin(), Names.end());
  Reader.load(Names, [&](const std::string &Symbol) { return !Direct.count(Symbol); });
  Set.Closed = Set.Closed && !Brings;
  // An allocator may be behind a pointer.
  if (!asksAnything(M, Reader) && !(Set.Closed && !kindsCalled(M).empty()))
    return;
  auto Skip = [&](const std::string &Symbol) { return !mayRead(M, Symbol); };
  for (const auto &[Symbol, S] : Reader.summaries())
    Further.insert(Further.end(), S.Calls.begin(), S.Calls.end());
  Reader.load(Further, Skip);
  for (unsigned Step = 0; Set.Closed && Step < MaxSetSteps; ++Step) {
    Further.clear();
    readMembers(M, Further);
    if (Further.empty())
      return;
    Reader.load(Further, Skip);
  }
}

// A declaration that something here calls, whose body the caller may need.
static bool mayBorrow(const Module &M, const Function &F, const SummaryReader &Reader) {
  if (!F.isDeclaration() || F.isIntrinsic() || mayBeReplaced(M, F) ||
      none_of(F.users(), [](const User *U) { return isa<CallBase>(U); }))
    return false;
  auto Found = Reader.summaries().find(F.getName().str());
  return Found != Reader.summaries().end() && Found->second.Model.empty() &&
         Reader.touchesHeap(Found->first);
}

void Across::lend(Module &M, LentBodies &Lent) {
  if (!asksAnything(M, Reader))
    return;
  for (unsigned Step = 0; Step < MaxBodySteps; ++Step) {
    SmallVector<Function *, 16> Wanted;
    for (Function &F : M)
      if (Wanted.size() < MaxBodies && mayBorrow(M, F, Reader))
        Wanted.push_back(&F);
    bool Added = false;
    for (Function *F : Wanted)
      if (const std::string &Body = Reader.loadBody(F->getName().str()); !Body.empty())
        Added |= Lent.add(*F, Body);
    if (!Added)
      return;
    read(M);
  }
}

std::string Across::write(Module &M, LoweredModule &Lowered) {
  for (LoweredFunction &LF : Lowered.Functions) {
    SymbolSummary S;
    auto Add = [](void *Context, const char *Text, size_t Length) {
      static_cast<std::string *>(Context)->append(Text, Length);
      return true;
    };
    bool Named = WholeProgram && LF.F->hasLocalLinkage() && LF.F->hasAddressTaken();
    if ((!LF.F->hasExternalLinkage() && !Named) || !LF.F->hasExactDefinition() ||
        !esc_summary_write(Lowered.M.get(), LF.Id, Target.c_str(), Object.c_str(), Add, &S.Text))
      continue;
    S.Symbol = sharedName(*LF.F, Set.StaticSuffix);
    EscSummary Head;
    if (esc_summary_head(Lowered.M.get(), S.Text.data(), S.Text.size(), Target.c_str(), &Head,
                         nullptr)) {
      S.Hash = Head.hash;
      if (!Head.model)
        S.Body = writeBody(*LF.F);
      if (!S.Body.empty())
        S.BodyHash = bodyHash(S.Body, bodyFormat());
      Written.push_back(std::move(S));
    }
  }
  std::string Error = Writer.write(Written);
  return WholeProgram && Error.empty() ? writeTaken(M) : Error;
}

std::string Across::writeTaken(Module &M) {
  std::vector<Member> All = takenIn(M, Set.StaticSuffix);
  bool Brings = bringsFromOutside(M);
  Taken = "set 1\n"; // also when nothing is taken: this object says so
  Taken += Brings ? "brings -\n" : "";
  for (const Member &S : All)
    Taken += S.line() + "\n";
  return MemberWriter(Directory, Object, Writer.number()).write(All, Brings);
}

std::vector<std::string> Across::files() const {
  std::vector<std::string> All = Others.files();
  All.insert(All.end(), Reader.files().begin(), Reader.files().end());
  return All;
}

std::string Across::complaint() const {
  return Reader.complaint().empty() ? Others.complaint() : Reader.complaint();
}

void Across::addSections(Module &M, bool Changed) const {
  std::string Asm = summarySections(Written, Changed ? &Reader : nullptr);
  Asm += droppedSection(".escapement.takes", Taken);
  if (Changed && Set.Closed)
    Asm += droppedSection(".escapement.reaches", Taken + Others.lines());
  if (!Asm.empty())
    M.appendModuleInlineAsm(Asm);
}

} // namespace escapement
