/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* analyse.h - a program model in its text form, analysed here as the compiler's plugin does. */
#ifndef ESCAPEMENT_CLI_ANALYSE_H
#define ESCAPEMENT_CLI_ANALYSE_H

#include "escapement/analysis.h"

/* The module of `text`, analysed, with the library models that are built in and those of `models`
 * (one after the other; "" when there are none). NULL, and `error` filled, when a text is not as it
 * must be. */
EscModule *analyse_text(const char *text, size_t length, const char *models, EscError *error);

/* An allocation of the source, by what its line says. */
typedef struct Wanted {
    const char *function, *file;
    uint32_t line, col;
} Wanted;

/* Whether the model moves that allocation. `flow`, unless NULL, gets the lines of -m=2 (to be
 * freed). */
bool is_moved(EscModule *m, const Wanted *site, char **flow);

#endif
