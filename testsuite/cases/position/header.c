/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A site of a header is one line with the header's name, however often it was inlined. */
#include <stdio.h>
#include <stdlib.h>

#include "inline.h"

// expect@inline.h:3(15): moved to stack: malloc(16)
void once(void) {
    say(1);
}

void twice(int n) {
    say(n);
    say(n + 1);
}
