/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cache.c - a cache of free objects for each CPU; the slow side of it.
 *
 * The fast side is fast_*.S: pop and push as restartable sequences on the slab of the CPU at hand.
 * A cache belongs to a CPU and not to a thread, so a thread that sleeps holds nothing, one that
 * comes or goes costs nothing, and memory in caches is bounded by the machine (docs/design/0051).
 * An object freed by another thread than its owner is no case of its own: it goes into the cache of
 * the CPU, and with a batch of others to the central list.
 *
 * Where a thread has no rseq (an old kernel, valgrind, a build for ThreadSanitizer) its CPU
 * number is negative, the slab it finds has nothing and takes nothing, and one of a few slabs with
 * locks is used here.
 *
 * LOCKS  cache.lock: making, stopping, draining. A slab of a CPU has no lock: it changes in
 * restartable sequences on that CPU, or here after it was stopped: its pointer is replaced by the
 * empty slab, and membarrier ends every sequence that still has the old one.
 *
 * INVARIANT  (escrt_cache_check) begin <= top <= end; the slot before begin is NULL; every slot of
 * [begin, top) is an object of the class.
 */
#include "cache.h"
#include "central.h"
#include "config.h"
#include "error.h"
#include "heap.h"
#include "lock.h"
#include "rseq.h"
#include "scavenge.h"
#include "sys.h"

#include <linux/membarrier.h>
#include <string.h>

enum {
    FIRST_SLOT = (SLAB_TABLE + sizeof escrt_class_table) / sizeof(void *) + 1,
    MAX_BATCH = 128,
    /* Spans of one length in a cache. */
    MOST_SPANS = 16,
    /* All spans in all caches are a sixteenth of what is in use, or a quarter of what is more than
     * 32 MiB: small programs keep little. */
    SPAN_SHARE = 16,
    LARGE_HEAP_SHARE = 4,
    LARGE_HEAP = 32 << 20,
    /* A bin may grow to four times what a class says, or to eight objects: to a 256th of what is in
     * use, divided by the caches. Programs with much memory go to the central lists less often. */
    GROWTH = 4,
    MOST_CACHED = 2048,
    LEAST_CACHED = 8,
    BIN_SHARE = 256,
    LOCKED_SLABS = 8, /* enough for threads not to meet often; without rseq nothing is fast */
    TRIES = 4,        /* somebody steps through us, or takes what we put there */
};

_Static_assert(MAX_SMALL == 32768 && PAGE_BYTES == 8192, "fast_*.S has these as numbers");
_Static_assert(sizeof(Slab) <= SLAB_TABLE, "bins and the table of classes overlap");

/* What rseq_offset leads to when libc registers none: CPU -2, for ever. */
typedef struct NoRseq {
    uint32_t cpu_id_start;
    int32_t cpu_id;
    uint64_t rseq_cs;
} NoRseq;

typedef struct LockedSlab {
    Lock lock;
    Slab *slab;
} LockedSlab;

static struct Cache {
    Lock lock;
    uint32_t ncpus;
    size_t slab_bytes;
    Slab **made;    /* for each CPU its slab, stopped or not; NULL: not yet */
    uint64_t *last; /* for each CPU what its slab looked like at the last drain */
    LockedSlab locked[LOCKED_SLABS];
    _Atomic uint32_t num_made;
    _Atomic bool disabled, can_stop;
    _Atomic uint64_t metadata_bytes;
} cache = {.lock = LOCK_INIT(RANK_CACHE)};

Slab **escrt_slabs;
ptrdiff_t escrt_rseq_offset;
size_t escrt_small_bound;   /* 0 until everything is ready: every size is slow */
size_t escrt_counted_bound; /* the same of the way in that counts bytes; 0 while nobody counts */
size_t escrt_kept_range;    /* the same of larger objects, which malloc.c takes from caches */

/* Enough for the table of classes to be read too, and a NULL before. */
static const struct {
    uint64_t before[2];
    alignas(16) char slab[FIRST_SLOT * sizeof(void *)];
} nothing;
#define EMPTY_SLAB ((Slab *)(uintptr_t)nothing.slab)

