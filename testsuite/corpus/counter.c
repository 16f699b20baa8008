/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* counter.c - a preloaded library that counts what a program asks malloc for.
 *
 *     LD_PRELOAD=counter.so ESCAPEMENT_COUNTS=FILE program
 *
 * Each allocation function adds to the shared file (counts.h) and hands the call to
 * glibc (preload.h). strdup, getline, fopen and so on are counted
 * because they call malloc; only strdup and strndup are defined here as well, so that the
 * call path begins in the program.
 *
 * INVARIANT  Nothing in this file allocates, locks, or changes errno on success.
 *
 * Allocations made before the constructor runs are counted in `early` and added later.
 *
 * NOT HERE  Printing (launch.c).
 */
#define _GNU_SOURCE
#include "counts.h"
#include "preload.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Counts early;
static Counts *counts = &early;

/* Return addresses by the chain of frame pointers: only what was compiled with
 * -fno-omit-frame-pointer has a chain worth following. `frame` only grows, and by less than
 * 1 MiB a step; anything else is the end of the chain. */
static unsigned walk(uint64_t *address, unsigned depth, const void *start) {
    const uint64_t *frame = start;
    unsigned n = 0;
    while (n < depth) {
        const uint64_t *next = (const uint64_t *)(uintptr_t)frame[0];
        if (frame[1] < 4096)
            break;
        address[n++] = frame[1];
        ptrdiff_t step = (const char *)next - (const char *)frame;
        if (step <= 0 || step > (1 << 20) || ((uintptr_t)next & 7) != 0)
            break;
        frame = next;
    }
    return n;
}

static void count_path(size_t size, const void *frame) {
    uint64_t address[COUNTS_DEPTH] = {0};
    uint64_t depth = counts->depth < COUNTS_DEPTH ? counts->depth : COUNTS_DEPTH;
    unsigned n = walk(address, (unsigned)depth, frame);
    uint64_t hash = 14695981039346656037u;
    for (unsigned i = 0; i < n; i++)
        hash = (hash ^ address[i]) * 1099511628211u;
    hash |= 1;
    for (unsigned probe = 0; probe < 64; probe++) {
        CallPath *path = &counts->paths[((hash >> 20) + probe) % COUNTS_PATHS];
        uint64_t found = 0;
        if (__atomic_compare_exchange_n(&path->hash, &found, hash, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
            memcpy(path->address, address, sizeof address);
        else if (found != hash)
            continue;
        add(&path->allocations, 1);
        add(&path->bytes, size);
        return;
    }
    add(&counts->paths_lost, 1);
}

/* A macro, because the frame must be that of the allocation function itself. */
#define COUNT(counter, size)                                                                       \
    do {                                                                                           \
        add(&counts->counter, 1);                                                                  \
        add(&counts->bytes, (size));                                                               \
        if (counts->depth != 0)                                                                    \
            count_path((size), __builtin_frame_address(0));                                        \
    } while (0)

void *malloc(size_t size) {
    COUNT(mallocs, size);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        bytes = 0;
    COUNT(callocs, bytes);
    return __libc_calloc(count, size);
}

static void *resize(void *block, size_t size, const void *frame) {
    add(block == NULL ? &counts->reallocs_new : &counts->reallocs, 1);
    add(&counts->bytes, size);
    if (counts->depth != 0 && block == NULL)
        count_path(size, frame);
    return __libc_realloc(block, size);
}

void *realloc(void *block, size_t size) {
    return resize(block, size, __builtin_frame_address(0));
}

void *reallocarray(void *block, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return resize(block, bytes, __builtin_frame_address(0));
}

void free(void *block) {
    if (block != NULL)
        add(&counts->frees, 1);
    __libc_free(block);
}

void *memalign(size_t alignment, size_t size) {
    COUNT(aligned, size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    COUNT(aligned, size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    COUNT(aligned, size);
    int before = errno;
    void *block = __libc_memalign(alignment, size);
    errno = before;
    if (block == NULL)
        return ENOMEM;
    *out = block;
    return 0;
}

void *valloc(size_t size) {
    COUNT(aligned, size);
    return __libc_memalign((size_t)sysconf(_SC_PAGESIZE), size);
}

void *pvalloc(size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    COUNT(aligned, size);
    return __libc_memalign(page, (size + page - 1) / page * page);
}

static char *copy(const char *string, size_t length) {
    char *block = __libc_malloc(length + 1);
    if (block == NULL)
        return NULL;
    memcpy(block, string, length);
    block[length] = '\0';
    return block;
}

char *strdup(const char *string) {
    size_t length = strlen(string);
    COUNT(mallocs, length + 1);
    return copy(string, length);
}

char *strndup(const char *string, size_t limit) {
    size_t length = strnlen(string, limit);
    COUNT(mallocs, length + 1);
    return copy(string, length);
}

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("ESCAPEMENT_COUNTS");
    Counts *shared = name != NULL ? map_shared(name, sizeof *shared) : NULL;
    if (shared == NULL)
        return;
    counts = shared;
    add(&shared->processes, 1);
    add(&shared->mallocs, early.mallocs);
    add(&shared->callocs, early.callocs);
    add(&shared->aligned, early.aligned);
    add(&shared->reallocs_new, early.reallocs_new);
    add(&shared->reallocs, early.reallocs);
    add(&shared->frees, early.frees);
    add(&shared->bytes, early.bytes);
}
