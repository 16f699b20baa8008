/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: callee-free
// says: a free that was not found got a moved object
// says: malloc(24) in sum
#include "verify.h"

NOINLINE static void drop(char *p) {
    if (p[0])
        free(p);
}

NOINLINE static int sum(int n) {
    char *p = malloc(24);
    if (!p)
        exit(1);
    memset(p, n, 24);
    int s = p[0] + p[23];
    drop(p);
    return s;
}

int main(void) {
    printf("%d\n", sum(4));
    return 0;
}
