/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* rows.h - what is measured: the table of rows (rows.def) and one measurement of one of them. */
#ifndef ROWS_H
#define ROWS_H

#include <stddef.h>

typedef enum { ONE, TWO, EIGHT, REAL, NGROUPS } Group;
typedef enum { RUN, SERVE, MEMORY } Kind;

typedef struct {
    const char *name;
    Group group;
    Kind kind;
    const char *command, *client;
} Row;

extern const Row bench_rows[];
extern const size_t bench_nrows;
extern const char *const bench_group_names[NGROUPS];

/* An allocator: a library to preload, and settings of its own ("VAR=VALUE", or NULL). */
typedef struct {
    const char *name, *library, *setting;
} Contestant;

typedef struct {
    const char *programs, *inputs, *scratch; /* @B, @I, @W */
} Places;

enum { MAX_METRICS = 4, METRIC_NAME = 24 };

typedef struct {
    double cpu_s, rss_kib;
    size_t nmetrics; /* MEMORY rows alone */
    char metric_names[MAX_METRICS][METRIC_NAME];
    double metrics[MAX_METRICS];
} Sample;

/* Run the row once. Returns 0 and a line on stderr when the program fails or takes too long. */
int bench_measure(const Row *row, const Contestant *contestant, const Places *places,
                  Sample *sample);

#endif
