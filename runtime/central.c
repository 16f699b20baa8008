/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* central.c - one list of spans for each size class, between the caches and the page heap.
 *
 * A free object is a bit beside its span, not a link inside it: nothing a program writes through a
 * stale pointer can damage the lists, a double free finds its bit set, and the memory of free
 * objects can go back to the system while its span stays in use. Objects come from the fullest
 * spans first, lowest address first within one, so that the emptiest spans become whole free pages.
 *
 * LOCKS  Central.lock protects the lists and, of their spans, free, nfree, list and released. It is
 * taken before heap.lock.
 *
 * INVARIANT  (escrt_central_check) A span with free objects is in the list of its occupancy; a span
 * without is in none; a span with nothing but free objects is given back to the page heap.
 */
#include "central.h"
#include "blame.h"
#include "error.h"
#include "heap.h"
#include "lock.h"
#include "probe.h"
#include "sys.h"

enum {
    RUN = 16, /* objects that are looked at together when they come back */
    /* What a cache gets at least. */
    FIRST_OBJECTS = 4,
    FIRST_BYTES = 256,
};

typedef struct Central {
    alignas(CACHE_LINE) Lock lock;
    Span *lists[NUM_LISTS]; /* lists[0]: less than a quarter free */
    uint64_t spans, free_objects, released_pages;
    _Atomic uint64_t direct_allocs;
} Central;

static Central centrals[NUM_CLASSES] = {
    {.lock = LOCK_INIT(RANK_CENTRAL)},
#define SIZE_CLASS(bytes, span_bytes, objects) {.lock = LOCK_INIT(RANK_CENTRAL)},
#include "size_classes.def"
#undef SIZE_CLASS
};

/* ---- lists --------------------------------------------------------------------------------- */

static void unlink_span(Central *c, Span *span) {
    if (span->list == NO_LIST)
        return;
    if (span->prev)
        span->prev->next = span->next;
    else
        c->lists[span->list] = span->next;
    if (span->next)
        span->next->prev = span->prev;
    span->list = NO_LIST;
}

/* Puts the span where its number of free objects says it belongs. */
static void relist(Central *c, Span *span) {
    uint32_t objects = escrt_classes[span->class].objects;
    uint32_t list = span->nfree * NUM_LISTS / (objects + 1u);
    if (span->nfree == 0)
        list = NO_LIST;
    if (list == span->list)
        return;
    unlink_span(c, span);
    if (list == NO_LIST)
        return;
    span->list = (uint8_t)list;
    span->prev = NULL;
    span->next = c->lists[list];
    if (span->next)
        span->next->prev = span;
    c->lists[list] = span;
}

static Span *fullest(const Central *c) {
    for (uint32_t i = 0; i < NUM_LISTS; i++)
        if (c->lists[i])
            return c->lists[i];
    return NULL;
}

/* The lowest n bits, 1 to 64. */
static uint64_t low_bits(uint32_t n) {
    return ~0ull >> (64 - n);
}

/* ---- objects out --------------------------------------------------------------------------- */

/* A released page of the span is resident again when an object on it is handed out; which ones
 * is not worth finding out, so all count as resident. */
static void forget_released(Central *c, Span *span) {
    c->released_pages -= (uint32_t)__builtin_popcount(span->released);
    span->released = 0;
}

/* Takes up to n objects of the span, lowest first, and stores them downwards from end. Free objects
 * tend to be neighbours: a run of bits is a run of addresses. */
static uint32_t take_from(Span *span, void **end, uint32_t n) {
    uint32_t taken = 0;
    char *start = span_start(span);
    size_t bytes = escrt_classes[span->class].bytes;
    for (uint32_t word = 0; word < MAX_OBJECTS / 64 && taken < n; word++) {
        uint64_t bits = span->free[word];
        while (bits && taken < n) {
            uint32_t first = (uint32_t)__builtin_ctzll(bits);
            uint64_t after = ~(bits >> first); /* its lowest bit is behind the run */
            uint32_t run = after ? (uint32_t)__builtin_ctzll(after) : 64;
            run = (uint32_t)min_size(run, n - taken);
            bits &= ~(low_bits(run) << first);
            char *p = start + (word * 64 + first) * bytes;
            for (uint32_t i = 0; i < run; i++, p += bytes)
                *--end = p;
            taken += run;
        }
        span->free[word] = bits;
    }
    span->nfree = (uint16_t)(span->nfree - taken);
    return taken;
}

/* How many a cache gets that asks for n: a few while few of the class are in use, so that the first
 * ones of all CPUs share pages, if not lines of memory. As many as are in use makes the number of
 * refills until then logarithmic. */
