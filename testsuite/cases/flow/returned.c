/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// golden-m2
/* Through a variable, through a field, and straight. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

struct Entry {
    char *name;
    int value;
};

struct Entry *entry(const char *name) {  // expect: name does not escape
    struct Entry *e = malloc(sizeof *e); // expect: malloc(sizeof *e) escapes to heap: returned
    if (!e)
        return NULL;
    e->name = strdup(name); // expect: strdup(name) escapes to heap: stored in malloc(sizeof *e), which escapes
    e->value = 1;
    struct Entry *result = e;
    return result;
}
