/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A parameter's line is at its name, a function's at the name in its definition. */
#include <stdlib.h>

char *held;

void keep(const char *name, // expect(23): name does not escape
          char *text) {     // expect(17): leaking param: text
    if (name)
        held = text;
}

char *made(void) {     // expect(7): result of made is fresh memory
    return malloc(16); // expect(12): malloc(16) escapes to heap: returned
}
