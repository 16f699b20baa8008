/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: size
// says: an object is larger than its slot: 1000 bytes in 256
// says: malloc(n) in sum
#include "verify.h"

NOINLINE static int sum(size_t n) {
    char *p = malloc(n);
    if (!p)
        exit(1);
    memset(p, 1, n);
    OPAQUE(p);
    int s = p[0] + p[n - 1];
    free(p);
    return s;
}

int main(int argc, char **argv) {
    (void)argv;
    printf("%d\n", sum(1000 * (size_t)argc));
    return 0;
}
