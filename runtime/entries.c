/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* entries.c - the rest of C's, POSIX's and glibc's allocation functions.
 *
 * Each does what its standard says, and where that is silent what glibc's manual says: realloc(p,
 * 0) frees, memalign rounds an alignment up to a power of two, malloc_usable_size(NULL) is 0.
 *
 * NOT HERE  malloc and free themselves (fast_*.S, malloc.c); mallinfo and its like (report.c).
 */
#include "allocate.h"
#include "blame.h"
#include "debug.h"
#include "heap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* init.c refers to it, so that a static link that needs malloc gets these too: libc's own calloc
 * would hand out what our free does not know. */
const char escrt_entries_are_linked = 1;

static void *or_enomem(void *p) {
    if (unlikely(!p))
        errno = ENOMEM;
    return p;
}

EXPORT void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (unlikely(__builtin_mul_overflow(count, size, &bytes)))
        return or_enomem(NULL);
    if (likely(bytes <= MAX_SMALL)) {
        void *p = escrt_own_malloc(bytes);
        return likely(p) ? memset(p, 0, bytes) : NULL;
    }
    bool zeroed;
    void *p = escrt_allocate(bytes, GRANULE, &zeroed);
    return p && !zeroed ? memset(p, 0, bytes) : or_enomem(p);
}

/* ---- realloc ------------------------------------------------------------------------------- */

/* Large objects change in place when they can, by pages. */
static bool resized(void *p, size_t size) {
    Span *span = span_of(p);
    if (!span || span->state != SPAN_LARGE || span->flags & ~SPAN_MOVED || size <= MAX_SMALL ||
        escrt_debug_level)
        return false;
    uint32_t npages = (uint32_t)((size + PAGE_BYTES - 1) >> PAGE_SHIFT),
             bin = bin_of_length(npages);
    if (bin && span_is_kept(span) && length_of_bin(bin) == span->npages)
        return true;
    /* Moved pages move again rather than to be joined with others, or taken apart. */
    if (span->flags == SPAN_MOVED && (npages > span->npages || npages <= span->npages / 2))
        return false;
    return escrt_heap_resize(span, span->flags ? span->npages : npages, size);
}

/* A large object that moves because it grows will grow again: an eighth more makes the moves of a
 * growing array geometric. The pages behind are not touched until then. */
static size_t with_room(size_t size, size_t old) {
    /* In debug the size that was asked for is what overflows are measured against. */
    if (escrt_debug_level || size <= MAX_SMALL || size <= old || size > MAX_REQUEST / 2)
        return size;
    return size + size / 8;
}

static void *moved(void *p, size_t size, size_t old) {
    size_t room = with_room(size, old);
    int saved = errno;
    void *new = escrt_own_malloc(room);
    if (!new &&room != size) {
        new = escrt_own_malloc(room = size);
        if (new) /* the first refusal is no failure */
            errno = saved;
    }
    if (!new)
        return NULL;
    Span *span = span_of(new);
    /* The same pages, but its size is what was asked for; a sample is never resized. */
    if (room != size && span->flags)
        span->size = size;
    else if (room != size)
        escrt_heap_resize(span, span->npages, size);
    if (size <= old || escrt_debug_level || !escrt_heap_move(span_of(p), span))
        memcpy(new, p, min_size(size, old));
    escrt_own_free(p);
    return new;
}

EXPORT void *realloc(void *p, size_t size) {
    if (!p)
        return escrt_own_malloc(size);
    if (size == 0) {
        escrt_own_free(p);
        return NULL;
    }
    if (unlikely(size > MAX_REQUEST))
        return or_enomem(NULL);
    size_t old = escrt_usable_size(p, "realloc");
    /* A smaller class is worth a copy only when it halves the object. */
    if (old <= MAX_SMALL && size <= old && size > old / 2 && !escrt_debug_level) {
        Span *span = span_of(p);
        if (span->state == SPAN_LARGE) /* a sample */
            span->size = size;
        return p;
    }
    if (resized(p, size))
        return p;
    if (unlikely(escrt_debug_level))
        old = escrt_debug_size(p);
    return moved(p, size, old);
}

