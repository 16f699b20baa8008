/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A jump past a frame that holds moved memory: the memory dies with the frame, as it leaked. */
#include "trap.h"
#include <setjmp.h>

static jmp_buf back;
static unsigned seen;

NOINLINE static void check(const char *p, int n) {
    seen = digest(p, 32);
    if (n % 2)
        longjmp(back, 1);
}

NOINLINE static void middle(int n) {
    char *p = malloc(32); // moves
    if (!p)
        exit(1);
    fill(p, 32, n);
    check(p, n);
    free(p);
}

int main(void) {
    for (volatile int i = 0; i < 4; i++) {
        if (setjmp(back) == 0)
            middle(opaque_int(i));
        else
            printf("jumped ");
        SCRIBBLE();
        printf("%u\n", seen);
    }
    return 0;
}
