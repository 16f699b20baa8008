/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* change.h - whether a metric changed between two measurements, and the table that says so.
 *
 * What does not vary between runs (the allocations of most programs) changed exactly when it
 * differs; of everything else the Mann-Whitney test says whether it did.
 */
#ifndef ESCAPEMENT_CLI_CHANGE_H
#define ESCAPEMENT_CLI_CHANGE_H

#include "measurement.h"
#include "table.h"

typedef enum ChangeKind {
    CHANGE_NONE,  /* no difference at all */
    CHANGE_NOISE, /* none that the runs can tell from noise */
    CHANGE_REAL,  /* by the test */
    CHANGE_EXACT, /* by counting */
} ChangeKind;

typedef struct MetricChange {
    ChangeKind kind;
    double before, after; /* medians */
    double part;          /* after / before - 1; infinite when only `before` is 0 */
    double p;
} MetricChange;

MetricChange metric_change(const Measurement *before, const Measurement *after, Metric metric);

/* All metrics; `before` NULL: of one measurement alone. `colour`: for a terminal. */
void print_metrics(const Measurement *before, const Measurement *after, TableForm form, bool colour,
                   Text *out);
/* The size classes and the sites with the most bytes; `most` of each. */
void print_classes(const Measurement *before, const Measurement *after, size_t most, TableForm form,
                   Text *out);
void print_sites(const Measurement *m, size_t most, TableForm form, Text *out);

#endif
