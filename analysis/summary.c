/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* summary.c - what a function does to what its caller can name, as a short body.
 *
 * The body is written in the model's own operations over the parameters; expand.c copies it into
 * callers. Each object the caller can name has one value in it that points to it:
 *
 *     what parameter 0 points to                  value 0
 *     what lay in its bytes 8..15 on entry        %k = load %0 [8,8] w8
 *     everything below                            %d = deep (load of anywhere in %0)
 *     memory made here that gets out              %a = alloc SITE, with its size
 *     a local that a kept call is given           likewise, with the site that stands for it
 *     anything else                               %w = world
 *
 * The effects are then leaks, stores, frees, calls of function parameters and the result, each over
 * these values. The body is a set of constraints: its order means nothing.
 *
 * INVARIANT  The summary of a recursive function grows with those of its callees and has finitely
 * many values, so the rounds over a component end.
 */
#include "analyze.h"

#include <string.h>

enum {
    MAX_FRESH = 4,         /* allocations told apart in one summary; more are "the world" */
    MAX_LENT = 8,          /* locals, likewise */
    MAX_SUMMARY = 200,     /* operations before parameters' contents are folded */
    MAX_FOLDED = 400,      /* operations of a folded summary before it is given up */
    MAX_CLONED_OPS = 5000, /* a larger function is not copied to guard its frees */
};

typedef struct Builder {
    Solver *s;
    EscModule *m;
    Function *out;
    EscValue *value; /* per object; ESC_NONE: not made yet */
    EscSite fresh_site[MAX_FRESH];
    EscValue fresh_value[MAX_FRESH];
    uint32_t nfresh;
    EscSite lent_site[MAX_LENT];
    EscValue lent_value[MAX_LENT];
    uint32_t nlent;
    bool *pending;     /* per object: contents still to be written out */
    uint8_t *in_world; /* per object */
    bool *leaked;      /* per object: its leak is written */
    bool *decided;     /* per object: that somebody decides by its address is written */
    uint8_t *freed;    /* per object: 1 freed, 2 freed and cannot be guarded */
    EscValue world;
} Builder;

static EscValue new_value(Builder *b) {
    return esc_body_value(b->m, b->out);
}

static void emit(Builder *b, const EscOpInfo *info) {
    esc_body_op(b->m, b->out, 0, info);
}

static EscValue world_value(Builder *b) {
    if (b->world == ESC_NONE) {
        EscOpInfo info = esc_op_info(ESC_OP_WORLD);
        info.dst = b->world = new_value(b);
        emit(b, &info);
    }
    return b->world;
}

static EscValue value_of(Builder *b, Obj o);

/* Whether what the caller passed is lost from sight there, or what leads to it. It then is the
 * world for the caller as well, and nothing more needs to be said of it. */
static bool lost(const Builder *b, Obj o) {
    const Object *object = &b->s->objs[o];
    for (; object->kind == OBJ_CONTENT || object->kind == OBJ_DEEP; object = &b->s->objs[o]) {
        if (b->in_world[o])
            return true;
        o = object->parent;
    }
    return esc_obj_is_callers(object->kind) && b->in_world[o];
}

static EscValue content_value(Builder *b, Obj o) {
    const Object *c = &b->s->objs[o];
    EscOpInfo info = esc_op_info(ESC_OP_LOAD);
    info.a = value_of(b, c->parent);
    info.lo = c->lo;
    info.hi = c->hi;
    info.width = c->width;
    info.flags = c->thin ? ESC_OPF_NARROW : 0;
    info.dst = b->value[o] = new_value(b);
    emit(b, &info);
    return info.dst;
}

