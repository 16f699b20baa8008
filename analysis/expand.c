/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* expand.c - what a call does, as constraints of the caller.
 *
 * A summary and a library model are both short bodies in the model's own operations, over the
 * callee's parameters. A call copies that body into the caller with the arguments in their place.
 * So parameters that alias, or memory that two arguments share, need no rule: the caller's facts
 * show it.
 *
 * SOUNDNESS  A callee of which nothing is known leaks every argument and returns the world.
 */
#include "solve.h"

enum {
    MAX_POINTER_DEPTH = 6, /* calls through pointers found while expanding such calls */
    MAX_CALLBACKS = 64,    /* conditional calls of one function; more are unknown */
    MAX_KEPT_ARGS = 32,    /* of a conditional call: what a summary writes down */
    OWN_CALLS = 200, /* through pointers, of one function, before those below others are shared */
};

typedef struct Expansion {
    Solver *s;
    EscOp op; /* the call */
    EscFunc callee;
    const Function *body;
    const char *name;
    uint32_t map;         /* nodes_pool: value of the body -> node */
    uint32_t args, nargs; /* nodes_pool */
    Node result;
    bool is_model, through_pointer;
    uint32_t depth;
} Expansion;

static const char *name_of(const EscModule *m, EscFunc f) {
    return m->funcs[f].source_name ? m->funcs[f].source_name : m->funcs[f].name;
}

static Node mapped(const Expansion *x, EscValue v) {
    return v == ESC_NONE ? x->s->null_value : x->s->nodes_pool[x->map + v];
}

/* ---- numbers -------------------------------------------------------------------------------- */

static uint64_t mul_add(uint64_t n, uint64_t mul, uint64_t add) {
    uint64_t r;
    if (n == ESC_SIZE_UNKNOWN || __builtin_mul_overflow(n, mul, &r) ||
        __builtin_add_overflow(r, add, &r))
        return ESC_SIZE_UNKNOWN;
    return r;
}

/* `n`, which speaks of the callee's parameter, in the caller's terms. */
static EscNumber compose(const EscNumber *n, const EscNumber *arg) {
    EscNumber r = *n;
    r.param = ESC_NONE;
    if (n->param == ESC_NONE || !arg)
        return r;
    uint64_t lo = mul_add(arg->lo, n->mul, n->add), hi = mul_add(arg->hi, n->mul, n->add);
    if (lo != ESC_SIZE_UNKNOWN && lo > r.lo)
        r.lo = lo;
    if (hi < r.hi)
        r.hi = hi;
    if (r.lo > r.hi)
        r.lo = r.hi;
    if (arg->param == ESC_NONE)
        return r;
    uint64_t mul = mul_add(arg->mul, n->mul, 0), add = mul_add(arg->add, n->mul, n->add);
    if (mul != ESC_SIZE_UNKNOWN && add != ESC_SIZE_UNKNOWN) {
        r.param = arg->param;
        r.mul = mul;
        r.add = add;
    }
    return r;
}

static EscNumber fresh_size(const Expansion *x, const EscNumber *n) {
    const Op *call = &x->s->f->ops[x->op];
    const EscNumber *arg = NULL;
    if (!x->through_pointer && call->kind == ESC_OP_CALL && n->param != ESC_NONE &&
        n->param < call->nargs)
        arg = &x->s->f->args[call->args + n->param].number;
    return compose(n, arg);
}

/* ---- the operations of a body ---------------------------------------------------------------- */

static uint32_t inline_cost(const Expansion *x, uint32_t below) {
    const Function *g = &x->s->m->funcs[x->callee];
    uint32_t no = ESC_FUNC_NO_INLINE | ESC_FUNC_VARIADIC | ESC_FUNC_RETURNS_TWICE |
                  ESC_FUNC_NO_REWRITE | ESC_FUNC_SANITIZED | ESC_FUNC_INTERPOSABLE;
    const Op *call = &x->s->f->ops[x->op];
    if (x->is_model || x->through_pointer || !g->has_body || (g->flags & no) || below == ESC_NONE ||
        call->kind != ESC_OP_CALL || (call->flags & (ESC_OPF_TAIL | ESC_OPF_NO_CHANGE)) ||
        esc_same_component(x->s->m, x->callee, x->callee) ||
        esc_same_component(x->s->m, x->callee, x->s->func))
        return ESC_NONE;
    return g->nops + below;
}

