/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * settle.c - what must be true before control leaves a block, an iteration or a function, made
 * true.
 *
 * An object that only dying places hold is freed (now and then forgotten: a leak is no undefined
 * behaviour); a place that somebody else will look at is given what he expects.
 */
#include "gen.h"

#include <stdio.h>
#include <string.h>

static bool pinned(const Object *o, uint32_t loop) {
    return o->pin <= loop;
}

static bool acceptable(const Env *e, const Target *t, const bool *claimed, uint32_t loop) {
    Value v = e->at[t->place].value;
    if (t->want == KNOWN_DEAD)
        return true;
    if (v.known == KNOWN_NULL)
        return t->want != KNOWN_OBJECT;
    if (t->want == KNOWN_NULL || !value_points(v) ||
        (t->want == KNOWN_OBJECT && v.known != KNOWN_OBJECT))
        return false;
    const Object *o = &e->objects[v.object];
    return v.offset == 0 && !pinned(o, loop) && !claimed[v.object] && o->min >= t->min;
}

static const Target *target_of(const Target *targets, uint32_t n, uint32_t place) {
    for (uint32_t i = 0; i < n; i++)
        if (targets[i].place == place)
            return &targets[i];
    return NULL;
}

typedef struct Settling {
    bool claimed[MAX_OBJECTS], kept[MAX_OBJECTS], right[MAX_PLACES];
} Settling;

static void look(Settling *s, const Env *e, const Target *targets, uint32_t n, uint32_t keep,
                 uint32_t loop) {
    memset(s, 0, sizeof *s);
    for (uint32_t i = 0; i < n; i++) {
        Value v = e->at[targets[i].place].value;
        s->right[i] = acceptable(e, &targets[i], s->claimed, loop);
        if (s->right[i] && value_points(v)) {
            s->claimed[v.object] = targets[i].want != KNOWN_DEAD;
            s->kept[v.object] |= targets[i].want != KNOWN_DEAD;
        }
    }
    for (uint32_t i = 0; i < keep; i++)
        if (value_points(e->at[i].value) && !target_of(targets, n, i))
            s->kept[e->at[i].value.object] = true;
}

/* A place that holds the object, its start if possible. */
static int holder(const Env *e, uint32_t object) {
    int found = -1;
    for (uint32_t i = 0; i < e->n; i++) {
        Value v = e->at[i].value;
        if (!value_points(v) || v.object != object)
            continue;
        if (found < 0 || v.offset == 0)
            found = (int)i;
    }
    return found;
}

static void free_lost(Gen *g, Env *e, Random *r, const Settling *s, uint32_t loop, bool blocks) {
    for (uint32_t o = 0; o < g->nobjects; o++) {
        const Object *object = &e->objects[o];
        if (!object->live || object->block != blocks || s->kept[o] || pinned(object, loop))
            continue;
        int place = holder(e, o);
        if (place >= 0 && chance(r, 95))
            heap_free(g, e, r, place);
    }
}

void settle(Gen *g, Env *e, Random *r, const Target *targets, uint32_t n, uint32_t keep,
            uint32_t loop) {
    Settling s;
    look(&s, e, targets, n, keep, loop);
    free_lost(g, e, r, &s, loop, false);
    for (uint32_t i = 0; i < n; i++) {
        Place *p = &e->at[targets[i].place];
        if (s.right[i]) {
            if (targets[i].want == KNOWN_DEAD)
                p->value.known = KNOWN_DEAD;
            continue;
        }
        if (targets[i].want == KNOWN_OBJECT || (targets[i].want == KNOWN_MAYBE && chance(r, 20))) {
            heap_supply(g, e, r, (int)targets[i].place, targets[i].min);
        } else {
            place_write(g, p, r, "(unsigned char *)NULL");
            p->value.known = KNOWN_NULL;
        }
    }
    look(&s, e, targets, n, keep, loop);
    free_lost(g, e, r, &s, loop, true);
}

/* ---- the ways out ---- */

static uint32_t contract_targets(const Gen *g, const Env *e, Target *targets) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->n; i++) {
        const Place *p = &e->at[i];
        if (!p->contract)
            continue;
        Known want = KNOWN_MAYBE;
        uint32_t min = LEAST_BYTES;
        for (uint32_t k = 0; k < g->f->nparams; k++) {
            char name[NAME_SIZE];
            snprintf(name, sizeof name, "(*a%u)", k);
            if (strcmp(p->name, name) == 0) {
                want = KNOWN_OBJECT;
                min = g->f->params[k].min;
            }
        }
        targets[n++] = (Target){i, want, min};
    }
    return n;
}