static uint32_t allowance(const Central *c, uint32_t class, uint32_t n) {
    uint64_t in_use = c->spans * escrt_classes[class].objects - c->free_objects;
    size_t first = max_size(FIRST_OBJECTS, FIRST_BYTES / escrt_classes[class].bytes);
    return (uint32_t)min_size(n, max_size(first, in_use));
}

uint32_t escrt_central_take(uint32_t class, void **objects, uint32_t n) {
    Central *c = &centrals[class];
    uint32_t npages = escrt_classes[class].npages, taken = 0;
    bool zeroed;
    lock_take(&c->lock);
    n = allowance(c, class, n);
    while (taken < n) {
        Span *span = fullest(c);
        if (!span) {
            if (taken > 0)
                break;
            span = escrt_heap_alloc(npages, npages, class, 0, &zeroed);
            if (!span)
                break;
            c->spans++;
            c->free_objects += span->nfree;
        }
        if (span->released)
            forget_released(c, span);
        taken += take_from(span, objects + n - taken, n - taken);
        RT_CHECK(2, escrt_span_check(span));
        relist(c, span);
    }
    c->free_objects -= taken;
    lock_give(&c->lock);
    PROBE2(refill, class, taken);
    if (taken < n)
        for (uint32_t i = 0; i < taken; i++)
            objects[i] = objects[n - taken + i];
    return taken;
}

/* ---- objects in ---------------------------------------------------------------------------- */

/* Adds bits to a word of the span. */
static void give_bits(Span *span, uint32_t word, uint64_t bits) {
    uint64_t twice = span->free[word] & bits;
    if (unlikely(twice))
        escrt_die_of(object_address(span, word * 64 + (uint32_t)__builtin_ctzll(twice)),
                     "double free");
    span->free[word] |= bits;
}

/* Is each of RUN objects `stride` bytes after the one before? Without a branch in between: whether
 * one object is the neighbour of another cannot be predicted, whether sixteen are can. */
static bool is_run(void *const *objects, uintptr_t stride) {
    uintptr_t wrong = 0;
#pragma GCC unroll 16
    for (uint32_t i = 1; i < RUN; i++)
        wrong |= ((uintptr_t)objects[i] - (uintptr_t)objects[i - 1]) ^ stride;
    return wrong == 0;
}

/* Sets the bits of RUN objects that are neighbours in the span, upwards or downwards. False: they
 * are not, and nothing happened. */
static bool give_run(Span *span, const SizeClass *class, void *const *objects) {
    uintptr_t stride = (uintptr_t)objects[1] - (uintptr_t)objects[0];
    if (!is_run(objects, stride) || (stride != class->bytes && 0 - stride != class->bytes))
        return false;
    void *lowest = stride == class->bytes ? objects[0] : objects[RUN - 1];
    uintptr_t offset = (uintptr_t)lowest - (uintptr_t)span_start(span);
    uint32_t first =
        offset < span_bytes(span) ? (uint32_t)((offset * class->magic) >> 32) : MAX_OBJECTS;
    if (first + RUN > class->objects)
        return false;
    give_bits(span, first / 64, low_bits(RUN) << first % 64);
    if (first % 64 + RUN > 64)
        give_bits(span, first / 64 + 1, low_bits(first % 64 + RUN - 64));
    return true;
}

/* Sets the bits of objects as long as they are the span's, n at most; returns how many. Neighbours
 * tend to be freed together, so bits gather in a register until one of another word comes. That an
 * address is the start of an object was checked when it was freed; not that it is one at all: the
 * end of a span may have room for a part of one. */
HOT static uint32_t give_to(Span *span, const SizeClass *class, void *const *objects, uint32_t n) {
    uintptr_t start = (uintptr_t)span_start(span), bytes = span_bytes(span), offset;
    const uint32_t magic = class->magic, count = class->objects;
    uint32_t word = 0, done = 0, next_try = 0, pause = RUN;
    uint64_t bits = 0;
    while (done < n && (offset = (uintptr_t)objects[done] - start) < bytes) {
        if (done >= next_try && n - done >= RUN) {
            if (give_run(span, class, objects + done)) {
                next_try = done += RUN;
                continue;
            }
            next_try =
                done + pause; /* where there is one, there are more; and the other way round */
            pause *= 2;
        }
        uint32_t i = (uint32_t)((offset * magic) >> 32);
        uint64_t bit = 1ull << (i % 64);
        RT_ASSERT(2, i * class->bytes == offset);
        if (unlikely(i >= count))
            escrt_die_of(objects[done], "free of a pointer that is not the start of an object");
        if (i / 64 != word) {
            give_bits(span, word, bits);
            word = i / 64;
            bits = 0;
        }
        if (unlikely(bits & bit))
            escrt_die_of(objects[done], "double free");
        bits |= bit;
        done++;
    }
    give_bits(span, word, bits);
    span->nfree = (uint16_t)(span->nfree + done);
    return done;
}

