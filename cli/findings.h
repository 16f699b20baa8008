/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* findings.h - the plugin's reports (-fplugin-arg-escapement-report=FILE), read back.
 *
 * A report is one JSON object a line, one file a compilation; the keys are those of
 * plugin/common/Lines.cpp. Every copy of an inlined allocation is a line of its own.
 */
#ifndef ESCAPEMENT_CLI_FINDINGS_H
#define ESCAPEMENT_CLI_FINDINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Finding {
    json_t *json; /* the line; what follows points into it */
    const char *kind, *file, *function, *text;
    long line, col;
    bool good;
    bool printed; /* false: -m=2 and reports only */
    /* NULL unless it is bad news, and always NULL for parameters and results. */
    const char *reason;
    const json_t *flow; /* an array of texts; NULL: none */
    /* Of kind "site" only, NULL otherwise. */
    const char *site, *placement, *allocator;
    /* The function that the call is written in; `function` is the one whose copy this is. */
    const char *within;
    bool moved;
    json_int_t size, slot_bytes; /* -1: not known */
    const char *directory;       /* where the compiler ran; NULL: not known */
    const char *report;          /* the file it was read from; its `number`th line */
    size_t number;
} Finding;

typedef struct Findings {
    Finding *all; /* in the order of the files' names, then of their lines */
    size_t n, capacity;
    char **paths;
    size_t npaths, paths_capacity;
} Findings;

/* Below this name in the directory of reports `escapement cc` keeps each one under the path of the
 * directory that the compiler ran in; a part of the path that begins with ":" ends it. */
#define REPORTS_FROM "from"

/* Where `escapement cc` leaves how the file of a report was compiled (a compile database); to be
 * freed. It may not be there. */
char *command_of_report(const char *report);

/* Adds a report, every report (*.json, *.jsonl) in a directory and below it, or standard input for
 * "-". Ends the program with one line when one cannot be read, or is no report of this version, and
 * when a directory holds none. */
void findings_read(Findings *findings, const char *path);
/* Whether a file's first line says that it is a report: to tell it from other JSON. */
bool is_finding(const json_t *line);
void findings_free(Findings *findings);

#endif
