/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_naive.c - the solver agrees with a naive one, obviously right and slow, on random modules.
 *
 * The naive solver has no summaries: every call is replaced by the body of its callee, to a fixed
 * depth, and every activation has objects of its own. Memory is an array of four-byte slots, and a
 * pointer is an object and a set of offsets. All operations are applied again and again until
 * nothing is added. One thing it knows of order: what callers write into an object after its maker
 * returned, the maker and what it calls have not read; and nobody reads a local after that.
 *
 * What it drops (deeper calls, offsets beyond its slots, offsets that are no multiple of four)
 * makes it say less. So each thing it says must be found by the real solver too:
 *
 *   1. an object that is reached by anything outside of its activation and what that calls escapes;
 *   2. if an allocation is moved, each operation that may free it has an action that names it,
 *      and below a redirected call each step on the way to the free asks who is freed.
 *
 * Where nothing is dropped or folded, both say the same; elsewhere it is counted how often the real
 * one says more, and that has a bound.
 */
#include "check.h"
#include "library_models.h"
#include "text_helper.h"

#include <stdlib.h>

enum {
    MAX_CONTEXTS = 24,
    MAX_DEPTH = 4,
    MAX_OBJECTS = 48,
    MAX_NODES = 360,
    SLOTS = 31, /* offsets -60 .. 60 in steps of four; slot SLOTS: some unknown offset */
    ORIGIN = 15,
    SLOT_BYTES = 4,
    MAX_OPS = 16,
};
#define ANYWHERE (UINT64_C(1) << SLOTS)
#define ALL_SLOTS (ANYWHERE - 1)

/* ---- the naive solver ------------------------------------------------------------------------ */

typedef struct Context {
    EscFunc func;
    uint32_t parent, depth;
    EscOp call;              /* in the parent */
    uint32_t values, result; /* nodes; behind them one that nobody reads */
    uint32_t below[MAX_OPS]; /* per operation: the context of the call; ESC_NONE */
} Context;

typedef struct NaiveObject {
    uint32_t context;
    bool is_site;
    uint32_t index; /* site or local */
} NaiveObject;

/* Offsets a node may point to, per object: a bit a slot, and ANYWHERE. */
typedef uint64_t Offsets;

typedef struct Naive {
    const EscModule *m;
    Context contexts[MAX_CONTEXTS];
    uint32_t ncontexts;
    NaiveObject objects[MAX_OBJECTS]; /* 0: the world */
    uint32_t nobjects;
    uint32_t nnodes;
    Offsets facts[MAX_NODES][MAX_OBJECTS];
    Offsets memory[MAX_OBJECTS][SLOTS + 1][MAX_OBJECTS];
    Offsets during[MAX_OBJECTS][SLOTS + 1][MAX_OBJECTS]; /* written before its maker returned */
    Offsets world_during[MAX_OBJECTS];                   /* lost before its maker returned */
    uint32_t current;                                    /* context of the operation */
    Offsets world[MAX_OBJECTS];                          /* what is lost */
    Offsets nothing[MAX_OBJECTS];                        /* what NULL points to */
    uint64_t outside[MAX_CONTEXTS];                      /* reached_from_outside */
    bool changed;
} Naive;

enum { WORLD = 0 };

static void join_one(Naive *n, Offsets *to, Offsets bits) {
    if (bits & ~*to) {
        *to |= bits;
        n->changed = true;
    }
}

static void join_all(Naive *n, Offsets *to, const Offsets *from) {
    for (uint32_t o = 0; o < n->nobjects; o++)
        join_one(n, &to[o], from[o]);
}

/* Offsets moved by each of lo, lo + 4, .. hi bytes; what leaves the slots is dropped. */
static Offsets shifted(Offsets bits, int64_t lo, int64_t hi) {
    if (bits == 0)
        return 0;
    if (lo == ESC_OFFSET_MIN || hi == ESC_OFFSET_MAX)
        return ALL_SLOTS | ANYWHERE;
    Offsets sum = bits & ANYWHERE;
    for (int64_t at = lo; at <= hi; at += SLOT_BYTES) {
        int64_t by = at / SLOT_BYTES;
        if (by <= -SLOTS || by >= SLOTS)
            continue;
        Offsets in = bits & ALL_SLOTS;
        sum |= by >= 0 ? (in << by) & ALL_SLOTS : in >> -by;
    }
    return sum & ANYWHERE ? ALL_SLOTS | ANYWHERE : sum;
}

