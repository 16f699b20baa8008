/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: store
// says: malloc(16) in make
// says: ended: its function returned
#include "verify.h"

NOINLINE static char *make(int n, int i) {
    char *held[3] = {NULL, NULL, NULL};
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    held[i] = p;
    return held[n - 4];
}

int main(int argc, char **argv) {
    (void)argv;
    char *p = make(5, argc);
    printf("%d\n", p[1]);
    free(p);
    return 0;
}
