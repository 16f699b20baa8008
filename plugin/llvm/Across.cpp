// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Across.cpp - see Across.h.
#include "Across.h"
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
    : Object(std::move(Object)), Target(M.getTargetTriple() + " clang"),
      Writer(Opts.Summaries, this->Object, workDirectory()), Reader(Opts.Summaries, Target) {}

// The loader may put another definition in its place, and we can see it. What we cannot see (it
// comes from a shared library, or is exported by one) is refused at the link.
static bool mayBeReplaced(const Module &M, const Function &F) {
  return F.hasExternalWeakLinkage() || (M.getSemanticInterposition() && !F.isDSOLocal());
}

// Whether anything here allocates, so that it matters what callees do.
static bool asksAnything(const Module &M, const SummaryReader &Reader) {
  std::unique_ptr<EscModule, LoweredModule::Free> Library(esc_module_new(nullptr));
  for (const Function &F : M) {
    EscAllocatorModel Model;
    auto Found = Reader.summaries().find(F.getName().str());
    bool Wrapper = Found != Reader.summaries().end() && !Found->second.Model.empty();
    if (F.isDeclaration() && !F.use_empty() &&
        (Wrapper || F.returnDoesNotAlias() || !Library ||
         (esc_model_allocator(Library.get(), F.getName().str().c_str(), &Model) &&
          Model.allocates)))
      return true;
  }
  return false;
}

void Across::read(Module &M) {
  std::vector<std::string> Names, Further;
  std::set<std::string> Direct;
  for (const Function &F : M)
    if (F.isDeclaration() && !F.isIntrinsic() && !F.use_empty() && !mayBeReplaced(M, F))
      Names.push_back(F.getName().str());
  Direct.insert(Names.begin(), Names.end());
  Reader.load(Names, [&](const std::string &Symbol) { return !Direct.count(Symbol); });
  if (!asksAnything(M, Reader))
    return;
  for (const auto &[Symbol, S] : Reader.summaries())
    if (S.Model.empty())
      namedBy(S.Text.Text, Further);
  Reader.load(Further, [&](const std::string &Symbol) {
    const GlobalValue *G = M.getNamedValue(Symbol);
    return G && (!isa<Function>(G) || !G->isDeclaration() || mayBeReplaced(M, *cast<Function>(G)));
  });
}

std::string Across::write(LoweredModule &Lowered) {
  for (LoweredFunction &LF : Lowered.Functions) {
    SymbolSummary S;
    auto Add = [](void *Context, const char *Text, size_t Length) {
      static_cast<std::string *>(Context)->append(Text, Length);
      return true;
    };
    if (!LF.F->hasExternalLinkage() || !LF.F->hasExactDefinition() ||
        !esc_summary_write(Lowered.M.get(), LF.Id, Target.c_str(), Object.c_str(), Add, &S.Text))
      continue;
    S.Symbol = LF.F->getName().str();
    EscSummary Head;
    if (esc_summary_head(Lowered.M.get(), S.Text.data(), S.Text.size(), Target.c_str(), &Head,
                         nullptr)) {
      S.Hash = Head.hash;
      Written.push_back(std::move(S));
    }
  }
  return Writer.write(Written);
}

void Across::addSections(Module &M, bool Changed) const {
  std::string Asm = summarySections(Written, Changed ? &Reader : nullptr);
  if (!Asm.empty())
    M.appendModuleInlineAsm(Asm);
}

} // namespace escapement
