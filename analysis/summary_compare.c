/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* summary_compare.c - whether a summary says all that another one of the same function says.
 *
 * The rounds over a recursive component end when no summary says more than before. Being equal is
 * too much to ask: what one pass writes twice (a word that leaks, and all words that leak) the next
 * writes once, depending on what its callees wrote, and such members could take turns for ever.
 *
 * A summary covers another if each operation of that one is among its own, under one renaming of
 * values; reading all that lies somewhere is reading each word of it. More operations mean more
 * facts, never fewer, so what covers may stand for what it covers.
 *
 * INVARIANT  Two objects of a summary are not renamed to one.
 */
#include "analyze.h"

#include <string.h>

/* Values of `of` to values of `to`. A value that is read or computed twice in `to` has the number
 * of the first time. */
typedef struct Renaming {
    const Function *of, *to;
    EscValue *value;  /* by the values of `of`; ESC_NONE: not yet */
    EscValue *number; /* by the values of `to` */
    bool *used;       /* operations of `to` that make the object of one of `of` */
} Renaming;

static bool same_operand(const Renaming *r, EscValue v, EscValue other) {
    if (v == ESC_NONE || other == ESC_NONE)
        return v == other;
    return r->value[v] != ESC_NONE && r->value[v] == r->number[other];
}

static bool same_number(const EscNumber *x, const EscNumber *y) {
    return x->lo == y->lo && x->hi == y->hi && x->param == y->param && x->mul == y->mul &&
           x->add == y->add;
}

/* Whether `y` reads what `x` reads: the same, or `wide`: all there is. */
static bool same_range(const Op *x, const Op *y, bool wide) {
    if (x->kind == ESC_OP_LEAK)
        return true; /* it is the operation that is named as the cause */
    if (wide)
        return x->kind == ESC_OP_LOAD && esc_range_any(y->lo, y->hi);
    return x->lo == y->lo && x->hi == y->hi && x->width == y->width;
}

static bool same_op(const Renaming *r, const Op *x, const Op *y, bool wide) {
    if (x->kind != y->kind || x->flags != y->flags || !same_range(x, y, wide) ||
        x->index != y->index || x->nargs != y->nargs ||
        (x->dst == ESC_NONE) != (y->dst == ESC_NONE) || !same_operand(r, x->a, y->a) ||
        !same_operand(r, x->b, y->b))
        return false;
    for (uint32_t i = 0; i < x->nargs; i++) {
        const EscArg *a = &r->of->args[x->args + i], *b = &r->to->args[y->args + i];
        if (!same_operand(r, a->value, b->value) || !same_number(&a->number, &b->number))
            return false;
    }
    return true;
}

/* An operation that makes an object stands for one other only. */
static bool makes_object(const Op *op) {
    return op->dst != ESC_NONE && op->kind != ESC_OP_LOAD && op->kind != ESC_OP_DEEP &&
           op->kind != ESC_OP_COPY && op->kind != ESC_OP_MERGE;
}

/* Mostly the summaries differ in a few places, so the next operation is the first to be tried. */
static bool find_op(Renaming *r, const Op *op, EscOp *next, bool wide) {
    for (EscOp k = 0; k < r->to->nops; k++) {
        EscOp j = (*next + k) % r->to->nops;
        if (r->used[j] || !same_op(r, op, &r->to->ops[j], wide))
            continue;
        if (op->dst != ESC_NONE)
            r->value[op->dst] = r->number[r->to->ops[j].dst];
        r->used[j] = makes_object(op);
        *next = j + 1;
        return true;
    }
    return false;
}

/* Mostly nothing changed. Then it does not matter either that the arguments of a call may be values
 * that come later, which find_op() does not follow. */
static bool is_copy(Renaming *r) {
    if (r->of->nops != r->to->nops || r->of->nvalues != r->to->nvalues)
        return false;
    for (EscValue v = 0; v < r->of->nvalues; v++)
        r->value[v] = r->number[v] = v;
    for (EscOp i = 0; i < r->of->nops; i++)
        if (r->of->ops[i].dst != r->to->ops[i].dst ||
            !same_op(r, &r->of->ops[i], &r->to->ops[i], false))
            return false;
    return true;
}

static void number_values(const Function *f, EscValue *number) {
    const Renaming self = {.of = f, .to = f, .value = number, .number = number};
    for (EscValue v = 0; v < f->nvalues; v++)
        number[v] = v;
    for (EscOp i = 0; i < f->nops; i++) {
        const Op *op = &f->ops[i];
        if (op->dst == ESC_NONE || makes_object(op))
            continue;
        EscOp j = 0;
        while (j < i && !same_op(&self, op, &f->ops[j], false))
            j++;
        if (j < i)
            number[op->dst] = number[f->ops[j].dst];
    }
}

static bool has_all(Renaming *r) {
    memset(r->used, 0, r->to->nops * sizeof *r->used);
    for (EscValue v = 0; v < r->of->nvalues; v++)
        r->value[v] = v < r->of->nparams ? v : ESC_NONE;
    number_values(r->to, r->number);
    EscOp next = 0;
    for (EscOp i = 0; i < r->of->nops; i++)
        if (!find_op(r, &r->of->ops[i], &next, false) && !find_op(r, &r->of->ops[i], &next, true))
            return false;
    return true;
}

bool esc_summary_covers(EscModule *m, const Function *to, const Function *of) {
    if (of->nparams != to->nparams || of->flags != to->flags)
        return false;
    Memory *mem = &m->memory;
    Renaming r = {.of = of, .to = to};
    r.value = esc_memory_resize(mem, NULL, of->nvalues + 1, sizeof *r.value);
    r.number = esc_memory_resize(mem, NULL, to->nvalues + 1, sizeof *r.number);
    r.used = esc_memory_resize(mem, NULL, to->nops + 1, sizeof *r.used);
    bool covers = r.value && r.number && r.used && (is_copy(&r) || has_all(&r));
    esc_memory_release(r.value);
    esc_memory_release(r.number);
    esc_memory_release(r.used);
    return covers;
}
