/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* central.h - the central list of each size class: batches of objects in, batches out. */
#ifndef ESCRT_CENTRAL_H
#define ESCRT_CENTRAL_H

#include "span.h"

/* Fills `objects` with up to n of the class, the lowest address last; returns how many: few while
 * few are in use, 0 is out of memory. */
uint32_t escrt_central_take(uint32_t class, void **objects, uint32_t n);
/* Takes them back. Ends the process when one is no object of the class, or is free already. */
void escrt_central_give(uint32_t class, void *const *objects, uint32_t n);

/* Counts an allocation that no cache has counted. */
void escrt_central_count(uint32_t class);

typedef struct ClassStats {
    uint64_t spans, objects; /* objects: that the spans have room for */
    uint64_t free_objects;   /* in the spans, so neither cached nor in use */
    uint64_t released_bytes; /* OS pages of spans in use that were given back */
    uint64_t direct_allocs;
} ClassStats;

ClassStats escrt_central_stats(uint32_t class);

/* Is this object, of a small span, not handed out? */
bool escrt_central_is_free(const Span *span, uint32_t index);

/* Gives back the system's pages that lie wholly in free objects of spans in use; returns bytes. */
size_t escrt_central_release(void);

void escrt_central_fork(bool prepare, bool child);
void escrt_central_check(void);

#endif
