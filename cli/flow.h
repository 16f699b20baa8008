/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* flow.h - the flow of a finding, taken apart into what a picture of it needs.
 *
 * Reports have it as the lines of -m=2 (the diagnostics: "flow: {heap} = n:", "from head = n
 * (stored in global) at t.c:15:8"), one text a line.
 */
#ifndef ESCAPEMENT_CLI_FLOW_H
#define ESCAPEMENT_CLI_FLOW_H

#include <jansson.h>
#include <stdbool.h>

typedef struct FlowStep {
    char *holder; /* what holds the pointer from here on: "n", "{heap}", "~r0" */
    char *source; /* what it had from: "&{malloc(8)}", "n" */
    char *text;   /* the place in the source: "head = n"; "" when it is not said */
    char *how;    /* "stored in global" */
    char *file;   /* "" when it has no place */
    long line, col;
} FlowStep;

typedef struct Flow {
    FlowStep *steps;
    size_t n;
} Flow;

/* "t.c:15:8", where the name may hold colons, taken apart; *file is to be freed. False: no place.
 */
bool split_place(const char *text, char **file, long *line, long *col);

/* Lines that are not understood are left out. `lines`: an array of texts, or NULL. */
Flow flow_of(const json_t *lines);
void flow_free(Flow *flow);

#endif
