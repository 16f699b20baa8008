/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* posix_memalign refuses an alignment that is less than a pointer's size; what it refuses it does not make. */
#define _POSIX_C_SOURCE 200809L
#include "trap.h"

static unsigned used(int refused, void *p) {
    if (refused)
        return (unsigned)refused;
    fill(p, 16, 1);
    unsigned s = digest(p, 16);
    free(p);
    return s;
}

NOINLINE static void work(void) {
    void *p = NULL;
    int refused = posix_memalign(&p, 4, 16); // stays
    printf("4: %u\n", used(refused, p));
    refused = posix_memalign(&p, 1, opaque_size(16)); // stays
    printf("1: %u\n", used(refused, p));
    refused = posix_memalign(&p, 24, 16); // stays
    printf("24: %u\n", used(refused, p));
    refused = posix_memalign(&p, sizeof(void *), 16); // moves
    printf("pointer: %u\n", used(refused, p));
}

int main(void) {
    work();
    return 0;
}
