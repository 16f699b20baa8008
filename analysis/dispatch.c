/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* dispatch.c - in a closed program, which functions a pointer read from memory may call.
 *
 * The front end promises (EscConfig.closed_program) that such a pointer holds the address of a
 * function whose address the module takes. C lets it be called only as what it is (C11 6.3.2.3p8),
 * so a call reaches the functions of its own signature. For each signature one function is made
 * that calls them all and returns any of their results; a call through an unknown pointer is a call
 * of that. Its summary, the order of the components and the rounds over recursion come of
 * themselves.
 *
 * Across files the signatures of summaries count as well (EscConfig.shared_signatures), and only
 * those have a dispatcher of which the front end has said that it knows all functions.
 *
 * INVARIANT  A function whose signature the front end did not give is in every dispatcher; a
 * call without a signature has no dispatcher and stays unknown. `dispatch` is sorted.
 *
 * NOT HERE  Pointers that are known, and function parameters of a function (expand.c).
 */
#include "analyze.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SIGNATURES = 1 << 12 }; /* a program has some hundred; with more, all stay unknown */

static const char dispatcher_name[] = "a function that a pointer names";
static const char dispatcher_prefix[] = "@signature "; /* no function of a program is called so */

/* Whether such a call may be of `f`. Who writes a call without a result does not mean an allocator:
 * memory is never made for nothing. */
static bool reaches(const EscModule *m, uint32_t signature, EscFunc f) {
    const Function *fn = &m->funcs[f];
    const Signatures *s = &fn->signatures;
    if (!(fn->flags & ESC_FUNC_ADDRESS_TAKEN))
        return false;
    if (s->exact == ESC_NONE || s->exact == signature || s->dropped == signature)
        return true;
    return s->without == signature && !(fn->flags & ESC_FUNC_MALLOC);
}

/* Whether some function whose address is taken has such parameters. */
static bool has_kind(const EscModule *m, uint32_t signature, uint32_t nfuncs) {
    for (EscFunc f = 0; f < nfuncs; f++) {
        const Function *fn = &m->funcs[f];
        uint32_t exact = fn->signatures.exact;
        if ((fn->flags & ESC_FUNC_ADDRESS_TAKEN) &&
            (exact == ESC_NONE ||
             exact >> ESC_SIGNATURE_RESULT_BITS == signature >> ESC_SIGNATURE_RESULT_BITS))
            return true;
    }
    return false;
}

/* Whether all functions of the signature take as many arguments, and how many. A pointer that
 * can name no function is NULL wherever it is called: the call does nothing to its arguments. */
static bool agrees(const EscModule *m, const Dispatch *d, uint32_t nfuncs, uint32_t *nparams) {
    uint32_t signature = d->signature;
    *nparams = ESC_NONE;
    if (!has_kind(m, signature, nfuncs)) {
        *nparams = d->nargs;
        return true;
    }
    for (EscFunc f = 0; f < nfuncs; f++) {
        if (!reaches(m, signature, f))
            continue;
        if (*nparams != ESC_NONE && *nparams != m->funcs[f].nparams)
            return false;
        *nparams = m->funcs[f].nparams;
    }
    return *nparams != ESC_NONE;
}

static EscValue emit_call(EscModule *m, EscFunc from, EscBlock block, EscFunc to,
                          const EscArg *args, uint32_t nargs) {
    EscOpInfo info = esc_op_info(ESC_OP_CALL);
    info.index = to;
    info.dst = esc_value(m, from);
    info.args = args;
    info.nargs = nargs;
    esc_op(m, from, block, &info);
    return info.dst;
}

/* What a call gives that reaches no function: nothing is said of it. */
static EscValue emit_world(EscModule *m, EscFunc from, EscBlock block) {
    EscOpInfo info = esc_op_info(ESC_OP_WORLD);
    info.dst = esc_value(m, from);
    esc_op(m, from, block, &info);
    return info.dst;
}

static EscFunc make_dispatcher(EscModule *m, uint32_t signature, uint32_t nfuncs,
                               uint32_t nparams) {
    char name[48];
    snprintf(name, sizeof name, "%s%" PRIu32, dispatcher_prefix, signature);
    EscFunc d = esc_function(m, name);
    EscArg *args = esc_memory_resize(&m->memory, NULL, nparams + 1, sizeof *args);
    if (d == ESC_NONE || !args || d < nfuncs) {
        esc_memory_release(args);
        return ESC_NONE;
    }
    esc_function_declare(m, d, nparams, ESC_FUNC_NO_CLONE | ESC_FUNC_NO_INLINE);
    esc_function_source(m, d, dispatcher_name, 0);
    esc_function_begin_body(m, d);
    EscBlock block = esc_block(m, d);
    for (uint32_t i = 0; i < nparams; i++)
        args[i] = (EscArg){.value = i, .number = esc_number_unknown()};
    EscOpInfo back = esc_op_info(ESC_OP_RETURN);
    for (EscFunc f = 0; f < nfuncs; f++) {
        if (!reaches(m, signature, f))
            continue;
        back.a = emit_call(m, d, block, f, args, nparams);
        esc_op(m, d, block, &back);
    }
    if (back.a == ESC_NONE) {
        back.a = emit_world(m, d, block);
        esc_op(m, d, block, &back);
    }
    esc_memory_release(args);
    return d;
}

/* ---- which ----------------------------------------------------------------------------------- */

