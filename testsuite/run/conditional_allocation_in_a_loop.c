/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* Allocated in the first round that needs it, kept for all rounds after, freed at the end. */
#include "trap.h"

NOINLINE static unsigned work(int n) {
    char *cache = NULL;
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        if (i % 4 != 3)
            continue;
        if (!cache) {
            cache = calloc(1, 40); // moves
            if (!cache)
                exit(1);
        }
        cache[i % 40] += (char)i;
        s = s * 3 + digest(cache, 40);
    }
    free(cache);
    return s;
}

int main(void) {
    printf("%u %u\n", work(opaque_int(50)), work(opaque_int(2)));
    return 0;
}