#define INITIAL_EXEC __attribute__((tls_model("initial-exec")))
static _Thread_local NoRseq no_rseq INITIAL_EXEC = {0, -2, 0};
static _Thread_local uint32_t my_slot INITIAL_EXEC; /* plus one; 0: none yet */

/* ---- one slab, held exclusively ------------------------------------------------------------ */

static void **slots(Slab *slab) {
    return (void **)(void *)slab;
}

static uint32_t load_top(const Bin *bin) {
    return HEADER_TOP(__atomic_load_n(&bin->header, __ATOMIC_ACQUIRE));
}

static void *slab_pop(Slab *slab, uint32_t class) {
    Bin *bin = &slab->bins[class];
    void *p = slots(slab)[HEADER_TOP(bin->header) - 1];
    if (p)
        __atomic_store_n(&bin->header, bin->header + HEADER_POP, __ATOMIC_RELEASE);
    return p;
}

/* The entry that says where p was put when it was freed last. */
static uint16_t *recent(Slab *slab, const void *p) {
    return (uint16_t *)(void *)((char *)slab - SLAB_RECENT) +
           ((uintptr_t)p >> 4) % (SLAB_RECENT / 2);
}

static bool slab_seems_to_hold(Slab *slab, uint32_t class, const void *p) {
    if (slab == EMPTY_SLAB)
        return false;
    uint32_t slot = __atomic_load_n(recent(slab, p), __ATOMIC_RELAXED);
    return slot < load_top(&slab->bins[class]) &&
           __atomic_load_n(&slots(slab)[slot], __ATOMIC_RELAXED) == p;
}

static bool slab_push(Slab *slab, uint32_t class, void *p) {
    Bin *bin = &slab->bins[class];
    uint32_t top = HEADER_TOP(bin->header);
    if (top == bin->end)
        return false;
    *recent(slab, p) = (uint16_t)top;
    slots(slab)[top] = p;
    __atomic_store_n(&bin->header, bin->header + 1, __ATOMIC_RELEASE);
    return true;
}

static uint32_t slab_push_many(Slab *slab, uint32_t class, void *const *objects, uint32_t n) {
    Bin *bin = &slab->bins[class];
    uint32_t top = HEADER_TOP(bin->header);
    n = (uint32_t)min_size(n, bin->end - top);
    memcpy(slots(slab) + top, objects, n * sizeof *objects);
    __atomic_store_n(&bin->header, bin->header + n, __ATOMIC_RELEASE);
    return n;
}

static uint32_t slab_pop_many(Slab *slab, uint32_t class, void **objects, uint32_t n) {
    Bin *bin = &slab->bins[class];
    uint32_t top = HEADER_TOP(bin->header);
    n = (uint32_t)min_size(n, top - bin->begin);
    for (uint32_t i = 0; i < n; i++)
        objects[i] = slots(slab)[top - 1 - i];
    __atomic_store_n(&bin->header, bin->header - n, __ATOMIC_RELEASE);
    return n;
}

static uint32_t capacity(uint32_t bin) {
    if (bin < NUM_CLASSES)
        return (uint32_t)max_size(min_size(GROWTH * escrt_classes[bin].cached, MOST_CACHED),
                                  max_size(LEAST_CACHED, escrt_classes[bin].cached));
    return MOST_SPANS;
}

/* Where a bin ends until it grows. A span is memory that programs with few large objects would
 * notice: one of each length where most programs need one. */
static uint16_t first_end(const Bin *bin, uint32_t number) {
    uint32_t n =
        number < NUM_CLASSES ? escrt_classes[number].cached : length_of_bin(number) <= EXACT_LENGTH;
    return (uint16_t)(bin->begin + n);
}

static Slab *new_slab(void) {
    char *memory = escrt_sys_map(SLAB_RECENT + cache.slab_bytes);
    if (!memory)
        return NULL;
    Slab *slab = (Slab *)(void *)(memory + SLAB_RECENT);
    uint32_t slot = FIRST_SLOT;
    for (uint32_t i = 1; i < NUM_BINS; i++) {
        Bin *bin = &slab->bins[i];
        bin->begin = (uint16_t)++slot; /* after a NULL */
        slot += capacity(i);
        bin->limit = (uint16_t)slot;
        bin->end = first_end(bin, i);
        bin->header = bin->begin;
    }
    uint8_t *table = (uint8_t *)slab + SLAB_TABLE;
    for (size_t i = 0; i < sizeof escrt_class_table; i++)
        table[i] = (uint8_t)(escrt_class_table[i] * BIN_SCALE);
    cache.metadata_bytes += SLAB_RECENT + cache.slab_bytes;
    cache.num_made++;
    return slab;
}

