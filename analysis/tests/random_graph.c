/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* random_graph.c - see random_graph.h. */
#include "random_graph.h"

#include "library_models.h"
#include "naive_solver.h"

#include <stdio.h>

static int64_t random_offset(Random *r, const Shape *s) {
    static const int64_t offsets[] = {0, 0, 0, 0, 8, 8, 16, 4, -8, 24};
    return s->offsets ? offsets[random_below(r, sizeof offsets / sizeof *offsets)] : 0;
}

/* The function that is being made, and the values in it that may point somewhere. */
typedef struct Maker {
    EscModule *m;
    EscFunc func;
    Random *random;
    const Shape *shape;
    EscValue values[MAX_OPS + 3], all;
    uint32_t nvalues;
} Maker;

/* Mostly a value that is defined above, now and then one further down, or NULL. */
static EscValue random_value(Maker *k) {
    uint32_t dice = random_below(k->random, 20);
    if (dice == 0)
        return ESC_NONE;
    if (dice <= 2 || k->nvalues == 0)
        return random_below(k->random, k->all);
    return k->values[random_below(k->random, k->nvalues)];
}

static void random_range(Random *r, const Shape *s, EscOpInfo *info) {
    info->lo = info->hi = random_offset(r, s);
    if (s->offsets && random_below(r, 12) == 0)
        info->hi += 8;
    if (s->offsets && random_below(r, 20) == 0) {
        info->lo = ESC_OFFSET_MIN;
        info->hi = ESC_OFFSET_MAX;
    }
}

static EscOpKind random_kind(Random *r, const Shape *s) {
    static const EscOpKind kinds[] = {
        ESC_OP_ALLOC, ESC_OP_ALLOC, ESC_OP_ALLOC,   ESC_OP_LOCAL, ESC_OP_COPY,   ESC_OP_MERGE,
        ESC_OP_LOAD,  ESC_OP_LOAD,  ESC_OP_LOAD,    ESC_OP_STORE, ESC_OP_STORE,  ESC_OP_STORE,
        ESC_OP_STORE, ESC_OP_FREE,  ESC_OP_REALLOC, ESC_OP_MOVE,  ESC_OP_RETURN, ESC_OP_LEAK,
        ESC_OP_CALL,  ESC_OP_CALL,  ESC_OP_CALL,    ESC_OP_DEEP,  ESC_OP_GLOBAL, ESC_OP_MERGE,
    };
    static const EscOpKind with_pointers[] = {
        ESC_OP_ALLOC, ESC_OP_LOCAL, ESC_OP_LOAD, ESC_OP_LOAD,  ESC_OP_STORE,    ESC_OP_STORE,
        ESC_OP_LEAK,  ESC_OP_LEAK,  ESC_OP_CALL, ESC_OP_CALL,  ESC_OP_FUNCTION, ESC_OP_FUNCTION,
        ESC_OP_ICALL, ESC_OP_ICALL, ESC_OP_FREE, ESC_OP_MERGE,
    };
    static const EscOpKind with_locals[] = {
        ESC_OP_ALLOC, ESC_OP_LOCAL, ESC_OP_LOCAL, ESC_OP_LOAD,  ESC_OP_LOAD, ESC_OP_LOAD,
        ESC_OP_STORE, ESC_OP_STORE, ESC_OP_STORE, ESC_OP_STORE, ESC_OP_LEAK, ESC_OP_CALL,
        ESC_OP_CALL,  ESC_OP_CALL,  ESC_OP_MERGE, ESC_OP_MOVE,
    };
    if (s->pointers == MOSTLY_LOCALS)
        return with_locals[random_below(r, sizeof with_locals / sizeof *with_locals)];
    if (s->pointers == MOSTLY_POINTERS)
        return with_pointers[random_below(r, sizeof with_pointers / sizeof *with_pointers)];
    EscOpKind kind = kinds[random_below(r, sizeof kinds / sizeof *kinds)];
    if (s->pointers == SOME_POINTERS && random_below(r, 3) == 0)
        return random_below(r, 2) ? ESC_OP_FUNCTION : ESC_OP_ICALL;
    bool rare = kind == ESC_OP_LEAK || kind == ESC_OP_GLOBAL || kind == ESC_OP_DEEP;
    if ((rare && random_below(r, 3) > 0) || (s->functions == 1 && kind == ESC_OP_CALL))
        return ESC_OP_STORE;
    return kind;
}

