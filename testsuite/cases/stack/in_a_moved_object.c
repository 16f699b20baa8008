/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* An object held only by another that is local. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Entry {
    char *name;
    int value;
};

void show(const char *name, int value) { // expect: name does not escape
    struct Entry *e = malloc(sizeof *e); // expect: moved to stack: malloc(sizeof *e)
    if (!e)
        return;
    e->value = value;
    e->name = strdup(name); // expect: moved to stack up to 256 bytes: strdup(name)
    if (e->name) {
        e->name[0] = '>';
        printf("%s=%d\n", e->name, e->value);
        free(e->name);
    }
    free(e);
}
