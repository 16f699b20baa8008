/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* place.c - where each object goes, and what that asks of the operations around it.
 *
 * A site that stays in its function gets a slot if it fits the budgets, or a small buffer when its
 * size has no bound; then each operation that may free it is removed, guarded or redirected to a
 * copy of the callee that guards. All sites are decided first, then the actions follow from the
 * decisions.
 *
 * INVARIANT  If a site is moved, every operation that may free it has an action that names it.
 *
 * Budgets bound one object, one frame, and the frames of a chain of calls that is seen. A function
 * that is seen to call itself gets almost nothing; one that may be entered again only through a
 * pointer gets 1/32 of a frame, so that 1,000 nested activations stay below 2 MiB.
 */
#include "analyze.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_GUARDS = 8,   /* slots compared at one free, or passed to one copy of a callee */
    MAX_ALIGN = 4096, /* larger alignments waste more frame than the object is worth */
    MIN_BUFFER = 32,  /* a smaller buffer serves hardly any request */
    POINTER_SHARE =
        32, /* of the frame budget for functions that may be re-entered through pointers */
};

/* ---- who may be on the stack twice ------------------------------------------------------------
 */

/* Two marks, spread along direct calls: REACHES (upwards) a call through a pointer; REACHED
 * (downwards) from a function whose address was taken. Both: it may come back to itself. */
enum { REACHES = 1, REACHED = 2 };

static void mark_functions(const EscModule *m, uint8_t *mark) {
    const Analysis *a = m->analysis;
    for (EscFunc f = 0; f < m->nfuncs; f++) {
        if (m->funcs[f].flags & ESC_FUNC_ADDRESS_TAKEN)
            mark[f] |= REACHED;
        const Function *runs = esc_runs(m, f);
        for (uint32_t i = 0; i < runs->ncalls; i++)
            if (runs->calls[i].kind == ESC_OP_ICALL)
                mark[f] |= REACHES;
    }
    for (uint32_t pass = 0; pass < 2;
         pass++) { /* twice: a component's members may stand in any order */
        for (uint32_t k = 0; k < m->nfuncs; k++) {
            const Function *f = &m->funcs[a->order[k]];
            for (uint32_t i = 0; i < f->ncalls; i++)
                if (f->calls[i].kind == ESC_OP_CALL)
                    mark[a->order[k]] |= mark[f->calls[i].index] & REACHES;
        }
        for (uint32_t k = m->nfuncs; k-- > 0;) {
            const Function *f = &m->funcs[a->order[k]];
            for (uint32_t i = 0; i < f->ncalls; i++)
                if (f->calls[i].kind == ESC_OP_CALL)
                    mark[f->calls[i].index] |= mark[a->order[k]] & REACHED;
        }
    }
}

static void find_recursion(EscModule *m) {
    Analysis *a = m->analysis;
    uint8_t *mark = esc_memory_resize(&m->memory, NULL, m->nfuncs + 1, 1);
    if (!mark)
        return;
    memset(mark, 0, m->nfuncs + 1);
    mark_functions(m, mark);
    for (EscFunc f = 0; f < m->nfuncs; f++) {
        a->results[f].maybe_recursive =
            a->cyclic[a->component[f]] || mark[f] == (REACHES | REACHED);
    }
    esc_memory_release(mark);
}

/* ---- one site -------------------------------------------------------------------------------- */

static EscVerdict stays_on_heap(EscModule *m, bool escapes, EscReason reason, const char *text) {
    EscVerdict v = {.placement = escapes ? ESC_PLACE_HEAP : ESC_PLACE_KEPT, .reason = reason};
    v.reason_text = esc_reason_line(m, reason, text);
    return v;
}

static const char *a_of_b(EscModule *m, uint64_t a, uint64_t b) {
    char buffer[64];
    int n = snprintf(buffer, sizeof buffer, "%" PRIu64 " of %" PRIu64, a, b);
    const char *s = esc_model_string(m, buffer, (size_t)n);
    return s ? s : "";
}

static const char *place_text(EscModule *m, EscSource source) {
    const Source *s = &m->sources[source];
    char buffer[256];
    int n = snprintf(buffer, sizeof buffer, "%s:%u", s->file ? s->file : "?", s->line);
    const char *text = esc_model_string(m, buffer, (size_t)(n < 255 ? n : 255));
    return text ? text : "";
}

