/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* heap.c - the page heap: one range of addresses, the spans in it, and what is resident.
 *
 * A page is in use, idle (free, resident), or released (free, not resident). Free pages are found
 * by the tree (pagetree.h), lowest address first, or as a whole span that was freed a moment ago.
 *
 * LOCKS  heap.lock protects everything here but Span.free, nfree, list and released, which belong
 * to the lock of the span's central list. The kernel is asked to take pages back without the lock;
 * meanwhile the pages count as in use, so that nobody else takes them.
 *
 * INVARIANTS (escrt_heap_check verifies them)
 *   1. A page is free in the tree exactly when escrt_heap_spans has NULL for it.
 *   2. in_use + idle + released + holes = mapped; bits of `released` are set on free pages only.
 *      Spans in `recycled` are idle; their pages are used in the tree, and still point to them.
 *   3. A page of a small span has the record of its class; every other has a zero record, but for
 * the first of a large object that caches may hold.
 *
 * NOT HERE  The addresses (heaprange.c), pages that move (heapmove.c), checks and numbers
 * (heapcheck.c), which object of a span is free (central.c); when to release (scavenge.c).
 */
#include "cache.h"
#include "heapstate.h"
#include "probe.h"
#include "sys.h"

enum {
    META_BLOCK_BYTES = 64 << 10, /* span structs are made in such pieces */
    /* Freed spans of up to 128 KiB are kept whole for the next request of their length: at most 256
     * KiB and a quarter of what is in use. An eighth leaves churn over objects of up to 128 KiB
     * (bench row mixed-wide) at 102 MiB instead of 60: what is kept whole is not cut up, and the
     * same pages are touched again. */
    RECYCLED_MIN_PAGES = 32,
    RECYCLED_SHARE = 4,
    /* Below 32 MiB in use they are joined before the heap grows. */
    SMALL_HEAP_PAGES = 32 << 20 >> PAGE_SHIFT,
    RECYCLED_TRIES = 4,      /* spans looked at for one that is aligned */
    RELEASE_RUN_PAGES = 256, /* at most 2 MiB are unavailable while being released */
};

Heap escrt_heap = {.lock = LOCK_INIT(RANK_HEAP)};

/* ---- structs of spans ---------------------------------------------------------------------- */

static Span *new_span(void) {
    Span *span = heap.unused;
    if (span) {
        heap.unused = span->next;
        return span;
    }
    if (heap.meta == heap.meta_end) {
        heap.meta = escrt_sys_map(META_BLOCK_BYTES);
        heap.meta_end = heap.meta ? heap.meta + META_BLOCK_BYTES : NULL;
        if (!heap.meta)
            return NULL;
    }
    span = (Span *)(void *)heap.meta;
    heap.meta += round_up(sizeof(Span), CACHE_LINE);
    heap.stats.metadata_bytes += round_up(sizeof(Span), CACHE_LINE);
    return span;
}

/* ---- pages --------------------------------------------------------------------------------- */

static void set_idle(size_t idle) {
    atomic_store_explicit(&heap.idle, idle, memory_order_relaxed);
    if (idle < atomic_load_explicit(&heap.idle_low, memory_order_relaxed))
        atomic_store_explicit(&heap.idle_low, idle, memory_order_relaxed);
}

static void set_in_use(size_t pages) {
    atomic_store_explicit(&heap.in_use, pages, memory_order_relaxed);
    if (pages > heap.stats.peak_in_use_pages)
        heap.stats.peak_in_use_pages = pages;
}

/* Sets or clears the bits of [page, page + n) and returns how many were set. */
static uint32_t mark_released(uint32_t page, uint32_t n, bool set) {
    uint32_t were = 0;
    while (n > 0) {
        uint32_t bits = (uint32_t)min_size(64 - page % 64, n);
        uint64_t mask = (bits == 64 ? ~0ull : (1ull << bits) - 1) << (page % 64);
        uint64_t *word = &heap.released[page / 64];
        if (*word & mask)
            were += (uint32_t)__builtin_popcountll(*word & mask);
        *word = set ? *word | mask : *word & ~mask;
        page += bits;
        n -= bits;
    }
    return were;
}

/* Takes the free pages from the tree; returns how many of them read zero. */
static uint32_t take_pages(uint32_t page, uint32_t n) {
    escrt_pagetree_take(&heap.tree, page, n);
    uint32_t fresh = mark_released(page, n, false);
    heap.stats.released_pages -= fresh;
    set_idle(heap.idle - (n - fresh));
    set_in_use(heap.in_use + n);
    return fresh;
}