static EscValue deep_value(Builder *b, Obj o) {
    EscOpInfo load = esc_op_info(ESC_OP_LOAD);
    load.a = value_of(b, b->s->objs[o].parent);
    if (b->s->coarse) { /* the first level is folded too */
        EscOpInfo all = esc_op_info(ESC_OP_DEEP);
        all.a = load.a;
        all.dst = b->value[o] = new_value(b);
        emit(b, &all);
        return all.dst;
    }
    load.lo = ESC_OFFSET_MIN;
    load.hi = ESC_OFFSET_MAX;
    load.dst = new_value(b);
    emit(b, &load);
    EscOpInfo deep = esc_op_info(ESC_OP_DEEP);
    deep.a = load.dst;
    deep.dst = b->value[o] = new_value(b);
    emit(b, &deep);
    return deep.dst;
}

/* `value` moved by [lo, hi] bytes. */
static EscValue shifted(Builder *b, EscValue value, int64_t lo, int64_t hi) {
    if ((lo == 0 && hi == 0) || value == b->world)
        return value;
    EscOpInfo info = esc_op_info(ESC_OP_COPY);
    info.a = value;
    info.lo = lo;
    info.hi = hi;
    info.dst = new_value(b);
    emit(b, &info);
    return info.dst;
}

static EscValue fact_value(Builder *b, const Fact *f) {
    return shifted(b, value_of(b, f->obj), f->lo, f->hi);
}

/* All that a node may point to, as one value; ESC_NONE when it points to nothing. */
static EscValue node_value(Builder *b, Node n) {
    EscArg args[64];
    uint32_t nargs = 0;
    for (FactId i = b->s->nodes[n].first_fact; i != ESC_NONE; i = b->s->facts[i].next) {
        if (nargs == 64) {
            args[0].value = world_value(b);
            break;
        }
        const Fact f = b->s->facts[i];
        args[nargs].number = esc_number_unknown();
        args[nargs].source = 0;
        args[nargs++].value = fact_value(b, &f);
    }
    if (nargs <= 1)
        return nargs ? args[0].value : ESC_NONE;
    EscOpInfo info = esc_op_info(ESC_OP_MERGE);
    info.args = args;
    info.nargs = nargs;
    info.dst = new_value(b);
    emit(b, &info);
    return info.dst;
}

static EscValue fresh_value(Builder *b, Obj o) {
    const Object object = b->s->objs[o];
    for (uint32_t i = 0; i < b->nfresh; i++)
        if (b->fresh_site[i] == object.index)
            return b->value[o] = b->fresh_value[i];
    if (b->nfresh == MAX_FRESH)
        return b->value[o] = world_value(b);
    bool own = object.kind == OBJ_SITE;
    EscArg size = {ESC_NONE, own ? b->m->sites[object.index].size_bytes : object.size_bytes, 0};
    EscOpInfo info = esc_op_info(ESC_OP_ALLOC);
    info.index = object.index;
    info.args = &size;
    info.nargs = 1;
    info.width = own ? 0 : object.inline_cost;
    info.flags = object.many ? SUMMARY_MANY : 0;
    info.dst = b->value[o] = new_value(b);
    b->fresh_site[b->nfresh] = object.index;
    b->fresh_value[b->nfresh++] = info.dst;
    emit(b, &info);
    return info.dst;
}

/* The address of it is gone when the function returns; until then others have it. */
static EscValue lent_value(Builder *b, Obj o) {
    const Object *object = &b->s->objs[o];
    for (uint32_t i = 0; i < b->nlent; i++)
        if (b->lent_site[i] == object->index)
            return b->value[o] = b->lent_value[i];
    if (b->nlent == MAX_LENT)
        return b->value[o] = world_value(b);
    EscArg size = {ESC_NONE, b->m->sites[object->index].size_bytes, 0};
    EscOpInfo info = esc_op_info(ESC_OP_ALLOC);
    info.index = object->index;
    info.args = &size;
    info.nargs = 1;
    info.width = ESC_NONE;
    info.flags = SUMMARY_MANY;
    info.dst = b->value[o] = new_value(b);
    b->lent_site[b->nlent] = object->index;
    b->lent_value[b->nlent++] = info.dst;
    emit(b, &info);
    return info.dst;
}

