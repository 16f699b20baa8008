/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * call.c - calls of the functions that were made before, with arguments that keep their contracts.
 *
 * INVARIANT  What the callee may free or replace is passed once: no other argument reaches it. What
 * it only reads may be passed twice.
 */
#include "gen.h"

#include <stdio.h>
#include <string.h>

enum { MOST_STEPS = 150000 };

bool globals_ready(const Env *e, uint32_t globals) {
    for (uint32_t i = 0; i < e->n; i++)
        if (e->at[i].global && (globals >> (e->at[i].global - 1) & 1) && e->at[i].frozen != NEVER)
            return false;
    return true;
}

static bool among(const Place *p, uint32_t globals) {
    return p->global && (globals >> (p->global - 1) & 1);
}

void globals_settle(Gen *g, Env *e, Random *r, uint32_t globals) {
    Target targets[MAX_GLOBALS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->n; i++)
        if (among(&e->at[i], globals))
            targets[n++] = (Target){i, KNOWN_MAYBE, LEAST_BYTES};
    settle(g, e, r, targets, n, e->n, g->loop);
}

void globals_forget(Gen *g, Env *e, uint32_t globals) {
    for (uint32_t i = 0; i < e->n; i++) {
        Place *p = &e->at[i];
        if (!among(p, globals))
            continue;
        if (value_points(p->value))
            object_die(e, p->value.object);
        p->value = value_of(KNOWN_MAYBE, object_new(g, e, LEAST_BYTES), 0);
    }
}

/* ---- which function ---- */

static bool recursive_call(const Gen *g, const Function *f) {
    return f->recursive && g->f->recursive && f == &g->functions[g->f->partner];
}

static bool callable(const Gen *g, const Env *e, const Function *f) {
    if (!f->name[0] || !globals_ready(e, f->globals))
        return false;
    if (!f->exported && f->file != g->f->file)
        return false;
    if (recursive_call(g, f))
        return g->times == 1 && !g->recursed;
    return f->cost && g->cost + f->cost * g->times <= MOST_STEPS;
}

static Function *pick_function(Gen *g, const Env *e, Random *r) {
    uint32_t weights[MAX_FUNCTIONS];
    for (uint32_t i = 0; i < g->nfunctions; i++) {
        Function *f = &g->functions[i];
        bool can = callable(g, e, f);
        weights[i] = !can ? 0 : recursive_call(g, f) ? 12 : 3;
    }
    int chosen = random_weighted(r, weights, g->nfunctions);
    return chosen < 0 ? NULL : &g->functions[chosen];
}

/* ---- arguments ---- */

typedef struct Call {
    Function *callee;
    uint32_t node;
    char args[1200];
    bool taken[MAX_OBJECTS], lent[MAX_OBJECTS], used[MAX_PLACES];
    int die[2 * MAX_PARAMS], alias; /* places whose objects are gone afterwards; RESULT_ALIAS's */
    uint32_t ndie;
    int set[2 * MAX_PARAMS]; /* places that hold something new afterwards */
    uint32_t set_min[2 * MAX_PARAMS];
    Known set_known[2 * MAX_PARAMS];
    uint32_t nset;
} Call;

static void argument(Call *c, const char *text) {
    size_t n = strlen(c->args);
    int k = snprintf(c->args + n, sizeof c->args - n, "%s%s", n ? ", " : "", text);
    if (k < 0 || (size_t)k >= sizeof c->args - n)
        fatal("too many arguments");
}

/* A place of the caller that fits and is not in the way of an earlier argument; a new one if none.
 */
static int choose(Gen *g, Env *e, Random *r, Call *c, Wanted wanted, uint32_t min, uint32_t salt) {
    int place = place_pick(g, e, r, wanted, min, -1);
    if (place >= 0) {
        Value v = e->at[place].value;
        bool owned = wanted == WANT_OWNED;
        if (!c->used[place] && !c->taken[v.object] && !(owned && (c->lent[v.object] || v.offset)))
            return place;
    }
    place_declare(g, e, r, node_of(c->node, 100 + salt), chance(r, 60));
    place = (int)e->n - 1;
    heap_supply(g, e, r, place, min);
    return place;
}

