/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* objects.h - what object files say of summaries: assumed, defined, and what the symbol table has.
 *
 * NOT HERE  Whether it fits together (link_check.c).
 */
#ifndef ESCAPEMENT_CLI_OBJECTS_H
#define ESCAPEMENT_CLI_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Symbol {
    const char *name;
    bool weak, preemptible; /* preemptible: default visibility */
} Symbol;

typedef struct ObjectVisitor {
    void *context;
    /* A line of .escapement.assumes, of .escapement.defines; `object` as it is to be printed. */
    void (*assumes)(void *context, const char *object, const char *symbol, const char *hash);
    void (*defines)(void *context, const char *object, const char *symbol, const char *hash);
    /* A line of .escapement.takes, of .escapement.reaches: a function and its numbers. */
    void (*takes)(void *context, const char *object, const char *symbol, const char *numbers);
    void (*reaches)(void *context, const char *object, const char *symbol, const char *numbers);
    /* An object, or LLVM bitcode, without .escapement.takes. */
    void (*silent)(void *context, const char *object);
    /* A definition in the symbol table that other objects see. Comes after the lines. */
    void (*symbol)(void *context, const char *object, const Symbol *symbol);
} ObjectVisitor;

/* Visits an object, or the members of an archive: all, or those that are called `member`. Members
 * stay NULL. What is no ELF file for the linker (a script, LLVM bitcode) says nothing. False, with
 * errno, when it cannot be read; thin archives cannot. Functions of `visitor` may be NULL. */
bool visit_objects(const char *path, const char *member, const ObjectVisitor *visitor);
/* An ELF file, an archive or LLVM bitcode. False, with errno: ENOEXEC when it is something else. */
bool is_object(const char *path);

/* Of a linked file: whether it is a shared library that lets the loader put other definitions in
 * the place of its own; each such symbol is visited. False: it is not, or cannot be read. */
bool visit_interposable(const char *path, void *context,
                        void (*each)(void *context, const char *symbol));

/* Whether it is a shared library, and no executable that can be loaded anywhere. */
bool is_shared_library(const char *path);

#endif
