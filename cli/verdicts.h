/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* verdicts.h - what the compile says of each allocation of the source: one verdict for one call as
 * it is written, made of all its copies; and the committed file that keeps them (a baseline).
 *
 * A verdict is known by its file, the function that it is written in, its expression, and a number
 * where these are equal: not by its line, so that what stands above it may change.
 */
#ifndef ESCAPEMENT_CLI_VERDICTS_H
#define ESCAPEMENT_CLI_VERDICTS_H

#include "command.h"
#include "findings.h"

#include <stdbool.h>
#include <stddef.h>

/* The better first. */
typedef enum VerdictKind {
    VERDICT_GONE,   /* optimized away by the compiler */
    VERDICT_MOVED,  /* all copies */
    VERDICT_PARTLY, /* some copies */
    VERDICT_KEPT,   /* it dies in its function, and stays on the heap */
    VERDICT_ESCAPES,
    VERDICTS
} VerdictKind;

/* "moved", "partly", ...: in gates and JSON. */
const char *verdict_name(VerdictKind kind);

typedef struct Verdict {
    char *file, *function, *expression;
    unsigned ordinal; /* from 1, among equal ones */
    VerdictKind kind;
    char *text;             /* without the expression: "escapes to heap: returned" */
    long line, col;         /* 0: not known */
    const Finding *finding; /* of the worst copy; NULL: from a baseline */
} Verdict;

typedef struct VerdictList {
    Verdict *all; /* sorted by file, function, expression, ordinal */
    size_t n, capacity;
    size_t count[VERDICTS];
} VerdictList;

/* `root`: files below that directory are named relative to it. `findings` must stay. */
VerdictList verdicts_of(const Findings *findings, const char *root);
/* Less than, equal to or greater than 0, as the two are sorted; their order in the file. */
int verdict_order(const Verdict *a, const Verdict *b);

void baseline_print(const VerdictList *list, Text *out);
/* Is this text a baseline, whatever its version? */
bool is_baseline(const char *text);
/* Ends the program with one line when `text`, of the file `path`, is not what baseline_print makes.
 */
VerdictList baseline_read(const char *text, const char *path);
void verdicts_free(VerdictList *list);

#endif
