/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* allocate.h - allocation as the runtime's own files call it, whatever names programs use. */
#ifndef ESCRT_ALLOCATE_H
#define ESCRT_ALLOCATE_H

#include "rt.h"

/* malloc and free by names that no other copy of this library in the process can take over. */
HIDDEN void *escrt_own_malloc(size_t size);
HIDDEN void escrt_own_free(void *p);

void *escrt_malloc_slow(size_t size);
void *escrt_new_slow(size_t size);
void escrt_free_slow(void *p);
/* bin: BIN_SCALE * class; p is the start of an object. */
void escrt_free_object(void *p, uint32_t bin);
/* The same of a large object that a cache may hold, whose record says already that it is free. */
void escrt_free_kept(void *p, uint32_t bin);
/* As escrt_free_object, and it seems to be free already. */
void escrt_free_doubted(void *p, uint32_t bin);

/* Aligned to a power of two; zeroed tells whether all bytes are known to be zero. */
void *escrt_allocate(size_t size, size_t align, bool *zeroed);
/* The bytes a program may use of what escrt_malloc returned. Ends the process when it did not, or
 * the object was freed: "WHO of a foreign pointer". */
size_t escrt_usable_size(const void *p, const char *who);

extern const char escrt_entries_are_linked;

/* Makes the heap ready; true when it is. Every path that finds it unready calls it. */
bool escrt_init(void);
bool escrt_is_ready(void);

#endif
