/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* gates.h - what may change, and how far: "allocs<=+0%", "sites.moved>=-0", "rss.peak<=64MiB".
 *
 *     GATE   = SUBJECT COMPARISON LIMIT
 *     SUBJECT    a metric of metrics.def, or sites.NAME: how many allocations of the source are so
 *     COMPARISON <=  >=  <  >  ==
 *     LIMIT      +N% or -N%: of what it was; +N or -N: more or less than it was; N: no matter what
 *                it was. N may have a unit: B KiB MiB GiB us ms s.
 *
 * A difference that cannot be told from noise is none: a gate of +N or +N% holds then.
 */
#ifndef ESCAPEMENT_CLI_GATES_H
#define ESCAPEMENT_CLI_GATES_H

#include "input.h"
#include "sitediff.h"

typedef enum SiteCount {
#define SITE_COUNT(which, name, help) COUNT_##which,
#include "sitecounts.def"
#undef SITE_COUNT
    SITE_COUNTS
} SiteCount;

typedef enum Comparison { AT_MOST, AT_LEAST, LESS, MORE, EQUAL } Comparison;

typedef struct Gate {
    const char *text; /* as it was given */
    bool of_sites;
    Metric metric;
    SiteCount count;
    Comparison comparison;
    bool is_relative, is_percent;
    double limit;
} Gate;

typedef struct GateResult {
    bool held, is_noise;
    double before, after, limit; /* the limit in the subject's unit */
    Unit unit;
} GateResult;

/* Ends the program with one line that says what is wrong with it. */
Gate gate_parse(const char *text);
/* `diff`: of the sites, when both have verdicts. Ends the program with one line when what the gate
 * speaks of was not given. */
GateResult gate_check(const Gate *gate, const Input *before, const Input *after,
                      const SiteDiff *diff);
/* "sites.moved": its number in a list. */
double site_count(const VerdictList *list, const SiteDiff *diff, SiteCount count);
const char *site_count_name(SiteCount count);

#endif