/* Declares the result's place, moves an object there if one is free for it. */
static int result_place(Gen *g, Env *e, Random *r, const char *name, bool maybe) {
    Place *p = place_add(e, name, FORM_PLAIN, 1);
    int place = (int)e->n - 1, from = -1;
    if (chance(r, 80))
        from = place_pick(g, e, r, WANT_OWNED, g->f->result_min, place);
    char expr[EXPR_SIZE];
    if (from >= 0 && !e->at[from].contract && !e->at[from].value.offset) {
        place_read(&e->at[from], r, expr);
        place_write(g, p, r, expr);
        p->value = e->at[from].value;
    } else if (maybe) {
        place_write(g, p, r, "NULL");
        p->value.known = KNOWN_NULL;
    } else {
        heap_supply(g, e, r, place, g->f->result_min);
    }
    return place;
}

static void result_sum(Gen *g, const Env *e, Random *r) {
    int place = place_pick(g, e, r, WANT_READABLE, LEAST_BYTES, -1);
    char expr[EXPR_SIZE];
    if (place < 0) {
        text_line(g->out, "sum += %u;", random_below(r, 1000));
        return;
    }
    place_read(&e->at[place], r, expr);
    text_line(g->out, "sum += digest(%s, %u);", expr, LEAST_BYTES);
}

static uint32_t results(Gen *g, Env *e, Random *r, Target *targets, uint32_t n) {
    switch (g->f->result) {
    case RESULT_SUM:
        if (chance(r, 60))
            result_sum(g, e, r);
        return n;
    case RESULT_ALIAS:
        return n;
    case RESULT_FRESH:
        targets[n] = (Target){(uint32_t)result_place(g, e, r, "result", false), KNOWN_OBJECT,
                              g->f->result_min};
        return n + 1;
    case RESULT_MAYBE:
        targets[n] = (Target){(uint32_t)result_place(g, e, r, "result", true), KNOWN_MAYBE,
                              g->f->result_min};
        return n + 1;
    case RESULT_PAIR:
        targets[n] = (Target){(uint32_t)result_place(g, e, r, "result.a", false), KNOWN_OBJECT,
                              g->f->result_min};
        targets[n + 1] = (Target){(uint32_t)result_place(g, e, r, "result.b", false), KNOWN_OBJECT,
                                  g->f->result_min};
        return n + 2;
    }
    return n;
}

void leave_by_return(Gen *g, Env *e, Random *r) {
    Target targets[MAX_PLACES];
    uint32_t n = contract_targets(g, e, targets);
    const Function *f = g->f;
    text_line(g->out, "{");
    g->out->indent++;
    if (f->result == RESULT_FRESH || f->result == RESULT_MAYBE)
        text_line(g->out, "unsigned char *result;");
    if (f->result == RESULT_PAIR)
        text_line(g->out, "struct pair result;");
    n = results(g, e, r, targets, n);
    settle(g, e, r, targets, n, 0, 0);
    if (f->result == RESULT_SUM)
        text_line(g->out, "return sum;");
    else if (f->result == RESULT_ALIAS)
        text_line(g->out, "return a%u + %u;", f->alias_param, f->alias_offset);
    else
        text_line(g->out, "return result;");
    g->out->indent--;
    text_line(g->out, "}");
    e->unreachable = true;
}

/* Behind `out:` the first places are freed, whatever they hold. */
void leave_by_goto(Gen *g, Env *e, Random *r) {
    Target targets[MAX_PLACES];
    uint32_t n = contract_targets(g, e, targets);
    for (uint32_t i = 0; i < e->n; i++)
        if (i >= g->cleanup_first && i < g->cleanup_places)
            targets[n++] = (Target){i, KNOWN_MAYBE, LEAST_BYTES};
    settle(g, e, r, targets, n, 0, 0);
    text_line(g->out, "goto out;");
    g->out_used = true;
    e->unreachable = true;
}

/* What the head of the innermost loop needs, as targets. */
static uint32_t head_targets(const Gen *g, Target *targets) {
    const Env *head = g->head[g->loop - 1];
    uint32_t n = 0;
    for (uint32_t i = 0; i < head->n; i++) {
        Value v = head->at[i].value;
        if (head->at[i].frozen == NEVER)
            targets[n++] =
                (Target){i, v.known, value_points(v) ? head->objects[v.object].min : LEAST_BYTES};
    }
    return n;
}

void settle_iteration(Gen *g, Env *e, Random *r) {
    Target targets[MAX_PLACES];
    uint32_t n = head_targets(g, targets);
    settle(g, e, r, targets, n, g->head[g->loop - 1]->n, g->loop);
}

void leave_loop(Gen *g, Env *e, Random *r, bool again) {
    settle_iteration(g, e, r);
    text_line(g->out, again ? "continue;" : "break;");
    e->unreachable = true;
}

void leave_somehow(Gen *g, Env *e, Random *r) {
    /* Inside of a switch `break` would leave the switch; loops made of goto know neither. */
    bool in_loop = g->loop && !g->in_switch[g->loop - 1];
    if (in_loop && chance(r, 60))
        leave_loop(g, e, r, chance(r, 50));
    else if (g->f->cleanup)
        leave_by_goto(g, e, r);
    else
        leave_by_return(g, e, r);
}
