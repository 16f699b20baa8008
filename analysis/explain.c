/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* explain.c - how a pointer got from its allocation to where it outlives its function.
 *
 * Every fact remembers the fact it came from. From the fact that decided a verdict, that chain is
 * walked back to the allocation, turned around, and each operation on it that stands in the source
 * becomes one step. The chain is a path in a tree of first causes, so it ends.
 */
#include "explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_STEPS = 64 };

typedef struct FlowStep {
    const char *holder; /* what holds the pointer afterwards */
    const char *text, *kind;
    EscSource where;
} FlowStep;

typedef struct Flow {
    Solver *s;
    FlowStep steps[MAX_STEPS];
    uint32_t nsteps;
} Flow;

/* ---- text ------------------------------------------------------------------------------------ */

void esc_text_add(Text *t, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need >= 0 && esc_memory_grow(&t->m->memory, &t->bytes, &t->capacity,
                                     t->length + (uint32_t)need + 1, 1)) {
        vsnprintf(t->bytes + t->length, (size_t)need + 1, format, again);
        t->length += (uint32_t)need;
    }
    va_end(again);
}

void esc_text_free(Text *t) {
    esc_memory_release(t->bytes);
    t->bytes = NULL;
    t->length = t->capacity = 0;
}

static const char *folded(const char *text, char *buffer, size_t size) {
    esc_fold_text(text ? text : "", buffer, size);
    return buffer;
}

