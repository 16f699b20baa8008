/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* heaprange.c - the addresses of the heap: where the range lies, and how it and its tables grow.
 *
 *     [ spans, growing up ...  ... growing down, records | slabs | page 512, ... mapped | ... ]
 *                                                           ^ base
 *
 * The first pages are no memory of programs: the table of slabs (cache.c) lies there, so that free
 * finds it by the address by which it has found the record.
 *
 * One range of addresses is chosen at the start, so that a pointer is ours after one comparison,
 * and everything known of a page is found by its number. It is not reserved: a terabyte of reserved
 * addresses frightens users, and counts against limits on addresses that a program may set for
 * itself at any time. It lies where nobody maps anything; where somebody did, there is a hole.
 * Pages become usable in steps, from the lowest up.
 *
 * LOCKS  escrt_heap_init runs once, before anything else; escrt_heap_grow with heap.lock.
 */
#include "heapstate.h"
#include "sys.h"

#include <sys/auxv.h>

uintptr_t escrt_heap_last;
uint64_t escrt_heap_limit = UINT64_MAX; /* one page, below address 0: every pointer is foreign */
Span **escrt_heap_spans;

enum {
    /* A terabyte is more than machines have, and its tables take 35 MiB of addresses. */
    RANGE_SHIFT = 40,
    MIN_RANGE_SHIFT = 26,
    MAX_SKIPPED = 4,
    FIRST_BYTES = 128 << 10,      /* room for the slabs of 8192 CPUs */
    GROW_MIN_PAGES = CHUNK_PAGES, /* 4 MiB: one mmap for many spans */
    GROW_MAX_PAGES = 16 * CHUNK_PAGES,
};

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

static size_t table_bytes(uint32_t shift) {
    return ((size_t)1 << (shift - PAGE_SHIFT)) * (sizeof(PageRecord) + sizeof(Span *));
}

/* From one copy of this library to the next: what the largest range takes for which there is room,
 * whatever the range of this one is, or one would begin within another's. */
static size_t stride(size_t room) {
    uint32_t shift = RANGE_SHIFT;
    while (shift > MIN_RANGE_SHIFT && room < ((size_t)1 << shift) + 2 * table_bytes(shift))
        shift--;
    return ((size_t)1 << shift) + 2 * round_up(table_bytes(shift), CHUNK_BYTES);
}

/* Tries the place for a range of 2^shift bytes that is `skipped` strides from the first, and makes
 * what must be there from the start: tables, and the first pages. */
static bool place(uint32_t shift, uint32_t skipped) {
    size_t range = (size_t)1 << shift, pages = range >> PAGE_SHIFT, room;
    size_t tables = table_bytes(shift);
    size_t bits = pages / 8, summaries = escrt_pagetree_summary_bytes((uint32_t)pages);
    uintptr_t start = round_up(escrt_sys_quiet_place(&room), CHUNK_BYTES);
    size_t before = skipped * stride(room);
    if (room < before + range + 2 * tables)
        return false;
    char *maps = escrt_sys_map(2 * bits + summaries);
    if (!maps)
        return false;
    start += before;
    uintptr_t base = start + round_up(tables, CHUNK_BYTES);
    escrt_heap_last = base - 1;
    escrt_heap_spans = (Span **)start;
    heap.reserved = (uint32_t)pages;
    heap.released = (uint64_t *)(void *)(maps + bits);
    heap.spans_end = start;
    heap.records_start = base;
    escrt_pagetree_init(&heap.tree, (uint32_t)pages, (uint64_t *)(void *)maps, maps + 2 * bits);
    bool taken;
    if (grow_tables(CHUNK_PAGES) && escrt_sys_map_at((void *)base, FIRST_BYTES, &taken)) {
        heap.mapped = heap.holes = CHUNK_PAGES;
        return true;
    }
    escrt_sys_unmap(maps, 2 * bits + summaries);
    return false;
}

/* Another copy of this library may be where we would like to be. Under a limit on the address space
 * a range beyond it would only make the tables larger. */
bool escrt_heap_init(void) {
    size_t limit = escrt_sys_address_space_limit();
    heap.os_page = max_size(getauxval(AT_PAGESZ), OS_PAGE_BYTES);
    heap.unit = (uint32_t)max_size(heap.os_page >> PAGE_SHIFT, 1);
    uint32_t shift = RANGE_SHIFT;
    while (shift > MIN_RANGE_SHIFT && (size_t)1 << (shift - 1) >= limit)
        shift--;
    for (; shift >= MIN_RANGE_SHIFT; shift--)
        for (uint32_t skipped = 0; skipped < MAX_SKIPPED; skipped++)
            if (place(shift, skipped))
                return true;
    return false;
}

bool escrt_heap_grow(uint32_t n) {
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
    __atomic_store_n(&escrt_heap_limit, 0 - (uint64_t)heap.mapped, __ATOMIC_RELAXED);
    return true;
}
