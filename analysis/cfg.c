/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cfg.c - the control flow of one function.
 *
 * A block is on a cycle when its strongly connected component has another block or an edge to
 * itself; so loops of every form count (goto, irreducible), and no loop structure is needed.
 */
#include "cfg.h"

#include <string.h>

typedef struct Walk {
    uint32_t *number, *low, *next;
    EscBlock *stack, *path;
    bool *on_stack;
    uint32_t nstack, npath, counter;
} Walk;

static bool fill_successors(Solver *s, Cfg *c) {
    const Function *f = s->f;
    for (uint32_t i = 0; i < f->nedges; i++)
        c->first[f->edges[i].from + 1]++;
    for (EscBlock b = 0; b < f->nblocks; b++)
        c->first[b + 1] += c->first[b];
    uint32_t *at = esc_memory_resize(&s->m->memory, NULL, f->nblocks + 1, sizeof *at);
    if (!at)
        return false;
    memcpy(at, c->first, (f->nblocks + 1) * sizeof *at);
    for (uint32_t i = 0; i < f->nedges; i++)
        c->succ[at[f->edges[i].from]++] = f->edges[i].to;
    esc_memory_release(at);
    return true;
}

static void pop_component(Cfg *c, Walk *w, EscBlock root) {
    bool alone = w->stack[w->nstack - 1] == root;
    bool self = false;
    for (uint32_t e = c->first[root]; e < c->first[root + 1]; e++)
        self |= c->succ[e] == root;
    EscBlock b;
    do {
        b = w->stack[--w->nstack];
        w->on_stack[b] = false;
        c->on_cycle[b] = !alone || self;
    } while (b != root);
}

static void enter(Cfg *c, Walk *w, EscBlock b) {
    w->number[b] = w->low[b] = ++w->counter;
    w->next[b] = c->first[b];
    w->stack[w->nstack++] = b;
    w->on_stack[b] = true;
    w->path[w->npath++] = b;
}

/* Tarjan's components over blocks, without recursion. */
static void find_cycles(Cfg *c, Walk *w, EscBlock root) {
    enter(c, w, root);
    while (w->npath > 0) {
        EscBlock b = w->path[w->npath - 1];
        if (w->next[b] < c->first[b + 1]) {
            EscBlock t = c->succ[w->next[b]++];
            if (!w->number[t])
                enter(c, w, t);
            else if (w->on_stack[t] && w->number[t] < w->low[b])
                w->low[b] = w->number[t];
            continue;
        }
        w->npath--;
        if (w->low[b] == w->number[b])
            pop_component(c, w, b);
        if (w->npath > 0 && w->low[b] < w->low[w->path[w->npath - 1]])
            w->low[w->path[w->npath - 1]] = w->low[b];
    }
}

static bool mark_cycles(Solver *s, Cfg *c) {
    Memory *mem = &s->m->memory;
    size_t n = s->f->nblocks + 1;
    Walk w = {0};
    w.number = esc_memory_resize(mem, NULL, n, sizeof *w.number);
    w.low = esc_memory_resize(mem, NULL, n, sizeof *w.low);
    w.next = esc_memory_resize(mem, NULL, n, sizeof *w.next);
    w.stack = esc_memory_resize(mem, NULL, n, sizeof *w.stack);
    w.path = esc_memory_resize(mem, NULL, n, sizeof *w.path);
    w.on_stack = esc_memory_resize(mem, NULL, n, sizeof *w.on_stack);
    bool ok = !mem->failed;
    if (ok) {
        memset(w.number, 0, n * sizeof *w.number);
        memset(w.on_stack, 0, n * sizeof *w.on_stack);
        for (EscBlock b = 0; b < s->f->nblocks; b++)
            if (!w.number[b])
                find_cycles(c, &w, b);
    }
    void *blocks[] = {w.number, w.low, w.next, w.stack, w.path, w.on_stack};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        esc_memory_release(blocks[i]);
    return ok;
}

static void count_use(const Cfg *c, EscValue v, uint32_t *count) {
    (void)c;
    if (v != ESC_NONE)
        count[v]++;
}

/* Calls `each` for the operand values of an operation. */
static void each_operand(const Function *f, const Op *op, const Cfg *c,
                         void (*each)(const Cfg *, EscValue, uint32_t *), uint32_t *out) {
    each(c, op->a, out);
    each(c, op->b, out);
    for (uint32_t i = 0; i < op->nargs; i++)
        each(c, f->args[op->args + i].value, out);
}

static bool fill_uses(Solver *s, Cfg *c) {
    const Function *f = s->f;
    uint32_t *at = esc_memory_resize(&s->m->memory, NULL, f->nvalues + 2, sizeof *at);
    if (!at)
        return false;
    memset(at, 0, (f->nvalues + 2) * sizeof *at);
    for (EscOp i = 0; i < f->nops; i++)
        each_operand(f, &f->ops[i], c, count_use, at + 1);
    for (uint32_t v = 0; v < f->nvalues; v++)
        at[v + 1] += at[v];
    memcpy(c->first_use, at, (f->nvalues + 1) * sizeof *at);
    c->uses = esc_memory_resize(&s->m->memory, NULL, at[f->nvalues] + 1, sizeof *c->uses);
    if (c->uses)
        for (EscOp i = 0; i < f->nops; i++) {
            const Op *op = &f->ops[i];
            if (op->a != ESC_NONE)
                c->uses[at[op->a]++] = i;
            if (op->b != ESC_NONE)
                c->uses[at[op->b]++] = i;
            for (uint32_t k = 0; k < op->nargs; k++)
                if (f->args[op->args + k].value != ESC_NONE)
                    c->uses[at[f->args[op->args + k].value]++] = i;
        }
    esc_memory_release(at);
    return c->uses != NULL;
}

