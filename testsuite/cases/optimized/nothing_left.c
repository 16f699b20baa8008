/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// expect-asm-not: malloc
// expect-asm-not: free
// expect-asm-not: (%rsp)
/* What moved into the frame goes on into registers. */
#include <stdlib.h>

struct Pair {
    int a, b;
    struct Pair *next;
};

int sum(int a, int b) {
    struct Pair *p = malloc(sizeof *p); // expect: moved to stack: malloc(sizeof *p)
    struct Pair *q = malloc(sizeof *q); // expect: moved to stack: malloc(sizeof *q)
    if (!p || !q)
        return -1;
    p->a = a;
    p->b = b;
    p->next = q;
    q->a = b;
    q->b = a;
    q->next = p;
    int s = p->next->a * 3 + q->next->b + p->a;
    free(q);
    free(p);
    return s;
}
