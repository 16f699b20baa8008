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

class Places {
public:
  explicit Places(clang::CompilerInstance &CI) : Sources(CI.getSourceManager()) {}

  Position position(clang::SourceLocation At) const {
    clang::PresumedLoc P = Sources.getPresumedLoc(Sources.getExpansionLoc(At));
    if (P.isInvalid())
      return {};
    StringRef File = P.getFilename();
    File.consume_front("./");
    return {File.str(), P.getLine(), P.getColumn()};
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

private:
  const clang::SourceManager &Sources;
};

// What the whole file assigns to a variable that it promises something of, or to a part of it.
class Assignments : public clang::RecursiveASTVisitor<Assignments> {
public:
  Assignments(clang::CompilerInstance &CI, const FileScopePromises &Outside, Promises &Out)
      : Where(CI), Outside(Outside), Out(Out) {}

  bool VisitBinaryOperator(clang::BinaryOperator *E) {
    const clang::VarDecl *Target =
        E->getOpcode() == clang::BO_Assign ? whole(E->getLHS()) : nullptr;
    for (const auto &[Variable, Number] : Outside) {
      if (Target != Variable)
        continue;
      std::vector<Position> Calls;
      Where.addCalls(E->getRHS(), Calls);
      Out.addCalls(Number, Calls);
    }
    return true;
  }

private:
  // The variable that an lvalue is, or is in; null: it may be elsewhere.
  static const clang::VarDecl *whole(const clang::Expr *E) {
    E = E->IgnoreParenImpCasts();
    if (const auto *Part = dyn_cast<clang::MemberExpr>(E))
      return Part->isArrow() ? nullptr : whole(Part->getBase());
    if (const auto *Part = dyn_cast<clang::ArraySubscriptExpr>(E)) {
      const clang::Expr *Array = Part->getBase()->IgnoreParenImpCasts();
      return Array->getType()->isArrayType() ? whole(Array) : nullptr;
    }
    const auto *Name = dyn_cast<clang::DeclRefExpr>(E);
    const auto *Variable = Name ? dyn_cast<clang::VarDecl>(Name->getDecl()) : nullptr;
    return Variable ? Variable->getCanonicalDecl() : nullptr;
  }

  Places Where;
  const FileScopePromises &Outside;
  Promises &Out;
};

class Reader : public clang::RecursiveASTVisitor<Reader> {
public:
  Reader(clang::CompilerInstance &CI, Promises &Out, FileScopePromises &Outside)
      : Where(CI), Out(Out), Outside(Outside) {}

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
      if (P.Kind == PromiseKind::MayHeap && V->isFileVarDecl()) {
        Outside.push_back({V->getCanonicalDecl(), Out.add(std::move(P))});
        continue;
      }
      if (V->hasInit())
        Where.addCalls(V->getInit(), P.Calls);
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
        Where.addCalls(E->getRHS(), P.Calls);
    return true;
  }

  void finish() {
    for (auto &[Variable, P] : Mine)
      Out.add(std::move(P));
  }

private:
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
      P.At = Where.position(D->getLocation());
      P.Host = D->getLocation().getRawEncoding();
      Found.push_back(std::move(P));
    }
    D->dropAttrs();
    if (!Others.empty())
      D->setAttrs(Others);
    return Found;
  }

  Places Where;
  Promises &Out;
  FileScopePromises &Outside;
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

void readAnnotations(clang::CompilerInstance &CI, clang::DeclGroupRef Group, Promises &Out,
                     FileScopePromises &Outside) {
  if (!CI.getPreprocessor().isMacroDefined(Guard))
    return;
  Reader R(CI, Out, Outside);
  for (clang::Decl *D : Group)
    R.TraverseDecl(D);
  R.finish();
}

void completeAnnotations(clang::CompilerInstance &CI, clang::ASTContext &Context,
                         const FileScopePromises &Outside, Promises &Out) {
  if (!Outside.empty())
    Assignments(CI, Outside, Out).TraverseDecl(Context.getTranslationUnitDecl());
}

} // namespace escapement
