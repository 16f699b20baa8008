/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* heap.c - the page heap: one range of addresses, the spans in it, and what is resident.
 *
 *     [ spans, growing up ...  ... growing down, records | page 0, page 1, ... mapped | ... ]
 *                                                           ^ base
 *
 * One range of addresses is chosen at the start, so that a pointer is ours after one comparison,
 * and everything known of a page is found by its number. It is not reserved: a terabyte of reserved
 * addresses frightens users, and counts against limits on addresses that a program may set for
 * itself at any time. It lies where nobody maps anything; where somebody did, there is a hole.
 * Pages become usable in steps, from the lowest up. A page is in use, idle (free, resident), or
 * released (free, not resident).
 *
 * LOCKS  heap.lock protects everything here but Span.free, nfree, list and released, which belong
 * to the lock of the span's central list. The kernel is asked to take pages back without the lock;
 * meanwhile the pages count as in use, so that nobody else takes them.
 *
 * INVARIANTS (escrt_heap_check verifies them)
 *   1. A page is free in the tree exactly when escrt_heap_spans has NULL for it.
 *   2. in_use + idle + released + holes = mapped; bits of `released` are set on free pages only.
 *      Spans in `recycled` are idle; their pages are used in the tree, and still point to them.
 *   3. A page of a small span has the record of its class; every other has a zero record.
 *
 * NOT HERE  Which object of a span is free (central.c); when to release (scavenge.c).
 */
#include "heap.h"
#include "cache.h"
#include "error.h"
#include "lock.h"
#include "sys.h"

#include <sys/auxv.h>

uintptr_t escrt_heap_last;
uint64_t escrt_heap_limit = UINT64_MAX; /* one page, below address 0: every pointer is foreign */
Span **escrt_heap_spans;

enum {
    /* A terabyte is more than machines have, and its tables take 35 MiB of addresses. */
    RANGE_SHIFT = 40,
    MIN_RANGE_SHIFT = 26,
    CHUNK_BYTES = CHUNK_PAGES << PAGE_SHIFT,
    GROW_MIN_PAGES = CHUNK_PAGES, /* 4 MiB: one mmap for many spans */
    GROW_MAX_PAGES = 16 * CHUNK_PAGES,
    META_BLOCK_BYTES = 64 << 10, /* span structs are made in such pieces */
    /* Freed spans of up to 128 KiB are kept whole for the next request of their length: at most 512
     * KiB and a sixteenth of what is in use. Twice as long ones, and twice as many, cost a third
     * more memory where large objects come and go (bench rows large-*) and save no time. */
    RECYCLED_LENGTHS = 16,
    RECYCLED_MIN_PAGES = 64,
    RECYCLED_SHARE = 16,
    RECYCLED_TRIES = 4,      /* spans looked at for one that is aligned */
    RELEASE_RUN_PAGES = 256, /* at most 2 MiB are unavailable while being released */
};

static struct Heap {
    Lock lock;
    PageTree tree;
    uint64_t *released;                 /* a bit for each page */
    uint32_t reserved;                  /* pages of the range */
    uint32_t mapped;                    /* pages usable, all below this one but holes */
    uint32_t holes;                     /* pages among them that somebody else has mapped */
    uintptr_t spans_end, records_start; /* how far the tables are mapped */
    uint32_t unit; /* pages that can only be released together: 1, or 8 with 64 KiB pages */
    size_t os_page;
    size_t soft_limit, hard_limit; /* bytes; 0: none */
    _Atomic size_t idle_low;
    _Atomic size_t idle, in_use;
    Span *recycled[RECYCLED_LENGTHS + 1]; /* freed spans by length, the last one first */
    size_t recycled_pages;
    Span *unused; /* span structs */
    char *meta, *meta_end;
    HeapStats stats;
} heap = {.lock = LOCK_INIT(RANK_HEAP)};

/* ---- making -------------------------------------------------------------------------------- */

