/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* error.h - text without allocation: buffers with a bound, warnings, the last line of a process. */
#ifndef ESCRT_ERROR_H
#define ESCRT_ERROR_H

#include "rt.h"

#include <stdarg.h>

/* Text in a fixed buffer. What does not fit is dropped when there is no file to flush to. */
typedef struct Text {
    char *bytes;
    size_t length, capacity;
    size_t total; /* what was printed in all, flushed or dropped too */
    int fd;       /* full buffers go there; -1: nowhere */
} Text;

/* Knows %s %c %d %u %x %p %% with l and z for long and size_t; nothing else. */
void escrt_text_print(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void escrt_text_vprint(Text *text, const char *format, va_list arguments);
void escrt_text_flush(Text *text);

/* "escapement: ..." on standard error, one line in one write. */
void escrt_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void escrt_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
