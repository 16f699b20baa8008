/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* aligned_alloc and posix_memalign keep their alignment in the frame. */
#define _POSIX_C_SOURCE 200809L
#include "trap.h"

NOINLINE static int off(const void *p, size_t to) {
    return (uintptr_t)p % to != 0;
}

NOINLINE static unsigned work(int n) {
    void *page = NULL;
    char *odd = malloc(3);                 // moves
    char *line = aligned_alloc(64, 128);   // moves
    if (posix_memalign(&page, 1024, 2048)) // moves
        exit(1);
    if (!odd || !line)
        exit(1);
    fill(odd, 3, n);
    fill(line, 128, n + 1);
    fill(page, 2048, n + 2);
    unsigned s = digest(odd, 3) + digest(line, 128) * 3 + digest(page, 2048) * 5;
    s += (unsigned)(off(line, 64) + off(page, 1024)) * 1000000u;
    free(page);
    free(line);
    free(odd);
    return s;
}

int main(void) {
    for (int i = 0; i < 3; i++)
        printf("%u\n", work(opaque_int(i)));
    return 0;
}
