/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: others
// says: a free that was removed got memory that is not in a slot
// says: #0 length_of
/* Mine or yours: only the own one is in the frame. */
#include "verify.h"

static char *volatile parked;

NOINLINE static int length_of(int own) {
    char *p = own ? malloc(24) : parked;
    if (!p)
        exit(1);
    memset(p, 1, 23);
    p[23] = '\0';
    OPAQUE(p);
    int n = (int)strlen(p);
    free(p);
    return n;
}

int main(void) {
    parked = malloc(32);
    printf("%d\n", length_of(1));
    printf("%d\n", length_of(0));
    return 0;
}
