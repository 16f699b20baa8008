/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* model_check.c - the invariant of the program model (model.h) in code.
 *
 * The builders ask it of each operation they are given, esc_model_check of a whole module.
 */
#include "model_check.h"

#include <string.h>

static bool is_operand(const Function *f, EscValue value) {
    return value == ESC_NONE || value < f->nvalues;
}

bool esc_is_program_function(const EscModule *m, const Function *f) {
    return m->funcs && f >= m->funcs && f < m->funcs + m->nfuncs;
}

/* What `index` names must exist. */
static bool is_index(const EscModule *m, const Function *f, const Op *op) {
    switch ((EscOpKind)op->kind) {
    case ESC_OP_ALLOC:
    case ESC_OP_REALLOC:
        if (op->index == ESC_NONE)
            return !esc_is_program_function(m, f);
        return op->index < m->nsites;
    case ESC_OP_LOCAL:
    case ESC_OP_START:
    case ESC_OP_END:
        return op->index < f->nlocals;
    case ESC_OP_GLOBAL:
        return op->index < m->nglobals;
    case ESC_OP_FUNCTION:
    case ESC_OP_CALL:
        return op->index < m->nfuncs;
    case ESC_OP_LEAK:
        return op->index < ESC_REASONS;
    case ESC_OP_WORLD:
    case ESC_OP_COPY:
    case ESC_OP_MERGE:
    case ESC_OP_DIFF:
    case ESC_OP_LOAD:
    case ESC_OP_STORE:
    case ESC_OP_MOVE:
    case ESC_OP_DEEP:
    case ESC_OP_ICALL:
    case ESC_OP_FREE:
    case ESC_OP_RETURN:
    case ESC_OP_USE:
    case ESC_OP_KINDS:
        break;
    }
    return true;
}

const char *esc_wrong_with_op(const EscModule *m, const Function *f, const Op *op) {
    if (op->kind >= ESC_OP_KINDS)
        return "bad kind of operation";
    if (!is_operand(f, op->a) || !is_operand(f, op->b))
        return "bad operand";
    if (op->dst != ESC_NONE && (op->dst >= f->nvalues || op->dst < f->nparams))
        return "bad result";
    if (!is_index(m, f, op))
        return "bad index";
    if (op->lo > op->hi)
        return "bad range of bytes";
    return NULL;
}

const char *esc_wrong_with_args(const EscModule *m, const Function *f, const EscArg *args,
                                uint32_t nargs) {
    for (uint32_t i = 0; i < nargs; i++) {
        const EscNumber *number = &args[i].number;
        if (!is_operand(f, args[i].value))
            return "bad argument";
        if (number->lo > number->hi || (number->param != ESC_NONE && number->param >= f->nparams))
            return "bad number";
        if (args[i].source && args[i].source >= m->nsources)
            return "bad source place";
    }
    return NULL;
}

/* ---- the invariant -------------------------------------------------------------------------- */

/* Whether the call of that number is the operation. */
static bool is_listed(const Function *f, uint32_t number, EscOp id) {
    if (number >= f->ncalls)
        return false;
    const Call *call = &f->calls[number];
    return call->op == id && call->index == f->ops[id].index && call->kind == f->ops[id].kind;
}

/* Marks what each operation defines in `defined` (nvalues bytes). */
static const char *check_ops(const EscModule *m, const Function *f, unsigned char *defined) {
    uint32_t ncalls = 0;
    for (EscOp i = 0; i < f->nops; i++) {
        const Op *op = &f->ops[i];
        const char *wrong = esc_wrong_with_op(m, f, op);
        if (!wrong && (op->args > f->nargs || op->nargs > f->nargs - op->args))
            wrong = "arguments out of range";
        if (!wrong)
            wrong = esc_wrong_with_args(m, f, op->nargs ? f->args + op->args : NULL, op->nargs);
        if (wrong)
            return wrong;
        if (op->source >= m->nsources)
            return "bad source place";
        if (esc_op_runs_another(op) && !is_listed(f, ncalls++, i))
            return "a call is not listed";
        if (op->dst == ESC_NONE)
            continue;
        if (defined[op->dst])
            return "a value is defined twice";
        defined[op->dst] = 1;
    }
    return ncalls == f->ncalls ? NULL : "a call is listed that does not exist";
}

static const char *check_chains(const Function *f) {
    uint32_t seen = 0;
    for (EscBlock b = 0; b < f->nblocks; b++) {
        EscOp before = ESC_NONE;
        for (EscOp i = f->blocks[b].first; i != ESC_NONE; i = f->ops[i].next) {
            if (i >= f->nops || f->ops[i].block != b || (before != ESC_NONE && i <= before))
                return "a block's chain is broken";
            before = i;
            seen++;
        }
        if (before != f->blocks[b].last)
            return "a block's end is wrong";
    }
    if (seen != f->nops)
        return "an operation is in no block";
    for (uint32_t i = 0; i < f->nedges; i++)
        if (f->edges[i].from >= f->nblocks || f->edges[i].to >= f->nblocks)
            return "an edge's block does not exist";
    return NULL;
}

static const char *check_function(const EscModule *m, const Function *f, Memory *memory) {
    if (f->nvalues < f->nparams)
        return "parameters are not values";
    if (f->nblocks == 0)
        return f->nops ? "operations without a block" : NULL;
    unsigned char *defined = esc_memory_resize(memory, NULL, f->nvalues, 1);
    if (!defined)
        return "out of memory";
    memset(defined, 0, f->nvalues);
    const char *wrong = check_ops(m, f, defined);
    esc_memory_release(defined);
    return wrong ? wrong : check_chains(f);
}

const char *esc_model_check(const EscModule *m) {
    Memory memory = {0};
    const char *wrong = NULL;
    for (uint32_t i = 0; i < m->nfuncs && !wrong; i++)
        wrong = check_function(m, &m->funcs[i], &memory);
    for (uint32_t i = 0; i < m->nmodels && !wrong; i++)
        wrong = check_function(m, &m->models[i], &memory);
    for (EscSite i = 0; i < m->nsites && !wrong; i++) {
        const Site *site = &m->sites[i];
        if (site->func >= m->nfuncs)
            wrong = "a site's function does not exist";
        else if (site->op != ESC_NONE && (site->op >= m->funcs[site->func].nops ||
                                          m->funcs[site->func].ops[site->op].index != i))
            wrong = "a site's operation is another's";
    }
    return wrong;
}
