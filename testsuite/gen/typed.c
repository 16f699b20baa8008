/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * typed.c - objects as numbers and structs, whose accesses a compiler may reorder by their types;
 * pointers compared and copied with the structs that hold them.
 *
 * Every object is on the heap, so a write may give it any type. But compilers exchange a load of
 * one type with a later store of another in the same object, which C would not allow them; so all
 * of a program's objects are numbers of one type. Objects of several types that follow each other
 * in one place are in shapes/typed.in.
 */
#include "gen.h"

#include <stdio.h>
#include <string.h>

/* An object whose start is aligned for any type: what a caller lends may be the inside of one. */
static int pick_aligned(Gen *g, const Env *e, Random *r, uint32_t min) {
    int place = place_pick(g, e, r, WANT_READABLE, min, -1);
    if (place < 0 || e->at[place].value.offset % 8 ||
        e->objects[e->at[place].value.object].pin == 0)
        return -1;
    return place;
}

static void emit_numbers(Gen *g, Random *r, const char *expr, const char *type, uint32_t n) {
    uint32_t step = random_between(r, 1, 9);
    text_line(g->out, "{");
    g->out->indent++;
    text_line(g->out, "%s *t = (%s *)%s;", type, type, expr);
    if (chance(r, 50))
        text_line(g->out, "for (unsigned k = 0; k < %u; k++)", n);
    else
        text_line(g->out, "for (int k = 0; k < opaque(%u); k++)", n);
    text_line(g->out, "    t[k] = (%s)(k * %u + %u);", type, step, random_below(r, 99));
    if (chance(r, 30))
        text_line(g->out, "scribble();");
    text_line(g->out, "for (unsigned k = 1; k < %u; k++)", n);
    text_line(g->out, "    t[k] = (%s)(t[k] + t[k - 1]);", type);
    text_line(g->out, "mix((uint32_t)(int32_t)t[%u]);", n - 1);
    g->out->indent--;
    text_line(g->out, "}");
}

/* A struct assigned through the object: the compiler copies it in words. */
static void emit_struct(Gen *g, Random *r, const char *expr) {
    text_line(g->out, "{");
    g->out->indent++;
    text_line(g->out, "struct mixed { uint16_t a, e; uint32_t b; float c; uint8_t d[4]; } x, y;");
    text_line(g->out, "memset(&x, %u, sizeof x);", random_below(r, 100));
    text_line(g->out, "x.b = %u;", random_below(r, 1000));
    text_line(g->out, "x.c = (float)x.b * 0.5f;");
    text_line(g->out, "memcpy(%s, &x, sizeof x);", expr);
    text_line(g->out, "struct mixed *t = (struct mixed *)%s;", expr);
    text_line(g->out, "t->b += t->a;");
    text_line(g->out, "t->c += 1;");
    text_line(g->out, "y = *t;");
    text_line(g->out, "mix(y.b + (uint32_t)(y.c * 2) + y.d[%u]);", random_below(r, 4));
    g->out->indent--;
    text_line(g->out, "}");
}

bool act_typed(Gen *g, Env *e, Random *r) {
    static const char *const types[] = {"uint16_t", "uint32_t", "uint64_t",
                                        "float",    "double",   "int"};
    static const uint32_t sizes[] = {2, 4, 8, 4, 8, 4};
    char expr[EXPR_SIZE];
    uint32_t way = hash_of(g->seed, 71) % 7;
    int place = pick_aligned(g, e, r, way == 6 ? 16 : LEAST_BYTES);
    if (place < 0)
        return false;
    Value v = e->at[place].value;
    uint32_t left = e->objects[v.object].min - v.offset;
    e->objects[v.object].text = -1;
    place_read(&e->at[place], r, expr);
    if (way == 6) {
        emit_struct(g, r, expr);
    } else {
        uint32_t most = left / sizes[way] < 40 ? left / sizes[way] : 40;
        emit_numbers(g, r, expr, types[way], random_between(r, 1, most));
    }
    return true;
}

/* Two live objects have two addresses; two pointers to one place have one. */
bool act_same(Gen *g, Env *e, Random *r) {
    int a = place_pick(g, e, r, WANT_READABLE, 1, -1);
    int b = a < 0 ? -1 : place_pick(g, e, r, WANT_READABLE, 1, a);
    char x[EXPR_SIZE], y[EXPR_SIZE];
    if (b < 0)
        return false;
    place_read(&e->at[a], r, x);
    place_read(&e->at[b], r, y);
    if (e->at[a].value.offset || e->at[b].value.offset)
        text_line(g->out, "mix(%s[0] == %s[0]);", x, y);
    else
        text_line(g->out, chance(r, 50) ? "mix(%s == %s);" : "mix((uintptr_t)%s != (uintptr_t)%s);",
                  x, y);
    return true;
}

/* struct box copy = *other: the copy's fields are new names for what the other's hold. */
bool act_duplicate(Gen *g, Env *e, Random *r, uint32_t node) {
    for (uint32_t i = 0; i + 1 < e->n; i++) {
        size_t n = strlen(e->at[i].name);
        bool box = n >= 6 && strcmp(e->at[i].name + n - 4, "p[0]") == 0 &&
                   (e->at[i].name[n - 5] == '.' || e->at[i].name[n - 5] == '>');
        if (!box || !chance(r, 60))
            continue;
        char name[NAME_SIZE], from[NAME_SIZE], field[NAME_SIZE + 8];
        bool points = e->at[i].name[n - 5] == '>';
        snprintf(from, sizeof from, points ? "%.*s" : "&%.*s", (int)(n - (points ? 6 : 5)),
                 e->at[i].name);
        name_new(g, name, "dup", node);
        text_line(g->out, "struct box %s;", name);
        if (chance(r, 50))
            text_line(g->out, "memcpy(&%s, %s, sizeof %s);", name, from, name);
        else
            text_line(g->out, "%s = *(%s);", name, from);
        for (uint32_t k = 0; k < 2; k++) {
            snprintf(field, sizeof field, "%s.p[%u]", name, k);
            Place *p = place_add(e, field, FORM_PLAIN, node);
            p->key = hash_of(node, k);
            p->value = e->at[i + k].value;
        }
        return true;
    }
    return false;
}