void esc_signatures_complete(EscModule *m, uint32_t first, uint32_t last) {
    if (!esc_memory_grow(&m->memory, &m->complete, &m->cap_complete, m->ncomplete + 1,
                         sizeof *m->complete))
        return;
    m->complete[m->ncomplete++] = (SignatureRange){first, last};
}

static bool is_complete(const EscModule *m, uint32_t signature) {
    for (uint32_t i = 0; i < m->ncomplete; i++)
        if (m->complete[i].first <= signature && signature <= m->complete[i].last)
            return true;
    return !m->config.shared_signatures;
}

static int compare_dispatch(const void *a, const void *b) {
    uint32_t x = ((const Dispatch *)a)->signature, y = ((const Dispatch *)b)->signature;
    return x < y ? -1 : x > y;
}

static bool add_called(EscModule *m, const Function *f) {
    for (uint32_t i = 0; i < f->ncalls; i++) {
        if (f->calls[i].kind != ESC_OP_ICALL || f->calls[i].index == ESC_NONE)
            continue;
        if (!esc_memory_grow(&m->memory, &m->dispatch, &m->cap_dispatch, m->ndispatch + 1,
                             sizeof *m->dispatch))
            return false;
        uint32_t nargs = f->ops[f->calls[i].op].nargs;
        m->dispatch[m->ndispatch++] = (Dispatch){f->calls[i].index, ESC_NONE, nargs};
    }
    return true;
}

/* The signatures that calls have, each once. */
static bool collect_called(EscModule *m) {
    for (EscFunc f = 0; f < m->nfuncs; f++)
        if (!add_called(m, &m->funcs[f]))
            return false;
    for (uint32_t i = 0; i < m->nmodels; i++)
        if (m->models[i].is_summary && !add_called(m, &m->models[i]))
            return false;
    uint32_t n = 0;
    if (m->ndispatch)
        qsort(m->dispatch, m->ndispatch, sizeof *m->dispatch, compare_dispatch);
    for (uint32_t i = 0; i < m->ndispatch; i++) {
        Dispatch d = m->dispatch[i];
        if (n == 0 || m->dispatch[n - 1].signature != d.signature)
            m->dispatch[n++] = d;
        else if (m->dispatch[n - 1].nargs < d.nargs)
            m->dispatch[n - 1].nargs = d.nargs;
    }
    m->ndispatch = n;
    return n <= MAX_SIGNATURES;
}

void esc_dispatch_make(EscModule *m) {
    if (!m->config.closed_program || m->gave_up)
        return;
    if (!collect_called(m)) {
        m->ndispatch = 0;
        return;
    }
    uint32_t nfuncs = m->nfuncs, nparams;
    for (uint32_t i = 0; i < m->ndispatch && !m->memory.failed; i++) {
        uint32_t signature = m->dispatch[i].signature;
        if (is_complete(m, signature) && agrees(m, &m->dispatch[i], nfuncs, &nparams))
            m->dispatch[i].func = make_dispatcher(m, signature, nfuncs, nparams);
    }
}

EscFunc esc_sole_target(const EscModule *m, uint32_t signature) {
    EscFunc sole = ESC_NONE;
    for (EscFunc f = 0; f < m->nfuncs; f++) {
        if (!reaches(m, signature, f))
            continue;
        if (sole != ESC_NONE)
            return ESC_NONE;
        sole = f;
    }
    return is_complete(m, signature) ? sole : ESC_NONE;
}

static bool is_allocator(const EscModule *m, EscFunc f) {
    EscAllocatorModel model;
    return esc_model_allocator(m, m->funcs[f].name, &model);
}

uint32_t esc_allocator_targets(const EscModule *m, uint32_t signature,
                               EscFunc targets[ESC_MAX_TARGETS]) {
    uint32_t n = 0, allocators = 0;
    for (EscFunc f = 0; f < m->nfuncs; f++) {
        if (!reaches(m, signature, f))
            continue;
        if (n == ESC_MAX_TARGETS)
            return 0;
        targets[n++] = f;
        if (is_allocator(m, f)) {
            targets[n - 1] = targets[allocators];
            targets[allocators++] = f;
        }
    }
    return n > 1 && allocators > 0 && is_complete(m, signature) ? n : 0;
}

EscFunc esc_dispatcher(const EscModule *m, uint32_t signature) {
    Dispatch key = {signature, ESC_NONE, 0};
    const Dispatch *found =
        m->ndispatch && signature != ESC_NONE
            ? bsearch(&key, m->dispatch, m->ndispatch, sizeof key, compare_dispatch)
            : NULL;
    return found ? found->func : ESC_NONE;
}

bool esc_is_dispatcher(const EscModule *m, EscFunc f) {
    return strncmp(m->funcs[f].name, dispatcher_prefix, strlen(dispatcher_prefix)) == 0;
}

bool esc_is_promised_decision(const EscModule *m, const Function *f, const Op *op) {
    if (!m->config.closed_program || !f->is_summary || !(op->flags & ESC_OPF_NARROW))
        return false;
    for (EscOp i = 0; i < f->nops; i++)
        if (f->ops[i].dst == op->a)
            return f->ops[i].kind == ESC_OP_ICALL && f->ops[i].index != ESC_NONE;
    return false;
}

EscFunc esc_callee(const EscModule *m, const Call *call) {
    return call->kind == ESC_OP_ICALL ? esc_dispatcher(m, call->index) : call->index;
}

/* A function of another file runs what its summary runs. */
const Function *esc_runs(const EscModule *m, EscFunc f) {
    return m->analysis->runs[f];
}
