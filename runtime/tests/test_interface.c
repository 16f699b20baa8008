/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_interface.c - every entry behaves as C, POSIX and the manual of the GNU C library say.
 *
 * What they leave open is tested only as far as programs rely on it: realloc(p, 0) frees, as
 * glibc's does, and memalign rounds an odd alignment up.
 */
#include "check.h"
#include "entries.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>

/* Through volatile, so that no compiler folds what must be asked of the library. */
static char here[16];
static volatile size_t zero = 0, too_large = (size_t)PTRDIFF_MAX + 1, half = SIZE_MAX / 2;

static bool refused(void *result) {
    bool well = result == NULL && errno == ENOMEM;
    errno = 0;
    return well;
}

static bool aligned(const void *address, size_t alignment) {
    return ((uintptr_t)address & (alignment - 1)) == 0;
}

static void malloc_of_nothing_gives_blocks_of_their_own(void) {
    void *first = malloc(zero), *second = malloc(zero), *third = calloc(zero, 8);
    CHECK(first && second && third);
    CHECK(first != second && second != third);
    free(first);
    free(second);
    free(third);
}

static void success_keeps_errno(void) {
    errno = 42;
    void *block = malloc(100);
    block = realloc(block, 5000);
    free(block);
    free(NULL);
    block = calloc(3, 7);
    free(block);
    block = malloc(1 << 22);
    block = realloc(block, 1 << 23);
    free(block);
    CHECK(errno == 42);
}

static void sizes_above_ptrdiff_max_are_refused(void) {
    errno = 0;
    CHECK(refused(malloc(too_large)));
    CHECK(refused(malloc(SIZE_MAX - zero)));
    CHECK(refused(calloc(1, too_large)));
    CHECK(refused(realloc(NULL, too_large)));
    CHECK(refused(aligned_alloc(64, too_large)));
    CHECK(refused(memalign(64, SIZE_MAX - 32 - zero)));
    CHECK(refused(valloc(too_large)));
    CHECK(refused(pvalloc(SIZE_MAX - zero)));
    void *untouched = here;
    CHECK(posix_memalign(&untouched, 64, too_large) == ENOMEM);
    CHECK(untouched == here);
}

static void products_that_overflow_are_refused(void) {
    errno = 0;
    CHECK(refused(calloc(half, 3)));
    CHECK(refused(calloc(SIZE_MAX - zero, SIZE_MAX - zero)));
    CHECK(refused(reallocarray(NULL, half, 4)));
    char *volatile block = malloc(10);
    strcpy(block, "unchanged");
    CHECK(refused(reallocarray(block, half, 4)));
    CHECK(refused(realloc(block, too_large)));
    CHECK(strcmp(block, "unchanged") == 0);
    free(block);
}

static void calloc_is_zero_also_where_memory_is_used_again(void) {
    for (size_t size = 1; size < 200000; size = size * 3 / 2 + 1) {
        char *block = malloc(size);
        memset(block, 0xff, size);
        free(block);
        block = calloc(1, size);
        size_t nonzero = 0;
        for (size_t i = 0; i < size; i++)
            nonzero += block[i] != 0;
        CHECK(nonzero == 0);
        free(block);
    }
}

static void realloc_is_malloc_and_free_at_its_ends(void) {
    char *block = realloc(NULL, 20);
    CHECK(block != NULL);
    memset(block, 7, 20);
    block = realloc(block, 200000);
    CHECK(block && block[0] == 7 && block[19] == 7);
    block = realloc(block, 5);
    CHECK(block && block[0] == 7 && block[4] == 7);
    CHECK(realloc(block, zero) == NULL);
}

static void reallocarray_multiplies(void) {
    int *numbers = reallocarray(NULL, 100, sizeof *numbers);
    CHECK(numbers && malloc_usable_size(numbers) >= 100 * sizeof *numbers);
    numbers[99] = 9;
    numbers = reallocarray(numbers, 1000, sizeof *numbers);
    CHECK(numbers && numbers[99] == 9);
    free(numbers);
}

static void every_block_is_aligned_for_every_type(void) {
    for (size_t size = 0; size < 5000; size += 7) {
        void *block = malloc(size), *more = calloc(1, size);
        CHECK(aligned(block, 16) && aligned(more, 16));
        block = realloc(block, size + 3);
        CHECK(aligned(block, 16));
        free(block);
        free(more);
    }
}

static void posix_memalign_refuses_alignments_that_are_none(void) {
    void *untouched = here;
    errno = 42;
    CHECK(posix_memalign(&untouched, 0, 8) == EINVAL);
    CHECK(posix_memalign(&untouched, 3, 8) == EINVAL);
    CHECK(posix_memalign(&untouched, sizeof(void *) / 2, 8) == EINVAL);
    CHECK(posix_memalign(&untouched, 3 * sizeof(void *), 8) == EINVAL);
    CHECK(untouched == here);
    CHECK(errno == 42);
}

static void aligned_entries_align(void) {
    for (size_t alignment = sizeof(void *); alignment <= (size_t)1 << 21; alignment *= 2) {
        void *first = NULL;
        CHECK(posix_memalign(&first, alignment, 100) == 0);
        void *second = aligned_alloc(alignment, alignment), *third = memalign(alignment, 1);
        CHECK(first && second && third);
        CHECK(aligned(first, alignment) && aligned(second, alignment) && aligned(third, alignment));
        memset(first, 1, 100);
        memset(second, 2, alignment);
        memset(third, 3, malloc_usable_size(third));
        CHECK(((char *)first)[99] == 1 && ((char *)second)[alignment - 1] == 2);
        free(first);
        free(second);
        free(third);
    }
}

