// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walk.cpp - the places of a function body: calls, assignments, initialisers, returns,
// declarations.
//
// The locations are those of Clang's CodeGen: a call and a return at their first token, an
// assignment at its operator, an initialiser at the variable's name, but an aggregate one at the
// '{' of each list or at the initialising expression; the beginning of a variable's life at the
// declaration statement.
//
// INVARIANT  The worklist grows on the heap: a chain of a million `else if` is no deep recursion.
//
// NOT HERE  Unevaluated operands (sizeof, the branches _Generic did not choose): no code, no entry.
#include "Walk.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>

using namespace clang;

namespace escapement {

bool isAutomatic(const VarDecl *Variable) {
  return Variable->hasLocalStorage() && !isa<ParmVarDecl>(Variable);
}

namespace {

// Can an object of this type hold a pointer, be it as an integer? Narrower integers and floating
// point are most of the assignments of a program and nobody asks for them.
bool mayCarryPointer(QualType Type, const ASTContext &Context) {
  const clang::Type *T = Type.getCanonicalType().getTypePtr();
  if (T->isPointerType() || T->isRecordType() || T->isVectorType() || T->isAtomicType() ||
      T->isArrayType())
    return true;
  return T->isIntegerType() && Context.getTypeSize(T) >= 64;
}

class Walker {
public:
  Walker(const FunctionDecl *Function, ASTContext &Context, llvm::BumpPtrAllocator &Memory,
         llvm::function_ref<void(SourceLocation, const Entry &)> Enter)
      : In(Function), Context(Context), Memory(Memory), Enter(Enter) {}

  void run() {
    push(In->getBody(), {});
    enter(In->getBody()->getEndLoc(), EntryKind::End, In);
    while (!Work.empty()) {
      Item Next = Work.pop_back_val();
      size_t Mark = Work.size();
      visit(Next.Node, Next.To);
      // Children are popped in the order of the source.
      std::reverse(Work.begin() + static_cast<ptrdiff_t>(Mark), Work.end());
    }
  }

private:
  struct Item {
    const Stmt *Node;
    Target To;
  };

  void push(const Stmt *Node, const Target &To) {
    if (Node)
      Work.push_back({Node, To});
  }

  void pushChildren(const Stmt *Node) {
    for (const Stmt *Child : Node->children())
      push(Child, {});
  }

  void enter(SourceLocation At, EntryKind Kind, const void *Node, const Target &To = {}) {
    Enter(At, Entry{Kind, Node, In, To});
  }

  void visit(const Stmt *Node, const Target &To) {
    switch (Node->getStmtClass()) {
    case Stmt::CallExprClass:
      return visitCall(cast<CallExpr>(Node), To);
    case Stmt::BinaryOperatorClass:
    case Stmt::CompoundAssignOperatorClass:
      return visitBinary(cast<BinaryOperator>(Node), To);
    case Stmt::UnaryOperatorClass:
      return visitUnary(cast<UnaryOperator>(Node), To);
    case Stmt::ReturnStmtClass:
      return visitReturn(cast<ReturnStmt>(Node));
    case Stmt::DeclStmtClass:
      return visitDeclarations(cast<DeclStmt>(Node));
    case Stmt::InitListExprClass:
      return visitList(cast<InitListExpr>(Node), To);
    case Stmt::CompoundLiteralExprClass:
      return visitLiteral(cast<CompoundLiteralExpr>(Node));
    case Stmt::ParenExprClass:
      return push(cast<ParenExpr>(Node)->getSubExpr(), To);
    case Stmt::ImplicitCastExprClass:
    case Stmt::CStyleCastExprClass:
      return push(cast<CastExpr>(Node)->getSubExpr(), To);
    case Stmt::ConstantExprClass:
    case Stmt::ExprWithCleanupsClass:
      return push(cast<FullExpr>(Node)->getSubExpr(), To);
    case Stmt::ConditionalOperatorClass: {
      const auto *Choice = cast<ConditionalOperator>(Node);
      push(Choice->getCond(), {});
      push(Choice->getTrueExpr(), To);
      return push(Choice->getFalseExpr(), To);
    }
    case Stmt::BinaryConditionalOperatorClass: {
      const auto *Choice = cast<BinaryConditionalOperator>(Node);
      push(Choice->getCommon(), To);
      return push(Choice->getFalseExpr(), To);
    }
    case Stmt::StmtExprClass:
      return visitStatementExpression(cast<StmtExpr>(Node), To);
    case Stmt::GenericSelectionExprClass: {
      const auto *Selection = cast<GenericSelectionExpr>(Node);
      if (!Selection->isResultDependent())
        push(Selection->getResultExpr(), To);
      return;
    }
    case Stmt::ChooseExprClass:
      return push(cast<ChooseExpr>(Node)->getChosenSubExpr(), To);
    case Stmt::UnaryExprOrTypeTraitExprClass: {
      // Only sizes of variable length are computed.
      const auto *Trait = cast<UnaryExprOrTypeTraitExpr>(Node);
      if (Trait->getTypeOfArgument()->isVariablyModifiedType())
        pushChildren(Trait);
      return;
    }
    case Stmt::BlockExprClass:
      return; // a function of its own; what it captures is lowered without texts
    default:
      return pushChildren(Node);
    }
  }

  void visitCall(const CallExpr *Call, const Target &To) {
    enter(Call->getExprLoc(), EntryKind::Call, Call, To);
    push(Call->getCallee(), {});
    for (unsigned I = 0; I < Call->getNumArgs(); ++I) {
      Target Argument;
      Argument.Kind = Destination::Argument;
      Argument.Node = Call;
      Argument.Index = I;
      push(Call->getArg(I), Argument);
    }
  }

