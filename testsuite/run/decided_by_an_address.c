/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* No bit of the pointer is copied; the program decides by them, in loops, single bits, orders and
 * tables. */
#if defined __GNUC__ && !defined __clang__
/* GCC itself does not follow all of these, and leaves out what is written to the memory. */
#pragma GCC optimize("no-tree-dse,no-ipa-modref,no-tree-pta")
#endif
#include "trap.h"

enum { WAYS = 7 };

static uintptr_t found;
static unsigned char bit[64], turned[256], pieces[8];
static struct {
    unsigned b : 1;
} single[64];
static struct {
    unsigned a : 3, b : 3, c : 2;
} narrow[8];

/* Each way has an allocation of its own. */
#define KEEP(WAY, ...)                         \
    NOINLINE static void keep##WAY(int seed) { \
        char *p = malloc(24);                  \
        if (!p)                                \
            exit(1);                           \
        fill(p, 24, seed);                     \
        uintptr_t bits = (uintptr_t)p;         \
        __VA_ARGS__                            \
    }

KEEP(0, {
    for (uintptr_t one = 1; bits; bits >>= 1, one <<= 1)
        if (bits & 1)
            found |= one;
})
KEEP(1, {
    for (int i = 0; bits; i++, bits /= 2)
        if (bits % 2)
            bit[i] = 1;
})
KEEP(2, {
    for (int i = 0; i < 64; i++)
        single[i].b = bits >> i & 1;
})
KEEP(3, {
    for (int i = 0; i < 8; i++, bits >>= 8) {
        narrow[i].a = bits & 7;
        narrow[i].b = bits >> 3 & 7;
        narrow[i].c = bits >> 6 & 3;
    }
})
KEEP(4, {
    uintptr_t low = 0, high = (uintptr_t)1 << 47;
    while (high - low > 1) {
        uintptr_t middle = low + (high - low) / 2;
        if (p < (char *)middle)
            high = middle;
        else
            low = middle;
    }
    found = low;
})
KEEP(5, {
    double number = (double)bits;
    for (double power = 140737488355328.0; power >= 1; power /= 2) {
        found <<= 1;
        if (number >= power) {
            number -= power;
            found |= 1;
        }
    }
})
KEEP(6, {
    for (int i = 0; i < 256; i++)
        turned[i] = (unsigned char)(i ^ 0x5a);
    for (int i = 0; i < 8; i++)
        pieces[i] = turned[bits >> 8 * i & 255];
})

static void (*volatile keep[WAYS])(int) = {keep0, keep1, keep2, keep3, keep4, keep5, keep6};

static uintptr_t kept(int way) {
    uintptr_t bits = found;
    for (int i = 0; way == 1 && i < 64; i++)
        bits |= (uintptr_t)bit[i] << i;
    for (int i = 0; way == 2 && i < 64; i++)
        bits |= (uintptr_t)single[i].b << i;
    for (int i = 0; way == 3 && i < 8; i++)
        bits |= (uintptr_t)(narrow[i].a | narrow[i].b << 3 | narrow[i].c << 6) << 8 * i;
    for (int i = 0; way == 6 && i < 8; i++)
        bits |= (uintptr_t)(pieces[i] ^ 0x5a) << 8 * i;
    return bits;
}

int main(void) {
    for (int way = 0; way < WAYS; way++) {
        found = 0;
        memset(bit, 0, sizeof bit);
        keep[way](opaque_int(way));
        SCRIBBLE();
        char *p = (char *)kept(opaque_int(way));
        printf("%d %u\n", way, digest(p, 24));
        free(p);
    }
    return 0;
}
