/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cells.c - the contents of objects, by byte range.
 *
 * A store makes a cell (its range) and lets the stored value flow into it; a load is a *reader* of
 * a range. Every reader is joined with every cell it overlaps, whichever came first.
 *
 * INVARIANT  For each object, cell c and reader r of it: if their ranges overlap there is a flow
 * from c to r. A load is a reader, or there is a flow to it from the view of its range, which is
 * one. An object has at most MAX_CELLS cells; what comes later falls into one cell that covers
 * everything.
 *
 * What a parameter points to has contents we did not write. They are no cells: each reader gets the
 * CONTENT object that stands for what its range held on entry; below that is one DEEP object.
 */
#include "solve.h"

enum {
    MAX_CELLS = 48,   /* per object, before everything else is one cell */
    VIEWED_LOADS = 4, /* of one range, before further ones share a view of it */
    WORD = 8,         /* bytes of a pointer */
    MAX_WORDS = 8,    /* of a struct whose entry contents are told apart when it is copied */
};

static void join(Solver *s, const Reader *r, const Cell *c) {
    if (r->into == ESC_NONE) {
        esc_solver_copy(s, c->node, r->dst, 0, 0, r->op);
        return;
    }
    int64_t lo = ESC_OFFSET_MIN, hi = ESC_OFFSET_MAX;
    if (!r->any && !esc_range_any(c->lo, c->hi)) {
        lo = esc_offset_add(c->lo, r->shift);
        hi = esc_offset_add(c->hi, r->shift);
    }
    esc_solver_write(s, r->into, lo, hi, c->width, c->node, r->op);
}

static void push_reader(Solver *s, Obj o, const Reader *reader) {
    if (!esc_memory_grow(&s->m->memory, &s->readers, &s->cap_readers, s->nreaders + 1,
                         sizeof *s->readers)) {
        s->failed = true;
        return;
    }
    Reader r = *reader;
    r.next = s->objs[o].first_reader;
    s->readers[s->nreaders] = r;
    s->objs[o].first_reader = s->nreaders++;
    for (uint32_t i = s->objs[o].first_cell; i != ESC_NONE && !s->failed; i = s->cells[i].next) {
        s->work++;
        const Cell c = s->cells[i];
        if (esc_range_overlap(r.lo, r.hi, r.width, c.lo, c.hi, c.width))
            join(s, &r, &c);
    }
}

static bool same_range(const Reader *a, const Reader *b) {
    return a->lo == b->lo && a->hi == b->hi && a->width == b->width;
}

/* When loads of one range become many, they get a view of it: a fact then comes out of each cell
 * once, not once for each load. */
static void add_reader(Solver *s, Obj o, const Reader *reader) {
    uint32_t view = ESC_NONE, alike = 0, seen = 0;
    bool plain = reader->into == ESC_NONE;
    for (uint32_t i = s->objs[o].first_reader; i != ESC_NONE && seen < 64;
         i = s->readers[i].next, seen++) {
        const Reader *r = &s->readers[i];
        if (!same_range(r, reader) || r->into != reader->into)
            continue;
        if (r->dst == reader->dst && r->shift == reader->shift && r->any == reader->any)
            return;
        alike += plain;
        if (r->view)
            view = r->dst;
    }
    if (view == ESC_NONE && alike < (s->m->first_budget ? 1 : VIEWED_LOADS)) {
        push_reader(s, o, reader);
        return;
    }
    if (view == ESC_NONE) {
        Reader r = *reader;
        r.view = true;
        r.op = ESC_NONE;
        view = r.dst = esc_solver_node(s);
        if (s->failed)
            return;
        s->nodes[view].view = true;
        push_reader(s, o, &r);
    }
    esc_solver_copy(s, view, reader->dst, 0, 0, reader->op);
}

