/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -fplugin-arg-escapement-whole-program
// moved: 1
/* Calls through pointers in structures, where some of the functions keep, free, return or hand on
 * what they get, and some do so only to what lies behind it. */
#include "trap.h"

struct node {
    char *text;
    struct node *next;
};

struct methods {
    int (*look)(const char *text);
    char *(*same)(char *text);
    void (*drop)(char *text);
    void (*link)(struct node *to, struct node *what);
    void (*again)(struct methods *m, char *text, int depth);
};

static char *kept, *kept_again;

NOINLINE static int look(const char *text) {
    return (int)digest(text, 16);
}

NOINLINE static char *same(char *text) {
    return text;
}

NOINLINE static void drop(char *text) {
    free(text);
}

NOINLINE static void link_to(struct node *to, struct node *what) {
    to->next = what;
}

/* Recursive through the pointer: the innermost one keeps. */
NOINLINE static void again(struct methods *m, char *text, int depth) {
    if (depth > 0)
        m->again(m, text, depth - 1);
    else
        kept_again = text;
}

static struct methods table;
static struct node root;

NOINLINE static char *made(int seed) {
    char *p = malloc(16); // stays
    if (!p)
        exit(1);
    fill(p, 16, seed);
    return p;
}

NOINLINE static void only_looked_at(struct methods *m, int seed) {
    char *p = malloc(16); // moved
    if (!p)
        exit(1);
    fill(p, 16, seed);
    printf("%d\n", m->look(p));
    free(p);
}

NOINLINE static void work(struct methods *m, int seed) {
    char *returned = malloc(16);        // stays
    char *passed = malloc(16);          // stays
    struct node *n = malloc(sizeof *n); // stays
    char *dropped = made(seed + 3);
    if (!returned || !passed || !n)
        exit(1);
    fill(returned, 16, seed);
    fill(passed, 16, seed + 1);
    n->text = made(seed + 2);
    n->next = NULL;
    kept = m->same(returned);
    m->link(&root, n);
    printf("%d\n", m->look(dropped));
    m->drop(dropped);
    m->again(m, passed, 3);
}

int main(void) {
    table.look = look;
    table.same = same;
    table.drop = drop;
    table.link = link_to;
    table.again = again;
    work(&table, opaque_int(1));
    only_looked_at(&table, opaque_int(5));
    SCRIBBLE();
    printf("%u %u %u\n", digest(kept, 16), digest(kept_again, 16), digest(root.next->text, 16));
    free(kept);
    free(kept_again);
    free(root.next->text);
    free(root.next);
    return 0;
}
