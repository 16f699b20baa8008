/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * control.c - blocks, which statement comes next, and the ways to branch.
 *
 * The arms of a branch are made as texts of their own: what each must free because the other does
 * not have it is known only when both are there.
 */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 4 };

void condition(Gen *g, const Env *e, Random *r, char *expr) {
    int place = chance(r, 50) ? place_pick(g, e, r, WANT_READABLE, LEAST_BYTES, -1) : -1;
    char read[EXPR_SIZE];
    if (place >= 0) {
        place_read(&e->at[place], r, read);
        snprintf(expr, EXPR_SIZE, "%.120s[%u] & %u", read, random_below(r, LEAST_BYTES),
                 random_between(r, 1, 7));
    } else if (g->loop && chance(r, 40)) {
        snprintf(expr, EXPR_SIZE, "%s == %u", g->index[g->loop - 1], random_below(r, 4));
    } else if (chance(r, 40)) {
        snprintf(expr, EXPR_SIZE, "opaque(%u)", random_below(r, 2));
    } else {
        snprintf(expr, EXPR_SIZE, "gen_checksum & %u", 1u << random_below(r, 10));
    }
}

/* ---- branches ---- */

typedef struct Arm {
    Env env;
    Text text;
} Arm;

static Arm *arm_begin(Gen *g, const Env *e, Text **outer) {
    Arm *arm = malloc(sizeof *arm);
    if (!arm)
        fatal("out of memory");
    arm->env = *e;
    arm->text = (Text){.indent = g->out->indent + 1};
    *outer = g->out;
    g->out = &arm->text;
    return arm;
}

/* Frees in one arm what the joined state does not know any more. */
static void arm_settle(Gen *g, Arm *arm, Random *r, const Env *joined, uint32_t n) {
    Env *e = &arm->env;
    if (e->unreachable)
        return;
    Text *outer = g->out;
    g->out = &arm->text;
    for (uint32_t i = 0; i < n; i++) {
        Value v = e->at[i].value;
        if (!value_points(v) || e->objects[v.object].pin != NEVER || e->objects[v.object].block ||
            v.offset)
            continue;
        bool known = false;
        for (uint32_t k = 0; k < n; k++)
            known |= value_points(e->at[k].value) && e->at[k].value.object == v.object &&
                     value_points(joined->at[k].value);
        if (!known && chance(r, 93))
            heap_free(g, e, r, (int)i);
    }
    g->out = outer;
}

static void arm_end(Gen *g, Arm *arm) {
    text_raw(g->out, arm->text.at ? arm->text.at : "", arm->text.n);
    text_release(&arm->text);
    free(arm);
}

static void leaf_block(Gen *g, Arm *arm, Random *r, uint32_t node, uint32_t n, bool may_leave) {
    block(g, &arm->env, node, n);
    if (may_leave && !arm->env.unreachable && chance(r, 30))
        leave_somehow(g, &arm->env, r);
}

static void branch(Gen *g, Env *e, Random *r, uint32_t node, const char *test, int about) {
    Text *outer;
    bool two = chance(r, 50);
    Arm *yes = arm_begin(g, e, &outer);
    if (about >= 0)
        env_assume(&yes->env, e->at[about].value.object, false);
    leaf_block(g, yes, r, node_of(node, 1), random_between(r, 1, 4), true);
    g->out = outer;
    Arm *no = arm_begin(g, e, &outer);
    if (about >= 0)
        env_assume(&no->env, e->at[about].value.object, true);
    if (two)
        leaf_block(g, no, r, node_of(node, 2), random_between(r, 1, 3), !yes->env.unreachable);
    g->out = outer;
    uint32_t n = e->n;
    env_join(g, e, &yes->env, &no->env, n);
    arm_settle(g, yes, r, e, n);
    if (!yes->env.unreachable)
        arm_settle(g, no, r, e, n);
    text_line(g->out, "if (%s) {", test);
    arm_end(g, yes);
    if (no->text.n) {
        text_line(g->out, "} else {");
        arm_end(g, no);
    } else {
        text_release(&no->text);
        free(no);
    }
    text_line(g->out, "}");
}

