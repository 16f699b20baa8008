/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: realloc
// says: a realloc that was not found got a moved object
// says: malloc(24) in sum
#include "verify.h"

NOINLINE static int sum(int n, size_t more) {
    char *p = malloc(24);
    if (!p)
        exit(1);
    memset(p, n, 24);
    p = realloc(p, more);
    if (!p)
        exit(1);
    int s = p[0] + p[23];
    free(p);
    return s;
}

int main(int argc, char **argv) {
    (void)argv;
    printf("%d\n", sum(4, 50000 * (size_t)argc));
    return 0;
}