static void give_pages(uint32_t page, uint32_t n) {
    escrt_pagetree_give(&heap.tree, page, n);
    set_in_use(heap.in_use - n);
    set_idle(heap.idle + n);
}

/* Free pages are not resident any more. */
static void count_released(uint32_t page, uint32_t n) {
    mark_released(page, n, true);
    heap.stats.released_pages += n;
    set_idle(heap.idle - n);
}

static uint32_t find(uint32_t npages, uint32_t align) {
    if (align <= 1)
        return escrt_pagetree_find(&heap.tree, npages);
    if (align == npages && align <= 64)
        return escrt_pagetree_find_aligned(&heap.tree, npages);
    uint32_t page = escrt_pagetree_find(&heap.tree, npages + align - 1);
    return page == NO_PAGE ? NO_PAGE : (page + align - 1) & ~(align - 1);
}

/* What counts against the limits: resident pages of ours. */
static size_t resident_bytes(void) {
    return (heap.in_use + heap.idle) << PAGE_SHIFT;
}

static size_t release_locked(size_t pages);

/* May npages more be handed out? Returns idle pages first when that would exceed the soft limit. */
static bool within_limits(uint32_t npages) {
    size_t bytes = (size_t)npages << PAGE_SHIFT;
    size_t in_use = heap.in_use << PAGE_SHIFT;
    if (heap.hard_limit && in_use + bytes > heap.hard_limit)
        return false;
    size_t limit = heap.soft_limit ? heap.soft_limit : heap.hard_limit;
    if (limit && resident_bytes() + bytes > limit && heap.idle > 0)
        release_locked((resident_bytes() + bytes - limit + PAGE_BYTES - 1) >> PAGE_SHIFT);
    return true;
}

static void flush_recycled(void);

/* Freed spans that wait for another of their length become free pages before a small heap grows, or
 * when it cannot grow any more. */
static uint32_t find_or_grow(uint32_t npages, uint32_t align) {
    uint32_t page = find(npages, align);
    if ((page == NO_PAGE || is_released(page)) && heap.recycled_pages >= npages &&
        heap.in_use < SMALL_HEAP_PAGES) {
        flush_recycled();
        page = find(npages, align);
    }
    if (page != NO_PAGE)
        return page;
    size_t n = (size_t)npages + align - 1;
    if (n > heap.reserved || !escrt_heap_grow((uint32_t)n))
        flush_recycled();
    return find(npages, align);
}

/* ---- spans --------------------------------------------------------------------------------- */

/* Says to everybody who has an address what lies at the pages. */
static void publish_span(uint32_t page, uint32_t n, Span *span) {
    for (uint32_t i = page; i < page + n; i++)
        escrt_heap_spans[i] = span;
}

static void publish_records(const Span *span, bool here) {
    const SizeClass *c = &escrt_classes[span->class];
    PageRecord record = {0, 0, 0};
    if (here)
        record = (PageRecord){(uint16_t)((c->npages << PAGE_SHIFT) - 1),
                              (uint16_t)(span->class * BIN_SCALE), c->magic};
    for (uint32_t i = span->page; i < span->page + span->npages; i++)
        *record_of(i) = record;
}

void escrt_heap_keep(Span *span) {
    uint32_t bin = bin_of_length(span->npages);
    if (bin && length_of_bin(bin) == span->npages)
        *record_of(span->page) = (PageRecord){RECORD_LIVE, (uint16_t)(bin * BIN_SCALE), 0};
}

static void init_objects(Span *span) {
    uint32_t n = escrt_classes[span->class].objects;
    span->nfree = (uint16_t)n;
    for (uint32_t word = 0; word<MAX_OBJECTS / 64; word++, n = n> 64 ? n - 64 : 0)
        span->free[word] = n >= 64 ? ~0ull : (1ull << n) - 1;
}

/* Sizes may change while a span is in a cache, lengths do not: bytes are those of pages. */
static void count_large(uint32_t npages, bool freed) {
    HeapStats *s = &heap.stats;
    uint64_t bytes = (uint64_t)npages << PAGE_SHIFT;
    s->large_objects += freed ? (uint64_t)-1 : 1;
    s->large_bytes += freed ? 0 - bytes : bytes;
    s->large_allocs += !freed;
    s->large_bytes_allocated += freed ? 0 : bytes;
}

