/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Returned by value inside a struct, small and large. */
#include "trap.h"

struct Small {
    char *data;
    size_t size;
};

struct Large {
    int words[10];
    char *data;
};

NOINLINE static struct Small small(int seed) {
    struct Small s = {malloc(16), 16}; // stays
    if (!s.data)
        exit(1);
    fill(s.data, 16, seed);
    return s;
}

NOINLINE static struct Large large(int seed) {
    struct Large l = {{seed}, malloc(24)}; // stays
    if (!l.data)
        exit(1);
    fill(l.data, 24, seed);
    return l;
}

int main(void) {
    struct Small s = small(opaque_int(1));
    struct Large l = large(opaque_int(2));
    SCRIBBLE();
    printf("%u %u\n", digest(s.data, s.size), digest(l.data, 24));
    free(s.data);
    free(l.data);
    return 0;
}
