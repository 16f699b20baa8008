/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* span.h - a run of pages: objects of one size, or one large object. */
#ifndef ESCRT_SPAN_H
#define ESCRT_SPAN_H

#include "classes.h"

typedef enum SpanState {
    SPAN_FREE,     /* not in use; the struct waits in heap.c */
    SPAN_SMALL,    /* objects of one class; its pages have records */
    SPAN_LARGE,    /* one object */
    SPAN_RECYCLED, /* freed, and kept whole by heap.c for the next one of its length */
    SPAN_HELD,     /* debug.c: a freed large object in quarantine */
} SpanState;

enum {
    SPAN_SAMPLED = 1, /* a small or large object the heap profile knows: profile.h */
    SPAN_GUARDED = 2, /* debug.c: the last page is a guard */
    SPAN_MOVED = 4,   /* heapmove.c: some pages were elsewhere, or are */
    NUM_LISTS = 4,    /* of central.c, by how full spans are */
    NO_LIST = NUM_LISTS,
};

/* INVARIANT  (escrt_span_check) The bits of `free` are nfree in number and below the class's count;
 * a span is in a list of its central list exactly when it has a free object. */
typedef struct Span {
    struct Span *next, *prev; /* in a list of central.c; next also in the list of unused structs */
    uint32_t page, npages;
    uint8_t class; /* 0: one large object */
    uint8_t state;
    uint8_t flags;
    uint8_t list;
    uint16_t nfree;    /* objects not handed out to a cache or a program */
    uint16_t released; /* a bit for each OS page (1/16 of 64 KiB) given back while in use */
    uint16_t offset;   /* of a large object: bytes before it; 0 but for those of debug.c */
    size_t size;       /* of a large object without a record, as it was asked for */
    /* The collector's: a bit for each object, and one for each word; NULL until there is one. */
    uint64_t *marks, *pointers;
    uint64_t free[MAX_OBJECTS / 64]; /* a bit for each object; stale for a large one */
} Span;

/* What a free needs to know of a page, in one word. Its magic is 0 where no small object lies: then
 * no offset is below it, and the check on the fast path fails. All zero but for the first page of a
 * large object whose length has a bin: there `mask` says whether it is free, and is the only place
 * that does. */
typedef struct PageRecord {
    uint16_t mask;  /* bytes of the span - 1; or RECORD_LIVE, RECORD_CACHED (cache.h) */
    uint16_t bin;   /* where the class's bin is in a cache: BIN_SCALE * class (cache.h) */
    uint32_t magic; /* SizeClass.magic */
} PageRecord;

void escrt_span_check(const Span *span);

#endif
