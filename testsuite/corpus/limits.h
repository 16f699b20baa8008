/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* limits.h - the file in which the processes of one work load add up where their blocks could have
 * lived.
 *
 * limit.c creates it and prints it, oracle.c (preloaded into every process) maps it shared and adds
 * to it atomically, as counts.h does for plain counts.
 *
 * INVARIANT  All numbers only grow. The file is exactly sizeof(Limits) bytes long.
 */
#ifndef ESCAPEMENT_CORPUS_LIMITS_H
#define ESCAPEMENT_CORPUS_LIMITS_H

#include <stdint.h>

/* LIMITS_LEVELS: k = 0 .. 3 are told apart; what was freed higher up or by another thread is not
 * freed in sight. SLOT_LEVELS: for k = 0 and 1 it is known whether two blocks of a site were live
 * at once. */
enum { LIMITS_SITES = 1 << 14, LIMITS_LEVELS = 4, SLOT_LEVELS = 2, SLOT_BYTES = 8192 };

typedef struct {
    uint64_t address; /* the call of the allocator, or of its outermost wrapper; 0: free entry */
    uint64_t blocks;
    uint64_t bytes;
    uint64_t
        freed_at[LIMITS_LEVELS]; /* blocks that died while the function k frames up was active */
    uint64_t
        slots_at[SLOT_LEVELS]; /* those of them that one slot of that function could have held */
    uint64_t overlapping; /* k < SLOT_LEVELS, but another of the site was live in that activation */
    uint64_t reallocated; /* the same, but grown or shrunk */
    uint64_t large;       /* the same, but larger than SLOT_BYTES */
} LimitSite;

typedef struct {
    uint64_t processes; /* that entered an instrumented function */
    uint64_t library;   /* blocks that a library allocated for itself: no site */
    uint64_t sites_lost;
    LimitSite sites[LIMITS_SITES];
} Limits;

#endif