/* ---- which slab ---------------------------------------------------------------------------- */

#ifdef ESCRT_RSEQ
static char *thread_pointer(void) {
    char *p;
#ifdef __x86_64__
    __asm__("movq %%fs:0, %0" : "=r"(p));
#else
    __asm__("mrs %0, tpidr_el0" : "=r"(p));
#endif
    return p;
}

static int32_t current_cpu(void) {
    const NoRseq *area = (const NoRseq *)(void *)(thread_pointer() + escrt_rseq_offset);
    return __atomic_load_n(&area->cpu_id, __ATOMIC_RELAXED);
}
#endif

static LockedSlab *lock_slab(void) {
    static _Atomic uint32_t next;
    if (my_slot == 0)
        my_slot = 1 + atomic_fetch_add(&next, 1) % LOCKED_SLABS;
    LockedSlab *mine = &cache.locked[my_slot - 1];
    lock_take(&mine->lock);
    if (mine->slab == EMPTY_SLAB && !cache.disabled) {
        Slab *slab = new_slab();
        if (slab)
            mine->slab = slab;
    }
    return mine;
}

/* Makes the slab of this CPU. False: there is one, or none to be had; the caller does without. */
static bool make_slab(void) {
#ifdef ESCRT_RSEQ
    int32_t cpu = current_cpu();
    if (cpu < 0 || (uint32_t)cpu >= cache.ncpus || cache.made[cpu] || cache.disabled)
        return false;
    lock_take(&cache.lock);
    Slab *slab = cache.made[cpu] ? NULL : new_slab();
    if (slab) {
        cache.made[cpu] = slab;
        __atomic_store_n(&escrt_slabs[cpu], slab, __ATOMIC_RELEASE);
    }
    lock_give(&cache.lock);
    return slab != NULL;
#else
    return false;
#endif
}

static void *pop(uint32_t class) {
#ifdef ESCRT_RSEQ
    if (current_cpu() >= 0) {
        for (int i = 0; i < TRIES; i++) {
            void *p = escrt_rseq_pop(class * BIN_SCALE);
            if (p != POP_ABORTED)
                return p;
        }
        return NULL;
    }
#endif
    LockedSlab *mine = lock_slab();
    void *p = slab_pop(mine->slab, class);
    lock_give(&mine->lock);
    return p;
}

/* As push_many of one, and notes where. */
static bool push(uint32_t class, void *p) {
#ifdef ESCRT_RSEQ
    if (current_cpu() >= 0) {
        for (int i = 0; i < TRIES; i++) {
            int done = escrt_rseq_push(class * BIN_SCALE, p);
            if (done != ABORTED)
                return done == PUSH_DONE;
        }
        return false;
    }
#endif
    LockedSlab *mine = lock_slab();
    bool pushed = slab_push(mine->slab, class, p);
    lock_give(&mine->lock);
    return pushed;
}

static uint32_t push_many(uint32_t class, void *const *objects, uint32_t n) {
#ifdef ESCRT_RSEQ
    if (current_cpu() >= 0) {
        for (int i = 0; i < TRIES; i++) {
            int done = escrt_rseq_push_many(class * BIN_SCALE, objects, n);
            if (done != ABORTED)
                return (uint32_t)done;
        }
        return 0;
    }
#endif
    LockedSlab *mine = lock_slab();
    n = slab_push_many(mine->slab, class, objects, n);
    lock_give(&mine->lock);
    return n;
}

static uint32_t pop_many(uint32_t class, void **objects, uint32_t n) {
#ifdef ESCRT_RSEQ
    if (current_cpu() >= 0) {
        for (int i = 0; i < TRIES; i++) {
            int done = escrt_rseq_pop_many(class * BIN_SCALE, objects, n);
            if (done != ABORTED)
                return (uint32_t)done;
        }
        return 0;
    }
#endif
    LockedSlab *mine = lock_slab();
    n = slab_pop_many(mine->slab, class, objects, n);
    lock_give(&mine->lock);
    return n;
}