/* Why a free that cannot be changed keeps the sites it names on the heap; ESC_REASONS: it can. */
static EscReason stuck_free(const EscModule *m, EscFunc f, const FreeUse *use) {
    const Op *op = &m->funcs[f].ops[use->op];
    bool call = op->kind == ESC_OP_CALL || op->kind == ESC_OP_ICALL;
    bool stuck = use->fixed || (call && (op->flags & (ESC_OPF_TAIL | ESC_OPF_NO_CHANGE)));
    if (use->nsites > MAX_GUARDS || (stuck && !use->by))
        return ESC_REASON_MERGED_FREE;
    if (stuck)
        return use->realloc ? ESC_REASON_REALLOCATED_BY : ESC_REASON_FREED_BY;
    return ESC_REASONS;
}

/* What the frees of a function mean for its sites, each free looked at once. */
static void look_at_frees(EscModule *m, EscFunc f) {
    Analysis *a = m->analysis;
    const FuncResult *r = &a->results[f];
    for (uint32_t i = 0; i < r->nfrees; i++) {
        const FreeUse *use = &r->frees[i];
        const Op *op = &m->funcs[f].ops[use->op];
        EscReason reason = stuck_free(m, f, use);
        const char *text = use->by;
        if (reason == ESC_REASON_MERGED_FREE)
            text = place_text(m, op->source);
        if (op->kind == ESC_OP_REALLOC)
            a->sites[op->index].old_blocks = use;
        for (uint32_t k = 0; k < use->nsites; k++) {
            SiteResult *site = &a->sites[a->pool[use->sites + k]];
            if (reason < site->stuck) {
                site->stuck = reason;
                site->stuck_text = text;
            }
        }
    }
}

static uint64_t frame_limit(const EscModule *m, EscFunc f) {
    const FuncResult *r = &m->analysis->results[f];
    if (r->recursive)
        return m->config.max_recursive_bytes;
    if (r->maybe_recursive)
        return m->config.max_frame_bytes / POINTER_SHARE;
    return m->config.max_frame_bytes;
}

/* Slot or small buffer by size alone. */
static EscVerdict by_size(EscModule *m, const Site *site) {
    const EscConfig *c = &m->config;
    EscVerdict v = {
        .placement = ESC_PLACE_SLOT, .reason_text = "", .align_bytes = site->align_bytes};
    uint64_t hi = site->size_bytes.hi;
    if (hi <= c->max_object_bytes) {
        v.slot_bytes = hi ? hi : 1;
        return v;
    }
    if (esc_forgets(m, ESC_FORGET_SIZE)) {
        v.slot_bytes = c->small_buffer_bytes;
        return v;
    }
    bool realloc = site->kind == ESC_ALLOC_REALLOC || site->kind == ESC_ALLOC_REALLOCARRAY;
    if (site->size_bytes.lo > c->max_object_bytes)
        return stays_on_heap(m, false, ESC_REASON_OBJECT_BUDGET,
                             a_of_b(m, site->size_bytes.lo, c->max_object_bytes));
    if (c->small_buffer_bytes > 0 && site->size_bytes.lo <= c->small_buffer_bytes && !realloc) {
        v.placement = ESC_PLACE_BUFFER;
        v.slot_bytes = c->small_buffer_bytes;
        return v;
    }
    return stays_on_heap(m, false, ESC_REASON_SIZE_UNBOUNDED, "");
}

/* What a small buffer may take where frames are scarce: the rest of the budget, shared among the
 * function's buffers. */
static void shrink_buffer(EscModule *m, EscFunc f, EscVerdict *v, uint64_t limit) {
    const FuncResult *r = &m->analysis->results[f];
    uint64_t share = r->nbuffers > 1 ? limit / r->nbuffers : limit;
    uint64_t rest = limit > r->frame_bytes ? limit - r->frame_bytes : 0;
    uint64_t bytes = (share < rest ? share : rest) / 16 * 16;
    if (v->placement == ESC_PLACE_BUFFER && bytes >= MIN_BUFFER && bytes < v->slot_bytes)
        v->slot_bytes = bytes;
}

/* A function without room says the same of one site after the other: the line is made once. */
static void over_budget(EscModule *m, EscVerdict *v, EscReason reason, uint64_t a, uint64_t b) {
    BudgetLine *last = &m->analysis->budget_line;
    if (!last->line || last->reason != reason || last->a != a || last->b != b)
        *last = (BudgetLine){reason, a, b, esc_reason_line(m, reason, a_of_b(m, a, b))};
    *v = (EscVerdict){.placement = ESC_PLACE_KEPT, .reason = reason, .reason_text = last->line};
}