static void if_statement(Gen *g, Env *e, Random *r, uint32_t node) {
    char test[EXPR_SIZE];
    condition(g, e, r, test);
    branch(g, e, r, node, test, -1);
}

static bool if_null_statement(Gen *g, Env *e, Random *r, uint32_t node) {
    int place = place_pick(g, e, r, WANT_MAYBE, 0, -1);
    if (place < 0)
        return false;
    char test[EXPR_SIZE];
    place_read(&e->at[place], r, test);
    branch(g, e, r, node, test, place);
    return true;
}

/* Cases that fall through would join in the middle; here each ends with break. */
static void switch_statement(Gen *g, Env *e, Random *r, uint32_t node) {
    char test[EXPR_SIZE];
    uint32_t n = e->n, cases = random_between(r, 2, 3);
    Arm *arms[4];
    Text *outer;
    bool before = g->loop ? g->in_switch[g->loop - 1] : false;
    if (g->loop)
        g->in_switch[g->loop - 1] = true;
    condition(g, e, r, test);
    for (uint32_t i = 0; i <= cases; i++) {
        arms[i] = arm_begin(g, e, &outer);
        if (i < cases)
            leaf_block(g, arms[i], r, node_of(node, i), random_between(r, 1, 2), i != 0);
        g->out = outer;
    }
    if (g->loop)
        g->in_switch[g->loop - 1] = before;
    static Env joined;
    *e = arms[0]->env;
    e->n = n;
    for (uint32_t i = 1; i <= cases; i++) {
        env_join(g, &joined, e, &arms[i]->env, n);
        *e = joined;
    }
    for (uint32_t i = 0; i <= cases; i++)
        arm_settle(g, arms[i], r, e, n);
    text_line(g->out, "switch ((unsigned)(%s) %% %u) {", test, cases + 1);
    for (uint32_t i = 0; i <= cases; i++) {
        text_line(g->out, i < cases ? "case %u: {" : "default: {", i);
        arm_end(g, arms[i]);
        text_line(g->out, "    break;");
        text_line(g->out, "}");
    }
    text_line(g->out, "}");
}

/* ---- statements ---- */

typedef enum Act {
    ACT_DECLARE,
    ACT_GROUP,
    ACT_ALLOCATE,
    ACT_USE,
    ACT_POKE,
    ACT_COPY,
    ACT_ALIAS,
    ACT_FREE,
    ACT_GROW,
    ACT_IF,
    ACT_IF_NULL,
    ACT_SWITCH,
    ACT_LOOP,
    ACT_CALL,
    ACT_SCRIBBLE,
    ACT_ODD,
    ACT_SWAP,
    ACT_MERGE,
    ACT_PARK,
    ACT_GIVE,
    ACT_TYPED,
    ACT_SAME,
    ACT_DUPLICATE,
    ACT_FORGET,
    ACT_COLLECT,
    N_ACTS
} Act;

static const uint32_t weights_of_acts[N_ACTS] = {
    [ACT_DECLARE] = 16, [ACT_GROUP] = 4,  [ACT_ALLOCATE] = 12, [ACT_USE] = 14,   [ACT_POKE] = 6,
    [ACT_COPY] = 3,     [ACT_ALIAS] = 6,  [ACT_FREE] = 8,      [ACT_GROW] = 3,   [ACT_IF] = 7,
    [ACT_IF_NULL] = 6,  [ACT_SWITCH] = 2, [ACT_LOOP] = 6,      [ACT_CALL] = 14,  [ACT_SCRIBBLE] = 3,
    [ACT_ODD] = 1,      [ACT_SWAP] = 2,   [ACT_MERGE] = 3,     [ACT_PARK] = 1,   [ACT_GIVE] = 2,
    [ACT_TYPED] = 6,    [ACT_SAME] = 2,   [ACT_DUPLICATE] = 2, [ACT_FORGET] = 1, [ACT_COLLECT] = 2,
};

static bool has_room(const Gen *g, const Env *e) {
    return e->n + 14 < MAX_PLACES && object_left(g) && g->nnames + 40 < 512;
}

