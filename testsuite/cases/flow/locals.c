/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// golden-m2
/* Why the address of a local escapes. */
int *kept;

int *returned(int v) {
    int x = v; // expect: address of x escapes: returned
    int *p = &x;
    return p;
}

void stored(int v) {
    int y = v; // expect: address of y escapes: stored in global kept
    kept = &y;
}