/* Finds a place for a range of 2^shift bytes and makes what tables must be there from the start. */
static bool place(uint32_t shift) {
    size_t range = (size_t)1 << shift, pages = range >> PAGE_SHIFT, room;
    size_t tables = pages * (sizeof(PageRecord) + sizeof(Span *));
    size_t bits = pages / 8, summaries = escrt_pagetree_summary_bytes((uint32_t)pages);
    uintptr_t start = round_up(escrt_sys_quiet_place(&room), CHUNK_BYTES);
    char *maps = room >= range + tables ? escrt_sys_map(2 * bits + summaries) : NULL;
    if (!maps)
        return false;
    uintptr_t base = start + round_up(tables, CHUNK_BYTES);
    escrt_heap_last = base - 1;
    escrt_heap_spans = (Span **)start;
    heap.reserved = (uint32_t)pages;
    heap.released = (uint64_t *)(void *)(maps + bits);
    heap.spans_end = start;
    heap.records_start = base;
    escrt_pagetree_init(&heap.tree, (uint32_t)pages, (uint64_t *)(void *)maps, maps + 2 * bits);
    return true;
}

/* Under a limit on the address space a range beyond it would only make the tables larger. */
bool escrt_heap_init(void) {
    size_t limit = escrt_sys_address_space_limit();
    heap.os_page = max_size(getauxval(AT_PAGESZ), OS_PAGE_BYTES);
    heap.unit = (uint32_t)max_size(heap.os_page >> PAGE_SHIFT, 1);
    uint32_t shift = RANGE_SHIFT;
    while (shift > MIN_RANGE_SHIFT && (size_t)1 << (shift - 1) >= limit)
        shift--;
    while (!place(shift))
        if (--shift < MIN_RANGE_SHIFT)
            return false;
    return true;
}

/* Makes the tables long enough for so many pages. They have room for the whole range. */
static bool grow_tables(size_t pages) {
    bool taken;
    uintptr_t end = round_up((uintptr_t)(escrt_heap_spans + pages), heap.os_page);
    uintptr_t start = (escrt_heap_last + 1 - pages * sizeof(PageRecord)) & ~(heap.os_page - 1);
    if (end > heap.spans_end) {
        if (!escrt_sys_map_at((void *)heap.spans_end, end - heap.spans_end, &taken))
            return false;
        heap.stats.metadata_bytes += end - heap.spans_end;
        heap.spans_end = end;
    }
    if (start < heap.records_start) {
        if (!escrt_sys_map_at((void *)start, heap.records_start - start, &taken))
            return false;
        heap.stats.metadata_bytes += heap.records_start - start;
        heap.records_start = start;
    }
    return true;
}

static uintptr_t page_address(uint32_t page) {
    return escrt_heap_last + 1 + ((uintptr_t)page << PAGE_SHIFT);
}

/* Makes at least n more pages usable, all in one run. */
static bool grow(uint32_t n) {
    size_t want = min_size(max_size(heap.mapped / 8, GROW_MIN_PAGES), GROW_MAX_PAGES);
    want = round_up(max_size(want, n), CHUNK_PAGES);
    bool taken = true;
    while (taken) {
        if (want > heap.reserved - heap.mapped || !grow_tables(heap.mapped + want))
            return false;
        if (escrt_sys_map_at((void *)page_address(heap.mapped), want << PAGE_SHIFT, &taken))
            break;
        if (!taken)
            return false;
        /* Somebody else's mapping: its addresses are no pages of ours, ever. */
        heap.mapped += CHUNK_PAGES;
        heap.holes += CHUNK_PAGES;
    }
    for (size_t word = 0; word < want / 64; word++)
        heap.released[heap.mapped / 64 + word] = ~0ull;
    escrt_pagetree_give(&heap.tree, heap.mapped, (uint32_t)want);
    heap.mapped += (uint32_t)want;
    heap.stats.released_pages += want;
    escrt_heap_limit = 0 - (uint64_t)heap.mapped;
    return true;
}

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

static bool is_released(uint32_t page) {
    return heap.released[page / 64] >> (page % 64) & 1;
}

/* Freed spans that wait for another of their length become free pages before more is asked for. */
static uint32_t find_or_grow(uint32_t npages, uint32_t align) {
    uint32_t page = find(npages, align);
    if ((page == NO_PAGE || is_released(page)) && heap.recycled_pages >= npages) {
        flush_recycled();
        page = find(npages, align);
    }
    if (page != NO_PAGE)
        return page;
    size_t n = (size_t)npages + align - 1;
    if (n > heap.reserved || !grow((uint32_t)n))
        return NO_PAGE;
    return find(npages, align);
}

