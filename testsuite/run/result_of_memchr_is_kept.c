/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* What memchr, strstr and strpbrk return is a pointer into what they were given. */
#include "trap.h"

static char *kept[3];

NOINLINE static void work(int v) {
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    snprintf(p, 32, "%d:word;rest", v);
    kept[0] = memchr(p, ':', 32);
    kept[1] = strstr(p, "word");
    kept[2] = strpbrk(p, ";.");
}

int main(void) {
    work(opaque_int(77));
    SCRIBBLE();
    printf("%s %s %s\n", kept[0], kept[1], kept[2]);
    return 0;
}
