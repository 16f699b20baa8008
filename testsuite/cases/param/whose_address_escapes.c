/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where the parameter's own address gets out, only that is said. */
char **held;
char *kept;

void keeps(char *p) { // expect: address of p escapes: stored in global held
    held = &p;
}

void uses(char *p) { // expect: p does not escape
    char **q = &p;
    **q = 1;
}

char *given_back(char *p) { // expect: leaking param: p to result ~r0 level=0
    char **q = &p;
    return *q;
}
