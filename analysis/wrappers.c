/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* wrappers.c - which functions do nothing but allocate, or nothing but free.
 *
 *     void *xmalloc(size_t n) { void *p = malloc(n ? n : 1); if (!p) fatal(); return p; }
 *         allocator xmalloc(size) kind malloc fail abort never_empty
 *     void xfree(void *p) { if (p) free(p); }
 *         deallocator xfree(pointer)
 *
 * A call of such a function may be left out, as one of an allocator that the user declared. So what
 * it does besides must be nothing, unless it happens only after the allocation failed: what is in a
 * frame never fails. The front end marks what the model does not show: blocks in which something
 * happens (EFFECT) and blocks that run only when a pointer is NULL (IS_NULL).
 *
 * INVARIANT  In a function for which a line is made, every way from the entry to a return that does
 * not pass a failed allocation makes exactly one block, of the size that a parameter says, returns
 * its address, and does nothing else.
 *
 * SOUNDNESS  A function without any mark by the front end has none because nothing happens or
 * because nobody looked: ESC_OPF_EFFECT on the first operation says that somebody did
 * (`looked_at`).
 */
#include "wrappers.h"

#include "cfg.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum {
    MAX_BLOCKS = 24,
    MAX_OPS = 160,
    MAX_DEPTH = 3, /* a wrapper of a wrapper of one */
};

typedef uint32_t BlockSet; /* a bit each */

typedef struct Wrapper {
    const EscModule *m;
    const Function *f;
    BlockSet failed;    /* run only after the allocation failed */
    BlockSet effects;   /* something happens there that the model does not show */
    BlockSet returning; /* from where a return can be reached */
    const Op *made;     /* the one operation that allocates; NULL: none */
    const Op *fresh;    /* beside a realloc: the malloc for NULL; NULL: none */
    const Op *given;    /* the one that frees */
    EscAllocatorModel model, fresh_model;
    bool no;
} Wrapper;

static bool has(BlockSet set, EscBlock b) {
    return (set >> b) & 1;
}

static bool find_model(const EscModule *m, EscFunc f, int depth, EscAllocatorModel *out);

/* ---- what an operation is -------------------------------------------------------------------- */

/* The allocator that an operation is a call of, with parameters as arguments of the operation. */
static bool allocator_of(const Wrapper *w, const Op *op, int depth, EscAllocatorModel *out) {
    if (op->kind == ESC_OP_ALLOC || op->kind == ESC_OP_REALLOC)
        return esc_model_allocator(w->m, w->m->sites[op->index].allocator, out);
    return op->kind == ESC_OP_CALL && depth > 0 && find_model(w->m, op->index, depth - 1, out);
}

static const EscArg *argument(const Wrapper *w, const Op *op, uint32_t i) {
    return i < op->nargs ? &w->f->args[op->args + i] : NULL;
}

static const Op *definition(const Wrapper *w, EscValue v) {
    for (EscOp i = 0; i < w->f->nops; i++)
        if (w->f->ops[i].dst == v)
            return &w->f->ops[i];
    return NULL;
}

/* What `v` was copied from, as it is. */
static EscValue origin(const Wrapper *w, EscValue v) {
    for (int i = 0; i < 6; i++) {
        const Op *op = v == ESC_NONE ? NULL : definition(w, v);
        if (!op || op->kind != ESC_OP_COPY || op->lo != 0 || op->hi != 0 ||
            (op->flags & ESC_OPF_NARROW))
            break;
        v = op->a;
    }
    return v;
}

/* Whether `v` is the block's address, wherever it is not NULL. */
static bool is_block(const Wrapper *w, EscValue v, int depth) {
    const Op *op = v == ESC_NONE ? NULL : definition(w, v);
    if (!op || depth > 6)
        return false;
    if (op == w->made || op == w->fresh)
        return true;
    if (op->kind == ESC_OP_COPY)
        return op->lo == 0 && op->hi == 0 && !(op->flags & ESC_OPF_NARROW) &&
               is_block(w, op->a, depth + 1);
    if (op->kind != ESC_OP_MERGE || op->nargs == 0)
        return false;
    for (uint32_t i = 0; i < op->nargs; i++)
        if (!is_block(w, w->f->args[op->args + i].value, depth + 1))
            return false;
    return true;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* Which blocks reach one of `targets` without passing one of `without`. */
static BlockSet reaching(const Function *f, BlockSet targets, BlockSet without) {
    BlockSet set = targets & ~without;
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < f->nedges; i++) {
            EscBlock from = f->edges[i].from;
            if (!has(set, from) && !has(without, from) && has(set, f->edges[i].to)) {
                set |= 1u << from;
                again = true;
            }
        }
    }
    return set;
}

