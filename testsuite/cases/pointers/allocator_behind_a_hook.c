/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-whole-program
/* A table of hooks that only ever holds malloc and free: the calls through it are calls of them. */
#include <stdlib.h>
#include <string.h>

struct hooks {
    void *(*allocate)(size_t size);
    void (*release)(void *p);
};

struct parser {
    const char *text;
    struct hooks hooks;
};

static struct hooks global_hooks = {malloc, free};

void set_hooks(const struct hooks *hooks) { // expect: leaking param content: hooks
    global_hooks = *hooks;
}

void start(struct parser *p, const char *text) { // expect: p does not escape // expect: leaking param: text
    p->text = text;
    p->hooks = global_hooks;
}

double number(struct parser *p) { // expect: p does not escape
    char *copy = p->hooks.allocate(33); // expect: moved to stack: p->hooks.allocate(33)
    if (!copy)
        return 0;
    strncpy(copy, p->text, 32);
    copy[32] = 0;
    double value = strtod(copy, NULL);
    p->hooks.release(copy);
    return value;
}
