/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* stats.c - the numbers, added up from where they are counted anyway.
 *
 * Nothing is counted on the fast paths but what a pop does in its one store: it adds to the number
 * of pops in the upper bits of the bin's header. Frees are then allocations less what is in use,
 * and what is in use is what the spans have handed out less what the caches hold.
 */
#include "allocate.h"
#include "cache.h"
#include "central.h"
#include "config.h"
#include "debug.h"
#include "escapement/runtime.h"
#include "heap.h"
#include "scavenge.h"

#include <string.h>

_Static_assert((int)NUM_CLASSES <= (int)ESCRT_MAX_CLASSES, "the public struct has too little room");

static void add_class(EscrtStats *s, uint32_t class) {
    ClassStats central = escrt_central_stats(class);
    CacheStats cached = escrt_cache_stats(class);
    uint64_t size = escrt_classes[class].bytes;
    EscrtClassStats *c = &s->classes[class - 1];
    uint64_t out = central.objects - central.free_objects;
    c->size = (uint32_t)size;
    c->allocs = central.direct_allocs + cached.pops;
    c->in_use = out > cached.objects ? out - cached.objects : 0;
    c->frees = c->allocs - c->in_use;
    c->cached = cached.objects;
    c->idle = central.free_objects;
    c->spans = central.spans;
    s->allocs += c->allocs;
    s->frees += c->frees;
    s->objects += c->in_use;
    s->bytes_allocated += c->allocs * size;
    s->bytes_in_use += c->in_use * size;
    s->cached_bytes += cached.objects * size;
}

/* Large objects' spans are counted by the heap when they leave it, and by bins when they leave a
 * cache. */
static void add_large(EscrtStats *s, const HeapStats *heap) {
    uint64_t allocs = heap->large_allocs, bytes = heap->large_bytes_allocated;
    s->large_objects = heap->large_objects;
    s->large_bytes = heap->large_bytes;
    for (uint32_t bin = NUM_CLASSES; bin < NUM_BINS; bin++) {
        CacheStats cached = escrt_cache_stats(bin);
        uint64_t length = (uint64_t)length_of_bin(bin) << PAGE_SHIFT;
        s->large_objects -= cached.objects;
        s->large_bytes -= cached.objects * length;
        s->cached_bytes += cached.objects * length;
        allocs += cached.pops;
        bytes += cached.pops * length;
    }
    s->allocs += allocs;
    s->frees += allocs - s->large_objects;
    s->objects += s->large_objects;
    s->bytes_allocated += bytes;
    s->bytes_in_use += s->large_bytes;
}

static void gather(EscrtStats *s) {
    memset(s, 0, sizeof *s);
    if (!escrt_init())
        return;
    HeapStats heap = escrt_heap_stats();
    s->num_classes = NUM_CLASSES - 1;
    for (uint32_t class = 1; class < NUM_CLASSES; class ++)
        add_class(s, class);
    add_large(s, &heap);
    s->idle_bytes = heap.idle_pages << PAGE_SHIFT;
    s->released_bytes = heap.released_pages << PAGE_SHIFT;
    s->scavenged_bytes = heap.scavenged_bytes;
    s->mapped_bytes = heap.mapped_pages << PAGE_SHIFT;
    s->in_use_bytes = heap.in_use_pages << PAGE_SHIFT;
    s->peak_in_use_bytes = heap.peak_in_use_pages << PAGE_SHIFT;
    s->metadata_bytes = heap.metadata_bytes + escrt_cache_metadata_bytes();
    s->spans = heap.spans;
    s->soft_limit = heap.soft_limit;
    s->hard_limit = heap.hard_limit;
    uint64_t known = s->bytes_in_use + s->cached_bytes;
    s->span_idle_bytes = s->in_use_bytes > known ? s->in_use_bytes - known : 0;
}

EXPORT void escrt_stats(EscrtStats *stats, size_t size) {
    EscrtStats s;
    gather(&s);
    memcpy(stats, &s, min_size(size, sizeof s));
}

EXPORT size_t escrt_release(void) {
    return escrt_init() ? escrt_scavenge_now(0) : 0;
}

EXPORT void escrt_idle_hint(void) {
    if (escrt_init())
        escrt_scavenge_start();
}

EXPORT void escrt_set_memory_limits(size_t soft, size_t hard) {
    if (escrt_init())
        escrt_heap_set_limits(soft, hard);
}

EXPORT bool escrt_object_of(const void *pointer, void **start, size_t *size) {
    const Span *span = span_of(pointer);
    if (!span)
        return false;
    if (span->state != SPAN_SMALL) {
        *start = span_object(span);
        *size = span_object_bytes(span);
        return (uintptr_t)pointer - (uintptr_t)*start < *size;
    }
    uint32_t i = object_at(span, pointer);
    if (i >= escrt_classes[span->class].objects)
        return false;
    *start = object_address(span, i);
    *size = escrt_classes[span->class].bytes;
    return true;
}

EXPORT void escrt_heap_check_all(void) {
    if (!escrt_init())
        return;
    escrt_check_everything();
    escrt_cache_check();
}