static void bytes_argument(Gen *g, Env *e, Random *r, Call *c, const Param *p, uint32_t salt) {
    bool take = p->kind == PARAM_TAKE;
    int place = choose(g, e, r, c, take ? WANT_OWNED : WANT_READABLE, p->min, salt);
    Value v = e->at[place].value;
    char expr[EXPR_SIZE], length[EXPR_SIZE];
    place_read(&e->at[place], r, expr);
    argument(c, expr);
    if (chance(r, 70))
        place_length(e, &e->at[place], r, length);
    else
        snprintf(length, sizeof length, "%u", p->min);
    argument(c, length);
    c->lent[v.object] = true;
    if (take) {
        c->taken[v.object] = true;
        c->die[c->ndie++] = place;
    } else if (c->callee->result == RESULT_ALIAS &&
               c->callee->alias_param == (uint32_t)(p - c->callee->params)) {
        c->alias = place;
    }
}

/* &p, where p is a plain pointer variable. */
static bool addressable(const Env *e, const Call *c, int i) {
    const Place *p = &e->at[i];
    return p->form == FORM_PLAIN && p->frozen == NEVER && !c->used[i] &&
           !among(p, c->callee->globals);
}

static void pointer_argument(Gen *g, Env *e, Random *r, Call *c, const Param *p, uint32_t salt) {
    bool inout = p->kind == PARAM_INOUT;
    int place = place_pick(g, e, r, inout ? WANT_OWNED : WANT_WRITABLE, p->min, -1);
    if (place >= 0) {
        Value v = e->at[place].value;
        if (!addressable(e, c, place) ||
            (value_points(v) && (c->taken[v.object] || c->lent[v.object])) || (inout && v.offset))
            place = -1;
    }
    if (place < 0) {
        place_declare(g, e, r, node_of(c->node, 100 + salt), true);
        place = (int)e->n - 1;
        if (inout)
            heap_supply(g, e, r, place, p->min);
    }
    Place *at = &e->at[place];
    char expr[EXPR_SIZE];
    snprintf(expr, sizeof expr, "&%s", at->name);
    argument(c, expr);
    c->used[place] = true;
    if (inout) {
        c->taken[at->value.object] = true;
        c->die[c->ndie++] = place;
    }
    c->set[c->nset] = place;
    c->set_min[c->nset] = p->min;
    c->set_known[c->nset++] = KNOWN_OBJECT;
}

/* The first field of a struct box that may be passed, -1 if there is none. `arg`: how it is passed.
 */
static int find_box(const Env *e, const Call *c, Random *r, char *arg) {
    uint64_t salt = random_bits(r);
    uint32_t best = 0;
    int found = -1;
    for (uint32_t i = 0; i + 1 < e->n; i++) {
        const Place *p = &e->at[i];
        size_t n = strlen(p->name);
        if (n < 6 || strcmp(p->name + n - 4, "p[0]") != 0 || p->frozen != NEVER ||
            e->at[i + 1].frozen != NEVER || c->used[i] || c->used[i + 1])
            continue;
        bool points = p->name[n - 5] == '>';
        if (!points && p->name[n - 5] != '.')
            continue;
        uint32_t score = 1 + hash_of(salt, p->key) / 2;
        if (score <= best)
            continue;
        best = score;
        found = (int)i;
        snprintf(arg, EXPR_SIZE, points ? "%.*s" : "&%.*s", (int)(n - (points ? 6 : 5)), p->name);
    }
    return found;
}

static bool claimed_elsewhere(const Env *e, const Call *c, int place) {
    Value v = e->at[place].value;
    return value_points(v) && (c->taken[v.object] || c->lent[v.object]);
}

static void box_argument(Gen *g, Env *e, Random *r, Call *c, uint32_t salt) {
    char arg[EXPR_SIZE];
    int field = find_box(e, c, r, arg);
    if (field >= 0 && (claimed_elsewhere(e, c, field) || claimed_elsewhere(e, c, field + 1)))
        field = -1;
    if (field >= 0) {
        Target targets[2] = {{(uint32_t)field, KNOWN_MAYBE, LEAST_BYTES},
                             {(uint32_t)field + 1, KNOWN_MAYBE, LEAST_BYTES}};
        settle(g, e, r, targets, 2, e->n, g->loop);
    } else {
        char name[NAME_SIZE], place[NAME_SIZE + 8];
        uint32_t node = node_of(c->node, 100 + salt);
        name_new(g, name, "x", node);
        text_line(g->out, "struct box %s = {0};", name);
        for (int i = 0; i < 2; i++) {
            snprintf(place, sizeof place, "%s.p[%d]", name, i);
            place_add(e, place, FORM_PLAIN, node)->value.known = KNOWN_NULL;
            e->at[e->n - 1].key = hash_of(node, (uint32_t)i);
        }
        field = (int)e->n - 2;
        snprintf(arg, sizeof arg, "&%s", name);
    }
    argument(c, arg);
    for (int i = field; i < field + 2; i++) {
        Value v = e->at[i].value;
        c->used[i] = true;
        if (value_points(v)) {
            c->taken[v.object] = true;
            c->die[c->ndie++] = i;
        }
        c->set[c->nset] = i;
        c->set_min[c->nset] = LEAST_BYTES;
        c->set_known[c->nset++] = KNOWN_MAYBE;
    }
}