static bool declare_statement(Gen *g, Env *e, Random *r, uint32_t node) {
    place_declare(g, e, r, node, false);
    int place = (int)e->n - 1;
    if (chance(r, 15)) {
        place_write(g, &e->at[place], r, "(unsigned char *)NULL");
        e->at[place].value.known = KNOWN_NULL;
    } else if (chance(r, 85)) {
        heap_allocate(g, e, r, place);
    }
    return true;
}

static bool allocate_statement(Gen *g, Env *e, Random *r) {
    int place = place_pick(g, e, r, WANT_WRITABLE, 0, -1);
    if (place < 0)
        return false;
    heap_allocate(g, e, r, place);
    return true;
}

static bool free_statement(Gen *g, Env *e, Random *r) {
    int place = place_pick(g, e, r, chance(r, 70) ? WANT_OWNED : WANT_MAYBE, 0, -1);
    if (place < 0)
        return false;
    heap_free(g, e, r, place);
    return true;
}

static bool leaf_statement(Gen *g, Env *e, Random *r, uint32_t node, Act act) {
    switch (act) {
    case ACT_DECLARE:
        return declare_statement(g, e, r, node);
    case ACT_GROUP:
        group_declare(g, e, r, node);
        return true;
    case ACT_ALLOCATE:
        return allocate_statement(g, e, r);
    case ACT_POKE:
        return act_poke(g, e, r);
    case ACT_COPY:
        return act_copy(g, e, r);
    case ACT_ALIAS:
        return act_alias(g, e, r);
    case ACT_FREE:
        return free_statement(g, e, r);
    case ACT_GROW:
        return heap_grow(g, e, r);
    case ACT_CALL:
        return call_statement(g, e, r, node);
    case ACT_SCRIBBLE:
        text_line(g->out, "scribble();");
        return true;
    case ACT_ODD:
        heap_odd(g, r, node);
        return true;
    case ACT_SWAP:
        return act_swap(g, e, r);
    case ACT_MERGE:
        return act_merge(g, e, r, node);
    case ACT_PARK:
        return act_park(g, e, r);
    case ACT_TYPED:
        return act_typed(g, e, r);
    case ACT_SAME:
        return act_same(g, e, r);
    case ACT_DUPLICATE:
        return act_duplicate(g, e, r, node);
    case ACT_GIVE:
        return act_give(g, e, r);
    case ACT_FORGET:
        return act_forget(g, e, r);
    case ACT_COLLECT:
        return act_collect(g, e, r, node);
    default:
        return act_use(g, e, r);
    }
}

static void statement(Gen *g, Env *e, uint32_t node) {
    Random r = random_of(g->seed, node);
    uint32_t weights[N_ACTS];
    memcpy(weights, weights_of_acts, sizeof weights);
    if (g->depth >= MOST_DEPTH)
        weights[ACT_IF] = weights[ACT_IF_NULL] = weights[ACT_SWITCH] = weights[ACT_LOOP] = 0;
    if (g->times > 200)
        weights[ACT_LOOP] = 0;
    g->cost += g->times * 4;
    for (int tries = 0; tries < 3; tries++) {
        Act act = (Act)random_weighted(&r, weights, N_ACTS);
        bool done = true;
        if (act == ACT_IF)
            if_statement(g, e, &r, node);
        else if (act == ACT_SWITCH)
            switch_statement(g, e, &r, node);
        else if (act == ACT_LOOP)
            loop_statement(g, e, &r, node);
        else if (act == ACT_IF_NULL)
            done = if_null_statement(g, e, &r, node);
        else
            done = leaf_statement(g, e, &r, node, act);
        if (done)
            return;
        weights[act] = 0;
    }
}

void block(Gen *g, Env *e, uint32_t node, uint32_t statements) {
    uint32_t outer = e->n;
    bool frame = g->depth == 0;
    g->depth++;
    for (uint32_t i = 0; i < statements && !e->unreachable; i++) {
        uint32_t child = node_of(node, i);
        if (!has_room(g, e))
            break;
        if (node_skipped(g, child))
            continue;
        statement(g, e, child);
        env_check(e);
    }
    g->depth--;
    if (frame || e->unreachable)
        return;
    Random r = random_of(g->seed, node);
    settle(g, e, &r, NULL, 0, outer, g->loop);
    e->n = outer;
}
