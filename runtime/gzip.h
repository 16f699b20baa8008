/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* gzip.h - a gzip file that is written as it is made. */
#ifndef ESCRT_GZIP_H
#define ESCRT_GZIP_H

#include "rt.h"

/* Bytes of one block: what fits beside its header in a buffer of a page. */
enum { GZIP_BLOCK = 4096 };

typedef struct Gzip {
    int fd;
    uint32_t crc, length; /* of what went in; the length modulo 2^32, as the format has it */
    size_t used;
    unsigned char block[GZIP_BLOCK];
} Gzip;

void escrt_gzip_start(Gzip *gzip, int fd);
void escrt_gzip_put(Gzip *gzip, const void *bytes, size_t length);
void escrt_gzip_end(Gzip *gzip);

#endif
