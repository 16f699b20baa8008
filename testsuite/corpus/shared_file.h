/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* shared_file.h - making and reading the files that preloaded libraries count in (launch.c,
 * limit.c). */
#ifndef ESCAPEMENT_CORPUS_SHARED_FILE_H
#define ESCAPEMENT_CORPUS_SHARED_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static inline _Noreturn void die(const char *what) {
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(125);
}

/* A file of that size, all zero; returns it open for writing. */
static inline int make_shared(const char *name, size_t size) {
    int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || ftruncate(file, (off_t)size) != 0)
        die(name);
    return file;
}

static inline const void *read_shared(const char *name, size_t size) {
    int file = open(name, O_RDONLY);
    if (file < 0)
        die(name);
    const void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
    if (map == MAP_FAILED)
        die(name);
    close(file);
    return map;
}

#endif