EXPORT void *reallocarray(void *p, size_t count, size_t size) {
    size_t bytes;
    if (unlikely(__builtin_mul_overflow(count, size, &bytes)))
        return or_enomem(NULL);
    return realloc(p, bytes);
}

/* ---- alignment ----------------------------------------------------------------------------- */

static bool is_power_of_two(size_t n) {
    return n && !(n & (n - 1));
}

EXPORT int posix_memalign(void **result, size_t align, size_t size) {
    bool zeroed;
    if (!is_power_of_two(align) || align % sizeof(void *))
        return EINVAL;
    void *p = escrt_allocate(size, align, &zeroed);
    if (!p)
        return ENOMEM;
    *result = p;
    return 0;
}

EXPORT void *memalign(size_t align, size_t size) {
    bool zeroed;
    if (align > MAX_REQUEST) {
        errno = EINVAL;
        return NULL;
    }
    size_t power = GRANULE;
    while (power < align)
        power *= 2;
    return or_enomem(escrt_allocate(size, power, &zeroed));
}

EXPORT void *aligned_alloc(size_t align, size_t size) {
    if (!is_power_of_two(align)) {
        errno = EINVAL;
        return NULL;
    }
    return memalign(align, size);
}

EXPORT void *valloc(size_t size) {
    return memalign(escrt_heap_os_page(), size);
}

EXPORT void *pvalloc(size_t size) {
    size_t page = escrt_init() ? escrt_heap_os_page() : OS_PAGE_BYTES;
    if (size > MAX_REQUEST - page)
        return or_enomem(NULL);
    return memalign(page, round_up(max_size(size, 1), page));
}

/* ---- sizes --------------------------------------------------------------------------------- */

EXPORT size_t malloc_usable_size(void *p) {
    if (!p)
        return 0;
    size_t bytes = escrt_usable_size(p, "malloc_usable_size");
    return escrt_debug_level ? escrt_debug_size(p) : bytes;
}

/* The most that can have been asked for. */
static size_t most_bytes(const Span *span) {
    return span->class          ? escrt_classes[span->class].bytes
           : span_is_kept(span) ? span_bytes(span)
                                : span->size;
}

/* C23 wants the size that was asked for. A small object remembers only its class, and one that
 * caches may hold its length; one that realloc left in place may be down to half of it. */
static bool size_matches(const void *p, size_t size) {
    const Span *span = span_of(p);
    if (!span)
        return true; /* free says what is wrong */
    if (unlikely(escrt_debug_level))
        return size == escrt_debug_size(p);
    if (span->state != SPAN_SMALL && !span_is_kept(span))
        return size == span->size;
    size_t bytes = most_bytes(span);
    return size <= bytes && (size > bytes / 2 || class_of(size) == span->class);
}

/* Where another malloc than ours serves the program and has no free_sized, it is ours that gets its
 * objects. */
static void free_whosever(void *p) {
    if (span_of(p))
        escrt_own_free(p);
    else
        free(p);
}

EXPORT void free_sized(void *p, size_t size) {
    if (p && unlikely(!size_matches(p, size)))
        escrt_die_of(p, "free_sized with another size than the object was allocated with");
    free_whosever(p);
}

/* An alignment may have asked for a larger class, so the size is bounded from above alone. */
EXPORT void free_aligned_sized(void *p, size_t align, size_t size) {
    const Span *span = p ? span_of(p) : NULL;
    if (span && unlikely(escrt_debug_level ? size != escrt_debug_size(p) : size > most_bytes(span)))
        escrt_die_of(p, "free_aligned_sized with another size than the object was allocated with");
    if (span && unlikely(!is_power_of_two(align) || (uintptr_t)p % align))
        escrt_die_of(p, "free_aligned_sized with an alignment the object does not have");
    free_whosever(p);
}
