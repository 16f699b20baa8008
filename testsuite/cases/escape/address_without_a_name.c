/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory of the frame that has no name. */
#include <alloca.h>
#include <stdlib.h>

struct Pair {
    int first, second;
};

struct Pair *held;
char *kept;

void unnamed(int v) {
    held = &(struct Pair){v, v + 1}; // expect: address of compound literal escapes: stored in global held
}

void from_alloca(unsigned long n) {
    char *p = alloca(n); // expect: address of alloca(n) escapes: stored in global kept
    p[0] = 1;
    kept = p;
}
