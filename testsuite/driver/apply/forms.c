/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * forms.c - every form of allocation and free that a rewrite knows; see verdicts.cpp for the names.
 *
 * Each function's result depends on every byte that its objects held; see() keeps the compiler from
 * knowing them, and scribble() overwrites what is not in a frame.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define NOINLINE __attribute__((noinline))

NOINLINE static unsigned sum(const void *bytes, size_t n) {
    const unsigned char *p = bytes;
    unsigned s = 0;
    for (size_t i = 0; i < n; i++)
        s = s * 31 + p[i];
    return s;
}
NOINLINE void see(void *p) {
    __asm__ volatile("" ::"r"(p) : "memory");
}
NOINLINE static void scribble(void) {
    volatile char dead[4096];
    memset((void *)dead, 0xa5, sizeof dead);
}

/* ---- slots */

NOINLINE unsigned slot_simple(int x) {
    unsigned char *p = malloc(24); // moves
    if (!p)
        return 1;
    memset(p, x, 24);
    see(p);
    scribble();
    unsigned r = sum(p, 24);
    free(p);
    return r;
}
NOINLINE unsigned slot_nothing(void) {
    char *p = malloc(0); // moves
    unsigned r = p != NULL;
    see(p);
    free(p);
    return r;
}
NOINLINE unsigned slot_loop_calloc(int n) {
    unsigned r = 0;
    for (int i = 0; i < n; i++) {
        unsigned char *p = calloc(4, 8); // moves
        if (!p)
            return 9;
        r = r * 7 + sum(p, 32);
        memset(p, i + 1, 32);
        see(p);
        r += sum(p, 32);
        free(p);
    }
    return r;
}
/* One round's type says nothing about the next one's. */
NOINLINE int slot_loop_types(int k, int j, int x, float y) {
    int r = 0;
    float f = 0;
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        void *p = malloc(64); // moves
        if (i & 1) {
            float *q = p;
            q[k] = y + (float)i;
            f += q[j];
        } else {
            int *q = p;
            q[k] = x * i;
            r += q[j];
        }
        free(p);
    }
    return r + (int)f;
}
NOINLINE unsigned slot_aligned(int x) {
    unsigned char *p = aligned_alloc(64, 128); // moves
    memset(p, x, 128);
    see(p);
    unsigned r = (unsigned)((uintptr_t)p % 64) + sum(p, 128);
    free(p);
    return r;
}
NOINLINE unsigned slot_posix(int x) {
    void *p;
    if (posix_memalign(&p, 64, 100)) // moves
        return 5;
    memset(p, x, 100);
    see(p);
    unsigned r = (unsigned)((uintptr_t)p % 64) + sum(p, 100);
    free(p);
    return r;
}
NOINLINE unsigned slot_strdup(void) {
    char *p = strdup("hello, world"); // moves
    see(p);
    unsigned r = sum(p, strlen(p) + 1);
    free(p);
    return r;
}
NOINLINE unsigned slot_remove(int x) {
    char *p = malloc(8); // moves
    if (!p)
        goto out;
    memset(p, x, 8);
    see(p);
    x += (int)sum(p, 8);
out:
    free(p);
    return (unsigned)x;
}
NOINLINE unsigned slot_two(int x, int c) {
    char *p = malloc(8), *q = malloc(8); // moves
    char *z = c ? p : q;                 // moves
    memset(z, x, 8);
    see(z);
    unsigned r = sum(z, 8);
    free(z);
    free(c ? q : p);
    return r;
}
NOINLINE unsigned slot_or_mine(int x, void *mine) {
    char *p = x > 3 ? malloc(8) : mine; // moves
    if (!p)
        return 0;
    memset(p, x, 8);
    see(p);
    unsigned r = sum(p, 8);
    free(p);
    return r;
}
NOINLINE unsigned slot_before_a_tail_call(int x) {
    char *p = malloc(8); // moves
    memset(p, x, 8);
    see(p);
    free(p);
    return slot_remove(x);
}
/* This frame is gone before the callee begins. */
NOINLINE unsigned slot_before_a_musttail_call(int x) {
    char *p = malloc(8); // refused
    memset(p, x, 8);
    see(p);
    x += p[7];
    free(p);
    __attribute__((musttail)) return slot_remove(x);
}
NOINLINE unsigned slot_jumped_over(int x) {
    jmp_buf here;
    char *p = malloc(8); // refused
    memset(p, x, 8);
    see(p);
    unsigned r = setjmp(here) ? 1 : sum(p, 8);
    free(p);
    return r;
}

/* ---- small buffers */

