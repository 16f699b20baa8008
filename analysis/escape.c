/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* escape.c - which sites and locals outlive their function, and what may free the others.
 *
 * An object outlives its function when a pointer to it is returned, lies in memory that the caller
 * holds, was lost at a sink (a global, an unknown callee, ...), or lies in an object that outlives
 * it. Each way is a candidate reason; the first in reasons.def wins, so the answer does not depend
 * on the order in which facts were found.
 *
 * INVARIANT  An object without a reason is reachable from this activation only.
 */
#include "analyze.h"
#include "cfg.h"

#include <string.h>

typedef struct Cause {
    EscReason reason; /* ESC_REASONS: none */
    const char *text;
} Cause;

static const char *source_text(const EscModule *m, EscSource source, bool lvalue) {
    const Source *s = &m->sources[source];
    return lvalue ? s->lvalue : s->text;
}

static const char *object_text(const Solver *s, Obj o) {
    const Object *object = &s->objs[o];
    if (object->kind == OBJ_LOCAL) {
        const char *name = s->f->locals[object->index].name;
        return name ? name : "a local";
    }
    const char *text = source_text(s->m, s->m->sites[object->index].source, false);
    return text ? text : s->m->sites[object->index].allocator;
}

static void offer(Cause *cause, EscReason reason, const char *text) {
    if (reason < cause->reason) {
        cause->reason = reason;
        cause->text = text;
    }
}

/* The function that a call is given to run: what a thread starts with. */
static const char *function_argument(const Solver *s, const Op *op) {
    for (uint32_t i = 0; i < op->nargs; i++) {
        EscValue v = s->f->args[op->args + i].value;
        FactId k = v == ESC_NONE ? ESC_NONE : s->nodes[v].first_fact;
        if (k != ESC_NONE && s->objs[s->facts[k].obj].kind == OBJ_FUNCTION)
            return esc_function_name(s->m, s->objs[s->facts[k].obj].index);
    }
    return NULL;
}

static const char *sink_text(const Solver *s, const Sink *sink) {
    const Op *op = &s->f->ops[sink->op];
    const char *text = NULL;
    if (sink->reason == ESC_REASON_THREAD)
        text = function_argument(s, op);
    switch (sink->reason) {
    case ESC_REASON_STORED_GLOBAL:
    case ESC_REASON_STORED_THREAD:
    case ESC_REASON_STORED_STATIC:
    case ESC_REASON_STORED_ESCAPED:
        text = source_text(s->m, op->source, true);
        break;
    default:
        break;
    }
    if (text)
        return text;
    if (sink->text)
        return sink->text;
    text = source_text(s->m, op->source, false);
    return text ? text : "memory";
}

static void offer_sinks(const Solver *s, Cause *causes) {
    for (uint32_t i = 0; i < s->nsinks; i++) {
        const Sink *sink = &s->sinks[i];
        for (FactId k = s->nodes[sink->node].first_fact; k != ESC_NONE; k = s->facts[k].next)
            if (esc_obj_is_own(s->objs[s->facts[k].obj].kind))
                offer(&causes[s->facts[k].obj], sink->reason, sink_text(s, sink));
    }
}

/* Own objects in memory that the caller holds. */
static void offer_callers(const Solver *s, Cause *causes, Obj holder) {
    const Object *root = &s->objs[esc_solver_root(s, holder)];
    EscReason reason = ESC_REASON_FUNCTION_POINTER;
    const char *text = "";
    if (root->kind == OBJ_PARAM && esc_forgets(s->m, ESC_FORGET_PARAM))
        return;
    if (root->kind == OBJ_PARAM) {
        const Param *p = s->f->params ? &s->f->params[root->index] : NULL;
        bool result = p && (p->flags & ESC_PARAM_SRET);
        reason = result ? ESC_REASON_RETURNED : ESC_REASON_STORED_PARAM;
        text = p && p->name ? p->name : "(unnamed)";
    }
    for (uint32_t c = s->objs[holder].first_cell; c != ESC_NONE; c = s->cells[c].next)
        for (FactId k = s->nodes[s->cells[c].node].first_fact; k != ESC_NONE; k = s->facts[k].next)
            if (esc_obj_is_own(s->objs[s->facts[k].obj].kind))
                offer(&causes[s->facts[k].obj], reason, text);
}

/* The cells of objects that outlive, a heap: those of this pass over all cells first, in order,
 * then those of the next one. So each cell is looked at once, and the answer is that of whole
 * passes. */
typedef struct Agenda {
    uint64_t *cells; /* pass << 32 | cell */
    uint32_t n;
} Agenda;

static void agenda_add(Agenda *g, uint64_t cell) {
    uint32_t at = g->n++;
    for (; at > 0 && g->cells[(at - 1) / 2] > cell; at = (at - 1) / 2)
        g->cells[at] = g->cells[(at - 1) / 2];
    g->cells[at] = cell;
}

