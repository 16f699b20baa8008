/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* malloc.c - allocation and release, and the overview of the runtime.
 *
 *     malloc, free ............ fast_*.S: 19 and 33 instructions on the cache of this CPU
 *       | empty or full
 *     cache.c ................. a cache of free objects for each CPU, without a lock
 *       | a batch
 *     central.c ............... a list of spans for each size class, locked
 *       | a span
 *     heap.c, pagetree.c ...... the page heap: runs of 8 KiB pages, locked       <- large objects
 *       | pages                         ^ scavenge.c gives idle ones back
 *     sys.c ................... the kernel
 *
 * An object of up to 32 KiB has one of the sizes of size_classes.def and lies in a span (span.h) of
 * objects of that size; a larger one is a span. A span is aligned and known to every page of it,
 * so any pointer leads to its object's start and size in constant time: page number, span,
 * multiply. Nothing is stored in free objects: which are free is a bitmap beside the span, and
 * caches are arrays. What a double free meets: docs/design/0051.
 *
 * For a collector there is room: Span.marks and Span.pointers (span.h), filled when there is one; a
 * span's state and the object bitmap are what a sweep needs; what is allocated during a cycle
 * comes through escrt_cache_alloc with a whole batch from one span.
 *
 * LOCKS  In this order: init, scavenger, profile, quarantine, cache, slab, central, heap (lock.h).
 * No lock is held on a fast path, nor while anything of the program's is called.
 *
 * ERRORS  No memory: NULL and ENOMEM. Misuse and damage: blame.c, one line and the end.
 *
 * NOT HERE  The other names of the C and POSIX interfaces (entries.c), C++'s (operators.c).
 */
#include "allocate.h"
#include "blame.h"
#include "cache.h"
#include "central.h"
#include "config.h"
#include "debug.h"
#include "error.h"
#include "heap.h"
#include "probe.h"
#include "profile.h"
#include "rseq.h"
#include "scavenge.h"

#include <errno.h>

/* Level 3, and ESCAPEMENT_STRESS=check: the whole heap after every slow path. */
static void check_all(void) {
    if (ESCRT_CHECK_LEVEL >= 3 || unlikely(escrt_stress & STRESS_CHECK))
        escrt_check_everything();
}

/* ---- large objects ------------------------------------------------------------------------- */

static uint32_t pages_for(size_t size) {
    return (uint32_t)((max_size(size, 1) + PAGE_BYTES - 1) >> PAGE_SHIFT);
}

/* One that a cache had, with a bit more room than asked for perhaps. */
static void *cached_span(uint32_t bin) {
    void *p = escrt_cache_take_span(bin);
    if (!p)
        return NULL;
    PageRecord *record = record_of(span_of(p)->page);
    RT_ASSERT(1, record->mask == RECORD_CACHED && record->bin == bin * BIN_SCALE);
    record->mask = RECORD_LIVE;
    return p;
}

static void *allocate_large(size_t size, size_t align, uint8_t flags, bool *zeroed) {
    if (size > MAX_REQUEST - PAGE_BYTES || (size >> PAGE_SHIFT) >= UINT32_MAX - 1 ||
        (align >> PAGE_SHIFT) >= UINT32_MAX / 2)
        return NULL;
    uint32_t align_pages = (uint32_t)max_size(align >> PAGE_SHIFT, 1), npages = pages_for(size);
    uint32_t bin = flags == 0 && align_pages == 1 ? bin_of_length(npages) : 0;
    if (bin) {
        void *p = cached_span(bin);
        if (p)
            return p;
        npages = length_of_bin(bin);
    }
    Span *span = escrt_heap_alloc(npages, align_pages, 0, size, zeroed);
    if (!span)
        return NULL;
    span->flags = flags;
    if (flags == 0)
        escrt_heap_keep(span);
    return span_start(span);
}

/* Its record says that it is free, and the cache of this CPU would not take it. */
HOT void escrt_free_kept(void *p, uint32_t bin) {
    if (escrt_cache_put_span(bin / BIN_SCALE, p))
        return;
    escrt_heap_free(span_of(p));
    escrt_scavenge_notice();
    check_all();
}

static void free_large(Span *span, void *p) {
    PageRecord *record = record_of(span->page);
    if (unlikely(span->state != SPAN_LARGE || record->mask == RECORD_CACHED))
        escrt_die_of(p, "double free");
    if (unlikely(p != span_object(span)))
        escrt_die_of(p, "free of a pointer that is not the start of an object");
    if (record->mask == RECORD_LIVE) {
        record->mask = RECORD_CACHED;
        escrt_free_kept(p, record->bin);
        return;
    }
    if (unlikely(span->flags & SPAN_SAMPLED))
        escrt_profile_ended(p);
    if (unlikely(escrt_debug_level)) {
        escrt_debug_free(p, 0);
    } else {
        escrt_heap_free(span);
        escrt_scavenge_notice();
    }
    check_all();
}

