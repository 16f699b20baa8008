/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Pointers kept in a local struct and in a local array. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Text {
    char *start;
    size_t size;
};

void in_a_struct(void) {
    struct Text t = {malloc(32), 32}; // expect: moved to stack: malloc(32)
    if (!t.start)
        return;
    snprintf(t.start, t.size, "in a struct");
    puts(t.start);
    free(t.start);
}

void in_an_array(int i) {
    char *all[2];
    all[0] = malloc(8);  // expect: moved to stack: malloc(8)
    all[1] = malloc(24); // expect: moved to stack: malloc(24)
    if (!all[0] || !all[1])
        abort();
    strcpy(all[0], "one");
    strcpy(all[1], "two");
    puts(all[i & 1]);
    free(all[0]);
    free(all[1]);
}
