/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measurement.h - what the runs of one command cost, and the file that keeps it.
 *
 * The file is one JSON document, {"escapement": "measure", "version": 1, ...}: the command that was
 * measured, and the one it was measured against.
 */
#ifndef ESCAPEMENT_CLI_MEASUREMENT_H
#define ESCAPEMENT_CLI_MEASUREMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum Metric {
#define METRIC(which, name, unit, help) which,
#include "metrics.def"
#undef METRIC
    METRICS
} Metric;

typedef enum Unit { UNIT_COUNT, UNIT_BYTES, UNIT_SECONDS } Unit;

const char *metric_name(Metric metric);
const char *metric_help(Metric metric);
Unit metric_unit(Metric metric);
/* False: there is none of that name. */
bool metric_named(const char *name, size_t length, Metric *metric);
/* The names of all, for messages: "allocs, frees, ...". */
const char *metric_names(void);
/* "1234", "1.205 MiB", "12.34 ms". Belongs to the next but three calls. */
const char *format_amount(Unit unit, double value);

typedef struct ClassCounts {
    uint64_t size; /* bytes of an object; 0: those above the largest class */
    double allocs, frees;
} ClassCounts;

/* A place that allocates, of one run whose heap was sampled. */
typedef struct MeasuredSite {
    char *place; /* "FILE:LINE", or the file that was mapped when there is no debug information */
    char *function; /* "" when not known */
    char *via;      /* the functions it was allocated through */
    double objects, bytes;
} MeasuredSite;

typedef struct Measurement {
    char *command; /* as a shell would read it */
    size_t nruns;
    double *values[METRICS]; /* of each run */
    size_t programs;         /* that the first run executed */
    ClassCounts *classes;    /* medians; those with an allocation, by size */
    size_t nclasses;
    MeasuredSite *sites; /* the most bytes first */
    size_t nsites;
    int64_t period; /* one sample for so many bytes; 1: every allocation; 0: no sites */
} Measurement;

double metric_median(const Measurement *m, Metric metric);
void add_run(Measurement *m, const double values[METRICS]);

json_t *measurement_document(const Measurement *measured, const Measurement *against);
/* `against` may be NULL; its nruns is 0 when the file has none. Ends the program with one line when
 * the document, read from `path`, is not what measurement_document makes. */
void measurement_read(const json_t *document, const char *path, Measurement *measured,
                      Measurement *against);
bool is_measurement(const json_t *document);

#endif