static void expand_alloc(Expansion *x, const Op *op) {
    Solver *s = x->s;
    bool known_lost = s->lost_calls && (s->lost_calls[x->op] & esc_lost_bit(op->index));
    if (op->index == ESC_NONE || known_lost) {
        esc_solver_fact(s, mapped(x, op->dst), OBJ_WORLD, 0, 0, ESC_NONE, x->op);
        return;
    }
    bool lent = s->m->sites[op->index].lent;
    Object key = {
        .kind = lent ? OBJ_LENT : OBJ_FRESH, .index = op->index, .op = x->op, .parent = ESC_NONE};
    uint32_t before = s->nobjs;
    Obj o = esc_solver_object(s, &key);
    if (s->failed)
        return;
    Object *object = &s->objs[o];
    if (o == before) {
        object->size_bytes = fresh_size(x, &x->body->args[op->args].number);
        object->many = (op->flags & SUMMARY_MANY) != 0;
        object->inline_cost = object->many ? ESC_NONE : inline_cost(x, op->width);
    } else { /* the same site by two ways */
        object->size_bytes = esc_number_unknown();
        object->inline_cost = ESC_NONE;
        object->many = true;
    }
    esc_solver_fact(s, mapped(x, op->dst), o, 0, 0, ESC_NONE, x->op);
}

/* Which of a type's functions a pointer names is not known, so hash functions of strings would hash
 * the structs with pointers in them that are others' keys. A closed program promises that nobody
 * decides by the bytes of a pointer who is called through one. */
static bool is_foreign_decision(const Expansion *x, const Op *op) {
    return (op->flags & ESC_OPF_NARROW) && op->a >= x->body->nparams &&
           esc_is_dispatcher(x->s->m, x->s->func);
}

static void expand_leak(Expansion *x, const Op *op) {
    if (esc_forgets(x->s->m, ESC_FORGET_CALLEE) || is_foreign_decision(x, op) ||
        esc_is_promised_decision(x->s->m, x->body, op))
        return;
    EscReason reason = ESC_REASON_CALLEE_LEAKS;
    EscOp origin = ESC_NONE;
    if (x->is_model)
        reason = (EscReason)op->index;
    else if (op->lo >= 0)
        origin = (EscOp)op->lo;
    EscFunc callee = x->is_model ? ESC_NONE : x->callee;
    Node sink = op->flags & ESC_OPF_NARROW
                    ? esc_solver_decision(x->s, x->op, ESC_REASON_INTEGER, x->name, callee, origin)
                    : esc_solver_sink(x->s, x->op, reason, x->name, callee, origin, ESC_NONE);
    esc_solver_copy(x->s, mapped(x, op->a), sink, 0, 0, x->op);
}

static void expand_free(Expansion *x, const Op *op) {
    if (esc_forgets(x->s->m, ESC_FORGET_CALLEE_FREE))
        return;
    bool fixed = x->is_model || x->through_pointer || (op->flags & ESC_OPF_FIXED);
    FreeEvent event = {.op = x->op,
                       .node = mapped(x, op->a),
                       .realloc = op->index == 1,
                       .fixed = fixed,
                       .by = x->name,
                       .callee = fixed ? ESC_NONE : x->callee};
    esc_solver_free_event(x->s, &event);
}

static void expand_icall(Expansion *x, const Op *op) {
    Solver *s = x->s;
    if (esc_forgets(s->m, ESC_FORGET_CALLBACK))
        return;
    uint32_t args = esc_solver_pool(s, op->nargs);
    if (s->failed)
        return;
    for (uint32_t i = 0; i < op->nargs; i++)
        s->nodes_pool[args + i] = mapped(x, x->body->args[op->args + i].value);
    if (!esc_memory_grow(&s->m->memory, &s->calls, &s->cap_calls, s->ncalls + 1,
                         sizeof *s->calls)) {
        s->failed = true;
        return;
    }
    uint32_t record = s->ncalls++;
    s->calls[record] = (CallRecord){.op = x->op,
                                    .callee = mapped(x, op->a),
                                    .result = mapped(x, op->dst),
                                    .args = args,
                                    .nargs = op->nargs,
                                    .depth = x->depth + 1,
                                    .signature = op->index};
    FlowEdge e = {.kind = EDGE_CALL, .other = record, .op = x->op};
    esc_solver_edge(s, mapped(x, op->a), &e);
}