static uint64_t agenda_next(Agenda *g) {
    uint64_t first = g->cells[0], last = g->cells[--g->n];
    uint32_t at = 0;
    for (uint32_t child; (child = 2 * at + 1) < g->n; at = child) {
        child += child + 1 < g->n && g->cells[child + 1] < g->cells[child];
        if (last <= g->cells[child])
            break;
        g->cells[at] = g->cells[child];
    }
    g->cells[at] = last;
    return first;
}

static void agenda_add_object(const Solver *s, Agenda *g, Obj o, uint64_t now) {
    uint64_t pass = now >> 32;
    for (uint32_t c = s->objs[o].first_cell; c != ESC_NONE; c = s->cells[c].next)
        agenda_add(g, (c > (uint32_t)now ? pass : pass + 1) << 32 | c);
}

/* Everything that lies in an object that outlives, until nothing is added. */
static void spread(const Solver *s, Cause *causes) {
    if (esc_forgets(s->m, ESC_FORGET_CONTENTS))
        return;
    Agenda g = {esc_memory_resize(&s->m->memory, NULL, s->ncells + 1, sizeof *g.cells), 0};
    for (uint32_t c = 0; g.cells && c < s->ncells; c++) {
        Obj holder = s->cells[c].obj;
        if (esc_obj_is_own(s->objs[holder].kind) && causes[holder].reason != ESC_REASONS)
            agenda_add(&g, c);
    }
    while (g.n > 0) {
        uint64_t now = agenda_next(&g);
        const Cell *cell = &s->cells[(uint32_t)now];
        for (FactId k = s->nodes[cell->node].first_fact; k != ESC_NONE; k = s->facts[k].next) {
            Obj o = s->facts[k].obj;
            if (!esc_obj_is_own(s->objs[o].kind) || o == cell->obj)
                continue;
            bool fresh = causes[o].reason == ESC_REASONS;
            offer(&causes[o], ESC_REASON_STORED_ESCAPED, object_text(s, cell->obj));
            if (fresh)
                agenda_add_object(s, &g, o, now);
        }
    }
    esc_memory_release(g.cells);
}

/* What reached the world without a sink that names why (an object the model's text put there). */
static void offer_rest(const Solver *s, Cause *causes) {
    Node nodes[] = {s->world_node, s->expose_node};
    for (size_t n = 0; n < 2; n++)
        for (FactId k = s->nodes[nodes[n]].first_fact; k != ESC_NONE; k = s->facts[k].next) {
            Obj o = s->facts[k].obj;
            if (esc_obj_is_own(s->objs[o].kind) && causes[o].reason == ESC_REASONS)
                offer(&causes[o], ESC_REASON_STORED_ESCAPED, "memory");
        }
}

static void find_causes(const Solver *s, Cause *causes) {
    for (Obj o = 0; o < s->nobjs; o++)
        causes[o] = (Cause){ESC_REASONS, ""};
    for (FactId k = s->nodes[s->return_node].first_fact; k != ESC_NONE; k = s->facts[k].next)
        offer(&causes[s->facts[k].obj], ESC_REASON_RETURNED, "");
    offer_sinks(s, causes);
    for (Obj o = 0; o < s->nobjs; o++)
        if (esc_obj_is_callers(s->objs[o].kind))
            offer_callers(s, causes, o);
    spread(s, causes);
    if (!esc_forgets(s->m, ESC_FORGET_PARAM))
        offer_rest(s, causes);
    spread(s, causes);
}

/* ---- frees ---------------------------------------------------------------------------------- */

static bool pool_add(EscModule *m, uint32_t value) {
    Analysis *a = m->analysis;
    if (!esc_memory_grow(&m->memory, &a->pool, &a->cap_pool, a->npool + 1, sizeof *a->pool))
        return false;
    a->pool[a->npool++] = value;
    return true;
}

/* The value that an unknown callee was given, when a later free of it is certain. */
static bool discharged(Solver *s, const FreeEvent *event, Obj site) {
    const Op *alloc = &s->f->ops[s->objs[site].op];
    return event->assumed && event->node < s->f->nvalues && alloc->dst != ESC_NONE &&
           esc_always_freed_after(s, event->op, alloc->dst) && event->node == alloc->dst;
}

static void add_free_use(Solver *s, const FreeEvent *event, FuncResult *out) {
    FreeUse use = {.op = event->op,
                   .realloc = event->realloc,
                   .fixed = event->fixed,
                   .assumed = event->assumed,
                   .by = event->by,
                   .callee = event->callee,
                   .sites = s->m->analysis->npool};
    for (FactId k = s->nodes[event->node].first_fact; k != ESC_NONE; k = s->facts[k].next) {
        const Object *o = &s->objs[s->facts[k].obj];
        if (esc_obj_is_callers(o->kind) && out->foreign_frees)
            out->foreign_frees[event->op / 32] |= 1u << (event->op % 32);
        if (o->kind == OBJ_LOCAL || o->kind == OBJ_FUNCTION)
            continue; /* freeing those is undefined */
        if (o->kind != OBJ_SITE) {
            use.others = true;
            continue;
        }
        bool first = esc_solver_find(s, event->node, s->facts[k].obj) == k; /* of its ranges */
        if (first && !discharged(s, event, s->facts[k].obj) && pool_add(s->m, o->index))
            use.nsites++;
    }
    if (use.nsites == 0 && !use.realloc)
        return;
    if (!esc_memory_grow(&s->m->memory, &out->frees, &out->cap_frees, out->nfrees + 1,
                         sizeof *out->frees))
        return;
    out->frees[out->nfrees++] = use;
}

