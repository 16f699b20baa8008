/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* debug.h - ESCAPEMENT_DEBUG: finding the program's errors at the price of time and memory. */
#ifndef ESCRT_DEBUG_H
#define ESCRT_DEBUG_H

#include "rt.h"

/* 0: off. 1: poison, canaries, a quarantine. 2: and every object in pages of its own, with a guard
 * page behind; freed ones trap. 3: and the whole heap checked after every 64th free. */
HIDDEN extern int escrt_debug_level;

void escrt_debug_start(int level);
void *escrt_debug_allocate(size_t size, size_t align, bool *zeroed);
/* The object is validated; class 0: a span of its own. */
void escrt_debug_free(void *p, uint32_t class);
/* The size the object was asked for with. */
size_t escrt_debug_size(const void *p);
/* Is it in the quarantine? */
bool escrt_debug_holds(const void *p);
/* The whole heap; at rest only. */
void escrt_check_everything(void);

void escrt_debug_fork(bool prepare, bool child);

#endif