static void budget(EscModule *m, EscFunc f, EscVerdict *v, uint64_t below) {
    FuncResult *r = &m->analysis->results[f];
    uint64_t limit = frame_limit(m, f);
    bool recursive = r->recursive || r->maybe_recursive;
    if (recursive)
        shrink_buffer(m, f, v, limit);
    uint64_t bytes = v->slot_bytes;
    if (v->align_bytes > 16)
        bytes += v->align_bytes;
    uint64_t sum = r->frame_bytes + bytes, path = sum + below;
    if (sum > limit || (!recursive && path > m->config.max_frame_bytes)) {
        EscReason reason = recursive ? ESC_REASON_RECURSION_BUDGET : ESC_REASON_FRAME_BUDGET;
        over_budget(m, v, reason, recursive ? sum : path, limit);
        return;
    }
    r->frame_bytes = sum;
}

static EscVerdict refuse_form(EscModule *m, const Site *site) {
    if (site->kind == ESC_ALLOC_OPAQUE)
        return stays_on_heap(m, false, ESC_REASON_OPAQUE_ALLOCATOR, site->allocator);
    if (site->misuse)
        return stays_on_heap(m, false, ESC_REASON_MISUSED, site->misuse);
    if (!site->movable || site->align_bytes == 0 || site->align_bytes > MAX_ALIGN)
        return stays_on_heap(m, false, ESC_REASON_NO_REWRITE, site->allocator);
    return (EscVerdict){.placement = ESC_PLACE_SLOT, .reason_text = ""};
}

static EscVerdict gate(EscModule *m, EscFunc f) {
    uint32_t flags = m->funcs[f].flags;
    if ((flags & ESC_FUNC_RETURNS_TWICE) && !esc_forgets(m, ESC_FORGET_TWICE))
        return stays_on_heap(m, false, ESC_REASON_RETURNS_TWICE, "");
    if (flags & ESC_FUNC_SANITIZED)
        return stays_on_heap(m, false, ESC_REASON_SANITIZER, "");
    if (flags & ESC_FUNC_NO_REWRITE)
        return stays_on_heap(m, false, ESC_REASON_GAVE_UP, "the function is not to be optimized");
    return (EscVerdict){.placement = ESC_PLACE_SLOT, .reason_text = ""};
}

static bool wants_buffer(EscModule *m, EscSite id) {
    const Site *site = &m->sites[id];
    const SiteResult *r = &m->analysis->sites[id];
    return !r->escapes && !r->live_twice && site->movable && site->kind != ESC_ALLOC_OPAQUE &&
           by_size(m, site).placement == ESC_PLACE_BUFFER;
}

static EscVerdict place_site(EscModule *m, EscSite id, uint64_t below) {
    const Site *site = &m->sites[id];
    SiteResult *r = &m->analysis->sites[id];
    const char *gave_up = m->gave_up ? m->gave_up : m->analysis->results[site->func].gave_up;
    if (gave_up || site->op == ESC_NONE)
        return stays_on_heap(m, true, ESC_REASON_GAVE_UP, gave_up ? gave_up : "not in the program");
    if (r->escapes)
        return stays_on_heap(m, true, r->reason, r->text);
    if (site->kind == ESC_ALLOC_GETLINE) /* the next call may move it, whatever else is true */
        return stays_on_heap(m, false, ESC_REASON_REALLOCATED_BY, site->allocator);
    if (r->live_twice)
        return stays_on_heap(m, false, ESC_REASON_LIVE_TWICE, "");
    if (r->stuck != ESC_REASONS)
        return stays_on_heap(m, false, r->stuck, r->stuck_text);
    EscVerdict v = refuse_form(m, site);
    if (v.placement == ESC_PLACE_SLOT)
        v = by_size(m, site);
    if (v.placement == ESC_PLACE_KEPT)
        return v;
    EscVerdict g = gate(m, site->func);
    if (g.placement == ESC_PLACE_KEPT)
        return g;
    budget(m, site->func, &v, below);
    return v;
}

static bool moved(const Analysis *a, EscSite site) {
    EscPlacement p = a->sites[site].verdict.placement;
    return p == ESC_PLACE_SLOT || p == ESC_PLACE_BUFFER;
}

/* The new block of a realloc may be a slot only when the old one is known: NULL or other slots. */
static bool old_blocks_known(const EscModule *m, EscSite id) {
    const FreeUse *use = m->analysis->sites[id].old_blocks;
    if (use && use->others)
        return false;
    for (uint32_t k = 0; use && k < use->nsites; k++) {
        EscSite old = m->analysis->pool[use->sites + k];
        if (old == id || m->analysis->sites[old].verdict.placement != ESC_PLACE_SLOT)
            return false;
    }
    return true;
}

