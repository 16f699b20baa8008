/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* facts.c - the nodes, objects and facts of one function, and how they are found again.
 *
 * A fact is (node, object, byte range). The facts of a node are a list in the order they were
 * found; those of a node and an object are a second list, whose head a hash finds.
 *
 * INVARIANT  A fact is never taken back. A node holds at most MAX_RANGES ranges of one object; then
 * "anywhere in it" takes their place, so pointers that walk through memory end. No two objects have
 * the same key.
 *
 * NOT HERE  Where facts come from (solve.c, constrain.c).
 */
#include "solve.h"

#include <string.h>

enum {
    MAX_RANGES = 4,         /* ranges of one object in one node before it means all of it */
    OFFSET_LIMIT = 1 << 30, /* farther offsets are "anywhere": no real object is that large */
    WALKED_FACTS =
        8, /* a node with more of them has its pairs in the hash: most nodes have fewer */
};

int64_t esc_offset_add(int64_t a, int64_t b) {
    if (a == ESC_OFFSET_MIN || b == ESC_OFFSET_MIN)
        return ESC_OFFSET_MIN;
    if (a == ESC_OFFSET_MAX || b == ESC_OFFSET_MAX)
        return ESC_OFFSET_MAX;
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return a < 0 ? ESC_OFFSET_MIN : ESC_OFFSET_MAX;
    return sum;
}

bool esc_range_overlap(int64_t alo, int64_t ahi, uint32_t awidth, int64_t blo, int64_t bhi,
                       uint32_t bwidth) {
    if (esc_range_any(alo, ahi) || esc_range_any(blo, bhi))
        return true;
    /* Width 0 is an unknown width: up to the end of the object. */
    int64_t aend = awidth ? ahi + awidth : ESC_OFFSET_MAX,
            bend = bwidth ? bhi + bwidth : ESC_OFFSET_MAX;
    return alo < bend && blo < aend;
}

void esc_range_canonical(int64_t *lo, int64_t *hi) {
    if (*lo < -OFFSET_LIMIT || *hi > OFFSET_LIMIT || *lo > *hi) {
        *lo = ESC_OFFSET_MIN;
        *hi = ESC_OFFSET_MAX;
    }
}

/* ---- nodes and facts ------------------------------------------------------------------------ */

Node esc_solver_node(Solver *s) {
    if (!esc_memory_grow(&s->m->memory, &s->nodes, &s->cap_nodes, s->nnodes + 1,
                         sizeof *s->nodes)) {
        s->failed = true;
        return s->null_value;
    }
    s->nodes[s->nnodes] =
        (NodeInfo){.first_edge = ESC_NONE, .first_fact = ESC_NONE, .last_fact = ESC_NONE};
    return s->nnodes++;
}

static uint32_t *fact_slot(const Solver *s, Node n, Obj o) {
    uint32_t mask = s->fact_hash_size - 1, at = esc_mix(esc_mix(17, n), o) & mask;
    while (s->fact_hash[at] != ESC_NONE) {
        const Fact *f = &s->facts[s->fact_hash[at]];
        if (f->node == n && f->obj == o)
            break;
        at = (at + 1) & mask;
    }
    return &s->fact_hash[at];
}

FactId esc_solver_find(const Solver *s, Node n, Obj o) {
    const NodeInfo *node = &s->nodes[n];
    if (node->nfacts > WALKED_FACTS)
        return *fact_slot(s, n, o);
    FactId i = node->first_fact;
    while (i != ESC_NONE && s->facts[i].obj != o)
        i = s->facts[i].next;
    return i;
}

/* Keep the hash at most half full, with `more` entries. */
static bool fact_hash_reserve(Solver *s, uint32_t more) {
    uint32_t size = s->fact_hash_size ? s->fact_hash_size : 64;
    while ((s->nfact_hash + more) * 2 >= size)
        size *= 2;
    if (size == s->fact_hash_size)
        return true;
    uint32_t *fresh = esc_memory_resize(&s->m->memory, NULL, size, sizeof *fresh);
    if (!fresh)
        return false;
    memset(fresh, 0xff, size * sizeof *fresh);
    uint32_t *old = s->fact_hash, old_size = s->fact_hash_size;
    s->fact_hash = fresh;
    s->fact_hash_size = size;
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i] != ESC_NONE)
            *fact_slot(s, s->facts[old[i]].node, s->facts[old[i]].obj) = old[i];
    esc_memory_release(old);
    return true;
}

static void hash_fact(Solver *s, FactId id) {
    uint32_t *slot = fact_slot(s, s->facts[id].node, s->facts[id].obj);
    if (*slot != ESC_NONE)
        return;
    *slot = id;
    s->nfact_hash++;
}

/* Make the hash find what a node has got: the newest fact, or all when they become too many to
 * walk. */
static void index_newest(Solver *s, const NodeInfo *node) {
    if (node->nfacts > WALKED_FACTS + 1)
        hash_fact(s, node->last_fact);
    else if (node->nfacts == WALKED_FACTS + 1)
        for (FactId i = node->first_fact; i != ESC_NONE; i = s->facts[i].next)
            hash_fact(s, i);
}

