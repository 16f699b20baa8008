/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * count.c - count the program's allocations by standing before the C library's malloc.
 *
 * At exit the number of calls of malloc, calloc, realloc and the aligned allocators goes to the
 * file named by ESC_ALLOCATIONS. glibc's own calls (strdup) come through here as well; standard
 * output gets a static buffer, so that printing does not count.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static unsigned long allocations;

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size) {
    allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size) {
    allocations++;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    allocations++;
    void *p = __libc_memalign(alignment, size);
    if (!p)
        return ENOMEM;
    *result = p;
    return 0;
}

__attribute__((constructor)) static void begin(void) {
    static char buffer[BUFSIZ];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    allocations = 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("ESC_ALLOCATIONS");
    unsigned long n = allocations;
    FILE *f = path ? fopen(path, "w") : NULL;
    if (f) {
        fprintf(f, "%lu\n", n);
        fclose(f);
    }
}
