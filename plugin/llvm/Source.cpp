// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Source.cpp - the source table: which entry stands at a place, and how it is written.
//
// fill() walks every function that may be compiled and notes (file, line, column) -> AST node. All
// texts, names and positions are made when an entry is first asked for, because most never are.
// Texts are pieces of the source's own buffers wherever that is possible.
//
// A text in a macro: of a call, the outermost macro use with its arguments; of a part (an argument,
// a left side), the text of the macro's argument if it is one, else what the AST prints.
//
// INVARIANT  The key of an entry is the presumed location of the expansion location, as CodeGen
// computes it for debug locations; a line or column beyond the key's bits has no entry.
//
// NOT HERE  Which nodes are entries (Walk.cpp).
#include "Source.h"
#include "Walk.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/AST/PrettyPrinter.h"
#include "clang/Basic/CodeGenOptions.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/raw_ostream.h"
#include <deque>

using namespace clang;
using llvm::StringRef;

namespace escapement {

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

// The name a call of this function has in the IR.
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

// "llvm.memcpy.p0.p0.i64" was written as a call of memcpy.
StringRef withoutIntrinsic(StringRef Callee) {
  return Callee.consume_front("llvm.") ? Callee.split('.').first : Callee;
}

// "f.counter" and "f.counter.2" are the static variable `counter` of f.
StringRef withoutFunction(StringRef Global) {
  auto [Before, After] = Global.split('.');
  return After.empty() ? Before : After.split('.').first;
}

const VarDecl *localOf(const Expr *E) {
  const auto *Use = dyn_cast<DeclRefExpr>(E->IgnoreParens());
  const auto *Variable = Use ? dyn_cast<VarDecl>(Use->getDecl()) : nullptr;
  return Variable && Variable->hasLocalStorage() ? Variable : nullptr;
}

// The variable that the lvalue is a part of, without going through a pointer.
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

} // namespace

struct SourceTable::Impl {
  const SourceManager *Sources = nullptr;
  ASTContext *Context = nullptr;
  llvm::BumpPtrAllocator Memory;
  llvm::StringSaver Strings{Memory};

  // Files: number 0 is none. Spellings maps every way a debug location may spell a file.
  std::deque<std::string> FileNames{std::string()};
  llvm::StringMap<unsigned> Spellings;
  llvm::StringMap<bool> SystemHeaders; // as printed
  llvm::DenseMap<const char *, unsigned> FileOfPresumed;
  std::vector<std::pair<std::string, std::string>> PrefixMap;
  std::string Directory;

  struct Slot {
    escapement::Entry E;
    uint32_t Next; // another entry at the same place; 0: none
    const CallInfo *Call = nullptr;
    const AssignInfo *Assign = nullptr;
  };
  std::vector<Slot> Slots{1};
  llvm::DenseMap<const FunctionDecl *, llvm::SmallVector<uint32_t, 2>> Returns;
  struct Chain {
    uint32_t First = 0, Last = 0;
  };
  llvm::DenseMap<uint64_t, Chain> ByKey;

  std::deque<CallInfo> Calls;
  std::deque<AssignInfo> Assigns;
  std::deque<VariableInfo> Variables;
  llvm::DenseMap<const void *, VariableInfo *> VariableOf;
  llvm::DenseMap<const void *, const CallInfo *> AmbiguousCalls;     // by first node
  llvm::DenseMap<const void *, const AssignInfo *> AmbiguousAssigns; // by first node

  llvm::SmallPtrSet<const FunctionDecl *, 32> Declared; // canonical declarations
  std::vector<const FunctionDecl *> DeclaredOrder;
  llvm::StringMap<const FunctionDecl *> ByLinkageName;
  llvm::DenseMap<const FunctionDecl *, std::unique_ptr<FunctionInfo>> Functions;

  // ---- places

