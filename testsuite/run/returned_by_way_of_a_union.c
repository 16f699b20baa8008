/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* A small union goes back in registers, as a number. */
#include "trap.h"

union Value {
    char *text;
    double number;
    unsigned char raw[8];
};

NOINLINE static union Value make(int v, int text) {
    union Value u;
    memset(&u, 0, sizeof u);
    if (text) {
        u.text = malloc(16); // stays
        if (!u.text)
            exit(1);
        fill(u.text, 16, v);
    } else {
        u.number = v * 0.5;
    }
    return u;
}

int main(void) {
    union Value u = make(opaque_int(4), opaque_int(1));
    SCRIBBLE();
    printf("%u\n", digest(u.text, 16));
    free(u.text);
    u = make(opaque_int(5), opaque_int(0));
    printf("%g\n", u.number);
    return 0;
}
