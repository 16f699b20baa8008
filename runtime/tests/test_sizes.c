/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_sizes.c - all sizes with all alignments: aligned, as large as asked, apart from their
 * neighbours.
 *
 * A window of blocks stays alive; a block that leaves it is checked byte by byte. Sizes are every
 * one up to two pages, then every one near a multiple of a page or a power of two.
 */
#include "check.h"
#include "operations.h"

#include <malloc.h>

enum { WINDOW = 64 };

static Slot window[WINDOW];
static size_t next_place;

static void take_place(void *address, size_t size, size_t alignment) {
    Slot *slot = &window[next_place++ % WINDOW];
    if (slot->address && CHECK(operations_intact(slot)))
        free(slot->address);
    *slot = (Slot){.address = address, .size = size, .alignment = alignment};
    if (!CHECK(address != NULL) || !CHECK(((uintptr_t)address & (alignment - 1)) == 0))
        _exit(1);
    CHECK(malloc_usable_size(address) >= size);
    operations_fill(slot, (uint32_t)(size * 7 + alignment));
}

static void empty_window(void) {
    for (size_t i = 0; i < WINDOW; i++) {
        if (window[i].address && CHECK(operations_intact(&window[i])))
            free(window[i].address);
        window[i] = (Slot){0};
    }
}

static void every_size_by_malloc(void) {
    for (size_t size = 0; size <= 20000; size++)
        take_place(malloc(size), size, 16);
    for (size_t pages = 5; pages < 80; pages++)
        for (size_t size = pages * 4096 - 2; size <= pages * 4096 + 2; size++)
            take_place(malloc(size), size, 16);
    empty_window();
}

static void every_size_with_every_alignment(void) {
    for (size_t alignment = 8; alignment <= 65536; alignment *= 2) {
        size_t step = alignment > 4096 ? 97 : alignment > 256 ? 13 : 1;
        for (size_t size = 0; size <= 4200; size += step) {
            void *address = NULL;
            CHECK(posix_memalign(&address, alignment, size) == 0);
            take_place(address, size, alignment);
        }
    }
    empty_window();
}

static void sizes_near_powers_of_two_with_large_alignments(void) {
    for (size_t alignment = 16; alignment <= (size_t)4 << 20; alignment *= 4)
        for (size_t power = 64; power <= (size_t)1 << 20; power *= 2)
            for (size_t size = power - 1; size <= power + 1; size++)
                take_place(memalign(alignment, size), size, alignment);
    empty_window();
}

static void growing_and_shrinking_through_every_class(void) {
    static const double factors[] = {1.07, 1.5, 2, 3};
    for (size_t i = 0; i < 4; i++) {
        Slot slot = {.address = malloc(1), .size = 1, .alignment = 16};
        operations_fill(&slot, 5);
        for (double size = 1; size < 3e6; size = size * factors[i] + 1) {
            slot.address = realloc(slot.address, (size_t)size);
            CHECK(slot.address && operations_intact(&slot));
            slot.size = (size_t)size;
            operations_fill(&slot, slot.seed + 1);
        }
        for (; slot.size > 1; slot.size /= 2) {
            slot.address = realloc(slot.address, slot.size);
            CHECK(slot.address && operations_intact(&slot));
        }
        free(slot.address);
    }
}

int main(void) {
    RUN(every_size_by_malloc);
    RUN(every_size_with_every_alignment);
    RUN(sizes_near_powers_of_two_with_large_alignments);
    RUN(growing_and_shrinking_through_every_class);
    return check_report();
}
