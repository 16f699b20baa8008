/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* leaks.h - what is still allocated at the end, by call site. */
#ifndef ESCRT_LEAKS_H
#define ESCRT_LEAKS_H

#include "rt.h"

/* To standard error, most bytes first. */
void escrt_leaks_report(void);

#endif
