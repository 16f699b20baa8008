/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* The free is three calls away, and each of the calls may also leave the object alone. */
#include "trap.h"

NOINLINE static unsigned third(char *p, int n) {
    unsigned s = digest(p, 20);
    if (n & 1)
        free(p);
    return s;
}

NOINLINE static unsigned second(char *p, int n) {
    unsigned s = third(p, n) * 3;
    if ((n & 3) == 2)
        free(p);
    return s;
}

NOINLINE static unsigned first(char *p, int n) {
    unsigned s = second(p, n) + 1;
    if ((n & 3) == 0)
        free(p);
    return s;
}

NOINLINE static unsigned work(int n) {
    char *p = malloc(20); // moves
    if (!p)
        exit(1);
    fill(p, 20, n);
    return first(p, n);
}

int main(void) {
    unsigned s = 0;
    for (int n = 0; n < 9; n++) {
        s = s * 5 + work(opaque_int(n));
        char *p = malloc(20);
        if (!p)
            return 1;
        fill(p, 20, n);
        s = s * 5 + first(opaque_pointer(p), opaque_int(n));
    }
    printf("%u\n", s);
    return 0;
}
