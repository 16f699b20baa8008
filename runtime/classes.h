/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* classes.h - size classes: which one serves a request, and what it looks like. */
#ifndef ESCRT_CLASSES_H
#define ESCRT_CLASSES_H

#include "rt.h"

/* Class 0 is "not small": large objects, and pages that are free. */
enum {
    NUM_CLASSES = 1
#define SIZE_CLASS(bytes, span_bytes, objects) +1
#include "size_classes.def"
#undef SIZE_CLASS
};

typedef struct SizeClass {
    uint32_t bytes;   /* of an object */
    uint32_t magic;   /* ceil(2^32 / bytes): multiply instead of divide */
    uint16_t objects; /* in a span */
    uint16_t npages;  /* of a span: 1, 2, 4 or 8 */
    uint16_t cached;  /* objects a cache holds at most */
    uint16_t batch;   /* objects that move between a cache and the central list at once */
} SizeClass;

HIDDEN extern const SizeClass escrt_classes[NUM_CLASSES];

/* The class of each size up to MAX_SMALL, in granules; filled by escrt_classes_init. */
HIDDEN extern uint8_t escrt_class_table[MAX_SMALL / GRANULE + 1];

void escrt_classes_init(void);

static inline uint32_t class_of(size_t size) {
    return escrt_class_table[(size + GRANULE - 1) / GRANULE];
}

/* The class whose objects are at least `size` bytes and all aligned to `align`; 0: none. */
uint32_t escrt_class_aligned(size_t size, size_t align);

/* Spans of one large object of up to 256 KiB are cached too, by length: 5 to 16 pages, then the
 * even numbers to 32. Their bins follow those of the classes. */
enum {
    FIRST_LENGTH = (MAX_SMALL >> PAGE_SHIFT) + 1,
    EXACT_LENGTH = 16,
    LAST_LENGTH = 32,
    NUM_LENGTHS = EXACT_LENGTH - FIRST_LENGTH + 1 + (LAST_LENGTH - EXACT_LENGTH) / 2,
    NUM_BINS = NUM_CLASSES + NUM_LENGTHS,
    MAX_KEPT = LAST_LENGTH << PAGE_SHIFT, /* bytes of the largest object in a cache */
};

/* The bin of the shortest length that holds so many pages; 0: they are too many, or too few. */
static inline uint32_t bin_of_length(uint32_t npages) {
    if (npages < FIRST_LENGTH || npages > LAST_LENGTH)
        return 0;
    if (npages <= EXACT_LENGTH)
        return NUM_CLASSES + npages - FIRST_LENGTH;
    return NUM_CLASSES + EXACT_LENGTH - FIRST_LENGTH + (npages - EXACT_LENGTH + 1) / 2;
}

/* The same for large objects that caches may hold, by pages less one, times BIN_SCALE: what
 * fast_*.S reads. */
HIDDEN extern const uint8_t escrt_kept_bins[LAST_LENGTH];

static inline uint32_t length_of_bin(uint32_t bin) {
    uint32_t i = bin - NUM_CLASSES;
    return i <= EXACT_LENGTH - FIRST_LENGTH
               ? i + FIRST_LENGTH
               : EXACT_LENGTH + 2 * (i - (EXACT_LENGTH - FIRST_LENGTH));
}

/* Which object of its span the byte `offset` of the span lies in. Exact for offsets below 2^16 and
 * sizes below 2^16: the error of magic is below bytes/2^32, times 2^16 stays below 1/bytes. */
static inline uint32_t object_index(uint32_t class, uint32_t offset) {
    return (uint32_t)(((uint64_t)offset * escrt_classes[class].magic) >> 32);
}

#endif