/* After objects came back to the span. */
static void settle(Central *c, Span *span, uint32_t came) {
    RT_CHECK(2, escrt_span_check(span));
    c->free_objects += came;
    if (span->nfree < escrt_classes[span->class].objects) {
        relist(c, span);
        return;
    }
    unlink_span(c, span);
    c->spans--;
    c->free_objects -= span->nfree;
    forget_released(c, span);
    escrt_heap_free(span);
}

/* Neighbours tend to be freed together: what has to be done once for each span is done once for
 * each run of objects of one span. */
void escrt_central_give(uint32_t class, void *const *objects, uint32_t n) {
    Central *c = &centrals[class];
    lock_take(&c->lock);
    for (uint32_t i = 0; i < n;) {
        Span *span = span_of(objects[i]);
        if (unlikely(!span || span->class != class))
            escrt_die_of(objects[i], "damaged cache: no object of the class it was cached for");
        uint32_t came = give_to(span, &escrt_classes[class], objects + i, n - i);
        settle(c, span, came);
        i += came;
    }
    lock_give(&c->lock);
}

void escrt_central_count(uint32_t class) {
    atomic_fetch_add_explicit(&centrals[class].direct_allocs, 1, memory_order_relaxed);
}

bool escrt_central_is_free(const Span *span, uint32_t index) {
    Central *c = &centrals[span->class];
    lock_take(&c->lock);
    bool is_free = object_is_free(span, index);
    lock_give(&c->lock);
    return is_free;
}

/* ---- memory of free objects back to the system --------------------------------------------- */

/* Are all objects that touch the bytes [from, to) of the span free? Its unused end counts as free.
 */
static bool all_free(const Span *span, size_t from, size_t to) {
    const SizeClass *class = &escrt_classes[span->class];
    for (uint32_t i = object_index(span->class, (uint32_t)from);
         i < class->objects && (size_t)i * class->bytes < to; i++)
        if (!object_is_free(span, i))
            return false;
    return true;
}

static uint32_t release_span(Central *c, Span *span, size_t os_page) {
    uint32_t released = 0;
    for (size_t at = 0; at + os_page <= span_bytes(span); at += os_page) {
        uint16_t bit = (uint16_t)(1u << at / os_page);
        if ((span->released & bit) || !all_free(span, at, at + os_page))
            continue;
        escrt_sys_release((char *)span_start(span) + at, os_page);
        span->released |= bit;
        released++;
    }
    c->released_pages += released;
    return released;
}

/* An object or more must be able to fill a page: a class of 16-byte objects with a whole free page
 * in a span in use is rare, and looking costs 256 bits. */
size_t escrt_central_release(void) {
    size_t os_page = escrt_heap_os_page(), bytes = 0;
    for (uint32_t class = 1; class < NUM_CLASSES; class ++) {
        Central *c = &centrals[class];
        lock_take(&c->lock);
        for (uint32_t list = 0; list < NUM_LISTS; list++)
            for (Span *span = c->lists[list]; span; span = span->next)
                if ((size_t)span->nfree * escrt_classes[class].bytes >= os_page)
                    bytes += release_span(c, span, os_page) * os_page;
        lock_give(&c->lock);
    }
    return bytes;
}

/* ---- counting, checking, fork -------------------------------------------------------------- */

ClassStats escrt_central_stats(uint32_t class) {
    Central *c = &centrals[class];
    bool locked = escrt_lock_patiently(&c->lock);
    ClassStats s = {.spans = c->spans,
                    .objects = c->spans * escrt_classes[class].objects,
                    .free_objects = c->free_objects,
                    .released_bytes = c->released_pages * escrt_heap_os_page(),
                    .direct_allocs = c->direct_allocs};
    if (locked)
        escrt_lock_let_go(&c->lock);
    return s;
}

void escrt_central_check(void) {
    for (uint32_t class = 1; class < NUM_CLASSES; class ++) {
        Central *c = &centrals[class];
        uint64_t free_objects = 0;
        lock_take(&c->lock);
        for (uint32_t list = 0; list < NUM_LISTS; list++)
            for (const Span *span = c->lists[list]; span; span = span->next) {
                escrt_span_check(span);
                RT_ASSERT(0, span->class == class && span->list == list && span->nfree > 0);
                RT_ASSERT(0, span->nfree < escrt_classes[class].objects);
                RT_ASSERT(0, !span->next || span->next->prev == span);
                free_objects += span->nfree;
            }
        RT_ASSERT(0, free_objects == c->free_objects);
        lock_give(&c->lock);
    }
}

void escrt_central_fork(bool prepare, bool child) {
    for (uint32_t class = 1; class < NUM_CLASSES; class ++) {
        Lock *lock = &centrals[class].lock;
        escrt_lock_fork(lock, prepare, child);
    }
}