  unsigned fileNumber(const char *Presumed, SourceLocation At) {
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

  void spell(StringRef Name, unsigned Number) {
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

  static std::string absolute(StringRef Directory, StringRef Name) {
    llvm::SmallString<256> Path(Name);
    if (!llvm::sys::path::is_absolute(Path)) {
      Path = Directory;
      llvm::sys::path::append(Path, Name);
    }
    llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    return std::string(Path);
  }

  uint64_t key(SourceLocation At) {
    At = Sources->getExpansionLoc(At);
    PresumedLoc P = Sources->getPresumedLoc(At);
    if (P.isInvalid())
      return NoKey;
    return makeKey(fileNumber(P.getFilename(), At), P.getLine(), P.getColumn());
  }

  Place place(SourceLocation At) {
    At = Sources->getExpansionLoc(At);
    PresumedLoc P = Sources->getPresumedLoc(At);
    if (P.isInvalid())
      return {};
    return {FileNames[fileNumber(P.getFilename(), At)], P.getLine(), P.getColumn()};
  }

  void enter(SourceLocation At, const escapement::Entry &E) {
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

  void declare(const FunctionDecl *F) {
    if (Declared.insert(F->getCanonicalDecl()).second)
      DeclaredOrder.push_back(F->getCanonicalDecl());
  }

  // The entries at a place of the wanted kinds, those of `Function` if it has any.
  template <typename Wanted>
  llvm::SmallVector<Slot *, 4> candidates(uint64_t Key, StringRef Function, Wanted Wants) {
    llvm::SmallVector<Slot *, 4> All, Own;
    auto It = ByKey.find(Key);
    if (Key == NoKey || It == ByKey.end())
      return All;
    for (uint32_t N = It->second.First; N; N = Slots[N].Next) {
      Slot &S = Slots[N];
      if (!Wants(S.E.Kind))
        continue;
      All.push_back(&S);
      if (!Function.empty() && S.E.In->getIdentifier() && S.E.In->getName() == Function)
        Own.push_back(&S);
    }
    return Own.empty() ? All : Own;
  }

  // ---- texts

  StringRef rawText(CharSourceRange Range) const {
    bool Invalid = false;
    StringRef Text = Lexer::getSourceText(Range, *Sources, Context->getLangOpts(), &Invalid);
    return Invalid ? StringRef() : Text;
  }

  StringRef printed(const Expr *E) {
    std::string Text;
    llvm::raw_string_ostream OS(Text);
    E->printPretty(OS, nullptr, Context->getPrintingPolicy());
    return Strings.save(OS.str());
  }

  // The whole macro use when a macro is involved.
  StringRef outerText(const Expr *E) { return outerText(E->getSourceRange(), E); }
  StringRef outerText(SourceRange Range, const Expr *E) {
    StringRef Text = rawText(Sources->getExpansionRange(Range));
    return Text.empty() && E ? printed(E) : Text;
  }

  // As written, if it is written in one place; in a macro's argument that is the argument.
  StringRef innerText(const Expr *E) {
    StringRef Text = rawText(CharSourceRange::getTokenRange(E->getSourceRange()));
    return Text.empty() ? printed(E) : Text;
  }

  bool inMacro(SourceLocation At) const { return At.isMacroID(); }

  // ---- variables

  const VariableInfo *variable(const VarDecl *V) {
    if (!V || !V->hasLocalStorage())
      return nullptr;
    return addVariable(V, V->getIdentifier() ? V->getName() : StringRef(), V->getLocation(),
                       V->getType());
  }

  const VariableInfo *variable(const CompoundLiteralExpr *L) {
    if (L->isFileScope())
      return nullptr;
    return addVariable(L, "compound literal", L->getBeginLoc(), L->getType());
  }

  const VariableInfo *addVariable(const void *Node, StringRef Name, SourceLocation At,
                                  QualType Type) {
    VariableInfo *&Known = VariableOf[Node];
    if (!Known) {
      Variables.push_back({Name, place(At), bytes(Type), static_cast<unsigned>(Variables.size())});
      Known = &Variables.back();
    }
    return Known;
  }

  uint64_t bytes(QualType Type) const {
    if (Type.isNull() || Type->isIncompleteType() || Type->isVariablyModifiedType() ||
        Type->isDependentType() || Type->isFunctionType())
      return 0;
    return static_cast<uint64_t>(Context->getTypeSizeInChars(Type).getQuantity());
  }

  // `&x`, `&x.f[1]`, an array, each perhaps cast or moved by an index.
  const VariableInfo *addressOf(const Expr *E) {
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

  const VariableInfo *lvalueVariable(const Expr *E) {
    if (const Decl *Base = baseVariable(E))
      return variable(dyn_cast<VarDecl>(Base));
    const auto *Literal = dyn_cast<CompoundLiteralExpr>(E->IgnoreParens());
    return Literal ? variable(Literal) : nullptr;
  }

  // ---- entries -> answers

  Place equalsPlace(const VarDecl *V) {
    SourceLocation At = V->getLocation(), Init = V->getInit()->getBeginLoc();
    if (At.isMacroID() || Init.isMacroID())
      return equalsBeforeMacro(V);
    return place(lastEquals(At, Init));
  }

  // The name or the initialiser comes from a macro: look between their outermost positions.
  Place equalsBeforeMacro(const VarDecl *V) {
    SourceLocation At = Sources->getExpansionLoc(V->getLocation());
    SourceLocation Init = Sources->getExpansionLoc(V->getInit()->getBeginLoc());
    return place(At == Init ? At : lastEquals(At, Init));
  }

  // The last '=' between the name and the initialiser; the name itself if there is none.
  SourceLocation lastEquals(SourceLocation From, SourceLocation To) const {
    SourceLocation Found = From;
    auto [File, Begin] = Sources->getDecomposedLoc(From);
    auto [EndFile, End] = Sources->getDecomposedLoc(To);
    if (File != EndFile || Begin >= End)
      return Found;
    bool Invalid = false;
    StringRef Buffer = Sources->getBufferData(File, &Invalid);
    if (Invalid)
      return Found;
    Lexer Raw(Sources->getLocForStartOfFile(File), Context->getLangOpts(), Buffer.begin(),
              Buffer.begin() + Begin, Buffer.end());
    for (Token T; !Raw.LexFromRawLexer(T) && Sources->getFileOffset(T.getLocation()) < End;)
      if (T.is(tok::equal))
        Found = T.getLocation();
    return Found;
  }

  StringRef initText(const VarDecl *V) {
    if (V->getLocation().isMacroID())
      return outerText(V->getSourceRange(), nullptr);
    return Strings.save((V->getName() + " = " + innerText(V->getInit())).str());
  }

  StringRef pathText(StringRef Name, const ElementPath *Path) {
    std::string Text;
    for (; Path; Path = Path->Outer) {
      if (!Path->Field)
        Text = "[" + std::to_string(Path->Index) + "]" + Text;
      else if (Path->Field->getIdentifier()) // a member of an anonymous struct is its owner's
        Text = "." + Path->Field->getName().str() + Text;
    }
    return Strings.save(Name + Text);
  }

  const AssignInfo *assignInfo(Slot &S) {
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

  static const Expr *leftSide(const Expr *E) {
    if (const auto *Binary = dyn_cast<BinaryOperator>(E))
      return Binary->getLHS();
    return cast<UnaryOperator>(E)->getSubExpr();
  }

  void fillAssign(AssignInfo &A, const Expr *E) {
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

  void fillInit(AssignInfo &A, const VarDecl *V) {
    A.At = equalsPlace(V);
    A.Text = initText(V);
    A.Lvalue = V->getName();
    A.Rvalue = innerText(V->getInit());
    A.IsInit = true;
    A.Target = variable(V);
    A.AddressOf = addressOf(V->getInit());
  }

  void fillLiteral(AssignInfo &A, const CompoundLiteralExpr *L) {
    A.At = place(L->getBeginLoc());
    A.Text = A.Rvalue = innerText(L);
    A.Lvalue = "compound literal";
    A.IsInit = true;
    A.Target = variable(L);
  }

  void fillReturn(AssignInfo &A, const ReturnStmt *R) {
    A.At = place(R->getReturnLoc());
    A.IsReturn = true;
    A.Text = inMacro(R->getReturnLoc())
                 ? outerText(R->getSourceRange(), nullptr)
                 : Strings.save("return " + innerText(R->getRetValue()).str());
    A.Rvalue = innerText(R->getRetValue());
    A.AddressOf = addressOf(R->getRetValue());
  }

  const CallInfo *callInfo(Slot &S) {
    if (!S.Call) {
      Calls.emplace_back();
      fillCall(Calls.back(), static_cast<const CallExpr *>(S.E.Node));
      fillDestination(Calls.back(), S.E.To);
      S.Call = &Calls.back();
    }
    return S.Call;
  }

  void fillCall(CallInfo &C, const CallExpr *E) {
    C.At = place(E->getBeginLoc());
    C.Text = outerText(E);
    const FunctionDecl *Callee = E->getDirectCallee();
    C.Callee = Callee && Callee->getIdentifier() ? Callee->getName()
                                                 : innerText(E->getCallee()->IgnoreParenImpCasts());
    C.Args.reserve(E->getNumArgs());
    for (const Expr *Argument : E->arguments())
      C.Args.push_back(argumentInfo(Argument));
  }

  ArgumentInfo argumentInfo(const Expr *E) {
    ArgumentInfo A;
    A.At = place(E->getBeginLoc());
    A.Text = innerText(E);
    A.Bytes = bytes(E->getType());
    A.IsStruct = E->getType()->isRecordType();
    A.AddressOf = addressOf(E);
    return A;
  }

  void fillDestination(CallInfo &C, const Target &To) {
    C.Dest = To.Kind;
    switch (To.Kind) {
    case Destination::None:
      return;
    case Destination::Assign:
      return copyDestination(C, To.Node, [&](AssignInfo &A) {
        fillAssign(A, static_cast<const BinaryOperator *>(To.Node));
      });
    case Destination::Init:
      copyDestination(C, To.Node, [&](AssignInfo &A) {
        if (To.IsLiteral)
          fillLiteral(A, static_cast<const CompoundLiteralExpr *>(To.Node));
        else
          fillInit(A, static_cast<const VarDecl *>(To.Node));
      });
      if (To.Path)
        C.DestLvalue = pathText(C.DestLvalue, To.Path);
      return;
    case Destination::Return:
      return copyDestination(C, To.Node, [&](AssignInfo &A) {
        fillReturn(A, static_cast<const ReturnStmt *>(To.Node));
      });
    case Destination::Argument: {
      const Expr *E = static_cast<const CallExpr *>(To.Node)->getArg(To.Index);
      C.DestAt = place(E->getBeginLoc());
      C.DestText = innerText(E);
      return;
    }
    }
  }

  template <typename Fill> void copyDestination(CallInfo &C, const void *Node, Fill F) {
    AssignInfo A;
    F(A);
    C.DestAt = A.At;
    C.DestText = A.Text;
    C.DestLvalue = A.Lvalue;
  }

  // Several calls of one function in one macro use: what they share.
  const CallInfo *sharedCall(llvm::ArrayRef<Slot *> Same) {
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

  const AssignInfo *sharedAssign(llvm::ArrayRef<Slot *> Same) {
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

  // Where the returns of a function meet: the only one that returns more than a constant.
  Slot *soleReturn(const FunctionDecl *Function) {
    Slot *Found = nullptr;
    auto It = Returns.find(Function);
    if (It == Returns.end())
      return nullptr;
    for (uint32_t Number : It->second) {
      const auto *Return = static_cast<const ReturnStmt *>(Slots[Number].E.Node);
      if (isa<IntegerLiteral>(Return->getRetValue()->IgnoreParenCasts()))
        continue;
      if (Found)
        return nullptr;
      Found = &Slots[Number];
    }
    return Found;
  }

  // Does this entry store to the variable of static storage of that name?
  static bool storesTo(const Slot &S, StringRef Global) {
    if (S.E.Kind != EntryKind::Assign)
      return false;
    const Decl *Base = baseVariable(leftSide(static_cast<const Expr *>(S.E.Node)));
    const auto *Variable = dyn_cast_or_null<VarDecl>(Base);
    return Variable && !Variable->hasLocalStorage() && Variable->getName() == Global;
  }

  // ---- functions

  bool holdsPointers(QualType Type, unsigned Depth = 0) const {
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

  bool isVaList(QualType Type) const {
    QualType List = Context->getBuiltinVaListType();
    if (List->isArrayType())
      List = Context->getArrayDecayedType(List);
    return Context->hasSameUnqualifiedType(Type, List);
  }

  ParameterInfo parameter(const ParmVarDecl *P, bool OfDefinition) {
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

  void addAttributes(FunctionInfo &Info, const FunctionDecl *F) const {
    Info.IsMalloc = F->hasAttr<RestrictAttr>();
    Info.IsPure = F->hasAttr<PureAttr>();
    Info.IsConst = F->hasAttr<ConstAttr>();
    if (const auto *Size = F->getAttr<AllocSizeAttr>()) {
      Info.AllocSizeParam = static_cast<int>(Size->getElemSizeParam().getASTIndex());
      if (Size->getNumElemsParam().isValid())
        Info.AllocCountParam = static_cast<int>(Size->getNumElemsParam().getASTIndex());
    }
  }

  const FunctionInfo *functionInfo(const FunctionDecl *F) {
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

  void indexFunctions() {
    if (!ByLinkageName.empty())
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
};

SourceTable::SourceTable() : I(std::make_unique<Impl>()) {}
SourceTable::~SourceTable() = default;

// CodeGen drops unused static functions, so nobody will ask for what stands in them.
static bool mayBeCompiled(const FunctionDecl *F, ASTContext &Context) {
  return F->doesThisDeclarationHaveABody() && !F->isInvalidDecl() &&
         (F->isExternallyVisible() || F->isUsed() || F->isReferenced() ||
          Context.DeclMustBeEmitted(F));
}

void SourceTable::fill(CompilerInstance &CI, ASTContext &Context) {
  I->Sources = &Context.getSourceManager();
  I->Context = &Context;
  CodeGenOptions &CG = CI.getCodeGenOpts();
  CG.ClearASTBeforeBackend = false; // texts are read while the IR is optimized
  I->PrefixMap.assign(CG.DebugPrefixMap.begin(), CG.DebugPrefixMap.end());
  llvm::SmallString<256> Current(CG.DebugCompilationDir);
  if (Current.empty())
    llvm::sys::fs::current_path(Current);
  I->Directory = std::string(Current);
  auto Enter = [this](SourceLocation At, const Entry &E) { I->enter(At, E); };
  for (const Decl *D : Context.getTranslationUnitDecl()->decls()) {
    const auto *F = dyn_cast<FunctionDecl>(D);
    if (!F)
      continue;
    I->declare(F);
    if (mayBeCompiled(F, Context))
      walkFunction(F, Context, I->Memory, Enter);
  }
}

unsigned SourceTable::file(StringRef Directory, StringRef Name) const {
  auto It = I->Spellings.find(Name);
  if (It == I->Spellings.end())
    It = I->Spellings.find(Impl::absolute(Directory, Name));
  return It == I->Spellings.end() ? 0 : It->second;
}

bool SourceTable::isSystemHeader(StringRef File) const { return I->SystemHeaders.count(File); }

const CallInfo *SourceTable::call(unsigned File, unsigned Line, unsigned Col, StringRef Callee,
                                  StringRef Function) const {
  auto All = I->candidates(makeKey(File, Line, Col), Function,
                           [](EntryKind Kind) { return Kind == EntryKind::Call; });
  if (All.empty())
    return nullptr;
  bool IsIntrinsic = Callee.starts_with("llvm.");
  Callee = withoutIntrinsic(Callee);
  Callee.consume_front("__builtin_");
  llvm::SmallVector<Impl::Slot *, 4> Same, Indirect;
  for (Impl::Slot *S : All) {
    const FunctionDecl *F = static_cast<const CallExpr *>(S->E.Node)->getDirectCallee();
    if (!F)
      Indirect.push_back(S);
    else if (linkageName(F) == Callee)
      Same.push_back(S);
  }
  if (!Same.empty())
    return I->sharedCall(Same);
  if (IsIntrinsic)
    return nullptr; // made by CodeGen: a struct that is copied, not a call that is written
  // The optimizer made another call of it: strcpy -> memcpy, or a pointer became known.
  if (All.size() == 1)
    return I->callInfo(*All.front());
  if (!Indirect.empty())
    return I->sharedCall(Indirect);
  return Callee.empty() ? I->callInfo(*All.front()) : nullptr;
}

const AssignInfo *SourceTable::assignment(unsigned File, unsigned Line, unsigned Col,
                                          StringRef Function, StringRef Global) const {
  uint64_t Key = makeKey(File, Line, Col);
  auto All = I->candidates(Key, Function, [](EntryKind Kind) {
    return Kind != EntryKind::Call && Kind != EntryKind::Declared && Kind != EntryKind::End;
  });
  if (All.empty()) {
    auto Ends = I->candidates(Key, Function, [](EntryKind Kind) { return Kind == EntryKind::End; });
    Impl::Slot *Return = Ends.size() == 1 ? I->soleReturn(Ends.front()->E.In) : nullptr;
    return Return ? I->assignInfo(*Return) : nullptr;
  }
  if (All.size() == 1 || Global.empty())
    return I->sharedAssign(All);
  llvm::SmallVector<Impl::Slot *, 4> Same;
  for (Impl::Slot *S : All)
    if (Impl::storesTo(*S, withoutFunction(Global)))
      Same.push_back(S);
  return I->sharedAssign(Same.empty() ? All : Same);
}

std::vector<const VariableInfo *> SourceTable::declared(unsigned File, unsigned Line, unsigned Col,
                                                        StringRef Function) const {
  std::vector<const VariableInfo *> Result;
  auto All = I->candidates(makeKey(File, Line, Col), Function,
                           [](EntryKind Kind) { return Kind == EntryKind::Declared; });
  if (All.size() != 1)
    return Result;
  for (const Decl *D : static_cast<const DeclStmt *>(All.front()->E.Node)->decls()) {
    const auto *V = dyn_cast<VarDecl>(D);
    if (V && isAutomatic(V) && !V->getType()->isVariableArrayType())
      Result.push_back(I->variable(V));
  }
  return Result;
}

const VariableInfo *SourceTable::dynamic(unsigned File, unsigned Line, unsigned Col,
                                         StringRef Function) const {
  const VariableInfo *Found = nullptr;
  unsigned N = 0;
  auto All = I->candidates(makeKey(File, Line, Col), Function, [](EntryKind Kind) {
    return Kind == EntryKind::Declared || Kind == EntryKind::Call;
  });
  for (Impl::Slot *S : All) {
    if (S->E.Kind == EntryKind::Call) {
      const auto *Call = static_cast<const CallExpr *>(S->E.Node);
      const FunctionDecl *F = Call->getDirectCallee();
      if (!F || !linkageName(F).starts_with("alloca"))
        continue;
      Found = I->addVariable(Call, "alloca(n)", Call->getBeginLoc(), QualType());
      ++N;
      continue;
    }
    for (const Decl *D : static_cast<const DeclStmt *>(S->E.Node)->decls()) {
      const auto *V = dyn_cast<VarDecl>(D);
      if (!V || !isAutomatic(V) || !V->getType()->isVariableArrayType())
        continue;
      Found = I->variable(V);
      ++N;
    }
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

const FunctionInfo *SourceTable::function(StringRef LinkageName) const {
  I->indexFunctions();
  auto It = I->ByLinkageName.find(LinkageName);
  if (It == I->ByLinkageName.end()) // a copy of a function has its name and a suffix
    It = I->ByLinkageName.find(LinkageName.split(".esc").first);
  return It == I->ByLinkageName.end() ? nullptr : I->functionInfo(It->second);
}

} // namespace escapement
