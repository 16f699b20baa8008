/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cache.h - a cache of free objects for each CPU. Read by assembly too: the numbers come first. */
#ifndef ESCRT_CACHE_H
#define ESCRT_CACHE_H

/* A bin is 16 bytes and x86 scales by 8 at most, so bins are numbered in steps of 2. */
#define BIN_SCALE 2
/* Where the table of classes by size begins in a slab: after 84 bins. */
#define SLAB_TABLE 1344
/* Before a slab: for 4096 values of the bits 4 to 15 of an address, the slot where an object there
 * was put when it was freed last; 2 bytes each. */
#define SLAB_RECENT 8192
/* The table of slabs begins at the base of the heap, with this many before that of CPU 0. */
#define SLABS_BEFORE 2
/* PageRecord.mask of the first page of a large object that caches may hold. No small span has
 * these. */
#define RECORD_LIVE 1
#define RECORD_CACHED 2
/* What a pop adds to a bin's header: one slot less, one pop more. */
#define HEADER_POP 65535

/* Restartable sequences are for fast_*.S. ThreadSanitizer cannot see into assembly and would report
 * every object that moves between threads: a build for it does without, and so may any that says
 * so. */
#if defined __has_feature
#if __has_feature(thread_sanitizer)
#define ESCRT_THREAD_SANITIZER 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define ESCRT_THREAD_SANITIZER 1
#endif
#ifdef ESCRT_THREAD_SANITIZER
#define ESCRT_NO_RSEQ 1
#endif
#if (defined __x86_64__ || defined __aarch64__) && !defined ESCRT_NO_RSEQ
#define ESCRT_RSEQ 1
#endif

#ifndef __ASSEMBLER__

#include "classes.h"

/* The objects of one class in one cache: slots [begin, top) of the slab. The header is one word
 * so that one store changes it: the low 16 bits are `top`, the others count the objects that
 * programs took. The slot before `begin` is NULL: an empty bin pops NULL. */
typedef struct Bin {
    uint64_t header;
    uint16_t end; /* top when full; 0: this bin takes nothing */
    uint16_t begin;
    uint16_t limit; /* what end may become */
    uint16_t unused;
} Bin;

/* Slots are numbered in words from the start of the slab. A slab of zeros is empty and full. */
typedef struct Slab {
    Bin bins[NUM_BINS];
} Slab;

#define HEADER_TOP(header) ((uint32_t)((header)&0xffff))
#define HEADER_POPS(header) ((header) >> 16)

/* Everything from malloc's fast path that did not work out: an object of the class, or NULL. */
void *escrt_cache_alloc(uint32_t class);
/* The object is validated. */
void escrt_cache_free(uint32_t class, void *p);

/* A large object's span of that bin's length from the cache; NULL: there is none. Its record says
 * still that it is free. */
void *escrt_cache_take_span(uint32_t bin);
/* False: the cache is full, and the caller keeps it. */
bool escrt_cache_put_span(uint32_t bin, void *p);

/* Does the cache of this CPU seem to have the object? A hint, without a look at the object: an
 * object that was freed here lately is found unless another freed one took its entry; the thread
 * may be elsewhere by now. */
bool escrt_cache_seems_to_hold(uint32_t class, const void *p);
/* Is the object in some cache? For one the caller claims is allocated: nobody else may free it. */
bool escrt_cache_holds(uint32_t class, const void *p);

/* Empties the caches of CPUs that did nothing since the last call; with `all`, of all. Returns the
 * number of objects given back. */
size_t escrt_cache_drain(bool all);

/* From now on no cache is used: every malloc and free is a slow path. Not to be undone. */
void escrt_cache_disable(void);
/* Opens or closes the fast path of malloc (not of free): closed, every malloc gets to
 * escrt_malloc_slow, which counts bytes for the heap profile. */
void escrt_cache_count_allocs(bool count);

typedef struct CacheStats {
    uint64_t objects; /* in all caches */
    uint64_t pops;    /* allocations served by caches */
} CacheStats;

CacheStats escrt_cache_stats(uint32_t bin); /* a class, or of a length */
uint64_t escrt_cache_metadata_bytes(void);

bool escrt_cache_init(void);
void escrt_cache_fork(bool prepare, bool child);
void escrt_cache_check(void);

#endif
#endif
