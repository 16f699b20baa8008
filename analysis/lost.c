/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* lost.c - what is surely lost, read off a solution that was broken off for its size.
 *
 * What reaches the world's node is the world, so the next attempt may take it for the world at once
 * and need not follow what is put into it. The facts there are only those that came so far; but
 * copies that lead to the world's node will bring what their sources hold, and what is lost loses
 * what it holds.
 *
 * INVARIANT  All that is named here would be lost in the full solution too, so nothing that could
 * be moved is given away.
 */
#include "solve.h"

#include <string.h>

typedef struct Walk {
    const Solver *s;
    Lost *lost;
    uint32_t *first;      /* per node: index into sources; first[nnodes] is the end */
    Node *sources;        /* of copies to the node */
    bool *reached, *seen; /* per node, per object */
    Node *stack;
    uint32_t depth;
} Walk;

static void reach(Walk *w, Node n) {
    if (w->reached[n])
        return;
    w->reached[n] = true;
    w->stack[w->depth++] = n;
}

static void note_object(Walk *w, Obj o) {
    const Object *object = &w->s->objs[o];
    if (w->seen[o])
        return;
    w->seen[o] = true;
    if (object->kind == OBJ_PARAM && object->index < 64)
        w->lost->params |= UINT64_C(1) << object->index;
    if (object->kind == OBJ_FRESH)
        w->lost->calls[object->op] |= esc_lost_bit(object->index);
    for (uint32_t c = object->first_cell; c != ESC_NONE && esc_obj_is_own(object->kind);
         c = w->s->cells[c].next)
        reach(w, w->s->cells[c].node);
}

static void walk(Walk *w) {
    const Solver *s = w->s;
    reach(w, s->world_node);
    while (w->depth > 0) {
        Node n = w->stack[--w->depth];
        for (FactId i = s->nodes[n].first_fact; i != ESC_NONE; i = s->facts[i].next)
            note_object(w, s->facts[i].obj);
        for (uint32_t i = w->first[n]; i < w->first[n + 1]; i++)
            reach(w, w->sources[i]);
    }
}

/* Copies, grouped by where they lead. */
static bool turn_copies(Walk *w) {
    const Solver *s = w->s;
    uint32_t *count = w->first + 1;
    for (Node n = 0; n < s->nnodes; n++)
        for (uint32_t i = s->nodes[n].first_edge; i != ESC_NONE; i = s->edges[i].next)
            if (s->edges[i].kind == EDGE_COPY)
                count[s->edges[i].other]++;
    for (Node n = 0; n < s->nnodes; n++)
        w->first[n + 1] += w->first[n];
    uint32_t *at = esc_memory_resize(&s->m->memory, NULL, s->nnodes + 1, sizeof *at);
    if (!at)
        return false;
    memcpy(at, w->first, (s->nnodes + 1) * sizeof *at);
    for (Node n = 0; n < s->nnodes; n++)
        for (uint32_t i = s->nodes[n].first_edge; i != ESC_NONE; i = s->edges[i].next)
            if (s->edges[i].kind == EDGE_COPY)
                w->sources[at[s->edges[i].other]++] = n;
    esc_memory_release(at);
    return true;
}

void esc_find_lost(const Solver *s, Lost *lost) {
    Memory *memory = &s->m->memory;
    if (!lost->calls) {
        lost->calls = esc_memory_resize(memory, NULL, s->f->nops + 1, sizeof *lost->calls);
        if (lost->calls)
            memset(lost->calls, 0, s->f->nops + 1);
    }
    Walk w = {.s = s, .lost = lost};
    w.first = esc_memory_resize(memory, NULL, s->nnodes + 2, sizeof *w.first);
    w.sources = esc_memory_resize(memory, NULL, s->nedges + 1, sizeof *w.sources);
    w.reached = esc_memory_resize(memory, NULL, s->nnodes + 1, sizeof *w.reached);
    w.seen = esc_memory_resize(memory, NULL, s->nobjs + 1, sizeof *w.seen);
    w.stack = esc_memory_resize(memory, NULL, s->nnodes + 1, sizeof *w.stack);
    if (!memory->failed) {
        memset(w.first, 0, (s->nnodes + 2) * sizeof *w.first);
        memset(w.reached, 0, (s->nnodes + 1) * sizeof *w.reached);
        memset(w.seen, 0, (s->nobjs + 1) * sizeof *w.seen);
        if (turn_copies(&w))
            walk(&w);
    }
    void *blocks[] = {w.first, w.sources, w.reached, w.seen, w.stack};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        esc_memory_release(blocks[i]);
}