/* ---- spans --------------------------------------------------------------------------------- */

static PageRecord *record_of(uint32_t page) {
    return (PageRecord *)(escrt_heap_last + 1) - 1 - page;
}

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

/* ---- spans that were freed a moment ago ------------------------------------------------------ */

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

/* ---- spans in use ------------------------------------------------------------------------------
 */

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
    }
    lock_give(&heap.lock);
    return span;
}

void escrt_heap_free(Span *span) {
    lock_take(&heap.lock);
    RT_ASSERT(1, span->state != SPAN_FREE && escrt_heap_spans[span->page] == span);
    heap.stats.spans--;
    if (span->class == 0)
        count_large(span->npages, true);
    if (!recycle(span)) {
        if (span->class)
            publish_records(span, false);
        publish_span(span->page, span->npages, NULL);
        give_pages(span->page, span->npages);
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
            grow((uint32_t)(end + (size_t)n - heap.mapped));
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

/* ---- counting, checking, fork -------------------------------------------------------------- */

HeapStats escrt_heap_stats(void) {
    bool locked = escrt_lock_patiently(&heap.lock);
    HeapStats s = heap.stats;
    s.mapped_pages = heap.mapped - heap.holes;
    s.in_use_pages = heap.in_use;
    s.idle_pages = heap.idle;
    s.soft_limit = heap.soft_limit;
    s.hard_limit = heap.hard_limit;
    if (locked)
        escrt_lock_let_go(&heap.lock);
    return s;
}

void escrt_heap_each(void (*f)(const Span *span, void *arg), void *arg) {
    lock_take(&heap.lock);
    for (uint32_t page = 0; page < heap.mapped;) {
        const Span *span = escrt_heap_spans[page];
        if (span && span->state != SPAN_RECYCLED)
            f(span, arg);
        page += span ? span->npages : 1;
    }
    lock_give(&heap.lock);
}

void escrt_span_check(const Span *span) {
    uint32_t n = 0, objects = escrt_classes[span->class].objects;
    RT_ASSERT(0, span->npages > 0 && span->class < NUM_CLASSES);
    if (span->state != SPAN_SMALL)
        return;
    RT_ASSERT(0, span->npages == escrt_classes[span->class].npages);
    RT_ASSERT(0, span->page % span->npages == 0);
    for (uint32_t word = 0; word < MAX_OBJECTS / 64; word++)
        n += (uint32_t)__builtin_popcountll(span->free[word]);
    RT_ASSERT(0, n == span->nfree && n <= objects);
    for (uint32_t i = objects; i < MAX_OBJECTS; i++)
        RT_ASSERT(0, !object_is_free(span, i));
}

static void check_page(uint32_t page) {
    const Span *span = escrt_heap_spans[page];
    const PageRecord *record = record_of(page);
    bool released = is_released(page);
    RT_ASSERT(0, !released || pagetree_is_free(&heap.tree, page));
    if (!span) {
        RT_ASSERT(0, record->magic == 0);
        return;
    }
    RT_ASSERT(0, !pagetree_is_free(&heap.tree, page));
    RT_ASSERT(0, page >= span->page && page < span->page + span->npages);
    uint32_t class = span->state == SPAN_SMALL ? span->class : 0;
    RT_ASSERT(0, record->magic == escrt_classes[class].magic);
    RT_ASSERT(0, record->bin == class * BIN_SCALE);
}

/* Pages being released just now are used in the tree and have no span, so invariant 1 is checked in
 * one direction. */
void escrt_heap_check(void) {
    lock_take(&heap.lock);
    escrt_pagetree_check(&heap.tree);
    uint64_t free = 0, released = 0;
    for (uint32_t page = 0; page < heap.mapped; page++) {
        check_page(page);
        free += pagetree_is_free(&heap.tree, page);
        released += is_released(page);
    }
    RT_ASSERT(0, released == heap.stats.released_pages);
    free += heap.recycled_pages;
    RT_ASSERT(0, free == released + heap.idle);
    RT_ASSERT(0, free + heap.in_use + heap.holes == heap.mapped);
    lock_give(&heap.lock);
}

void escrt_heap_fork(bool prepare, bool child) {
    if (prepare)
        lock_take(&heap.lock);
    else if (child)
        lock_reset(&heap.lock);
    else
        lock_give(&heap.lock);
}
