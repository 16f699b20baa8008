/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* solve.c - what every pointer of one function may point to.
 *
 * Inclusion-based points-to (Andersen, "Program Analysis and Specialization for the C Programming
 * Language", 1994, ch. 4), field-sensitive by byte range. A fact is (node, object, byte range).
 * Facts are processed once each, in the order they were found: a fact goes over all edges its node
 * has then, and an edge that is added later sends over it what was processed before. So no fact is
 * sent twice.
 *
 * INVARIANT  A fact is never taken back. A node holds at most MAX_RANGES ranges of one object; then
 * "anywhere in it" takes their place, so pointers that walk through memory end.
 *
 * SOUNDNESS  Forgetting a flow is a miscompilation; adding one costs only speed.
 *
 * NOT HERE  Contents of objects (cells.c), calls (expand.c), what follows from the facts
 * (escape.c).
 */
#include "cfg.h"

#include <string.h>

enum {
    MAX_RANGES = 4,         /* ranges of one object in one node before it means all of it */
    OFFSET_LIMIT = 1 << 30, /* farther offsets are "anywhere": no real object is that large */
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

static void canonical_range(int64_t *lo, int64_t *hi) {
    if (*lo < -OFFSET_LIMIT || *hi > OFFSET_LIMIT || *lo > *hi) {
        *lo = ESC_OFFSET_MIN;
        *hi = ESC_OFFSET_MAX;
    }
}

static uint32_t mix(uint32_t h, uint32_t x) {
    h ^= x + 0x9e3779b9u + (h << 6) + (h >> 2);
    h *= 0x85ebca6bu;
    return h ^ (h >> 15);
}

FactId esc_solver_find(const Solver *s, Node n, Obj o) {
    if (!s->fact_hash_size)
        return ESC_NONE;
    uint32_t mask = s->fact_hash_size - 1, at = mix(mix(17, n), o) & mask;
    for (; s->fact_hash[at] != ESC_NONE; at = (at + 1) & mask) {
        const Fact *f = &s->facts[s->fact_hash[at]];
        if (f->node == n && f->obj == o)
            return s->fact_hash[at];
    }
    return ESC_NONE;
}

/* ---- nodes and facts ------------------------------------------------------------------------ */

Node esc_solver_node(Solver *s) {
    if (!esc_memory_grow(&s->m->memory, &s->nodes, &s->cap_nodes, s->nnodes + 1,
                         sizeof *s->nodes)) {
        s->failed = true;
        return s->null_value;
    }
    s->nodes[s->nnodes] = (NodeInfo){ESC_NONE, ESC_NONE, ESC_NONE, 0};
    return s->nnodes++;
}

static uint32_t *fact_slot(Solver *s, Node n, Obj o) {
    uint32_t mask = s->fact_hash_size - 1, at = mix(mix(17, n), o) & mask;
    while (s->fact_hash[at] != ESC_NONE) {
        const Fact *f = &s->facts[s->fact_hash[at]];
        if (f->node == n && f->obj == o)
            break;
        at = (at + 1) & mask;
    }
    return &s->fact_hash[at];
}

/* Keep the hash at most half full. Entries are the first fact of each (node, object). */
static bool fact_hash_reserve(Solver *s) {
    if (s->nfacts * 2 < s->fact_hash_size)
        return true;
    uint32_t size = s->fact_hash_size ? s->fact_hash_size * 2 : 64;
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

void esc_solver_fact(Solver *s, Node n, Obj o, int64_t lo, int64_t hi, FactId cause, EscOp op) {
    if (s->failed || s->limit || s->over_soft_limit || n == s->null_value)
        return;
    if (s->nfacts >= s->soft_limit) {
        s->over_soft_limit = true;
        return;
    }
    if (s->nfacts >= s->m->config.max_facts) {
        s->limit = "points-to facts";
        return;
    }
    canonical_range(&lo, &hi);
    if (o == OBJ_WORLD || (s->coarse && esc_obj_is_placeholder(s->objs[o].kind))) {
        lo = ESC_OFFSET_MIN;
        hi = ESC_OFFSET_MAX;
    }
    if (!fact_hash_reserve(s) || !esc_memory_grow(&s->m->memory, &s->facts, &s->cap_facts,
                                                  s->nfacts + 1, sizeof *s->facts)) {
        s->failed = true;
        return;
    }
    uint32_t *slot = fact_slot(s, n, o), count;
    if (covered(s, *slot, lo, hi, &count))
        return;
    if (count >= MAX_RANGES) {
        lo = ESC_OFFSET_MIN;
        hi = ESC_OFFSET_MAX;
    }
    FactId id = s->nfacts++;
    s->facts[id] = (Fact){n, o, lo, hi, cause, op, ESC_NONE, ESC_NONE};
    if (*slot == ESC_NONE) {
        *slot = id;
    } else {
        s->facts[id].pair_next = s->facts[*slot].pair_next;
        s->facts[*slot].pair_next = id;
    }
    NodeInfo *node = &s->nodes[n];
    if (node->last_fact == ESC_NONE)
        node->first_fact = id;
    else
        s->facts[node->last_fact].next = id;
    node->last_fact = id;
    node->nfacts++;
}

/* ---- edges ---------------------------------------------------------------------------------- */

static void move_pair(Solver *s, const MoveRecord *move, FactId to, FactId from) {
    const Fact t = s->facts[to], f = s->facts[from];
    esc_solver_move_contents(s, t.obj, t.lo, t.hi, f.obj, f.lo, f.hi, move->hi, move->thin, from,
                             move->op);
}

/* Each pair of facts of the two sides once: when the later one is processed. */
static void apply_move(Solver *s, uint32_t record, bool fact_is_to, FactId fact) {
    const MoveRecord move = s->moves[record];
    Node other = fact_is_to ? move.from : move.to;
    for (FactId i = s->nodes[other].first_fact; i != ESC_NONE && !s->failed; i = s->facts[i].next) {
        if (i > fact || (i == fact && !fact_is_to))
            break;
        if (fact_is_to)
            move_pair(s, &move, fact, i);
        else
            move_pair(s, &move, i, fact);
    }
}

/* Whether both objects may exist in one activation. Two that are made on ways which exclude each
 * other (`c ? malloc(8) : strdup(t)`) do not. */
static bool may_coexist(Solver *s, Obj a, Obj b) {
    const Object *x = &s->objs[a], *y = &s->objs[b];
    bool made_here = (x->kind == OBJ_SITE || x->kind == OBJ_FRESH) &&
                     (y->kind == OBJ_SITE || y->kind == OBJ_FRESH);
    return !made_here || x->op == y->op || esc_cfg_both_run(s, x->op, y->op);
}

static void apply_diff(Solver *s, uint32_t record, const Fact *fact) {
    DiffRecord *d = &s->diffs[record];
    bool two = false;
    for (uint32_t i = 0; i < d->nseen; i++) {
        if (d->seen[i] == fact->obj)
            return;
        two |= may_coexist(s, d->seen[i], fact->obj);
    }
    if (d->active)
        return;
    if (!two && d->nseen < DIFF_OBJECTS) {
        d->seen[d->nseen++] = fact->obj;
        return;
    }
    /* Two objects: the number tells where one is, seen from the other. */
    d->active = true;
    const DiffRecord diff = *d;
    esc_solver_copy(s, diff.a, diff.dst, ESC_OFFSET_MIN, ESC_OFFSET_MAX, diff.op);
    esc_solver_copy(s, diff.b, diff.dst, ESC_OFFSET_MIN, ESC_OFFSET_MAX, diff.op);
}

static void apply_edge(Solver *s, const FlowEdge *e, FactId id) {
    const Fact f = s->facts[id];
    int64_t lo = esc_offset_add(f.lo, e->lo), hi = esc_offset_add(f.hi, e->hi);
    canonical_range(&lo, &hi);
    switch ((EdgeKind)e->kind) {
    case EDGE_COPY:
        esc_solver_fact(s, e->other, f.obj, lo, hi, id, e->op);
        break;
    case EDGE_LOAD:
        esc_solver_read(s, f.obj, lo, hi, e->width, e->other, e->thin, id, e->op);
        break;
    case EDGE_STORE:
        esc_solver_write(s, f.obj, lo, hi, e->width, e->other, e->op);
        break;
    case EDGE_MOVE_TO:
        apply_move(s, e->other, true, id);
        break;
    case EDGE_MOVE_FROM:
        apply_move(s, e->other, false, id);
        break;
    case EDGE_CALL:
        esc_expand_pointer(s, e->other, f.obj, id);
        break;
    case EDGE_DIFF:
        apply_diff(s, e->other, &f);
        break;
    }
}

void esc_solver_edge(Solver *s, Node n, const FlowEdge *edge) {
    if (s->failed || n == s->null_value)
        return;
    if (!esc_memory_grow(&s->m->memory, &s->edges, &s->cap_edges, s->nedges + 1,
                         sizeof *s->edges)) {
        s->failed = true;
        return;
    }
    FlowEdge e = *edge;
    e.next = s->nodes[n].first_edge;
    s->edges[s->nedges] = e;
    s->nodes[n].first_edge = s->nedges++;
    for (FactId i = s->nodes[n].first_fact; i != ESC_NONE && i < s->cursor && !s->failed;
         i = s->facts[i].next)
        apply_edge(s, &e, i);
}

static bool edge_hash_reserve(Solver *s) {
    if (s->nedge_hash * 2 < s->edge_hash_size)
        return true;
    uint32_t size = s->edge_hash_size ? s->edge_hash_size * 2 : 64;
    uint32_t *fresh = esc_memory_resize(&s->m->memory, NULL, (size_t)size * 2, sizeof *fresh);
    if (!fresh) {
        s->failed = true;
        return false;
    }
    memset(fresh, 0xff, (size_t)size * 2 * sizeof *fresh);
    for (uint32_t i = 0; i < s->edge_hash_size; i++) {
        uint32_t a = s->edge_hash[2 * i], b = s->edge_hash[2 * i + 1];
        if (a == ESC_NONE)
            continue;
        uint32_t at = mix(mix(3, a), b) & (size - 1);
        while (fresh[2 * at] != ESC_NONE)
            at = (at + 1) & (size - 1);
        fresh[2 * at] = a;
        fresh[2 * at + 1] = b;
    }
    esc_memory_release(s->edge_hash);
    s->edge_hash = fresh;
    s->edge_hash_size = size;
    return true;
}

/* True the first time a plain copy from `a` to `b` is asked for. */
static bool first_copy(Solver *s, Node a, Node b) {
    if (!edge_hash_reserve(s))
        return false;
    uint32_t mask = s->edge_hash_size - 1, at = mix(mix(3, a), b) & mask;
    for (; s->edge_hash[2 * at] != ESC_NONE; at = (at + 1) & mask)
        if (s->edge_hash[2 * at] == a && s->edge_hash[2 * at + 1] == b)
            return false;
    s->edge_hash[2 * at] = a;
    s->edge_hash[2 * at + 1] = b;
    s->nedge_hash++;
    return true;
}

void esc_solver_copy(Solver *s, Node from, Node to, int64_t lo, int64_t hi, EscOp op) {
    if (from == to || from == s->null_value || to == s->null_value)
        return;
    if (lo == 0 && hi == 0 && !first_copy(s, from, to))
        return;
    canonical_range(&lo, &hi);
    FlowEdge e = {.kind = EDGE_COPY, .other = to, .lo = lo, .hi = hi, .op = op};
    esc_solver_edge(s, from, &e);
}

void esc_solver_move(Solver *s, Node to, Node from, int64_t hi, bool thin, EscOp op) {
    if (to == s->null_value || from == s->null_value)
        return;
    if (!esc_memory_grow(&s->m->memory, &s->moves, &s->cap_moves, s->nmoves + 1,
                         sizeof *s->moves)) {
        s->failed = true;
        return;
    }
    uint32_t record = s->nmoves++;
    s->moves[record] = (MoveRecord){to, from, thin, hi, op};
    FlowEdge e = {.kind = EDGE_MOVE_TO, .other = record, .op = op};
    esc_solver_edge(s, to, &e);
    e.kind = EDGE_MOVE_FROM;
    esc_solver_edge(s, from, &e);
}

/* ---- records -------------------------------------------------------------------------------- */

uint32_t esc_solver_pool(Solver *s, uint32_t count) {
    if (!esc_memory_grow(&s->m->memory, &s->nodes_pool, &s->cap_pool, s->npool + count,
                         sizeof *s->nodes_pool)) {
        s->failed = true;
        return 0;
    }
    uint32_t at = s->npool;
    for (uint32_t i = 0; i < count; i++)
        s->nodes_pool[at + i] = s->null_value;
    s->npool += count;
    return at;
}

Node esc_solver_sink(Solver *s, EscOp op, EscReason reason, const char *text, EscFunc callee,
                     EscOp callee_op, uint32_t arg) {
    Node n = esc_solver_node(s);
    if (s->failed || !esc_memory_grow(&s->m->memory, &s->sinks, &s->cap_sinks, s->nsinks + 1,
                                      sizeof *s->sinks)) {
        s->failed = true;
        return s->null_value;
    }
    s->sinks[s->nsinks++] = (Sink){n, op, reason, text, callee, callee_op, arg};
    esc_solver_copy(s, n, s->world_node, 0, 0, ESC_NONE);
    return n;
}

void esc_solver_free_event(Solver *s, const FreeEvent *event) {
    if (event->node == s->null_value)
        return;
    if (!esc_memory_grow(&s->m->memory, &s->frees, &s->cap_frees, s->nfrees + 1,
                         sizeof *s->frees)) {
        s->failed = true;
        return;
    }
    s->frees[s->nfrees++] = *event;
}

/* ---- objects -------------------------------------------------------------------------------- */

static bool same_object(const Object *a, const Object *b) {
    return a->kind == b->kind && a->index == b->index && a->op == b->op && a->parent == b->parent &&
           a->lo == b->lo && a->hi == b->hi && a->width == b->width && a->thin == b->thin;
}

static uint32_t object_hash(const Object *o) {
    uint32_t h = mix(mix(mix(5, o->kind), o->index), o->op);
    return mix(mix(mix(h, o->parent), (uint32_t)o->lo), o->width + (o->thin ? 1u << 31 : 0));
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

/* ---- loading a function --------------------------------------------------------------------- */

static Node value_node(const Solver *s, EscValue v) {
    return v == ESC_NONE ? s->null_value : v;
}

static void add_object_op(Solver *s, const Op *op, EscOp id, ObjKind kind) {
    Object key = {.kind = kind,
                  .index = op->index,
                  .op = kind == OBJ_SITE ? id : ESC_NONE,
                  .parent = ESC_NONE};
    Obj o = esc_solver_object(s, &key);
    esc_solver_fact(s, value_node(s, op->dst), o, 0, 0, ESC_NONE, id);
}

static void add_call(Solver *s, const Op *op, EscOp id) {
    uint32_t args = esc_solver_pool(s, op->nargs);
    if (s->failed)
        return;
    for (uint32_t i = 0; i < op->nargs; i++)
        s->nodes_pool[args + i] = value_node(s, s->f->args[op->args + i].value);
    Node result = value_node(s, op->dst);
    if (op->kind == ESC_OP_CALL) {
        esc_expand_call(s, id, op->index, args, op->nargs, result, false, 0);
        return;
    }
    if (!esc_memory_grow(&s->m->memory, &s->calls, &s->cap_calls, s->ncalls + 1,
                         sizeof *s->calls)) {
        s->failed = true;
        return;
    }
    uint32_t record = s->ncalls++;
    s->calls[record] = (CallRecord){.op = id,
                                    .callee = value_node(s, op->a),
                                    .result = result,
                                    .args = args,
                                    .nargs = op->nargs,
                                    .signature = op->index};
    FlowEdge e = {.kind = EDGE_CALL, .other = record, .op = id};
    esc_solver_edge(s, value_node(s, op->a), &e);
}

static void add_free(Solver *s, const Op *op, EscOp id) {
    bool is_realloc = op->kind == ESC_OP_REALLOC;
    FreeEvent event = {.op = id,
                       .node = value_node(s, op->a),
                       .realloc = is_realloc,
                       .fixed = (op->flags & (ESC_OPF_FIXED | ESC_OPF_NO_CHANGE)) != 0,
                       .callee = ESC_NONE};
    esc_solver_free_event(s, &event);
}

static void add_diff(Solver *s, const Op *op, EscOp id) {
    if (!esc_memory_grow(&s->m->memory, &s->diffs, &s->cap_diffs, s->ndiffs + 1,
                         sizeof *s->diffs)) {
        s->failed = true;
        return;
    }
    uint32_t record = s->ndiffs++;
    s->diffs[record] = (DiffRecord){.dst = value_node(s, op->dst),
                                    .a = value_node(s, op->a),
                                    .b = value_node(s, op->b),
                                    .op = id};
    FlowEdge e = {.kind = EDGE_DIFF, .other = record, .op = id};
    esc_solver_edge(s, value_node(s, op->a), &e);
    esc_solver_edge(s, value_node(s, op->b), &e);
}

static void add_memory_op(Solver *s, const Op *op, EscOp id) {
    FlowEdge e = {.kind = op->kind == ESC_OP_LOAD ? EDGE_LOAD : EDGE_STORE,
                  .thin = (op->flags & ESC_OPF_NARROW) != 0,
                  .other = value_node(s, op->kind == ESC_OP_LOAD ? op->dst : op->b),
                  .lo = op->lo,
                  .hi = op->hi,
                  .width = op->width,
                  .op = id};
    if (e.other != s->null_value)
        esc_solver_edge(s, value_node(s, op->a), &e);
}

static void add_deep(Solver *s, Node from, Node dst, EscOp id) {
    FlowEdge e = {
        .kind = EDGE_LOAD, .other = dst, .lo = ESC_OFFSET_MIN, .hi = ESC_OFFSET_MAX, .op = id};
    if (dst == s->null_value)
        return;
    esc_solver_edge(s, from, &e);
    esc_solver_edge(s, dst, &e);
}

static void add_realloc(Solver *s, const Op *op, EscOp id) {
    add_object_op(s, op, id, OBJ_SITE);
    esc_solver_move(s, value_node(s, op->dst), value_node(s, op->a), ESC_OFFSET_MAX, false, id);
    add_free(s, op, id);
}

static void add_leak(Solver *s, const Op *op, EscOp id) {
    Node sink = esc_solver_sink(s, id, (EscReason)op->index, NULL, ESC_NONE, ESC_NONE, ESC_NONE);
    esc_solver_copy(s, value_node(s, op->a), sink, 0, 0, id);
}

static void add_op(Solver *s, EscOp id) {
    const Op *op = &s->f->ops[id];
    Node dst = value_node(s, op->dst), a = value_node(s, op->a);
    switch ((EscOpKind)op->kind) {
    case ESC_OP_ALLOC:
        add_object_op(s, op, id, OBJ_SITE);
        break;
    case ESC_OP_REALLOC:
        add_realloc(s, op, id);
        break;
    case ESC_OP_LOCAL:
        add_object_op(s, op, id, OBJ_LOCAL);
        break;
    case ESC_OP_GLOBAL:
        add_object_op(s, op, id, OBJ_GLOBAL);
        break;
    case ESC_OP_FUNCTION:
        add_object_op(s, op, id, OBJ_FUNCTION);
        break;
    case ESC_OP_WORLD:
        esc_solver_fact(s, dst, OBJ_WORLD, 0, 0, ESC_NONE, id);
        break;
    case ESC_OP_COPY:
        esc_solver_copy(s, a, dst, op->lo, op->hi, id);
        break;
    case ESC_OP_MERGE:
        for (uint32_t i = 0; i < op->nargs; i++)
            esc_solver_copy(s, value_node(s, s->f->args[op->args + i].value), dst, op->lo, op->hi,
                            id);
        break;
    case ESC_OP_DIFF:
        add_diff(s, op, id);
        break;
    case ESC_OP_LOAD:
    case ESC_OP_STORE:
        add_memory_op(s, op, id);
        break;
    case ESC_OP_MOVE:
        esc_solver_move(s, a, value_node(s, op->b), op->hi, (op->flags & ESC_OPF_NARROW) != 0, id);
        break;
    case ESC_OP_DEEP:
        add_deep(s, a, dst, id);
        break;
    case ESC_OP_CALL:
    case ESC_OP_ICALL:
        add_call(s, op, id);
        break;
    case ESC_OP_FREE:
        add_free(s, op, id);
        break;
    case ESC_OP_RETURN:
        esc_solver_copy(s, a, s->return_node, 0, 0, id);
        break;
    case ESC_OP_LEAK:
        add_leak(s, op, id);
        break;
    case ESC_OP_USE:
    case ESC_OP_START:
    case ESC_OP_END:
    case ESC_OP_KINDS:
        break;
    }
}

/* What arrives at the world's node, or at the node of what the caller holds, changes behind our
 * back from now on, and so does all that is reachable from it. What the caller passed always could.
 */
static void lose(Solver *s, FactId id, Node sink) {
    Obj o = s->facts[id].obj;
    if (!esc_obj_is_own(s->objs[o].kind))
        return;
    if (!s->objs[o].exposed) {
        s->objs[o].exposed = true;
        esc_solver_write(s, o, ESC_OFFSET_MIN, ESC_OFFSET_MAX, 0, s->world_value, ESC_NONE);
    }
    esc_solver_read(s, o, ESC_OFFSET_MIN, ESC_OFFSET_MAX, 0, sink, false, id, ESC_NONE);
}

static void run(Solver *s) {
    while (s->cursor < s->nfacts && !s->failed && !s->limit && !s->over_soft_limit) {
        FactId id = s->cursor++;
        Node n = s->facts[id].node;
        if (n == s->world_node || n == s->expose_node) {
            lose(s, id, n);
            continue;
        }
        if (n == s->own_node) {
            const Fact f = s->facts[id];
            if (esc_obj_is_own(s->objs[f.obj].kind))
                esc_solver_fact(s, s->world_node, f.obj, f.lo, f.hi, id, f.op);
            continue;
        }
        for (uint32_t i = s->nodes[n].first_edge; i != ESC_NONE && !s->failed;
             i = s->edges[i].next) {
            const FlowEdge e = s->edges[i];
            apply_edge(s, &e, id);
        }
    }
}

static void set_up(Solver *s) {
    Object world = {.kind = OBJ_WORLD, .op = ESC_NONE, .parent = ESC_NONE};
    esc_solver_object(s, &world);
    s->null_value = ESC_NONE;
    for (uint32_t i = 0; i < s->f->nvalues; i++)
        esc_solver_node(s);
    s->null_value = esc_solver_node(s);
    s->world_node = esc_solver_node(s);
    s->expose_node = esc_solver_node(s);
    s->own_node = esc_solver_node(s);
    s->return_node = esc_solver_node(s);
    s->world_value = esc_solver_node(s);
    esc_solver_fact(s, s->world_value, OBJ_WORLD, 0, 0, ESC_NONE, ESC_NONE);
    s->store_sink = esc_memory_resize(&s->m->memory, NULL, s->f->nops + 1, sizeof *s->store_sink);
    if (!s->store_sink) {
        s->failed = true;
        return;
    }
    memset(s->store_sink, 0, (s->f->nops + 1) * sizeof *s->store_sink);
    for (uint32_t i = 0; i < s->f->nparams; i++) {
        /* Only lines about parameters care: a number in a parameter is not worth one. */
        bool number =
            (s->f->flags & ESC_FUNC_REPORT) && !(s->f->params[i].flags & ESC_PARAM_REPORT);
        Object key = {
            .kind = OBJ_PARAM, .index = i, .op = ESC_NONE, .parent = ESC_NONE, .thin = number};
        esc_solver_fact(s, i, esc_solver_object(s, &key), 0, 0, ESC_NONE, ESC_NONE);
    }
}

/* What is lost, as far as the facts go: parameters, and calls whose fresh memory is. */
typedef struct Lost {
    uint64_t params;
    uint32_t *calls; /* bitset over operations; NULL when out of memory */
} Lost;

static void solve_once(Solver *s, EscModule *m, EscFunc func, bool coarse, const Lost *lost,
                       uint32_t soft_limit) {
    memset(s, 0, sizeof *s);
    s->m = m;
    s->func = func;
    s->f = &m->funcs[func];
    s->coarse = coarse;
    s->lost_params = lost->params;
    s->lost_calls = lost->calls;
    s->soft_limit = soft_limit;
    if (s->f->nops > m->config.max_ops) {
        s->limit = "operations in one function";
        return;
    }
    set_up(s);
    for (EscOp i = 0; i < s->f->nops && !s->failed && !s->limit; i++)
        add_op(s, i);
    run(s);
    if (m->memory.failed)
        s->failed = true;
}

static void find_lost(const Solver *s, Lost *lost) {
    if (!lost->calls) {
        size_t words = s->f->nops / 32 + 1;
        lost->calls = esc_memory_resize(&s->m->memory, NULL, words, sizeof *lost->calls);
        if (!lost->calls)
            return;
        memset(lost->calls, 0, words * sizeof *lost->calls);
    }
    for (FactId i = s->nodes[s->world_node].first_fact; i != ESC_NONE; i = s->facts[i].next) {
        const Object *o = &s->objs[s->facts[i].obj];
        if (o->kind == OBJ_PARAM && o->index < 64)
            lost->params |= UINT64_C(1) << o->index;
        if (o->kind == OBJ_FRESH)
            lost->calls[o->op / 32] |= UINT32_C(1) << (o->op % 32);
    }
}

/* Most functions need a few facts an operation. One that needs many is solved again with what is
 * lost anyway taken for the world, then without telling the contents of parameters apart. */
void esc_solve(Solver *s, EscModule *m, EscFunc func, bool coarse) {
    uint32_t nops = m->funcs[func].nops < 1u << 24 ? m->funcs[func].nops : 1u << 24;
    Lost lost = {0};
    solve_once(s, m, func, coarse, &lost, 4000 + 12 * nops);
    if (s->over_soft_limit) {
        find_lost(s, &lost);
        esc_solver_free(s);
        solve_once(s, m, func, coarse, &lost, 8000 + 40 * nops);
    }
    if (s->over_soft_limit) {
        find_lost(s, &lost);
        esc_solver_free(s);
        solve_once(s, m, func, true, &lost, 16000 + 80 * nops);
    }
    if (s->over_soft_limit) {
        find_lost(s, &lost);
        esc_solver_free(s);
        solve_once(s, m, func, true, &lost, UINT32_MAX);
    }
    s->lost_calls = NULL;
    esc_memory_release(lost.calls);
}

void esc_solver_free(Solver *s) {
    void *blocks[] = {s->nodes,     s->objs,    s->cells,      s->facts,     s->fact_hash, s->edges,
                      s->edge_hash, s->readers, s->sinks,      s->frees,     s->callbacks, s->moves,
                      s->calls,     s->diffs,   s->nodes_pool, s->obj_index, s->store_sink};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        esc_memory_release(blocks[i]);
    esc_cfg_free(s);
    memset(s, 0, sizeof *s);
}
