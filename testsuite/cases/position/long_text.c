/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* More than 60 characters are cut to 60 and three dots. */
#include <stdio.h>
#include <stdlib.h>

struct a_structure_with_a_long_name {
    char bytes[8];
};

void sixty(void) {
    char *p = malloc(sizeof(struct a_structure_with_a_long_name) + 100000); // expect: malloc(sizeof(struct a_structure_with_a_long_name) + 100000) does not escape; kept on heap: object budget: 100008 of 16384 bytes
    if (!p)
        return;
    if (fgets(p, 100, stdin))
        puts(p);
    free(p);
}

void more(void) {
    char *p = malloc(sizeof(struct a_structure_with_a_long_name) + sizeof(struct a_structure_with_a_long_name)); // expect: moved to stack: malloc(sizeof(struct a_structure_with_a_long_name) + sizeof(...
    if (!p)
        return;
    if (fgets(p, 16, stdin))
        puts(p);
    free(p);
}
