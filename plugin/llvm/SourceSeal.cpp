// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SourceSeal.cpp - what tells the entries of a place apart, and the answers of all of them at once.
//
// A program of several files is analysed when all are parsed. Their ASTs together are a hundred
// times what can be asked of them, so that is read while each one is there, and the AST goes.
//
// INVARIANT  A sealed table answers as it would have done unsealed, but for functions that are only
// declared, are no builtins and are used by nobody in the file: those it does not know.
//
// NOT HERE  The answers themselves (SourceAnswers.cpp, SourceDeclarations.cpp).
#include "SourceImpl.h"

using namespace clang;
using llvm::StringRef;

namespace escapement {

// ---- what tells entries apart -------------------------------------------------------------------

static StringRef globalStoredTo(const Expr *Assignment) {
  const auto *Variable = dyn_cast_or_null<VarDecl>(baseVariable(leftSide(Assignment)));
  return Variable && !Variable->hasLocalStorage() ? Variable->getName() : StringRef();
}

const SourceTable::Impl::Facts &SourceTable::Impl::facts(Slot &S) {
  if (S.Known)
    return *S.Known;
  Facts &F = AllFacts.emplace_back();
  S.Known = &F;
  F.In = S.E.In->getIdentifier() ? S.E.In->getName() : StringRef();
  if (S.E.Kind == EntryKind::Call) {
    const FunctionDecl *Callee = static_cast<const CallExpr *>(S.E.Node)->getDirectCallee();
    F.IsDirect = Callee != nullptr;
    F.Callee = Callee ? linkageName(Callee) : StringRef();
  } else if (S.E.Kind == EntryKind::Assign) {
    F.Global = globalStoredTo(static_cast<const Expr *>(S.E.Node));
  } else if (S.E.Kind == EntryKind::Return) {
    const Expr *Value = static_cast<const ReturnStmt *>(S.E.Node)->getRetValue();
    F.IsConstant = isa<IntegerLiteral>(Value->IgnoreParenCasts());
  }
  return F;
}

const SourceTable::Impl::Declarations &SourceTable::Impl::declarations(Slot &S) {
  if (S.Declares)
    return *S.Declares;
  Declarations &D = AllDeclarations.emplace_back();
  S.Declares = &D;
  if (S.E.Kind == EntryKind::Call && facts(S).Callee.starts_with("alloca")) {
    const auto *Call = static_cast<const CallExpr *>(S.E.Node);
    D.Dynamic = addVariable(Call, "alloca(n)", Call->getBeginLoc(), QualType());
    D.NDynamic = 1;
  }
  if (S.E.Kind != EntryKind::Declared)
    return D;
  for (const Decl *Declared : static_cast<const DeclStmt *>(S.E.Node)->decls()) {
    const auto *V = dyn_cast<VarDecl>(Declared);
    if (!V || !isAutomatic(V))
      continue;
    if (V->getType()->isVariableArrayType()) {
      D.Dynamic = variable(V);
      ++D.NDynamic;
    } else {
      D.Fixed.push_back(variable(V));
    }
  }
  return D;
}

// ---- everything at once -------------------------------------------------------------------------

// Headers declare thousands of functions that nobody calls. A builtin may be called by what the
// optimizer makes of another one.
static bool mayBeAskedFor(const FunctionDecl *F) {
  const FunctionDecl *Recent = F->getMostRecentDecl();
  return F->isDefined() || Recent->isReferenced() || Recent->isUsed() ||
         Recent->getBuiltinID() != 0;
}

// Texts that were pieces of the source's buffers or identifiers become the table's.
void SourceTable::Impl::ownTexts() {
  llvm::UniqueStringSaver Owned(Memory);
  auto Own = [&](StringRef &Text) { Text = Owned.save(Text); };
  for (CallInfo &C : Calls) {
    Own(C.Text);
    Own(C.Callee);
    Own(C.DestText);
    Own(C.DestLvalue);
    for (ArgumentInfo &A : C.Args)
      Own(A.Text);
  }
  for (AssignInfo &A : Assigns) {
    Own(A.Text);
    Own(A.Lvalue);
    Own(A.Rvalue);
  }
  for (VariableInfo &V : Variables)
    Own(V.Name);
  for (auto &[Declaration, Info] : Functions) {
    Own(Info->Name);
    for (ParameterInfo &P : Info->Params)
      Own(P.Name);
  }
  for (Facts &F : AllFacts) {
    Own(F.In);
    Own(F.Callee);
    Own(F.Global);
  }
}

void SourceTable::Impl::seal() {
  for (size_t N = 1; N < Slots.size(); ++N) {
    Slot &S = Slots[N];
    facts(S);
    switch (S.E.Kind) {
    case EntryKind::Call:
      callInfo(S);
      declarations(S);
      break;
    case EntryKind::Assign:
    case EntryKind::Init:
    case EntryKind::Literal:
    case EntryKind::Return:
      assignInfo(S);
      break;
    case EntryKind::Declared:
      declarations(S);
      break;
    case EntryKind::End:
      break;
    }
  }
  indexFunctions();
  for (const FunctionDecl *F : DeclaredOrder)
    if (mayBeAskedFor(F))
      functionInfo(F);
  ownTexts();
  DeclaredOrder.clear();
  FileOfPresumed.clear(); // its keys are the source manager's
  Sources = nullptr;
  Context = nullptr;
  Sealed = true;
}

} // namespace escapement