/* The cell of exactly that range, or the one that covers everything when there are too many. */
static uint32_t get_cell(Solver *s, Obj o, int64_t lo, int64_t hi, uint32_t width) {
    bool folded = s->coarse && esc_obj_is_callers(s->objs[o].kind);
    if (folded || s->objs[o].ncells >= MAX_CELLS || esc_range_any(lo, hi)) {
        lo = ESC_OFFSET_MIN;
        hi = ESC_OFFSET_MAX;
        width = 0;
    }
    for (uint32_t i = s->objs[o].first_cell; i != ESC_NONE; i = s->cells[i].next)
        if (s->cells[i].lo == lo && s->cells[i].hi == hi && s->cells[i].width == width)
            return i;
    Node node = esc_solver_node(s);
    if (s->failed || !esc_memory_grow(&s->m->memory, &s->cells, &s->cap_cells, s->ncells + 1,
                                      sizeof *s->cells)) {
        s->failed = true;
        return ESC_NONE;
    }
    uint32_t id = s->ncells++;
    s->cells[id] = (Cell){o, lo, hi, width, node, s->objs[o].first_cell};
    s->objs[o].first_cell = id;
    s->objs[o].ncells++;
    if (esc_obj_is_callers(s->objs[o].kind))
        esc_solver_copy(s, node, s->expose_node, 0, 0, ESC_NONE);
    for (uint32_t i = s->objs[o].first_reader; i != ESC_NONE && !s->failed;
         i = s->readers[i].next) {
        const Reader r = s->readers[i];
        s->work++;
        if (esc_range_overlap(r.lo, r.hi, r.width, lo, hi, width)) {
            const Cell c = s->cells[id];
            join(s, &r, &c);
        }
    }
    return id;
}

Obj esc_solver_root(const Solver *s, Obj o) {
    while (s->objs[o].kind == OBJ_CONTENT || s->objs[o].kind == OBJ_DEEP)
        o = s->objs[o].parent;
    return o;
}

/* What that range of memory of the caller held on entry. Pointers are told apart one level deep;
 * numbers at every level, for a number that is read somewhere down a list must not look like all
 * the pointers there. Each reader gets the entry contents of its own range; they are no cell, so
 * what was stored and what was there on entry never mix. */
static Obj entry_contents(Solver *s, Obj o, int64_t lo, int64_t hi, uint32_t width, bool thin) {
    ObjKind kind = s->objs[o].kind;
    bool level1 = esc_obj_is_root(kind);
    bool apart = !s->coarse && (level1 || (thin && !s->objs[o].thin));
    bool part = !s->coarse && thin && s->objs[o].thin; /* the address is a number: still a number */
    if (kind == OBJ_DEEP && !apart)
        return o;
    Object key = {.kind = OBJ_DEEP, .op = ESC_NONE, .parent = esc_solver_root(s, o)};
    if (!apart && !part)
        return esc_solver_object(s, &key);
    Obj parent = part ? esc_solver_object(s, &key) : o;
    if (part || s->objs[o].ncontents >= s->max_contents || esc_range_any(lo, hi)) {
        lo = ESC_OFFSET_MIN;
        hi = ESC_OFFSET_MAX;
        width = 0;
    }
    key = (Object){.kind = OBJ_CONTENT,
                   .op = ESC_NONE,
                   .parent = parent,
                   .lo = lo,
                   .hi = hi,
                   .width = width,
                   .thin = thin};
    uint32_t before = s->nobjs;
    Obj content = esc_solver_object(s, &key);
    if (s->nobjs != before)
        s->objs[parent].ncontents++;
    return content;
}

/* A parameter that is known to be lost: what lies behind it is the world. */
static bool is_lost(const Solver *s, Obj o) {
    const Object *object = &s->objs[o];
    return object->kind == OBJ_PARAM && object->index < 64 && (s->lost_params >> object->index & 1);
}

void esc_solver_read(Solver *s, Obj o, int64_t lo, int64_t hi, uint32_t width, Node dst, bool thin,
                     FactId why, EscOp op) {
    if (s->failed || dst == s->null_value)
        return;
    ObjKind kind = s->objs[o].kind;
    if (kind == OBJ_FUNCTION)
        return;
    if (kind == OBJ_WORLD || kind == OBJ_GLOBAL) {
        esc_solver_fact(s, dst, OBJ_WORLD, 0, 0, why, op);
        return;
    }
    if (is_lost(s, o)) {
        esc_solver_fact(s, dst, OBJ_WORLD, 0, 0, why, op);
        return;
    }
    if (esc_obj_is_callers(kind))
        esc_solver_fact(s, dst, entry_contents(s, o, lo, hi, width, thin), 0, 0, why, op);
    Reader r = {
        .lo = lo, .hi = hi, .width = width, .dst = dst, .into = ESC_NONE, .op = op, .why = why};
    add_reader(s, o, &r);
}

