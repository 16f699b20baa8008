/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Too large for the frame, but the compiler itself needs no memory at all. */
#include <stdlib.h>

int three(int v) {
    int *p = malloc(100000); // expect-llvm: malloc(100000) does not escape; optimized away // expect-gcc: malloc(100000) does not escape; kept on heap: object budget: 100000 of 16384 bytes
    if (!p)
        return 0;
    p[7] = v;
    int r = p[7] + 3;
    free(p);
    return r;
}
