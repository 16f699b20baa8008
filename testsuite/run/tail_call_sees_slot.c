/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* A call in tail position reads the memory: marked `tail`, it would run in a frame already gone. */
#include "trap.h"

NOINLINE static unsigned leaked(int seed) {
    char *p = malloc(40); // moves
    if (!p)
        return 0;
    fill(p, 40, seed);
    return digest(p, 40);
}

NOINLINE static int second(const int *p, int n) {
    int s = 0;
    for (int i = 0; i < n; i++)
        s = s * 10 + p[i];
    return s;
}

NOINLINE static int freed(int a) {
    int *p = malloc(4 * sizeof *p); // moves
    if (!p)
        exit(1);
    p[0] = a;
    p[1] = a + 1;
    p[2] = a + 2;
    p[3] = a + 3;
    int r = second(p, 4);
    free(p);
    return r;
}

int main(void) {
    printf("%u\n", leaked(opaque_int(3)));
    printf("%d\n", freed(opaque_int(1)));
    return 0;
}
