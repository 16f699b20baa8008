/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* In a macro the place and the text are those of the outermost use. */
#include <stdio.h>
#include <stdlib.h>

#define NEW(T) ((T *)malloc(sizeof(T)))
#define NEW_INT() NEW(int)
#define DECLARE(T, name) T *name = malloc(sizeof(T))

void simple(int v) {
    int *p = NEW(int); // expect(14): moved to stack: NEW(int)
    if (!p)
        return;
    *p = v;
    printf("%d\n", *p);
    free(p);
}

void nested(int v) {
    int *p = NEW_INT(); // expect(14): moved to stack: NEW_INT()
    if (!p)
        return;
    *p = v;
    printf("%d\n", *p);
    free(p);
}

void declared(int v) {
    DECLARE(int, p); // expect(5): moved to stack: DECLARE(int, p)
    if (!p)
        return;
    *p = v;
    printf("%d\n", *p);
    free(p);
}
