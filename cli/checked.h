/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* checked.h - what escapement-check says of one file: the compiler's lines, and the program model
 * to analyse again. For `why`, and for what `top` tries.
 */
#ifndef ESCAPEMENT_CLI_CHECKED_H
#define ESCAPEMENT_CLI_CHECKED_H

#include <stddef.h>

typedef struct CheckedFile {
    char *model, *lines; /* texts */
    size_t model_length;
    char *directory; /* where the compiler ran: relative names in the model are from there */
} CheckedFile;

typedef struct FileToCheck {
    const char *build; /* a compile database; NULL: `command` */
    const char *file;  /* of the database; NULL: its only one */
    char **command;    /* a compiler with its arguments, up to NULL */
    char **options;    /* of escapement-check besides */
    size_t noptions;
} FileToCheck;

/* NULL when `out` was filled; else what went wrong, a line to be freed. REQUIRES  escapement-check
 * is there (check_program). */
char *check_file(const FileToCheck *wanted, CheckedFile *out);
void checked_free(CheckedFile *checked);

#endif
