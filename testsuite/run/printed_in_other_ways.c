/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 0
/* Printed by functions that are not printf, or as a number; written byte by byte. */
#define _GNU_SOURCE
#include "trap.h"

#include <stdarg.h>
#include <wchar.h>

enum { WAYS = 6 };

static char *made;
static char text[64];
static wchar_t wide[64];
static FILE *file;

NOINLINE static void print(int count, ...) {
    va_list args;
    va_start(args, count);
    vsnprintf(text, sizeof text, "%p", args);
    va_end(args);
}

/* Each way has an allocation of its own. */
#define KEEP(WAY, ...)                         \
    NOINLINE static void keep##WAY(int seed) { \
        char *p = malloc(24);                  \
        if (!p)                                \
            exit(1);                           \
        fill(p, 24, seed);                     \
        __VA_ARGS__                            \
    }

KEEP(0, {
    if (asprintf(&made, "%p", (void *)p) < 0)
        exit(1);
})
KEEP(1, {
    swprintf(wide, 64, L"%p", (void *)p);
})
KEEP(2, {
    print(1, (void *)p);
})
KEEP(3, {
    snprintf(text, sizeof text, "%lx", (unsigned long)p);
})
KEEP(4, {
    for (size_t i = 0; i < sizeof p; i++)
        putc((int)((uintptr_t)p >> 8 * i) & 255, file);
})
KEEP(5, {
    unsigned char *bytes = (unsigned char *)&p;
    for (size_t i = 0; i < sizeof p; i++)
        fputc(bytes[i], file);
})

static void (*volatile keep[WAYS])(int) = {keep0, keep1, keep2, keep3, keep4, keep5};

static char *kept(int way) {
    void *p = NULL;
    unsigned long number = 0;
    rewind(file);
    switch (way) {
    case 0:
        sscanf(made, "%p", &p);
        free(made);
        break;
    case 1:
        swscanf(wide, L"%p", &p);
        break;
    case 2:
        sscanf(text, "%p", &p);
        break;
    case 3:
        sscanf(text, "%lx", &number);
        return (char *)number;
    case 4:
    case 5:
        if (fread(&p, sizeof p, 1, file) != 1)
            exit(1);
        break;
    }
    return p;
}

int main(void) {
    file = tmpfile();
    if (!file)
        return 1;
    for (int way = 0; way < WAYS; way++) {
        rewind(file);
        keep[way](opaque_int(way));
        SCRIBBLE();
        char *p = kept(opaque_int(way));
        printf("%d %u\n", way, digest(p, 24));
        free(p);
    }
    fclose(file);
    return 0;
}
