/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * compile.h - how the runner calls the compiler, with the plugin and without.
 */
#ifndef ESC_RUNNER_COMPILE_H
#define ESC_RUNNER_COMPILE_H

#include "process.h"
#include "promises.h"

/* At which levels programs that run are built. */
enum Levels {
    LEVELS_ALL, /* at each, plain and with the plugin */
    LEVELS_TWO, /* plain at -O2; with the plugin at -O2, and another one that the name chooses */
    LEVELS_ONE, /* at -O2 */
};

typedef struct Setup {
    const char *compiler;
    const char *plugin; /* absolute; NULL: plain compiles only */
    const char *verify; /* the runtime of verify mode; NULL: it is not tried */
    Host host;
    StringList flags; /* given with every compile, `--with=FLAG` */
    const char *scratch;
    const char *support; /* the directory of the trap programs' helper sources */
    enum Levels levels;  /* of programs that run */
    unsigned seconds;
    bool update;
    bool verbose;
} Setup;

enum Loaded { LOADED_NOTHING, LOADED_QUIET, LOADED_M, LOADED_M2, LOADED_VERIFY };

/* Compiles the case, in its own directory, with its args. `level` is "" where the args name one.
 * `more` are further words, such as "-c", "-o" and a file. */
ProcessResult compile_case(const Setup *s, const Case *c, enum Loaded loaded, const char *level,
                           const StringList *more);
/* Some argument of the case begins with `prefix`. */
bool case_has_arg(const Case *c, const char *prefix);

/* The two kinds of case; both print what is wrong and return how many things were. */
unsigned check_case(const Setup *s, Case *c); /* check.c */
unsigned run_case(const Setup *s, Case *c);   /* trap.c */

#endif