static EscValue callback_value(Builder *b, Obj o) {
    EscValue dst = b->value[o] = new_value(b); /* first: the arguments may hold earlier results */
    const Callback c = b->s->callbacks[b->s->objs[o].index];
    EscOpInfo info = esc_op_info(ESC_OP_ICALL);
    EscArg args[32];
    info.nargs = c.nargs < 32 ? c.nargs : 32;
    for (uint32_t i = 0; i < info.nargs; i++) {
        Node n = b->s->nodes_pool[c.args + i];
        args[i] =
            (EscArg){n == b->s->null_value ? ESC_NONE : node_value(b, n), esc_number_unknown(), 0};
    }
    info.a = value_of(b, c.target);
    info.index = c.signature;
    info.args = args;
    info.dst = dst;
    emit(b, &info);
    return dst;
}

static EscValue value_of(Builder *b, Obj o) {
    if (b->value[o] != ESC_NONE)
        return b->value[o];
    if (lost(b, o))
        return b->value[o] = world_value(b);
    switch (b->s->objs[o].kind) {
    case OBJ_PARAM:
        return b->value[o] = b->s->objs[o].index;
    case OBJ_LENT:
        return lent_value(b, o);
    case OBJ_CONTENT:
        return content_value(b, o);
    case OBJ_DEEP:
        return deep_value(b, o);
    case OBJ_CALLBACK:
        return callback_value(b, o);
    case OBJ_FUNCTION: {
        EscOpInfo info = esc_op_info(ESC_OP_FUNCTION);
        info.index = b->s->objs[o].index;
        info.dst = b->value[o] = new_value(b);
        emit(b, &info);
        return info.dst;
    }
    case OBJ_SITE:
    case OBJ_FRESH:
        b->pending[o] = true;
        if (!b->in_world[o])
            return fresh_value(b, o);
        return b->value[o] = world_value(b);
    case OBJ_LOCAL:
        /* Its address points nowhere we know once it is dead. Before, whoever found it (something
         * called while it was linked into the caller's memory) may have kept what it holds. */
        b->pending[o] = true;
        break;
    case OBJ_WORLD:
    case OBJ_GLOBAL:
        break;
    }
    return b->value[o] = world_value(b);
}

static void emit_leak(Builder *b, EscValue value, EscReason reason, EscOp origin) {
    EscOpInfo info = esc_op_info(ESC_OP_LEAK);
    info.a = value;
    info.flags = reason == ESC_REASON_INTEGER ? ESC_OPF_NARROW : 0; /* a decision */
    info.index = reason;
    info.lo = info.hi = origin == ESC_NONE ? -1 : (int64_t)origin;
    emit(b, &info);
}

/* The operation of this function that began the path of a fact's last steps. */
static EscOp origin_of(const Solver *s, FactId fact) {
    for (; fact != ESC_NONE; fact = s->facts[fact].cause)
        if (s->facts[fact].op != ESC_NONE)
            return s->facts[fact].op;
    return ESC_NONE;
}

/* The value that names a lost object in its leak: what led to it still has one. Whoever named the
 * object before, as an argument of a call whose result leaks, has called it the world. */
static EscValue leaked_value(Builder *b, Obj o) {
    b->in_world[o] = 0;
    b->value[o] = ESC_NONE;
    EscValue v = value_of(b, o);
    b->in_world[o] = 1;
    b->value[o] = ESC_NONE;
    return v;
}

static void emit_leaks(Builder *b) {
    const Solver *s = b->s;
    for (FactId i = s->nodes[s->world_node].first_fact; i != ESC_NONE; i = s->facts[i].next) {
        Obj o = s->facts[i].obj;
        if (!esc_obj_is_callers(s->objs[o].kind) || b->leaked[o])
            continue;
        b->leaked[o] = true;
        bool root = esc_obj_is_root(s->objs[o].kind);
        if (root || !lost(b, s->objs[o].parent))
            emit_leak(b, leaked_value(b, o), ESC_REASON_CALLEE_LEAKS, origin_of(s, i));
    }
}

