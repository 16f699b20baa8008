/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* library_models.h - models of library functions, one line each, as the module's own operations.
 *
 * NOT HERE  Looking a model up (esc_model_find, model.h), the index of the lines (library_lines.c).
 */
#ifndef ESC_LIBRARY_MODELS_H
#define ESC_LIBRARY_MODELS_H

#include "model.h"

/* analysis/models/libc.models as a string; the build makes it. */
extern const char esc_builtin_models[];

/* Where the line for `name` begins in them, or NULL; whether there is one. */
const char *esc_library_line(const char *name, bool *out_of_memory);
bool esc_library_has(const char *name);

/* Read that line into the module's models; false when there is none. The lines are part of the
 * library, so an error in them is a sticky error. Of the 1,500 a program names a few dozen, and to
 * read all of them costs more than to compile a small file. */
bool esc_library_read(EscModule *m, const char *name);

/* A module that does not know the C library, for tests. */
EscModule *esc_model_new_bare(const EscConfig *config);

/* Like esc_models_read; `user` marks what is read as the user's word, which wins over a body. */
bool esc_models_add(EscModule *m, const char *text, size_t length, bool user, EscError *error);

#endif
