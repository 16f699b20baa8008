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
class CompilerInstance;
}

namespace escapement {

// Makes the macro that annotate.h asks for known. REQUIRES  Nothing is parsed yet.
void announceAnnotations(clang::CompilerInstance &CI);

// Reads and takes off the annotations of declarations that were just parsed.
// REQUIRES  No code was made of them.
void readAnnotations(clang::CompilerInstance &CI, clang::DeclGroupRef Group, Promises &Out);

} // namespace escapement

#endif
