// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SourceAnswers.cpp - the answer for an entry: the call or the assignment that stands there.
//
// Several entries at one place that nothing tells apart (one macro use) share an answer that says
// only what is true of each.
//
// INVARIANT  An answer never claims of one entry what is true of another: what differs is empty.
//
// NOT HERE  Which entries are at a place (Source.cpp), how they are written (SourceText.cpp).
#include "SourceImpl.h"

using namespace clang;
using llvm::StringRef;

namespace escapement {

// ---- assignments --------------------------------------------------------------------------------

static const VarDecl *localOf(const Expr *E) {
  const auto *Use = dyn_cast<DeclRefExpr>(E->IgnoreParens());
  const auto *Variable = Use ? dyn_cast<VarDecl>(Use->getDecl()) : nullptr;
  return Variable && Variable->hasLocalStorage() ? Variable : nullptr;
}

const Expr *leftSide(const Expr *E) {
  if (const auto *Binary = dyn_cast<BinaryOperator>(E))
    return Binary->getLHS();
  return cast<UnaryOperator>(E)->getSubExpr();
}

void SourceTable::Impl::fillAssign(AssignInfo &A, const Expr *E) {
  const Expr *Left = leftSide(E);
  const auto *Binary = dyn_cast<BinaryOperator>(E);
  SourceLocation Operator =
      Binary ? Binary->getOperatorLoc() : cast<UnaryOperator>(E)->getOperatorLoc();
  A.At = place(Operator);
  A.Text = inMacro(Operator) ? outerText(E) : innerText(E);
  A.Lvalue = innerText(Left->IgnoreParens());
  A.Target = variable(localOf(Left));
  if (!Binary)
    return;
  A.Rvalue = innerText(Binary->getRHS());
  if (Binary->getOpcode() == BO_Assign)
    A.AddressOf = addressOf(Binary->getRHS());
}

void SourceTable::Impl::fillInit(AssignInfo &A, const VarDecl *V) {
  A.At = equalsPlace(V);
  A.Text = initText(V);
  A.Lvalue = V->getName();
  A.Rvalue = innerText(V->getInit());
  A.IsInit = true;
  A.Target = variable(V);
  A.AddressOf = addressOf(V->getInit());
}

void SourceTable::Impl::fillLiteral(AssignInfo &A, const CompoundLiteralExpr *L) {
  A.At = place(L->getBeginLoc());
  A.Text = A.Rvalue = innerText(L);
  A.Lvalue = "compound literal";
  A.IsInit = true;
  A.Target = variable(L);
}

void SourceTable::Impl::fillReturn(AssignInfo &A, const ReturnStmt *R) {
  A.At = place(R->getReturnLoc());
  A.IsReturn = true;
  A.Text = inMacro(R->getReturnLoc()) ? outerText(R->getSourceRange(), nullptr)
                                      : Strings.save("return " + innerText(R->getRetValue()).str());
  A.Rvalue = innerText(R->getRetValue());
  A.AddressOf = addressOf(R->getRetValue());
}

const AssignInfo *SourceTable::Impl::assignInfo(Slot &S) {
  if (!S.Assign) {
    Assigns.emplace_back();
    AssignInfo &A = Assigns.back();
    switch (S.E.Kind) {
    case EntryKind::Assign:
      fillAssign(A, static_cast<const Expr *>(S.E.Node));
      break;
    case EntryKind::Init:
      fillInit(A, static_cast<const VarDecl *>(S.E.Node));
      break;
    case EntryKind::Literal:
      fillLiteral(A, static_cast<const CompoundLiteralExpr *>(S.E.Node));
      break;
    case EntryKind::Return:
      fillReturn(A, static_cast<const ReturnStmt *>(S.E.Node));
      break;
    case EntryKind::Call:
    case EntryKind::Declared:
    case EntryKind::End:
      break;
    }
    S.Assign = &A;
  }
  return S.Assign;
}

// ---- calls --------------------------------------------------------------------------------------

void SourceTable::Impl::fillCall(CallInfo &C, const CallExpr *E) {
  C.At = place(E->getBeginLoc());
  C.Text = outerText(E);
  const FunctionDecl *Callee = E->getDirectCallee();
  C.Callee = Callee && Callee->getIdentifier() ? Callee->getName()
                                               : innerText(E->getCallee()->IgnoreParenImpCasts());
  C.Args.reserve(E->getNumArgs());
  for (const Expr *Argument : E->arguments())
    C.Args.push_back(argumentInfo(Argument));
}

ArgumentInfo SourceTable::Impl::argumentInfo(const Expr *E) {
  ArgumentInfo A;
  A.At = place(E->getBeginLoc());
  A.Text = innerText(E);
  A.Bytes = bytes(E->getType());
  A.IsStruct = E->getType()->isRecordType();
  A.AddressOf = addressOf(E);
  return A;
}

static void copyDestination(CallInfo &C, llvm::function_ref<void(AssignInfo &)> Fill) {
  AssignInfo A;
  Fill(A);
  C.DestAt = A.At;
  C.DestText = A.Text;
  C.DestLvalue = A.Lvalue;
}

void SourceTable::Impl::fillDestination(CallInfo &C, const Target &To) {
  C.Dest = To.Kind;
  switch (To.Kind) {
  case Destination::None:
    return;
  case Destination::Assign:
    return copyDestination(
        C, [&](AssignInfo &A) { fillAssign(A, static_cast<const BinaryOperator *>(To.Node)); });
  case Destination::Init:
    copyDestination(C, [&](AssignInfo &A) {
      if (To.IsLiteral)
        fillLiteral(A, static_cast<const CompoundLiteralExpr *>(To.Node));
      else
        fillInit(A, static_cast<const VarDecl *>(To.Node));
    });
    if (To.Path)
      C.DestLvalue = pathText(C.DestLvalue, To.Path);
    return;
  case Destination::Return:
    return copyDestination(
        C, [&](AssignInfo &A) { fillReturn(A, static_cast<const ReturnStmt *>(To.Node)); });
  case Destination::Argument: {
    const Expr *E = static_cast<const CallExpr *>(To.Node)->getArg(To.Index);
    C.DestAt = place(E->getBeginLoc());
    C.DestText = innerText(E);
    return;
  }
  }
}

const CallInfo *SourceTable::Impl::callInfo(Slot &S) {
  if (!S.Call) {
    Calls.emplace_back();
    fillCall(Calls.back(), static_cast<const CallExpr *>(S.E.Node));
    fillDestination(Calls.back(), S.E.To);
    S.Call = &Calls.back();
  }
  return S.Call;
}

// ---- several entries at one place ---------------------------------------------------------------

// What is true of both; they are of one macro use, so its text is.
static void meet(CallInfo &C, const CallInfo &Other) {
  if (C.DestText != Other.DestText || C.DestLvalue != Other.DestLvalue || C.Dest != Other.Dest) {
    C.Dest = Destination::None;
    C.DestAt = {};
    C.DestText = C.DestLvalue = {};
  }
  if (C.Args.size() > Other.Args.size())
    C.Args.resize(Other.Args.size());
  for (size_t I = 0; I < C.Args.size(); ++I) {
    if (C.Args[I].Text != Other.Args[I].Text)
      C.Args[I].Text = {};
    if (C.Args[I].AddressOf != Other.Args[I].AddressOf)
      C.Args[I].AddressOf = nullptr;
  }
}

// Several calls of one function in one macro use: what they share.
const CallInfo *SourceTable::Impl::sharedCall(llvm::ArrayRef<Slot *> Same) {
  const CallInfo *First = callInfo(*Same.front());
  if (Same.size() == 1)
    return First;
  const CallInfo *&Shared = AmbiguousCalls[Same.front()->E.Node];
  if (Shared)
    return Shared;
  CallInfo C = *First;
  for (Slot *S : Same.drop_front())
    meet(C, *callInfo(*S));
  Calls.push_back(std::move(C));
  return Shared = &Calls.back();
}

static void meet(AssignInfo &A, const AssignInfo &Other) {
  if (A.Lvalue != Other.Lvalue)
    A.Lvalue = {};
  if (A.Rvalue != Other.Rvalue)
    A.Rvalue = {};
  A.IsReturn &= Other.IsReturn;
  A.IsInit &= Other.IsInit;
  if (A.Target != Other.Target)
    A.Target = nullptr;
  if (A.AddressOf != Other.AddressOf)
    A.AddressOf = nullptr;
}

const AssignInfo *SourceTable::Impl::sharedAssign(llvm::ArrayRef<Slot *> Same) {
  const AssignInfo *First = assignInfo(*Same.front());
  bool Differs = false;
  for (Slot *S : Same)
    Differs |= S->E.Node != Same.front()->E.Node;
  if (!Differs)
    return First;
  const AssignInfo *&Shared = AmbiguousAssigns[Same.front()->E.Node];
  if (Shared)
    return Shared;
  AssignInfo A = *First;
  for (Slot *S : Same.drop_front())
    meet(A, *assignInfo(*S));
  Assigns.push_back(A);
  return Shared = &Assigns.back();
}

// Where the returns of a function meet: the only one that returns more than a constant.
SourceTable::Impl::Slot *SourceTable::Impl::soleReturn(const FunctionDecl *Function) {
  Slot *Found = nullptr;
  auto It = Returns.find(Function);
  if (It == Returns.end())
    return nullptr;
  for (uint32_t Number : It->second) {
    if (facts(Slots[Number]).IsConstant)
      continue;
    if (Found)
      return nullptr;
    Found = &Slots[Number];
  }
  return Found;
}

} // namespace escapement