  void visitBinary(const BinaryOperator *Binary, const Target &To) {
    push(Binary->getLHS(), {});
    if (Binary->getOpcode() == BO_Comma)
      return push(Binary->getRHS(), To);
    if (Binary->isAssignmentOp() && mayCarryPointer(Binary->getLHS()->getType(), Context))
      enter(Binary->getOperatorLoc(), EntryKind::Assign, Binary);
    Target Right;
    if (Binary->getOpcode() == BO_Assign) {
      Right.Kind = Destination::Assign;
      Right.Node = Binary;
    }
    push(Binary->getRHS(), Right);
  }

  void visitUnary(const UnaryOperator *Unary, const Target &To) {
    if (Unary->getOpcode() == UO_Extension)
      return push(Unary->getSubExpr(), To);
    if (Unary->isIncrementDecrementOp() && Unary->getType()->isPointerType())
      enter(Unary->getOperatorLoc(), EntryKind::Assign, Unary);
    push(Unary->getSubExpr(), {});
  }

  void visitReturn(const ReturnStmt *Return) {
    if (!Return->getRetValue())
      return;
    enter(Return->getReturnLoc(), EntryKind::Return, Return);
    Target To;
    To.Kind = Destination::Return;
    To.Node = Return;
    push(Return->getRetValue(), To);
  }

  void visitDeclarations(const DeclStmt *Statement) {
    bool Declares = false;
    for (const Decl *D : Statement->decls()) {
      const auto *Variable = dyn_cast<VarDecl>(D);
      if (!Variable || !isAutomatic(Variable))
        continue;
      Declares = true;
      if (Variable->getInit())
        enterInitialiser(Variable);
    }
    if (Declares)
      enter(Statement->getBeginLoc(), EntryKind::Declared, Statement);
    // The children are initialisers and sizes of arrays of variable length.
    for (const Stmt *Child : Statement->children())
      push(Child, initialised(Statement, Child));
  }

  void enterInitialiser(const VarDecl *Variable) {
    enter(Variable->getLocation(), EntryKind::Init, Variable);
    const Expr *Value = Variable->getInit()->IgnoreParenImpCasts();
    if (!isa<InitListExpr>(Value) && Variable->getType()->isRecordType())
      enter(Value->getExprLoc(), EntryKind::Init, Variable);
  }

  static Target initialised(const DeclStmt *Statement, const Stmt *Child) {
    Target To;
    for (const Decl *D : Statement->decls()) {
      const auto *Variable = dyn_cast<VarDecl>(D);
      if (!Variable || Variable->getInit() != Child || !isAutomatic(Variable))
        continue;
      To.Kind = Destination::Init;
      To.Node = Variable;
    }
    return To;
  }

  void visitList(const InitListExpr *List, const Target &To) {
    if (const InitListExpr *Semantic = List->isSemanticForm() ? nullptr : List->getSemanticForm())
      List = Semantic;
    if (To.Kind != Destination::Init) {
      for (const Expr *Element : List->inits())
        push(Element, {});
      return;
    }
    enter(List->getExprLoc(), To.IsLiteral ? EntryKind::Literal : EntryKind::Init, To.Node);
    if (List->getType()->isScalarType() || List->isTransparent())
      return List->getNumInits() ? push(List->getInit(0), To) : void();
    if (const auto *Record = List->getType()->getAs<RecordType>())
      return visitFields(List, Record->getDecl(), To);
    for (unsigned I = 0; I < List->getNumInits(); ++I)
      push(List->getInit(I), element(To, nullptr, I));
  }

  void visitFields(const InitListExpr *List, const RecordDecl *Record, const Target &To) {
    if (Record->isUnion()) {
      if (List->getNumInits())
        push(List->getInit(0), element(To, List->getInitializedFieldInUnion(), 0));
      return;
    }
    unsigned I = 0;
    for (const FieldDecl *Field : Record->fields()) {
      if (Field->isBitField() && !Field->getDeclName())
        continue;
      if (I == List->getNumInits())
        return;
      push(List->getInit(I++), element(To, Field, 0));
    }
  }

  Target element(const Target &To, const FieldDecl *Field, uint64_t Index) {
    Target Inner = To;
    Inner.Path = new (Memory.Allocate<ElementPath>()) ElementPath{To.Path, Field, Index};
    return Inner;
  }

  void visitLiteral(const CompoundLiteralExpr *Literal) {
    enter(Literal->getInitializer()->getExprLoc(), EntryKind::Literal, Literal);
    Target To;
    To.Kind = Destination::Init;
    To.Node = Literal;
    To.IsLiteral = true;
    push(Literal->getInitializer(), To);
  }

  void visitStatementExpression(const StmtExpr *Expression, const Target &To) {
    const CompoundStmt *Body = Expression->getSubStmt();
    for (const Stmt *Child : Body->body())
      push(Child, Child == Body->body_back() ? To : Target());
  }

  const FunctionDecl *In;
  ASTContext &Context;
  llvm::BumpPtrAllocator &Memory;
  llvm::function_ref<void(SourceLocation, const Entry &)> Enter;
  llvm::SmallVector<Item, 64> Work;
};

} // namespace

void walkFunction(const FunctionDecl *Function, ASTContext &Context, llvm::BumpPtrAllocator &Memory,
                  llvm::function_ref<void(SourceLocation, const Entry &)> Enter) {
  Walker(Function, Context, Memory, Enter).run();
}

} // namespace escapement