static Node store_sink(Solver *s, Obj o, EscOp op) {
    if (op == ESC_NONE)
        return s->world_node;
    if (s->store_sink[op])
        return s->sinks[s->store_sink[op] - 1].node;
    EscReason reason = ESC_REASON_STORED_ESCAPED;
    const char *text = NULL;
    if (s->objs[o].kind == OBJ_GLOBAL) {
        const Global *g = &s->m->globals[s->objs[o].index];
        reason = g->kind == ESC_GLOBAL_THREAD   ? ESC_REASON_STORED_THREAD
                 : g->kind == ESC_GLOBAL_STATIC ? ESC_REASON_STORED_STATIC
                                                : ESC_REASON_STORED_GLOBAL;
        text = g->name;
    }
    if (s->objs[o].kind == OBJ_PARAM) {
        const Param *p = s->f->params ? &s->f->params[s->objs[o].index] : NULL;
        reason = p && (p->flags & ESC_PARAM_SRET) ? ESC_REASON_RETURNED : ESC_REASON_STORED_PARAM;
        text = p && p->name ? p->name : "(unnamed)";
    }
    Node n = esc_solver_sink(s, op, reason, text, ESC_NONE, ESC_NONE, ESC_NONE);
    if (!s->failed)
        s->store_sink[op] = s->nsinks;
    return n;
}

void esc_solver_write(Solver *s, Obj o, int64_t lo, int64_t hi, uint32_t width, Node src,
                      EscOp op) {
    if (s->failed || src == s->null_value)
        return;
    ObjKind kind = s->objs[o].kind;
    if (kind == OBJ_FUNCTION)
        return;
    if (kind == OBJ_WORLD || kind == OBJ_GLOBAL || is_lost(s, o)) {
        esc_solver_copy(s, src, store_sink(s, o, op), 0, 0, op);
        return;
    }
    uint32_t cell = get_cell(s, o, lo, hi, width);
    if (cell != ESC_NONE)
        esc_solver_copy(s, src, s->cells[cell].node, 0, 0, op);
}

/* A node that points to an entry content, for moving it. */
static Node entry_node(Solver *s, Obj content, FactId why, EscOp op) {
    if (s->objs[content].entry_node == 0) {
        Node n = esc_solver_node(s);
        s->objs[content].entry_node = n;
        esc_solver_fact(s, n, content, 0, 0, why, op);
    }
    return s->objs[content].entry_node;
}

void esc_solver_move_contents(Solver *s, Obj to, int64_t to_lo, int64_t to_hi, Obj from,
                              int64_t from_lo, int64_t from_hi, int64_t max_bytes, bool thin,
                              FactId why, EscOp op) {
    ObjKind kind = s->objs[from].kind, to_kind = s->objs[to].kind;
    if (s->failed || kind == OBJ_FUNCTION || to_kind == OBJ_FUNCTION)
        return;
    /* The bytes are gone to or came from a place that is not told apart by range. */
    bool foreign_to = to_kind == OBJ_WORLD || to_kind == OBJ_GLOBAL || is_lost(s, to);
    bool foreign_from = kind == OBJ_WORLD || kind == OBJ_GLOBAL || is_lost(s, from);
    uint32_t width = max_bytes > 0 && max_bytes < INT32_MAX ? (uint32_t)max_bytes : 0;
    if (foreign_from) {
        if (!foreign_to)
            esc_solver_write(s, to, to_lo, to_hi, width, s->world_value, op);
        return;
    }
    bool exact = to_lo == to_hi && from_lo == from_hi && !esc_range_any(to_lo, to_hi) &&
                 !esc_range_any(from_lo, from_hi);
    if (esc_obj_is_callers(kind)) {
        /* Word by word, or each number of a copied struct would look like every pointer in it. A
         * pointer that lies across two words is in both. */
        bool words = exact && !s->coarse && esc_obj_is_root(kind) && width > WORD &&
                     width % WORD == 0 && width / WORD <= MAX_WORDS;
        uint32_t step = words ? WORD : width, at = 0;
        do {
            Obj content = entry_contents(s, from, from_lo + at, from_hi + at, step, thin);
            Node entry = entry_node(s, content, why, op);
            esc_solver_write(s, to, to_lo + at, to_hi + at, step, entry, op);
        } while (words && (at += WORD) < width && !s->failed);
    }
    Reader r = {.lo = from_lo,
                .hi = from_hi,
                .width = width,
                .dst = ESC_NONE,
                .into = to,
                .op = op,
                .why = why};
    r.any = !exact || (to == from && to_lo != from_lo);
    r.shift = r.any ? 0 : to_lo - from_lo;
    add_reader(s, from, &r);
}
