/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
// not-llvm: 16
/* An array that doubles: whatever starts in the frame is copied when it grows. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    size_t room = 2, used = 0;
    int *a = malloc(room * sizeof *a); // moves
    if (!a)
        return 0;
    for (int i = 0; i < n; i++) {
        if (used == room) {
            room *= 2;
            int *bigger = realloc(a, room * sizeof *a);
            if (!bigger) {
                free(a);
                return 0;
            }
            a = bigger;
        }
        a[used++] = i * i;
    }
    unsigned s = digest(a, used * sizeof *a);
    free(a);
    return s;
}

int main(void) {
    printf("%u %u %u %u\n", work(opaque_int(0)), work(opaque_int(2)), work(opaque_int(3)),
           work(opaque_int(1000)));
    return 0;
}