static void random_op(Maker *k, EscOpKind kind, EscValue dst) {
    EscModule *m = k->m;
    EscFunc f = k->func;
    Random *r = k->random;
    const Shape *s = k->shape;
    EscOpInfo info = esc_op_info(kind);
    EscArg args[3];
    for (uint32_t i = 0; i < 3; i++)
        args[i] = (EscArg){random_value(k), esc_number_unknown(), 0};
    bool has_dst = true, has_a = true, has_b = false;
    switch (info.kind) {
    case ESC_OP_ALLOC:
    case ESC_OP_REALLOC: {
        bool again = info.kind == ESC_OP_REALLOC;
        EscSiteInfo site = {.kind = again ? ESC_ALLOC_REALLOC : ESC_ALLOC_MALLOC,
                            .allocator = "malloc",
                            .size_bytes = esc_number_constant(32),
                            .align_bytes = 16,
                            .movable = true};
        info.index = esc_site(m, f, &site);
        has_a = again;
        break;
    }
    case ESC_OP_LOCAL:
        info.index = esc_local(m, f, 32, "x", 0);
        has_a = false;
        break;
    case ESC_OP_GLOBAL:
        info.index = 0;
        has_a = false;
        break;
    case ESC_OP_COPY:
        random_range(r, s, &info);
        break;
    case ESC_OP_MERGE:
        info.args = args;
        info.nargs = 2;
        has_a = false;
        break;
    case ESC_OP_LOAD:
        random_range(r, s, &info);
        info.width = 8;
        break;
    case ESC_OP_STORE:
        random_range(r, s, &info);
        info.width = s->offsets && random_below(r, 8) == 0 ? 16 : 8;
        has_b = true;
        has_dst = false;
        break;
    case ESC_OP_MOVE:
        info.lo = info.hi = s->offsets && random_below(r, 2) ? 8 : 32;
        has_b = true;
        has_dst = false;
        break;
    case ESC_OP_CALL: /* the last function of the module has no body */
        info.index = random_below(r, random_below(r, 4) ? s->functions : s->functions + 1);
        if (s->pointers == MOSTLY_POINTERS && random_below(r, 3) == 0)
            info.index = s->functions;
        info.args = args;
        info.nargs = 3;
        has_a = false;
        break;
    case ESC_OP_FUNCTION:
        info.index = 1 + random_below(r, s->functions);
        has_a = false;
        break;
    case ESC_OP_ICALL:
        info.args = args;
        info.nargs = 2;
        break;
    case ESC_OP_LEAK:
        info.index = ESC_REASON_INTEGER;
        has_dst = false;
        break;
    case ESC_OP_DEEP:
        break;
    default:
        has_dst = false;
        break;
    }
    if (has_dst)
        info.dst = dst;
    if (has_a)
        info.a = random_value(k);
    /* A callback, more often than a pointer to data. */
    if (kind == ESC_OP_ICALL && s->pointers == MOSTLY_POINTERS && random_below(r, 2) && k->nvalues)
        info.a = k->values[0];
    if (has_b)
        info.b = random_value(k);
    if (has_dst)
        k->values[k->nvalues++] = dst;
    esc_op(m, f, 0, &info);
}

EscModule *random_graph(Random *r, const Shape *s) {
    EscModule *m = esc_model_new_bare(NULL);
    esc_global(m, "g", ESC_GLOBAL_PLAIN, false);
    for (uint32_t f = 0; f <= s->functions; f++) {
        char name[16];
        snprintf(name, sizeof name, "f%u", f);
        esc_function(m, name);
        esc_function_declare(m, f, f == 0 ? 0 : 3, 0);
    }
    for (EscFunc f = 0; f < s->functions; f++) {
        uint32_t nparams = f == 0 ? 0 : 3, nops = 3 + random_below(r, s->ops - 2);
        esc_function_begin_body(m, f);
        esc_block(m, f);
        for (uint32_t i = 0; i < nops; i++)
            esc_value(m, f);
        Maker k = {.m = m, .func = f, .random = r, .shape = s, .all = nparams + nops};
        for (uint32_t i = 0; i < nparams; i++)
            k.values[k.nvalues++] = i;
        for (uint32_t i = 0; i < nops; i++)
            random_op(&k, i == 0 ? ESC_OP_ALLOC : random_kind(r, s), nparams + i);
    }
    return m;
}
