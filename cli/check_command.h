/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* check_command.h - the program that has Clang in it, for `check` and for what stands on it. */
#ifndef ESCAPEMENT_CLI_CHECK_COMMAND_H
#define ESCAPEMENT_CLI_CHECK_COMMAND_H

#include <stdbool.h>

/* The path of escapement-check (to be freed); ends the program when it was not built. */
char *check_program(void);
/* Whether it was. */
bool has_check_program(void);

#endif
