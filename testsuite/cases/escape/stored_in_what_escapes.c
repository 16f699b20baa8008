/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What is held by an object that lives on lives on. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

struct Entry {
    char *name;
    int value;
};

struct Entry *entry(const char *name, int value) { // expect: name does not escape
    struct Entry *e = malloc(sizeof *e);           // expect: malloc(sizeof *e) escapes to heap: returned
    if (!e)
        return NULL;
    e->value = value;
    e->name = strdup(name); // expect: strdup(name) escapes to heap: stored in malloc(sizeof *e), which escapes
    return e;
}
