/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* limits.c - allocations of which it is known in which frame they could have lived (limits.sh). */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct link {
    struct link *next;
};

static jmp_buf out;
static char *kept;

static void *xmalloc(size_t size) {
    void *block = malloc(size);
    if (!block)
        abort();
    return block;
}

/* One slot is enough, however often it is called; the wrapper counts as this function. */
static void scratch(int i) {
    char *text = xmalloc(32);
    snprintf(text, 32, "%d", i);
    free(text);
}

static struct link *link_new(struct link *next) {
    struct link *link = xmalloc(sizeof *link);
    link->next = next;
    return link;
}

/* The caller frees five at once: no slot of its own would do. */
static void list(void) {
    struct link *first = NULL;
    for (int i = 0; i < 5; i++)
        first = link_new(first);
    while (first) {
        struct link *next = first->next;
        free(first);
        first = next;
    }
}

static char *greeting(void) {
    return strdup("hello");
}

/* A slot of the caller of greeting. */
static size_t greet(void) {
    char *text = greeting();
    size_t length = strlen(text);
    free(text);
    return length;
}

static void grow(void) {
    char *block = malloc(8);
    block = realloc(block, 100);
    free(block);
}

static void large(void) {
    char *block = malloc(10000);
    block[0] = 1;
    free(block);
}

static void two_at_once(void) {
    char *block[2];
    for (int i = 0; i < 2; i++)
        block[i] = malloc(9);
    free(block[0]);
    free(block[1]);
}

/* Made three frames below main, freed by main after a longjmp over them. */
static void deep(int n) {
    if (n == 0) {
        kept = malloc(7);
        longjmp(out, 1);
    }
    deep(n - 1);
}

int main(void) {
    for (int i = 0; i < 10; i++)
        scratch(i);
    list();
    size_t length = greet();
    grow();
    large();
    two_at_once();
    if (!setjmp(out))
        deep(2);
    free(kept);
    char *never_freed = malloc(3);
    return never_freed == NULL || length != 5;
}
