/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Outside of loops too: one of two is handed out, and only the order of texts says which. */
#include "trap.h"

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

NOINLINE static char *work(int v) {
    char *words[2] = {malloc(16), malloc(16)}; // stays
    if (!words[0] || !words[1])
        exit(1);
    snprintf(words[0], 16, "%d", v);
    snprintf(words[1], 16, "%d", 9 - v);
    qsort(words, 2, sizeof *words, by_text);
    free(words[1]);
    return words[0];
}

int main(void) {
    for (int v = 1; v < 9; v++) {
        char *least = work(opaque_int(v));
        SCRIBBLE();
        puts(least);
        free(least);
    }
    return 0;
}
