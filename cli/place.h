/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* place.h - where the plugins, the runtime and the compilers for them are.
 *
 * Everything is found from the place of `escapement` itself, in the build tree and in the installed
 * one, so that neither needs a variable; a plugin is for one kind and version of compiler.
 */
#ifndef ESCAPEMENT_CLI_PLACE_H
#define ESCAPEMENT_CLI_PLACE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum Product { RUNTIME, RUNTIME_STATIC, VERIFY, MEASURE, ANNOTATE, PRODUCTS } Product;
typedef enum CompilerKind { COMPILER_CLANG, COMPILER_GCC } CompilerKind;

typedef struct Plugin {
    CompilerKind kind;
    unsigned version; /* the compiler's major version */
    char *path;       /* absolute */
    bool exists;
    char *link_path; /* what lld loads, beside it; NULL: GCC's linker loads none */
} Plugin;

typedef struct Place {
    char *directory; /* of the executable */
    bool is_build_tree;
    char *products[PRODUCTS]; /* absolute; NULL: not there */
    Plugin *plugins;          /* those that were built, the preferred first */
    size_t nplugins;
} Place;

const Place *place(void);

typedef struct Compiler {
    char *program; /* a path */
    CompilerKind kind;
    unsigned version;
} Compiler;

const char *kind_name(CompilerKind kind); /* "Clang" or "GCC" */
/* Where NAME is in PATH; a NAME with a slash is itself. NULL: not there, or not executable. */
char *find_program(const char *name);
/* What NAME is. False: no such program, or neither Clang nor GCC. */
bool identify_compiler(const char *name, Compiler *compiler);
/* A compiler that there is a plugin for: `wanted` is clang, gcc, or a program; NULL: any. Ends the
 * program with one line when there is none. */
Compiler choose_compiler(const char *wanted);
/* NULL: none was built, or it is not where it should be. */
const Plugin *plugin_for(const Compiler *compiler);

#endif