/* The slots that an access of `width` bytes (0: unknown, to the end) touches. */
static Offsets touched(Offsets at, uint32_t width) {
    Offsets sum = at;
    uint32_t steps = width ? width / SLOT_BYTES : SLOTS;
    for (uint32_t i = 1; i < steps; i++)
        sum |= (at & ALL_SLOTS) << i & ALL_SLOTS;
    return sum & ANYWHERE ? ALL_SLOTS | ANYWHERE : sum;
}

static bool is_below(const Naive *n, uint32_t context, uint32_t above) {
    for (; context != ESC_NONE; context = n->contexts[context].parent)
        if (context == above)
            return true;
    return false;
}

/* Whether the activation that made the object still runs while the current operation does. */
static bool is_during(const Naive *n, uint32_t object) {
    return is_below(n, n->current, n->objects[object].context);
}

static void lose_all(Naive *n, const Offsets *from) {
    join_all(n, n->world, from);
    for (uint32_t o = 1; o < n->nobjects; o++)
        if (from[o] && is_during(n, o))
            join_one(n, &n->world_during[o], from[o]);
}

/* What a slot holds, seen from the current operation. */
static const Offsets *slot(const Naive *n, uint32_t object, uint32_t i) {
    if (is_during(n, object))
        return n->during[object][i];
    return n->objects[object].is_site ? n->memory[object][i] : n->nothing; /* a dead local */
}

static void write_slot(Naive *n, uint32_t object, uint32_t i, const Offsets *from) {
    if (is_during(n, object) || n->objects[object].is_site)
        join_all(n, n->memory[object][i], from);
    if (is_during(n, object))
        join_all(n, n->during[object][i], from);
}

static void read_slots(Naive *n, uint32_t object, Offsets slots, Offsets *to) {
    if (object == WORLD) {
        join_one(n, &to[WORLD], ANYWHERE);
        return;
    }
    for (uint32_t i = 0; i <= SLOTS; i++)
        if (slots >> i & 1)
            join_all(n, to, slot(n, object, i));
}

static void write_slots(Naive *n, uint32_t object, Offsets slots, const Offsets *from) {
    if (object == WORLD) {
        lose_all(n, from);
        return;
    }
    for (uint32_t i = 0; i <= SLOTS; i++)
        if (slots >> i & 1)
            write_slot(n, object, i, from);
}

/* `bytes` from one place of one object to one of another. */
static void move_slots(Naive *n, uint32_t to, Offsets to_at, uint32_t from, Offsets from_at,
                       uint32_t bytes) {
    if (from == WORLD || to == WORLD || (from_at | to_at) & ANYWHERE) {
        Offsets content[MAX_OBJECTS] = {[WORLD] = from == WORLD ? ANYWHERE : 0};
        for (uint32_t i = 0; from != WORLD && i <= SLOTS; i++)
            for (uint32_t o = 0; (touched(from_at, bytes) >> i & 1) && o < n->nobjects; o++)
                content[o] |= slot(n, from, i)[o];
        write_slots(n, to, touched(to_at, bytes), content);
        return;
    }
    for (uint32_t f = 0; f < SLOTS; f++)
        for (uint32_t t = 0; t < SLOTS; t++)
            for (uint32_t i = 0; (from_at >> f & 1) && (to_at >> t & 1) && i * SLOT_BYTES < bytes &&
                                 f + i < SLOTS && t + i < SLOTS;
                 i++)
                write_slot(n, to, t + i, slot(n, from, f + i));
}

static Offsets *node(Naive *n, const Context *c, EscValue v) {
    return v == ESC_NONE ? n->nothing : n->facts[c->values + v];
}

static uint32_t object_of(Naive *n, uint32_t context, bool is_site, uint32_t index) {
    for (uint32_t i = 1; i < n->nobjects; i++)
        if (n->objects[i].context == context && n->objects[i].is_site == is_site &&
            n->objects[i].index == index)
            return i;
    if (n->nobjects == MAX_OBJECTS)
        return ESC_NONE;
    n->objects[n->nobjects] = (NaiveObject){context, is_site, index};
    n->changed = true;
    return n->nobjects++;
}

