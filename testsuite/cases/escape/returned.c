/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The result outlives the function: as it is, past its start, from one of two paths. */
#include <stdlib.h>

char *plain(void) {      // expect: result of plain is fresh memory
    char *p = malloc(8); // expect: malloc(8) escapes to heap: returned
    if (p)
        p[0] = 1;
    return p;
}

char *directly(void) { // expect: result of directly is fresh memory
    return malloc(9);  // expect: malloc(9) escapes to heap: returned
}

char *interior(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: returned
    return p ? p + 1 : NULL;
}

char *sometimes(int c) { // expect: result of sometimes is fresh memory
    char *p = malloc(8); // expect: malloc(8) escapes to heap: returned
    if (!p)
        return NULL;
    p[0] = 2;
    if (c)
        return p;
    free(p);
    return NULL;
}
