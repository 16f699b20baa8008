/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * loop.c - loops in every form that C has, with what must hold at their heads.
 *
 * Each place outside is, for the loop, either frozen (the body may not write it, nor free what it
 * holds) or carried: it holds the same kind of thing at the head in each round, which the end of
 * the body and every continue and break restore.
 */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROUNDS = 6 };

static bool shared(const Env *e, uint32_t i) {
    return value_points(e->at[i].value) && object_places(e, e->at[i].value.object) > 1;
}

/* What a carried place holds at the head: of what it holds now, the part that every round can keep.
 */
static void carry(Gen *g, Env *e, Random *r, uint32_t i) {
    Place *p = &e->at[i];
    Value v = p->value;
    if (v.known == KNOWN_NULL) {
        uint16_t object = object_new(g, e, LEAST_BYTES);
        p->value = value_of(KNOWN_MAYBE, object, 0);
        return;
    }
    if (!value_points(v))
        return;
    Object *o = &e->objects[v.object];
    o->len[0] = '\0';
    if (chance(r, 60))
        o->min = o->min < LEAST_BYTES + 16 ? LEAST_BYTES : random_between(r, LEAST_BYTES, o->min);
    if (chance(r, 40))
        p->value.known = KNOWN_MAYBE;
}

static bool carriable(const Env *e, uint32_t i) {
    const Place *p = &e->at[i];
    Value v = p->value;
    if (p->frozen != NEVER || p->form == FORM_BLOCK)
        return false;
    return !value_points(v) ||
           (v.offset == 0 && e->objects[v.object].pin == NEVER && !shared(e, i));
}

static void enter(Gen *g, Env *e, Random *r) {
    uint8_t loop = (uint8_t)(g->loop + 1);
    uint64_t salt = random_bits(r);
    for (uint32_t i = 0; i < g->nobjects; i++)
        e->objects[i].text = -1; /* a later round may find what an earlier one wrote */
    for (uint32_t i = 0; i < e->n; i++) {
        Place *p = &e->at[i];
        if (carriable(e, i) && hash_of(salt, p->key) % 100 < 65) {
            carry(g, e, r, i);
            continue;
        }
        if (p->frozen > loop)
            p->frozen = loop;
        if (value_points(p->value) && e->objects[p->value.object].pin > loop)
            e->objects[p->value.object].pin = loop;
    }
}

typedef struct Loop {
    uint32_t rounds, node;
    char count[32], index[NAME_SIZE], label[NAME_SIZE];
    Env before; /* at the head, as the body starts */
} Loop;

static void body(Gen *g, Loop *l, Env *e, Random *r, uint32_t part, bool structured) {
    *e = l->before;
    g->head[g->loop] = &l->before;
    strcpy(g->index[g->loop], l->index);
    g->in_switch[g->loop] = !structured;
    g->loop++;
    uint64_t times = g->times;
    g->times *= l->rounds;
    block(g, e, node_of(l->node, part), random_between(r, 2, 6));
    if (!e->unreachable)
        settle_iteration(g, e, r);
    g->times = times;
    g->loop--;
}

static void loop_for(Gen *g, Loop *l, Env *e, Random *r) {
    if (chance(r, 70))
        text_line(g->out, "for (int %s = 0; %s < %s; %s++) {", l->index, l->index, l->count,
                  l->index);
    else
        text_line(g->out, "for (int %s = %s; %s-- > 0;) {", l->index, l->count, l->index);
    g->out->indent++;
    body(g, l, e, r, 1, true);
    g->out->indent--;
    text_line(g->out, "}");
}

static void loop_while(Gen *g, Loop *l, Env *e, Random *r, bool at_end) {
    text_line(g->out, "int %s = 0;", l->index);
    text_line(g->out, at_end ? "do {" : "while (%s++ < %s) {", l->index, l->count);
    g->out->indent++;
    body(g, l, e, r, 1, true);
    g->out->indent--;
    if (at_end)
        text_line(g->out, "} while (++%s < %s);", l->index, l->count);
    else
        text_line(g->out, "}");
}

static void loop_forever(Gen *g, Loop *l, Env *e, Random *r) {
    text_line(g->out, "for (int %s = 0;; %s++) {", l->index, l->index);
    g->out->indent++;
    text_line(g->out, "if (%s >= %s)", l->index, l->count);
    text_line(g->out, "    break;");
    body(g, l, e, r, 1, true);
    g->out->indent--;
    text_line(g->out, "}");
}

/* A half of the body in a block of its own, as a loop made of labels has it. */
static void bare_block(Gen *g, Loop *l, Env *e, Random *r, uint32_t half) {
    text_line(g->out, "{");
    g->out->indent++;
    body(g, l, e, r, half, false);
    g->out->indent--;
    text_line(g->out, "}");
}

static void go_round_again(Gen *g, Loop *l) {
    text_line(g->out, "if (++%s < %s)", l->index, l->count);
    text_line(g->out, "    goto again_%s;", l->label);
}

static void loop_goto(Gen *g, Loop *l, Env *e, Random *r) {
    text_line(g->out, "int %s = 0;", l->index);
    text_line(g->out, "again_%s:;", l->label);
    bare_block(g, l, e, r, 1);
    go_round_again(g, l);
}

/* Two ways into one loop: both halves keep what the head needs. */
static void loop_irreducible(Gen *g, Loop *l, Env *e, Random *r) {
    char test[EXPR_SIZE];
    condition(g, &l->before, r, test);
    text_line(g->out, "int %s = 0;", l->index);
    text_line(g->out, "if (%s)", test);
    text_line(g->out, "    goto middle_%s;", l->label);
    text_line(g->out, "again_%s:;", l->label);
    bare_block(g, l, e, r, 1);
    text_line(g->out, "middle_%s:;", l->label);
    bare_block(g, l, e, r, 2);
    go_round_again(g, l);
}

void loop_statement(Gen *g, Env *e, Random *r, uint32_t node) {
    static const uint32_t weights[] = {45, 15, 15, 10, 10, 6};
    Loop *l = malloc(sizeof *l);
    if (!l)
        fatal("out of memory");
    l->node = node;
    l->rounds = random_between(r, 1, MOST_ROUNDS);
    snprintf(l->count, sizeof l->count, chance(r, 50) ? "%u" : "opaque(%u)", l->rounds);
    name_new(g, l->index, "i", node);
    strcpy(l->label, l->index + 2);
    enter(g, e, r);
    l->before = *e;
    text_line(g->out, "{");
    g->out->indent++;
    switch (random_weighted(r, weights, 6)) {
    default:
        loop_for(g, l, e, r);
        break;
    case 1:
        loop_while(g, l, e, r, false);
        break;
    case 2:
        loop_while(g, l, e, r, true);
        break;
    case 3:
        loop_forever(g, l, e, r);
        break;
    case 4:
        loop_goto(g, l, e, r);
        break;
    case 5:
        loop_irreducible(g, l, e, r);
        break;
    }
    g->out->indent--;
    text_line(g->out, "}");
    /* Behind the loop the head's state holds; only what it froze is free again. */
    uint8_t loop = (uint8_t)(g->loop + 1);
    Env *after = &l->before;
    for (uint32_t i = 0; i < after->n; i++) {
        Place *p = &after->at[i];
        if (p->frozen == loop)
            p->frozen = NEVER;
        if (value_points(p->value) && after->objects[p->value.object].pin == loop)
            after->objects[p->value.object].pin = NEVER;
    }
    *e = *after;
    free(l);
}