static void pair_argument(Gen *g, Env *e, Random *r, Call *c, const Param *p, uint32_t salt) {
    char a[EXPR_SIZE], b[EXPR_SIZE], both[2 * EXPR_SIZE + 32];
    int one = choose(g, e, r, c, WANT_READABLE, p->min, salt);
    c->lent[e->at[one].value.object] = true;
    int two = choose(g, e, r, c, WANT_READABLE, p->min, salt + 20);
    c->lent[e->at[two].value.object] = true;
    place_read(&e->at[one], r, a);
    place_read(&e->at[two], r, b);
    snprintf(both, sizeof both, "(struct pair){%s, %s}", a, b);
    argument(c, both);
}

static void hooks_argument(Gen *g, Random *r, Call *c) {
    char text[32];
    for (uint32_t i = 0; i < g->f->nparams; i++)
        if (g->f->params[i].kind == PARAM_HOOKS && chance(r, 70)) {
            snprintf(text, sizeof text, "h%u", i);
            argument(c, text);
            return;
        }
    snprintf(text, sizeof text, "&gen_hooks[%s%u%s]", chance(r, 50) ? "opaque(" : "(",
             random_below(r, 2), ")");
    argument(c, text);
}

static void visit_argument(Gen *g, Random *r, Call *c, uint32_t salt) {
    char name[NAME_SIZE], text[NAME_SIZE + 40];
    name_new(g, name, "seen", node_of(c->node, 100 + salt));
    text_line(g->out, "struct visit %s = {0, NULL};", name);
    snprintf(text, sizeof text, chance(r, 60) ? "gen_visit_%u" : "gen_visitors[opaque(%u)]",
             random_below(r, 4));
    argument(c, text);
    snprintf(text, sizeof text, "&%s", name);
    argument(c, text);
}

static void arguments(Gen *g, Env *e, Random *r, Call *c) {
    for (uint32_t i = 0; i < c->callee->nparams; i++) {
        const Param *p = &c->callee->params[i];
        switch (p->kind) {
        case PARAM_BORROW:
        case PARAM_TAKE:
            bytes_argument(g, e, r, c, p, i);
            break;
        case PARAM_OUT:
        case PARAM_INOUT:
            pointer_argument(g, e, r, c, p, i);
            break;
        case PARAM_BOX:
            box_argument(g, e, r, c, i);
            break;
        case PARAM_PAIR:
            pair_argument(g, e, r, c, p, i);
            break;
        case PARAM_HOOKS:
            hooks_argument(g, r, c);
            break;
        case PARAM_VISIT:
            visit_argument(g, r, c, i);
            break;
        }
    }
    char depth[32];
    if (c->callee->recursive) {
        if (recursive_call(g, c->callee))
            snprintf(depth, sizeof depth, "depth - 1");
        else
            snprintf(depth, sizeof depth, chance(r, 50) ? "%u" : "opaque(%u)",
                     random_between(r, 1, 4));
        argument(c, depth);
    }
}

/* ---- after the call ---- */

static void effects(Gen *g, Env *e, const Call *c) {
    for (uint32_t o = 0; o < g->nobjects; o++)
        if (c->lent[o])
            e->objects[o].text = -1; /* the callee may write what it borrows */
    for (uint32_t i = 0; i < c->ndie; i++)
        if (value_points(e->at[c->die[i]].value))
            object_die(e, e->at[c->die[i]].value.object);
    for (uint32_t i = 0; i < c->nset; i++)
        e->at[c->set[i]].value = value_of(c->set_known[i], object_new(g, e, c->set_min[i]), 0);
    globals_forget(g, e, c->callee->globals);
}

/* A place for the result that no argument depends on. */
static int result_into(Gen *g, Env *e, Random *r, const Call *c, uint32_t salt) {
    int place = place_pick(g, e, r, WANT_WRITABLE, 0, -1);
    if (place >= 0 && !c->used[place] && !among(&e->at[place], c->callee->globals) &&
        place != c->alias && chance(r, 60)) {
        Value v = e->at[place].value;
        if (!value_points(v) || !c->taken[v.object])
            return place;
    }
    place_declare(g, e, r, node_of(c->node, 200 + salt), chance(r, 70));
    return (int)e->n - 1;
}

