/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Each way in which what a parameter points to may outlive the call. */
#include <stdlib.h>

char *held;
void unknown(char *p);

void to_global(char *p) { // expect(22): leaking param: p
    held = p;
}

void to_unknown(char *p) { // expect: leaking param: p
    unknown(p);
}

void to_other(char *p, char **q) { // expect: leaking param: p // expect: q does not escape
    *q = p;
}

char *both(char *p) { // expect: leaking param: p
    held = p;
    return p;
}
