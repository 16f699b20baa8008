/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* asprintf hands its memory out through a pointer; there is no form of it for the frame. */
#define _GNU_SOURCE
#include "trap.h"

NOINLINE static unsigned work(int n, const char *text) {
    char *out = NULL;
    if (asprintf(&out, "%d:%s", n, text) < 0) // stays
        return 0;
    unsigned s = digest(out, strlen(out));
    free(out);
    return s;
}

int main(void) {
    printf("%u %u\n", work(opaque_int(4), "four"), work(opaque_int(500), "five hundred"));
    return 0;
}
