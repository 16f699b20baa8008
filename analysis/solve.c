/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* solve.c - what every pointer of one function may point to.
 *
 * Inclusion-based points-to (Andersen, "Program Analysis and Specialization for the C Programming
 * Language", 1994, ch. 4), field-sensitive by byte range. Facts are processed once each, in the
 * order they were found: a fact goes over all edges its node has then, and an edge that is added
 * later sends over it what was processed before. So no fact is sent twice over one edge.
 *
 * SOUNDNESS  Forgetting a flow is a miscompilation; adding one costs only speed.
 *
 * NOT HERE  How facts are kept (facts.c), what an operation means (constrain.c), contents of
 * objects (cells.c), calls (expand.c), what follows from the facts (escape.c).
 */
#include "analyze.h"
#include "cfg.h"

#include <string.h>

enum {
    WALKED_EDGES = 8, /* a node with as many has its copies in the hash */
};

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
        s->work++;
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

static bool is_plain_copy(const FlowEdge *e) {
    return e->kind == EDGE_COPY && e->lo == 0 && e->hi == 0;
}

static void apply_edge(Solver *s, const FlowEdge *e, FactId id) {
    if (s->work++ >= s->soft_work)
        s->over_soft_limit = true;
    if (is_plain_copy(e)) {
        esc_solver_pass(s, e->other, id, e->op);
        return;
    }
    const Fact f = s->facts[id];
    int64_t lo = esc_offset_add(f.lo, e->lo), hi = esc_offset_add(f.hi, e->hi);
    esc_range_canonical(&lo, &hi);
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
    s->nodes[n].nedges++;
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
        uint32_t at = esc_mix(esc_mix(3, a), b) & (size - 1);
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

/* Note the plain copy from `a` to `b` in the hash. False when it was there, or memory ran out. */
static bool hash_copy(Solver *s, Node a, Node b) {
    if (!edge_hash_reserve(s))
        return false;
    uint32_t mask = s->edge_hash_size - 1, at = esc_mix(esc_mix(3, a), b) & mask;
    for (; s->edge_hash[2 * at] != ESC_NONE; at = (at + 1) & mask)
        if (s->edge_hash[2 * at] == a && s->edge_hash[2 * at + 1] == b)
            return false;
    s->edge_hash[2 * at] = a;
    s->edge_hash[2 * at + 1] = b;
    s->nedge_hash++;
    return true;
}

/* True the first time a plain copy from `a` to `b` is asked for. The edges of most nodes are few
 * enough to walk; the others have theirs in the hash. */
static bool first_copy(Solver *s, Node a, Node b) {
    if (s->nodes[a].hashed)
        return hash_copy(s, a, b);
    bool found = false;
    for (uint32_t i = s->nodes[a].first_edge; i != ESC_NONE && !found; i = s->edges[i].next)
        found = is_plain_copy(&s->edges[i]) && s->edges[i].other == b;
    if (found || s->nodes[a].nedges < WALKED_EDGES)
        return !found;
    s->nodes[a].hashed = true;
    for (uint32_t i = s->nodes[a].first_edge; i != ESC_NONE; i = s->edges[i].next)
        if (is_plain_copy(&s->edges[i]))
            hash_copy(s, a, s->edges[i].other);
    return hash_copy(s, a, b);
}

void esc_solver_copy(Solver *s, Node from, Node to, int64_t lo, int64_t hi, EscOp op) {
    if (from == to || from == s->null_value || to == s->null_value)
        return;
    if (lo == 0 && hi == 0 && !first_copy(s, from, to))
        return;
    esc_range_canonical(&lo, &hi);
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

Node esc_solver_decision(Solver *s, EscOp op, EscReason reason, const char *text, EscFunc callee,
                         EscOp callee_op) {
    Node n = esc_solver_sink(s, op, reason, text, callee, callee_op, ESC_NONE);
    if (s->failed)
        return s->null_value;
    s->nodes[n].first_edge = ESC_NONE; /* not the world's: it gets nothing but an answer */
    esc_solver_copy(s, n, s->decided_node, 0, 0, ESC_NONE);
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

/* A local whose address is an argument of a call that is kept is not lost: in the summary it is
 * memory made there, with what is stored in it, for who reads knows what the call does with it. The
 * function is solved again with it. */
static bool lend(Solver *s, Obj o) {
    enum { MAX_LENT = 6 }; /* of one function; others are lost */
    const Object *object = &s->objs[o];
    Tried *tried = s->tried;
    if (!s->m->config.keep_calls || object->kind != OBJ_LOCAL || !tried ||
        s->f->locals[object->index].lent == ESC_NONE)
        return false;
    if (!tried->lent) {
        tried->lent = esc_memory_resize(&s->m->memory, NULL, s->f->nlocals, 1);
        if (!tried->lent) {
            s->failed = true;
            return false;
        }
        memset(tried->lent, 0, s->f->nlocals);
    }
    if (!tried->lent[object->index]) {
        if (tried->nlent == MAX_LENT)
            return false;
        tried->lent[object->index] = 1;
        tried->nlent++;
    }
    s->lends_more = true;
    return true;
}

static bool out_of_time(const Solver *s) {
    uint64_t deadline_ns = s->m->analysis->deadline_ns;
    return deadline_ns && esc_now_ns() > deadline_ns;
}

static void run(Solver *s) {
    enum { FACTS_BETWEEN_LOOKS = 4096 }; /* at most some milliseconds of work */
    while (s->cursor < s->nfacts && !s->failed && !s->limit && !s->over_soft_limit) {
        FactId id = s->cursor++;
        if (id % FACTS_BETWEEN_LOOKS == 0 && out_of_time(s))
            s->limit = "milliseconds";
        Node n = s->facts[id].node;
        if (n == s->world_node || n == s->expose_node) {
            lose(s, id, n);
            continue;
        }
        if (n == s->own_node || n == s->decided_node) {
            const Fact f = s->facts[id];
            if (esc_obj_is_own(s->objs[f.obj].kind) && !(n == s->own_node && lend(s, f.obj)))
                esc_solver_fact(s, s->world_node, f.obj, f.lo, f.hi, id, f.op);
            continue;
        }
        for (uint32_t i = s->nodes[n].first_edge; i != ESC_NONE && !s->failed;
             i = s->edges[i].next) {
            FlowEdge kept; /* any but a plain copy may add edges, and they may move */
            const FlowEdge *e = &s->edges[i];
            if (!is_plain_copy(e)) {
                kept = *e;
                e = &kept;
            }
            apply_edge(s, e, id);
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
    s->decided_node = esc_solver_node(s);
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

/* Entry contents told apart, per object: real functions read a dozen members of a struct. */
enum { MAX_CONTENTS = 24, FEW_CONTENTS = 6 };

static void solve_once(Solver *s, EscModule *m, EscFunc func, Tried *tried, bool coarse,
                       uint64_t facts) {
    memset(s, 0, sizeof *s);
    s->m = m;
    s->func = func;
    s->f = esc_runs(m, func);
    s->coarse = coarse;
    s->max_contents = tried->few ? FEW_CONTENTS : MAX_CONTENTS;
    s->tried = tried;
    s->lost_params = tried->lost.params;
    s->lost_calls = tried->lost.calls;
    s->soft_limit = facts < UINT32_MAX ? (uint32_t)facts : UINT32_MAX;
    s->soft_work = facts * STEPS_A_FACT;
    if (s->f->nops > m->config.max_ops) {
        s->limit = "operations in one function";
        return;
    }
    set_up(s);
    for (EscOp i = 0; i < s->f->nops && !s->failed && !s->limit; i++)
        esc_constrain(s, i);
    run(s);
    if (m->memory.failed)
        s->failed = true;
}

/* A function is solved in one form after the other until its budget of facts, and of steps along
 * edges, suffices. Each takes for the world what those before it showed to be lost; that gives
 * nothing away. The third does not tell the contents of parameters apart, and each later one has
 * twice the budget of the one before. */
typedef struct Form {
    uint32_t facts, facts_an_op;
    bool coarse;
} Form;

static const Form forms[] = {
    {4000, 12, false}, /* most functions need a few facts an operation */
    {8000, 40, false},
    {16000, 80, true},
};
enum { FORMS = sizeof forms / sizeof *forms };

static const Form *form_of(uint32_t attempt) {
    return &forms[attempt < FORMS ? attempt : FORMS - 1];
}

static uint64_t budget(const EscModule *m, EscFunc func, uint32_t attempt) {
    const Form *form = form_of(attempt);
    uint64_t facts = form->facts + form->facts_an_op * (uint64_t)esc_runs(m, func)->nops;
    if (m->first_budget)
        facts = (uint64_t)m->first_budget << (attempt < FORMS ? attempt : FORMS - 1);
    for (uint32_t i = FORMS; i <= attempt && facts < m->config.max_facts; i++)
        facts *= 2;
    return facts < m->config.max_facts ? facts : m->config.max_facts;
}

void esc_solve(Solver *s, EscModule *m, EscFunc func, Tried *tried) {
    uint64_t work = 0;
    for (;; tried->attempt++) {
        uint64_t facts = budget(m, func, tried->attempt);
        bool coarse = tried->coarse || form_of(tried->attempt)->coarse;
        solve_once(s, m, func, tried, coarse, facts);
        work += s->work;
        while (s->lends_more && !s->failed) {
            esc_solver_free(s);
            solve_once(s, m, func, tried, coarse, facts);
            work += s->work;
        }
        if (!s->over_soft_limit || s->failed)
            break;
        if (facts == m->config.max_facts && tried->attempt >= FORMS) {
            s->limit = s->nfacts >= facts ? "points-to facts" : "points-to steps";
            break;
        }
        esc_find_lost(s, &tried->lost);
        esc_solver_free(s);
    }
    s->work = work;
    s->lost_calls = NULL;
    s->tried = NULL;
}

void esc_solver_free(Solver *s) {
    void *blocks[] = {s->nodes,     s->objs,       s->cells,   s->facts, s->fact_hash,
                      s->edges,     s->edge_hash,  s->readers, s->sinks, s->frees,
                      s->callbacks, s->moves,      s->calls,   s->diffs, s->nodes_pool,
                      s->obj_index, s->store_sink, s->shared};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        esc_memory_release(blocks[i]);
    esc_cfg_free(s);
    memset(s, 0, sizeof *s);
}
