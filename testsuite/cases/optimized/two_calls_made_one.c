// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The optimizer makes one call of two that stand on both sides of a branch. It has the place of neither, and is still there.
#include <stdlib.h>

int *kept;

int either(int which, int n) {
    int *a, *b;
    if (which > 3) {
        a = malloc(80); // expect: malloc(80) escapes to heap: stored in global kept
        kept = a;
        if (a)
            a[0] = n;
    } else {
        b = malloc(80); // expect: malloc(80) escapes to heap: stored in global kept
        kept = b;
        if (b)
            b[0] = n;
    }
    return n;
}