static void point_at(Naive *n, Offsets *dst, uint32_t object) {
    if (object != ESC_NONE)
        join_one(n, &dst[object], UINT64_C(1) << ORIGIN);
}

static void apply_call(Naive *n, uint32_t context, EscOp id, const Op *op, Offsets *dst) {
    Context *c = &n->contexts[context];
    const Function *f = &n->m->funcs[c->func];
    if (!n->m->funcs[op->index].has_body) {
        for (uint32_t i = 0; i < op->nargs; i++)
            lose_all(n, node(n, c, f->args[op->args + i].value));
        join_one(n, &dst[WORLD], ANYWHERE);
        return;
    }
    if (c->below[id] == ESC_NONE)
        return;
    Context *callee = &n->contexts[c->below[id]];
    for (uint32_t i = 0; i < op->nargs && i < n->m->funcs[op->index].nparams; i++)
        join_all(n, node(n, callee, i), node(n, c, f->args[op->args + i].value));
    join_all(n, dst, n->facts[callee->result]);
}

static void apply_deep(Naive *n, const Offsets *a, Offsets *dst) {
    for (uint32_t o = 0; o < n->nobjects; o++) {
        if (a[o])
            read_slots(n, o, ALL_SLOTS | ANYWHERE, dst);
        if (dst[o])
            read_slots(n, o, ALL_SLOTS | ANYWHERE, dst);
    }
}

static void apply_move(Naive *n, const Offsets *a, const Offsets *b, int64_t hi) {
    uint32_t bytes = hi == ESC_OFFSET_MAX ? SLOTS * SLOT_BYTES : (uint32_t)hi;
    for (uint32_t to = 0; to < n->nobjects; to++)
        for (uint32_t from = 0; from < n->nobjects; from++)
            if (a[to] && b[from])
                move_slots(n, to, a[to], from, b[from], bytes);
}

static void apply(Naive *n, uint32_t context, EscOp id) {
    Context *c = &n->contexts[context];
    const Function *f = &n->m->funcs[c->func];
    const Op *op = &f->ops[id];
    n->current = context;
    Offsets *dst = n->facts[op->dst == ESC_NONE ? c->result + 1 : c->values + op->dst];
    Offsets a[MAX_OBJECTS], b[MAX_OBJECTS];
    memcpy(a, node(n, c, op->a), sizeof a);
    memcpy(b, node(n, c, op->b), sizeof b);
    switch ((EscOpKind)op->kind) {
    case ESC_OP_ALLOC:
        point_at(n, dst, object_of(n, context, true, op->index));
        break;
    case ESC_OP_REALLOC: {
        Offsets fresh[MAX_OBJECTS] = {0};
        uint32_t o = object_of(n, context, true, op->index);
        point_at(n, dst, o);
        if (o != ESC_NONE)
            fresh[o] = UINT64_C(1) << ORIGIN;
        apply_move(n, fresh, a, ESC_OFFSET_MAX);
        break;
    }
    case ESC_OP_LOCAL:
        point_at(n, dst, object_of(n, context, false, op->index));
        break;
    case ESC_OP_GLOBAL:
    case ESC_OP_WORLD:
        join_one(n, &dst[WORLD], ANYWHERE);
        break;
    case ESC_OP_COPY:
        for (uint32_t o = 0; o < n->nobjects; o++)
            join_one(n, &dst[o], shifted(a[o], op->lo, op->hi));
        break;
    case ESC_OP_MERGE:
        for (uint32_t i = 0; i < op->nargs; i++)
            join_all(n, dst, node(n, c, f->args[op->args + i].value));
        break;
    case ESC_OP_LOAD:
        for (uint32_t o = 0; o < n->nobjects; o++)
            if (a[o])
                read_slots(n, o, touched(shifted(a[o], op->lo, op->hi), op->width), dst);
        break;
    case ESC_OP_STORE:
        for (uint32_t o = 0; o < n->nobjects; o++)
            if (a[o])
                write_slots(n, o, touched(shifted(a[o], op->lo, op->hi), op->width), b);
        break;
    case ESC_OP_MOVE:
        apply_move(n, a, b, op->hi);
        break;
    case ESC_OP_DEEP:
        apply_deep(n, a, dst);
        break;
    case ESC_OP_CALL:
        apply_call(n, context, id, op, dst);
        break;
    case ESC_OP_RETURN:
        join_all(n, n->facts[c->result], a);
        break;
    case ESC_OP_LEAK:
        lose_all(n, a);
        break;
    default: /* no flow */
        break;
    }
}

