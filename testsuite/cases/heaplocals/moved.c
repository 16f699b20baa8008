/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-heap-locals
/* Locals whose address outlives their function live on the heap, as in Go. */
int *kept;
int *table[4];

int *returned(int v) {
    int x = v, *p = &x; // expect(9): moved to heap: x
    return p;           // GCC makes 0 of a plain `return &x` while it parses
}

void stored(int v) {
    int y[3] = {v, v + 1, v + 2}; // expect: moved to heap: y
    kept = &y[1];
}

void each_iteration(int n) {
    for (int i = 0; i < 4; i++) {
        int z = n * i; // expect: moved to heap: z
        table[i] = &z;
    }
}

int stays(int v) {
    int w = v;
    int *p = &w;
    return *p + 1;
}

int *of_a_parameter(int v) { // expect: moved to heap: v
    int *p = &v;
    return p;
}
