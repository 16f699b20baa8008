/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* naive_solver.c - a solver that is obviously right, and slow, to compare the real one with.
 *
 * It has no summaries: every call is replaced by the body of its callee, to a fixed depth, and
 * every activation has objects of its own. Memory is an array of four-byte slots, and a pointer is
 * an object and a set of offsets. All operations are applied again and again until nothing is
 * added. One thing it knows of order: what callers write into an object after its maker returned,
 * the maker and what it calls have not read; and nobody reads a local after that.
 *
 * What it drops (deeper calls, offsets beyond its slots, offsets that are no multiple of four)
 * makes it say less, never more.
 */
#include "naive_solver.h"

#include <string.h>

#define ANYWHERE (UINT64_C(1) << SLOTS)
#define ALL_SLOTS (ANYWHERE - 1)

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

static uint32_t open_context(Naive *n, EscFunc func, uint32_t parent, EscOp call, uint32_t depth);

static void call_unknown(Naive *n, uint32_t context, const Op *op, Offsets *dst) {
    const Context *c = &n->contexts[context];
    for (uint32_t i = 0; i < op->nargs; i++)
        lose_all(n, node(n, c, n->m->funcs[c->func].args[op->args + i].value));
    join_one(n, &dst[WORLD], ANYWHERE);
}

static void call_known(Naive *n, uint32_t context, EscOp id, const Op *op, EscFunc g,
                       Offsets *dst) {
    Context *c = &n->contexts[context];
    if (c->below[id][g] == ESC_NONE)
        return;
    Context *callee = &n->contexts[c->below[id][g]];
    for (uint32_t i = 0; i < op->nargs && i < n->m->funcs[g].nparams; i++)
        join_all(n, node(n, callee, i), node(n, c, n->m->funcs[c->func].args[op->args + i].value));
    join_all(n, dst, n->facts[callee->result]);
}

static void apply_call(Naive *n, uint32_t context, EscOp id, const Op *op, EscFunc g,
                       Offsets *dst) {
    if (n->m->funcs[g].has_body)
        call_known(n, context, id, op, g, dst);
    else
        call_unknown(n, context, op, dst);
}

/* Each function that the pointer names; its context is opened when it is first seen. Data is never
 * called. */
static void apply_pointer_call(Naive *n, uint32_t context, EscOp id, const Op *op,
                               const Offsets *target, Offsets *dst) {
    if (target[WORLD])
        call_unknown(n, context, op, dst);
    for (uint32_t o = 1; o < n->nobjects; o++) {
        EscFunc g = n->objects[o].index;
        if (!target[o] || n->objects[o].context != ESC_NONE)
            continue;
        if (n->m->funcs[g].has_body && n->contexts[context].below[id][g] == ESC_NONE) {
            uint32_t made = open_context(n, g, context, id, n->contexts[context].depth + 1);
            n->contexts[context].below[id][g] = made;
            n->changed |= made != ESC_NONE;
        }
        apply_call(n, context, id, op, g, dst);
    }
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
        apply_call(n, context, id, op, op->index, dst);
        break;
    case ESC_OP_FUNCTION:
        point_at(n, dst, object_of(n, ESC_NONE, false, op->index));
        break;
    case ESC_OP_ICALL:
        apply_pointer_call(n, context, id, op, a, dst);
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
        memset(n->contexts[id].below[i], 0xff, sizeof n->contexts[id].below[i]);
        EscFunc g = f->ops[i].index;
        if (f->ops[i].kind == ESC_OP_CALL && n->m->funcs[g].has_body)
            n->contexts[id].below[i][g] = open_context(n, g, id, i, depth + 1);
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

void naive_solve(Naive *n, const EscModule *m) {
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

bool naive_outlives(const Naive *n, uint32_t object) {
    return n->outside[n->objects[object].context] >> object & 1;
}