/* ---- the slow sides of malloc and free ----------------------------------------------------- */

void *escrt_cache_alloc(uint32_t class) {
    void *objects[MAX_BATCH];
    void *p = pop(class);
    if (p)
        return p;
    make_slab();
    if (unlikely(escrt_stress & STRESS_STEAL))
        escrt_cache_drain(true);
    uint32_t n = cache.disabled ? 1 : escrt_classes[class].batch;
    n = escrt_central_take(class, objects, n);
    if (n == 0)
        return NULL;
    escrt_central_count(class);
    p = objects[--n];
    uint32_t pushed = n ? push_many(class, objects, n) : 0;
    if (pushed < n)
        escrt_central_give(class, objects + pushed, n - pushed);
    return p;
}

/* What all bins of spans of the slab may hold together, in bytes. */
static size_t room_for_spans(const Slab *slab) {
    size_t bytes = 0;
    for (uint32_t i = NUM_CLASSES; i < NUM_BINS; i++)
        bytes += (size_t)(slab->bins[i].end - slab->bins[i].begin) * length_of_bin(i) << PAGE_SHIFT;
    return bytes;
}

/* Lets the bin of this CPU hold another batch, or span, when all of it, or all spans, are a small
 * share of what is in use. By the time it is known the thread may be elsewhere, and somebody may
 * drain the bin: any end up to the limit is right. */
static bool grow_bin(uint32_t number) {
#ifdef ESCRT_RSEQ
    int32_t cpu = current_cpu();
    Slab *slab = cpu < 0 ? EMPTY_SLAB : __atomic_load_n(&escrt_slabs[cpu], __ATOMIC_ACQUIRE);
    Bin *bin = &slab->bins[number];
    if (slab == EMPTY_SLAB || bin->end == bin->limit)
        return false;
    size_t in_use = escrt_heap_in_use_pages() << PAGE_SHIFT, end, bytes, most;
    if (number < NUM_CLASSES) {
        end = min_size(bin->limit, (size_t)bin->end + escrt_classes[number].batch);
        bytes = (end - bin->begin) * escrt_classes[number].bytes;
        most = in_use / BIN_SHARE;
    } else {
        end = bin->end + 1u;
        bytes = room_for_spans(slab) + ((size_t)length_of_bin(number) << PAGE_SHIFT);
        most = max_size(in_use / SPAN_SHARE,
                        in_use > LARGE_HEAP ? (in_use - LARGE_HEAP) / LARGE_HEAP_SHARE : 0);
    }
    if (bytes > most / max_size(cache.num_made, 1))
        return false;
    __atomic_store_n(&bin->end, (uint16_t)end, __ATOMIC_RELAXED);
    return true;
#else
    (void)number;
    return false;
#endif
}

void escrt_cache_free(uint32_t class, void *p) {
    void *objects[MAX_BATCH];
    for (int i = 0; i < TRIES && !cache.disabled; i++) {
        if (push(class, p))
            return;
        if (make_slab() || grow_bin(class))
            continue;
        uint32_t n = pop_many(class, objects, escrt_classes[class].batch);
        if (n == 0)
            break;
        escrt_central_give(class, objects, n);
        escrt_scavenge_notice();
    }
    escrt_central_give(class, &p, 1);
    escrt_scavenge_notice();
}

void *escrt_cache_take_span(uint32_t bin) {
    return pop(bin);
}

bool escrt_cache_put_span(uint32_t bin, void *p) {
    return push(bin, p) || ((make_slab() || grow_bin(bin)) && push(bin, p));
}

/* ---- all slabs ----------------------------------------------------------------------------- */

/* Slabs are numbered: those of CPUs, then those with locks. NULL: not made. */
static Slab *slab_number(uint32_t i) {
    Slab *slab = i < cache.ncpus ? cache.made[i] : cache.locked[i - cache.ncpus].slab;
    return slab == EMPTY_SLAB ? NULL : slab;
}

static uint32_t num_slabs(void) {
    return cache.ncpus + LOCKED_SLABS;
}

