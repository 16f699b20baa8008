/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: global
// says: malloc(16) in fail
// says: ended: longjmp left its function
/* The frame is left without a return. */
#include "verify.h"
#include <setjmp.h>

static char *last;
static jmp_buf out;

NOINLINE static void fail(int n) {
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    last = p;
    if (n)
        longjmp(out, 1);
    free(p);
}

int main(void) {
    if (setjmp(out) == 0)
        fail(3);
    printf("%d\n", last[1]);
    free(last);
    return 0;
}
