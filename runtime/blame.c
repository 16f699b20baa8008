/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* blame.c - what is known of an address, in one line, before the process ends.
 *
 * Reads without locks: the caller may hold any of them, and the process ends here anyway.
 */
#include "blame.h"
#include "cache.h"
#include "error.h"
#include "heap.h"

static const char *object_state(const Span *span, uint32_t index) {
    if (index >= escrt_classes[span->class].objects)
        return "behind the last object";
    if (object_is_free(span, index))
        return "free";
    return escrt_cache_holds(span->class, object_address(span, index)) ? "free, cached"
                                                                       : "allocated";
}

static bool is_free(const Span *span) {
    return span->state != SPAN_LARGE || record_of(span->page)->mask == RECORD_CACHED;
}

COLD void escrt_die_of(const void *p, const char *what) {
    const Span *span = span_of(p);
    if (!span)
        escrt_die("%s: %p, in no span: not from this malloc, or freed before", what, p);
    char *start = span_start(span), *object = span_object(span);
    if (span->state != SPAN_SMALL)
        escrt_die("%s: %p, span %p of %zu bytes, no size class, state %s, at byte %ld of a large "
                  "object of %zu bytes",
                  what, p, (void *)start, span_bytes(span), is_free(span) ? "free" : "allocated",
                  (long)((const char *)p - object), span->size);
    uint32_t i = object_at(span, p);
    escrt_die("%s: %p, span %p of %zu bytes, size class %u of %u bytes, state %s, at byte %zu of "
              "object %u",
              what, p, (void *)start, span_bytes(span), span->class,
              escrt_classes[span->class].bytes, object_state(span, i),
              (size_t)((char *)p - (char *)object_address(span, i)), i);
}
