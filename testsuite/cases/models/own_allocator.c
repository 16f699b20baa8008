/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-models=pool.models
/* Allocators the user declares as pairs are sites, with their bodies at hand and without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t in_use;

void *pool_get(size_t n);
void pool_put(void *p);

__attribute__((noinline)) void *zmalloc(size_t n) { // expect: result of zmalloc is fresh memory
    void *p = malloc(n);                            // expect: malloc(n) escapes to heap: returned
    if (!p)
        abort();
    in_use++;
    return p;
}

__attribute__((noinline)) void zfree(void *p) { // expect: p does not escape // expect: freeing param: p
    in_use--;
    free(p);
}

void with_a_body(void) {
    char *p = zmalloc(16); // expect: moved to stack: zmalloc(16)
    strcpy(p, "with a body");
    puts(p);
    zfree(p);
}

void without_a_body(void) {
    char *p = pool_get(32); // expect: moved to stack: pool_get(32)
    if (!p)
        return;
    strcpy(p, "without a body");
    puts(p);
    pool_put(p);
}
