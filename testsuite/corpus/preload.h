/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* preload.h - what the preloaded libraries share: glibc's allocator under the names that glibc
 * keeps for that, so that no dlsym is needed, which itself allocates; and the file they count in.
 */
#ifndef ESCAPEMENT_CORPUS_PRELOAD_H
#define ESCAPEMENT_CORPUS_PRELOAD_H

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static inline void add(uint64_t *counter, uint64_t n) {
    __atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

/* The file of that name and size, shared by all processes; NULL: cannot be had. Keeps errno. */
static inline void *map_shared(const char *name, size_t size) {
    int before = errno;
    int file = open(name, O_RDWR | O_CLOEXEC);
    void *map = MAP_FAILED;
    if (file >= 0) {
        map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        close(file);
    }
    errno = before;
    return map == MAP_FAILED ? NULL : map;
}

#endif
