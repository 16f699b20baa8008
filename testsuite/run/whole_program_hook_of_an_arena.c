/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program
// moved: 1
/* The library's allocator or an arena's, and the hooks do not match: memory of malloc is handed to
 * the arena, which ignores it, and memory of the arena never to free. */
#include "trap.h"

static _Alignas(16) char arena[4096];
static size_t used, ignored;

__attribute__((malloc)) static void *take(size_t size) {
    if (size > sizeof arena - used)
        return NULL;
    void *p = arena + used;
    used += (size + 15) / 16 * 16;
    return p;
}

static void ignore(void *p) {
    ignored += ((char *)p)[0] != 0;
}

static void *(*allocate)(size_t size) = malloc;
static void (*release)(void *p) = ignore;

NOINLINE static unsigned work(int seed) {
    char *p = allocate(32); // moved where it is malloc's
    if (!p)
        exit(1);
    fill(p, 32, seed);
    unsigned sum = digest(p, 32);
    if (opaque_int(1))
        release = used ? ignore : free;
    release(p);
    return sum;
}

int main(void) {
    unsigned sum = work(opaque_int(1));
    if (opaque_int(1))
        allocate = take;
    release = ignore;
    for (int i = 2; i < 9; i++) {
        unsigned bit = work(opaque_int(i));
        sum += bit;
        used = used ? used : 16;
    }
    SCRIBBLE();
    printf("%u %zu %zu\n", sum, used, ignored);
    return 0;
}
