/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * findings.h - the lines FILE:LINE:COL: TEXT that a compiler printed, against those promised.
 */
#ifndef ESC_RUNNER_FINDINGS_H
#define ESC_RUNNER_FINDINGS_H

#include "promises.h"

typedef struct Finding {
    char *file; /* base name */
    unsigned line, column;
    char *text;
    char *whole; /* the line as printed */
} Finding;

typedef struct Findings {
    Finding *at;
    size_t n;
} Findings;

/* Keeps our lines of a compiler's standard error; its own messages (error:, warning:, note:,
 * remark:) are not findings. */
Findings findings_read(const char *err);
void findings_free(Findings *f);

/* The whole lines, each with its newline, in fresh memory. */
char *findings_text(const Findings *f);
/* A site moved out of the heap is what the finding reports. */
bool finding_moved(const Finding *f);
size_t findings_moved(const Findings *f);
/* Any moved object, to the stack or to the heap: the object file may then differ from a plain
 * one. */
bool findings_rewrote(const Findings *f);

/* Both directions: prints and counts every finding not promised, every promise not found and
 * every imprecise: whose better text is printed by now. */
unsigned findings_check(const Findings *f, Case *c);
/* Lines are sorted by place and text, and none is printed twice. Prints and counts. */
unsigned findings_check_order(const Findings *f, const Case *c);

#endif
