/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The address, computed with: as a floating-point number, by functions on numbers, from an odd
 * base. */
#if defined __GNUC__ && !defined __clang__
/* GCC itself does not follow all of these, and leaves out what is written to the memory. */
#pragma GCC optimize("no-tree-dse,no-ipa-modref,no-tree-pta")
#endif
#include "trap.h"

#include <complex.h>
#include <math.h>
#include <wchar.h>

enum { WAYS = 13 };

static double number, fraction;
static double two = 2.0;
static double complex plane;
static long whole;
static ldiv_t parts;
static int exponent, count;
static unsigned char text[2 * sizeof(void *)], positions[64];
static wchar_t wide[2];
static int *index_base, table[1];
static char *from_base, base[16];
static char *volatile nothing;

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
    number = (double)bits + 1.0;
})
KEEP(1, {
    number = (double)bits * two;
})
KEEP(2, {
    number = floor((double)bits + 0.5);
})
KEEP(3, {
    fraction = frexp((double)bits, &exponent);
})
KEEP(4, {
    plane = ((double)(bits >> 24) + I * (double)(bits & 0xffffff)) * two;
})
KEEP(5, {
    parts = ldiv((long)bits, 1000);
})
KEEP(6, {
    whole = labs(-(long)bits);
})
KEEP(7, {
    for (size_t i = 0; i < sizeof bits; i++)
        memset(text + 2 * i, (int)(bits >> 8 * i), 2);
})
KEEP(8, {
    wmemset(wide, (wchar_t)bits, opaque_size(1));
    wmemset(wide + 1, (wchar_t)(bits >> 32), opaque_size(1));
})
KEEP(9, {
    for (count = 0; bits; bits &= bits - 1)
        positions[count++] = (unsigned char)__builtin_ctzl(bits);
})
KEEP(10, {
    from_base = nothing + bits;
})
KEEP(11, {
    index_base = table + ((intptr_t)p - (intptr_t)table) / 4;
})
KEEP(12, {
    from_base = base + ((bits - (uintptr_t)base) & 0x7fffffffffff);
})

static void (*volatile keep[WAYS])(int) = {keep0, keep1, keep2, keep3, keep4, keep5, keep6, keep7, keep8, keep9, keep10, keep11, keep12};

static uintptr_t kept(int way) {
    uintptr_t bits = 0;
    switch (way) {
    case 0:
        return (uintptr_t)(number - 1.0);
    case 1:
        return (uintptr_t)(number / 2.0);
    case 2:
        return (uintptr_t)number;
    case 3:
        return (uintptr_t)ldexp(fraction, exponent);
    case 4:
        return ((uintptr_t)(creal(plane) / 2) << 24) | (uintptr_t)(cimag(plane) / 2);
    case 5:
        return (uintptr_t)(parts.quot * 1000 + parts.rem);
    case 6:
        return (uintptr_t)whole;
    case 7:
        for (size_t i = 0; i < sizeof bits; i++)
            bits |= (uintptr_t)text[2 * i] << 8 * i;
        return bits;
    case 8:
        return (uint32_t)wide[0] | (uintptr_t)(uint32_t)wide[1] << 32;
    case 9:
        for (int i = 0; i < count; i++)
            bits |= (uintptr_t)1 << positions[i];
        return bits;
    case 11:
        return (uintptr_t)index_base;
    }
    return (uintptr_t)from_base & 0x7fffffffffff;
}

int main(void) {
    for (int way = 0; way < WAYS; way++) {
        keep[way](opaque_int(way));
        SCRIBBLE();
        char *p = (char *)kept(opaque_int(way));
        printf("%d %u\n", way, digest(p, 24));
        free(p);
    }
    return 0;
}
