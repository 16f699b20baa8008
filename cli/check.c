/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* check.c - see check.h.
 *
 * Two walks over the inputs: the assumptions, then of what they name the definitions. A definition
 * is good when its object says what it does (.escapement.defines), it is the only one that may be
 * linked, and nothing can replace it later.
 *
 * SOUNDNESS  What is not found, or says nothing, does not fit.
 *
 * NOT HERE  The functions that pointers may name (check_set.c).
 */
#include "check.h"

#include "check_set.h"
#include "command.h"
#include "objects.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Assumption {
    char *object, *symbol, *hash;
} Assumption;

/* Of a symbol that somebody makes assumptions about. */
typedef struct Definition {
    char *symbol;
    char *object; /* the last one that defines it; NULL: none */
    char *hash;   /* what that object says; NULL: nothing */
    bool many;    /* other objects define it, and do not say the same */
    bool seen;    /* among the symbols of `object`: what it says of itself may be out of date */
    bool weak, preemptible, exported;
} Definition;

typedef struct Check {
    const LinkCheck *given;
    Assumption *assumptions;
    size_t nassumptions, cap_assumptions;
    Definition *table; /* open addressing, a power of two; symbol NULL: free */
    size_t size, used;
    char *said_by; /* `defines` lines come before the symbols of the same object */
} Check;

/* ---- a table of symbols ---------------------------------------------------------------------- */

static size_t hash_of(const char *text) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 29);
}

/* Where `symbol` is, or would be. */
static Definition *place_of(const Check *c, const char *symbol) {
    size_t at = hash_of(symbol) & (c->size - 1);
    while (c->table[at].symbol && strcmp(c->table[at].symbol, symbol) != 0)
        at = (at + 1) & (c->size - 1);
    return &c->table[at];
}

static void grow(Check *c) {
    Definition *old = c->table;
    size_t n = c->size;
    c->size = n ? n * 2 : 256;
    c->table = allocate(c->size * sizeof *c->table);
    for (size_t i = 0; i < n; i++)
        if (old[i].symbol)
            *place_of(c, old[i].symbol) = old[i];
    free(old);
}

static void want(Check *c, const char *symbol) {
    if (c->used * 2 >= c->size)
        grow(c);
    Definition *d = place_of(c, symbol);
    if (d->symbol)
        return;
    d->symbol = copy_text(symbol);
    c->used++;
}

static Definition *wanted(const Check *c, const char *symbol) {
    Definition *d = c->size ? place_of(c, symbol) : NULL;
    return d && d->symbol ? d : NULL;
}

/* ---- the walks ------------------------------------------------------------------------------- */

static void on_assumes(void *context, const char *object, const char *symbol, const char *hash) {
    Check *c = context;
    if (c->nassumptions == c->cap_assumptions) {
        c->cap_assumptions = c->cap_assumptions * 2 + 64;
        c->assumptions = reallocate(c->assumptions, c->cap_assumptions * sizeof *c->assumptions);
    }
    c->assumptions[c->nassumptions++] =
        (Assumption){copy_text(object), copy_text(symbol), copy_text(hash)};
    want(c, symbol);
}

static void replace(char **text, const char *with) {
    free(*text);
    *text = with ? copy_text(with) : NULL;
}

static void on_defines(void *context, const char *object, const char *symbol, const char *hash) {
    Definition *d = wanted(context, symbol);
    if (!d)
        return;
    d->many |= d->object && (!d->hash || strcmp(d->hash, hash) != 0);
    replace(&d->object, object);
    replace(&d->hash, hash);
    d->seen = false;
}

static void on_symbol(void *context, const char *object, const Symbol *symbol) {
    Definition *d = wanted(context, symbol->name);
    if (!d)
        return;
    d->weak |= symbol->weak;
    d->preemptible |= symbol->preemptible;
    d->seen = true;
    if (d->object && strcmp(d->object, object) == 0)
        return; /* it has said what it does */
    d->many |= d->object != NULL;
    replace(&d->object, object);
    replace(&d->hash, NULL);
}

static void on_exported(void *context, const char *symbol) {
    Definition *d = wanted(context, symbol);
    if (d)
        d->exported = true;
}

static void visit_all(Check *c, const ObjectVisitor *visitor) {
    const LinkInputs *inputs = &c->given->inputs;
    for (size_t i = 0; i < inputs->count; i++) {
        const LinkInput *in = &inputs->items[i];
        if (visit_objects(in->path, in->member, visitor))
            continue;
        if (errno == ENOENT)
            trouble("%s is not there any more: compile and link in two steps", in->path);
        if (errno == ENOTSUP)
            trouble("%s is a thin archive, which cannot be checked", in->path);
        trouble("cannot read %s: %s", in->path, strerror(errno));
    }
}

/* ---- judging --------------------------------------------------------------------------------- */

bool refuse_link(const LinkCheck *check, const char *format, ...) {
    va_list args;
    char *line = NULL;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        trouble("out of memory");
    va_end(args);
    check->refuse(check->context, line);
    free(line);
    return false;
}

void print_refusal(void *context, const char *line) {
    (void)context;
    fprintf(stderr, "escapement: %s\n", line);
}

static bool refuse(const Check *c, const Assumption *a, const char *why, const char *object,
                   const char *what) {
    return refuse_link(c->given, "%s relies on what %s does, but %s%s%s", a->object, a->symbol, why,
                       object ? object : "", what);
}

