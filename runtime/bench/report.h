/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* report.h - what was measured, and the two forms it is printed in. */
#ifndef REPORT_H
#define REPORT_H

#include "rows.h"

#include <stdio.h>

enum { MAX_CONTESTANTS = 12, MAX_ROUNDS = 101 };

typedef struct {
    Sample *samples; /* room for one a round */
    size_t nsamples;
    int failed;
} Cell;

typedef struct {
    const Contestant *contestants;
    size_t ncontestants;
    const char *selected; /* one byte a row: measured? */
    Cell *cells;          /* row * MAX_CONTESTANTS + contestant */
} Results;

void bench_print_table(FILE *out, const Results *results);
void bench_print_json(FILE *out, const Results *results);

#endif
