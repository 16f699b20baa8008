/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: returned
// says: moved to stack up to 256 bytes: malloc(n)
// says: ended: its function returned
/* Of an object of unknown size the small ones are in the frame. */
#include "verify.h"

NOINLINE static char *make(size_t n) {
    char *p = malloc(n);
    if (!p)
        exit(1);
    memset(p, 3, n);
    return p;
}

int main(int argc, char **argv) {
    (void)argv;
    char *large = make(1000 * (size_t)argc), *small = make(10 * (size_t)argc);
    printf("%d %d\n", large[5], small[5]);
    free(large);
    free(small);
    return 0;
}
