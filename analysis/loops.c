/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* loops.c - which allocations lie in a loop, for those who rank findings.
 *
 * NOT HERE  Lifetimes: whether two objects of a site may be live at once (lifetime.c).
 */
#include "model.h"

#include <string.h>

typedef struct Walk {
    const Function *f;
    uint32_t *first; /* per block: its first edge in `order`; first[nblocks] is the end */
    EscBlock *order; /* where the edges lead, by the block they leave */
    EscBlock *stack;
    bool *seen;
} Walk;

static bool begin(Memory *memory, Walk *w) {
    const Function *f = w->f;
    w->first = esc_memory_resize(memory, NULL, f->nblocks + 2, sizeof *w->first);
    w->order = esc_memory_resize(memory, NULL, f->nedges + 1, sizeof *w->order);
    w->stack = esc_memory_resize(memory, NULL, f->nblocks + 1, sizeof *w->stack);
    w->seen = esc_memory_resize(memory, NULL, f->nblocks + 1, sizeof *w->seen);
    if (!w->first || !w->order || !w->stack || !w->seen)
        return false;
    memset(w->seen, 0, (f->nblocks + 1) * sizeof *w->seen);
    memset(w->first, 0, (f->nblocks + 2) * sizeof *w->first);
    for (uint32_t i = 0; i < f->nedges; i++)
        w->first[f->edges[i].from + 2]++;
    for (uint32_t b = 2; b < f->nblocks + 2; b++)
        w->first[b] += w->first[b - 1];
    for (uint32_t i = 0; i < f->nedges; i++)
        w->order[w->first[f->edges[i].from + 1]++] = f->edges[i].to;
    return true;
}

/* Whether control may come back to `start`. */
static bool comes_back(Walk *w, EscBlock start) {
    uint32_t depth = 0;
    w->stack[depth++] = start;
    while (depth > 0) {
        EscBlock b = w->stack[--depth];
        for (uint32_t i = w->first[b]; i < w->first[b + 1]; i++) {
            EscBlock to = w->order[i];
            if (to == start)
                return true;
            if (w->seen[to])
                continue;
            w->seen[to] = true;
            w->stack[depth++] = to;
        }
    }
    return false;
}

bool esc_site_in_loop(const EscModule *module, EscSite site) {
    EscModule *m = (EscModule *)module; /* memory is taken from it, nothing else */
    const Site *s = site < m->nsites ? &m->sites[site] : NULL;
    if (!s || s->op == ESC_NONE || m->error)
        return false;
    Walk w = {.f = &m->funcs[s->func]};
    bool loops = begin(&m->memory, &w) && comes_back(&w, w.f->ops[s->op].block);
    esc_memory_release(w.first);
    esc_memory_release(w.order);
    esc_memory_release(w.stack);
    esc_memory_release(w.seen);
    return loops;
}
