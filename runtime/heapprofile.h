/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* heapprofile.h - the heap profile as a whole: when it starts, and when it is written. */
#ifndef ESCRT_HEAPPROFILE_H
#define ESCRT_HEAPPROFILE_H

#include "rt.h"

/* For init.c. Starts what the environment asks for; writes and reports it at the end. */
void escrt_heapprofile_start(void);
void escrt_heapprofile_exit(void);
void escrt_heapprofile_fork(bool prepare, bool child);

#endif
