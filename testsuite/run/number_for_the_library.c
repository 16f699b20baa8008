/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* cJSON's shape: copy, terminate, let the library parse. */
#include "trap.h"

NOINLINE static double parse(const char *text, size_t n) {
    char *copy = malloc(n + 1); // moves
    if (!copy)
        return 0;
    memcpy(copy, text, n);
    copy[n] = '\0';
    char *end = NULL;
    double d = strtod(copy, &end);
    if (end == copy)
        d = -1;
    free(copy);
    return d;
}

int main(void) {
    printf("%g %g %g\n", parse("3.25,7", opaque_size(4)), parse("1e3]", opaque_size(3)),
           parse("x", opaque_size(1)));
    return 0;
}
