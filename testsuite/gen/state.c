/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * state.c - what is known of every place and object, and what is left of it where paths meet.
 *
 * INVARIANT  Two places hold one object exactly if the program's pointers are into one block: two
 * live objects of an Env are never the same memory. env_join() gives up a place (KNOWN_DEAD) where
 * it could not keep that.
 */
#include "gen.h"

#include <string.h>

uint32_t node_of(uint32_t parent, uint32_t index) {
    return hash_of(parent, index + 1);
}

bool node_skipped(Gen *g, uint32_t node) {
    for (uint32_t i = 0; i < g->nskip; i++)
        if (g->skip[i] == node)
            return true;
    text_line(&g->nodes, "%08x", node);
    return false;
}

void name_new(Gen *g, char *name, const char *prefix, uint32_t node) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    uint32_t short_name = node % (26 * 26 * 26);
    for (uint32_t i = 0; i < g->nnames; i++)
        if (g->names[i] == short_name) {
            short_name = (short_name + 1) % (26 * 26 * 26);
            i = UINT32_MAX; /* again from the start */
        }
    if (g->nnames == sizeof g->names / sizeof *g->names)
        fatal("too many names");
    g->names[g->nnames++] = short_name;
    size_t n = strlen(prefix);
    memcpy(name, prefix, n);
    name[n] = '_';
    name[n + 1] = letters[short_name / (26 * 26)];
    name[n + 2] = letters[short_name / 26 % 26];
    name[n + 3] = letters[short_name % 26];
    name[n + 4] = '\0';
}

uint16_t object_new(Gen *g, Env *e, uint32_t min) {
    if (g->nobjects == MAX_OBJECTS)
        fatal("too many objects in %s", g->f->name);
    uint16_t object = (uint16_t)g->nobjects++;
    e->objects[object] = (Object){.live = true, .pin = NEVER, .min = min, .text = -1};
    return object;
}

bool object_left(const Gen *g) {
    return g->nobjects + 150 < MAX_OBJECTS;
}

uint32_t object_places(const Env *e, uint16_t object) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->n; i++)
        n += value_points(e->at[i].value) && e->at[i].value.object == object;
    return n;
}

void object_die(Env *e, uint16_t object) {
    e->objects[object].live = false;
    for (uint32_t i = 0; i < e->n; i++)
        if (value_points(e->at[i].value) && e->at[i].value.object == object)
            e->at[i].value.known = KNOWN_DEAD;
}

Place *place_add(Env *e, const char *name, Form form, uint32_t node) {
    if (e->n == MAX_PLACES)
        fatal("too many places");
    Place *p = &e->at[e->n++];
    *p =
        (Place){.key = hash_of(
                    node, e->n == 0 ? 1 : (uint32_t)strlen(name) + (uint8_t)name[strlen(name) - 2]),
                .form = form,
                .frozen = NEVER};
    if (strlen(name) >= NAME_SIZE)
        fatal("name too long: %s", name);
    strcpy(p->name, name);
    return p;
}

Value value_of(Known known, uint16_t object, uint16_t offset) {
    return (Value){known, object, offset};
}

bool value_points(Value v) {
    return v.known == KNOWN_OBJECT || v.known == KNOWN_MAYBE;
}

void env_assume(Env *e, uint16_t object, bool null) {
    for (uint32_t i = 0; i < e->n; i++) {
        Value *v = &e->at[i].value;
        if (v->known == KNOWN_MAYBE && v->object == object)
            v->known = null ? KNOWN_NULL : KNOWN_OBJECT;
    }
    if (null)
        e->objects[object].live = false;
}

/* ---- where paths meet ---- */

typedef struct Pair {
    int a, b; /* objects, -1: null there */
    uint16_t object;
} Pair;

typedef struct Join {
    Gen *g;
    Env *into;
    const Env *a, *b;
    Pair pairs[MAX_PLACES];
    uint32_t n;
} Join;

static Object both(const Object *a, const Object *b) {
    Object o = *a;
    o.min = a->min < b->min ? a->min : b->min;
    o.pin = a->pin < b->pin ? a->pin : b->pin;
    if (a->text != b->text)
        o.text = -1;
    if (strcmp(a->len, b->len) != 0)
        o.len[0] = '\0';
    return o;
}

static Object of_pair(const Join *j, int a, int b) {
    if (a < 0)
        return j->b->objects[b];
    if (b < 0)
        return j->a->objects[a];
    return both(&j->a->objects[a], &j->b->objects[b]);
}

/* The object that stands for a on one path and b on the other; -1 if one of them is already part of
 * another pair, for then two objects would be one block. */
static int pair_of(Join *j, int a, int b) {
    for (uint32_t i = 0; i < j->n; i++) {
        if (j->pairs[i].a == a && j->pairs[i].b == b)
            return j->pairs[i].object;
        if ((a >= 0 && j->pairs[i].a == a) || (b >= 0 && j->pairs[i].b == b))
            return -1;
    }
    uint16_t object = (uint16_t)a;
    if (a != b) {
        if (j->g->nobjects == MAX_OBJECTS)
            return -1;
        object = object_new(j->g, j->into, LEAST_BYTES);
    }
    j->into->objects[object] = of_pair(j, a, b);
    j->into->objects[object].live = true;
    j->pairs[j->n++] = (Pair){a, b, object};
    return object;
}

static int object_or_null(Value v) {
    return value_points(v) ? v.object : -1;
}

static Value join_value(Join *j, Value a, Value b) {
    Value dead = {KNOWN_DEAD, 0, 0};
    if (a.known == KNOWN_DEAD || b.known == KNOWN_DEAD)
        return dead;
    if (a.known == KNOWN_NULL && b.known == KNOWN_NULL)
        return a;
    bool sure = a.known == KNOWN_OBJECT && b.known == KNOWN_OBJECT;
    uint16_t offset_a = value_points(a) ? a.offset : 0, offset_b = value_points(b) ? b.offset : 0;
    if (offset_a != offset_b)
        return dead;
    int object = pair_of(j, object_or_null(a), object_or_null(b));
    if (object < 0)
        return dead;
    return value_of(sure ? KNOWN_OBJECT : KNOWN_MAYBE, (uint16_t)object, offset_a);
}

static bool same_on_both(const Env *a, const Env *b, uint32_t i) {
    Value x = a->at[i].value, y = b->at[i].value;
    return value_points(x) && value_points(y) && x.object == y.object;
}

void env_join(Gen *g, Env *into, const Env *a, const Env *b, uint32_t n) {
    if (a->unreachable || b->unreachable) {
        *into = a->unreachable ? *b : *a;
        into->n = n;
        return;
    }
    Join j = {.g = g, .into = into, .a = a, .b = b};
    *into = *a;
    into->n = n;
    for (uint32_t o = 0; o < MAX_OBJECTS; o++)
        into->objects[o].live = false;
    /* First what is the same on both paths: it must keep its number, for a loop may have frozen it.
     */
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < n; i++)
            if (same_on_both(a, b, i) == (pass == 0))
                into->at[i].value = join_value(&j, a->at[i].value, b->at[i].value);
}

void env_check(const Env *e) {
    for (uint32_t i = 0; i < e->n; i++) {
        const Place *p = &e->at[i];
        if (value_points(p->value) && !e->objects[p->value.object].live)
            fatal("%s points to a dead object", p->name);
        if (value_points(p->value) && p->value.offset >= e->objects[p->value.object].min)
            fatal("%s points behind its object", p->name);
    }
}
