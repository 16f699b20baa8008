/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: free
// says: a free that was not found got a moved object: byte 0 of 24 was freed
// says: malloc(24) in sum
// says: #0 sum
#include "verify.h"

NOINLINE static int sum(int n) {
    char *p = malloc(24);
    if (!p)
        exit(1);
    memset(p, n, 24);
    OPAQUE(p);
    int s = p[0] + p[23];
    free(p);
    return s;
}

int main(void) {
    printf("%d\n", sum(4));
    return 0;
}
