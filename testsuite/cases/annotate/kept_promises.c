// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Promises that are kept say nothing, and change nothing.
#include <escapement/annotate.h>
#include <stdlib.h>
#include <string.h>

int length_of_two(const char *first, const char *second) { // expect: first does not escape // expect: second does not escape
    ESC_MUST_STACK char *both = malloc(64); // expect: moved to stack: malloc(64)
    if (!both)
        return -1;
    strcpy(both, first);
    strcat(both, second);
    int length = (int)strlen(both);
    free(both);
    return length;
}

static int scaled(int n) {
    return n * 3;
}

ESC_NO_ALLOC int sum(const int *numbers, int count) { // expect: numbers does not escape
    int total = 0;
    for (int i = 0; i < count; i++)
        total += scaled(numbers[i]);
    return total;
}

// What is moved is no allocation.
ESC_NO_ALLOC int sum_of_copy(const int *numbers) { // expect: numbers does not escape
    int *copy = malloc(8 * sizeof *copy); // expect: moved to stack: malloc(8 * sizeof *copy)
    if (!copy)
        return -1;
    memcpy(copy, numbers, 8 * sizeof *copy);
    int total = sum(copy, 8);
    free(copy);
    return total > 0;
}
