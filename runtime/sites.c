/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sites.c - what was sampled: by call site, and each sample that is still alive.
 *
 * Made for thousands of sites and tens of thousands of live samples: at the default of one sample
 * in 512 KiB a heap of 8 GiB holds sixteen thousand. Both tables have fixed buckets and chains.
 * Memory comes from the kernel in chunks and is never given back.
 *
 * LOCKS  `lock` protects the buckets, the free list and the chunk. It is held for a handful of
 * loads and stores; nothing is allocated, unwound or written under it.
 */
#include "sites.h"
#include "lock.h"
#include "sys.h"

#include <string.h>

enum { SITE_BUCKETS = 4096, LIVE_BUCKETS = 16384, CHUNK_BYTES = 64 * 1024 };

typedef struct Live {
    struct Live *next;
    void *object;
    Site *site;
    uint64_t objects_1024, bytes; /* what it added to site->allocated */
} Live;

typedef struct Tables {
    Site *sites[SITE_BUCKETS];
    Live *live[LIVE_BUCKETS];
} Tables;

static Lock lock = LOCK_INIT(RANK_PROFILE);
static Tables *tables;
static Live *unused;
static char *chunk;
static size_t chunk_left;
static Site *_Atomic first;
static _Atomic uint64_t lost;
static size_t mean = 1;

void escrt_sites_start(size_t mean_bytes) {
    if (!tables)
        tables = escrt_sys_map(sizeof *tables);
    mean = max_size(mean_bytes, 1);
}

size_t escrt_sites_mean(void) {
    return mean;
}
const Site *escrt_sites_first(void) {
    return atomic_load_explicit(&first, memory_order_acquire);
}
uint64_t escrt_sites_lost(void) {
    return atomic_load_explicit(&lost, memory_order_relaxed);
}

/* 1 - exp(-x) for x >= 0; libm is not ours to link. Half of x, squared, until the series of a small
 * argument is exact: 1 - exp(-2y) = p (2 - p) where p = 1 - exp(-y). */
static double chance(double x) {
    int halvings = 0;
    if (x > 40)
        return 1;
    for (; x > 0.125; halvings++)
        x /= 2;
    double p = x * (1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5))));
    for (; halvings > 0; halvings--)
        p *= 2 - p;
    return p;
}

static uint64_t hash_of(const uintptr_t *frames, size_t depth) {
    uint64_t hash = depth;
    for (size_t i = 0; i < depth; i++) {
        hash = (hash ^ frames[i]) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    return hash;
}

static Live **live_bucket(const void *object) {
    uint64_t hash = (uint64_t)(uintptr_t)object * 0x9e3779b97f4a7c15u;
    return &tables->live[hash >> 50];
}

/* Under the lock. */
static void *carve(size_t bytes) {
    bytes = round_up(bytes, sizeof(uint64_t));
    if (bytes > chunk_left) {
        chunk = escrt_sys_map(CHUNK_BYTES);
        chunk_left = chunk ? CHUNK_BYTES : 0;
        if (!chunk)
            return NULL;
    }
    chunk_left -= bytes;
    return chunk + chunk_left;
}

static Site *make_site(Site **bucket, uint64_t hash, const uintptr_t *frames, size_t depth) {
    Site *site = carve(sizeof *site + depth * sizeof *frames);
    if (!site)
        return NULL;
    site->hash = hash;
    site->depth = depth;
    memcpy(site->frames, frames, depth * sizeof *frames);
    site->collides = *bucket;
    *bucket = site;
    site->next = atomic_load_explicit(&first, memory_order_relaxed);
    atomic_store_explicit(&first, site, memory_order_release);
    return site;
}

static Site *site_of(uint64_t hash, const uintptr_t *frames, size_t depth) {
    Site **bucket = &tables->sites[hash % SITE_BUCKETS];
    for (Site *site = *bucket; site; site = site->collides)
        if (site->hash == hash && site->depth == depth &&
            memcmp(site->frames, frames, depth * sizeof *frames) == 0)
            return site;
    return make_site(bucket, hash, frames, depth);
}

static Live *take_live(void) {
    Live *live = unused;
    if (!live)
        return carve(sizeof *live);
    unused = live->next;
    return live;
}

static void count(Tally *tally, const Live *live) {
    atomic_fetch_add_explicit(&tally->objects_1024, live->objects_1024, memory_order_relaxed);
    atomic_fetch_add_explicit(&tally->bytes, live->bytes, memory_order_relaxed);
}

static bool insert(const Live *sample, uint64_t hash, const uintptr_t *frames, size_t depth) {
    Site *site = site_of(hash, frames, depth);
    Live *live = site ? take_live() : NULL;
    if (!live)
        return false;
    *live = *sample;
    live->site = site;
    Live **bucket = live_bucket(live->object);
    live->next = *bucket;
    *bucket = live;
    count(&site->allocated, live);
    return true;
}

bool escrt_sites_add(void *object, size_t size, const uintptr_t *frames, size_t depth) {
    /* An object of no bytes is one allocation all the same. A mean of 1 takes every allocation:
     * each stands for itself. */
    double stands_for = mean <= 1 ? 1 : 1 / chance((double)max_size(size, 1) / (double)mean);
    Live sample = {.object = object,
                   .objects_1024 = (uint64_t)(stands_for * 1024 + 0.5),
                   .bytes = (uint64_t)(stands_for * (double)size + 0.5)};
    uint64_t hash = hash_of(frames, depth);
    lock_take(&lock);
    bool kept = tables && insert(&sample, hash, frames, depth);
    lock_give(&lock);
    if (!kept)
        atomic_fetch_add_explicit(&lost, 1, memory_order_relaxed);
    return kept;
}

void escrt_sites_remove(void *object) {
    lock_take(&lock);
    Live **at = tables ? live_bucket(object) : NULL;
    while (at && *at && (*at)->object != object)
        at = &(*at)->next;
    Live *live = at ? *at : NULL;
    if (live) {
        *at = live->next;
        count(&live->site->freed, live);
        live->next = unused;
        unused = live;
    }
    lock_give(&lock);
}

/* The two tallies are read one after the other while threads go on: freed first, so that the
 * difference is never negative. */
InUse escrt_site_in_use(const Site *site) {
    uint64_t freed_objects = atomic_load(&site->freed.objects_1024);
    uint64_t freed_bytes = atomic_load(&site->freed.bytes);
    uint64_t objects = atomic_load(&site->allocated.objects_1024) - freed_objects;
    return (InUse){(objects + 512) / 1024, atomic_load(&site->allocated.bytes) - freed_bytes};
}

void escrt_sites_fork(bool prepare, bool child) {
    escrt_lock_fork(&lock, prepare, child);
}
