/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* A first try of fixed size, freed and made again larger when it was too small. */
#include "trap.h"

NOINLINE static unsigned format(int width) {
    size_t room = 32;
    char *text = malloc(room); // moves
    if (!text)
        return 0;
    int n = snprintf(text, room, "%*d", width, width);
    if ((size_t)n >= room) {
        free(text);
        room = (size_t)n + 1;
        text = malloc(room); // moves
        if (!text)
            return 0;
        snprintf(text, room, "%*d", width, width);
    }
    unsigned s = digest(text, (size_t)n + 1);
    free(text);
    return s;
}

int main(void) {
    for (int width = 1; width < 2000; width *= 4)
        printf("%u\n", format(opaque_int(width)));
    return 0;
}