static void print_flow(const Flow *flow, const char *from, Text *out) {
    char a[256], b[256];
    const char *holder = from;
    for (uint32_t i = 0; i < flow->nsteps; i++) {
        const FlowStep *step = &flow->steps[i];
        const Source *at = &flow->s->m->sources[step->where];
        esc_text_add(out, "  flow: %s = %s:\n", folded(step->holder, a, sizeof a), holder);
        esc_text_add(out, "    from %s (%s)", folded(step->text, b, sizeof b), step->kind);
        if (at->file)
            esc_text_add(out, " at %s:%u:%u", at->file, at->line, at->col);
        esc_text_add(out, "\n");
        holder = step->holder;
    }
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void add_step(Flow *f, const char *holder, const char *text, const char *kind,
                     EscSource where) {
    if (f->nsteps == MAX_STEPS)
        return;
    FlowStep *last = f->nsteps > 0 ? &f->steps[f->nsteps - 1] : NULL;
    const Source *now = &f->s->m->sources[where];
    if (last) { /* one place is one step: the later one says more */
        const Source *then = &f->s->m->sources[last->where];
        if (then->file && now->file && then->line == now->line && then->col == now->col &&
            strcmp(then->file, now->file) == 0)
            f->nsteps--;
    }
    f->steps[f->nsteps++] = (FlowStep){holder, text, kind, where};
}

static const char *assign_kind(const char *lvalue) {
    size_t n = strlen(lvalue);
    if (n > 0 && lvalue[n - 1] == ']')
        return "element";
    if (strchr(lvalue, '.') || strstr(lvalue, "->"))
        return "field";
    return lvalue[0] == '*' ? "indirection" : "assign";
}

/* The argument of a call that a value goes in by; 0 when it comes out of the call. */
static EscSource argument_source(const Solver *s, const Op *op, FactId before) {
    Node n = before == ESC_NONE ? ESC_NONE : s->facts[before].node;
    for (uint32_t i = 0; i < op->nargs; i++)
        if (s->f->args[op->args + i].value == n)
            return s->f->args[op->args + i].source;
    return 0;
}

static void add_call_step(Flow *f, const Op *op, FactId before, bool last, EscReason reason) {
    const Solver *s = f->s;
    EscSource where = argument_source(s, op, before);
    const char *callee =
        op->kind == ESC_OP_CALL ? esc_function_name(s->m, op->index) : "a function pointer";
    bool in = where != 0 || last;
    const char *kind = !in ? "call result" : "call parameter";
    if (last && (reason == ESC_REASON_KEPT_BY || reason == ESC_REASON_THREAD))
        kind = "kept by library";
    else if (last && reason == ESC_REASON_UNKNOWN_CALLEE)
        kind = "unknown callee";
    if (!where)
        where = op->source;
    const Source *source = &s->m->sources[where];
    char buffer[600], arg[256];
    int n = snprintf(buffer, sizeof buffer,
                     in && source->text && where != op->source ? "%s(%s)" : "%s(...)", callee,
                     folded(source->text, arg, sizeof arg));
    const char *text = n > 0 ? esc_model_string(s->m, buffer, strlen(buffer)) : NULL;
    if (source->file)
        add_step(f, last ? "{heap}" : callee, text ? text : callee, kind, where);
}

static const char *store_kind(EscReason reason) {
    switch (reason) {
    case ESC_REASON_STORED_GLOBAL:
        return "stored in global";
    case ESC_REASON_STORED_THREAD:
        return "stored in thread-local";
    case ESC_REASON_STORED_STATIC:
        return "stored in static";
    case ESC_REASON_STORED_PARAM:
        return "stored through parameter";
    default:
        return NULL;
    }
}

static void add_op_step(Flow *f, EscOp id, FactId before, bool last, EscReason reason) {
    const Solver *s = f->s;
    const char *end = reason == ESC_REASON_RETURNED ? "~r0" : "{heap}";
    const Op *op = &s->f->ops[id];
    const Source *source = &s->m->sources[op->source];
    const char *lvalue = source->lvalue ? source->lvalue : "memory";
    switch ((EscOpKind)op->kind) {
    case ESC_OP_STORE:
        if (source->text)
            add_step(f, last ? end : lvalue, source->text,
                     last && store_kind(reason) ? store_kind(reason) : assign_kind(lvalue),
                     op->source);
        break;
    case ESC_OP_RETURN:
        add_step(f, "~r0", source->text ? source->text : "return", "return", op->source);
        break;
    case ESC_OP_MOVE:
        if (source->text)
            add_step(f, last ? end : lvalue, source->text, "copied memory", op->source);
        break;
    case ESC_OP_CALL:
    case ESC_OP_ICALL:
        add_call_step(f, op, before, last, reason);
        break;
    case ESC_OP_LEAK:
        add_step(f, "{heap}", source->text ? source->text : "unknown use", "unknown use",
                 op->source);
        break;
    case ESC_OP_REALLOC:
        if (source->text)
            add_step(f, source->text, source->text, "copied memory", op->source);
        break;
    default:
        break; /* copies and loads inside an expression are no steps of their own */
    }
}

/* ---- the callee's own step --------------------------------------------------------------------
 */

static const Op *definition(const Function *g, EscValue v) {
    for (EscOp i = 0; i < g->nops && v != ESC_NONE; i++)
        if (g->ops[i].dst == v)
            return &g->ops[i];
    return NULL;
}

/* What an address is made of, behind a few copies; NULL when that is a parameter. */
static const Op *origin_of_address(const Function *g, EscValue v) {
    const Op *op = definition(g, v);
    for (int copies = 0; op && op->kind == ESC_OP_COPY && copies < 8; copies++)
        op = definition(g, op->a);
    return op;
}

static const char *stored_where(const EscModule *m, const Function *g, const Op *store) {
    const Op *address = origin_of_address(g, store->a);
    if (!address || address->kind != ESC_OP_GLOBAL)
        return assign_kind(m->sources[store->source].lvalue);
    switch (m->globals[address->index].kind) {
    case ESC_GLOBAL_THREAD:
        return "stored in thread-local";
    case ESC_GLOBAL_STATIC:
        return "stored in static";
    case ESC_GLOBAL_PLAIN:
        break;
    }
    return "stored in global";
}

/* What `callee` does at `id` with what it was given, after the step that handed it over. */
static void add_callee_step(Flow *f, EscFunc callee, EscOp id) {
    EscModule *m = f->s->m;
    const Function *g = &m->funcs[callee];
    if (f->nsteps == 0 || id >= g->nops)
        return;
    const Op *op = &g->ops[id];
    const Source *source = &m->sources[op->source];
    const char *text = source->text, *kind = NULL;
    char call[300];
    if (op->kind == ESC_OP_STORE && source->lvalue) {
        kind = stored_where(m, g, op);
    } else if (op->kind == ESC_OP_CALL || op->kind == ESC_OP_ICALL) {
        snprintf(call, sizeof call, "%.200s(...)",
                 op->kind == ESC_OP_CALL ? esc_function_name(m, op->index) : "a function pointer");
        text = esc_model_string(m, call, strlen(call));
        kind = "call parameter";
    }
    if (!kind || !text || !source->file)
        return;
    f->steps[f->nsteps - 1].holder = esc_function_name(m, callee);
    add_step(f, "{heap}", text, kind, op->source);
}

static void add_step_of_sink(Flow *f, Node sink) {
    const Solver *s = f->s;
    for (uint32_t i = 0; i < s->nsinks; i++)
        if (s->sinks[i].node == sink && s->sinks[i].callee != ESC_NONE) {
            add_callee_step(f, s->sinks[i].callee, s->sinks[i].callee_op);
            return;
        }
}

/* The operations from the allocation to `end`, oldest first. */
static void walk(Flow *f, FactId end, EscReason reason) {
    FactId chain[MAX_STEPS * 4];
    uint32_t n = 0;
    const Solver *s = f->s;
    for (FactId i = end; i != ESC_NONE && n < MAX_STEPS * 4; i = s->facts[i].cause)
        chain[n++] = i;
    uint32_t last = 0; /* the newest fact that an operation of the source made */
    while (last < n && s->facts[chain[last]].op == ESC_NONE)
        last++;
    EscOp previous = ESC_NONE;
    FactId before = ESC_NONE; /* what `previous` got */
    uint32_t nsteps = 0;      /* without it */
    for (uint32_t i = n; i-- > 0;) {
        EscOp op = s->facts[chain[i]].op;
        if (op == ESC_NONE || (op == previous && i != last))
            continue;
        if (op != previous) {
            before = i + 1 < n ? chain[i + 1] : ESC_NONE;
            nsteps = f->nsteps;
        }
        f->nsteps = nsteps; /* a call that takes several of these facts is one step */
        previous = op;
        add_op_step(f, op, before, i == last, reason);
    }
    if (last < n)
        add_step_of_sink(f, s->facts[chain[last]].node);
}

static void add_destination(Flow *f, const Site *site) {
    const Source *d = &f->s->m->sources[site->dest_source];
    if ((site->dest == ESC_DEST_ASSIGN || site->dest == ESC_DEST_INIT) && d->lvalue && d->text)
        add_step(f, d->lvalue, d->text,
                 site->dest == ESC_DEST_INIT ? "init" : assign_kind(d->lvalue), site->dest_source);
}

/* ---- which fact decided -----------------------------------------------------------------------
 */

static FactId fact_in_sinks(const Solver *s, Obj o, EscReason reason) {
    for (uint32_t i = 0; i < s->nsinks; i++) {
        FactId k =
            s->sinks[i].reason == reason ? esc_solver_find(s, s->sinks[i].node, o) : ESC_NONE;
        if (k != ESC_NONE)
            return k;
    }
    return ESC_NONE;
}

static FactId fact_in_cells(const Solver *s, Obj o, bool of_caller) {
    for (uint32_t c = 0; c < s->ncells; c++) {
        bool callers = esc_obj_is_callers(s->objs[s->cells[c].obj].kind);
        FactId k = callers == of_caller && s->cells[c].obj != o
                       ? esc_solver_find(s, s->cells[c].node, o)
                       : ESC_NONE;
        if (k != ESC_NONE)
            return k;
    }
    return ESC_NONE;
}

static FactId deciding_fact(const Solver *s, Obj o, EscReason reason) {
    FactId k = ESC_NONE;
    if (reason == ESC_REASON_RETURNED)
        k = esc_solver_find(s, s->return_node, o);
    if (k == ESC_NONE && (reason == ESC_REASON_STORED_PARAM || reason == ESC_REASON_RETURNED))
        k = fact_in_cells(s, o, true);
    if (k == ESC_NONE)
        k = fact_in_sinks(s, o, reason);
    if (k == ESC_NONE)
        k = fact_in_cells(s, o, false);
    return k != ESC_NONE ? k : esc_solver_find(s, s->world_node, o);
}

static Obj find_object(const Solver *s, ObjKind kind, uint32_t index) {
    for (Obj o = 0; o < s->nobjs; o++)
        if (s->objs[o].kind == kind && s->objs[o].index == index)
            return o;
    return ESC_NONE;
}

/* ---- entries -------------------------------------------------------------------------------- */

/* The operation that stands in the way of a move: the free, or nothing. */
static void add_obstacle(Flow *f, EscSite site) {
    const Solver *s = f->s;
    Obj o = find_object(s, OBJ_SITE, site);
    EscReason reason = s->m->analysis->sites[site].verdict.reason;
    bool by_free = reason == ESC_REASON_MERGED_FREE || reason == ESC_REASON_FREED_BY ||
                   reason == ESC_REASON_REALLOCATED_BY;
    for (uint32_t i = 0; by_free && i < s->nfrees; i++) {
        if (!s->frees[i].fixed || esc_solver_find(s, s->frees[i].node, o) == ESC_NONE)
            continue;
        const Op *op = &s->f->ops[s->frees[i].op];
        const Source *source = &s->m->sources[op->source];
        if (source->file)
            add_step(f, "{freed}", source->text ? source->text : "free", "call parameter",
                     op->source);
        return;
    }
}

void esc_explain_site(Solver *s, EscSite id, Text *out) {
    const Site *site = &s->m->sites[id];
    const SiteResult *r = &s->m->analysis->sites[id];
    Flow flow = {.s = s};
    char expr[256], from[300];
    folded(s->m->sources[site->source].text, expr, sizeof expr);
    snprintf(from, sizeof from, "&{%s}", expr);
    bool escapes = r->verdict.placement == ESC_PLACE_HEAP;
    esc_text_add(out, "%s %s:\n", expr,
                 escapes ? "escapes to heap" : "does not escape; kept on heap");
    add_destination(&flow, site);
    Obj o = find_object(s, OBJ_SITE, id);
    if (escapes && o != ESC_NONE)
        walk(&flow, deciding_fact(s, o, r->verdict.reason), r->verdict.reason);
    else if (!escapes)
        add_obstacle(&flow, id);
    print_flow(&flow, from, out);
}

/* The fact that makes an operand of `op` a pointer to `o`; ESC_NONE: it is not given it. */
static FactId fact_of_operand(const Solver *s, const Op *op, Obj o) {
    FactId k = ESC_NONE;
    bool takes_a = op->kind == ESC_OP_FREE || op->kind == ESC_OP_REALLOC || op->kind == ESC_OP_LEAK;
    if (takes_a && op->a != ESC_NONE)
        k = esc_solver_find(s, op->a, o);
    if (op->kind == ESC_OP_STORE && op->b != ESC_NONE)
        k = esc_solver_find(s, op->b, o);
    if (op->kind != ESC_OP_CALL && op->kind != ESC_OP_ICALL)
        return k;
    for (uint32_t i = 0; i < op->nargs && k == ESC_NONE; i++)
        if (s->f->args[op->args + i].value != ESC_NONE)
            k = esc_solver_find(s, s->f->args[op->args + i].value, o);
    return k;
}

static void add_use(Flow *f, EscOp id, FactId operand) {
    const Op *op = &f->s->f->ops[id];
    const Source *source = &f->s->m->sources[op->source];
    if (op->kind != ESC_OP_FREE)
        add_op_step(f, id, operand, false, ESC_REASONS);
    else if (source->file)
        add_step(f, "{freed}", source->text ? source->text : "free", "call parameter", op->source);
}

void esc_explain_moved(Solver *s, EscSite id, Text *out) {
    const Site *site = &s->m->sites[id];
    Obj o = find_object(s, OBJ_SITE, id);
    char expr[256], from[300];
    folded(s->m->sources[site->source].text, expr, sizeof expr);
    snprintf(from, sizeof from, "&{%s}", expr);
    esc_text_add(out, "%s does not escape:\n", expr);
    Flow flow = {.s = s};
    add_destination(&flow, site);
    print_flow(&flow, from, out);
    for (EscOp i = 0; i < s->f->nops && o != ESC_NONE; i++) {
        FactId operand = fact_of_operand(s, &s->f->ops[i], o);
        flow.nsteps = 0;
        if (operand != ESC_NONE)
            add_use(&flow, i, operand);
        print_flow(&flow, from, out);
    }
}

void esc_explain_local(Solver *s, EscLocal local, Text *out) {
    const Local *l = &s->f->locals[local];
    const LocalResult *r = &s->m->analysis->locals[s->func][local];
    Flow flow = {.s = s};
    char name[256], from[300];
    folded(l->name, name, sizeof name);
    snprintf(from, sizeof from, "&%s", name);
    esc_text_add(out, "%s escapes:\n", name);
    Obj o = find_object(s, OBJ_LOCAL, local);
    if (o != ESC_NONE)
        walk(&flow, deciding_fact(s, o, r->reason), r->reason);
    print_flow(&flow, from, out);
}

static bool object_of(const Solver *s, Obj o, uint32_t group, int level) {
    const Object *object = &s->objs[o];
    int depth = object->kind == OBJ_PARAM ? 0 : object->kind == OBJ_CONTENT ? 1 : 2;
    if (!esc_obj_is_callers(object->kind) || object->kind == OBJ_CALLBACK || object->thin)
        return false;
    while (s->objs[o].kind == OBJ_CONTENT || s->objs[o].kind == OBJ_DEEP)
        o = s->objs[o].parent;
    if (s->objs[o].kind != OBJ_PARAM)
        return false;
    const Param *p = &s->f->params[s->objs[o].index];
    if (p->flags & ESC_PARAM_BYVAL)
        depth--;
    return p->group == group && depth == level;
}

/* A result that is too large for registers is what a hidden parameter points to. */
static FactId fact_in_result(const Solver *s, Obj o) {
    FactId k = esc_solver_find(s, s->return_node, o);
    for (uint32_t c = 0; k == ESC_NONE && c < s->ncells; c++) {
        const Object *holder = &s->objs[s->cells[c].obj];
        if (holder->kind == OBJ_PARAM && (s->f->params[holder->index].flags & ESC_PARAM_SRET))
            k = esc_solver_find(s, s->cells[c].node, o);
    }
    return k;
}

static FactId param_fact(const Solver *s, Obj o, bool to_result, EscReason *reason) {
    if (to_result) {
        *reason = ESC_REASON_RETURNED;
        return fact_in_result(s, o);
    }
    for (uint32_t i = 0; i < s->nsinks; i++) {
        FactId k = esc_solver_find(s, s->sinks[i].node, o);
        if (k != ESC_NONE && s->sinks[i].reason != ESC_REASON_FUNCTION_POINTER) {
            *reason = s->sinks[i].reason;
            return k;
        }
    }
    *reason = ESC_REASON_STORED_PARAM;
    FactId k = esc_solver_find(s, s->world_node, o);
    for (uint32_t c = 0; k == ESC_NONE && c < s->ncells; c++) {
        if (s->cells[c].obj == o)
            continue;
        k = esc_solver_find(s, s->cells[c].node, o);
        if (k != ESC_NONE && s->facts[k].cause == ESC_NONE)
            k = ESC_NONE;
    }
    return k;
}

void esc_explain_param(Solver *s, uint32_t group, int level, bool to_result, Text *out) {
    for (Obj o = 0; o < s->nobjs; o++) {
        if (!object_of(s, o, group, level))
            continue;
        EscReason reason = ESC_REASONS;
        FactId end = param_fact(s, o, to_result, &reason);
        if (end == ESC_NONE)
            continue;
        const char *name = "(unnamed)";
        for (uint32_t i = 0; i < s->f->nparams; i++)
            if (s->f->params[i].group == group && s->f->params[i].name)
                name = s->f->params[i].name;
        Flow flow = {.s = s};
        esc_text_add(out, "parameter %s leaks to %s with derefs=%d:\n", name,
                     to_result ? "~r0" : "{heap}", level);
        walk(&flow, end, reason);
        char from[100];
        snprintf(from, sizeof from, "%.*s%.80s", level, "**", name);
        print_flow(&flow, from, out);
        return;
    }
}

/* ---- the same for those who want facts, not words ---------------------------------------------
 */

FactId esc_fact_of_site(Solver *s, EscSite site, Obj *object) {
    const EscVerdict *v = &s->m->analysis->sites[site].verdict;
    *object = find_object(s, OBJ_SITE, site);
    if (*object == ESC_NONE || v->placement != ESC_PLACE_HEAP)
        return ESC_NONE;
    return deciding_fact(s, *object, v->reason);
}

FactId esc_fact_of_local(Solver *s, EscLocal local, Obj *object) {
    *object = find_object(s, OBJ_LOCAL, local);
    if (*object == ESC_NONE)
        return ESC_NONE;
    return deciding_fact(s, *object, s->m->analysis->locals[s->func][local].reason);
}

FactId esc_fact_of_param(Solver *s, uint32_t group, Obj *object) {
    for (int level = 0; level <= 2; level++)
        for (Obj o = 0; o < s->nobjs; o++) {
            EscReason reason;
            FactId k = object_of(s, o, group, level) ? param_fact(s, o, false, &reason) : ESC_NONE;
            if (k == ESC_NONE && object_of(s, o, group, level))
                k = param_fact(s, o, true, &reason);
            *object = o;
            if (k != ESC_NONE)
                return k;
        }
    return ESC_NONE;
}