static void settle_reallocs(EscModule *m) {
    for (bool again = true; again;) {
        again = false;
        for (EscSite i = 0; i < m->nsites; i++) {
            bool realloc =
                m->sites[i].kind == ESC_ALLOC_REALLOC || m->sites[i].kind == ESC_ALLOC_REALLOCARRAY;
            if (!realloc || !moved(m->analysis, i) || old_blocks_known(m, i))
                continue;
            m->analysis->sites[i].verdict =
                stays_on_heap(m, false, ESC_REASON_NO_REWRITE, m->sites[i].allocator);
            again = true;
        }
    }
}

/* ---- actions --------------------------------------------------------------------------------- */

static void add_action(EscModule *m, EscFunc f, EscOp op, EscAction kind, const FreeUse *use) {
    Analysis *a = m->analysis;
    if (!esc_memory_grow(&m->memory, &a->actions, &a->cap_actions, a->nactions + 1,
                         sizeof *a->actions))
        return;
    OpAction action = {f, op, kind, a->npool, 0};
    for (uint32_t i = 0; use && i < use->nsites; i++) {
        EscSite site = a->pool[use->sites + i];
        if (!moved(a, site))
            continue;
        if (!esc_memory_grow(&m->memory, &a->pool, &a->cap_pool, a->npool + 1, sizeof *a->pool))
            return;
        a->pool[a->npool++] = site;
        action.nsites++;
        a->sites[site].verdict.nfrees++;
    }
    a->actions[a->nactions++] = action;
}

static void act_on(EscModule *m, EscFunc f, const FreeUse *use) {
    const Analysis *a = m->analysis;
    uint32_t nmoved = 0;
    bool all_slots = !use->others || esc_forgets(m, ESC_FORGET_OTHERS);
    for (uint32_t i = 0; i < use->nsites; i++) {
        EscSite site = a->pool[use->sites + i];
        nmoved += moved(a, site);
        all_slots &= a->sites[site].verdict.placement == ESC_PLACE_SLOT;
    }
    if (nmoved == 0)
        return;
    EscOpKind kind = (EscOpKind)m->funcs[f].ops[use->op].kind;
    bool call = kind == ESC_OP_CALL || kind == ESC_OP_ICALL;
    EscAction action = call                               ? ESC_ACT_CLONE
                       : kind == ESC_OP_FREE && all_slots ? ESC_ACT_REMOVE
                                                          : ESC_ACT_GUARD;
    add_action(m, f, use->op, action, use);
}

static int compare_actions(const OpAction *a, const OpAction *b) {
    if (a->func != b->func)
        return a->func < b->func ? -1 : 1;
    if (a->op != b->op)
        return a->op < b->op ? -1 : 1;
    return (a->action == ESC_ACT_INLINE ? 0 : 1) - (b->action == ESC_ACT_INLINE ? 0 : 1);
}

/* Heap sort: in place, no allocation, same result for the same input. */
static void sift(OpAction *v, uint32_t root, uint32_t n) {
    for (uint32_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && compare_actions(&v[child], &v[child + 1]) < 0)
            child++;
        if (compare_actions(&v[root], &v[child]) >= 0)
            return;
        OpAction t = v[root];
        v[root] = v[child];
        v[child] = t;
    }
}

static void sort_actions(OpAction *v, uint32_t n) {
    for (uint32_t i = n / 2; i-- > 0;)
        sift(v, i, n);
    for (uint32_t i = n; i-- > 1;) {
        OpAction t = v[0];
        v[0] = v[i];
        v[i] = t;
        sift(v, 0, i);
    }
}

/* One action an operation: a call that frees two parameters gets the slots of both. */
static void join_actions(EscModule *m) {
    Analysis *a = m->analysis;
    uint32_t out = 0;
    for (uint32_t i = 0; i < a->nactions; i++) {
        OpAction *last = out > 0 ? &a->actions[out - 1] : NULL;
        const OpAction next = a->actions[i];
        if (!last || last->func != next.func || last->op != next.op) {
            a->actions[out++] = next;
            continue;
        }
        /* A call to be inlined keeps its sites: if the front end does not inline it, it frees them.
         */
        uint32_t start = a->npool, count = 0;
        if (!esc_memory_grow(&m->memory, &a->pool, &a->cap_pool,
                             a->npool + last->nsites + next.nsites, sizeof *a->pool))
            return;
        const uint32_t from[2] = {last->sites, next.sites}, n[2] = {last->nsites, next.nsites};
        for (int side = 0; side < 2; side++)
            for (uint32_t k = 0; k < n[side]; k++) {
                uint32_t site = a->pool[from[side] + k];
                bool seen = false;
                for (uint32_t q = 0; q < count; q++)
                    seen |= a->pool[start + q] == site;
                if (!seen)
                    a->pool[start + count++] = site;
            }
        last->sites = start;
        last->nsites = count;
        a->npool = start + count;
    }
    a->nactions = out;
}

