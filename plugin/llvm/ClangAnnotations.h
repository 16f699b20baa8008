// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ClangAnnotations.h - the promises of a source (escapement/annotate.h), read from its AST.
//
// Clang keeps them as annotate attributes. They are taken off again before code is made, because an
// annotation of a local variable keeps it in memory: with promises the object is the same as
// without.
//
// NOT HERE  Whether a promise is kept (Promises.h).
#ifndef ESCAPEMENT_PLUGIN_CLANG_ANNOTATIONS_H
#define ESCAPEMENT_PLUGIN_CLANG_ANNOTATIONS_H

#include "Promises.h"
#include "clang/AST/DeclGroup.h"

namespace clang {
class ASTContext;
class CompilerInstance;
class VarDecl;
} // namespace clang

namespace escapement {

// Makes the macro that annotate.h asks for known. REQUIRES  Nothing is parsed yet.
void announceAnnotations(clang::CompilerInstance &CI);

// ESC_MAY_HEAP of variables outside of functions, with the number of the promise: what is assigned
// to them stands anywhere in the file.
using FileScopePromises = std::vector<std::pair<const clang::VarDecl *, size_t>>;

// Reads and takes off the annotations of declarations that were just parsed.
// REQUIRES  No code was made of them.
void readAnnotations(clang::CompilerInstance &CI, clang::DeclGroupRef Group, Promises &Out,
                     FileScopePromises &Outside);
// Once the whole file is parsed: finds what is assigned to them.
void completeAnnotations(clang::CompilerInstance &CI, clang::ASTContext &Context,
                         const FileScopePromises &Outside, Promises &Out);

} // namespace escapement

#endif
