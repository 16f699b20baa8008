// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SourceDeclarations.cpp - what is declared: variables, parameters and functions.
//
// Also which variable an expression is a part of, or points into. A compound literal and alloca(n)
// are variables without a declaration.
//
// INVARIANT  One VariableInfo for each automatic variable, whoever asks first; Number is its index
// in Variables. One FunctionInfo for all declarations of a function.
//
// NOT HERE  Which alloca or argument of the IR it is (Match.cpp).
#include "SourceImpl.h"
#include "clang/AST/Attr.h"

using namespace clang;
using llvm::StringRef;

namespace escapement {

const Decl *baseVariable(const Expr *Lvalue) {
  for (const Expr *E = Lvalue->IgnoreParens(); E;) {
    if (const auto *Member = dyn_cast<MemberExpr>(E)) {
      if (Member->isArrow())
        return nullptr;
      E = Member->getBase()->IgnoreParens();
    } else if (const auto *Element = dyn_cast<ArraySubscriptExpr>(E)) {
      const auto *Decay = dyn_cast<ImplicitCastExpr>(Element->getBase()->IgnoreParens());
      if (!Decay || Decay->getCastKind() != CK_ArrayToPointerDecay)
        return nullptr;
      E = Decay->getSubExpr()->IgnoreParens();
    } else {
      const auto *Use = dyn_cast<DeclRefExpr>(E);
      return Use ? dyn_cast<VarDecl>(Use->getDecl()) : nullptr;
    }
  }
  return nullptr;
}

// ---- variables ----------------------------------------------------------------------------------

const VariableInfo *SourceTable::Impl::variable(const VarDecl *V) {
  if (!V || !V->hasLocalStorage())
    return nullptr;
  return addVariable(V, V->getIdentifier() ? V->getName() : StringRef(), V->getLocation(),
                     V->getType());
}

const VariableInfo *SourceTable::Impl::variable(const CompoundLiteralExpr *L) {
  if (L->isFileScope())
    return nullptr;
  return addVariable(L, "compound literal", L->getBeginLoc(), L->getType());
}

const VariableInfo *SourceTable::Impl::addVariable(const void *Node, StringRef Name,
                                                   SourceLocation At, QualType Type) {
  VariableInfo *&Known = VariableOf[Node];
  if (!Known) {
    Variables.push_back({Name, place(At), bytes(Type), static_cast<unsigned>(Variables.size())});
    Known = &Variables.back();
  }
  return Known;
}

uint64_t SourceTable::Impl::bytes(QualType Type) const {
  if (Type.isNull() || Type->isIncompleteType() || Type->isVariablyModifiedType() ||
      Type->isDependentType() || Type->isFunctionType())
    return 0;
  return static_cast<uint64_t>(Context->getTypeSizeInChars(Type).getQuantity());
}

// `&x`, `&x.f[1]`, an array, each perhaps cast or moved by an index.
const VariableInfo *SourceTable::Impl::addressOf(const Expr *E) {
  E = E->IgnoreParens();
  if (const auto *Cast = dyn_cast<CastExpr>(E)) {
    if (Cast->getCastKind() == CK_ArrayToPointerDecay)
      return lvalueVariable(Cast->getSubExpr());
    return Cast->getCastKind() == CK_LValueToRValue ? nullptr : addressOf(Cast->getSubExpr());
  }
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->getOpcode() == UO_AddrOf ? lvalueVariable(Unary->getSubExpr()) : nullptr;
  if (const auto *Binary = dyn_cast<BinaryOperator>(E))
    if (Binary->isAdditiveOp() && Binary->getLHS()->getType()->isPointerType())
      return addressOf(Binary->getLHS());
  return nullptr;
}

const VariableInfo *SourceTable::Impl::lvalueVariable(const Expr *E) {
  if (const Decl *Base = baseVariable(E))
    return variable(dyn_cast<VarDecl>(Base));
  const auto *Literal = dyn_cast<CompoundLiteralExpr>(E->IgnoreParens());
  return Literal ? variable(Literal) : nullptr;
}

// ---- parameters ---------------------------------------------------------------------------------

bool SourceTable::Impl::holdsPointers(QualType Type, unsigned Depth) const {
  Type = Type.getCanonicalType();
  if (Type->isPointerType() || Type->isBlockPointerType())
    return true;
  if (const auto *Array = Type->getAsArrayTypeUnsafe())
    return holdsPointers(Array->getElementType(), Depth);
  if (const auto *Atomic = Type->getAs<AtomicType>())
    return holdsPointers(Atomic->getValueType(), Depth);
  const RecordDecl *Record =
      Type->getAs<RecordType>() ? Type->getAs<RecordType>()->getDecl()->getDefinition() : nullptr;
  if (!Record || Depth > 64)
    return Record != nullptr;
  for (const FieldDecl *Field : Record->fields())
    if (holdsPointers(Field->getType(), Depth + 1))
      return true;
  return false;
}

bool SourceTable::Impl::isVaList(QualType Type) const {
  QualType List = Context->getBuiltinVaListType();
  if (List->isArrayType())
    List = Context->getArrayDecayedType(List);
  return Context->hasSameUnqualifiedType(Type, List);
}

ParameterInfo SourceTable::Impl::parameter(const ParmVarDecl *P, bool OfDefinition) {
  ParameterInfo Info;
  QualType Type = P->getType();
  Info.Name = P->getIdentifier() ? P->getName() : StringRef();
  Info.At = place(P->getLocation());
  Info.HoldsPointers = holdsPointers(Type);
  Info.PointsToNumbers = Type->isPointerType() && (Type->getPointeeType()->isArithmeticType() ||
                                                   Type->getPointeeType()->isEnumeralType());
  Info.IsStruct = Type->isRecordType();
  Info.IsVaList = isVaList(Type);
  Info.Bytes = bytes(Type);
  if (OfDefinition)
    Info.Variable = variable(P);
  return Info;
}

// ---- functions ----------------------------------------------------------------------------------

StringRef linkageName(const FunctionDecl *Function) {
  if (const auto *Label = Function->getAttr<AsmLabelAttr>()) {
    StringRef Name = Label->getLabel();
    Name.consume_front("\1");
    return Name;
  }
  StringRef Name = Function->getIdentifier() ? Function->getName() : StringRef();
  Name.consume_front("__builtin_");
  return Name;
}

void SourceTable::Impl::addAttributes(FunctionInfo &Info, const FunctionDecl *F) const {
  Info.IsMalloc = F->hasAttr<RestrictAttr>();
  Info.IsPure = F->hasAttr<PureAttr>();
  Info.IsConst = F->hasAttr<ConstAttr>();
  if (const auto *Size = F->getAttr<AllocSizeAttr>()) {
    Info.AllocSizeParam = static_cast<int>(Size->getElemSizeParam().getASTIndex());
    if (Size->getNumElemsParam().isValid())
      Info.AllocCountParam = static_cast<int>(Size->getNumElemsParam().getASTIndex());
  }
}

const FunctionInfo *SourceTable::Impl::functionInfo(const FunctionDecl *F) {
  if (Sealed) { // F is a canonical declaration, as all in ByLinkageName are
    auto Known = Functions.find(F);
    return Known == Functions.end() ? nullptr : Known->second.get();
  }
  std::unique_ptr<FunctionInfo> &Info = Functions[F->getCanonicalDecl()];
  if (Info)
    return Info.get();
  Info = std::make_unique<FunctionInfo>();
  const FunctionDecl *Definition = F->getDefinition();
  const FunctionDecl *Named = Definition ? Definition : F->getMostRecentDecl();
  Info->Name = Named->getName();
  Info->At = place(Named->getLocation());
  Info->HasBody = Definition != nullptr;
  Info->IsStatic = !Named->isExternallyVisible();
  Info->IsVariadic = Named->isVariadic();
  Info->ReturnsPointer = Named->getReturnType()->isPointerType();
  for (const ParmVarDecl *P : Named->parameters())
    Info->Params.push_back(parameter(P, Definition != nullptr));
  addAttributes(*Info, F->getMostRecentDecl());
  for (const FunctionDecl *Redeclared : F->redecls())
    for (unsigned I = 0; I < Redeclared->getNumParams() && I < Info->Params.size(); ++I)
      if (Redeclared->getParamDecl(I)->hasAttr<NoEscapeAttr>())
        Info->Params[I].NoEscape = true;
  return Info.get();
}

void SourceTable::Impl::indexFunctions() {
  if (!ByLinkageName.empty() || Sealed)
    return;
  for (const FunctionDecl *F : DeclaredOrder) {
    const FunctionDecl *Recent = F->getMostRecentDecl();
    StringRef Name = Recent->hasAttr<AsmLabelAttr>() || !Recent->getIdentifier()
                         ? linkageName(Recent)
                         : Recent->getName();
    auto [It, New] = ByLinkageName.try_emplace(Name, F);
    if (!New && !It->second->isDefined() && F->isDefined())
      It->second = F;
  }
}

} // namespace escapement
