/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-whole-program
/* A pointer read from memory calls what has its type and its address taken in this file. */
#include <stdlib.h>
#include <string.h>

struct table {
    size_t (*hash)(const void *key);
    int (*compare)(const void *a, const void *b);
    void (*visit)(void *item);
    const void *slot[64];
};

struct name {
    const char *text;
    size_t length;
};

size_t hash_name(const void *key) { // expect: key does not escape
    const struct name *n = key;
    size_t h = n->length;
    for (size_t i = 0; i < n->length; i++)
        h = h * 31 + (unsigned char)n->text[i];
    return h;
}

int compare_names(const void *a, const void *b) { // expect: a does not escape // expect: b does not escape
    const struct name *x = a, *y = b;
    return x->length != y->length || memcmp(x->text, y->text, x->length) != 0;
}

void *last;

void keep_item(void *item) { // expect: leaking param: item
    last = item;
}

struct table names;

void set_up(void) {
    names.hash = hash_name;
    names.compare = compare_names;
    names.visit = keep_item;
}

__attribute__((noinline)) int known(const char *text, size_t length) { // expect: text does not escape
    struct name key = {text, length};
    const void *found = names.slot[names.hash(&key) % 64];
    return found && names.compare(&key, found) == 0;
}

int look_up(int c) {
    char *text = malloc(16); // expect: moved to stack: malloc(16)
    if (!text)
        return 0;
    memset(text, c, 16);
    int result = known(text, 16);
    free(text);
    return result;
}

void visit(int c) {
    char *text = malloc(16); // expect: malloc(16) escapes to heap: passed to a function that a pointer names, which leaks it
    if (!text)
        return;
    memset(text, c, 16);
    names.visit(text);
}

/* Nobody looks at the result, so any result will do: keep_item is reached. */
void drop_result(int c) {
    char *text = malloc(16); // expect: malloc(16) escapes to heap: passed to a function that a pointer names, which leaks it
    if (!text)
        return;
    memset(text, c, 16);
    names.hash(text);
}