/* What is lost loses what it holds, and anything may be written into it. */
static void spread_world(Naive *n) {
    for (uint32_t o = 1; o < n->nobjects; o++)
        for (uint32_t i = 0; (n->objects[o].is_site ? n->world : n->world_during)[o] && i <= SLOTS;
             i++) {
            join_one(n, &n->memory[o][i][WORLD], ANYWHERE);
            join_all(n, n->world, n->memory[o][i]);
            if (!n->world_during[o])
                continue;
            join_one(n, &n->during[o][i][WORLD], ANYWHERE);
            for (uint32_t in = 1; in < n->nobjects; in++)
                if (is_below(n, n->objects[o].context, n->objects[in].context))
                    join_one(n, &n->world_during[in], n->during[o][i][in]);
        }
}

/* One context a call, deeper calls than MAX_DEPTH do nothing. */
static uint32_t open_context(Naive *n, EscFunc func, uint32_t parent, EscOp call, uint32_t depth) {
    const Function *f = &n->m->funcs[func];
    if (n->ncontexts == MAX_CONTEXTS || depth > MAX_DEPTH || n->nnodes + f->nvalues + 2 > MAX_NODES)
        return ESC_NONE;
    uint32_t id = n->ncontexts++;
    Context *c = &n->contexts[id];
    *c = (Context){.func = func, .parent = parent, .call = call, .depth = depth};
    c->values = n->nnodes;
    c->result = n->nnodes + f->nvalues;
    n->nnodes += f->nvalues + 2;
    for (EscOp i = 0; i < f->nops; i++) {
        bool known = f->ops[i].kind == ESC_OP_CALL && n->m->funcs[f->ops[i].index].has_body;
        c->below[i] = known ? open_context(n, f->ops[i].index, id, i, depth + 1) : ESC_NONE;
    }
    return id;
}

/* The objects, a bit each, that anything outside of an activation, and of what that calls, leads
 * to.
 */
static uint64_t reached_from_outside(const Naive *n, uint32_t home) {
    uint64_t holds[MAX_OBJECTS] = {0}, reached = 0;
    for (uint32_t o = 1; o < n->nobjects; o++) {
        if (n->world[o] || n->facts[n->contexts[home].result][o])
            reached |= UINT64_C(1) << o;
        for (uint32_t by = 1; by < n->nobjects; by++)
            for (uint32_t i = 0; i <= SLOTS; i++)
                if (n->memory[by][i][o])
                    holds[by] |= UINT64_C(1) << o;
    }
    for (uint32_t c = 0; c < n->ncontexts; c++)
        for (uint32_t v = 0; !is_below(n, c, home) && v <= n->m->funcs[n->contexts[c].func].nvalues;
             v++)
            for (uint32_t o = 1; o < n->nobjects; o++)
                if (n->facts[n->contexts[c].values + v][o])
                    reached |= UINT64_C(1) << o;
    for (uint32_t o = 1; o < n->nobjects; o++)
        if (!is_below(n, n->objects[o].context, home))
            reached |= UINT64_C(1) << o;
    for (uint64_t before = 0; before != reached;) {
        before = reached;
        for (uint32_t o = 1; o < n->nobjects; o++)
            if ((reached >> o & 1) && (n->objects[o].is_site || n->objects[o].context == home ||
                                       !is_below(n, n->objects[o].context, home)))
                reached |= holds[o];
    }
    return reached;
}

static void solve_naively(Naive *n, const EscModule *m) {
    memset(n, 0, sizeof *n);
    n->m = m;
    n->nobjects = 1;
    open_context(n, 0, ESC_NONE, ESC_NONE, 0);
    for (n->changed = true; n->changed;) {
        n->changed = false;
        for (uint32_t c = 0; c < n->ncontexts; c++)
            for (EscOp i = 0; i < m->funcs[n->contexts[c].func].nops; i++)
                apply(n, c, i);
        spread_world(n);
    }
    for (uint32_t c = 0; c < n->ncontexts; c++)
        n->outside[c] = reached_from_outside(n, c);
}

