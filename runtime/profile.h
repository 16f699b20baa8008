/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* profile.h - what the allocator does for a heap profile: it chooses the samples and finds them
 * again.
 *
 * While somebody is attached, malloc's fast path is closed: every malloc passes through sample.c,
 * which counts bytes per thread (a subtraction) until a random number of them, exponentially
 * distributed with the given mean, is used up. The allocation at that point is the sample. It gets
 * a span of its own, with SPAN_SAMPLED: its free leaves the fast path by itself, and all others'
 * cost nothing. Detached, none of this costs an instruction.
 */
#ifndef ESCRT_PROFILE_H
#define ESCRT_PROFILE_H

#include "rt.h"

typedef struct ProfileHooks {
    /* After the allocation and before the program has it, in the thread that allocates, without a
     * lock. May allocate: what it allocates is no sample. */
    void (*sample)(void *p, size_t size);
    /* Before the memory of a sample is free, in the thread that frees, without a lock. A realloc
     * that moves is a sample's end and an allocation like any other; one in place is neither. */
    void (*freed)(void *p);
} ProfileHooks;

/* From now on; the hooks stay where they are. NULL: no more samples (those there are still end
 * with `freed` of the hooks attached last). mean_bytes 1: every allocation. */
void escrt_profile_attach(const ProfileHooks *hooks, size_t mean_bytes);

/* sample.c, for malloc.c: */
HIDDEN extern _Atomic bool escrt_profile_attached;
/* Is this allocation a sample? */
bool escrt_profile_hit(size_t size);
void escrt_profile_sampled(void *p, size_t size);
void escrt_profile_ended(void *p);

#endif
