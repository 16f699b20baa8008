/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// not-gcc: it makes no bodies then
// args: -fsyntax-only
/* A report without an object. */
#include <stdlib.h>

char *held;

void keeps(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored in global held
    held = p;
}
