/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* setvbuf keeps the buffer until the stream is closed, long after this function. */
#include "trap.h"

NOINLINE static FILE *open_buffered(void) {
    FILE *f = tmpfile();
    char *buffer = malloc(512); // stays
    if (!f || !buffer)
        exit(1);
    if (setvbuf(f, buffer, _IOFBF, 512))
        exit(1);
    opaque_keep(f);
    return f;
}

int main(void) {
    char back[64];
    FILE *f = open_buffered();
    SCRIBBLE();
    for (int i = 0; i < 100; i++)
        fprintf(f, "line %d\n", i);
    SCRIBBLE();
    rewind(f);
    for (int i = 0; i < 3 && fgets(back, sizeof back, f); i++)
        fputs(back, stdout);
    fclose(f);
    return 0;
}