/* ---- fresh memory below calls -----------------------------------------------------------------
 */

enum { MAX_INLINE_OPS = 120 };

/* Would the allocation below this call live in our frame if its function's body stood here? */
static bool inline_helps(Solver *s, Obj o) {
    const EscConfig *config = &s->m->config;
    const Object *object = &s->objs[o];
    const Site *site = &s->m->sites[object->index];
    uint32_t no = ESC_FUNC_RETURNS_TWICE | ESC_FUNC_NO_REWRITE | ESC_FUNC_SANITIZED;
    if (object->inline_cost > MAX_INLINE_OPS || !site->movable || (s->f->flags & no))
        return false;
    uint64_t size = object->size_bytes.hi;
    bool fits = size <= config->max_object_bytes;
    bool buffer =
        config->small_buffer_bytes > 0 && object->size_bytes.lo <= config->small_buffer_bytes;
    return (fits || buffer) && site->kind != ESC_ALLOC_REALLOC &&
           site->kind != ESC_ALLOC_REALLOCARRAY && !esc_live_twice(s, o);
}

static void add_inline(Solver *s, Obj o) {
    Analysis *a = s->m->analysis;
    if (!esc_memory_grow(&s->m->memory, &a->inlines, &a->cap_inlines, a->ninlines + 1,
                         sizeof *a->inlines))
        return;
    a->inlines[a->ninlines++] = (InlineUse){
        s->func, s->objs[o].op, s->objs[o].index, s->objs[o].size_bytes.hi, false, false};
}

/* Notes, an object each, a free that would have to be changed for it but cannot be. */
static void find_frees_out_of_reach(const Solver *s, bool *out) {
    for (uint32_t i = 0; i < s->nfrees; i++) {
        FactId k = s->frees[i].fixed ? s->nodes[s->frees[i].node].first_fact : ESC_NONE;
        for (; k != ESC_NONE; k = s->facts[k].next)
            out[s->facts[k].obj] = true;
    }
}

/* ---- one function -----------------------------------------------------------------------------
 */

static void decide_site(Solver *s, Obj o, const Cause *cause) {
    const Object *object = &s->objs[o];
    SiteResult *r = &s->m->analysis->sites[object->index];
    r->escapes = cause->reason != ESC_REASONS;
    r->reason = cause->reason;
    r->text = cause->text;
    r->live_twice = !r->escapes && esc_live_twice(s, o);
}

static bool proved(EscReason reason) {
    return reason <= ESC_REASON_STORED_PARAM || reason == ESC_REASON_KEPT_BY ||
           reason == ESC_REASON_THREAD;
}

static void decide_local(const Solver *s, Obj o, const Cause *cause) {
    LocalResult *r = &s->m->analysis->locals[s->func][s->objs[o].index];
    r->escapes = cause->reason != ESC_REASONS;
    r->reason = cause->reason;
    r->text = cause->text;
    r->proved = r->escapes && proved(cause->reason);
}

static void decide_objects(Solver *s, const Cause *causes, const bool *out_of_reach) {
    for (Obj o = 0; o < s->nobjs && !s->m->memory.failed; o++) {
        switch (s->objs[o].kind) {
        case OBJ_SITE:
            decide_site(s, o, &causes[o]);
            break;
        case OBJ_LOCAL:
            decide_local(s, o, &causes[o]);
            break;
        case OBJ_FRESH:
            if (causes[o].reason == ESC_REASONS && inline_helps(s, o) && !out_of_reach[o])
                add_inline(s, o);
            break;
        default:
            break;
        }
    }
}

void esc_decide_escapes(Solver *s) {
    EscModule *m = s->m;
    FuncResult *out = &m->analysis->results[s->func];
    Cause *causes = esc_memory_resize(&m->memory, NULL, s->nobjs + 1, sizeof *causes);
    bool *out_of_reach = esc_memory_resize(&m->memory, NULL, s->nobjs + 1, sizeof *out_of_reach);
    size_t words = s->f->nops / 32 + 1;
    out->foreign_frees = esc_memory_arena(&m->memory, words * sizeof(uint32_t));
    if (out->foreign_frees)
        memset(out->foreign_frees, 0, words * sizeof(uint32_t));
    if (causes && out_of_reach && out->foreign_frees) {
        find_causes(s, causes);
        memset(out_of_reach, 0, s->nobjs * sizeof *out_of_reach);
        find_frees_out_of_reach(s, out_of_reach);
        decide_objects(s, causes, out_of_reach);
        for (uint32_t i = 0; i < s->nfrees; i++)
            add_free_use(s, &s->frees[i], out);
    }
    esc_memory_release(causes);
    esc_memory_release(out_of_reach);
}