static void drop_struct(Span *span) {
    span->state = SPAN_FREE;
    span->next = heap.unused;
    heap.unused = span;
}

/* ---- spans that were freed a moment ago ---------------------------------------------------- */

/* They keep their pages and structs, so that the next of that length costs no search, and touches
 * pages that are resident. Their pages count as idle; the tree has them as used. */
static bool recycle(Span *span) {
    size_t limit = RECYCLED_MIN_PAGES + heap.in_use / RECYCLED_SHARE;
    if (span->npages > RECYCLED_LENGTHS || heap.recycled_pages + span->npages > limit)
        return false;
    if (span->class)
        publish_records(span, false);
    span->state = SPAN_RECYCLED;
    span->next = heap.recycled[span->npages];
    heap.recycled[span->npages] = span;
    heap.recycled_pages += span->npages;
    set_in_use(heap.in_use - span->npages);
    set_idle(heap.idle + span->npages);
    return true;
}

static Span *find_recycled(uint32_t npages, uint32_t align) {
    if (npages > RECYCLED_LENGTHS)
        return NULL;
    Span **link = &heap.recycled[npages];
    for (int tries = 0; *link && tries < RECYCLED_TRIES; tries++, link = &(*link)->next) {
        Span *span = *link;
        if (span->page % align)
            continue;
        *link = span->next;
        heap.recycled_pages -= npages;
        set_idle(heap.idle - npages);
        set_in_use(heap.in_use + npages);
        return span;
    }
    return NULL;
}

static void flush_recycled(void) {
    for (uint32_t n = 1; n <= RECYCLED_LENGTHS && heap.recycled_pages > 0; n++)
        while (heap.recycled[n]) {
            Span *span = heap.recycled[n];
            heap.recycled[n] = span->next;
            heap.recycled_pages -= n;
            publish_span(span->page, n, NULL);
            escrt_pagetree_give(&heap.tree, span->page, n);
            drop_struct(span);
        }
}

/* ---- spans in use -------------------------------------------------------------------------- */

/* A span nobody had a moment ago, published; *fresh: it reads zero. */
static Span *make_span(uint32_t npages, uint32_t align, bool *fresh) {
    Span *span = new_span();
    uint32_t page = span ? find_or_grow(npages, align) : NO_PAGE;
    if (page == NO_PAGE) {
        if (span)
            drop_struct(span);
        return NULL;
    }
    *fresh = take_pages(page, npages) == npages;
    publish_span(page, npages, span);
    span->page = page;
    span->npages = npages;
    return span;
}

Span *escrt_heap_alloc(uint32_t npages, uint32_t align, uint32_t class, size_t size, bool *zeroed) {
    *zeroed = false;
    if (escrt_sys_injected_failure())
        return NULL;
    lock_take(&heap.lock);
    Span *span = NULL;
    if (within_limits(npages)) {
        span = find_recycled(npages, align);
        span = span ? span : make_span(npages, align, zeroed);
    }
    if (span) {
        *span = (Span){.page = span->page,
                       .npages = npages,
                       .class = (uint8_t) class,
                       .list = NO_LIST,
                       .state = class ? SPAN_SMALL : SPAN_LARGE,
                       .size = size};
        heap.stats.spans++;
        if (class) {
            init_objects(span);
            publish_records(span, true);
        } else {
            count_large(npages, false);
        }
        RT_CHECK(2, escrt_heap_check_span(span));
    }
    lock_give(&heap.lock);
    return span;
}

void escrt_heap_free(Span *span) {
    bool renewed = escrt_heap_renew(span);
    lock_take(&heap.lock);
    RT_ASSERT(1, span->state != SPAN_FREE && escrt_heap_spans[span->page] == span);
    RT_CHECK(2, escrt_heap_check_span(span));
    heap.stats.spans--;
    if (span->class == 0) {
        count_large(span->npages, true);
        *record_of(span->page) = (PageRecord){0, 0, 0};
    }
    if (renewed || !recycle(span)) {
        if (span->class)
            publish_records(span, false);
        publish_span(span->page, span->npages, NULL);
        give_pages(span->page, span->npages);
        if (renewed)
            count_released(span->page, span->npages);
        drop_struct(span);
    }
    lock_give(&heap.lock);
}

