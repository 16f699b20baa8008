/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sites.h - what was sampled: by call site, and each sample that is still alive. */
#ifndef ESCRT_SITES_H
#define ESCRT_SITES_H

#include "rt.h"

/* Estimates: what a sample stands for. Objects are counted in 1/1024, because a sample of a large
 * object stands for little more than itself. */
typedef struct Tally {
    _Atomic uint64_t objects_1024, bytes;
} Tally;

/* INVARIANT  A site is never changed but for its tallies, never freed, and `next` of the list is
 * set before it is in the list: so readers need no lock. Freed never exceeds allocated. */
typedef struct Site {
    struct Site *next;     /* of all sites, newest first */
    struct Site *collides; /* in its bucket */
    uint64_t hash;
    Tally allocated, freed;
    size_t depth;
    uintptr_t frames[]; /* return addresses, innermost first */
} Site;

/* Every allocation of n bytes becomes a sample with the chance 1 - exp(-n / mean_bytes). */
void escrt_sites_start(size_t mean_bytes);
size_t escrt_sites_mean(void);

/* false: no memory for it; the sample is lost. */
bool escrt_sites_add(void *object, size_t size, const uintptr_t *frames, size_t depth);
void escrt_sites_remove(void *object);

const Site *escrt_sites_first(void);
/* Samples that found no memory. */
uint64_t escrt_sites_lost(void);

void escrt_sites_fork(bool prepare, bool child);

/* What a site's objects in use stand for. */
typedef struct InUse {
    uint64_t objects, bytes;
} InUse;
InUse escrt_site_in_use(const Site *site);

static inline uint64_t tally_objects(const Tally *tally) {
    return (atomic_load_explicit(&tally->objects_1024, memory_order_relaxed) + 512) / 1024;
}

#endif
