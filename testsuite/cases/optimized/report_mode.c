/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-mode=report
// expect-asm: malloc
/* The report alone, at -O2: the object is that of a plain compile. */
#include <stdio.h>
#include <stdlib.h>

char *held;

void keeps(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored in global held
    held = p;
}
