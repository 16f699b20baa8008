/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* What a function that may return twice allocates stays on the heap. */
#include "trap.h"
#include <setjmp.h>

static jmp_buf back;

NOINLINE static void maybe_jump(char *p, int n) {
    p[1] = (char)n;
    if (n > 2)
        longjmp(back, n);
}

NOINLINE static unsigned work(int n) {
    char *volatile p = malloc(16); // stays
    if (!p)
        return 0;
    fill(p, 16, n);
    if (setjmp(back) == 0)
        maybe_jump(p, n);
    SCRIBBLE();
    unsigned s = digest(p, 16);
    free(p);
    return s;
}

int main(void) {
    printf("%u %u\n", work(opaque_int(1)), work(opaque_int(9)));
    return 0;
}
