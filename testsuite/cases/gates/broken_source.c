/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// expect-error: expected
#include <stdlib.h>

char *held;

void keeps(void) {
    held = malloc(8)
}
