/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* unit_classes.c - size_classes.def obeys the rule in its head, and every size finds its class. */
#include "cache.h"
#include "check.h"
#include "classes.h"

static void check_class(uint32_t class, uint32_t size, uint32_t span) {
    if (!CHECK(class < NUM_CLASSES))
        return;
    const SizeClass *c = &escrt_classes[class];
    CHECK(c->bytes == size && size % GRANULE == 0);
    CHECK(c->npages * (uint32_t)PAGE_BYTES == span);
    CHECK(c->objects == span / size && c->objects <= MAX_OBJECTS);
    CHECK(span % size <= span / 25); /* what is left over at the end */
}

static void the_table_is_what_the_rule_gives(void) {
    uint32_t class = 1, size = 0;
    while (size < 512) {
        uint32_t power = 128;
        while (power * 2 <= size)
            power *= 2;
        size += size < 128 ? GRANULE : power / 8;
        check_class(class ++, size, PAGE_BYTES);
    }
    for (uint32_t span = PAGE_BYTES; span <= 65536; span *= 2)
        for (uint32_t objects = 15; objects >= (span < 65536 ? 8 : 2); objects--)
            check_class(class ++, span / objects / GRANULE * GRANULE, span);
    CHECK(class == NUM_CLASSES);
    CHECK(escrt_classes[NUM_CLASSES - 1].bytes == MAX_SMALL);
}

static void every_size_has_the_smallest_class_that_holds_it(void) {
    for (size_t size = 0; size <= MAX_SMALL; size++) {
        uint32_t class = class_of(size);
        CHECK(class > 0 && class < NUM_CLASSES && escrt_classes[class].bytes >= size);
        CHECK(class == 1 || escrt_classes[class - 1].bytes < size);
    }
}

static void every_offset_finds_its_object(void) {
    for (uint32_t class = 1; class < NUM_CLASSES; class ++) {
        const SizeClass *c = &escrt_classes[class];
        for (uint32_t offset = 0; offset < (uint32_t)c->npages * PAGE_BYTES; offset++) {
            if (object_index(class, offset) != offset / c->bytes)
                CHECK(object_index(class, offset) == offset / c->bytes);
            /* What the fast path of free does. */
            bool start = offset * c->magic < c->magic;
            if (start != (offset % c->bytes == 0))
                CHECK(start == (offset % c->bytes == 0));
        }
    }
}

static void an_aligned_class_is_aligned_and_large_enough(void) {
    for (size_t align = GRANULE; align <= PAGE_BYTES; align *= 2)
        for (size_t size = 0; size <= MAX_SMALL; size += 7) {
            uint32_t class = escrt_class_aligned(size, align);
            CHECK(class > 0 && escrt_classes[class].bytes >= size);
            CHECK(escrt_classes[class].bytes % align == 0);
        }
    CHECK(escrt_class_aligned(MAX_SMALL + 1, GRANULE) == 0);
    CHECK(escrt_class_aligned(16, 2 * (size_t)PAGE_BYTES) == 0);
}

static void the_bins_of_large_objects_are_the_same_twice(void) {
    for (uint32_t npages = 1; npages <= LAST_LENGTH; npages++) {
        uint32_t bin = bin_of_length(npages);
        CHECK(escrt_kept_bins[npages - 1] == bin * BIN_SCALE);
        CHECK((bin == 0) == (npages < FIRST_LENGTH) && bin < NUM_BINS);
        CHECK(bin == 0 || (length_of_bin(bin) >= npages && length_of_bin(bin) <= npages + 1));
    }
    CHECK(bin_of_length(LAST_LENGTH + 1) == 0);
}

int main(void) {
    escrt_classes_init();
    RUN(the_table_is_what_the_rule_gives);
    RUN(every_size_has_the_smallest_class_that_holds_it);
    RUN(every_offset_finds_its_object);
    RUN(an_aligned_class_is_aligned_and_large_enough);
    RUN(the_bins_of_large_objects_are_the_same_twice);
    return check_report();
}
