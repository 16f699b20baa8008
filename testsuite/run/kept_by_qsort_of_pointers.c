/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* qsort moves pointers: what lies in the array before lies in it after, in another place. */
#include "trap.h"

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

NOINLINE static char *work(int v) {
    char *words[3];
    for (int i = 0; i < 3; i++) {
        words[i] = malloc(16); // stays
        if (!words[i])
            exit(1);
        snprintf(words[i], 16, "%d", (v * (i + 3)) % 10);
    }
    qsort(words, 3, sizeof *words, by_text);
    free(words[0]);
    free(words[2]);
    return words[1];
}

int main(void) {
    char *middle = work(opaque_int(7));
    SCRIBBLE();
    puts(middle);
    free(middle);
    return 0;
}