bool escrt_cache_seems_to_hold(uint32_t class, const void *p) {
#ifdef ESCRT_RSEQ
    int32_t cpu = current_cpu();
    if (cpu >= 0)
        return slab_seems_to_hold(__atomic_load_n(&escrt_slabs[cpu], __ATOMIC_ACQUIRE), class, p);
#endif
    LockedSlab *mine = lock_slab();
    bool seems = slab_seems_to_hold(mine->slab, class, p);
    lock_give(&mine->lock);
    return seems;
}

/* A push stores the slot before the header, so a slot below a top that was read is current. */
bool escrt_cache_holds(uint32_t class, const void *p) {
    for (uint32_t i = 0; i < num_slabs(); i++) {
        Slab *slab = slab_number(i);
        if (!slab)
            continue;
        uint32_t top = load_top(&slab->bins[class]);
        for (uint32_t slot = slab->bins[class].begin; slot < top; slot++)
            if (__atomic_load_n(&slots(slab)[slot], __ATOMIC_RELAXED) == p)
                return true;
    }
    return false;
}

static void give_back(uint32_t bin, void *const *objects, uint32_t n) {
    if (bin < NUM_CLASSES)
        escrt_central_give(bin, objects, n);
    else
        for (uint32_t i = 0; i < n; i++)
            escrt_heap_free(span_of(objects[i]));
}

static size_t empty(Slab *slab) {
    void *objects[MAX_BATCH];
    size_t total = 0;
    for (uint32_t bin = 1; bin < NUM_BINS; bin++)
        for (uint32_t n; (n = slab_pop_many(slab, bin, objects, MAX_BATCH)) > 0; total += n)
            give_back(bin, objects, n);
    for (uint32_t bin = 1; bin < NUM_BINS; bin++)
        slab->bins[bin].end = first_end(&slab->bins[bin], bin);
    return total;
}

/* Changes with every pop, push, refill and flush. */
static uint64_t fingerprint(const Slab *slab) {
    uint64_t sum = 0;
    for (uint32_t bin = 1; bin < NUM_BINS; bin++)
        sum = sum * 31 + __atomic_load_n(&slab->bins[bin].header, __ATOMIC_RELAXED);
    return sum;
}

static bool end_sequences(void) {
    return !sys_failed(
        sys_call(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, 0, 0, 0, 0, 0));
}

static size_t drain_cpus(bool all) {
    size_t total = 0;
    if (!cache.can_stop) /* without membarrier (Linux before 5.10) caches of other CPUs stay */
        return 0;
    for (uint32_t cpu = 0; cpu < cache.ncpus; cpu++) {
        Slab *slab = cache.made[cpu];
        if (!slab)
            continue;
        uint64_t now = fingerprint(slab);
        if (all || now == cache.last[cpu])
            __atomic_store_n(&escrt_slabs[cpu], EMPTY_SLAB, __ATOMIC_RELEASE);
        cache.last[cpu] = now;
    }
    bool ended = end_sequences();
    for (uint32_t cpu = 0; cpu < cache.ncpus; cpu++) {
        Slab *slab = cache.made[cpu];
        if (!slab || escrt_slabs[cpu] != EMPTY_SLAB)
            continue;
        if (ended)
            total += empty(slab);
        cache.last[cpu] = fingerprint(slab);
        if (!cache.disabled)
            __atomic_store_n(&escrt_slabs[cpu], slab, __ATOMIC_RELEASE);
    }
    return total;
}

size_t escrt_cache_drain(bool all) {
    lock_take(&cache.lock);
    size_t total = drain_cpus(all);
    lock_give(&cache.lock);
    for (uint32_t i = 0; i < LOCKED_SLABS; i++) {
        LockedSlab *locked = &cache.locked[i];
        lock_take(&locked->lock);
        if (locked->slab != EMPTY_SLAB)
            total += empty(locked->slab);
        lock_give(&locked->lock);
    }
    return total;
}

void escrt_cache_disable(void) {
    cache.disabled = true;
    escrt_small_bound = escrt_counted_bound = escrt_kept_range = 0;
    escrt_cache_drain(true);
    for (uint32_t i = 0; i < LOCKED_SLABS; i++) {
        lock_take(&cache.locked[i].lock);
        cache.locked[i].slab = EMPTY_SLAB;
        lock_give(&cache.locked[i].lock);
    }
}