static void expand_memory(Expansion *x, const Op *op) {
    FlowEdge e = {.kind = op->kind == ESC_OP_STORE ? EDGE_STORE : EDGE_LOAD,
                  .thin = (op->flags & ESC_OPF_NARROW) != 0,
                  .other = mapped(x, op->kind == ESC_OP_STORE ? op->b : op->dst),
                  .lo = op->lo,
                  .hi = op->hi,
                  .width = op->width,
                  .op = x->op};
    if (e.other != x->s->null_value)
        esc_solver_edge(x->s, mapped(x, op->a), &e);
}

static void expand_deep(Expansion *x, const Op *op) {
    FlowEdge e = {.kind = EDGE_LOAD,
                  .other = mapped(x, op->dst),
                  .lo = ESC_OFFSET_MIN,
                  .hi = ESC_OFFSET_MAX,
                  .op = x->op};
    esc_solver_edge(x->s, mapped(x, op->a), &e);
    esc_solver_edge(x->s, mapped(x, op->dst), &e);
}

static void expand_op(Expansion *x, const Op *op) {
    Solver *s = x->s;
    Node dst = mapped(x, op->dst), a = mapped(x, op->a);
    switch ((EscOpKind)op->kind) {
    case ESC_OP_ALLOC:
        expand_alloc(x, op);
        break;
    case ESC_OP_REALLOC:
        expand_alloc(x, op);
        expand_free(x, op);
        break;
    case ESC_OP_FUNCTION: {
        Object key = {.kind = OBJ_FUNCTION, .index = op->index, .op = ESC_NONE, .parent = ESC_NONE};
        esc_solver_fact(s, dst, esc_solver_object(s, &key), 0, 0, ESC_NONE, x->op);
        break;
    }
    case ESC_OP_LOCAL:
    case ESC_OP_GLOBAL:
    case ESC_OP_WORLD:
        esc_solver_fact(s, dst, OBJ_WORLD, 0, 0, ESC_NONE, x->op);
        break;
    case ESC_OP_COPY:
        esc_solver_copy(s, a, dst, op->lo, op->hi, x->op);
        break;
    case ESC_OP_MERGE:
        for (uint32_t i = 0; i < op->nargs; i++)
            esc_solver_copy(s, mapped(x, x->body->args[op->args + i].value), dst, op->lo, op->hi,
                            x->op);
        break;
    case ESC_OP_DIFF:
        esc_solver_copy(s, a, dst, ESC_OFFSET_MIN, ESC_OFFSET_MAX, x->op);
        esc_solver_copy(s, mapped(x, op->b), dst, ESC_OFFSET_MIN, ESC_OFFSET_MAX, x->op);
        break;
    case ESC_OP_LOAD:
    case ESC_OP_STORE:
        expand_memory(x, op);
        break;
    case ESC_OP_MOVE:
        esc_solver_move(s, a, mapped(x, op->b), op->hi, (op->flags & ESC_OPF_NARROW) != 0, x->op);
        break;
    case ESC_OP_DEEP:
        expand_deep(x, op);
        break;
    case ESC_OP_ICALL:
        expand_icall(x, op);
        break;
    case ESC_OP_FREE:
        expand_free(x, op);
        break;
    case ESC_OP_RETURN:
        if (!esc_forgets(s->m, ESC_FORGET_RESULT))
            esc_solver_copy(s, a, x->result, 0, 0, x->op);
        break;
    case ESC_OP_LEAK:
        expand_leak(x, op);
        break;
    case ESC_OP_CALL: /* a model may name another function; nothing is known of it here */
    case ESC_OP_USE:
    case ESC_OP_START:
    case ESC_OP_END:
    case ESC_OP_KINDS:
        break;
    }
}

/* The parameter that stands for all arguments beyond the named ones; ESC_NONE when they are lost.
 */
static EscValue rest_value(const Expansion *x) {
    bool library = x->is_model && !x->body->is_summary;
    const Function *f = library ? x->body : esc_runs(x->s->m, x->callee);
    bool has = (f->flags & ESC_FUNC_VARIADIC) && f->nparams && f->params &&
               (f->params[f->nparams - 1].flags & ESC_PARAM_REST);
    return has ? f->nparams - 1 : ESC_NONE;
}

