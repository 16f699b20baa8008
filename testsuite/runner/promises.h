/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * promises.h - what a case file says about itself, read from its `//` comments.
 *
 * The words of this small language are explained in testsuite/README.md; the types below are what
 * is left of them once read.
 */
#ifndef ESC_RUNNER_PROMISES_H
#define ESC_RUNNER_PROMISES_H

#include "text.h"

/* One finding that must be printed. `text` NULL: an `imprecise:` whose today is silence. */
typedef struct Promise {
    char *file; /* the base name of the file it speaks of */
    unsigned line;
    unsigned column; /* 0: any */
    char *text;
    char *better;         /* of an `imprecise:`: what should be said, else NULL */
    unsigned source_line; /* where the promise stands, for messages */
    bool kept;            /* set by the check */
} Promise;

typedef struct Case {
    const char *path; /* as given on the command line */
    char *directory;
    char *name; /* base name: what the compiler is given */
    Promise *promises;
    size_t npromises;
    StringList args;
    StringList program_args;
    char *verify;       /* ESCAPEMENT_VERIFY of its run in verify mode; NULL: none */
    StringList errors;  /* the compile fails and says each of these */
    StringList stderrs; /* standard error holds each of these */
    StringList reports; /* a line of the JSON report holds each of these */
    StringList asms, asm_nots;
    bool silent; /* a promise too: no finding at all */
    bool golden; /* -m=2 as in NAME.m2 */
    bool runs;
    long moved; /* sites moved at -O2, -1: not promised */
    bool marks; /* some line carries `moves` or `stays` */
    unsigned *moves, *stays;
    size_t nmoves, nstays;
    long plain_allocs, plugin_allocs; /* -1: not promised */
    bool moved_elsewhere;             /* `moved-gcc:` holds instead of `moved:` */
    unsigned nmarks;                  /* promises of any compiler */
    unsigned others_line;             /* the last promise for another compiler only */
    unsigned differences;             /* marks that say that GCC does something else than Clang */
    bool skipped;                     /* its marks exclude this compiler */
    StringList faults;                /* marks that cannot be read, or contradict */
} Case;

/* Which compiler the case is read for: `expect-gcc:` and `only-llvm:` depend on it. */
typedef struct Host {
    bool gcc;
    unsigned version;
} Host;

/* Reads the file; a file that cannot be read is a fault. */
Case case_read(const char *path, Host host);
void case_free(Case *c);

#endif
