/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * support.h - what generated programs need: a checksum, opaque numbers, patterns, disguised
 * pointers.
 *
 * One file of each program defines GEN_MAIN first and so owns the variables.
 */
#ifndef GEN_SUPPORT_H
#define GEN_SUPPORT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* tcc gives the expected output (run --plain=tcc). Where one variable for all threads is not the
 * same, the outputs differ, and the runner asks the compiler itself. */
#ifdef __TINYC__
#define _Thread_local
#define _Atomic(type) type
typedef long double max_align_t;
#endif

#define NOINLINE __attribute__((noinline))
#define UNUSED __attribute__((unused))
/* Of most programs of a large campaign: the optimizer is done with it sooner when digest and fill,
 * which stand everywhere, are calls. */
#ifdef GEN_OUTLINE
#define HELPER NOINLINE UNUSED
#else
#define HELPER UNUSED
#endif
#define GEN_KEY ((uintptr_t)0x5a5aa5a55a5a0000u)

#ifdef GEN_MAIN
uint64_t gen_checksum = 1;
volatile int gen_zero = 0;
#else
extern uint64_t gen_checksum;
extern volatile int gen_zero;
#endif

union disguise {
    unsigned char *pointer;
    uintptr_t number;
    unsigned char bytes[sizeof(uintptr_t)];
};
struct box {
    uint32_t tag;
    unsigned char *p[2];
};
struct pair {
    unsigned char *a, *b;
};
struct hooks {
    void *(*get)(size_t);
    void *(*resize)(void *, size_t);
    void (*put)(void *);
};
struct visit {
    uint32_t sum;
    unsigned char *best;
};

#define GEN_FIFTY "the quick brown fox jumps over the lazy dog again "
UNUSED static const char gen_text[401] =
    GEN_FIFTY GEN_FIFTY GEN_FIFTY GEN_FIFTY GEN_FIFTY GEN_FIFTY GEN_FIFTY GEN_FIFTY;

static inline UNUSED void mix(uint32_t x) {
    gen_checksum = (gen_checksum ^ x) * 0x100000001b3u + (gen_checksum >> 47);
}

/* The same number, but the compiler cannot know. */
static inline UNUSED int opaque(int n) {
    return n + gen_zero;
}
static inline UNUSED size_t opaque_size(size_t n) {
    return n + (size_t)gen_zero;
}

/* What a later call would do to the frames that are gone. */
NOINLINE UNUSED static void scribble(void) {
    unsigned char dead[40000];
    memset(dead, 0xa5 ^ (int)(gen_checksum & 15), sizeof dead);
    __asm__ volatile("" : : "r"(dead) : "memory");
}

HELPER static uint32_t digest(const unsigned char *p, size_t n) {
    uint32_t sum = 2166136261u;
    for (size_t i = 0; i < n; i++)
        sum = (sum ^ p[i]) * 16777619u;
    return sum;
}

HELPER static void fill(unsigned char *p, size_t n, uint32_t tag) {
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(tag * 31u + i * 7u + (i >> 5));
}

UNUSED static unsigned char *from_bytes(const unsigned char *raw) {
    unsigned char *p;
    memcpy(&p, raw, sizeof p);
    return p;
}
UNUSED static void to_bytes(unsigned char *raw, unsigned char *p) {
    memcpy(raw, &p, sizeof p);
}

UNUSED static unsigned char *from_single_bytes(const unsigned char *raw) {
    uintptr_t n = 0;
    for (size_t i = 0; i < sizeof n; i++)
        n |= (uintptr_t)raw[i] << (8 * i);
    return (unsigned char *)n;
}
UNUSED static void to_single_bytes(unsigned char *raw, unsigned char *p) {
    const unsigned char *from = (const unsigned char *)&p;
    for (size_t i = 0; i < sizeof p; i++)
        raw[i] = from[i];
}

UNUSED static unsigned char *from_halves(const uint32_t *half) {
    return (unsigned char *)((uintptr_t)half[0] | (uintptr_t)half[1] << 32);
}
UNUSED static void to_halves(uint32_t *half, unsigned char *p) {
    half[0] = (uint32_t)(uintptr_t)p;
    half[1] = (uint32_t)((uintptr_t)p >> 32);
}

#endif
