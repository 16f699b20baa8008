/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* malloc_usable_size looks at what malloc keeps beside its memory. */
#include "trap.h"
#include <malloc.h>

NOINLINE static int work(int n) {
    char *p = malloc(40); // stays
    if (!p)
        return 0;
    fill(p, 40, n);
    int enough = malloc_usable_size(p) >= 40;
    free(p);
    return enough;
}

int main(void) {
    printf("%d\n", work(opaque_int(3)));
    return 0;
}
