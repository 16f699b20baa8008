/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sitediff.h - how the verdicts of two compiles differ, as people read it. */
#ifndef ESCAPEMENT_CLI_SITEDIFF_H
#define ESCAPEMENT_CLI_SITEDIFF_H

#include "verdicts.h"

/* The worse first, as they are printed. */
typedef enum SiteChangeKind {
    SITE_WORSE,   /* more of it on the heap than before */
    SITE_NEW_BAD, /* it was not there, and is on the heap */
    SITE_OTHER,   /* as bad or as good as before, in other words */
    SITE_BETTER,
    SITE_NEW_GOOD,
    SITE_REMOVED, /* it is not there any more */
    SITE_CHANGES
} SiteChangeKind;

const char *site_change_name(SiteChangeKind kind); /* "worse", "new on the heap", ... */

typedef struct SiteChange {
    SiteChangeKind kind;
    const Verdict *before, *after; /* NULL: not there */
} SiteChange;

typedef struct SiteDiff {
    SiteChange *all; /* by kind, then as verdicts are sorted */
    size_t n;
    size_t count[SITE_CHANGES];
} SiteDiff;

/* Both lists must stay. */
SiteDiff sites_compare(const VerdictList *before, const VerdictList *after);
void sitediff_free(SiteDiff *diff);

/* What escapes now and did not. */
size_t newly_on_heap(const SiteDiff *diff);
/* For a terminal (`colour`) or a log: each change with its flow when it is for the worse. */
void sitediff_print(const SiteDiff *diff, bool colour, Text *out);
/* For a comment; at most `most` of each kind. */
void sitediff_print_markdown(const SiteDiff *diff, size_t most, Text *out);
json_t *sitediff_json(const SiteDiff *diff);

#endif
