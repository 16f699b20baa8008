/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: twice
// says: malloc(16) in sum
// says: ended: its slot was taken for the next object
/* setjmp is a loop that the control flow does not show; here no call leads back either, but a
 * signal. */
#include "verify.h"
#include <setjmp.h>
#include <signal.h>

static sigjmp_buf again;
static void back(int signal) {
    (void)signal;
    siglongjmp(again, 1);
}

NOINLINE static int sum(void) {
    char *volatile first = NULL;
    volatile int n = 0;
    sigsetjmp(again, 1);
    char *p = malloc(16);
    if (!p)
        abort();
    memset(p, ++n, 16);
    OPAQUE(p);
    if (!first) {
        first = p;
        __builtin_trap();
    }
    int s = first[0] + p[0];
    free(first);
    free(p);
    return s;
}

int main(void) {
    signal(SIGILL, back);
    printf("%d\n", sum());
    return 0;
}
