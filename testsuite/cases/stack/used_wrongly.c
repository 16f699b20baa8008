/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What is used as no heap object may be stays on the heap under GCC, whose own warnings come later than the plugin and
 * are about the heap. A correct program has such uses only where they are not reached. */
// args: -w
#include <stdlib.h>
#include <string.h>

int beyond(const char *text) { // expect: text does not escape
    char *p = malloc(8); // expect-llvm: moved to stack: malloc(8) // expect-gcc: malloc(8) does not escape; kept on heap: used wrongly, which the compiler may warn of: used beyond its bounds
    if (!p)
        return 0;
    strncpy(p, text, 8);
    int n = (int)strlen(p) + p[8];
    free(p);
    return n;
}
