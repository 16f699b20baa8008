/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * opaque.c - functions whose bodies the compiler does not see while it compiles a trap program.
 */
#include "trap.h"

static void *kept;

int opaque_int(int value) {
    return value;
}

size_t opaque_size(size_t value) {
    return value;
}

void *opaque_pointer(void *pointer) {
    return pointer;
}

void opaque_keep(void *pointer) {
    kept = pointer;
}

void *opaque_kept(void) {
    return kept;
}

unsigned opaque_sum(const void *bytes, size_t size) {
    const unsigned char *p = bytes;
    unsigned sum = 2166136261u;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ p[i]) * 16777619u;
    return sum;
}

unsigned reader_sum(const void *bytes, size_t size) {
    return opaque_sum(bytes, size);
}

void opaque_call(void (*f)(void *), void *argument) {
    f(argument);
}
