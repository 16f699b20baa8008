/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Parameters that nobody can name or that are no pointers have no line. */
// silent: numbers, unnamed parameters and va_list
#include <stdarg.h>

int numbers(int a, long b, double c) {
    return a + (int)b + (int)c;
}

int unnamed(char *, void (*)(void));

int unnamed(char *, void (*)(void)) {
    return 1;
}

int listed(va_list arguments) {
    return va_arg(arguments, int);
}