static void emit_pointer(Gen *g, Env *e, Random *r, const Call *c, int place, const char *call) {
    const Function *f = c->callee;
    place_write(g, &e->at[place], r, call);
    effects(g, e, c);
    Value v;
    if (f->result == RESULT_ALIAS) {
        v = e->at[c->alias].value;
        v.offset = (uint16_t)(v.offset + f->alias_offset);
    } else {
        v = value_of(f->result == RESULT_MAYBE ? KNOWN_MAYBE : KNOWN_OBJECT,
                     object_new(g, e, f->result_min), 0);
    }
    e->at[place].value = v;
}

static void emit_pair(Gen *g, Env *e, Random *r, const Call *c, const char *call) {
    char name[NAME_SIZE];
    uint32_t node = node_of(c->node, 300);
    name_new(g, name, "both", node);
    (void)r;
    text_line(g->out, "struct pair %s = %s;", name, call);
    effects(g, e, c);
    for (uint32_t i = 0; i < 2; i++) {
        char field[NAME_SIZE + 4];
        snprintf(field, sizeof field, "%s.%c", name, "ab"[i]);
        Place *p = place_add(e, field, FORM_PLAIN, node);
        p->key = hash_of(node, i);
        p->value = value_of(KNOWN_OBJECT, object_new(g, e, c->callee->result_min), 0);
    }
}

/* Calls a visitor, a parameter or known, which may keep the object as the best it has seen. */
static bool visit_statement(Gen *g, Env *e, Random *r, uint32_t node) {
    int place = place_pick(g, e, r, WANT_READABLE, LEAST_BYTES, -1), param = -1;
    char expr[EXPR_SIZE], length[EXPR_SIZE], name[NAME_SIZE];
    if (place < 0)
        return false;
    for (uint32_t i = 0; i < g->f->nparams; i++)
        if (g->f->params[i].kind == PARAM_VISIT)
            param = (int)i;
    place_read(&e->at[place], r, expr);
    place_length(e, &e->at[place], r, length);
    e->objects[e->at[place].value.object].text = -1;
    if (param >= 0 && chance(r, 70)) {
        text_line(g->out, "sum += v%d(%s, %s, c%d);", param, expr, length, param);
        text_line(g->out, "c%d->best = NULL;", param);
        return true;
    }
    name_new(g, name, "seen", node);
    text_line(g->out, "{");
    text_line(g->out, "    struct visit %s = {0, NULL};", name);
    text_line(g->out, "    for (int k = 0; k < %u; k++)", random_between(r, 1, 3));
    text_line(g->out,
              chance(r, 60) ? "        mix(gen_visit_%u(%s, %s, &%s));"
                            : "        mix(gen_visitors[opaque(%u)](%s, %s, &%s));",
              random_below(r, 4), expr, length, name);
    text_line(g->out, "    mix(%s.best ? *%s.best : 7);", name, name);
    text_line(g->out, "}");
    return true;
}

bool call_statement(Gen *g, Env *e, Random *r, uint32_t node) {
    if (chance(r, 12) && visit_statement(g, e, r, node))
        return true;
    Function *f = pick_function(g, e, r);
    if (!f || e->n + 16 > MAX_PLACES)
        return false;
    Call c = {.callee = f, .node = node, .alias = -1};
    globals_settle(g, e, r, f->globals);
    for (uint32_t i = 0; i < e->n; i++)
        if (among(&e->at[i], f->globals) && value_points(e->at[i].value))
            c.taken[e->at[i].value.object] = true; /* the callee may free it */
    arguments(g, e, r, &c);
    char call[1400];
    if (chance(r, 8)) {
        char pointer[NAME_SIZE];
        name_new(g, pointer, "fn", node);
        text_line(g->out, "__typeof__(%s) *%s%s = %s;", f->name, chance(r, 50) ? "volatile " : "",
                  pointer, f->name);
        snprintf(call, sizeof call, "%s(%s)", pointer, c.args);
    } else {
        snprintf(call, sizeof call, "%s(%s)", f->name, c.args);
    }
    if (f->result == RESULT_SUM) {
        text_line(g->out, chance(r, 80) ? "mix(%s);" : "sum += %s;", call);
        effects(g, e, &c);
    } else if (f->result == RESULT_PAIR) {
        emit_pair(g, e, r, &c, call);
    } else {
        emit_pointer(g, e, r, &c, result_into(g, e, r, &c, 0), call);
    }
    g->cost += recursive_call(g, f) ? 0 : f->cost * g->times;
    g->recursed |= recursive_call(g, f);
    g->f->globals |= f->globals;
    return true;
}
