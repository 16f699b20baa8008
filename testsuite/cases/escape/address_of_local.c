/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A local whose address outlives its function. */
int *kept;
struct Box {
    int *inside;
};

int *returned(int v) {
    int x = v; // expect-llvm: address of x escapes: returned
    return &x;
}

void stored(int v) {
    int x = v; // expect: address of x escapes: stored in global kept
    kept = &x;
}

void through(struct Box *b, int v) { // expect: b does not escape
    int y[3] = {v, v, v};            // expect: address of y escapes: stored through parameter b
    b->inside = &y[1];
}

void unknown(int *p);

void may(int v) {
    int z = v;
    unknown(&z);
}

int *of_a_parameter(int v) { // expect-llvm: address of v escapes: returned
    return &v;
}
