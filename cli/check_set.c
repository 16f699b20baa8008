/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* check_set.c - see check_set.h.
 *
 * What is taken is sorted by kind, so the time is what the kinds that somebody relies on hold, not
 * all objects times all functions.
 *
 * SOUNDNESS  An object that does not say what it takes does not fit, but for those that belong to
 * the C implementation itself: the promise of whole-program is about the program.
 */
#include "check_set.h"

#include "command.h"
#include "objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "NAME NUMBERS" of an object. `kind`: the first digits of NUMBERS, "any", "brings", or "set" of
 * the line that each list begins with, which names the compiler. */
typedef struct Taken {
    char *object, *line;
    char kind[8];
} Taken;

/* What one object relies on: `lines` as it knew them, "kind KIND" among them. */
typedef struct Reliance {
    char *object;
    char **lines;
    size_t nlines, capacity;
} Reliance;

typedef struct Sets {
    const LinkCheck *check;
    Taken *taken;
    size_t ntaken, cap_taken;
    Reliance *reliances;
    size_t nreliances, cap_reliances;
    char **silent; /* objects that do not say what they take */
    size_t nsilent, cap_silent;
} Sets;

static void *one_more(void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return items;
    *capacity = *capacity * 2 + 64;
    return reallocate(items, *capacity * size);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static void on_takes(void *context, const char *object, const char *symbol, const char *numbers) {
    Sets *s = context;
    s->taken = one_more(s->taken, s->ntaken, &s->cap_taken, sizeof *s->taken);
    Taken *t = &s->taken[s->ntaken++];
    *t = (Taken){.object = copy_text(object), .line = format_text("%s %s", symbol, numbers)};
    if (strcmp(symbol, "brings") == 0 || strcmp(symbol, "set") == 0)
        strcpy(t->kind, symbol);
    else if (strncmp(numbers, "ffffffff.", 9) == 0)
        strcpy(t->kind, "any");
    else
        snprintf(t->kind, sizeof t->kind, "%.6s", numbers);
}

static void on_reaches(void *context, const char *object, const char *symbol, const char *numbers) {
    Sets *s = context;
    Reliance *r = s->nreliances ? &s->reliances[s->nreliances - 1] : NULL;
    /* Each list begins with a line "set"; a linker may have joined several objects to one (ld -r).
     */
    if (!r || strcmp(symbol, "set") == 0) {
        s->reliances =
            one_more(s->reliances, s->nreliances, &s->cap_reliances, sizeof *s->reliances);
        r = &s->reliances[s->nreliances++];
        *r = (Reliance){.object = copy_text(object)};
    }
    r->lines = one_more(r->lines, r->nlines, &r->capacity, sizeof *r->lines);
    r->lines[r->nlines++] = format_text("%s %s", symbol, numbers);
}

/* Start-up code and the compiler's and C library's own archives, which the compiler adds itself. */
static bool is_implementation(const char *object) {
    static const char *const archives[] = {
        "libc_nonshared.a(", "libc.a(",       "libm.a(",      "libgcc.a(",
        "libgcc_eh.a(",      "libpthread.a(", "libclang_rt.", NULL};
    const char *slash = strrchr(object, '/'), *name = slash ? slash + 1 : object;
    size_t length = strlen(name);
    if (object[0] != '/')
        return false;
    for (const char *const *a = archives; *a; a++)
        if (strncmp(name, *a, strlen(*a)) == 0)
            return true;
    bool start =
        strncmp(name, "crt", 3) == 0 || (length > 6 && strcmp(name + length - 6, "crt1.o") == 0);
    return start && length > 2 && strcmp(name + length - 2, ".o") == 0;
}

static void on_silent(void *context, const char *object) {
    Sets *s = context;
    if (is_implementation(object))
        return;
    s->silent = one_more(s->silent, s->nsilent, &s->cap_silent, sizeof *s->silent);
    s->silent[s->nsilent++] = copy_text(object);
}

/* ---- judging --------------------------------------------------------------------------------- */

static int compare_taken(const void *a, const void *b) {
    const Taken *x = a, *y = b;
    int order = strcmp(x->kind, y->kind);
    return order ? order : strcmp(x->object, y->object);
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The first of a kind, or where it would be. */
static size_t first_of(const Sets *s, const char *kind) {
    size_t low = 0, high = s->ntaken;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(s->taken[middle].kind, kind) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool refuse(const Sets *s, const Reliance *r, const Taken *t, const char *why) {
    return refuse_link(s->check, "%s relies on which functions its pointers may name, but %s%s",
                       r->object, t->object, why);
}

/* Numbers of signatures are each compiler's own, and others with whole-program=typed. */
static bool same_compiler(const Sets *s, const Reliance *r) {
    for (size_t i = first_of(s, "set"); i < s->ntaken && strcmp(s->taken[i].kind, "set") == 0; i++)
        if (!bsearch(&s->taken[i].line, r->lines, r->nlines, sizeof *r->lines, compare_lines))
            return refuse(s, r, &s->taken[i],
                          " was made by another compiler, or with another whole-program");
    return true;
}

static bool kind_holds(const Sets *s, const Reliance *r, const char *kind) {
    for (size_t i = first_of(s, kind); i < s->ntaken && strcmp(s->taken[i].kind, kind) == 0; i++) {
        const Taken *t = &s->taken[i];
        if (bsearch(&t->line, r->lines, r->nlines, sizeof *r->lines, compare_lines))
            continue; /* what the object itself takes is among its lines */
        return refuse_link(s->check,
                           "%s relies on which functions its pointers may name, but %s takes the "
                           "address of %.*s: compile the former again",
                           r->object, t->object, (int)strcspn(t->line, " "), t->line);
    }
    return true;
}

/* One line for each object. */
static bool holds(const Sets *s, const Reliance *r, bool exports) {
    size_t brings = first_of(s, "brings");
    if (r->nlines)
        qsort(r->lines, r->nlines, sizeof *r->lines, compare_lines);
    if (exports)
        return refuse_link(s->check,
                           "%s was compiled with whole-program and is linked into a shared "
                           "library, which gets pointers from its users",
                           r->object);
    if (s->nsilent) {
        Taken silent = {.object = s->silent[0]};
        return refuse(s, r, &silent,
                      " does not say: compile that with the plugin, summaries= and whole-program");
    }
    if (brings < s->ntaken && strcmp(s->taken[brings].kind, "brings") == 0)
        return refuse(s, r, &s->taken[brings],
                      " gets others from outside (dlsym, ifunc, assembly)");
    if (!same_compiler(s, r))
        return false;
    for (size_t i = 0; i < r->nlines; i++)
        if (strncmp(r->lines[i], "kind ", 5) == 0 && !kind_holds(s, r, r->lines[i] + 5))
            return false;
    return true;
}

static void free_lines(char **lines, size_t n) {
    for (size_t i = 0; i < n; i++)
        free(lines[i]);
    free(lines);
}

static void free_sets(Sets *s) {
    for (size_t i = 0; i < s->ntaken; i++) {
        free(s->taken[i].object);
        free(s->taken[i].line);
    }
    for (size_t i = 0; i < s->nreliances; i++) {
        free(s->reliances[i].object);
        free_lines(s->reliances[i].lines, s->reliances[i].nlines);
    }
    free_lines(s->silent, s->nsilent);
    free(s->taken);
    free(s->reliances);
}

size_t check_sets(const LinkCheck *check, bool exports) {
    const LinkInputs *inputs = &check->inputs;
    Sets s = {.check = check};
    size_t refused = 0;
    ObjectVisitor visitor = {
        .context = &s, .takes = on_takes, .reaches = on_reaches, .silent = on_silent};
    for (size_t i = 0; i < inputs->count; i++)
        visit_objects(inputs->items[i].path, inputs->items[i].member, &visitor);
    if (s.ntaken && s.nreliances)
        qsort(s.taken, s.ntaken, sizeof *s.taken, compare_taken);
    for (size_t i = 0; i < s.nreliances; i++)
        refused += !holds(&s, &s.reliances[i], exports);
    free_sets(&s);
    return refused;
}
