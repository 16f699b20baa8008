/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* One release function frees moved memory of one caller and heap memory of another. */
#include "trap.h"

struct Buffer {
    size_t size;
    char data[48];
};

NOINLINE void buffer_release(struct Buffer *b) {
    if (!b)
        return;
    b->size = 0;
    free(b);
}

NOINLINE static unsigned local(int n) {
    struct Buffer *b = malloc(sizeof *b); // moves
    if (!b)
        return 0;
    b->size = 48;
    fill(b->data, b->size, n);
    unsigned s = digest(b->data, b->size);
    buffer_release(b);
    return s;
}

NOINLINE struct Buffer *buffer_new(int n) {
    struct Buffer *b = malloc(sizeof *b); // stays
    if (!b)
        exit(1);
    b->size = 20;
    fill(b->data, 48, n);
    return b;
}

int main(void) {
    struct Buffer *kept = buffer_new(opaque_int(4));
    opaque_keep(kept);
    printf("%u\n", local(opaque_int(3)));
    buffer_release(NULL);
    printf("%u\n", digest(kept->data, kept->size));
    buffer_release(kept);
    printf("%u\n", local(opaque_int(5)));
    return 0;
}
