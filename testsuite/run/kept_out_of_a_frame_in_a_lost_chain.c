/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A frame of a handler is linked into a chain whose head a global has. What is called then finds the
 * frame there, and keeps what it holds. */
#include "trap.h"

struct frame {
    struct frame *next;
    char *text;
};

static struct frame **top;
static char *kept;

NOINLINE static void other(void) {
    kept = (*top)->next->text;
}

static void (*volatile hook)(void) = other;

NOINLINE static void run(struct frame **link, char *text) {
    struct frame mine = {NULL, NULL};
    top = link;
    struct frame *f = *link;
    f->next = &mine;
    mine.text = text;
    hook();
    f->next = NULL;
}

NOINLINE static void use(int seed) {
    struct frame base = {NULL, NULL}, *first = &base;
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    run(&first, p);
    if (!kept)
        free(p);
}

int main(void) {
    use(opaque_int(3));
    SCRIBBLE();
    printf("%u\n", digest(kept, 16));
    free(kept);
    return 0;
}
