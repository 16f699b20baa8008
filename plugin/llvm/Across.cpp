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
    : Others(Opts, std::move(Object), M.getTargetTriple() + " clang", workDirectory(),
             bodyFormat()),
      Typed(Opts.TypedCalls) {}

// A wrapper of a wrapper of a cleanup; how many functions a file may ask for in one step.
static constexpr unsigned MaxBodySteps = 4, MaxBodies = 100;

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

static bool mayRead(const Module &M, const std::string &Symbol) {
  const GlobalValue *G = M.getNamedValue(Symbol);
  return !G || (isa<Function>(G) && G->isDeclaration() && !mayBeReplaced(M, *cast<Function>(G)));
}

void Across::read(Module &M) {
  UnitQuestions Unit;
  for (const Function &F : M)
    if (F.isDeclaration() && !F.isIntrinsic() && !F.use_empty() && !mayBeReplaced(M, F))
      Unit.Named.push_back(F.getName().str());
  Unit.MayRead = [&M](const std::string &Symbol) { return mayRead(M, Symbol); };
  Unit.Asks = [&] { return asksAnything(M, reader()); };
  if (set()) {
    Unit.Brings = bringsFromOutside(M);
    Unit.Kinds = kindsCalled(M, Typed);
  }
  Others.read(Unit);
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
  if (!asksAnything(M, reader()))
    return;
  for (unsigned Step = 0; Step < MaxBodySteps; ++Step) {
    SmallVector<Function *, 16> Wanted;
    for (Function &F : M)
      if (Wanted.size() < MaxBodies && mayBorrow(M, F, reader()))
        Wanted.push_back(&F);
    bool Added = false;
    for (Function *F : Wanted)
      if (const std::string &Body = Others.reader().loadBody(F->getName().str()); !Body.empty())
        Added |= Lent.add(*F, Body);
    if (!Added)
      return;
    read(M);
  }
}

std::string Across::write(Module &M, LoweredModule &Lowered) {
  std::vector<SymbolSummary> Written;
  for (LoweredFunction &LF : Lowered.Functions) {
    SymbolSummary S;
    auto Add = [](void *Context, const char *Text, size_t Length) {
      static_cast<std::string *>(Context)->append(Text, Length);
      return true;
    };
    EscWritten Facts;
    bool Named = set() && LF.F->hasLocalLinkage() && LF.F->hasAddressTaken();
    if ((!LF.F->hasExternalLinkage() && !Named) || !LF.F->hasExactDefinition() ||
        !esc_summary_write(Lowered.M.get(), LF.Id, Others.target().c_str(), Others.object().c_str(),
                           Add, &S.Text, &Facts))
      continue;
    S.Symbol = set() ? sharedName(*LF.F, set()->StaticSuffix) : LF.F->getName().str();
    S.Hash = Facts.hash;
    if (!Facts.has_model)
      S.Body = writeBody(*LF.F);
    if (!S.Body.empty())
      S.BodyHash = bodyHash(S.Body, bodyFormat());
    Written.push_back(std::move(S));
  }
  std::vector<Member> Members;
  if (set())
    Members = takenIn(M, set()->StaticSuffix, Typed);
  return Others.write(std::move(Written), Members, bringsFromOutside(M));
}

void Across::addSections(Module &M, bool Changed) const {
  auto Defines = [&M](const std::string &Symbol) {
    const Function *F = M.getFunction(Symbol);
    return F && !F->isDeclarationForLinker() && !F->hasLocalLinkage();
  };
  if (std::string Asm = Others.sections(Changed, Defines); !Asm.empty())
    M.appendModuleInlineAsm(Asm);
}

} // namespace escapement
