/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* promise.c - whether a function that promises not to allocate keeps its word, with all it calls.
 *
 * Breadth first over the calls below the function, so that the way that is told is a shortest one.
 * An allocation whose verdict is a slot is none any more. Everything else that could reach the heap
 * is a breach: another allocation; a call through a pointer; a call of a function whose body is not
 * at hand or may be replaced, unless it has promised, or no_alloc.def has its name.
 *
 * Where nothing is rewritten (`inlined`), an allocation that a wrapper makes for its caller is
 * spared when the caller asks for the wrapper's body (ESC_ACT_INLINE) and one way only leads from
 * the call to it: each function on that way has one operation that leads there.
 *
 * INVARIANT  Each operation of a function that is reached is looked at once, and is a breach or is
 * harmless; but those that are spared, until the function is reached by another way. What nobody
 * knows is a breach: a promise is kept when that is proved.
 *
 * NOT HERE  Whether the verdicts were really applied, and inline assembly, which is no operation
 * when it is given no pointer.
 */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

static const char *const harmless[] = {
#define NO_ALLOC(name) #name,
#include "no_alloc.def"
#undef NO_ALLOC
};
enum {
    HARMLESS = sizeof harmless / sizeof *harmless,
    MAX_WAY = 64,
    MAX_SPARED = 64 /* operations below one call; what is more is not spared */
};

/* How the walk came to a function. */
typedef struct Way {
    EscFunc caller; /* ESC_NONE: it is the first one, or was not reached */
    EscOp call;
    bool seen;
    uint32_t first; /* PromiseWalk.looked_at: of its first operation */
} Way;

typedef struct Spared {
    EscFunc func;
    EscOp op;
} Spared;

typedef struct PromiseWalk {
    EscModule *m;
    Way *ways;
    EscFunc *queue;
    uint32_t head, tail;
    bool *looked_at; /* by operation */
    bool *leads;     /* by function: calls, at whatever depth, the one in question; `inlined` */
    Spared spared[MAX_SPARED];
    uint32_t nspared;
    EscAllowed allowed;
    EscEachBreach each;
    void *context;
} PromiseWalk;

static int by_name(const void *name, const void *entry) {
    return strcmp(name, *(const char *const *)entry);
}

static bool is_harmless(const char *name) {
    return bsearch(name, harmless, HARMLESS, sizeof *harmless, by_name) != NULL;
}

static void breach(PromiseWalk *x, EscFunc func, EscOp op, EscSite site, const char *text) {
    EscFunc callers[MAX_WAY];
    EscOp calls[MAX_WAY];
    uint32_t n = 0;
    for (EscFunc f = func; x->ways[f].caller != ESC_NONE && n < MAX_WAY; f = x->ways[f].caller) {
        n++; /* from the end of the arrays: the first caller comes first */
        callers[MAX_WAY - n] = x->ways[f].caller;
        calls[MAX_WAY - n] = x->ways[f].call;
    }
    EscBreach b = {func, op, site, text, callers + MAX_WAY - n, calls + MAX_WAY - n, n};
    x->each(x->context, &b);
}

static const char *text_of(PromiseWalk *x, const char *before, const char *name,
                           const char *after) {
    Text t = {.m = x->m};
    esc_text_add(&t, "%s%s%s", before, name, after);
    const char *text = t.bytes ? esc_model_string(x->m, t.bytes, t.length) : NULL;
    esc_text_free(&t);
    return text ? text : "out of memory";
}

static void check_site(PromiseWalk *x, EscFunc func, EscOp op, EscSite site) {
    EscVerdict v = esc_site_verdict(x->m, site);
    if (v.placement != ESC_PLACE_SLOT)
        breach(x, func, op, site, esc_site_text(x->m, site, &v));
}

/* Whether the way to `f` leads through `over`. */
static bool comes_through(const PromiseWalk *x, EscFunc f, EscFunc over) {
    while (f != over && x->ways[f].caller != ESC_NONE)
        f = x->ways[f].caller;
    return f == over;
}

/* To a function that is only looked at for a call to be replaced. */
static void note_way(PromiseWalk *x, EscFunc caller, EscOp call, EscFunc callee) {
    Way *way = &x->ways[callee];
    if (way->caller == ESC_NONE && callee != x->queue[0]) {
        way->caller = caller;
        way->call = call;
    }
}