/* ---- what it says ---------------------------------------------------------------------------- */

static bool outlives(const Naive *n, uint32_t object) {
    return n->outside[n->objects[object].context] >> object & 1;
}

/* Whether a call that is to be inlined must name the sites that it may free, in case it is not. */
static bool strict;

static bool names_site(const EscModule *m, EscFunc f, EscOp op, EscSite site) {
    const EscSite *sites;
    uint32_t nsites;
    EscAction action = esc_op_action(m, f, op, &sites, &nsites);
    if (action == ESC_ACT_NONE)
        return false;
    /* The question is asked again when the call is replaced; until it is, see decide/failing. */
    if (action == ESC_ACT_INLINE && !strict)
        return true;
    for (uint32_t i = 0; i < nsites; i++)
        if (sites[i] == site)
            return true;
    return false;
}

/* The free at `op` of `context` may free `object`, which is moved: everybody on the way knows. */
static bool free_is_handled(const Naive *n, uint32_t context, EscOp op, uint32_t object) {
    const NaiveObject *o = &n->objects[object];
    while (context != o->context) {
        const Context *c = &n->contexts[context];
        if (!esc_op_frees_foreign(n->m, c->func, op) || c->parent == ESC_NONE)
            return false;
        op = c->call;
        context = c->parent;
    }
    return names_site(n->m, n->contexts[context].func, op, o->index);
}

static bool is_moved(const EscModule *m, EscSite site) {
    EscPlacement p = esc_site_verdict(m, site).placement;
    return p == ESC_PLACE_SLOT || p == ESC_PLACE_BUFFER;
}

/* ---- random modules -------------------------------------------------------------------------- */

typedef struct Shape {
    const char *name;
    uint32_t modules, functions, ops;
    bool offsets, exact;
    uint32_t percent; /* of objects of which the real solver may say more */
} Shape;

static int64_t random_offset(Random *r, const Shape *s) {
    static const int64_t offsets[] = {0, 0, 0, 0, 8, 8, 16, 4, -8, 24};
    return s->offsets ? offsets[random_below(r, sizeof offsets / sizeof *offsets)] : 0;
}

/* The function that is being made, and the values in it that may point somewhere. */
typedef struct Maker {
    EscModule *m;
    EscFunc func;
    Random *random;
    const Shape *shape;
    EscValue values[MAX_OPS + 3], all;
    uint32_t nvalues;
} Maker;

/* Mostly a value that is defined above, now and then one further down, or NULL. */
static EscValue random_value(Maker *k) {
    uint32_t dice = random_below(k->random, 20);
    if (dice == 0)
        return ESC_NONE;
    if (dice <= 2 || k->nvalues == 0)
        return random_below(k->random, k->all);
    return k->values[random_below(k->random, k->nvalues)];
}

static void random_range(Random *r, const Shape *s, EscOpInfo *info) {
    info->lo = info->hi = random_offset(r, s);
    if (s->offsets && random_below(r, 12) == 0)
        info->hi += 8;
    if (s->offsets && random_below(r, 20) == 0) {
        info->lo = ESC_OFFSET_MIN;
        info->hi = ESC_OFFSET_MAX;
    }
}

static EscOpKind random_kind(Random *r, const Shape *s) {
    static const EscOpKind kinds[] = {
        ESC_OP_ALLOC, ESC_OP_ALLOC, ESC_OP_ALLOC,   ESC_OP_LOCAL, ESC_OP_COPY,   ESC_OP_MERGE,
        ESC_OP_LOAD,  ESC_OP_LOAD,  ESC_OP_LOAD,    ESC_OP_STORE, ESC_OP_STORE,  ESC_OP_STORE,
        ESC_OP_STORE, ESC_OP_FREE,  ESC_OP_REALLOC, ESC_OP_MOVE,  ESC_OP_RETURN, ESC_OP_LEAK,
        ESC_OP_CALL,  ESC_OP_CALL,  ESC_OP_CALL,    ESC_OP_DEEP,  ESC_OP_GLOBAL, ESC_OP_MERGE,
    };
    EscOpKind kind = kinds[random_below(r, sizeof kinds / sizeof *kinds)];
    bool rare = kind == ESC_OP_LEAK || kind == ESC_OP_GLOBAL || kind == ESC_OP_DEEP;
    if ((rare && random_below(r, 3) > 0) || (s->functions == 1 && kind == ESC_OP_CALL))
        return ESC_OP_STORE;
    return kind;
}

