/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: callback
// says: malloc(16) in each
// says: ended: its function returned
#include "verify.h"

static char *kept;
static void keep(char *p) {
    kept = p;
}

NOINLINE static void each(void (*visit)(char *), int n) {
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    visit(p);
}

int main(int argc, char **argv) {
    (void)argv;
    void (*volatile visit)(char *) = argc ? keep : NULL;
    each(visit, 5);
    printf("%d\n", kept[1]);
    free(kept);
    return 0;
}
