/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program
// moved: 6
/* Four hooks that allocate and three that release, changed in the loop that uses them; results go to memory, to a variable,
 * to one of two ways, and to a hook at once. Counts and bytes must come out as if nothing had been moved. */
#include "trap.h"

static int first, second, third;

__attribute__((malloc)) static void *count_first(size_t size) {
    first++;
    return malloc(size);
}

__attribute__((malloc)) static void *zeroed(size_t size) {
    second++;
    return calloc(1, size);
}

__attribute__((malloc)) static void *filled(size_t size) {
    third++;
    void *p = malloc(size);
    if (p)
        memset(p, 1, size);
    return p;
}

static void count_release(void *p) {
    first--;
    free(p);
}

static void spoil(void *p) {
    second--;
    if (p)
        memset(p, 7, 1);
    free(p);
}

static void *(*get)(size_t size) = malloc;
static void (*put)(void *p) = free;

struct Holder {
    char *buffer;
};

NOINLINE static void turn(int i) {
    if (i % 7 == 0)
        get = get == malloc ? count_first : get == count_first ? zeroed
                                        : get == zeroed        ? filled
                                                               : malloc;
    if (i % 5 == 0)
        put = put == free ? count_release : put == count_release ? spoil
                                                                 : free;
}

NOINLINE static unsigned work(struct Holder *holder, int rounds) {
    unsigned sum = 0;
    for (int i = 0; i < rounds; i++) {
        holder->buffer = get(16);
        if (!holder->buffer)
            exit(1);
        fill(holder->buffer, 16, i);
        char *always = get(24), *sometimes = i & 1 ? get(8) : NULL;
        if (always) {
            fill(always, 24, i + 1);
            sum += digest(always, 24) + digest(holder->buffer, 16);
        }
        if (sometimes) {
            fill(sometimes, 8, i + 2);
            sum += digest(sometimes, 8);
        }
        put(sometimes);
        put(always);
        put(holder->buffer);
        holder->buffer = NULL;
        put(get(3));
        turn(i);
    }
    return sum;
}

int main(void) {
    struct Holder holder = {NULL};
    unsigned sum = 0;
    for (int i = 0; i < 100; i++)
        sum += work(&holder, opaque_int(i));
    SCRIBBLE();
    printf("%u: %d, %d, %d\n", sum, first, second, third);
    return 0;
}