void escrt_cache_count_allocs(bool count) {
    __atomic_store_n(&escrt_small_bound, count || cache.disabled ? 0 : MAX_SMALL + 1,
                     __ATOMIC_RELAXED);
    __atomic_store_n(&escrt_counted_bound, count && !cache.disabled ? MAX_SMALL + 1 : 0,
                     __ATOMIC_RELAXED);
    __atomic_store_n(&escrt_kept_range, count || cache.disabled ? 0 : MAX_KEPT - MAX_SMALL,
                     __ATOMIC_RELAXED);
}

/* ---- making, counting, checking, fork ------------------------------------------------------ */

extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned __rseq_size __attribute__((weak));

static void find_rseq(void) {
#ifdef ESCRT_RSEQ
    escrt_rseq_offset = (char *)&no_rseq - thread_pointer();
    if (&__rseq_size && __rseq_size > 0)
        escrt_rseq_offset = __rseq_offset;
    cache.can_stop = !sys_failed(
        sys_call(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0, 0, 0, 0));
#else
    (void)no_rseq;
#endif
}

bool escrt_cache_init(void) {
    size_t words = FIRST_SLOT + 1;
    for (uint32_t bin = 1; bin < NUM_BINS; bin++)
        words += 1u + capacity(bin);
    RT_ASSERT(0, words < 65536);
    cache.slab_bytes = round_up(words * sizeof(void *), OS_PAGE_BYTES);
    cache.ncpus = escrt_sys_max_cpus();
    size_t n = cache.ncpus + SLABS_BEFORE;
    void **tables = escrt_sys_map(2 * n * sizeof(void *));
    Slab **table = (Slab **)(escrt_heap_last + 1);
    if (!tables)
        return false;
    escrt_slabs = table + SLABS_BEFORE;
    for (uint32_t i = 0; i < n; i++)
        table[i] = EMPTY_SLAB;
    cache.made = (Slab **)(void *)tables;
    cache.last = (uint64_t *)(void *)(tables + n);
    for (uint32_t i = 0; i < LOCKED_SLABS; i++)
        cache.locked[i] = (LockedSlab){.lock = LOCK_INIT(RANK_SLAB), .slab = EMPTY_SLAB};
    find_rseq();
    escrt_cache_count_allocs(false);
    return true;
}

CacheStats escrt_cache_stats(uint32_t number) {
    CacheStats s = {0, 0};
    for (uint32_t i = 0; i < num_slabs(); i++) {
        Slab *slab = slab_number(i);
        if (!slab)
            continue;
        const Bin *bin = &slab->bins[number];
        uint64_t header = __atomic_load_n(&bin->header, __ATOMIC_ACQUIRE);
        s.objects += HEADER_TOP(header) - bin->begin;
        s.pops += HEADER_POPS(header);
    }
    return s;
}

uint64_t escrt_cache_metadata_bytes(void) {
    return cache.metadata_bytes;
}

static void check_cached(uint32_t bin, void *p) {
    const Span *span = span_of(p);
    RT_ASSERT(0, span != NULL);
    if (bin < NUM_CLASSES)
        RT_ASSERT(0, span->class == bin && !object_is_free(span, object_at(span, p)));
    else
        RT_ASSERT(0, record_of(span->page)->mask == RECORD_CACHED &&
                         span->npages == length_of_bin(bin));
}

/* At rest only: what is cached changes under a reader. */
void escrt_cache_check(void) {
    for (uint32_t i = 0; i < num_slabs(); i++) {
        Slab *slab = slab_number(i);
        for (uint32_t number = 1; slab && number < NUM_BINS; number++) {
            const Bin *bin = &slab->bins[number];
            uint32_t top = load_top(bin);
            RT_ASSERT(0, bin->begin <= top && top <= bin->end);
            RT_ASSERT(0, slots(slab)[bin->begin - 1] == NULL);
            for (uint32_t slot = bin->begin; slot < top; slot++)
                check_cached(number, slots(slab)[slot]);
        }
    }
}

void escrt_cache_fork(bool prepare, bool child) {
    for (uint32_t i = 0; i <= LOCKED_SLABS; i++) {
        Lock *lock = i == 0 ? &cache.lock : &cache.locked[i - 1].lock;
        escrt_lock_fork(lock, prepare, child);
    }
}
