/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* reproduce.h - the smallest part of a program model with which an allocation is still moved. */
#ifndef ESCAPEMENT_CLI_REPRODUCE_H
#define ESCAPEMENT_CLI_REPRODUCE_H

#include "analyse.h"
#include "command.h"

/* Appends to `out` what is left of `model`: the function of the site as it is, what it calls only
 * as far as the verdict depends on it, everything else as declarations or not at all. The whole
 * model when the verdict cannot be found again in it. */
void reproduce(const char *model, const char *models, const Wanted *site, Text *out);

/* Appends those lines of `models` that speak of a function of `model`. */
void models_used(const char *models, const char *model, Text *out);

#endif