static void emit_decisions(Builder *b) {
    const Solver *s = b->s;
    for (FactId i = s->nodes[s->decided_node].first_fact; i != ESC_NONE; i = s->facts[i].next) {
        Obj o = s->facts[i].obj;
        if (!esc_obj_is_callers(s->objs[o].kind) || b->decided[o] || lost(b, o))
            continue;
        b->decided[o] = true;
        emit_leak(b, value_of(b, o), ESC_REASON_INTEGER, origin_of(s, i));
    }
}

static void emit_store(Builder *b, Obj o, const Cell *c, const Fact *f) {
    EscOpInfo info = esc_op_info(ESC_OP_STORE);
    info.a = value_of(b, o);
    if (info.a == b->world) { /* what is put there is lost from sight with it */
        bool theirs = esc_obj_is_callers(b->s->objs[f->obj].kind) && !lost(b, f->obj);
        bool made = b->s->objs[f->obj].kind == OBJ_SITE || b->s->objs[f->obj].kind == OBJ_FRESH;
        if ((theirs || (made && !b->in_world[f->obj])) && !b->leaked[f->obj]) {
            b->leaked[f->obj] = true;
            emit_leak(b, value_of(b, f->obj), ESC_REASON_CALLEE_LEAKS, f->op);
        }
        if (b->s->objs[f->obj].kind == OBJ_LOCAL)
            value_of(b, f->obj); /* so is what it holds */
        return;
    }
    info.b = fact_value(b, f);
    info.lo = c->lo;
    info.hi = c->hi;
    info.width = c->width;
    emit(b, &info);
}

static void emit_contents(Builder *b, Obj o) {
    const Solver *s = b->s;
    for (uint32_t i = s->objs[o].first_cell; i != ESC_NONE; i = s->cells[i].next) {
        const Cell c = s->cells[i];
        for (FactId k = s->nodes[c.node].first_fact; k != ESC_NONE; k = s->facts[k].next) {
            const Fact f = s->facts[k];
            emit_store(b, o, &c, &f);
        }
    }
}

static void emit_frees(Builder *b, bool clonable) {
    const Solver *s = b->s;
    for (uint32_t e = 0; e < s->nfrees; e++) {
        const FreeEvent *event = &s->frees[e];
        bool fixed = event->fixed || !clonable;
        for (FactId i = s->nodes[event->node].first_fact; i != ESC_NONE; i = s->facts[i].next) {
            Obj o = s->facts[i].obj;
            uint8_t bit = fixed ? 2 : 1;
            if (!esc_obj_is_callers(s->objs[o].kind) || (b->freed[o] & bit) || lost(b, o))
                continue;
            b->freed[o] |= bit;
            EscOpInfo info = esc_op_info(ESC_OP_FREE);
            info.a = value_of(b, o);
            info.flags = fixed ? ESC_OPF_FIXED : 0;
            info.index = event->realloc ? 1 : ESC_NONE;
            emit(b, &info);
        }
    }
}

static void emit_result(Builder *b) {
    EscValue v = node_value(b, b->s->return_node);
    if (v == ESC_NONE)
        return;
    EscOpInfo info = esc_op_info(ESC_OP_RETURN);
    info.a = v;
    emit(b, &info);
}

static void emit_all(Builder *b) {
    Solver *s = b->s;
    uint32_t no = ESC_FUNC_NO_CLONE | ESC_FUNC_VARIADIC | ESC_FUNC_NO_REWRITE |
                  ESC_FUNC_RETURNS_TWICE | ESC_FUNC_SANITIZED;
    emit_leaks(b);
    emit_decisions(b);
    for (Obj o = 0; o < s->nobjs; o++)
        if (esc_obj_is_callers(s->objs[o].kind))
            emit_contents(b, o);
    for (uint32_t i = 0; i < s->ncallbacks; i++)
        value_of(b, s->callbacks[i].object);
    emit_frees(b, !(s->f->flags & no) && s->f->nops <= MAX_CLONED_OPS);
    emit_result(b);
    /* What came up on the way brings its own contents along. A summary that is too large already is
     * not wanted. */
    for (bool again = true; again && b->out->nops <= MAX_FOLDED && !s->m->memory.failed;) {
        again = false;
        for (Obj o = 0; o < s->nobjs; o++) {
            if (!b->pending[o])
                continue;
            b->pending[o] = false;
            again = true;
            if (b->in_world[o])
                continue;
            emit_contents(b, o);
        }
    }
}

