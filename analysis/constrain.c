/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* constrain.c - what each operation of a function means for the facts: a first fact or an edge.
 *
 * SOUNDNESS  An operation that is forgotten here is a flow that nobody sees.
 *
 * NOT HERE  What a call does (expand.c) and how facts move along the edges (solve.c).
 */
#include "solve.h"

static Node value_node(const Solver *s, EscValue v) {
    return v == ESC_NONE ? s->null_value : v;
}

static void add_object_op(Solver *s, const Op *op, EscOp id, ObjKind kind) {
    if (kind == OBJ_GLOBAL && esc_forgets(s->m, ESC_FORGET_GLOBAL))
        return;
    Object key = {.kind = kind,
                  .index = op->index,
                  .op = kind == OBJ_SITE ? id : ESC_NONE,
                  .parent = ESC_NONE};
    Obj o = esc_solver_object(s, &key);
    esc_solver_fact(s, value_node(s, op->dst), o, 0, 0, ESC_NONE, id);
}

static bool is_lent(const Solver *s, EscLocal local) {
    return s->tried && s->tried->lent && s->tried->lent[local];
}

static void add_local(Solver *s, const Op *op, EscOp id) {
    if (!is_lent(s, op->index)) {
        add_object_op(s, op, id, OBJ_LOCAL);
        return;
    }
    Object key = {.kind = OBJ_LENT,
                  .index = s->f->locals[op->index].lent,
                  .op = ESC_NONE,
                  .parent = ESC_NONE};
    esc_solver_fact(s, value_node(s, op->dst), esc_solver_object(s, &key), 0, 0, ESC_NONE, id);
}

/* In a summary that was read: what one call of the function makes, which is no site that is asked
 * about. */
static void add_alloc(Solver *s, const Op *op, EscOp id) {
    if (!s->f->is_summary) {
        add_object_op(s, op, id, OBJ_SITE);
        return;
    }
    Object key = {.kind = OBJ_FRESH, .index = op->index, .op = id, .parent = ESC_NONE};
    Obj o = esc_solver_object(s, &key);
    if (s->failed)
        return;
    s->objs[o].size_bytes = s->f->args[op->args].number;
    s->objs[o].many = (op->flags & SUMMARY_MANY) != 0;
    s->objs[o].inline_cost = ESC_NONE;
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
    if (esc_forgets(s->m, ESC_FORGET_CALLBACK))
        return;
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
    if (esc_forgets(s->m, is_realloc ? ESC_FORGET_REALLOC : ESC_FORGET_FREE))
        return;
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
    if (esc_forgets(s->m, op->kind == ESC_OP_LOAD ? ESC_FORGET_LOAD : ESC_FORGET_STORE))
        return;
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
    if (esc_forgets(s->m, ESC_FORGET_LEAK) || esc_is_promised_decision(s->m, s->f, op))
        return;
    EscReason reason = (EscReason)op->index;
    Node sink = op->flags & ESC_OPF_NARROW
                    ? esc_solver_decision(s, id, reason, NULL, ESC_NONE, ESC_NONE)
                    : esc_solver_sink(s, id, reason, NULL, ESC_NONE, ESC_NONE, ESC_NONE);
    esc_solver_copy(s, value_node(s, op->a), sink, 0, 0, id);
}

void esc_constrain(Solver *s, EscOp id) {
    const Op *op = &s->f->ops[id];
    Node dst = value_node(s, op->dst), a = value_node(s, op->a);
    switch ((EscOpKind)op->kind) {
    case ESC_OP_ALLOC:
        add_alloc(s, op, id);
        break;
    case ESC_OP_REALLOC:
        add_realloc(s, op, id);
        break;
    case ESC_OP_LOCAL:
        add_local(s, op, id);
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
        if ((op->lo == 0 && op->hi == 0) || !esc_forgets(s->m, ESC_FORGET_OFFSET))
            esc_solver_copy(s, a, dst, op->lo, op->hi, id);
        break;
    case ESC_OP_MERGE:
        for (uint32_t i = 0; i < op->nargs && (i == 0 || !esc_forgets(s->m, ESC_FORGET_MERGE)); i++)
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
        if (!esc_forgets(s->m, ESC_FORGET_MOVE))
            esc_solver_move(s, a, value_node(s, op->b), op->hi, (op->flags & ESC_OPF_NARROW) != 0,
                            id);
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
        if (!esc_forgets(s->m, ESC_FORGET_RETURNED))
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
