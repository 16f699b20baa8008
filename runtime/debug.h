/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* debug.h - ESCAPEMENT_DEBUG: finding the program's errors at the price of time and memory. */
#ifndef ESCRT_DEBUG_H
#define ESCRT_DEBUG_H

#include "rt.h"

/* 0: off. 1: poison, canaries, a quarantine. 2: and every object in pages of its own, with a guard
 * page behind; freed ones trap. 3: and the whole heap checked after every 64th free. */
HIDDEN extern int escrt_debug_level;

void escrt_debug_start(int level);
/* flags: of a span of its own, which an object with flags gets (SPAN_SAMPLED); 0: whatever fits. */
void *escrt_debug_allocate(size_t size, size_t align, uint8_t flags, bool *zeroed);
/* The object is validated; class 0: a span of its own. */
void escrt_debug_free(void *p, uint32_t class);
/* The size the object was asked for with. */
size_t escrt_debug_size(const void *p);
/* Was the object freed, whether it still waits or not? */
bool escrt_debug_is_freed(const void *p);
/* What was freed and still waits: was it written to? Ends the process then. */
void escrt_debug_check(void);
/* The whole heap; at rest only. */
void escrt_check_everything(void);

void escrt_debug_fork(bool prepare, bool child);

#endif