static bool is_replaced(const LinkCheck *given, const char *symbol) {
    for (size_t i = 0; i < given->nreplaced; i++)
        if (strcmp(given->replaced[i], symbol) == 0)
            return true;
    return false;
}

/* A line "body SYMBOL HASH": the former has a copy of the function. That its definition is the one
 * that is linked, the line of the symbol asks. */
static const char *copied_from(const char *symbol) {
    static const char word[] = "body ";
    return strncmp(symbol, word, sizeof word - 1) == 0 ? symbol + sizeof word - 1 : NULL;
}

/* --wrap changes the calls of other objects only: where the copied function calls one that its own
 * object defines, the copy would call another one. */
static bool is_torn(const Check *c, const Definition *d) {
    for (size_t i = 0; i < c->given->nreplaced; i++) {
        const Definition *other = wanted(c, c->given->replaced[i]);
        if (d->object && other && other->object && strcmp(d->object, other->object) == 0)
            return true;
    }
    return false;
}

static bool copy_holds(const Check *c, const Assumption *a, const char *function) {
    const Definition *d = wanted(c, a->symbol);
    if (is_torn(c, d))
        return refuse_link(c->given,
                           "%s has a copy of %s, but the linker was told to put another function "
                           "in the place of one that %s defines (--wrap, --defsym)",
                           a->object, function, d->object);
    if (d->object && d->hash && !d->many && strcmp(d->hash, a->hash) == 0)
        return true;
    if (!d->object)
        return refuse_link(c->given,
                           "%s has a copy of %s, but no object that is linked says what that is: "
                           "compile what defines it with the plugin and summaries=",
                           a->object, function);
    return refuse_link(c->given,
                       "%s has a copy of %s, but %s%s has another one: compile the former again",
                       a->object, function, d->many ? "one of several objects, " : "", d->object);
}

/* A static function behind a pointer is called NAME.NUMBER, with its object's number of 32 digits;
 * no symbol table has it. */
static bool is_static(const char *symbol) {
    const char *dot = strrchr(symbol, '.');
    return dot && strlen(dot + 1) == 32 && strspn(dot + 1, "0123456789abcdef") == 32;
}

static bool holds(const Check *c, const Assumption *a) {
    const Definition *d = wanted(c, a->symbol);
    const char *function = copied_from(a->symbol);
    if (function)
        return copy_holds(c, a, function);
    if (is_replaced(c->given, a->symbol))
        return refuse(c, a, "the linker was told to put another one in its place", NULL,
                      " (--wrap, --defsym)");
    if (!d->object || (!d->seen && !is_static(a->symbol)))
        return refuse(c, a, "no object that is linked defines it", NULL,
                      ": a shared library may; compile it without summaries=");
    if (d->weak)
        return refuse(c, a, "it is a weak definition in ", d->object,
                      ", which another one may replace");
    if (d->many)
        return refuse(c, a, "several objects define it, the last ", d->object, "");
    if (!d->hash)
        return refuse(
            c, a, "", d->object,
            ", which defines it, does not say: compile that with the plugin and summaries=");
    if (strcmp(d->hash, a->hash) != 0)
        return refuse(c, a, "", d->object, " has another one: compile the former again");
    if (d->exported || (c->given->shared && d->preemptible))
        return refuse(c, a, "the loader may replace the one in ", d->object,
                      ": hide the symbol, or link with -Bsymbolic");
    return true;
}

static void free_check(Check *c) {
    for (size_t i = 0; i < c->nassumptions; i++) {
        free(c->assumptions[i].object);
        free(c->assumptions[i].symbol);
        free(c->assumptions[i].hash);
    }
    for (size_t i = 0; i < c->size; i++) {
        free(c->table[i].symbol);
        free(c->table[i].object);
        free(c->table[i].hash);
    }
    free(c->assumptions);
    free(c->table);
}

size_t check_link(const LinkCheck *check, size_t *nassumed) {
    Check c = {.given = check};
    size_t refused = 0;
    ObjectVisitor first = {.context = &c, .assumes = on_assumes};
    visit_all(&c, &first);
    *nassumed = c.nassumptions;
    for (size_t i = 0; c.nassumptions && i < check->nreplaced; i++)
        want(&c, check->replaced[i]);
    if (c.nassumptions) {
        ObjectVisitor second = {.context = &c, .defines = on_defines, .symbol = on_symbol};
        visit_all(&c, &second);
        if (check->output)
            visit_interposable(check->output, &c, on_exported);
    }
    for (size_t i = 0; i < c.nassumptions; i++)
        refused += !holds(&c, &c.assumptions[i]);
    free_check(&c);
    bool exports = check->shared || (check->output && is_shared_library(check->output));
    return refused + check_sets(check, exports);
}

/* ---- inputs ---------------------------------------------------------------------------------- */

void add_input(LinkInputs *inputs, const char *path, const char *member) {
    if (inputs->count == inputs->capacity) {
        inputs->capacity = inputs->capacity * 2 + 16;
        inputs->items = reallocate(inputs->items, inputs->capacity * sizeof *inputs->items);
    }
    inputs->items[inputs->count++] =
        (LinkInput){copy_text(path), member ? copy_text(member) : NULL};
}

void free_inputs(LinkInputs *inputs) {
    for (size_t i = 0; i < inputs->count; i++) {
        free(inputs->items[i].path);
        free(inputs->items[i].member);
    }
    free(inputs->items);
    *inputs = (LinkInputs){0};
}
