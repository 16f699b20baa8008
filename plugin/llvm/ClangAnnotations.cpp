// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ClangAnnotations.cpp - see ClangAnnotations.h.
#include "ClangAnnotations.h"
#include "SourceImpl.h"
#include "clang/AST/Attr.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/Preprocessor.h"

using namespace llvm;

namespace escapement {
namespace {

// The include guard of annotate.h: without it nobody is looked through.
constexpr StringLiteral Guard = "ESCAPEMENT_ANNOTATE_H";
constexpr StringLiteral Prefix = "escapement.";

class Reader : public clang::RecursiveASTVisitor<Reader> {
public:
  Reader(clang::CompilerInstance &CI, Promises &Out) : Sources(CI.getSourceManager()), Out(Out) {}

  bool VisitFunctionDecl(clang::FunctionDecl *F) {
    for (Promise &P : taken(F)) {
      P.Linked = linkageName(F).str();
      Out.add(std::move(P));
    }
    return true;
  }

  bool VisitVarDecl(clang::VarDecl *V) {
    for (Promise &P : taken(V)) {
      P.Misplaced = P.Kind != PromiseKind::NoAlloc && !V->hasLocalStorage();
      if (V->hasInit())
        addCalls(V->getInit(), P.Calls);
      Mine.push_back({V, std::move(P)});
    }
    return true;
  }

  bool VisitBinaryOperator(clang::BinaryOperator *E) {
    if (E->getOpcode() != clang::BO_Assign)
      return true;
    const auto *Target = dyn_cast<clang::DeclRefExpr>(E->getLHS()->IgnoreParenImpCasts());
    for (auto &[Variable, P] : Mine)
      if (Target && Target->getDecl() == Variable)
        addCalls(E->getRHS(), P.Calls);
    return true;
  }

  void finish() {
    for (auto &[Variable, P] : Mine)
      Out.add(std::move(P));
  }

private:
  Position position(clang::SourceLocation At) const {
    clang::PresumedLoc P = Sources.getPresumedLoc(Sources.getExpansionLoc(At));
    if (P.isInvalid())
      return {};
    StringRef File = P.getFilename();
    File.consume_front("./");
    return {File.str(), P.getLine(), P.getColumn()};
  }

  // The promises of a declaration; they are no longer its attributes.
  std::vector<Promise> taken(clang::NamedDecl *D) {
    std::vector<Promise> Found;
    if (!D->hasAttrs())
      return Found;
    clang::AttrVec Others;
    for (clang::Attr *A : D->getAttrs()) {
      const auto *Annotation = dyn_cast<clang::AnnotateAttr>(A);
      StringRef Text = Annotation ? Annotation->getAnnotation() : StringRef();
      if (!Text.consume_front(Prefix)) {
        Others.push_back(A);
        continue;
      }
      Promise P;
      P.Kind = Text == "must_stack" ? PromiseKind::MustStack
               : Text == "no_alloc" ? PromiseKind::NoAlloc
                                    : PromiseKind::MayHeap;
      P.Reason = Text.split(':').second.str();
      P.Name = D->getNameAsString();
      P.At = position(D->getLocation());
      P.Host = D->getLocation().getRawEncoding();
      Found.push_back(std::move(P));
    }
    D->dropAttrs();
    if (!Others.empty())
      D->setAttrs(Others);
    return Found;
  }

  // The calls whose result `E` is.
  void addCalls(const clang::Expr *E, std::vector<Position> &Calls) const {
    E = E->IgnoreParenCasts();
    if (const auto *Choice = dyn_cast<clang::AbstractConditionalOperator>(E)) {
      addCalls(Choice->getTrueExpr(), Calls);
      addCalls(Choice->getFalseExpr(), Calls);
    } else if (const auto *Pair = dyn_cast<clang::BinaryOperator>(E)) {
      if (Pair->getOpcode() == clang::BO_Comma || Pair->getOpcode() == clang::BO_Assign)
        addCalls(Pair->getRHS(), Calls);
    } else if (const auto *Block = dyn_cast<clang::StmtExpr>(E)) {
      if (const auto *Last = dyn_cast_or_null<clang::Expr>(Block->getSubStmt()->body_back()))
        addCalls(Last, Calls);
    } else if (const auto *Call = dyn_cast<clang::CallExpr>(E)) {
      if (Call->getType()->isPointerType())
        Calls.push_back(position(Call->getBeginLoc()));
    }
  }

  const clang::SourceManager &Sources;
  Promises &Out;
  std::vector<std::pair<const clang::VarDecl *, Promise>> Mine;
};

} // namespace

void announceAnnotations(clang::CompilerInstance &CI) {
  // Debug information about macros would show it.
  if (CI.getCodeGenOpts().MacroDebugInfo || !CI.hasPreprocessor())
    return;
  clang::Preprocessor &PP = CI.getPreprocessor();
  PP.setPredefines(PP.getPredefines() + "#define __ESCAPEMENT__ 1\n");
}

void readAnnotations(clang::CompilerInstance &CI, clang::DeclGroupRef Group, Promises &Out) {
  if (!CI.getPreprocessor().isMacroDefined(Guard))
    return;
  Reader R(CI, Out);
  for (clang::Decl *D : Group)
    R.TraverseDecl(D);
  R.finish();
}

} // namespace escapement
