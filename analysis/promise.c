/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* promise.c - whether a function that promises not to allocate keeps its word, with all it calls.
 *
 * Breadth first over the calls below the function, so that the way that is told is a shortest one.
 * An allocation whose verdict is a slot is none any more. Everything else that could reach the heap
 * is a breach: another allocation; a call through a pointer; a call of a function whose body is not
 * at hand or may be replaced, unless it has promised, or no_alloc.def has its name.
 *
 * INVARIANT  A function is looked into once, and each of its operations is a breach or is harmless.
 * What nobody knows is a breach: a promise is kept when that is proved.
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
enum { HARMLESS = sizeof harmless / sizeof *harmless, MAX_WAY = 64 };

/* How the walk came to a function. */
typedef struct Way {
    EscFunc caller; /* ESC_NONE: it is the first one */
    EscOp call;
    bool seen;
} Way;

typedef struct PromiseWalk {
    EscModule *m;
    Way *ways;
    EscFunc *queue;
    uint32_t head, tail;
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

static void enter(PromiseWalk *x, EscFunc caller, EscOp call, EscFunc callee) {
    if (x->ways[callee].seen)
        return;
    x->ways[callee] = (Way){caller, call, true};
    x->queue[x->tail++] = callee;
}

static void check_call(PromiseWalk *x, EscFunc func, EscOp op, EscFunc callee) {
    const Function *g = &x->m->funcs[callee];
    const char *name = esc_function_name(x->m, callee);
    if (g->flags & (ESC_FUNC_NO_ALLOC | ESC_FUNC_MAY_HEAP))
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
        if (!matters || (x->allowed && x->allowed(x->context, func, i)))
            continue;
        if (kind == ESC_OP_CALL)
            check_call(x, func, i, f->ops[i].index);
        else if (kind == ESC_OP_ICALL)
            breach(x, func, i, ESC_NONE, "calls through a pointer");
        else
            check_site(x, func, i, f->ops[i].index);
    }
}

void esc_breaches(const EscModule *module, EscFunc func, EscAllowed allowed, EscEachBreach each,
                  void (*visited)(void *context, EscFunc func), void *context) {
    EscModule *m = (EscModule *)module; /* strings are added to it, nothing else */
    if (func >= m->nfuncs || !m->funcs[func].has_body)
        return;
    PromiseWalk x = {.m = m, .allowed = allowed, .each = each, .context = context};
    x.ways = esc_memory_resize(&m->memory, NULL, m->nfuncs, sizeof *x.ways);
    x.queue = esc_memory_resize(&m->memory, NULL, m->nfuncs, sizeof *x.queue);
    if (!x.ways || !x.queue || !m->analysis || !m->analysis->done || m->gave_up) {
        EscBreach b = {func, 0, ESC_NONE, "the analysis gave up", NULL, NULL, 0};
        each(context, &b);
    } else {
        memset(x.ways, 0, m->nfuncs * sizeof *x.ways);
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
}

EscSourceInfo esc_op_place(const EscModule *m, EscFunc func, EscOp op) {
    if (func >= m->nfuncs || op >= m->funcs[func].nops)
        return esc_source_info(m, 0);
    const Op *o = &m->funcs[func].ops[op];
    bool makes = o->kind == ESC_OP_ALLOC || o->kind == ESC_OP_REALLOC;
    return esc_source_info(m,
                           makes && o->index < m->nsites ? m->sites[o->index].source : o->source);
}
