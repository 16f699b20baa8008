/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: twice
// says: malloc(16) in sum
// says: ended: its slot was taken for the next object
/* setjmp is a loop that the control flow does not show. */
#include "verify.h"
#include <setjmp.h>

static jmp_buf again;
NOINLINE static void back(void) {
    longjmp(again, 1);
}

NOINLINE static int sum(void) {
    char *volatile first = NULL;
    volatile int n = 0;
    setjmp(again);
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, ++n, 16);
    OPAQUE(p);
    if (!first) {
        first = p;
        back();
    }
    int s = first[0] + p[0];
    free(first);
    free(p);
    return s;
}

int main(void) {
    printf("%d\n", sum());
    return 0;
}