static void map_variadic(Expansion *x, EscValue pseudo) {
    Solver *s = x->s;
    uint32_t named = pseudo == ESC_NONE ? x->body->nparams : pseudo;
    Node rest = s->null_value;
    if (pseudo != ESC_NONE) {
        rest = esc_solver_node(s);
        s->nodes_pool[x->map + pseudo] = rest;
    }
    for (uint32_t i = named; i < x->nargs && !s->failed; i++) {
        Node arg = s->nodes_pool[x->args + i];
        if (arg == s->null_value)
            continue;
        if (pseudo == ESC_NONE)
            rest = esc_solver_sink(s, x->op, ESC_REASON_VARIABLE_ARGUMENT, x->name, ESC_NONE,
                                   ESC_NONE, i);
        esc_solver_copy(s, arg, rest, 0, 0, x->op);
    }
}

static void expand_body(Expansion *x) {
    Solver *s = x->s;
    x->map = esc_solver_pool(s, x->body->nvalues + 1);
    if (s->failed)
        return;
    uint32_t named = x->body->nparams;
    for (uint32_t v = 0; v < x->body->nvalues && !s->failed; v++) {
        if (v < named)
            s->nodes_pool[x->map + v] = v < x->nargs ? s->nodes_pool[x->args + v] : s->null_value;
        else {
            Node n = esc_solver_node(s);
            s->nodes_pool[x->map + v] = n;
        }
    }
    map_variadic(x, rest_value(x));
    for (EscOp i = 0; i < x->body->nops && !s->failed; i++)
        expand_op(x, &x->body->ops[i]);
}

/* ---- callees of which nothing is known ------------------------------------------------------- */

static void lose_argument(Expansion *x, uint32_t i, EscReason reason) {
    Solver *s = x->s;
    Node arg = s->nodes_pool[x->args + i];
    if (arg == s->null_value)
        return;
    Node sink = esc_solver_sink(s, x->op, reason, x->name, ESC_NONE, ESC_NONE, i);
    esc_solver_copy(s, arg, sink, 0, 0, x->op);
}

/* What lies behind `arg` leaks, but `arg` itself does not; anything may be written there. */
static void lose_contents(Expansion *x, uint32_t i) {
    Solver *s = x->s;
    Node arg = s->nodes_pool[x->args + i];
    Node sink =
        esc_solver_sink(s, x->op, ESC_REASON_UNKNOWN_CALLEE, x->name, ESC_NONE, ESC_NONE, i);
    FlowEdge load = {
        .kind = EDGE_LOAD, .other = sink, .lo = ESC_OFFSET_MIN, .hi = ESC_OFFSET_MAX, .op = x->op};
    esc_solver_edge(s, arg, &load);
    FlowEdge store = load;
    store.kind = EDGE_STORE;
    store.other = s->world_value;
    esc_solver_edge(s, arg, &store);
}

static void unknown_pure(Expansion *x, bool reads) {
    Solver *s = x->s;
    for (uint32_t i = 0; i < x->nargs; i++) {
        Node arg = s->nodes_pool[x->args + i];
        if (arg == s->null_value || x->result == s->null_value)
            continue;
        esc_solver_copy(s, arg, x->result, ESC_OFFSET_MIN, ESC_OFFSET_MAX, x->op);
        FlowEdge load = {.kind = EDGE_LOAD,
                         .other = x->result,
                         .lo = ESC_OFFSET_MIN,
                         .hi = ESC_OFFSET_MAX,
                         .op = x->op};
        if (reads) {
            esc_solver_edge(s, arg, &load);
            esc_solver_edge(s, x->result, &load);
        }
    }
    esc_solver_fact(s, x->result, OBJ_WORLD, 0, 0, ESC_NONE, x->op);
}

static void expand_unknown(Expansion *x, EscReason reason) {
    Solver *s = x->s;
    if (esc_forgets(s->m, ESC_FORGET_UNKNOWN))
        return;
    const Function *g = x->callee == ESC_NONE ? NULL : &s->m->funcs[x->callee];
    if (g && (g->flags & (ESC_FUNC_PURE | ESC_FUNC_CONST))) {
        unknown_pure(x, (g->flags & ESC_FUNC_CONST) == 0);
        return;
    }
    for (uint32_t i = 0; i < x->nargs && !s->failed; i++) {
        uint32_t flags = g && g->params && i < g->nparams ? g->params[i].flags : 0;
        if (!(flags & ESC_PARAM_NOESCAPE)) {
            lose_argument(x, i, reason);
            continue;
        }
        lose_contents(x, i);
        bool cannot = (flags & ESC_PARAM_NOFREE) || (g->flags & ESC_FUNC_NO_FREE);
        FreeEvent event = {.op = x->op,
                           .node = s->nodes_pool[x->args + i],
                           .fixed = true,
                           .assumed = true,
                           .by = x->name,
                           .callee = ESC_NONE};
        if (!cannot)
            esc_solver_free_event(s, &event);
    }
    if (!g || !(g->flags & ESC_FUNC_MALLOC))
        esc_solver_fact(s, x->result, OBJ_WORLD, 0, 0, ESC_NONE, x->op);
}