static void number_ops(const Function *f, Cfg *c) {
    memset(c->def, 0xff, (f->nvalues + 1) * sizeof *c->def);
    for (EscBlock b = 0; b < f->nblocks; b++) {
        uint32_t at = 0;
        for (EscOp i = f->blocks[b].first; i != ESC_NONE; i = f->ops[i].next) {
            c->order[i] = at++;
            if (f->ops[i].dst != ESC_NONE)
                c->def[f->ops[i].dst] = i;
        }
    }
}

Cfg *esc_cfg(Solver *s) {
    Memory *mem = &s->m->memory;
    if (s->cfg)
        return mem->failed ? NULL : s->cfg;
    const Function *f = s->f;
    Cfg *c = esc_memory_resize(mem, NULL, 1, sizeof *c);
    if (!c)
        return NULL;
    memset(c, 0, sizeof *c);
    s->cfg = c;
    c->first = esc_memory_resize(mem, NULL, f->nblocks + 2, sizeof *c->first);
    c->succ = esc_memory_resize(mem, NULL, f->nedges + 1, sizeof *c->succ);
    c->on_cycle = esc_memory_resize(mem, NULL, f->nblocks + 1, sizeof *c->on_cycle);
    c->order = esc_memory_resize(mem, NULL, f->nops + 1, sizeof *c->order);
    c->def = esc_memory_resize(mem, NULL, f->nvalues + 1, sizeof *c->def);
    c->first_use = esc_memory_resize(mem, NULL, f->nvalues + 2, sizeof *c->first_use);
    c->mark = esc_memory_resize(mem, NULL, f->nblocks + 1, sizeof *c->mark);
    c->stack = esc_memory_resize(mem, NULL, f->nblocks + 1, sizeof *c->stack);
    if (mem->failed)
        return NULL;
    memset(c->first, 0, (f->nblocks + 2) * sizeof *c->first);
    memset(c->mark, 0, (f->nblocks + 1) * sizeof *c->mark);
    number_ops(f, c);
    if (!fill_successors(s, c) || !mark_cycles(s, c) || !fill_uses(s, c))
        return NULL;
    return c;
}

void esc_cfg_free(Solver *s) {
    Cfg *c = s->cfg;
    if (!c)
        return;
    void *blocks[] = {c->first,     c->succ,    c->on_cycle, c->order, c->def,
                      c->first_use, c->uses,    c->mark,     c->stack, c->facts_of,
                      c->next_fact, c->cell_of, c->single};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        esc_memory_release(blocks[i]);
    esc_memory_release(c);
    s->cfg = NULL;
}

static bool index_facts(Solver *s, Cfg *c) {
    Memory *mem = &s->m->memory;
    c->facts_of = esc_memory_resize(mem, NULL, s->nobjs + 1, sizeof *c->facts_of);
    c->next_fact = esc_memory_resize(mem, NULL, s->nfacts + 1, sizeof *c->next_fact);
    c->cell_of = esc_memory_resize(mem, NULL, s->nnodes + 1, sizeof *c->cell_of);
    c->single = esc_memory_resize(mem, NULL, s->nobjs + 1, sizeof *c->single);
    if (mem->failed)
        return false;
    memset(c->facts_of, 0xff, (s->nobjs + 1) * sizeof *c->facts_of);
    memset(c->cell_of, 0xff, (s->nnodes + 1) * sizeof *c->cell_of);
    memset(c->single, 0, s->nobjs + 1);
    for (FactId i = s->nfacts; i-- > 0;) {
        c->next_fact[i] = c->facts_of[s->facts[i].obj];
        c->facts_of[s->facts[i].obj] = i;
    }
    for (uint32_t i = 0; i < s->ncells; i++)
        c->cell_of[s->cells[i].node] = i;
    c->indexed = true;
    return true;
}

Cfg *esc_cfg_facts(Solver *s) {
    Cfg *c = esc_cfg(s);
    if (c && !c->indexed && !index_facts(s, c))
        return NULL;
    return c;
}

bool esc_cfg_in_loop(Solver *s, EscOp op) {
    const Cfg *c = esc_cfg(s);
    return !c || s->m->memory.failed || c->on_cycle[s->f->ops[op].block];
}

/* Whether control may come from `from` to `to` later in one activation. */
static bool comes_to(const Solver *s, Cfg *c, EscOp from, EscOp to) {
    const Op *ops = s->f->ops;
    EscBlock target = ops[to].block;
    if (ops[from].block == target && c->order[from] < c->order[to])
        return true;
    uint32_t depth = 0;
    c->stamp++;
    c->stack[depth++] = ops[from].block; /* not marked: it may be come back to */
    while (depth > 0) {
        EscBlock b = c->stack[--depth];
        for (uint32_t e = c->first[b]; e < c->first[b + 1]; e++) {
            EscBlock next = c->succ[e];
            if (next == target)
                return true;
            if (c->mark[next] != c->stamp) {
                c->mark[next] = c->stamp;
                c->stack[depth++] = next;
            }
        }
    }
    return false;
}

bool esc_cfg_both_run(Solver *s, EscOp a, EscOp b) {
    Cfg *c = esc_cfg(s);
    return !c || comes_to(s, c, a, b) || comes_to(s, c, b, a);
}
