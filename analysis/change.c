/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* change.c - what would have to change for a finding to be good news, and assuming it.
 *
 * From the fact that decided a verdict its chain of causes is walked back. Each operation on it
 * that hands the pointer on is an obstacle, and each kind of obstacle has its answers: a callee
 * nobody sees could promise noescape, a store could be left out. Which of them suffices is not
 * decided here: who asks assumes one in a module that was read again, and analyses that.
 *
 * SOUNDNESS  Assumptions forget flows on purpose. A module with one has no verdicts that may be
 * applied; esc_assume is for explanations alone.
 *
 * NOT HERE  Words, costs, and which changes to try together (cli/why.c).
 */
#include "explain.h"

#include <string.h>

/* ---- assuming ---------------------------------------------------------------------------------
 */

static bool assume_budget(EscModule *m, const EscChange *c) {
    switch (c->reason) {
    case ESC_REASON_OBJECT_BUDGET:
        m->config.max_object_bytes = c->bytes;
        if (m->config.max_frame_bytes < c->bytes)
            m->config.max_frame_bytes = c->bytes;
        return true;
    case ESC_REASON_FRAME_BUDGET:
        m->config.max_frame_bytes = c->bytes;
        return true;
    case ESC_REASON_RECURSION_BUDGET:
        m->config.max_recursive_bytes = c->bytes;
        return true;
    default:
        return false;
    }
}

static bool assume_body(Function *f) {
    for (uint32_t i = 0; i < f->nparams; i++)
        f->params[i].flags |= ESC_PARAM_NOESCAPE | ESC_PARAM_NOFREE;
    f->flags |= ESC_FUNC_NO_FREE;
    return !f->has_body;
}

static bool assume_bound(Site *site, uint64_t bytes) {
    EscNumber *size = &site->size_bytes;
    size->hi = size->hi < bytes ? size->hi : bytes;
    size->lo = size->lo < size->hi ? size->lo : size->hi;
    size->param = ESC_NONE;
    return true;
}

static bool assume_allocator(Site *site) {
    site->kind = ESC_ALLOC_PAIRED;
    site->movable = true;
    return true;
}

/* The operation does what it does with a null pointer. */
static bool assume_not_given(Function *f, const EscChange *c) {
    Op *op = &f->ops[c->item];
    switch ((EscOpKind)op->kind) {
    case ESC_OP_CALL:
    case ESC_OP_ICALL:
        for (uint32_t i = 0; i < op->nargs; i++)
            if (c->arg == ESC_NONE || c->arg == i)
                f->args[op->args + i].value = ESC_NONE;
        return true;
    case ESC_OP_STORE:
    case ESC_OP_MOVE:
        op->b = ESC_NONE;
        return true;
    case ESC_OP_LEAK:
    case ESC_OP_FREE:
    case ESC_OP_RETURN:
        op->a = ESC_NONE;
        return true;
    default:
        return false;
    }
}

static bool assume_in_function(EscModule *m, const EscChange *c) {
    Function *f = &m->funcs[c->func];
    switch (c->kind) {
    case ESC_CHANGE_NOESCAPE:
        if (c->item >= f->nparams || f->has_body)
            return false;
        f->params[c->item].flags |= ESC_PARAM_NOESCAPE;
        return true;
    case ESC_CHANGE_BODY:
        return assume_body(f);
    case ESC_CHANGE_APART:
    case ESC_CHANGE_NOT_GIVEN:
    case ESC_CHANGE_NOT_RETURNED:
        return c->item < f->nops && assume_not_given(f, c);
    case ESC_CHANGE_FLAGS:
        f->flags &= ~(uint32_t)(ESC_FUNC_RETURNS_TWICE | ESC_FUNC_NO_REWRITE | ESC_FUNC_SANITIZED);
        return true;
    default:
        return false;
    }
}

bool esc_assume(EscModule *m, const EscChange *c) {
    if (m->error || m->analysis)
        return false;
    switch (c->kind) {
    case ESC_CHANGE_BUDGET:
        return assume_budget(m, c);
    case ESC_CHANGE_CLOSED:
        m->config.closed_program = true;
        return true;
    case ESC_CHANGE_ALLOCATOR:
        return c->item < m->nsites && assume_allocator(&m->sites[c->item]);
    case ESC_CHANGE_BOUND:
        return c->item < m->nsites && assume_bound(&m->sites[c->item], c->bytes);
    case ESC_CHANGE_ROUND:
        if (c->item >= m->nsites)
            return false;
        m->sites[c->item].once = true;
        return true;
    default:
        return c->func < m->nfuncs && assume_in_function(m, c);
    }
}

/* ---- obstacles --------------------------------------------------------------------------------
 */

typedef struct Search {
    Solver *s;
    EscEachChange each;
    void *context;
} Search;

