/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A pointer packed into a bit field beside a tag, as small interpreters do. */
#include "trap.h"

struct Packed {
    uint64_t tag : 8, address : 56;
};

static struct Packed kept;

NOINLINE static void work(int v) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, v);
    kept.address = (uintptr_t)p & 0xffffffffffffff;
    kept.tag = (unsigned char)v;
}

int main(void) {
    work(opaque_int(7));
    SCRIBBLE();
    char *p = (char *)(uintptr_t)kept.address;
    printf("%u %u\n", digest(p, 16), (unsigned)kept.tag);
    free(p);
    return 0;
}