/* Whether the ranges already known of (node, object) cover [lo, hi]; counts them. */
static bool covered(const Solver *s, FactId first, int64_t lo, int64_t hi, uint32_t *count) {
    *count = 0;
    for (FactId i = first; i != ESC_NONE; i = s->facts[i].pair_next) {
        const Fact *f = &s->facts[i];
        if (f->lo <= lo && hi <= f->hi)
            return true;
        ++*count;
    }
    return false;
}

/* A fact in the form in which facts are kept. */
static void add_fact(Solver *s, Node n, Obj o, int64_t lo, int64_t hi, FactId cause, EscOp op) {
    if (s->failed || s->limit || s->over_soft_limit || n == s->null_value)
        return;
    if (s->nfacts >= s->soft_limit) {
        s->over_soft_limit = true;
        return;
    }
    FactId first = esc_solver_find(s, n, o);
    uint32_t count;
    if (covered(s, first, lo, hi, &count))
        return;
    if (count >= MAX_RANGES) {
        lo = ESC_OFFSET_MIN;
        hi = ESC_OFFSET_MAX;
    }
    if ((s->nodes[n].nfacts >= WALKED_FACTS && !fact_hash_reserve(s, WALKED_FACTS + 1)) ||
        !esc_memory_grow(&s->m->memory, &s->facts, &s->cap_facts, s->nfacts + 1,
                         sizeof *s->facts)) {
        s->failed = true;
        return;
    }
    FactId id = s->nfacts++;
    s->facts[id] = (Fact){n, o, lo, hi, cause, op, ESC_NONE, ESC_NONE};
    if (first != ESC_NONE) {
        s->facts[id].pair_next = s->facts[first].pair_next;
        s->facts[first].pair_next = id;
    }
    NodeInfo *node = &s->nodes[n];
    if (node->last_fact == ESC_NONE)
        node->first_fact = id;
    else
        s->facts[node->last_fact].next = id;
    node->last_fact = id;
    node->nfacts++;
    if (node->view)
        s->soft_limit++;
    index_newest(s, node);
}

void esc_solver_fact(Solver *s, Node n, Obj o, int64_t lo, int64_t hi, FactId cause, EscOp op) {
    esc_range_canonical(&lo, &hi);
    if (o == OBJ_WORLD || (s->coarse && esc_obj_is_callers(s->objs[o].kind))) {
        lo = ESC_OFFSET_MIN;
        hi = ESC_OFFSET_MAX;
    }
    add_fact(s, n, o, lo, hi, cause, op);
}

void esc_solver_pass(Solver *s, Node n, FactId fact, EscOp op) {
    const Fact *f = &s->facts[fact];
    add_fact(s, n, f->obj, f->lo, f->hi, fact, op);
}

/* ---- objects -------------------------------------------------------------------------------- */

static bool same_object(const Object *a, const Object *b) {
    return a->kind == b->kind && a->index == b->index && a->op == b->op && a->parent == b->parent &&
           a->lo == b->lo && a->hi == b->hi && a->width == b->width && a->thin == b->thin;
}

static uint32_t object_hash(const Object *o) {
    uint32_t h = esc_mix(esc_mix(esc_mix(5, o->kind), o->index), o->op);
    return esc_mix(esc_mix(esc_mix(h, o->parent), (uint32_t)o->lo),
                   o->width + (o->thin ? 1u << 31 : 0));
}

static bool obj_index_reserve(Solver *s) {
    if (s->nobjs * 2 < s->obj_index_size)
        return true;
    uint32_t size = s->obj_index_size ? s->obj_index_size * 2 : 32;
    uint32_t *fresh = esc_memory_resize(&s->m->memory, s->obj_index, size, sizeof *fresh);
    if (!fresh)
        return false;
    memset(fresh, 0xff, size * sizeof *fresh);
    s->obj_index = fresh;
    s->obj_index_size = size;
    for (Obj i = 0; i < s->nobjs; i++) {
        uint32_t at = object_hash(&s->objs[i]) & (size - 1);
        while (fresh[at] != ESC_NONE)
            at = (at + 1) & (size - 1);
        fresh[at] = i;
    }
    return true;
}

Obj esc_solver_object(Solver *s, const Object *key) {
    if (!obj_index_reserve(s) ||
        !esc_memory_grow(&s->m->memory, &s->objs, &s->cap_objs, s->nobjs + 1, sizeof *s->objs)) {
        s->failed = true;
        return OBJ_WORLD;
    }
    uint32_t mask = s->obj_index_size - 1, at = object_hash(key) & mask;
    for (; s->obj_index[at] != ESC_NONE; at = (at + 1) & mask)
        if (same_object(&s->objs[s->obj_index[at]], key))
            return s->obj_index[at];
    Object o = *key;
    o.first_cell = o.first_reader = ESC_NONE;
    o.ncells = o.ncontents = 0;
    o.entry_node = 0;
    s->objs[s->nobjs] = o;
    s->obj_index[at] = s->nobjs;
    return s->nobjs++;
}
