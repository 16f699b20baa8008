/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* strtok_r keeps its state in a local: the copy may live in the frame. */
#define _POSIX_C_SOURCE 200809L
#include "trap.h"

NOINLINE static unsigned words(const char *text) {
    char *state = NULL;
    char *copy = strdup(text); // moves
    unsigned s = 0;
    if (!copy)
        return 0;
    for (char *w = strtok_r(copy, " ,", &state); w; w = strtok_r(NULL, " ,", &state))
        s = s * 3 + digest(w, strlen(w));
    free(copy);
    return s;
}

int main(void) {
    printf("%u\n", words("one, two, three and four"));
    return 0;
}