static bool set_up(Builder *b) {
    Solver *s = b->s;
    Memory *mem = &b->m->memory;
    uint32_t n = s->nobjs + 1;
    b->value = esc_memory_resize(mem, NULL, n, sizeof *b->value);
    b->pending = esc_memory_resize(mem, NULL, n, sizeof *b->pending);
    b->in_world = esc_memory_resize(mem, NULL, n, sizeof *b->in_world);
    b->leaked = esc_memory_resize(mem, NULL, n, sizeof *b->leaked);
    b->decided = esc_memory_resize(mem, NULL, n, sizeof *b->decided);
    b->freed = esc_memory_resize(mem, NULL, n, sizeof *b->freed);
    if (mem->failed)
        return false;
    memset(b->value, 0xff, n * sizeof *b->value);
    memset(b->pending, 0, n * sizeof *b->pending);
    memset(b->in_world, 0, n);
    memset(b->leaked, 0, n * sizeof *b->leaked);
    memset(b->decided, 0, n * sizeof *b->decided);
    memset(b->freed, 0, n);
    for (FactId i = s->nodes[s->world_node].first_fact; i != ESC_NONE; i = s->facts[i].next)
        b->in_world[s->facts[i].obj] = 1;
    memset(b->out, 0, sizeof *b->out);
    b->out->name = s->f->name;
    b->out->nparams = s->f->nparams;
    b->out->flags = s->f->flags & ESC_FUNC_VARIADIC;
    b->out->is_summary = s->f->is_summary;
    b->out->has_body = true;
    b->out->alloc_count_param = b->out->alloc_unit_param = ESC_NONE;
    b->out->dealloc = b->out->dealloc_param = ESC_NONE;
    for (uint32_t i = 0; i < s->f->nparams; i++)
        esc_body_value(b->m, b->out);
    esc_body_block(b->m, b->out);
    return !mem->failed;
}

bool esc_summarize(Solver *s, Function *out) {
    Builder b = {.s = s, .m = s->m, .out = out, .world = ESC_NONE};
    if (set_up(&b))
        emit_all(&b);
    esc_memory_release(b.value);
    esc_memory_release(b.pending);
    esc_memory_release(b.in_world);
    esc_memory_release(b.leaked);
    esc_memory_release(b.decided);
    esc_memory_release(b.freed);
    return out->nops <= (uint32_t)(s->coarse ? MAX_FOLDED : MAX_SUMMARY);
}

void esc_summary_worst(EscModule *m, EscFunc func, Function *out) {
    Solver none = {.m = m, .func = func, .f = esc_runs(m, func)};
    Builder b = {.s = &none, .m = m, .out = out, .world = ESC_NONE};
    memset(out, 0, sizeof *out);
    out->name = none.f->name;
    out->nparams = none.f->nparams;
    out->flags = none.f->flags & ESC_FUNC_VARIADIC;
    out->is_summary = none.f->is_summary;
    out->has_body = true;
    for (uint32_t i = 0; i < out->nparams; i++)
        esc_body_value(m, out);
    esc_body_block(m, out);
    for (uint32_t i = 0; i < out->nparams; i++)
        emit_leak(&b, i, ESC_REASON_CALLEE_LEAKS, ESC_NONE);
    EscOpInfo info = esc_op_info(ESC_OP_RETURN);
    info.a = world_value(&b);
    emit(&b, &info);
}
