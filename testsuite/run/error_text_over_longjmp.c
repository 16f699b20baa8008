/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The text of an error is handed to whoever catches the jump. */
#include "trap.h"
#include <setjmp.h>

static jmp_buf back;
static char *text;

NOINLINE static void fail(int n) {
    char *p = malloc(40); // stays
    if (!p)
        exit(1);
    snprintf(p, 40, "error number %d", n);
    text = p;
    longjmp(back, 1);
}

int main(void) {
    if (setjmp(back) == 0)
        fail(opaque_int(42));
    SCRIBBLE();
    puts(text);
    free(text);
    return 0;
}
