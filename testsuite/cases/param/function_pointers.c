/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A function pointer is a parameter like another: called, kept, returned. */
typedef int Function(int);

Function *held;

int called(Function *f) { // expect: f does not escape
    return f(1);
}

void kept(int (*f)(int)) { // expect: leaking param: f
    held = f;
}

Function *returned(Function *f) { // expect: leaking param: f to result ~r0 level=0
    return f;
}