NOINLINE unsigned buffer_malloc(size_t n) {
    unsigned char *p = malloc(n); // moves
    if (!p)
        return 77;
    memset(p, 3, n);
    see(p);
    scribble();
    unsigned r = sum(p, n);
    free(p);
    return r;
}
NOINLINE unsigned buffer_calloc(size_t n, size_t m) {
    unsigned char *p = calloc(n, m); // moves
    if (!p)
        return 77;
    see(p);
    unsigned r = sum(p, n * m);
    memset(p, 1, n * m);
    see(p);
    free(p);
    return r;
}
NOINLINE unsigned buffer_posix(int x, size_t n) {
    void *p = NULL;
    int rc = posix_memalign(&p, 64, n); // moves
    if (rc)
        return 5 + (unsigned)rc;
    memset(p, x, n);
    see(p);
    unsigned r = (unsigned)((uintptr_t)p % 64) + sum(p, n);
    free(p);
    return r;
}
NOINLINE unsigned buffer_strdup(const char *s) {
    char *p = strdup(s); // moves
    if (!p)
        return 1;
    if (p[0])
        p[0] ^= 1;
    see(p);
    unsigned r = sum(p, strlen(p) + 1);
    free(p);
    return r;
}
NOINLINE unsigned buffer_strndup(const char *s, size_t n) {
    char *p = strndup(s, n); // moves
    if (!p)
        return 1;
    see(p);
    unsigned r = sum(p, strlen(p) + 1);
    free(p);
    return r;
}
NOINLINE unsigned buffer_wcsdup(const wchar_t *s) {
    wchar_t *p = wcsdup(s); // moves
    if (!p)
        return 1;
    see(p);
    unsigned r = sum(p, (wcslen(p) + 1) * sizeof *p);
    free(p);
    return r;
}

/* ---- the program's own allocators: 0 bytes and NULL strings are theirs to decide */

NOINLINE void *pool_get(int n) {
    return n > 0 ? malloc((size_t)n) : NULL;
}
NOINLINE void pool_put(void *p) {
    free(p);
}
NOINLINE char *pool_copy(const char *s) {
    return s ? strcpy(pool_get((int)strlen(s) + 1), s) : NULL;
}

NOINLINE unsigned buffer_pool(int n) {
    char *p = pool_get(n); // moves
    if (!p)
        return 41;
    memset(p, n, (size_t)n);
    see(p);
    unsigned r = sum(p, (size_t)n);
    pool_put(p);
    return r;
}
NOINLINE unsigned buffer_pool_copy(const char *s) {
    char *p = pool_copy(s); // moves
    if (!p)
        return 42;
    see(p);
    unsigned r = sum(p, strlen(p) + 1);
    pool_put(p);
    return r;
}

/* ---- realloc */

NOINLINE unsigned slot_keep_realloc(size_t n) {
    unsigned char *p = malloc(20); // moves
    memset(p, 4, 20);
    see(p);
    unsigned char *q = realloc(p, n);
    if (!q) {
        if (n)
            free(p);
        return 3;
    }
    if (n > 20)
        memset(q + 20, 1, n - 20);
    see(q);
    unsigned r = sum(q, n);
    free(q);
    return r;
}
NOINLINE unsigned slot_realloc(int k) {
    unsigned char *p = malloc(20); // moves
    memset(p, 4, 20);
    see(p);
    for (int i = 1; i < k; i++) {
        unsigned char *q = realloc(p, 48); // moves
        if (!q)
            return 3;
        if (i == 1)
            memset(q + 20, i, 28);
        q[i] = (unsigned char)i;
        p = q;
        see(p);
    }
    unsigned r = k > 1 ? sum(p, 48) : sum(p, 20);
    free(p);
    return r;
}
/* What the analysis would not ask for: the old block is the caller's. */
NOINLINE unsigned slot_realloc_mine(unsigned char *mine, int x) {
    unsigned char *p = realloc(mine, 40); // moves
    if (!p)
        return 3;
    p[39] = (unsigned char)x;
    memset(p + 16, x + 1, 20);
    see(p);
    unsigned r = sum(p, 36) + p[39];
    free(p);
    return r;
}
NOINLINE unsigned buffer_grow(int n) {
    size_t capacity = 4, length = 0;
    unsigned char *p = malloc(capacity); // moves
    if (!p)
        return 1;
    for (int i = 0; i < n; i++) {
        if (length == capacity) {
            capacity *= 2;
            unsigned char *q = realloc(p, capacity); // moves
            if (!q) {
                free(p);
                return 2;
            }
            p = q;
        }
        p[length++] = (unsigned char)(i * 7);
        see(p);
    }
    unsigned r = sum(p, length);
    scribble();
    free(p);
    return r;
}
NOINLINE unsigned buffer_grow_from_null(int n) {
    size_t capacity = 0, length = 0;
    int *p = NULL;
    for (int i = 0; i < n; i++) {
        if (length == capacity) {
            capacity = capacity ? capacity * 2 : 2;
            int *q = reallocarray(p, capacity, sizeof *p); // moves
            if (!q) {
                free(p);
                return 2;
            }
            p = q;
        }
        p[length++] = i * 7;
        see(p);
    }
    unsigned r = p ? sum(p, length * sizeof *p) : 0;
    scribble();
    if (p && reallocarray(p, SIZE_MAX / 2, 16)) // moves
        r = 0;
    free(p);
    return r;
}
NOINLINE unsigned buffer_shrink(size_t a, size_t b) {
    unsigned char *p = malloc(a); // moves
    if (!p)
        return 1;
    memset(p, 9, a);
    see(p);
    unsigned char *q = realloc(p, b); // moves
    if (!q)
        return b ? 2 : 3;
    see(q);
    unsigned r = sum(q, a < b ? a : b);
    free(q);
    return r;
}