static void propose(const Search *x, EscChange change) {
    x->each(x->context, &change);
}

static EscChange change_of(EscChangeKind kind, EscFunc func, uint32_t item, EscSource source) {
    return (EscChange){.kind = kind,
                       .func = func,
                       .item = item,
                       .arg = ESC_NONE,
                       .reason = ESC_REASONS,
                       .source = source};
}

/* Whether nobody knows what `callee` does but by its declaration. */
static bool is_unknown(const EscModule *m, EscFunc callee) {
    bool is_model;
    return callee < m->nfuncs && !m->funcs[callee].has_body &&
           !esc_callee_body(m, callee, &is_model);
}

static void call_obstacle(const Search *x, EscFunc func, EscOp id, uint32_t arg) {
    const EscModule *m = x->s->m;
    const Function *f = &m->funcs[func];
    const Op *op = &f->ops[id];
    EscSource where = f->args[op->args + arg].source;
    where = where ? where : op->source;
    if (op->kind == ESC_OP_CALL && is_unknown(m, op->index)) {
        if (arg < m->funcs[op->index].nparams)
            propose(x, change_of(ESC_CHANGE_NOESCAPE, op->index, arg, where));
        propose(x, change_of(ESC_CHANGE_BODY, op->index, ESC_NONE, where));
    } else if (op->kind == ESC_OP_ICALL) {
        propose(x, change_of(ESC_CHANGE_CLOSED, ESC_NONE, ESC_NONE, op->source));
    }
    EscChange left_out = change_of(ESC_CHANGE_NOT_GIVEN, func, id, where);
    left_out.arg = arg;
    propose(x, left_out);
}

/* `object`: what must be in an argument that is to be named; ESC_NONE: any pointer may. */
static void operation_obstacle(const Search *x, EscFunc func, EscOp id, Obj object) {
    const Function *f = &x->s->m->funcs[func];
    const Op *op = &f->ops[id];
    bool given = false;
    switch ((EscOpKind)op->kind) {
    case ESC_OP_CALL:
    case ESC_OP_ICALL:
        for (uint32_t i = 0; i < op->nargs && object != ESC_NONE; i++) {
            EscValue v = f->args[op->args + i].value;
            if (v == ESC_NONE || esc_solver_find(x->s, v, object) == ESC_NONE)
                continue;
            given = true;
            call_obstacle(x, func, id, i);
        }
        for (uint32_t i = 0; i < op->nargs && !given; i++)
            if (f->args[op->args + i].value != ESC_NONE)
                call_obstacle(x, func, id, i);
        break;
    case ESC_OP_RETURN:
        propose(x, change_of(ESC_CHANGE_NOT_RETURNED, func, id, op->source));
        break;
    case ESC_OP_STORE:
    case ESC_OP_MOVE:
    case ESC_OP_LEAK:
        propose(x, change_of(ESC_CHANGE_NOT_GIVEN, func, id, op->source));
        break;
    default:
        break; /* it only carries the pointer on */
    }
}

/* What stands on the way to `end`, the last one first; and what a callee does with it. */
static void flow_obstacles(const Search *x, FactId end, Obj object) {
    Solver *s = x->s;
    EscOp previous = ESC_NONE;
    for (FactId k = end; k != ESC_NONE; k = s->facts[k].cause) {
        EscOp op = s->facts[k].op;
        if (op == ESC_NONE || op == previous)
            continue;
        previous = op;
        operation_obstacle(x, s->func, op, object);
        for (uint32_t i = 0; i < s->nsinks; i++)
            if (s->sinks[i].op == op && s->sinks[i].node == s->facts[k].node &&
                s->sinks[i].callee != ESC_NONE &&
                s->sinks[i].callee_op < s->m->funcs[s->sinks[i].callee].nops)
                operation_obstacle(x, s->sinks[i].callee, s->sinks[i].callee_op, ESC_NONE);
    }
}

static void budget_obstacle(const Search *x, EscReason reason, uint64_t have, uint64_t need) {
    EscChange larger = change_of(ESC_CHANGE_BUDGET, ESC_NONE, ESC_NONE, 0);
    larger.reason = reason;
    for (uint64_t bytes = need ? need : have * 2; bytes <= 1 << 24; bytes *= 2) {
        larger.bytes = bytes;
        propose(x, larger);
        if (need)
            return;
    }
}

static void free_obstacles(const Search *x, EscSite site, Obj object) {
    Solver *s = x->s;
    for (uint32_t i = 0; i < s->nfrees && object != ESC_NONE; i++)
        if (esc_solver_find(s, s->frees[i].node, object) != ESC_NONE)
            propose(x, change_of(ESC_CHANGE_APART, s->func, s->frees[i].op,
                                 s->f->ops[s->frees[i].op].source));
    (void)site;
}

