/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* model.h - the program model as the analysis sees it: plain arrays, indices instead of pointers.
 *
 * INVARIANT (esc_model_check)  Every index in an operation is in range for its function, or
 * ESC_NONE where the kind allows it; every value has at most one operation that defines it;
 * parameters are values 0 .. nparams-1 and are defined by none; block chains visit every operation
 * once, in the order of creation inside a block; `calls` lists each operation that may run another
 * function.
 *
 * A library model is a Function too: `is_model`, one block, written in the same operations. A
 * caller expands its body instead of a summary, so inferred summaries and models are one thing.
 *
 * NOT HERE  Deciding anything.
 */
#ifndef ESC_MODEL_H
#define ESC_MODEL_H

#include "escapement/analysis.h"
#include "memory.h"

typedef struct Source {
    const char *file;
    uint32_t line, col;
    const char *text, *lvalue, *rvalue; /* NULL when unknown */
} Source;

typedef struct Op {
    uint8_t kind; /* EscOpKind */
    uint16_t flags;
    EscValue dst, a, b;
    uint32_t width, index;
    int64_t lo, hi;
    uint32_t args, nargs; /* Function.args[args .. args+nargs-1] */
    EscSource source;
    EscBlock block;
    EscOp next; /* in its block; ESC_NONE at the end */
} Op;

typedef struct Block {
    EscOp first, last; /* ESC_NONE when empty */
} Block;

typedef struct Edge {
    EscBlock from, to;
} Edge;

typedef struct Local {
    uint64_t size_bytes;
    const char *name; /* NULL: not reported */
    EscSite lent;     /* keep_calls: stands for it in summaries (OBJ_LENT) */
    EscSource source;
} Local;

typedef struct Param {
    const char *name; /* NULL: unnamed */
    uint32_t group, flags;
    EscSource source;
} Param;

typedef struct Global {
    const char *name;
    EscGlobalKind kind;
    bool is_const;
} Global;

typedef struct Site {
    EscFunc func;
    EscOp op; /* the ALLOC or REALLOC; ESC_NONE until it is added */
    EscAllocKind kind;
    const char *allocator;
    EscNumber size_bytes;
    uint64_t align_bytes;
    bool zeroed, may_fail, movable;
    const char *misuse; /* or NULL */
    EscSource source;
    EscDestKind dest;
    EscSource dest_source;
    bool once; /* assumed (change.c): its objects are never live together */
    bool lent; /* it is a local, see Local.lent */
} Site;

/* What the call graph needs of an operation: walking it reads no operation. */
typedef struct Call {
    EscOp op;
    uint32_t index; /* of the operation */
    uint8_t kind;
} Call;

/* See esc_function_signatures. */
typedef struct Signatures {
    uint32_t exact, dropped, without;
} Signatures;

typedef struct SignatureRange {
    uint32_t first, last;
} SignatureRange;

/* What a call of a signature through an unknown pointer is a call of; ESC_NONE: of anything. */
typedef struct Dispatch {
    uint32_t signature;
    EscFunc func;
    uint32_t nargs; /* the most that a call of it passes */
} Dispatch;

typedef struct Function {
    const char *name;
    const char *source_name; /* NULL: as name */
    EscSource source;
    uint32_t nparams, flags;
    bool has_body, is_model;
    bool user_model;         /* from a user's file: wins over a body */
    bool is_summary;         /* a model that is another file's summary (summary_text.c) */
    Param *params;           /* nparams */
    uint64_t reserved_bytes; /* of the frame: moved there before this model was made */
    Signatures signatures;   /* ESC_NONE: none given */
    uint32_t alloc_count_param, alloc_unit_param; /* ESC_NONE: no alloc_size */
    EscFunc dealloc;
    uint32_t dealloc_param;       /* malloc(dealloc, n): ESC_NONE when absent */
    EscAllocatorModel *allocator; /* models only: NULL when it allocates and frees nothing */
    uint32_t nvalues;
    Op *ops;
    uint32_t nops, cap_ops;
    Call *calls; /* its CALL, ICALL and FUNCTION operations: whom it may run */
    uint32_t ncalls, cap_calls;
    EscArg *args;
    uint32_t nargs, cap_args;
    Block *blocks;
    uint32_t nblocks, cap_blocks;
    Edge *edges;
    uint32_t nedges, cap_edges;
    Local *locals;
    uint32_t nlocals, cap_locals;
} Function;

struct Analysis; /* analysis results, analyze.h */

struct EscModule {
    Memory memory; /* every allocation of the module; sticky failure inside */
    EscConfig config;
    uint32_t first_budget; /* for tests, facts in the first attempt at a function, and loads soon
                              share views; 0: as usual */
    const char *error;     /* sticky; NULL while all is well */
    const char *gave_up;   /* sticky reason; NULL while verdicts are real */
    Function *funcs;
    uint32_t nfuncs, cap_funcs;
    Global *globals;
    uint32_t nglobals, cap_globals;
    Site *sites;
    uint32_t nsites, cap_sites;
    Source *sources; /* [0] is "no place" */
    uint32_t nsources, cap_sources;
    uint32_t *func_index; /* open-addressing hash of names -> EscFunc + 1, power of two */
    uint32_t func_index_size;
    bool knows_library; /* its models are read when somebody asks for them */
    Function *models;   /* same shape, looked up by name through model_index */
    uint32_t nmodels, cap_models;
    uint32_t *model_index;
    uint32_t model_index_size;
    Dispatch *dispatch; /* sorted; see dispatch.c */
    uint32_t ndispatch, cap_dispatch;
    SignatureRange *complete; /* esc_signatures_complete */
    uint32_t ncomplete, cap_complete;
    struct Analysis *analysis; /* NULL before esc_analyze */
};

static inline bool esc_op_runs_another(const Op *op) {
    return op->kind == ESC_OP_CALL || op->kind == ESC_OP_ICALL || op->kind == ESC_OP_FUNCTION;
}

/* Set the sticky error (the first one stays). `text` must be a literal or owned by the module. */
void esc_model_fail(EscModule *m, const char *text);
/* Copy into the module's strings; NULL for NULL or when out of memory. Equal strings may share. */
const char *esc_model_string(EscModule *m, const char *text, size_t length);
/* What is known of what `f` does: its own body, or another file's summary of it (else neither has
 * one). Of a module that is being analysed. */
const Function *esc_runs(const EscModule *m, EscFunc f);
/* The model of `name`, or NULL; until the next model is added or asked for. */
const Function *esc_model_find(const EscModule *m, const char *name);
uint32_t esc_hash_name(const char *name, size_t length);
/* A new function slot in `models` (replaces one of the same name); NULL when out of memory. */
Function *esc_model_add(EscModule *m, const char *name);
/* The builders on a Function directly: what esc_value, esc_block, esc_op ... do for an EscFunc, for
 * reading models and for making summaries. */
EscValue esc_body_value(EscModule *m, Function *f);
EscBlock esc_body_block(EscModule *m, Function *f);
EscOp esc_body_op(EscModule *m, Function *f, EscBlock b, const EscOpInfo *info);
void esc_body_free(EscModule *m, Function *f);
/* NULL when the invariant above holds, else what is wrong and where (static buffer-free text). */
const char *esc_model_check(const EscModule *m);

/* This flow is to be forgotten (EscConfig.forget). */
static inline bool esc_forgets(const EscModule *m, EscForget what) {
    return m->config.forget == (uint64_t)what;
}

#endif
