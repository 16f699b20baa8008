// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Without optimization nothing is moved, and the promise is about what would be.
// args: -O0
#include <escapement/annotate.h>
#include <stdlib.h>

int used(int n) {
    ESC_MUST_STACK int *one = malloc(sizeof *one); // expect: moved to stack: malloc(sizeof *one)
    if (!one)
        return 0;
    *one = n;
    int result = *one + 1;
    free(one);
    return result;
}
