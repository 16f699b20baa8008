/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* terminal.h - colour, and the progress of long work: only where a person looks.
 *
 * Colours go to a terminal that knows them, and never when NO_COLOR is set to anything
 * (https://no-color.org) or TERM is dumb. Progress is one line on standard error that replaces
 * itself; where standard error is no terminal it is a line every ten seconds, for logs.
 */
#ifndef ESCAPEMENT_CLI_TERMINAL_H
#define ESCAPEMENT_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

typedef enum Paint {
    PAINT_NONE,
    PAINT_BOLD,
    PAINT_DIM,
    PAINT_RED,
    PAINT_GREEN,
    PAINT_YELLOW
} Paint;

bool has_colour(FILE *out);
/* What switches to that colour on `out`; "" where it has none. PAINT_NONE ends it. */
const char *paint(FILE *out, Paint colour);

typedef struct Progress {
    const char *what;
    size_t total; /* 0: not known */
    time_t last;
    bool terminal, shown;
} Progress;

Progress progress_start(const char *what, size_t total);
/* `detail`: which one is at work; may be NULL. */
void progress_step(Progress *progress, size_t done, const char *detail);
/* Takes the line away again: before anything else is printed, and at the end. */
void progress_end(Progress *progress);

#endif
