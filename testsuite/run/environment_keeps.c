/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* putenv makes the string itself part of the environment; setenv copies it. */
#define _XOPEN_SOURCE 700
#include "trap.h"

NOINLINE static void set(int n) {
    char *text = malloc(32); // stays
    if (!text)
        exit(1);
    snprintf(text, 32, "ESC_TRAP=%d", n);
    putenv(text);
}

int main(void) {
    set(opaque_int(77));
    SCRIBBLE();
    const char *value = getenv("ESC_TRAP");
    puts(value ? value : "lost");
    return 0;
}