static void ask_for_inlining(EscModule *m) {
    Analysis *a = m->analysis;
    for (uint32_t i = 0; i < a->ninlines; i++) {
        InlineUse *use = &a->inlines[i];
        const FuncResult *r = &a->results[use->func];
        const Site *origin = &m->sites[use->origin];
        uint64_t limit = frame_limit(m, use->func);
        bool fits = origin->size_bytes.hi <= m->config.max_object_bytes;
        uint64_t bytes = fits ? origin->size_bytes.hi : MIN_BUFFER;
        use->asked = !r->gave_up && r->frame_bytes + bytes <= limit;
        use->slot = use->asked && use->bytes <= m->config.max_object_bytes &&
                    origin->align_bytes != 0 && origin->align_bytes <= MAX_ALIGN;
        if (use->asked)
            add_action(m, use->func, use->op, ESC_ACT_INLINE, NULL);
    }
}

/* Of each object alone a slot can be made when its call is replaced: of all together too? */
static void look_at_inlined_frames(EscModule *m) {
    Analysis *a = m->analysis;
    for (uint32_t begin = 0, end; begin < a->ninlines; begin = end) {
        EscFunc f = a->inlines[begin].func;
        uint64_t bytes = a->results[f].path_bytes;
        for (end = begin; end < a->ninlines && a->inlines[end].func == f; end++)
            bytes += a->inlines[end].slot ? a->inlines[end].bytes : 0;
        for (uint32_t i = begin; i < end && bytes > frame_limit(m, f); i++)
            a->inlines[i].slot = false;
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

static uint64_t deepest_below(const EscModule *m, EscFunc f) {
    const Analysis *a = m->analysis;
    uint64_t deepest = 0;
    for (uint32_t i = 0; i < m->funcs[f].ncalls; i++) {
        const Call *call = &m->funcs[f].calls[i];
        if (call->kind != ESC_OP_CALL || a->component[call->index] == a->component[f])
            continue;
        if (a->results[call->index].path_bytes > deepest)
            deepest = a->results[call->index].path_bytes;
    }
    return deepest;
}

/* Sites grouped by function: next site of the same function, in order. */
static void place_sites(EscModule *m, const uint32_t *first, const uint32_t *next) {
    Analysis *a = m->analysis;
    for (uint32_t k = 0; k < m->nfuncs; k++) {
        EscFunc f = a->order[k];
        uint64_t below = deepest_below(m, f);
        a->results[f].frame_bytes = m->funcs[f].reserved_bytes;
        for (EscSite i = first[f]; i != ESC_NONE; i = next[i])
            a->sites[i].stuck = ESC_REASONS;
        look_at_frees(m, f);
        for (EscSite i = first[f]; i != ESC_NONE; i = next[i])
            a->results[f].nbuffers += wants_buffer(m, i);
        for (EscSite i = first[f]; i != ESC_NONE; i = next[i])
            a->sites[i].verdict = place_site(m, i, below);
        a->results[f].path_bytes = a->results[f].frame_bytes + below;
    }
}

void esc_place(EscModule *m) {
    Analysis *a = m->analysis;
    uint32_t *first = esc_memory_resize(&m->memory, NULL, m->nfuncs + 1, sizeof *first);
    uint32_t *next = esc_memory_resize(&m->memory, NULL, m->nsites + 1, sizeof *next);
    if (first && next) {
        memset(first, 0xff, (m->nfuncs + 1) * sizeof *first);
        for (EscSite i = m->nsites; i-- > 0;) {
            next[i] = first[m->sites[i].func];
            first[m->sites[i].func] = i;
        }
        find_recursion(m);
        place_sites(m, first, next);
        settle_reallocs(m);
        for (EscFunc f = 0; f < m->nfuncs; f++)
            for (uint32_t i = 0; i < a->results[f].nfrees; i++)
                act_on(m, f, &a->results[f].frees[i]);
        ask_for_inlining(m);
        look_at_inlined_frames(m);
        sort_actions(a->actions, a->nactions);
        join_actions(m);
    }
    esc_memory_release(first);
    esc_memory_release(next);
}
