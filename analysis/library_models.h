/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* library_models.h - models of library functions, one line each, as the module's own operations.
 *
 * NOT HERE  Looking a model up (esc_model_find, model.h).
 */
#ifndef ESC_LIBRARY_MODELS_H
#define ESC_LIBRARY_MODELS_H

#include "model.h"

/* analysis/models/libc.models as a string; the build makes it. */
extern const char esc_builtin_models[];

/* Add the built-in models. They are part of the library, so an error in them is a sticky error. */
void esc_models_install(EscModule *m);

/* A module without any models, for tests that make thousands. */
EscModule *esc_model_new_bare(const EscConfig *config);

/* Like esc_models_read; `user` marks what is read as the user's word, which wins over a body. */
bool esc_models_add(EscModule *m, const char *text, size_t length, bool user, EscError *error);

#endif
