// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SourceImpl.h - shared by the files of the source table: what it keeps, and who makes it.
//
//     Source.cpp              places and entries: filling the table, and every public question
//     SourceText.cpp          how an expression, an initialiser and a path are written
//     SourceDeclarations.cpp  variables, parameters and functions
//     SourceAnswers.cpp       an entry's answer: a call, an assignment; one for several entries
//     SourceSeal.cpp          what tells entries apart; all answers at once, before the AST goes
//
// INVARIANT  What was handed out stays where it is (the deques, the unique pointers) and as it is.
// An answer is made once, when its entry is first asked for, because most never are; the AST and
// the buffers of the source are still there then. Once `Sealed` no node is looked at again: nodes
// are only keys.
//
// NOT HERE  Anything a user of Source.h needs.
#ifndef ESCAPEMENT_PLUGIN_SOURCE_IMPL_H
#define ESCAPEMENT_PLUGIN_SOURCE_IMPL_H

#include "Source.h"
#include "Walk.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/StringSaver.h"
#include <deque>

namespace escapement {

// The name a call of this function has in the IR.
llvm::StringRef linkageName(const clang::FunctionDecl *Function);
// The left side of an assignment, or what is counted.
const clang::Expr *leftSide(const clang::Expr *E);
// The variable that the lvalue is a part of, without going through a pointer.
const clang::Decl *baseVariable(const clang::Expr *Lvalue);

struct SourceTable::Impl {
  // Of a program of several files (fill() was called again) the tables of the others. A file's
  // number has its table's number above it. Statics of one name are told apart by the suffix
  // ".escinN".
  std::vector<std::unique_ptr<Impl>> Others;
  static constexpr unsigned PartShift = 16;
  Impl &part(unsigned &File) {
    unsigned Number = File >> PartShift;
    File &= (1u << PartShift) - 1;
    return Number == 0 || Number > Others.size() ? *this : *Others[Number - 1];
  }
  Impl &part(size_t Number) { return Number == 0 ? *this : *Others[Number - 1]; }

  const clang::SourceManager *Sources = nullptr;
  clang::ASTContext *Context = nullptr;
  llvm::BumpPtrAllocator Memory;
  llvm::StringSaver Strings{Memory};

  // Files: number 0 is none. Spellings maps every way a debug location may spell a file.
  std::deque<std::string> FileNames{std::string()};
  llvm::StringMap<unsigned> Spellings;
  llvm::StringMap<bool> SystemHeaders; // as printed
  llvm::DenseMap<const char *, unsigned> FileOfPresumed;
  std::vector<std::pair<std::string, std::string>> PrefixMap;
  std::string Directory;

  // What tells an entry from others at its place.
  struct Facts {
    llvm::StringRef In;      // its function's name, as written; empty: none
    bool IsDirect = false;   // a call of a function
    llvm::StringRef Callee;  // of such a call, the linkage name
    llvm::StringRef Global;  // an assignment to (a part of) this variable of static storage
    bool IsConstant = false; // a return of a constant
  };
  struct Declarations {
    std::vector<const VariableInfo *> Fixed; // in the order of the source
    const VariableInfo *Dynamic = nullptr;   // the last one of variable length, or an alloca(n)
    unsigned NDynamic = 0;
  };
  struct Slot {
    escapement::Entry E;
    uint32_t Next; // another entry at the same place; 0: none
    const CallInfo *Call = nullptr;
    const AssignInfo *Assign = nullptr;
    const Facts *Known = nullptr;
    const Declarations *Declares = nullptr;
  };
  std::deque<Facts> AllFacts;
  std::deque<Declarations> AllDeclarations;
  bool Sealed = false;
  using SlotList = llvm::SmallVector<Slot *, 4>;
  std::vector<Slot> Slots{1};
  llvm::DenseMap<const clang::FunctionDecl *, llvm::SmallVector<uint32_t, 2>> Returns;
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

  llvm::SmallPtrSet<const clang::FunctionDecl *, 32> Declared; // canonical declarations
  std::vector<const clang::FunctionDecl *> DeclaredOrder;
  llvm::StringMap<const clang::FunctionDecl *> ByLinkageName;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<FunctionInfo>> Functions;