/* A site that does not escape, and what keeps it. */
static void kept_obstacles(const Search *x, EscSite id, Obj object) {
    const EscModule *m = x->s->m;
    const Site *site = &m->sites[id];
    EscChange change = change_of(ESC_CHANGE_BOUND, site->func, id, site->source);
    switch (m->analysis->sites[id].verdict.reason) {
    case ESC_REASON_SIZE_UNBOUNDED:
        change.bytes = m->config.max_object_bytes;
        propose(x, change);
        break;
    case ESC_REASON_OBJECT_BUDGET:
        budget_obstacle(x, ESC_REASON_OBJECT_BUDGET, 0, site->size_bytes.hi);
        change.bytes = m->config.max_object_bytes;
        propose(x, change);
        break;
    case ESC_REASON_FRAME_BUDGET:
        budget_obstacle(x, ESC_REASON_FRAME_BUDGET, m->config.max_frame_bytes, 0);
        break;
    case ESC_REASON_RECURSION_BUDGET:
        budget_obstacle(x, ESC_REASON_RECURSION_BUDGET, m->config.max_recursive_bytes, 0);
        change.bytes = m->config.max_recursive_bytes;
        propose(x, change);
        break;
    case ESC_REASON_LIVE_TWICE:
        propose(x, change_of(ESC_CHANGE_ROUND, site->func, id, site->source));
        break;
    case ESC_REASON_OPAQUE_ALLOCATOR:
        propose(x, change_of(ESC_CHANGE_ALLOCATOR, esc_function(x->s->m, site->allocator), id,
                             site->source));
        break;
    case ESC_REASON_MERGED_FREE:
    case ESC_REASON_FREED_BY:
    case ESC_REASON_REALLOCATED_BY:
        free_obstacles(x, id, object);
        break;
    case ESC_REASON_RETURNS_TWICE:
    case ESC_REASON_SANITIZER:
        propose(x, change_of(ESC_CHANGE_FLAGS, site->func, ESC_NONE, site->source));
        break;
    default:
        break;
    }
}

static void obstacles(const Search *x, EscFindingKind kind, uint32_t item) {
    Solver *s = x->s;
    Obj object = ESC_NONE;
    FactId end = ESC_NONE;
    switch (kind) {
    case ESC_FIND_SITE:
        end = esc_fact_of_site(s, item, &object);
        if (end == ESC_NONE)
            kept_obstacles(x, item, object);
        break;
    case ESC_FIND_LOCAL:
        end = esc_fact_of_local(s, item, &object);
        break;
    case ESC_FIND_PARAM:
        end = esc_fact_of_param(s, s->f->params[item].group, &object);
        break;
    case ESC_FIND_RESULT:
        break;
    }
    flow_obstacles(x, end, object);
}

void esc_obstacles(const EscModule *module, EscFindingKind kind, EscFunc func, uint32_t item,
                   EscEachChange each, void *context) {
    EscModule *m = (EscModule *)module; /* memory is taken from it, nothing else */
    if (!m->analysis || !m->analysis->done || m->gave_up || func >= m->nfuncs ||
        !m->funcs[func].has_body)
        return;
    const Function *f = &m->funcs[func];
    if ((kind == ESC_FIND_SITE && (item >= m->nsites || m->sites[item].func != func)) ||
        (kind == ESC_FIND_LOCAL && item >= f->nlocals) ||
        (kind == ESC_FIND_PARAM && item >= f->nparams))
        return;
    /* As the flows of findings.c: in no coarser form than the solution needs. */
    Tried *tried = &m->analysis->states[func].tried;
    bool coarse = tried->coarse;
    Solver solver;
    tried->coarse = false;
    esc_solve(&solver, m, func, tried);
    tried->coarse = coarse;
    Search x = {.s = &solver, .each = each, .context = context};
    if (!solver.failed && !solver.limit)
        obstacles(&x, kind, item);
    esc_solver_free(&solver);
}

/* ---- names ------------------------------------------------------------------------------------
 */

EscSourceInfo esc_source_info(const EscModule *m, EscSource source) {
    const Source *s = &m->sources[source < m->nsources ? source : 0];
    return (EscSourceInfo){s->file, s->line, s->col, s->text, s->lvalue, s->rvalue};
}

const char *esc_function_source_name(const EscModule *m, EscFunc f) {
    return f < m->nfuncs ? esc_function_name(m, f) : "";
}

const char *esc_param_name(const EscModule *m, EscFunc f, uint32_t param) {
    return f < m->nfuncs && param < m->funcs[f].nparams ? m->funcs[f].params[param].name : NULL;
}

bool esc_function_has_body(const EscModule *m, EscFunc f) {
    return f < m->nfuncs && m->funcs[f].has_body;
}
