/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 3
/* strdup and strndup: short, long, empty, cut, and of a constant. */
#define _POSIX_C_SOURCE 200809L
#include "trap.h"

NOINLINE static unsigned whole(const char *text) {
    char *copy = strdup(text); // moves
    if (!copy)
        return 0;
    for (char *p = copy; *p; p++)
        *p ^= 1;
    unsigned s = digest(copy, strlen(text) + 1);
    free(copy);
    return s;
}

NOINLINE static unsigned part(const char *text, size_t n) {
    char *copy = strndup(text, n); // moves
    if (!copy)
        return 0;
    unsigned s = digest(copy, strlen(copy) + 1) + (unsigned)strlen(copy);
    free(copy);
    return s;
}

NOINLINE static unsigned constant(int i) {
    char *copy = strdup("escapement"); // moves
    if (!copy)
        return 0;
    copy[i] = 'E';
    unsigned s = digest(copy, 11);
    free(copy);
    return s;
}

int main(void) {
    char text[1000];
    for (int i = 0; i < 999; i++)
        text[i] = (char)('a' + i % 26);
    text[999] = '\0';
    for (int n = 0; n < 999; n += 83)
        printf("%u\n", whole(text + n));
    for (size_t n = 0; n < 2000; n += 97)
        printf("%u\n", part(text, n));
    printf("%u %u\n", part("abc", SIZE_MAX), part("", 5));
    printf("%u\n", constant(opaque_int(0)));
    return 0;
}