/* Blocks all of whose ways there lead through `set`, and `set`. */
static BlockSet only_through(const Function *f, BlockSet set) {
    for (bool again = true; again;) {
        again = false;
        for (EscBlock b = 1; b < f->nblocks; b++) {
            bool any = false, all = true;
            for (uint32_t i = 0; i < f->nedges; i++)
                if (f->edges[i].to == b) {
                    any = true;
                    all &= has(set, f->edges[i].from);
                }
            if (any && all && !has(set, b)) {
                set |= 1u << b;
                again = true;
            }
        }
    }
    return set;
}

/* Blocks that run only when the block's address is NULL, or (`of_block` false) what a realloc is
 * given. */
static BlockSet null_blocks(const Wrapper *w, bool of_block) {
    const EscArg *old = of_block ? NULL : argument(w, w->made, w->model.pointer_param);
    BlockSet set = 0;
    for (EscOp i = 0; i < w->f->nops; i++) {
        const Op *op = &w->f->ops[i];
        if (op->kind != ESC_OP_USE || !(op->flags & ESC_OPF_IS_NULL))
            continue;
        bool wanted =
            of_block ? is_block(w, op->a, 0) : old && origin(w, op->a) == origin(w, old->value);
        if (wanted)
            set |= 1u << op->block;
    }
    return only_through(w->f, set);
}

static bool in_cycle(const Wrapper *w, EscBlock b) {
    BlockSet next = 0;
    for (uint32_t i = 0; i < w->f->nedges; i++)
        if (w->f->edges[i].from == b)
            next |= 1u << w->f->edges[i].to;
    return (next & reaching(w->f, 1u << b, 0)) != 0;
}

/* ---- finding the one operation --------------------------------------------------------------- */

static bool looked_at(const Function *f) {
    return f->nops > 0 && f->ops[0].kind == ESC_OP_USE && (f->ops[0].flags & ESC_OPF_EFFECT) &&
           f->ops[0].a == ESC_NONE && f->ops[0].index == 0;
}

static void note_maker(Wrapper *w, const Op *op, const EscAllocatorModel *model) {
    if (!w->made) {
        w->made = op;
        w->model = *model;
    } else if (!w->fresh && w->model.reallocates != model->reallocates) {
        /* p ? realloc(p, n) : malloc(n), in either order */
        bool second = model->reallocates;
        w->fresh = second ? w->made : op;
        w->fresh_model = second ? w->model : *model;
        w->made = second ? op : w->made;
        w->model = second ? *model : w->model;
    } else {
        w->no = true;
    }
}

static void find_operations(Wrapper *w, int depth) {
    for (EscOp i = 1; i < w->f->nops && !w->no; i++) {
        const Op *op = &w->f->ops[i];
        EscAllocatorModel model;
        if (op->kind == ESC_OP_USE && (op->flags & ESC_OPF_EFFECT))
            w->effects |= 1u << op->block;
        if (op->kind == ESC_OP_FREE ||
            (op->kind == ESC_OP_CALL && allocator_of(w, op, depth, &model) && model.frees)) {
            w->no |= w->given != NULL;
            w->given = op;
        } else if (allocator_of(w, op, depth, &model)) {
            note_maker(w, op, &model);
        } else if (op->kind == ESC_OP_ALLOC || op->kind == ESC_OP_REALLOC) {
            w->no = true;
        }
        if (op->kind == ESC_OP_RETURN)
            w->returning |= 1u << op->block;
    }
    w->returning = reaching(w->f, w->returning, 0);
}

/* Whether `op` does nothing that anybody could miss. */
static bool is_idle(const Wrapper *w, const Op *op) {
    if (op == w->made || op == w->fresh || op == w->given)
        return true;
    switch ((EscOpKind)op->kind) {
    case ESC_OP_GLOBAL:
    case ESC_OP_FUNCTION:
    case ESC_OP_WORLD:
    case ESC_OP_COPY:
    case ESC_OP_MERGE:
    case ESC_OP_DIFF:
    case ESC_OP_RETURN:
    case ESC_OP_USE: /* those with an effect are counted */
        return true;
    case ESC_OP_LEAK: /* a decision, by a size for instance */
        return (op->flags & ESC_OPF_NARROW) != 0;
    case ESC_OP_LOAD:
        return !(op->flags & ESC_OPF_VOLATILE);
    case ESC_OP_CALL: /* strlen */
        return (w->m->funcs[op->index].flags & (ESC_FUNC_PURE | ESC_FUNC_CONST)) != 0;
    default:
        return false;
    }
}

