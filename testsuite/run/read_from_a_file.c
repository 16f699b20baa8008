/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* The C library writes into the memory and keeps nothing. */
#include "trap.h"

NOINLINE static unsigned lines(FILE *f) {
    char *line = malloc(128); // moves
    unsigned s = 0;
    if (!line)
        return 0;
    while (fgets(line, 128, f))
        s = s * 3 + digest(line, strlen(line));
    free(line);
    return s;
}

NOINLINE static unsigned block(FILE *f) {
    char *bytes = malloc(4096); // moves
    if (!bytes)
        return 0;
    size_t n = fread(bytes, 1, 4096, f);
    unsigned s = digest(bytes, n);
    free(bytes);
    return s;
}

int main(void) {
    FILE *f = tmpfile();
    if (!f)
        return 1;
    for (int i = 0; i < 50; i++)
        fprintf(f, "line %d of a file\n", i * i);
    rewind(f);
    printf("%u\n", lines(f));
    rewind(f);
    printf("%u\n", block(f));
    fclose(f);
    return 0;
}