static void random_op(Maker *k, EscOpKind kind, EscValue dst) {
    EscModule *m = k->m;
    EscFunc f = k->func;
    Random *r = k->random;
    const Shape *s = k->shape;
    EscOpInfo info = esc_op_info(kind);
    EscArg args[3];
    for (uint32_t i = 0; i < 3; i++)
        args[i] = (EscArg){random_value(k), esc_number_unknown(), 0};
    bool has_dst = true, has_a = true, has_b = false;
    switch (info.kind) {
    case ESC_OP_ALLOC:
    case ESC_OP_REALLOC: {
        bool again = info.kind == ESC_OP_REALLOC;
        EscSiteInfo site = {.kind = again ? ESC_ALLOC_REALLOC : ESC_ALLOC_MALLOC,
                            .allocator = "malloc",
                            .size_bytes = esc_number_constant(32),
                            .align_bytes = 16,
                            .movable = true};
        info.index = esc_site(m, f, &site);
        has_a = again;
        break;
    }
    case ESC_OP_LOCAL:
        info.index = esc_local(m, f, 32, "x", 0);
        has_a = false;
        break;
    case ESC_OP_GLOBAL:
        info.index = 0;
        has_a = false;
        break;
    case ESC_OP_COPY:
        random_range(r, s, &info);
        break;
    case ESC_OP_MERGE:
        info.args = args;
        info.nargs = 2;
        has_a = false;
        break;
    case ESC_OP_LOAD:
        random_range(r, s, &info);
        info.width = 8;
        break;
    case ESC_OP_STORE:
        random_range(r, s, &info);
        info.width = s->offsets && random_below(r, 8) == 0 ? 16 : 8;
        has_b = true;
        has_dst = false;
        break;
    case ESC_OP_MOVE:
        info.lo = info.hi = s->offsets && random_below(r, 2) ? 8 : 32;
        has_b = true;
        has_dst = false;
        break;
    case ESC_OP_CALL: /* the last function of the module has no body */
        info.index = random_below(r, random_below(r, 4) ? s->functions : s->functions + 1);
        info.args = args;
        info.nargs = 3;
        has_a = false;
        break;
    case ESC_OP_LEAK:
        info.index = ESC_REASON_INTEGER;
        has_dst = false;
        break;
    case ESC_OP_DEEP:
        break;
    default:
        has_dst = false;
        break;
    }
    if (has_dst)
        info.dst = dst;
    if (has_a)
        info.a = random_value(k);
    if (has_b)
        info.b = random_value(k);
    if (has_dst)
        k->values[k->nvalues++] = dst;
    esc_op(m, f, 0, &info);
}

static EscModule *random_graph(Random *r, const Shape *s) {
    EscModule *m = esc_model_new_bare(NULL);
    esc_global(m, "g", ESC_GLOBAL_PLAIN, false);
    for (uint32_t f = 0; f <= s->functions; f++) {
        char name[16];
        snprintf(name, sizeof name, "f%u", f);
        esc_function(m, name);
        esc_function_declare(m, f, f == 0 ? 0 : 3, 0);
    }
    for (EscFunc f = 0; f < s->functions; f++) {
        uint32_t nparams = f == 0 ? 0 : 3, nops = 3 + random_below(r, s->ops - 2);
        esc_function_begin_body(m, f);
        esc_block(m, f);
        for (uint32_t i = 0; i < nops; i++)
            esc_value(m, f);
        Maker k = {.m = m, .func = f, .random = r, .shape = s, .all = nparams + nops};
        for (uint32_t i = 0; i < nparams; i++)
            k.values[k.nvalues++] = i;
        for (uint32_t i = 0; i < nops; i++)
            random_op(&k, i == 0 ? ESC_OP_ALLOC : random_kind(r, s), nparams + i);
    }
    return m;
}

/* ---- the comparison -------------------------------------------------------------------------- */

typedef struct Tally {
    uint32_t objects, escape, real_more, frees;
} Tally;

