// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walk.h - which places of a function body the source table knows.
//
// One walk over the statements of a function, top down: every child is visited together with where
// its value goes, so that nothing ever asks for the parent of a node.
//
// NOT HERE  Texts and answers (SourceText.cpp, SourceAnswers.cpp).
#ifndef ESCAPEMENT_PLUGIN_WALK_H
#define ESCAPEMENT_PLUGIN_WALK_H

#include "Source.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "llvm/Support/Allocator.h"
#include <functional>

namespace escapement {

// The way from a variable to an element that an initialiser list names: `.a[0]`, innermost first.
struct ElementPath {
  const ElementPath *Outer;
  const clang::FieldDecl *Field; // null: the element of an array
  uint64_t Index;
};

// Where the value of an expression goes without being changed.
struct Target {
  Destination Kind = Destination::None;
  // Assign: BinaryOperator. Init: VarDecl, or CompoundLiteralExpr (IsLiteral). Return: ReturnStmt.
  // Argument: CallExpr.
  const void *Node = nullptr;
  const ElementPath *Path = nullptr; // Init
  unsigned Index = 0;                // Argument
  bool IsLiteral = false;            // Init
};

enum class EntryKind : uint8_t {
  Call,     // Node: CallExpr
  Assign,   // BinaryOperator that assigns, or UnaryOperator that counts
  Init,     // VarDecl
  Literal,  // CompoundLiteralExpr
  Return,   // ReturnStmt
  Declared, // DeclStmt with automatic variables
  End,      // FunctionDecl, at the '}' where the returns of a function meet
};

struct Entry {
  EntryKind Kind;
  const void *Node;
  const clang::FunctionDecl *In;
  Target To; // Call
};

// `Enter` gets every entry with the location that CodeGen gives its instructions.
void walkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                  llvm::BumpPtrAllocator &Memory,
                  llvm::function_ref<void(clang::SourceLocation, const Entry &)> Enter);

// An automatic variable that is no parameter.
bool isAutomatic(const clang::VarDecl *Variable);

} // namespace escapement

#endif
