/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: move
// says: malloc(16) in make
// says: ended: its function returned
#include "verify.h"

struct box {
    char *p;
    long n;
};

NOINLINE static char *make(int n, int i) {
    struct box from[2], to[2];
    memset(from, 0, sizeof from);
    from[i].p = malloc(16);
    if (!from[i].p)
        exit(1);
    memset(from[i].p, n, 16);
    memcpy(to, from, sizeof to);
    return to[i].p;
}

int main(int argc, char **argv) {
    (void)argv;
    char *p = make(5, argc);
    printf("%d\n", p[1]);
    free(p);
    return 0;
}
