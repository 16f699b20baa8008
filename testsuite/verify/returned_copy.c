/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: returned
// says: moved to stack up to 256 bytes: strdup(name)
// says: ended: its function returned
/* A copy of a string, read by the C library after its end. */
#include "verify.h"

NOINLINE static char *copy(const char *name) {
    char *p = strdup(name);
    if (!p)
        exit(1);
    p[0] = 'H';
    return p;
}

int main(void) {
    char *p = copy("hello");
    puts(p);
    free(p);
    return 0;
}
