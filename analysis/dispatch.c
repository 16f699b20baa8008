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
 * INVARIANT  A function whose signature the front end did not give is in every dispatcher; a
 * call without a signature has no dispatcher and stays unknown.
 *
 * NOT HERE  Pointers that are known, and function parameters of a function (expand.c).
 */
#include "analyze.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SIGNATURES = 1 << 12 }; /* a program has some hundred; calls of others stay unknown */

static const char dispatcher_name[] = "a function that a pointer names";

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

/* Whether all functions of the signature take as many arguments. */
static bool agrees(const EscModule *m, uint32_t signature, uint32_t nfuncs, uint32_t *nparams) {
    *nparams = ESC_NONE;
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

static EscFunc make_dispatcher(EscModule *m, uint32_t signature, uint32_t nfuncs,
                               uint32_t nparams) {
    char name[48];
    snprintf(name, sizeof name, "@signature %" PRIu32, signature);
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
    for (EscFunc f = 0; f < nfuncs; f++) {
        if (!reaches(m, signature, f))
            continue;
        EscOpInfo back = esc_op_info(ESC_OP_RETURN);
        back.a = emit_call(m, d, block, f, args, nparams);
        esc_op(m, d, block, &back);
    }
    esc_memory_release(args);
    return d;
}

/* Marks the signatures that calls have; how many there may be. */
static uint32_t mark_called(const EscModule *m, EscFunc *dispatch) {
    uint32_t n = 0;
    for (EscFunc f = 0; f < m->nfuncs; f++)
        for (uint32_t i = 0; i < m->funcs[f].ncalls; i++) {
            const Call *call = &m->funcs[f].calls[i];
            if (call->kind != ESC_OP_ICALL || call->index >= MAX_SIGNATURES)
                continue;
            dispatch[call->index] = 0;
            n = call->index >= n ? call->index + 1 : n;
        }
    return n;
}

void esc_dispatch_make(EscModule *m) {
    if (!m->config.closed_program || m->gave_up)
        return;
    EscFunc *dispatch = esc_memory_resize(&m->memory, NULL, MAX_SIGNATURES, sizeof *dispatch);
    if (!dispatch)
        return;
    memset(dispatch, 0xff, MAX_SIGNATURES * sizeof *dispatch);
    uint32_t n = mark_called(m, dispatch), nfuncs = m->nfuncs, nparams;
    for (uint32_t signature = 0; signature < n && !m->memory.failed; signature++) {
        bool called = dispatch[signature] != ESC_NONE;
        dispatch[signature] = ESC_NONE;
        if (called && agrees(m, signature, nfuncs, &nparams))
            dispatch[signature] = make_dispatcher(m, signature, nfuncs, nparams);
    }
    m->dispatch = dispatch;
    m->ndispatch = n;
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
    return sole;
}

EscFunc esc_dispatcher(const EscModule *m, uint32_t signature) {
    return signature < m->ndispatch ? m->dispatch[signature] : ESC_NONE;
}

EscFunc esc_callee(const EscModule *m, const Call *call) {
    return call->kind == ESC_OP_ICALL ? esc_dispatcher(m, call->index) : call->index;
}
