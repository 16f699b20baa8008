/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: load
// says: malloc(16) in make
// says: ended: its function returned
#include "verify.h"

NOINLINE static char *make(int n, int i) {
    char *held[3] = {NULL, NULL, NULL};
    held[i] = malloc(16);
    if (!held[i])
        exit(1);
    memset(held[i], n, 16);
    OPAQUE(held);
    return held[i];
}

int main(int argc, char **argv) {
    (void)argv;
    char *p = make(5, argc);
    printf("%d\n", p[1]);
    free(p);
    return 0;
}
