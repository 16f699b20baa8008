/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* gzip.c - a gzip file that is written as it is made: stored blocks, nothing compressed.
 *
 * pprof's format is gzip around a protocol buffer. Stored blocks are as much gzip as compressed
 * ones (RFC 1951, 3.2.4), every reader takes them, and nobody's malloc has to bring a compressor
 * with it: docs/design/0050 has what zlib would cost.
 */
#include "gzip.h"
#include "sys.h"

#include <string.h>

enum { STORED = 0, STORED_LAST = 1, DEFLATE = 8, UNIX = 3 };

/* Four bits at a time: a table of 16 words, and profiles are small. */
static uint32_t crc_of(uint32_t crc, const unsigned char *bytes, size_t length) {
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                       0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                       0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    crc = ~crc;
    for (size_t i = 0; i < length; i++) {
        crc = table[(crc ^ bytes[i]) & 15] ^ (crc >> 4);
        crc = table[(crc ^ ((uint32_t)bytes[i] >> 4)) & 15] ^ (crc >> 4);
    }
    return ~crc;
}

static void little_endian(unsigned char *at, uint32_t value, size_t nbytes) {
    for (size_t i = 0; i < nbytes; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

static void write_block(Gzip *gzip, unsigned char kind) {
    unsigned char header[5] = {kind};
    little_endian(header + 1, (uint32_t)gzip->used, 2);
    little_endian(header + 3, ~(uint32_t)gzip->used, 2);
    escrt_sys_write(gzip->fd, (const char *)header, sizeof header);
    escrt_sys_write(gzip->fd, (const char *)gzip->block, gzip->used);
    gzip->used = 0;
}

void escrt_gzip_start(Gzip *gzip, int fd) {
    /* No name, no time: the same profile is the same file. */
    static const unsigned char header[10] = {0x1f, 0x8b, DEFLATE, 0, 0, 0, 0, 0, 0, UNIX};
    *gzip = (Gzip){.fd = fd};
    escrt_sys_write(fd, (const char *)header, sizeof header);
}

void escrt_gzip_put(Gzip *gzip, const void *bytes, size_t length) {
    const unsigned char *at = bytes;
    gzip->crc = crc_of(gzip->crc, at, length);
    gzip->length += (uint32_t)length;
    while (length > 0) {
        if (gzip->used == GZIP_BLOCK)
            write_block(gzip, STORED);
        size_t n = min_size(length, GZIP_BLOCK - gzip->used);
        memcpy(gzip->block + gzip->used, at, n);
        gzip->used += n;
        at += n;
        length -= n;
    }
}

void escrt_gzip_end(Gzip *gzip) {
    unsigned char trailer[8];
    write_block(gzip, STORED_LAST);
    little_endian(trailer, gzip->crc, 4);
    little_endian(trailer + 4, gzip->length, 4);
    escrt_sys_write(gzip->fd, (const char *)trailer, sizeof trailer);
}
