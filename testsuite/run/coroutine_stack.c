/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The stack of a coroutine, and what a function that may return twice holds, stay. */
#define _GNU_SOURCE
#include "trap.h"
#include <ucontext.h>

static ucontext_t outside, inside;
static unsigned seen;

static void body(void) {
    for (int i = 0; i < 3; i++) {
        char local[64];
        fill(local, sizeof local, i);
        swapcontext(&inside, &outside);
        seen = seen * 3 + digest(local, sizeof local);
    }
}

NOINLINE static char *prepare(void) {
    char *stack = malloc(16384); // stays
    if (!stack || getcontext(&inside))
        exit(1);
    inside.uc_stack.ss_sp = stack;
    inside.uc_stack.ss_size = 16384;
    inside.uc_link = &outside;
    makecontext(&inside, body, 0);
    return stack;
}

int main(void) {
    char *stack = prepare();
    for (int i = 0; i < 4; i++) {
        swapcontext(&outside, &inside);
        SCRIBBLE();
        printf("%u\n", seen);
    }
    free(stack);
    return 0;
}
