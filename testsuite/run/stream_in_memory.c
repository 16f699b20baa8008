/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* fmemopen keeps the buffer as long as the stream is open. */
#define _POSIX_C_SOURCE 200809L
#include "trap.h"

NOINLINE static FILE *open_text(int n) {
    char *text = malloc(64); // stays
    if (!text)
        exit(1);
    snprintf(text, 64, "%d and %d", n, n + 1);
    FILE *f = fmemopen(text, strlen(text), "r");
    opaque_keep(text);
    return f;
}

int main(void) {
    int a = 0, b = 0;
    FILE *f = open_text(opaque_int(41));
    SCRIBBLE();
    if (!f || fscanf(f, "%d and %d", &a, &b) != 2)
        return 1;
    printf("%d %d\n", a, b);
    fclose(f);
    free(opaque_kept());
    return 0;
}