bool escrt_heap_resize(Span *span, uint32_t npages, size_t size) {
    if (npages > span->npages && escrt_sys_injected_failure())
        return false;
    lock_take(&heap.lock);
    uint32_t end = span->page + span->npages;
    bool done = true;
    if (npages < span->npages) {
        uint32_t n = span->npages - npages;
        publish_span(end - n, n, NULL);
        give_pages(end - n, n);
    } else if (npages > span->npages) {
        uint32_t n = npages - span->npages;
        if (end + (size_t)n > heap.mapped && end <= heap.mapped &&
            escrt_pagetree_free_from(&heap.tree, end, heap.mapped - end) == heap.mapped - end)
            escrt_heap_grow((uint32_t)(end + (size_t)n - heap.mapped));
        /* The limits first: keeping them may give the lock up for a while. */
        done = within_limits(n) && end + (size_t)n <= heap.mapped &&
               escrt_pagetree_free_from(&heap.tree, end, n) == n;
        if (done) {
            take_pages(end, n);
            publish_span(end, n, span);
        }
    }
    if (done) {
        heap.stats.large_bytes += ((uint64_t)npages - span->npages) << PAGE_SHIFT;
        span->npages = npages;
        span->size = size;
        *record_of(span->page) = (PageRecord){0, 0, 0};
        if (span->flags == 0)
            escrt_heap_keep(span);
        RT_CHECK(2, escrt_heap_check_span(span));
    }
    lock_give(&heap.lock);
    return done;
}

/* ---- giving back --------------------------------------------------------------------------- */

/* The highest run of idle pages below `below`, at most RELEASE_RUN_PAGES, in whole units; 0: none.
 */
static uint32_t idle_run_below(uint32_t below, uint32_t *page) {
    for (;;) {
        while (below > 0) {
            uint64_t idle = heap.tree.free[(below - 1) / 64] & ~heap.released[(below - 1) / 64];
            idle <<= 63 - (below - 1) % 64; /* the page below `below` is the top bit */
            if (idle) {
                below -= (uint32_t)__builtin_clzll(idle);
                break;
            }
            below = (below - 1) / 64 * 64;
        }
        uint32_t end = below / heap.unit * heap.unit, start = below;
        while (start > 0 && below - start < RELEASE_RUN_PAGES &&
               pagetree_is_free(&heap.tree, start - 1) && !is_released(start - 1))
            start--;
        if (start == below)
            return 0;
        *page = (start + heap.unit - 1) / heap.unit * heap.unit;
        if (*page < end)
            return end - *page;
        below = start; /* too short for the system's pages */
    }
}

/* With the lock, which is given up while the kernel works. */
static size_t release_locked(size_t pages) {
    flush_recycled();
    size_t done = 0;
    uint32_t below = heap.mapped, page;
    while (done < pages) {
        uint32_t n = idle_run_below(below, &page);
        if (n == 0)
            break;
        if (n > pages - done && heap.unit == 1) {
            page += n - (uint32_t)(pages - done);
            n = (uint32_t)(pages - done);
        }
        take_pages(page, n);
        lock_give(&heap.lock);
        escrt_sys_release((void *)page_address(page), (size_t)n << PAGE_SHIFT);
        lock_take(&heap.lock);
        escrt_pagetree_give(&heap.tree, page, n);
        mark_released(page, n, true);
        set_in_use(heap.in_use - n);
        heap.stats.released_pages += n;
        heap.stats.scavenged_bytes += (uint64_t)n << PAGE_SHIFT;
        done += n;
        below = page;
    }
    return done;
}

size_t escrt_heap_release(size_t pages) {
    lock_take(&heap.lock);
    size_t done = release_locked(pages);
    lock_give(&heap.lock);
    PROBE1(scavenge, done);
    return done;
}

size_t escrt_heap_idle_pages(void) {
    return atomic_load_explicit(&heap.idle, memory_order_relaxed);
}

size_t escrt_heap_in_use_pages(void) {
    return atomic_load_explicit(&heap.in_use, memory_order_relaxed);
}

size_t escrt_heap_idle_low(void) {
    lock_take(&heap.lock);
    size_t low = heap.idle_low;
    heap.idle_low = heap.idle;
    lock_give(&heap.lock);
    return low;
}

size_t escrt_heap_os_page(void) {
    return heap.os_page;
}

void escrt_heap_set_limits(size_t soft, size_t hard) {
    lock_take(&heap.lock);
    heap.soft_limit = soft;
    heap.hard_limit = hard;
    lock_give(&heap.lock);
}

/* ---- fork ---------------------------------------------------------------------------------- */

void escrt_heap_fork(bool prepare, bool child) {
    escrt_lock_fork(&heap.lock, prepare, child);
}
