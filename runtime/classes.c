/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* classes.c - the table of size classes, made from size_classes.def.
 *
 * INVARIANT  (escrt_classes_check, run by tests/unit_classes.c) Sizes grow; every span is a power
 * of two of pages; class_of(n) is the smallest class that holds n bytes.
 */
#include "classes.h"
#include "cache.h"

/* A cache holds up to 64 KiB of a class, at least two objects and at most 256: more saves nothing
 * measurable (the refill of a batch of 128 is below a nanosecond an object), less costs locks. */
enum { CACHED_BYTES = 64 << 10, CACHED_MAX = 2048, CACHED_MIN = 2, BATCH_MAX = 128 };

#define CLAMP(n, low, high) ((n) < (low) ? (low) : (n) > (high) ? (high) : (n))
#define CACHED(bytes) CLAMP(CACHED_BYTES / (bytes), CACHED_MIN, CACHED_MAX)

const SizeClass escrt_classes[NUM_CLASSES] = {
    {0, 0, 0, 0, 0, 0},
#define SIZE_CLASS(bytes, span_bytes, objects)                                                     \
    {bytes,         (uint32_t)(((1ull << 32) + (bytes)-1) / (bytes)),                              \
     objects,       (span_bytes) >> PAGE_SHIFT,                                                    \
     CACHED(bytes), CLAMP(CACHED(bytes) / 2, 1, BATCH_MAX)},
#include "size_classes.def"
#undef SIZE_CLASS
};

/* In a second place because assembly reads it; tests/unit_classes.c compares with bin_of_length. */
#define EXACT(npages) (BIN_SCALE * (NUM_CLASSES + (npages)-FIRST_LENGTH))
#define PAIR(npages) EXACT(EXACT_LENGTH + ((npages)-EXACT_LENGTH) / 2)
#define PAIRS(npages) [(npages)-2] = PAIR(npages), PAIR(npages)
const uint8_t escrt_kept_bins[LAST_LENGTH] = {
    [4] = EXACT(5), EXACT(6),  EXACT(7),  EXACT(8),  EXACT(9),  EXACT(10), EXACT(11),
    EXACT(12),      EXACT(13), EXACT(14), EXACT(15), EXACT(16), PAIRS(18), PAIRS(20),
    PAIRS(22),      PAIRS(24), PAIRS(26), PAIRS(28), PAIRS(30), PAIRS(32),
};
_Static_assert(BIN_SCALE *NUM_BINS < 256 && FIRST_LENGTH == 5 && EXACT_LENGTH == 16, "see above");

uint8_t escrt_class_table[MAX_SMALL / GRANULE + 1];

void escrt_classes_init(void) {
    uint32_t class = 1;
    for (uint32_t granules = 0; granules <= MAX_SMALL / GRANULE; granules++) {
        if (granules * GRANULE > escrt_classes[class].bytes)
            class ++;
        escrt_class_table[granules] = (uint8_t) class;
    }
}

uint32_t escrt_class_aligned(size_t size, size_t align) {
    if (size > MAX_SMALL || align > PAGE_BYTES)
        return 0;
    for (uint32_t class = class_of(size); class < NUM_CLASSES; class ++)
        if (escrt_classes[class].bytes % align == 0)
            return class;
    return 0;
}
