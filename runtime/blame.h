/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* blame.h - the line about a pointer that must not be freed, and what it points to. */
#ifndef ESCRT_BLAME_H
#define ESCRT_BLAME_H

/* "escapement: WHAT: ADDRESS, span, size class, state", then the end. */
_Noreturn void escrt_die_of(const void *p, const char *what);

#endif
