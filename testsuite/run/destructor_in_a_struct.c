/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* The object knows who destroys it: the caller cannot see which function frees it. */
#include "trap.h"

struct Object {
    void (*destroy)(struct Object *);
    int value;
};

static int destroyed;

static void destroy_heap(struct Object *o) {
    destroyed += o->value;
    free(o);
}

static void destroy_nothing(struct Object *o) {
    destroyed -= o->value;
}

NOINLINE static int work(int v, int by_heap) {
    struct Object *o = malloc(sizeof *o); // stays
    if (!o)
        exit(1);
    o->destroy = by_heap ? destroy_heap : destroy_nothing;
    o->value = v;
    int s = o->value * 3;
    opaque_call((void (*)(void *))o->destroy, o);
    return s;
}

int main(void) {
    int s = work(opaque_int(5), opaque_int(1)) + work(opaque_int(6), opaque_int(0));
    printf("%d %d\n", s, destroyed);
    return 0;
}