/* ---- entries -------------------------------------------------------------------------------- */

static bool keep_call(const Expansion *x);

void esc_expand_call(Solver *s, EscOp op, EscFunc callee, uint32_t args, uint32_t nargs,
                     Node result, bool through_pointer, uint32_t depth) {
    Expansion x = {.s = s,
                   .op = op,
                   .callee = callee,
                   .args = args,
                   .nargs = nargs,
                   .result = result,
                   .through_pointer = through_pointer,
                   .depth = depth};
    x.name = name_of(s->m, callee);
    x.body = esc_callee_body(s->m, callee, &x.is_model);
    /* A parameter without an argument holds anything. */
    if (x.body && x.body->is_summary && nargs + (rest_value(&x) != ESC_NONE) < x.body->nparams)
        x.body = NULL;
    if (x.body)
        expand_body(&x);
    else if (!keep_call(&x))
        expand_unknown(&x, ESC_REASON_UNKNOWN_CALLEE);
}

/* The record of calls of `target` at this operation; -1 when there is none yet. A recursive
 * function that passes its callback on would otherwise gain one each time its summary is expanded.
 */
static uint32_t find_callback(const Solver *s, EscOp op, Obj target) {
    for (uint32_t i = 0; i < s->ncallbacks; i++)
        if (s->callbacks[i].op == op && s->callbacks[i].target == target)
            return i;
    return ESC_NONE;
}

/* A sink that loses only our own objects: whether the caller's are lost, the caller finds out. */
static Node callback_argument(Solver *s, EscOp op, uint32_t arg) {
    Node sink = esc_solver_sink(s, op, ESC_REASON_FUNCTION_POINTER, NULL, ESC_NONE, ESC_NONE, arg);
    if (s->failed)
        return s->null_value;
    s->nodes[sink].first_edge = ESC_NONE;
    esc_solver_copy(s, sink, s->own_node, 0, 0, ESC_NONE);
    return sink;
}

static uint32_t new_callback(Solver *s, const CallRecord *call, Obj target) {
    if (!esc_memory_grow(&s->m->memory, &s->callbacks, &s->cap_callbacks, s->ncallbacks + 1,
                         sizeof *s->callbacks)) {
        s->failed = true;
        return ESC_NONE;
    }
    uint32_t index = s->ncallbacks++;
    Object key = {.kind = OBJ_CALLBACK, .index = index, .op = call->op, .parent = ESC_NONE};
    Obj o = esc_solver_object(s, &key);
    uint32_t args = esc_solver_pool(s, call->nargs);
    s->callbacks[index] =
        (Callback){call->op, target, call->result, args, call->nargs, o, call->signature};
    for (uint32_t i = 0; i < call->nargs && !s->failed; i++) {
        Node n = callback_argument(s, call->op, i);
        s->nodes_pool[args + i] = n;
    }
    return index;
}

static void add_callback(Solver *s, const CallRecord *call, Obj target) {
    uint32_t index = find_callback(s, call->op, target);
    if (index == ESC_NONE)
        index = new_callback(s, call, target);
    if (s->failed)
        return;
    const Callback c = s->callbacks[index];
    for (uint32_t i = 0; i < call->nargs; i++) {
        Node to = i < c.nargs ? s->nodes_pool[c.args + i] : s->world_node;
        esc_solver_copy(s, s->nodes_pool[call->args + i], to, 0, 0, call->op);
    }
    esc_solver_fact(s, call->result, c.object, 0, 0, ESC_NONE, call->op);
}

/* A function of another file that this one calls: what it does, the reader of our summary may know.
 * So its call is kept like one of a parameter. */
