/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cc.h - what `escapement cc` adds to a compiler's command line, for those that only show it. */
#ifndef ESCAPEMENT_CLI_CC_H
#define ESCAPEMENT_CLI_CC_H

#include "cmdline.h"
#include "place.h"

typedef enum RuntimeChoice { RUNTIME_SHARED, RUNTIME_ARCHIVE, RUNTIME_NONE } RuntimeChoice;

typedef struct Wrapping {
    const char *compiler, *launcher, *report; /* NULL: not given */
    RuntimeChoice runtime;
    char **args; /* of the plugin */
    size_t nargs;
    bool print;
} Wrapping;

typedef struct Arguments {
    char **all; /* ends with NULL once there is one */
    size_t n;
} Arguments;

/* From ESCAPEMENT_COMPILER, _LAUNCHER, _REPORT, _RUNTIME and _ARGS. */
Wrapping wrapping_from_environment(void);
void arguments_add(Arguments *list, char *argument); /* takes it */
void add_plugin_arguments(const Wrapping *w, const Plugin *plugin, Arguments *list);
void add_runtime_arguments(const Wrapping *w, bool is_static, Arguments *list);

#endif