/* ---- small objects ------------------------------------------------------------------------- */

static void *allocate_sample(size_t size, size_t align, bool *zeroed) {
    void *p = escrt_debug_level ? escrt_debug_allocate(size, align, SPAN_SAMPLED, zeroed)
                                : allocate_large(size, align, SPAN_SAMPLED, zeroed);
    if (p)
        escrt_profile_sampled(p, size);
    return p;
}

static void *allocate(size_t size, size_t align, bool *zeroed) {
    *zeroed = false;
    if (unlikely(!escrt_init()) || size > MAX_REQUEST)
        return NULL;
    if (unlikely(escrt_profile_attached) && escrt_profile_hit(size))
        return allocate_sample(size, align, zeroed);
    if (unlikely(escrt_debug_level))
        return escrt_debug_allocate(size, align, 0, zeroed);
    uint32_t class = size > MAX_SMALL   ? 0
                     : align <= GRANULE ? class_of(size)
                                        : escrt_class_aligned(size, align);
    if (class)
        return escrt_cache_alloc(class);
    return allocate_large(size, align, 0, zeroed);
}

void *escrt_allocate(size_t size, size_t align, bool *zeroed) {
    void *p = allocate(size, align, zeroed);
    PROBE2(malloc, p, size);
    return p;
}

COLD static void *out_of_memory(void) {
    errno = ENOMEM;
    return NULL;
}

void *escrt_malloc_slow(size_t size) {
    bool zeroed;
    void *p = escrt_allocate(size, GRANULE, &zeroed);
    check_all();
    return likely(p) ? p : out_of_memory();
}

static bool is_freed(const Span *span, uint32_t i, const void *p) {
    return escrt_central_is_free(span, i) || escrt_cache_holds(span->class, p);
}

static void free_object(void *p, uint32_t class) {
    if (unlikely(escrt_debug_level))
        escrt_debug_free(p, class);
    else
        escrt_cache_free(class, p);
    check_all();
}

/* The table of recent frees is a hint, of a CPU that may no longer be ours; the lists know. */
COLD void escrt_free_doubted(void *p, uint32_t bin) {
    const Span *span = span_of(p);
    if (is_freed(span, object_at(span, p), p))
        escrt_die_of(p, "double free");
    free_object(p, bin / BIN_SCALE);
}

void escrt_free_object(void *p, uint32_t bin) {
    if (unlikely(escrt_cache_seems_to_hold(bin / BIN_SCALE, p)))
        escrt_free_doubted(p, bin);
    else
        free_object(p, bin / BIN_SCALE);
}

COLD _Noreturn static void blame(const char *who, const char *what, const void *p) {
    char bytes[128];
    Text text = {.bytes = bytes, .capacity = sizeof bytes - 1, .fd = -1};
    escrt_text_print(&text, "%s of %s", who, what);
    bytes[text.length] = 0;
    escrt_die_of(p, bytes);
}

void escrt_free_slow(void *p) {
    if (!p)
        return;
    Span *span = span_of(p);
    if (unlikely(!span))
        escrt_die_of(p, "free of a foreign pointer");
    if (span->state != SPAN_SMALL) {
        free_large(span, p);
        return;
    }
    uint32_t i = object_at(span, p);
    if (unlikely(i >= escrt_classes[span->class].objects || object_address(span, i) != p))
        escrt_die_of(p, "free of a pointer that is not the start of an object");
    escrt_free_object(p, span->class * BIN_SCALE);
}

size_t escrt_usable_size(const void *p, const char *who) {
    const Span *span = span_of(p);
    if (unlikely(!span))
        blame(who, "a foreign pointer", p);
    if (span->state == SPAN_SMALL) {
        uint32_t i = object_at(span, p);
        if (unlikely(object_address(span, i) != p))
            blame(who, "a pointer that is not the start of an object", p);
        if (unlikely(escrt_debug_level
                         ? escrt_debug_is_freed(p)
                         : escrt_cache_seems_to_hold(span->class, p) && is_freed(span, i, p)))
            blame(who, "a freed object", p);
        return escrt_classes[span->class].bytes;
    }
    if (unlikely(p != span_object(span)))
        blame(who, "a pointer that is not the start of an object", p);
    if (unlikely(span->state != SPAN_LARGE || record_of(span->page)->mask == RECORD_CACHED))
        blame(who, "a freed object", p);
    return span_object_bytes(span);
}
