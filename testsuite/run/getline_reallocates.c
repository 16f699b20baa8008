/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* getline frees and reallocates the buffer it is given. */
#define _POSIX_C_SOURCE 200809L
#include "trap.h"

NOINLINE static unsigned work(FILE *f) {
    size_t room = 8;
    char *line = malloc(room); // stays
    unsigned s = 0;
    if (!line)
        return 0;
    for (ssize_t n; (n = getline(&line, &room, f)) > 0;)
        s = s * 3 + digest(line, (size_t)n);
    free(line);
    return s;
}

int main(void) {
    FILE *f = tmpfile();
    if (!f)
        return 1;
    for (int i = 1; i < 200; i += 13)
        fprintf(f, "%*d\n", i, i);
    rewind(f);
    printf("%u\n", work(f));
    fclose(f);
    return 0;
}