static bool is_quiet(const Wrapper *w) {
    for (EscOp i = 0; i < w->f->nops; i++) {
        const Op *op = &w->f->ops[i];
        if (!has(w->failed, op->block) && !is_idle(w, op))
            return false;
    }
    /* Who never comes back does something: it ends the program, or never ends. */
    BlockSet dead = ((1u << w->f->nblocks) - 1) & ~w->returning;
    return ((w->effects | dead) & ~w->failed) == 0;
}

/* ---- parameters ------------------------------------------------------------------------------ */

/* The parameter that an argument of the allocator is; ESC_NONE. */
static uint32_t as_parameter(const Wrapper *w, const Op *op, uint32_t i, bool pointer,
                             bool *never_empty) {
    const EscArg *arg = argument(w, op, i);
    if (!arg)
        return ESC_NONE;
    if (pointer) {
        EscValue v = origin(w, arg->value);
        return v < w->f->nparams ? v : ESC_NONE;
    }
    const EscNumber *n = &arg->number;
    if (n->param == ESC_NONE || n->mul != 1 || n->add != 0 || n->lo > 1)
        return ESC_NONE;
    *never_empty |= n->lo == 1;
    return n->param;
}

/* Rewrites the parameters of `model` from the wrapped function's to the wrapper's. */
static bool translate(const Wrapper *w, const Op *op, EscAllocatorModel *model) {
    struct {
        uint32_t *param;
        bool pointer;
    } all[] = {{&model->size_param, false},
               {&model->count_param, false},
               {&model->pointer_param, true},
               {&model->source_param, true}};
    if (model->align_param != ESC_NONE || model->out_param != ESC_NONE)
        return false;
    uint32_t used = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (*all[i].param == ESC_NONE)
            continue;
        const EscArg *arg = argument(w, op, *all[i].param);
        /* calloc(n, 1) and calloc(1, n) have one size. */
        bool one = !all[i].pointer && arg && arg->number.lo == 1 && arg->number.hi == 1 &&
                   model->count_param != ESC_NONE;
        uint32_t p = one ? ESC_NONE
                         : as_parameter(w, op, *all[i].param, all[i].pointer, &model->never_empty);
        if (!one && (p == ESC_NONE || p >= 32 || ((used >> p) & 1)))
            return false;
        used |= one ? 0 : 1u << p;
        *all[i].param = p;
    }
    if (model->size_param == ESC_NONE && model->count_param != ESC_NONE) {
        model->size_param = model->count_param;
        model->count_param = ESC_NONE;
    }
    return true;
}

/* ---- results --------------------------------------------------------------------------------- */

/* Every return gives the block, or NULL after it failed. */
static bool returns_block(Wrapper *w) {
    bool any = false;
    for (EscOp i = 0; i < w->f->nops; i++) {
        const Op *op = &w->f->ops[i];
        if (op->kind != ESC_OP_RETURN)
            continue;
        bool failed = has(w->failed, op->block);
        if (!is_block(w, op->a, 0) && !(failed && op->a == ESC_NONE))
            return false;
        any |= !failed;
    }
    return any;
}

/* Whether no return comes after a failure, and none is reached without asking for it. */
static bool never_fails(const Wrapper *w) {
    if (w->failed == 0 || (w->failed & w->returning))
        return false;
    BlockSet asking = 0, returns = 0;
    for (uint32_t i = 0; i < w->f->nedges; i++)
        if (has(w->failed, w->f->edges[i].to) && !has(w->failed, w->f->edges[i].from))
            asking |= 1u << w->f->edges[i].from;
    for (EscOp i = 0; i < w->f->nops; i++)
        if (w->f->ops[i].kind == ESC_OP_RETURN)
            returns |= 1u << w->f->ops[i].block;
    /* One question about the very value that is returned. */
    EscValue asked = ESC_NONE;
    for (EscOp i = 0; i < w->f->nops; i++) {
        const Op *op = &w->f->ops[i];
        bool first = (op->flags & ESC_OPF_IS_NULL) && is_block(w, op->a, 0);
        if (op->kind != ESC_OP_USE || !first)
            continue;
        if (asked != ESC_NONE && asked != origin(w, op->a))
            return false;
        asked = origin(w, op->a);
    }
    for (EscOp i = 0; i < w->f->nops; i++)
        if (w->f->ops[i].kind == ESC_OP_RETURN && origin(w, w->f->ops[i].a) != asked)
            return false;
    return (asking & (asking - 1)) == 0 && !has(reaching(w->f, returns, asking), 0);
}

/* ---- the two forms --------------------------------------------------------------------------- */

