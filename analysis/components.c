/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* components.c - who calls whom in a circle: the strongly connected components of the call graph.
 *
 * Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972), without
 * recursion: a call graph may be a chain of a million functions. Components come out callees first.
 *
 * Edges are direct calls and taken addresses inside a function (a callback is called below the
 * function that names it). In a closed program a call behind an unknown pointer is one of its
 * dispatcher (dispatch.c); else it makes no edge here, and place.c asks for it. A function of
 * another file calls what its summary calls. What no body here reaches comes last, and need not be
 * solved.
 */
#include "analyze.h"

#include <string.h>

typedef struct Frame {
    EscFunc f;
    uint32_t next; /* into the calls of f */
} Frame;

typedef struct Search {
    EscModule *m;
    uint32_t *number, *low; /* 0: not seen */
    bool *on_stack;
    EscFunc *stack;
    Frame *frames;
    uint32_t nstack, nframes, counter, norder;
    bool pointers; /* with the edges through dispatchers */
} Search;

static EscFunc callee_of(const Search *x, const Call *call) {
    return call->kind == ESC_OP_ICALL && !x->pointers ? ESC_NONE : esc_callee(x->m, call);
}

static void enter(Search *x, EscFunc f) {
    x->number[f] = x->low[f] = ++x->counter;
    x->stack[x->nstack++] = f;
    x->on_stack[f] = true;
    x->frames[x->nframes++] = (Frame){f, 0};
}

static void leave(Search *x, EscFunc f) {
    Analysis *a = x->m->analysis;
    if (x->low[f] == x->number[f]) {
        uint32_t size = 0;
        EscFunc g;
        do {
            g = x->stack[--x->nstack];
            x->on_stack[g] = false;
            a->component[g] = a->ncomponents;
            a->order[x->norder++] = g;
            size++;
        } while (g != f);
        if (size > 1)
            a->cyclic[a->ncomponents] = true;
        a->ncomponents++;
    }
    if (x->nframes > 0) {
        EscFunc parent = x->frames[x->nframes - 1].f;
        if (x->low[f] < x->low[parent])
            x->low[parent] = x->low[f];
    }
}

static void visit(Search *x, EscFunc root) {
    enter(x, root);
    while (x->nframes > 0) {
        Frame *frame = &x->frames[x->nframes - 1];
        const Function *f = esc_runs(x->m, frame->f);
        if (frame->next >= f->ncalls) {
            EscFunc done = frame->f;
            x->nframes--;
            leave(x, done);
            continue;
        }
        EscFunc g = callee_of(x, &f->calls[frame->next++]), from = frame->f;
        if (g >= x->m->nfuncs)
            continue;
        if (!x->number[g])
            enter(x, g);
        else if (x->on_stack[g] && x->number[g] < x->low[from])
            x->low[from] = x->number[g];
    }
}

static void mark_self_calls(const Search *x) {
    const EscModule *m = x->m;
    for (EscFunc f = 0; f < m->nfuncs; f++) {
        const Function *runs = esc_runs(m, f);
        for (uint32_t i = 0; i < runs->ncalls; i++)
            if (callee_of(x, &runs->calls[i]) == f)
                m->analysis->cyclic[m->analysis->component[f]] = true;
    }
}

static void search(Search *x, bool pointers) {
    Analysis *a = x->m->analysis;
    uint32_t n = x->m->nfuncs;
    memset(x->number, 0, n * sizeof *x->number);
    memset(x->on_stack, 0, n * sizeof *x->on_stack);
    memset(a->cyclic, 0, n * sizeof *a->cyclic);
    x->counter = x->norder = a->ncomponents = 0;
    x->pointers = pointers;
    for (EscFunc f = 0; f < n; f++)
        if (!x->number[f] && x->m->funcs[f].has_body)
            visit(x, f);
    a->nreached = x->norder;
    for (EscFunc f = 0; f < n; f++)
        if (!x->number[f])
            visit(x, f);
    mark_self_calls(x);
}

bool esc_components(EscModule *m) {
    Search x = {.m = m};
    uint32_t n = m->nfuncs + 1;
    Memory *mem = &m->memory;
    x.number = esc_memory_resize(mem, NULL, n, sizeof *x.number);
    x.low = esc_memory_resize(mem, NULL, n, sizeof *x.low);
    x.on_stack = esc_memory_resize(mem, NULL, n, sizeof *x.on_stack);
    x.stack = esc_memory_resize(mem, NULL, n, sizeof *x.stack);
    x.frames = esc_memory_resize(mem, NULL, n, sizeof *x.frames);
    bool ok = !mem->failed;
    if (ok) {
        Analysis *a = m->analysis;
        search(&x, false);
        for (EscFunc f = 0; f < m->nfuncs; f++)
            a->results[f].recursive = a->cyclic[a->component[f]];
        if (m->ndispatch > 0)
            search(&x, true);
    }
    esc_memory_release(x.number);
    esc_memory_release(x.low);
    esc_memory_release(x.on_stack);
    esc_memory_release(x.stack);
    esc_memory_release(x.frames);
    return ok;
}

bool esc_same_component(const EscModule *m, EscFunc a, EscFunc b) {
    const Analysis *an = m->analysis;
    return an->component[a] == an->component[b] && an->cyclic[an->component[a]];
}