static void an_aligned_block_can_be_reallocated_and_asked(void) {
    char *block = memalign(4096, 100);
    CHECK(malloc_usable_size(block) >= 100);
    memset(block, 5, 100);
    block = realloc(block, 70000);
    CHECK(block && block[0] == 5 && block[99] == 5);
    free(block);
    void *zero_sized = NULL;
    CHECK(posix_memalign(&zero_sized, 64, 0) == 0);
    free(zero_sized);
}

static void memalign_rounds_an_odd_alignment_up(void) {
    void *block = memalign(48 + zero, 10);
    CHECK(block && aligned(block, 64));
    free(block);
    block = memalign(1 + zero, 10);
    CHECK(block && aligned(block, 16));
    free(block);
}

static void page_entries_give_pages(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *block = valloc(10);
    CHECK(block && aligned(block, page));
    free(block);
    char *pages = pvalloc(page + 1);
    CHECK(pages && aligned(pages, page) && malloc_usable_size(pages) >= 2 * page);
    memset(pages, 1, 2 * page);
    free(pages);
}

static void usable_size_covers_the_request_and_may_be_used(void) {
    CHECK(malloc_usable_size(NULL) == 0);
    for (size_t size = 0; size < 100000; size = size * 5 / 4 + 1) {
        char *block = malloc(size), *neighbour = malloc(size);
        memset(neighbour, 3, size);
        size_t usable = malloc_usable_size(block);
        CHECK(usable >= size);
        memset(block, 0xff, usable);
        CHECK(size == 0 || (neighbour[0] == 3 && neighbour[size - 1] == 3));
        free(block);
        free(neighbour);
    }
}

static void sized_frees_free(void) {
    if (!check_foreign())
        CHECK(free_sized && free_aligned_sized);
    if (!free_sized || !free_aligned_sized)
        return;
    free_sized(NULL, 100);
    free_aligned_sized(NULL, 64, 128);
    for (size_t size = 0; size < 300000; size = size * 3 / 2 + 1) {
        free_sized(malloc(size), size);
        free_sized(calloc(1, size), size);
        free_aligned_sized(aligned_alloc(256, size), 256, size);
    }
}

static void statistics_move_with_use(void) {
    struct mallinfo2 before = mallinfo2();
    enum { COUNT = 1000, SIZE = 10000 };
    static void *blocks[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        blocks[i] = malloc(SIZE);
    struct mallinfo2 full = mallinfo2();
    CHECK(full.uordblks + full.hblkhd >= before.uordblks + before.hblkhd + (size_t)COUNT * SIZE);
    CHECK(full.arena + full.hblkhd >= full.uordblks);
    for (size_t i = 0; i < COUNT; i++)
        free(blocks[i]);
    struct mallinfo2 after = mallinfo2();
    CHECK(after.uordblks + after.hblkhd < full.uordblks + full.hblkhd - (size_t)COUNT * SIZE / 2);
}

static void malloc_info_writes_xml(void) {
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    CHECK(malloc_info(0, stream) == 0);
    fclose(stream);
    CHECK(length > 0 && strstr(text, "<malloc") && strstr(text, "</malloc>"));
    free(text);
    errno = 0;
    CHECK(malloc_info(1, stdout) != 0);
}

static void tuning_calls_are_accepted(void) {
    CHECK(mallopt(M_MMAP_THRESHOLD, 1 << 20) == 1);
    CHECK(mallopt(M_TRIM_THRESHOLD, 1 << 20) == 1);
    CHECK(mallopt(M_ARENA_MAX, 1) == 1);
    void *large = malloc(32 << 20);
    memset(large, 1, 32 << 20);
    free(large);
    int trimmed = malloc_trim(0);
    CHECK(trimmed == 0 || trimmed == 1);
}

static void the_old_names_are_there(void) {
    if (!check_foreign() && CHECK(cfree != NULL))
        cfree(malloc(10));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    /* Its numbers wrap at 2 GiB, which is why it is old; here everything fits. */
    CHECK(mallinfo().arena >= 0);
#pragma GCC diagnostic pop
}

/* The C library's own allocations come from here too, and getline hands them to the program. */
static void what_the_c_library_allocates_can_be_freed_here(void) {
    char *copy = strdup("copied"), *printed = NULL;
    CHECK(asprintf(&printed, "%d and %s", 12, copy) == 13);
    printed = realloc(printed, 1000);
    CHECK(printed && strcmp(printed, "12 and copied") == 0);
    free(printed);
    free(copy);
}

int main(void) {
    RUN(malloc_of_nothing_gives_blocks_of_their_own);
    RUN(success_keeps_errno);
    RUN(sizes_above_ptrdiff_max_are_refused);
    RUN(products_that_overflow_are_refused);
    RUN(calloc_is_zero_also_where_memory_is_used_again);
    RUN(realloc_is_malloc_and_free_at_its_ends);
    RUN(reallocarray_multiplies);
    RUN(every_block_is_aligned_for_every_type);
    RUN(posix_memalign_refuses_alignments_that_are_none);
    RUN(aligned_entries_align);
    RUN(an_aligned_block_can_be_reallocated_and_asked);
    RUN(memalign_rounds_an_odd_alignment_up);
    RUN(page_entries_give_pages);
    RUN(usable_size_covers_the_request_and_may_be_used);
    RUN(sized_frees_free);
    RUN(statistics_move_with_use);
    RUN(malloc_info_writes_xml);
    RUN(tuning_calls_are_accepted);
    RUN(the_old_names_are_there);
    RUN(what_the_c_library_allocates_can_be_freed_here);
    return check_report();
}
