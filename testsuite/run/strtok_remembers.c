/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* strtok keeps a pointer into the string for its next call, in whichever function that is. */
#include "trap.h"

NOINLINE static size_t first(const char *text) {
    char *copy = malloc(64); // stays
    if (!copy)
        exit(1);
    snprintf(copy, 64, "%s", text);
    char *word = strtok(copy, " ");
    return word ? strlen(word) : 0;
}

int main(void) {
    printf("%zu\n", first("three words here"));
    SCRIBBLE();
    for (char *word; (word = strtok(NULL, " ")) != NULL;)
        puts(word);
    return 0;
}
