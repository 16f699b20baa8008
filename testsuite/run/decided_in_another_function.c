/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* No bit of the pointer is copied, and who makes it a number does not decide by it: another function
 * does, one of the library does, or its bytes are looked at where they lie. */
#if defined __GNUC__ && !defined __clang__
/* GCC itself does not follow all of these, and leaves out what is written to the memory. */
#pragma GCC optimize("no-tree-dse,no-ipa-modref,no-tree-pta")
#endif
#include "trap.h"

enum { WAYS = 12 };

static uintptr_t found;
static unsigned char pieces[8], turned[256];

NOINLINE static int bit_of(const void *p, int i) {
    return (int)((uintptr_t)p >> i & 1);
}

NOINLINE static int has(uintptr_t number, int i) {
    if (number >> i & 1)
        return 1;
    return 0;
}

NOINLINE static int byte_is(const void *at, int i, int value) {
    return ((const unsigned char *)at)[i] == value;
}

NOINLINE static int less(uintptr_t a, uintptr_t b) {
    return a < b;
}

NOINLINE static void note(uintptr_t number, int i) {
    switch (number >> 2 * i & 3) {
    case 1:
        found |= (uintptr_t)1 << 2 * i;
        break;
    case 2:
        found |= (uintptr_t)2 << 2 * i;
        break;
    case 3:
        found |= (uintptr_t)3 << 2 * i;
        break;
    }
}

NOINLINE static unsigned char turn(unsigned digit) {
    return turned[digit];
}

struct box {
    int size;
    uintptr_t number;
};

NOINLINE static int box_has(const struct box *b, int i) {
    return b->number >> i & 1 ? 1 : 0;
}

NOINLINE static double as_double(uintptr_t number) {
    return (double)number;
}

static int by_number(const void *a, const void *b) {
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
    return x < y ? -1 : x > y;
}

/* Each way has an allocation of its own. */
#define KEEP(WAY, ...)                         \
    NOINLINE static void keep##WAY(int seed) { \
        char *p = malloc(24);                  \
        if (!p)                                \
            exit(1);                           \
        fill(p, 24, seed);                     \
        uintptr_t number = (uintptr_t)p;       \
        (void)number;                          \
        __VA_ARGS__                            \
    }

KEEP(0, {
    for (int i = 0; i < 48; i++)
        if (bit_of(p, i))
            found |= (uintptr_t)1 << i;
})
KEEP(1, {
    for (int i = 0; i < 48; i++)
        found |= (uintptr_t)has(number, i) << i;
})
KEEP(2, {
    for (int i = 0; i < 8; i++)
        for (int v = 0; v < 256; v++) {
            unsigned char value = (unsigned char)v;
            if (memcmp((char *)&p + i, &value, 1) == 0)
                pieces[i] = value;
        }
})
KEEP(3, {
    for (int i = 0; i < 8; i++)
        for (int v = 0; v < 256; v++)
            if (byte_is(&p, i, v))
                pieces[i] = (unsigned char)v;
})
KEEP(4, {
    struct box box = {24, number};
    for (int i = 0; i < 48; i++)
        found |= (uintptr_t)box_has(&box, i) << i;
})
KEEP(5, {
    for (int i = 0; i < 24; i++)
        note(number, i);
})
KEEP(6, {
    for (int i = 0; i < 256; i++)
        turned[i] = (unsigned char)(i ^ 0x5a);
    for (int i = 0; i < 8; i++)
        pieces[i] = turn(number >> 8 * i & 255) ^ 0x5a;
})
KEEP(7, {
    for (int i = 0; i < 8; i++)
        for (int v = 1; v < 256; v++) {
            char value[2] = {(char)v, 0};
            if (strncmp((char *)&p + i, value, 1) == 0)
                pieces[i] = (unsigned char)v;
        }
})
KEEP(8, {
    uintptr_t low = 0, high = (uintptr_t)1 << 47;
    while (high - low > 1) {
        uintptr_t middle = low + (high - low) / 2;
        if (less(number, middle))
            high = middle;
        else
            low = middle;
    }
    found = low;
})
KEEP(9, {
    for (int i = 0; i < 8; i++) {
        char text[2];
        snprintf(text, sizeof text, "%.1s", (char *)&p + i);
        pieces[i] = (unsigned char)text[0];
    }
})
KEEP(10, {
    double left = as_double(number);
    for (double power = 140737488355328.0; power >= 1; power /= 2) {
        found <<= 1;
        if (left >= power) {
            left -= power;
            found |= 1;
        }
    }
})
KEEP(11, {
    uintptr_t low = 0, high = (uintptr_t)1 << 47;
    while (high - low > 1) {
        uintptr_t middle = low + (high - low) / 2, two[2] = {number, middle};
        qsort(two, 2, sizeof *two, by_number);
        if (two[0] == middle)
            low = middle;
        else
            high = middle;
    }
    found = low;
})

static void (*volatile keep[WAYS])(int) = {keep0, keep1, keep2, keep3, keep4,  keep5,
                                           keep6, keep7, keep8, keep9, keep10, keep11};

int main(void) {
    for (int way = 0; way < WAYS; way++) {
        found = 0;
        memset(pieces, 0, sizeof pieces);
        keep[way](opaque_int(way));
        SCRIBBLE();
        for (int i = 0; i < 8; i++)
            found |= (uintptr_t)pieces[i] << 8 * i;
        char *p = (char *)found;
        printf("%d %u\n", way, digest(p, 24));
        free(p);
    }
    return 0;
}
