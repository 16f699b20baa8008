/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 4
/* Each round copies the end of the copy of the round before, which nobody frees. */
#define _POSIX_C_SOURCE 200809L
#include "trap.h"

static const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

NOINLINE static unsigned whole(int n) {
    char *s = strdup(text); // moves
    unsigned sum = 0;
    for (int i = 0; s && i < n; i++) {
        s = strdup(s + 1); // moves
        if (s)
            sum = sum * 3 + digest(s, strlen(s));
    }
    return sum;
}

NOINLINE static unsigned part(int n) {
    char *s = strdup(text); // moves
    unsigned sum = 0;
    for (int i = 0; s && i < n; i++) {
        s = strndup(s + 3, strlen(s) - 4); // moves
        if (s)
            sum = sum * 3 + digest(s, strlen(s));
    }
    return sum;
}

int main(void) {
    printf("%u\n", whole(opaque_int(12)));
    printf("%u\n", part(opaque_int(12)));
    return 0;
}