  // Places and entries (Source.cpp).
  void fill(clang::CompilerInstance &CI, clang::ASTContext &Context);
  const FunctionInfo *function(llvm::StringRef LinkageName);
  unsigned fileNumber(const char *Presumed, clang::SourceLocation At);
  void spell(llvm::StringRef Name, unsigned Number);
  static std::string absolute(llvm::StringRef Directory, llvm::StringRef Name);
  uint64_t key(clang::SourceLocation At);
  Place place(clang::SourceLocation At);
  void enter(clang::SourceLocation At, const escapement::Entry &E);
  void declare(const clang::FunctionDecl *F);
  // The entries at a place of the wanted kinds, those of `Function` if it has any.
  SlotList candidates(uint64_t Key, llvm::StringRef Function,
                      llvm::function_ref<bool(EntryKind)> Wants);

  // Texts (SourceText.cpp).
  llvm::StringRef rawText(clang::CharSourceRange Range) const;
  llvm::StringRef printed(const clang::Expr *E);
  // The whole macro use when a macro is involved.
  llvm::StringRef outerText(const clang::Expr *E) { return outerText(E->getSourceRange(), E); }
  llvm::StringRef outerText(clang::SourceRange Range, const clang::Expr *E);
  // As written, if it is written in one place; in a macro's argument that is the argument.
  llvm::StringRef innerText(const clang::Expr *E);
  static bool inMacro(clang::SourceLocation At) { return At.isMacroID(); }
  llvm::StringRef initText(const clang::VarDecl *V);
  llvm::StringRef pathText(llvm::StringRef Name, const ElementPath *Path);
  Place equalsPlace(const clang::VarDecl *V);
  Place equalsBeforeMacro(const clang::VarDecl *V);
  clang::SourceLocation lastEquals(clang::SourceLocation From, clang::SourceLocation To) const;

  // Variables, parameters, functions (SourceDeclarations.cpp).
  const VariableInfo *variable(const clang::VarDecl *V); // null: null, or not automatic
  const VariableInfo *variable(const clang::CompoundLiteralExpr *L);
  const VariableInfo *addVariable(const void *Node, llvm::StringRef Name, clang::SourceLocation At,
                                  clang::QualType Type);
  uint64_t bytes(clang::QualType Type) const; // 0: not a constant
  const VariableInfo *addressOf(const clang::Expr *E);
  const VariableInfo *lvalueVariable(const clang::Expr *E);
  bool holdsPointers(clang::QualType Type, unsigned Depth = 0) const;
  bool isVaList(clang::QualType Type) const;
  ParameterInfo parameter(const clang::ParmVarDecl *P, bool OfDefinition);
  void addAttributes(FunctionInfo &Info, const clang::FunctionDecl *F) const;
  const FunctionInfo *functionInfo(const clang::FunctionDecl *F);
  void indexFunctions();

  // Answers (SourceAnswers.cpp).
  const AssignInfo *assignInfo(Slot &S);
  void fillAssign(AssignInfo &A, const clang::Expr *E);
  void fillInit(AssignInfo &A, const clang::VarDecl *V);
  void fillLiteral(AssignInfo &A, const clang::CompoundLiteralExpr *L);
  void fillReturn(AssignInfo &A, const clang::ReturnStmt *R);
  const CallInfo *callInfo(Slot &S);
  void fillCall(CallInfo &C, const clang::CallExpr *E);
  ArgumentInfo argumentInfo(const clang::Expr *E);
  void fillDestination(CallInfo &C, const Target &To);
  const CallInfo *sharedCall(llvm::ArrayRef<Slot *> Same);
  const AssignInfo *sharedAssign(llvm::ArrayRef<Slot *> Same);
  Slot *soleReturn(const clang::FunctionDecl *Function);

  // What tells entries apart, and the end of the AST (SourceSeal.cpp).
  const Facts &facts(Slot &S);
  const Declarations &declarations(Slot &S);
  void seal();
  void ownTexts();
};

} // namespace escapement

#endif