static bool is_allocator(Wrapper *w) {
    if (w->model.kind == ESC_ALLOC_PRINTF || w->model.kind == ESC_ALLOC_GETLINE ||
        in_cycle(w, w->made->block) || (w->fresh && in_cycle(w, w->fresh->block)))
        return false;
    w->failed = null_blocks(w, true);
    /* A realloc runs when nothing was allocated before in this call, so both may not follow. */
    if (w->fresh) {
        BlockSet null = null_blocks(w, false), apart = reaching(w->f, 1u << w->made->block, 0);
        bool unzeroed = !w->fresh_model.zeroed && !w->fresh_model.duplicates;
        if (!has(null, w->fresh->block) || has(apart, w->fresh->block) ||
            has(reaching(w->f, 1u << w->fresh->block, 0), w->made->block) || !unzeroed)
            return false;
    }
    if (!is_quiet(w) || !returns_block(w) || !translate(w, w->made, &w->model))
        return false;
    if (w->fresh) {
        EscAllocatorModel fresh = w->fresh_model;
        if (!translate(w, w->fresh, &fresh) || fresh.size_param != w->model.size_param ||
            fresh.count_param != w->model.count_param || fresh.never_empty != w->model.never_empty)
            return false;
    }
    w->model.may_fail = w->model.may_fail && !never_fails(w);
    return true;
}

static bool is_deallocator(Wrapper *w) {
    EscAllocatorModel model;
    EscValue freed = w->given->a;
    if (w->given->kind == ESC_OP_CALL) {
        if (!allocator_of(w, w->given, MAX_DEPTH, &model))
            return false;
        const EscArg *arg = argument(w, w->given, model.pointer_param);
        freed = arg ? arg->value : ESC_NONE;
    }
    for (EscOp i = 0; i < w->f->nops; i++)
        if (w->f->ops[i].kind == ESC_OP_RETURN && w->f->ops[i].a != ESC_NONE)
            return false;
    freed = origin(w, freed);
    if (freed >= w->f->nparams || !is_quiet(w))
        return false;
    w->model = (EscAllocatorModel){.kind = ESC_ALLOC_PAIRED,
                                   .frees = true,
                                   .size_param = ESC_NONE,
                                   .count_param = ESC_NONE,
                                   .align_param = ESC_NONE,
                                   .source_param = ESC_NONE,
                                   .out_param = ESC_NONE,
                                   .pointer_param = freed};
    return true;
}

/* What `f` is as an allocator, with its own parameters. */
static bool find_model(const EscModule *m, EscFunc f, int depth, EscAllocatorModel *out) {
    const Function *fn = &m->funcs[f];
    uint32_t no = ESC_FUNC_VARIADIC | ESC_FUNC_RETURNS_TWICE | ESC_FUNC_INTERPOSABLE |
                  ESC_FUNC_NO_REWRITE | ESC_FUNC_SANITIZED;
    if (!fn->has_body || (fn->flags & no) || fn->nblocks == 0 || fn->nblocks > MAX_BLOCKS ||
        fn->nops > MAX_OPS || fn->nlocals || fn->nparams > 31 || !looked_at(fn))
        return false;
    Wrapper w = {.m = m, .f = fn};
    find_operations(&w, depth);
    if (w.no || !w.made == !w.given)
        return false;
    if (w.made ? !is_allocator(&w) : !is_deallocator(&w))
        return false;
    *out = w.model;
    return true;
}

/* ---- the line -------------------------------------------------------------------------------- */

static const char *parameter_word(const EscAllocatorModel *model, uint32_t p) {
    return p == model->size_param      ? "size"
           : p == model->count_param   ? "count"
           : p == model->pointer_param ? "pointer"
           : p == model->source_param  ? "source"
                                       : "_";
}

bool esc_wrapper_line(const EscModule *m, EscFunc f, char *buffer, size_t capacity) {
    EscAllocatorModel model;
    const char *name = m->funcs[f].name;
    bool plain =
        name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] ==
        '\0';
    if (!plain || !find_model(m, f, MAX_DEPTH, &model))
        return false;
    size_t used = 0;
#define PUT(...)                                                                                   \
    used += used < capacity ? (size_t)snprintf(buffer + used, capacity - used, __VA_ARGS__) : 0
    PUT("%s %s(",
        model.frees         ? "deallocator"
        : model.reallocates ? "reallocator"
        : model.duplicates  ? "duplicator"
                            : "allocator",
        name);
    for (uint32_t i = 0; i < m->funcs[f].nparams; i++)
        PUT("%s%s", i ? ", " : "", parameter_word(&model, i));
    PUT(")");
    if (!model.frees)
        PUT(" kind %s%s fail %s%s", esc_text_word(esc_text_alloc_kinds, model.kind),
            model.zeroed ? " zeroed" : "", model.may_fail ? "null" : "abort",
            model.never_empty ? " never_empty" : "");
#undef PUT
    return used < capacity;
}
