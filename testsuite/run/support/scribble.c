/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * scribble.c - fill the dead stack below the caller with a pattern.
 */
#include "trap.h"

/* More than any frame of a trap program: the default frame budget is 64 KiB. */
enum { DEAD_BYTES = 96 * 1024, PATTERN = 0xdb };

NOINLINE void esc_scribble(void) {
    volatile unsigned char dead[DEAD_BYTES];
    for (size_t i = 0; i < sizeof dead; i++)
        dead[i] = PATTERN;
}
