/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* join.h - what a program allocated, by the place in the source that is to blame, with the verdict
 * of the compile on that place.
 *
 * Memory of a function whose result is fresh memory (xmalloc) belongs to its caller; `via` says
 * through which functions it came.
 */
#ifndef ESCAPEMENT_CLI_JOIN_H
#define ESCAPEMENT_CLI_JOIN_H

#include "findings.h"
#include "profile.h"
#include "symbols.h"

/* What analysing again with the change assumed said of an advice. */
typedef enum Tried { TRY_NOT_ASKED, TRY_HELPS, TRY_IN_VAIN, TRY_IMPOSSIBLE } Tried;

typedef struct Row {
    const Finding *finding; /* the verdict's; NULL: there is none */
    char *file;             /* as the report spells it; "" when not known */
    char *path;             /* of the file, by the debug information; "" when not known */
    long line, col;
    char *function, *expression; /* "parse", "malloc(64)" */
    char *verdict;               /* "escapes to heap: returned" */
    const char *reason;          /* a code, of reasons.def or advice.h; NULL: none */
    char *advice;                /* NULL: none */
    const char *wrapper;         /* REASON_WRAPPER: the function that hands out fresh memory */
    Tried tried;                 /* tried.h fills both */
    char *tried_text;            /* the change that helps, or why there is none; NULL: not asked */
    char *via;                   /* "xstrdup -> xmalloc -> malloc(n)"; "" when it is called here */
    Amount amount;
    size_t nstacks;
} Row;

typedef struct Join {
    Row *rows;
    size_t nrows, capacity;
    Amount total;  /* of all rows, which is that of the profile */
    size_t nfound; /* rows with a verdict of the report */
} Join;

typedef enum Order { BY_BYTES, BY_COUNT, BY_BYTES_IN_USE, BY_COUNT_IN_USE } Order;

void join(Join *joined, const Profile *profile, Symbols *symbols, const Findings *findings);
void join_sort(Join *joined, Order order);
int64_t amount_by(const Amount *amount, Order order);
void join_free(Join *joined);

/* The call as it is written, of a finding's text; to be freed. */
char *expression_of(const Finding *finding);
/* What its text says of it; to be freed. */
char *verdict_of(const Finding *finding);

#endif
