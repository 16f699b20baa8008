// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Source.h - what the source says at a place: texts, names and positions, taken from the AST.
//
// The IR knows a place only as (file, line, column) of a debug location. This table is filled once,
// before the IR pipeline runs, and answers for such a place which call, assignment or return stands
// there and how it is written.
//
// INVARIANT  The table owns every string it hands out; pointers to its entries are valid as long as
// it lives. It is not changed after fill().
//
// NOT HERE  Anything about LLVM IR (Lower.cpp) or about printing (Report.cpp).
#ifndef ESCAPEMENT_PLUGIN_SOURCE_H
#define ESCAPEMENT_PLUGIN_SOURCE_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include <deque>
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

struct ArgumentInfo {
  Place At;
  llvm::StringRef Text;
};

// Where the source puts the result of a call at once; the same names as EscDestKind.
enum class Destination { None, Assign, Init, Return, Argument };

struct CallInfo {
  Place At;               // where a site at this call is reported
  llvm::StringRef Text;   // EXPR: the call without casts; in a macro the macro use
  llvm::StringRef Callee; // the callee as written
  std::vector<ArgumentInfo> Args;
  Destination Dest = Destination::None;
  Place DestAt;           // the '=' of an assignment or initialiser, the `return`, the argument
  llvm::StringRef DestText, DestLvalue;
};

// `L = R`, at the '='; also `T L = R` at the '=' of the initialiser, `return R` at the `return`.
struct AssignInfo {
  Place At;
  llvm::StringRef Text, Lvalue, Rvalue; // Lvalue empty for `return`
  bool IsReturn = false;
};

struct VariableInfo {
  llvm::StringRef Name; // "compound literal" where there is none
  Place At;             // the name in the declarator
  uint64_t Bytes = 0;
};

struct ParameterInfo {
  llvm::StringRef Name; // empty: unnamed
  Place At;
  bool HoldsPointers = false; // pointer, function pointer, or a struct by value that holds one
  bool IsStruct = false;      // struct or union passed by value
  bool IsVaList = false;
  bool NoEscape = false;      // attribute noescape
  uint64_t Bytes = 0;
};

struct FunctionInfo {
  llvm::StringRef Name; // as written
  Place At;             // the name in the definition
  bool HasBody = false;
  bool ReturnsPointer = false; // the result may hold a pointer
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

  // The number of a file known to the table, 0 when it is not; (Directory, Name) as a DIFile has
  // them. Not cheap: the caller remembers the answer.
  unsigned file(llvm::StringRef Directory, llvm::StringRef Name) const;

  // What stands at the expansion location (File, Line, Col); null when nothing is known. Of several
  // calls at one place (one macro use), `Callee` chooses (linkage name, empty: the first).
  const CallInfo *call(unsigned File, unsigned Line, unsigned Col, llvm::StringRef Callee) const;
  // At the '=', or the `return`, or (initialisers) the variable's name.
  const AssignInfo *assignment(unsigned File, unsigned Line, unsigned Col) const;
  // The Nth (from 0) automatic variable or compound literal declared by the statement that begins
  // at this place, in the order of the source.
  const VariableInfo *variable(unsigned File, unsigned Line, unsigned Col, unsigned N) const;
  const FunctionInfo *function(llvm::StringRef LinkageName) const;

private:
  struct Impl;
  std::unique_ptr<Impl> I;
};

} // namespace escapement

#endif
