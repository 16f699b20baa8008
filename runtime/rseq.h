/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* rseq.h - the operations on the current CPU's cache, as restartable sequences (fast_*.S).
 *
 * Each reads the number of the CPU, finds its slab, and ends with one store that makes the change.
 * When the thread is moved, preempted or interrupted by a signal before that store, the kernel
 * sends it to an abort address, and nothing has happened.
 */
#ifndef ESCRT_RSEQ_H
#define ESCRT_RSEQ_H

#include "cache.h"

#ifdef ESCRT_RSEQ

#define POP_ABORTED ((void *)1)
enum { PUSH_DONE = 0, PUSH_FULL = 1, ABORTED = -1 };

/* An object; NULL when the bin is empty; or POP_ABORTED. */
void *escrt_rseq_pop(uint32_t bin);
int escrt_rseq_push(uint32_t bin, void *p);
/* Up to n, not counted as pops; returns how many, or ABORTED. */
int escrt_rseq_pop_many(uint32_t bin, void **objects, uint32_t n);
/* As many of the n as there is room for, the first lowest; returns how many, or ABORTED. */
int escrt_rseq_push_many(uint32_t bin, void *const *objects, uint32_t n);

#endif

/* The slab of each CPU, and two before the first: a thread without rseq has CPU -1 or -2. */
HIDDEN extern Slab **escrt_slabs;
/* Where the thread's struct rseq is, from its thread pointer. */
HIDDEN extern ptrdiff_t escrt_rseq_offset;
/* malloc's fast path is for sizes below this. */
HIDDEN extern size_t escrt_small_bound;
/* And while a heap profile counts bytes, when that one is 0. */
HIDDEN extern size_t escrt_counted_bound;
/* How many sizes above MAX_SMALL may come from a cache at once; 0 when malloc's fast path is
 * closed. */
HIDDEN extern size_t escrt_kept_range;

#endif
