/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* terminal.c - see terminal.h. */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECONDS_BETWEEN_LINES = 10 };

bool has_colour(FILE *out) {
    const char *none = getenv("NO_COLOR"), *kind = getenv("TERM");
    return !(none && *none) && kind && strcmp(kind, "dumb") != 0 && isatty(fileno(out));
}

const char *paint(FILE *out, Paint colour) {
    static const char *const codes[] = {
        [PAINT_NONE] = "\033[0m", [PAINT_BOLD] = "\033[1m",   [PAINT_DIM] = "\033[2m",
        [PAINT_RED] = "\033[31m", [PAINT_GREEN] = "\033[32m", [PAINT_YELLOW] = "\033[33m",
    };
    return has_colour(out) ? codes[colour] : "";
}

Progress progress_start(const char *what, size_t total) {
    return (Progress){
        .what = what, .total = total, .last = time(NULL), .terminal = isatty(STDERR_FILENO)};
}

void progress_step(Progress *progress, size_t done, const char *detail) {
    time_t now = time(NULL);
    if (!progress->terminal && now - progress->last < SECONDS_BETWEEN_LINES)
        return;
    progress->last = now;
    progress->shown = true;
    fprintf(stderr, "%s%s %zu", progress->terminal ? "\r\033[K" : "", progress->what, done);
    if (progress->total)
        fprintf(stderr, " of %zu", progress->total);
    if (detail)
        fprintf(stderr, ": %s", detail);
    fputs(progress->terminal ? "" : "\n", stderr);
    fflush(stderr);
}

void progress_end(Progress *progress) {
    if (progress->terminal && progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