static void enter(PromiseWalk *x, EscFunc caller, EscOp call, EscFunc callee) {
    Way *way = &x->ways[callee];
    if (way->seen)
        return;
    way->seen = true;
    if (caller != ESC_NONE && !comes_through(x, caller, callee)) {
        way->caller = caller;
        way->call = call;
    }
    x->queue[x->tail++] = callee;
}

/* ---- what an inlined wrapper allocates ----------------------------------------------------------
 */

/* Which functions call `target`. One in a cycle may be missed: then what it does is not spared. */
static void find_who_leads_to(PromiseWalk *x, EscFunc target) {
    const EscModule *m = x->m;
    memset(x->leads, 0, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        EscFunc f = m->analysis->order[i];
        x->leads[f] = f == target;
        for (uint32_t k = 0; k < m->funcs[f].ncalls; k++) {
            const Call *call = &m->funcs[f].calls[k];
            x->leads[f] |= call->kind == ESC_OP_CALL && x->leads[call->index];
        }
    }
}

/* The operation by which alone a function comes to the allocation; ESC_NONE: there are more. */
static EscOp only_way_down(const PromiseWalk *x, EscFunc f, EscSite site) {
    const Function *fn = &x->m->funcs[f];
    EscOp found = ESC_NONE;
    for (EscOp i = 0; i < fn->nops; i++) {
        const Op *op = &fn->ops[i];
        bool makes = (op->kind == ESC_OP_ALLOC || op->kind == ESC_OP_REALLOC) && op->index == site;
        if (!makes && !(op->kind == ESC_OP_CALL && x->leads[op->index]))
            continue;
        if (found != ESC_NONE)
            return ESC_NONE;
        found = i;
    }
    return found;
}

/* Adds the operations on the way from `callee` to the allocation, if there is one way. */
static void spare(PromiseWalk *x, EscFunc callee, EscSite site) {
    uint32_t before = x->nspared;
    find_who_leads_to(x, x->m->sites[site].func);
    for (EscFunc f = callee; x->nspared < MAX_SPARED;) {
        EscOp op = only_way_down(x, f, site);
        if (op == ESC_NONE || (x->m->funcs[f].flags & ESC_FUNC_INTERPOSABLE))
            break;
        x->spared[x->nspared++] = (Spared){f, op};
        if (x->m->funcs[f].ops[op].kind != ESC_OP_CALL)
            return;
        f = x->m->funcs[f].ops[op].index;
    }
    x->nspared = before;
}

static bool is_spared(const PromiseWalk *x, EscFunc f, EscOp op) {
    for (uint32_t i = 0; i < x->nspared; i++)
        if (x->spared[i].func == f && x->spared[i].op == op)
            return true;
    return false;
}

static void check_body(PromiseWalk *x, EscFunc func);

/* Of a call to be replaced: all that its callee does but what is spared. False: nothing is. */
static bool check_inlined(PromiseWalk *x, EscFunc func, EscOp op, EscFunc callee) {
    const Analysis *a = x->m->analysis;
    if (!x->leads || x->nspared) /* below such a call the next one is on the way, or is none */
        return false;
    for (uint32_t i = 0; i < a->ninlines; i++)
        if (a->inlines[i].func == func && a->inlines[i].op == op && a->inlines[i].slot)
            spare(x, callee, a->inlines[i].origin);
    bool any = x->nspared > 0;
    for (uint32_t i = 0; i < x->nspared; i++) {
        const Op *down = &x->m->funcs[x->spared[i].func].ops[x->spared[i].op];
        if (x->spared[i].func == callee)
            note_way(x, func, op, callee);
        if (down->kind == ESC_OP_CALL)
            note_way(x, x->spared[i].func, x->spared[i].op, down->index);
    }
    for (uint32_t i = 0; i < x->nspared; i++)
        check_body(x, x->spared[i].func);
    x->nspared = 0;
    return any;
}

static void check_call(PromiseWalk *x, EscFunc func, EscOp op, EscFunc callee) {
    const Function *g = &x->m->funcs[callee];
    const char *name = esc_function_name(x->m, callee);
    if (g->flags & (ESC_FUNC_NO_ALLOC | ESC_FUNC_MAY_HEAP))
        return;
    if (g->has_body && check_inlined(x, func, op, callee))
        return;
    if (g->has_body && !(g->flags & ESC_FUNC_INTERPOSABLE))
        enter(x, func, op, callee);
    else if (g->has_body)
        breach(x, func, op, ESC_NONE, text_of(x, "calls ", name, ", which may be replaced"));
    else if (!is_harmless(g->name) && esc_model_find(x->m, g->name))
        breach(x, func, op, ESC_NONE, text_of(x, "calls ", name, ", which may allocate"));
    else if (!is_harmless(g->name))
        breach(x, func, op, ESC_NONE, text_of(x, "calls ", name, ", whose body is unknown"));
}

