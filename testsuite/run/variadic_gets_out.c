/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* What a variadic function is given gets out in ways that no named parameter shows: a va_list that
 * a callee reads from and keeps, an argument that is returned, one that is freed, one whose
 * contents are kept, and one among the arguments that lie on the stack. */
#include "trap.h"
#include <stdarg.h>

static char *kept_by_list, *kept_content, *kept_late;

NOINLINE static void keep_from(va_list args) {
    kept_by_list = va_arg(args, char *);
}

NOINLINE static void by_list(int n, ...) {
    va_list args;
    va_start(args, n);
    if (n)
        keep_from(args);
    va_end(args);
}

NOINLINE static char *pick(int n, ...) {
    va_list args;
    va_start(args, n);
    char *p = NULL;
    for (int i = 0; i < n; i++)
        p = va_arg(args, char *);
    va_end(args);
    return p;
}

NOINLINE static void release(int n, ...) {
    va_list args, copy;
    va_start(args, n);
    va_copy(copy, args);
    while (n--)
        free(va_arg(copy, char *));
    va_end(copy);
    va_end(args);
}

NOINLINE static void contents(const char *first, ...) {
    va_list args;
    va_start(args, first);
    kept_content = *va_arg(args, char **);
    va_end(args);
}

NOINLINE static void late(double x, int a, int b, int c, int d, int e, int f, ...) {
    va_list args;
    va_start(args, f);
    if (x > 0 && a + b + c + d + e + f)
        kept_late = va_arg(args, char *);
    va_end(args);
}

NOINLINE static char *made(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    return p;
}

NOINLINE static char *work(int seed) {
    char *list = malloc(16);    // stays
    char *picked = malloc(16);  // stays
    char *freed = malloc(16);   // stays
    char *content = malloc(16); // stays
    char *after = malloc(16);   // stays
    if (!list || !picked || !freed || !content || !after)
        exit(1);
    fill(list, 16, seed);
    fill(picked, 16, seed + 1);
    fill(freed, 16, seed + 2);
    fill(content, 16, seed + 3);
    fill(after, 16, seed + 4);
    by_list(1, list);
    contents("x", &content);
    late(1.5, 1, 2, 3, 4, 5, 6, after);
    printf("%u\n", digest(freed, 16));
    release(2, freed, made(seed + 5));
    return pick(2, "", picked);
}

int main(void) {
    char *picked = work(opaque_int(1));
    SCRIBBLE();
    printf("%u %u %u %u\n", digest(picked, 16), digest(kept_by_list, 16), digest(kept_content, 16),
           digest(kept_late, 16));
    free(picked);
    free(kept_by_list);
    free(kept_content);
    free(kept_late);
    return 0;
}