/* ---- callees that free, reallocate, recurse, allocate themselves */

struct box {
    unsigned char *buffer;
    size_t n;
    struct box *self;
};
NOINLINE static void callee_drop(void *p, int depth) {
    if (depth > 0) {
        callee_drop(p, depth - 1);
    } else {
        see(&depth);
        free(p);
    }
}
NOINLINE static void callee_box(struct box *b) {
    if (b) {
        callee_drop(b->buffer, 2);
        free(b);
    }
}
NOINLINE static int callee_push(struct box *b, size_t n) {
    unsigned char *q = realloc(b->buffer, n);
    if (!q)
        return -1;
    if (n > b->n)
        memset(q + b->n, 8, n - b->n);
    b->buffer = q;
    b->n = n;
    return 0;
}
NOINLINE unsigned callee_slot_own(void *p, int x) {
    free(p);
    unsigned char *t = malloc(16); // moves
    memset(t, x, 16);
    see(t);
    unsigned r = sum(t, 16);
    free(t);
    return r;
}
NOINLINE unsigned slot_box(int x) {
    struct box *b = malloc(sizeof *b); // moves
    if (!b)
        return 1;
    b->self = b;
    b->n = 16;
    b->buffer = malloc(16); // moves
    if (!b->buffer) {
        callee_box(b);
        return 2;
    }
    memset(b->buffer, x, 16);
    see(b);
    scribble();
    unsigned r = sum(b->buffer, 16);
    callee_box(b->self);
    return r;
}
NOINLINE unsigned slot_push(int x, size_t n) {
    struct box b = {0};
    b.n = 16;
    b.buffer = malloc(16); // moves
    if (!b.buffer)
        return 1;
    memset(b.buffer, x, 16);
    see(&b);
    if (callee_push(&b, n)) {
        callee_drop(b.buffer, 1);
        return 2;
    }
    unsigned r = sum(b.buffer, b.n);
    callee_drop(b.buffer, 3);
    return r;
}
NOINLINE unsigned slot_handed_on(int x) {
    char *p = malloc(8); // moves
    p[0] = (char)x;
    see(p);
    unsigned r = (unsigned)p[0];
    return r + callee_slot_own(p, x);
}

int main(void) {
    static const size_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 64, 100, 5000};
    static const char *const texts[] = {
        "", "a", "thirty-one chars exactly here!!", "thirty-two chars exactly here!!!",
        "a much longer string than the buffer may hold at all, really"};
    for (int i = 0; i < 6; i++)
        printf("%u %u %u %u\n", slot_simple(i), slot_loop_calloc(i), slot_remove(i),
               slot_jumped_over(i));
    printf("%u %d\n", slot_nothing(), slot_loop_types(3, 3, 5, 7.0f));
    printf("%u %u %u\n", slot_aligned(3), slot_posix(4), slot_strdup());
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t n = sizes[i];
        printf("%zu: %u %u %u %u\n", n, buffer_malloc(n), buffer_calloc(n, 3), buffer_posix(1, n),
               buffer_pool((int)n));
        printf("%u %u\n", slot_keep_realloc(n ? n : 1), slot_push((int)i, n ? n : 1));
        printf("%u\n",
               buffer_shrink(sizes[i] ? sizes[i] : 1, sizes[sizeof sizes / sizeof *sizes - 1 - i]));
    }
    printf("%u %u %u %u\n", buffer_malloc(SIZE_MAX), buffer_calloc(SIZE_MAX / 2, 3),
           buffer_calloc(SIZE_MAX / 4 + 2, 4), buffer_calloc(SIZE_MAX, SIZE_MAX));
    printf("%u %u\n", buffer_pool(-1), buffer_pool_copy(NULL));
    for (int i = 0; i < 5; i++) {
        const char *s = texts[i];
        printf("%u %u %u %u %u\n", buffer_strdup(s), buffer_strndup(s, 5), buffer_strndup(s, 31),
               buffer_strndup(s, 100), buffer_pool_copy(s));
        printf("%u %u %u\n", slot_realloc(i), buffer_grow(i * 13), buffer_grow_from_null(i * 9));
    }
    printf("%u %u %u\n", buffer_wcsdup(L""), buffer_wcsdup(L"seven77"), buffer_wcsdup(L"eight888"));
    printf("%u %u %u\n", buffer_shrink(10, 0), buffer_shrink(50, 0), slot_keep_realloc(0));
    for (int i = 0; i < 4; i++) {
        unsigned char *mine = calloc(1, 16);
        printf("%u %u %u %u %u\n", slot_box(i), slot_handed_on(i), slot_two(i, i & 1),
               slot_before_a_tail_call(i), slot_realloc_mine(mine, i));
        printf("%u\n", slot_before_a_musttail_call(i));
    }
    for (int i = 0; i < 8; i++)
        printf("%u\n", slot_or_mine(i, i > 3 ? NULL : malloc(8)));
    return 0;
}
