/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* malloc's memory is aligned for every type: a vector is loaded with an instruction that traps. */
#include "trap.h"

typedef float Vector __attribute__((vector_size(16)));

NOINLINE static void scale(Vector *v, int n, float by) {
    for (int i = 0; i < n; i++)
        v[i] = v[i] * (Vector){by, by, by, by};
}

NOINLINE static float work(int n) {
    char *odd = malloc(7);                  // moves
    Vector *v = malloc(4 * sizeof(Vector)); // moves
    if (!odd || !v)
        exit(1);
    fill(odd, 7, n);
    for (int i = 0; i < 4; i++)
        v[i] = (Vector){(float)i, (float)n, 1, 2};
    scale(v, 4, (float)(odd[6] & 3) + 1);
    float s = 0;
    for (int i = 0; i < 4; i++)
        s += v[i][0] + v[i][1] * 2 + v[i][2] + v[i][3];
    free(v);
    free(odd);
    return s;
}

int main(void) {
    printf("%g\n", (double)work(opaque_int(3)));
    return 0;
}
