/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* getline reallocates the buffer it is given. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

void first_line(void) {
    size_t room = 80;
    char *line = malloc(room); // expect: malloc(room) does not escape; kept on heap: reallocated by getline
    if (!line)
        return;
    if (getline(&line, &room, stdin) > 0)
        puts(line);
    free(line);
}