static void show(const EscModule *m, const char *what, const Naive *n, uint32_t object) {
    Text text = {0};
    esc_module_print(m, text_append, &text);
    const NaiveObject *o = &n->objects[object];
    fprintf(stderr, "%s: %s %u of f%u\n%s\n", what, o->is_site ? "site" : "local", o->index,
            n->contexts[o->context].func, text.text ? text.text : "");
    text_free(&text);
}

static bool real_says(const EscModule *m, const Naive *n, uint32_t object) {
    const NaiveObject *o = &n->objects[object];
    EscVerdict v = o->is_site ? esc_site_verdict(m, o->index)
                              : esc_local_verdict(m, n->contexts[o->context].func, o->index, NULL);
    return v.placement == ESC_PLACE_HEAP;
}

/* Of an allocation of several activations the naive solver says the worst. */
static bool any_outlives(const Naive *n, uint32_t object) {
    const NaiveObject *o = &n->objects[object];
    for (uint32_t i = 1; i < n->nobjects; i++)
        if (n->contexts[n->objects[i].context].func == n->contexts[o->context].func &&
            n->objects[i].is_site == o->is_site && n->objects[i].index == o->index &&
            outlives(n, i))
            return true;
    return false;
}

static void compare_escapes(const EscModule *m, const Naive *n, const Shape *s, Tally *t) {
    for (uint32_t o = 1; o < n->nobjects; o++) {
        bool naive = outlives(n, o), real = real_says(m, n, o);
        bool more = real && !naive && n->objects[o].context == 0 && !any_outlives(n, o);
        t->objects++;
        t->escape += naive;
        t->real_more += more;
        if (!CHECK(real || !naive))
            show(m, "escapes, and was not found", n, o);
        if (s->exact && !CHECK(!more))
            show(m, "does not escape, and was not kept", n, o);
    }
}

static void compare_frees(const EscModule *m, const Naive *n, Tally *t) {
    for (uint32_t c = 0; c < n->ncontexts; c++) {
        const Function *f = &m->funcs[n->contexts[c].func];
        for (EscOp i = 0; i < f->nops; i++) {
            bool frees = f->ops[i].kind == ESC_OP_FREE || f->ops[i].kind == ESC_OP_REALLOC;
            for (uint32_t o = 1; frees && f->ops[i].a != ESC_NONE && o < n->nobjects; o++) {
                if (!n->facts[n->contexts[c].values + f->ops[i].a][o] || !n->objects[o].is_site ||
                    !is_moved(m, n->objects[o].index))
                    continue;
                t->frees++;
                if (!CHECK(free_is_handled(n, c, i, o)))
                    show(m, "is freed behind our back", n, o);
            }
        }
    }
}

static void compare(const Shape *s, uint64_t seed) {
    Naive *n = malloc(sizeof *n);
    Random random = {seed};
    Tally t = {0};
    check_test = s->name;
    int before = check_failures;
    for (uint32_t i = 0; n && i < s->modules && check_failures < before + 3; i++) {
        EscModule *m = random_graph(&random, s);
        CHECK(esc_analyze(m));
        solve_naively(n, m);
        compare_escapes(m, n, s, &t);
        compare_frees(m, n, &t);
        esc_module_free(m);
    }
    CHECK(n != NULL && t.objects > 0 && t.escape > 0);
    CHECK(t.real_more * 100 <= s->percent * t.objects);
    printf("%s %s: %u modules, %u objects, %u escape, of %u the real solver says more, %u frees\n",
           check_failures == before ? "ok    " : "FAILED", s->name, s->modules, t.objects, t.escape,
           t.real_more, t.frees);
    fflush(stdout);
    free(n);
}

/* test_naive [FACTOR] [strict]: that many times as many modules, for a longer search by hand. */
int main(int argc, char **argv) {
    uint32_t factor = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
    strict = argc > 2 && strcmp(argv[2], "strict") == 0;
    static const Shape shapes[] = {
        {"one_function_without_offsets", 3000, 1, 14, false, true, 0},
        {"one_function_with_offsets", 3000, 1, 14, true, false, 2},
        {"two_functions_without_offsets", 2000, 2, 8, false, false, 5},
        {"functions_that_call_each_other", 1500, 4, 8, true, false, 5},
        {"large_functions_that_call_each_other", 300, 3, 14, true, false, 5},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        Shape s = shapes[i];
        s.modules *= factor;
        compare(&s, 4711 + i);
    }
    return check_report();
}