static void check_body(PromiseWalk *x, EscFunc func) {
    const Function *f = &x->m->funcs[func];
    for (EscOp i = 0; i < f->nops; i++) {
        EscOpKind kind = (EscOpKind)f->ops[i].kind;
        bool matters = kind == ESC_OP_ALLOC || kind == ESC_OP_REALLOC || kind == ESC_OP_CALL ||
                       kind == ESC_OP_ICALL;
        if (!matters || is_spared(x, func, i) || x->looked_at[x->ways[func].first + i])
            continue;
        x->looked_at[x->ways[func].first + i] = true;
        if (x->allowed && x->allowed(x->context, func, i))
            continue;
        if (kind == ESC_OP_CALL)
            check_call(x, func, i, f->ops[i].index);
        else if (kind == ESC_OP_ICALL)
            breach(x, func, i, ESC_NONE, "calls through a pointer");
        else
            check_site(x, func, i, f->ops[i].index);
    }
}

static bool begin(PromiseWalk *x, bool inlined) {
    EscModule *m = x->m;
    size_t nops = 0;
    x->ways = esc_memory_resize(&m->memory, NULL, m->nfuncs, sizeof *x->ways);
    x->queue = esc_memory_resize(&m->memory, NULL, m->nfuncs, sizeof *x->queue);
    for (EscFunc f = 0; x->ways && f < m->nfuncs; f++) {
        x->ways[f] = (Way){ESC_NONE, ESC_NONE, false, (uint32_t)nops};
        nops += m->funcs[f].nops;
    }
    x->looked_at = esc_memory_resize(&m->memory, NULL, nops + 1, sizeof *x->looked_at);
    if (x->looked_at)
        memset(x->looked_at, 0, (nops + 1) * sizeof *x->looked_at);
    if (inlined)
        x->leads = esc_memory_resize(&m->memory, NULL, m->nfuncs, sizeof *x->leads);
    return x->ways && x->queue && x->looked_at && (!inlined || x->leads) && nops < UINT32_MAX;
}

void esc_breaches(const EscModule *module, EscFunc func, bool inlined, EscAllowed allowed,
                  EscEachBreach each, void (*visited)(void *context, EscFunc func), void *context) {
    EscModule *m = (EscModule *)module; /* strings are added to it, nothing else */
    if (func >= m->nfuncs || !m->funcs[func].has_body)
        return;
    PromiseWalk x = {.m = m, .allowed = allowed, .each = each, .context = context};
    if (!begin(&x, inlined) || !m->analysis || !m->analysis->done || m->gave_up) {
        EscBreach b = {func, 0, ESC_NONE, "the analysis gave up", NULL, NULL, 0};
        each(context, &b);
    } else {
        x.queue[0] = func;
        enter(&x, ESC_NONE, ESC_NONE, func);
        while (x.head < x.tail) {
            EscFunc at = x.queue[x.head++];
            if (visited)
                visited(context, at);
            check_body(&x, at);
        }
    }
    esc_memory_release(x.ways);
    esc_memory_release(x.queue);
    esc_memory_release(x.looked_at);
    esc_memory_release(x.leads);
}

bool esc_inlines_slots(const EscModule *m, EscFunc f, EscOp op) {
    const Analysis *a = m->analysis;
    for (uint32_t i = 0; a && i < a->ninlines; i++)
        if (a->inlines[i].func == f && a->inlines[i].op == op && !a->inlines[i].slot)
            return false;
    return a != NULL;
}

EscSourceInfo esc_op_place(const EscModule *m, EscFunc func, EscOp op) {
    if (func >= m->nfuncs || op >= m->funcs[func].nops)
        return esc_source_info(m, 0);
    const Op *o = &m->funcs[func].ops[op];
    bool makes = o->kind == ESC_OP_ALLOC || o->kind == ESC_OP_REALLOC;
    return esc_source_info(m,
                           makes && o->index < m->nsites ? m->sites[o->index].source : o->source);
}
