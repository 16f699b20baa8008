/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* counts.h - the file in which the processes of one work load count together.
 *
 * launch.c creates it, counter.c (preloaded into every process) maps it shared and
 * adds to it atomically. Because the counts live in the file and not in a process,
 * nothing is lost at _exit, exec, kill or fork, and many processes sum up.
 *
 * INVARIANT  All fields only grow. The file is exactly sizeof(Counts) bytes long.
 */
#ifndef ESCAPEMENT_CORPUS_COUNTS_H
#define ESCAPEMENT_CORPUS_COUNTS_H

#include <stdint.h>

/* The return addresses kept for one call path, innermost first. */
enum { COUNTS_DEPTH = 12, COUNTS_PATHS = 1 << 14 };

typedef struct {
    uint64_t hash; /* 0: free entry; claimed by compare and swap */
    uint64_t allocations;
    uint64_t bytes;
    uint64_t address[COUNTS_DEPTH];
} CallPath;

typedef struct {
    uint64_t processes;
    uint64_t mallocs;
    uint64_t callocs;
    uint64_t aligned;
    uint64_t reallocs_new; /* realloc(NULL, n) */
    uint64_t reallocs;     /* realloc(p, n): no new allocation */
    uint64_t frees;        /* of anything but NULL */
    uint64_t bytes;        /* requested by all of them, reallocations by their new size */
    uint64_t depth;        /* how many return addresses to record; 0: no call paths */
    uint64_t paths_lost;   /* allocations whose path found no place in the table */
    CallPath paths[COUNTS_PATHS];
} Counts;

#endif
