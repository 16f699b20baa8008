/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A free on every way out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int read_one(void) {
    char *line = malloc(80); // expect: moved to stack: malloc(80)
    if (!line)
        return -1;
    if (!fgets(line, 80, stdin)) {
        free(line);
        return 0;
    }
    if (line[0] == '#') {
        puts(line);
        free(line);
        return 1;
    }
    int n = (int)strlen(line);
    free(line);
    return n;
}