static bool keep_call(const Expansion *x) {
    Solver *s = x->s;
    const Function *g = &s->m->funcs[x->callee];
    uint32_t known = ESC_FUNC_PURE | ESC_FUNC_CONST | ESC_FUNC_MALLOC | ESC_FUNC_INTERPOSABLE;
    if (!s->m->config.keep_calls || !(g->flags & ESC_FUNC_EXPORTED) || g->has_body ||
        (g->flags & known) || x->nargs > MAX_KEPT_ARGS || s->ncallbacks >= MAX_CALLBACKS)
        return false;
    Object key = {.kind = OBJ_FUNCTION, .index = x->callee, .op = ESC_NONE, .parent = ESC_NONE};
    CallRecord call = {.op = x->op,
                       .result = x->result,
                       .args = x->args,
                       .nargs = x->nargs,
                       .depth = x->depth,
                       .signature = ESC_NONE};
    Obj target = esc_solver_object(s, &key);
    if (!s->failed)
        add_callback(s, &call, target);
    return true;
}

/* A call of `callee` that came up while a call at the same operation was expanded. All of them are
 * one: its parameters get the arguments of each. So what an operation may run is expanded once,
 * however many ways the functions have to call each other through pointers. */
static void share_call(Solver *s, const CallRecord *call, EscFunc callee) {
    uint32_t i = 0;
    while (i < s->nshared && (s->shared[i].op != call->op || s->shared[i].callee != callee ||
                              s->shared[i].nargs != call->nargs))
        i++;
    bool found = i < s->nshared;
    if (!found) {
        uint32_t args = esc_solver_pool(s, call->nargs);
        Node result = esc_solver_node(s);
        if (s->failed || !esc_memory_grow(&s->m->memory, &s->shared, &s->cap_shared, s->nshared + 1,
                                          sizeof *s->shared)) {
            s->failed = true;
            return;
        }
        s->shared[s->nshared++] = (SharedCall){call->op, callee, args, call->nargs, result};
        for (uint32_t k = 0; k < call->nargs; k++) {
            Node n = esc_solver_node(s);
            s->nodes_pool[args + k] = n;
        }
    }
    const SharedCall shared = s->shared[i];
    for (uint32_t k = 0; k < call->nargs && !s->failed; k++)
        esc_solver_copy(s, s->nodes_pool[call->args + k], s->nodes_pool[shared.args + k], 0, 0,
                        call->op);
    esc_solver_copy(s, shared.result, call->result, 0, 0, call->op);
    if (!found)
        esc_expand_call(s, call->op, callee, shared.args, shared.nargs, shared.result, true,
                        call->depth);
}

static void expand_target(Solver *s, const CallRecord *call, EscFunc callee) {
    if (call->depth > 0 && s->ncalls > OWN_CALLS)
        share_call(s, call, callee);
    else
        esc_expand_call(s, call->op, callee, call->args, call->nargs, call->result, true, 0);
}

void esc_expand_pointer(Solver *s, uint32_t record, Obj target, FactId why) {
    const CallRecord call = s->calls[record];
    const Object object = s->objs[target];
    /* Several ranges of one object are one target. */
    for (FactId i = s->nodes[call.callee].first_fact; i != ESC_NONE && i < why;
         i = s->facts[i].next)
        if (s->facts[i].obj == target)
            return;
    if (object.kind == OBJ_FUNCTION && call.depth < MAX_POINTER_DEPTH) {
        expand_target(s, &call, object.index);
        return;
    }
    if (object.kind == OBJ_LOCAL || object.kind == OBJ_SITE || object.kind == OBJ_LENT)
        return; /* data is never called */
    EscFunc dispatcher = esc_dispatcher(s->m, call.signature);
    bool closed = dispatcher != ESC_NONE && call.depth < MAX_POINTER_DEPTH;
    bool from_caller = object.kind == OBJ_PARAM ||
                       (!closed && (object.kind == OBJ_CONTENT || object.kind == OBJ_CALLBACK));
    /* Who reads our summary may know all functions that such a pointer can name. */
    bool kept = !from_caller && !closed && s->m->config.keep_calls &&
                s->m->config.shared_signatures && call.signature != ESC_NONE &&
                call.nargs <= MAX_KEPT_ARGS;
    if ((from_caller || kept) && s->ncallbacks < MAX_CALLBACKS) {
        add_callback(s, &call, kept ? (Obj)OBJ_WORLD : target);
        return;
    }
    if (closed) {
        s->calls[record].dispatched = true;
        if (!call.dispatched)
            expand_target(s, &call, dispatcher);
        return;
    }
    Expansion x = {.s = s,
                   .op = call.op,
                   .callee = ESC_NONE,
                   .name = NULL,
                   .args = call.args,
                   .nargs = call.nargs,
                   .result = call.result};
    expand_unknown(&x, ESC_REASON_FUNCTION_POINTER);
}
