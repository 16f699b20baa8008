/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* scavenge.h - free memory goes back to the system. */
#ifndef ESCRT_SCAVENGE_H
#define ESCRT_SCAVENGE_H

#include "rt.h"

/* To be called without a lock when pages may have become free. */
void escrt_scavenge_notice(void);
/* Everything that is free, now, but `keep` bytes of whole pages; returns bytes given back. */
size_t escrt_scavenge_now(size_t keep);
/* Starts the thread, whatever there is to do. */
void escrt_scavenge_start(void);

void escrt_scavenge_fork(bool prepare, bool child);

#endif
