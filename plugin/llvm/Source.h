// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Source.h - what the source says at a place: texts, names and positions, taken from the AST.
//
// The IR knows a place only as (file, line, column) of a debug location. This table is filled once,
// before the IR pipeline runs, and answers for such a place which call, assignment or return stands
// there and how it is written. One macro use is one place for all that it expands to, so a place
// may hold several entries; the function (its source name, as DISubprogram has it) and the callee
// choose.
//
// INVARIANT  The table owns every string it hands out; pointers to its entries are valid as long as
// it and the AST live, which is until the end of the translation unit. The set of entries is not
// changed after fill(); their texts are read from the source when they are first asked for, or all
// at once by seal(), after which the table needs no AST.
//
// NOT HERE  Which value of the IR is which parameter, argument or variable (Match.h), lowering
// (Lower.cpp), printing (Report.cpp).
#ifndef ESCAPEMENT_PLUGIN_SOURCE_H
#define ESCAPEMENT_PLUGIN_SOURCE_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class CompilerInstance;
} // namespace clang

namespace escapement {

// A place as it is printed: File without a leading "./", 1-based line and column; Line 0: no place.
struct Place {
  llvm::StringRef File;
  unsigned Line = 0, Col = 0;
  explicit operator bool() const { return Line != 0; }
};

// An automatic variable or a compound literal of a function; one object for each declaration.
struct VariableInfo {
  llvm::StringRef Name; // "compound literal" and "alloca(n)" where there is no name
  Place At;             // the name in the declarator
  uint64_t Bytes = 0;   // 0: not a constant
  unsigned Number = 0;  // SourceTable::variable(Number)
};

struct ArgumentInfo {
  Place At;
  llvm::StringRef Text;
  uint64_t Bytes = 0;                      // size of the type, 0: not a constant
  bool IsStruct = false;                   // struct or union passed by value
  const VariableInfo *AddressOf = nullptr; // it is the address of (a part of) this variable
};

// Where the source puts the result of a call at once; the same names as EscDestKind.
enum class Destination { None, Assign, Init, Return, Argument };

struct CallInfo {
  Place At;               // where a site at this call is reported
  llvm::StringRef Text;   // EXPR: the call without casts; in a macro the macro use
  llvm::StringRef Callee; // the callee as written; an indirect call: the expression
  std::vector<ArgumentInfo> Args;
  Destination Dest = Destination::None;
  Place DestAt; // the '=' of an assignment or initialiser, the `return`, the argument
  llvm::StringRef DestText, DestLvalue;
  llvm::StringRef Said; // at link time: the line that the compile step printed
};

// `L = R`, at the '='; also `T L = R` at the '=' of the initialiser, `return R` at the `return`,
// `L += R`, and `L++` (without an Rvalue). Of an initialiser list or a compound literal, the whole.
struct AssignInfo {
  Place At;
  llvm::StringRef Text, Lvalue, Rvalue; // Lvalue empty for `return`
  bool IsReturn = false;
  bool IsInit = false;                     // initialiser of a local variable or a compound literal
  const VariableInfo *Target = nullptr;    // the whole of this variable is stored to
  const VariableInfo *AddressOf = nullptr; // R is the address of (a part of) this variable
};

struct ParameterInfo {
  llvm::StringRef Name; // empty: unnamed
  Place At;
  bool HoldsPointers = false;   // pointer, function pointer, or a struct by value that holds one
  bool PointsToNumbers = false; // pointer to numbers or characters, declared so
  bool IsStruct = false;        // struct or union passed by value
  bool IsVaList = false;
  bool NoEscape = false; // attribute noescape
  uint64_t Bytes = 0;
  const VariableInfo *Variable = nullptr; // of a definition
};

struct FunctionInfo {
  llvm::StringRef Name; // as written
  Place At;             // the name in the definition
  bool HasBody = false;
  bool IsStatic = false;
  bool IsVariadic = false;
  bool ReturnsPointer = false; // declared so: no integer, no struct
  std::vector<ParameterInfo> Params;
  // attribute malloc, malloc(dealloc, position), alloc_size; positions zero-based, -1: absent.
  bool IsMalloc = false;
  std::string Deallocator; // linkage name, empty: none
  int DeallocatorParam = -1, AllocSizeParam = -1, AllocCountParam = -1;
  bool IsPure = false, IsConst = false;
};

class SourceTable {
public:
  SourceTable();
  ~SourceTable();
  void fill(clang::CompilerInstance &CI, clang::ASTContext &Context);
  // Reads everything that may be asked of what was filled last, so that its AST and the source's
  // buffers may go: for programs of many files.
  void seal();

  // The number of a file known to the table, 0 when it is not; (Directory, Name) as a DIFile has
  // them. Not cheap: the caller remembers the answer.
  unsigned file(llvm::StringRef Directory, llvm::StringRef Name) const;

  // Whether a file (as Place has it) is a system header: what stands there is nobody's to change.
  bool isSystemHeader(llvm::StringRef File) const;

  // What stands at the expansion location (File, Line, Col); null when nothing is known. Of several
  // calls at one place (one macro use), `Function` and `Callee` choose (the name of the
  // DISubprogram and the linkage name; empty: not known, the first).
  const CallInfo *call(unsigned File, unsigned Line, unsigned Col, llvm::StringRef Callee,
                       llvm::StringRef Function = {}) const;
  // At link time: the call that a note of the compile step describes (Notes.h). Null: no note.
  const CallInfo *noted(llvm::StringRef Note) const;
  // At the '=', the `return`, or (initialisers) the variable's name, the '{' of a list or the
  // initialising expression. Of several at one place whose left sides differ, an entry without
  // Lvalue and Rvalue, whose Text is the macro use. At the '}' of a function, where its returns
  // meet: the only return of more than a constant. `Global`: the source name of the variable that
  // is stored to, when the store has one; it chooses among several.
  const AssignInfo *assignment(unsigned File, unsigned Line, unsigned Col,
                               llvm::StringRef Function = {}, llvm::StringRef Global = {}) const;
  // The automatic variables declared by the statement that begins at this place, in the order of
  // the source, those of variable length left out; empty when nothing is known or several
  // declarations are at this place.
  std::vector<const VariableInfo *> declared(unsigned File, unsigned Line, unsigned Col,
                                             llvm::StringRef Function = {}) const;
  // The variable of variable length declared by that statement (null if not exactly one), or the
  // alloca(n) at this place.
  const VariableInfo *dynamic(unsigned File, unsigned Line, unsigned Col,
                              llvm::StringRef Function = {}) const;
  const VariableInfo *variable(unsigned Number) const; // null: no such number
  // The Nth of declared(). Match.h names allocas more reliably.
  const VariableInfo *variable(unsigned File, unsigned Line, unsigned Col, unsigned N) const;
  // A function of this translation unit that is declared or defined, or null.
  const FunctionInfo *function(llvm::StringRef LinkageName) const;

private:
  struct Impl;
  std::unique_ptr<Impl> I;
};

} // namespace escapement

#endif
