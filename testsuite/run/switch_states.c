/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* A state machine: one state allocates, another reads, a third frees; never two at once. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    enum { OPEN,
           READ,
           CLOSE } state = OPEN;
    char *p = NULL;
    unsigned s = 0;
    while (n-- > 0) {
        switch (state) {
        case OPEN:
            p = malloc(24); // moves
            if (!p)
                exit(1);
            fill(p, 24, n);
            state = READ;
            break;
        case READ:
            s = s * 3 + digest(p, 24);
            state = CLOSE;
            break;
        case CLOSE:
            free(p);
            p = NULL;
            state = OPEN;
            break;
        }
    }
    free(p);
    return s;
}

int main(void) {
    printf("%u\n", work(opaque_int(31)));
    return 0;
}
