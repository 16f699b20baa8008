/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* heapcheck.c - what can be said of the page heap from outside: its numbers, its spans, its
 * invariants.
 *
 * LOCKS  heap.lock, taken here; for the numbers no longer than a signal handler can wait.
 */
#include "cache.h"
#include "heapstate.h"

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
    uint32_t bin = span->state == SPAN_SMALL ? span->class : 0;
    RT_ASSERT(0, record->magic == escrt_classes[bin].magic);
    if (span->state == SPAN_LARGE && page == span->page && record->mask) {
        bin = bin_of_length(span->npages);
        RT_ASSERT(0, bin && length_of_bin(bin) == span->npages && span->flags == 0);
        RT_ASSERT(0, record->mask == RECORD_LIVE || record->mask == RECORD_CACHED);
    }
    RT_ASSERT(0, record->bin == bin * BIN_SCALE);
}

void escrt_heap_check_span(const Span *span) {
    escrt_span_check(span);
    for (uint32_t page = span->page; page < span->page + span->npages; page++) {
        RT_ASSERT(0, escrt_heap_spans[page] == span && !is_released(page));
        check_page(page);
    }
}

/* Pages being released just now are used in the tree and have no span, so invariant 1 is checked in
 * one direction. */
void escrt_heap_check(void) {
    lock_take(&heap.lock);
    escrt_pagetree_check(&heap.tree, heap.mapped);
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
