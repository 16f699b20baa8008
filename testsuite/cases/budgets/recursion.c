/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A function that may be on the stack more than once keeps what is large on the heap. */
#include <stdio.h>
#include <stdlib.h>

void countdown(int n) {
    char *small = malloc(16);  // expect: moved to stack: malloc(16)
    char *large = malloc(256); // expect: malloc(256) does not escape; kept on heap: recursion budget: 272 of 128 bytes
    if (small && large && fgets(small, 16, stdin) && fgets(large, 256, stdin)) {
        if (n > 0)
            countdown(n - 1);
        puts(small);
        puts(large);
    }
    free(small);
    free(large);
}
