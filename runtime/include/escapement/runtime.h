/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* escapement/runtime.h - what the allocator offers beyond the interfaces of C and POSIX.
 *
 * A program that only wants malloc needs no header: link libescapement, or preload it. All
 * functions may be called from any thread at any time, but not from signal handlers.
 */
#ifndef ESCAPEMENT_RUNTIME_H
#define ESCAPEMENT_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* malloc and free under names that nothing else defines: to use this heap beside another one. */
void *escrt_malloc(size_t size);
void escrt_free(void *p);

/* The numbers of one size class. */
typedef struct EscrtClassStats {
    uint32_t size;          /* bytes of an object */
    uint64_t allocs, frees; /* since the start */
    uint64_t in_use;        /* objects the program has */
    uint64_t cached;        /* free objects in the caches of CPUs */
    uint64_t idle;          /* free objects in spans in use */
    uint64_t spans;
} EscrtClassStats;

enum { ESCRT_MAX_CLASSES = 72 };

/* Exact when no thread allocates meanwhile, and a moment old otherwise. Bytes, unless it says else.
 * Bytes of small objects are those of their size class, of large ones those of their pages. */
typedef struct EscrtStats {
    uint64_t allocs, frees;   /* calls, since the start; a realloc that moves is one of each */
    uint64_t bytes_allocated; /* since the start */
    uint64_t objects, bytes_in_use; /* what the program has */
    uint64_t large_objects, large_bytes;
    uint64_t cached_bytes;    /* free objects in caches */
    uint64_t span_idle_bytes; /* free objects, and ends, in spans in use */
    uint64_t idle_bytes;      /* free pages, resident */
    uint64_t released_bytes;  /* free pages the system has back, or never gave */
    uint64_t scavenged_bytes; /* given back since the start */
    uint64_t mapped_bytes;    /* addresses in use + idle + released */
    uint64_t in_use_bytes;    /* pages of spans in use */
    uint64_t peak_in_use_bytes;
    uint64_t metadata_bytes;
    uint64_t spans;
    uint64_t soft_limit, hard_limit; /* 0: none */
    uint32_t num_classes;
    EscrtClassStats classes[ESCRT_MAX_CLASSES];
} EscrtStats;

/* size is sizeof(EscrtStats): fields a later version adds are not written into an older struct. */
void escrt_stats(EscrtStats *stats, size_t size);

/* Text into buffer, which always ends in NUL when capacity is not 0; returns the length of all of
 * it, as snprintf does. */
size_t escrt_stats_json(char *buffer, size_t capacity);
size_t escrt_stats_prometheus(char *buffer, size_t capacity);

/* Gives everything that is free back to the system now; returns bytes. */
size_t escrt_release(void);
/* Says that the program will be idle for a while: returns memory at leisure, soon. */
void escrt_idle_hint(void);

/* Bytes; 0: no limit. The soft one makes free memory go back before more is taken; a request that
 * would exceed the hard one gets NULL and ENOMEM. */
void escrt_set_memory_limits(size_t soft, size_t hard);

/* The object any pointer into it belongs to, in constant time. False: not of this heap, or in no
 * object. An object that was freed may still be found. */
bool escrt_object_of(const void *pointer, void **start, size_t *size);

/* The heap profile: one allocation for every `mean_bytes` allocated, at random (0: the default, 512
 * KiB), with its stack. Written as pprof's gzipped profile.proto; false: not started, or the file
 * could not be written (%p in the path is the number of the process). Writing may be done in a
 * signal handler. */
void escrt_profile_start(size_t mean_bytes);
void escrt_profile_stop(void);
bool escrt_profile_write(const char *path);

/* Checks every invariant of the heap; ends the process with a line when one does not hold. Other
 * threads must not allocate meanwhile. */
void escrt_heap_check_all(void);

#ifdef __cplusplus
}
#endif
#endif
