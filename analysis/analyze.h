/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* analyze.h - what the steps of the analysis leave behind for the questions asked later.
 *
 * Order: components.c (who calls whom) -> solve.c + summary.c bottom-up -> escape.c and lifetime.c
 * for each function while its facts are at hand -> place.c for all -> explain.c and findings.c on
 * demand.
 */
#ifndef ESC_ANALYZE_H
#define ESC_ANALYZE_H

#include "solve.h"

enum { NO_LEVEL = 255 };

/* What a function does with a parameter, for the lines about it. */
typedef struct ParamFacts {
    bool leaks, content_leaks, frees, frees_content, conditional;
    uint8_t result_level;    /* NO_LEVEL: not in the result */
    uint32_t callback_param; /* conditional: on what this parameter does ... */
    uint32_t callback_args;  /* ... with these arguments, bit 0 the first */
} ParamFacts;

/* One operation that may free, and whom. */
typedef struct FreeUse {
    EscOp op;
    bool realloc, fixed, assumed;
    bool others; /* also memory that is not a site of this function */
    const char *by;
    EscFunc callee;
    uint32_t sites, nsites; /* Analysis.pool */
} FreeUse;

typedef struct FuncResult {
    ParamFacts *params;
    FreeUse *frees;
    uint32_t nfrees, cap_frees;
    bool fresh_result;       /* on every path plain memory nobody else holds, or NULL */
    bool recursive;          /* may be on the stack more than once through calls we see */
    bool maybe_recursive;    /* the same through calls behind pointers */
    const char *gave_up;     /* why nothing was decided here; NULL */
    uint32_t *foreign_frees; /* bitset over operations: may free what the caller can name */
    uint32_t nbuffers;       /* sites here that want a small buffer */
    uint64_t frame_bytes,
        path_bytes; /* moved here; here and in the deepest known chain of callees */
} FuncResult;

typedef struct SiteResult {
    bool escapes;     /* reason and text then say why */
    EscReason reason; /* ESC_REASONS: none yet */
    const char *text; /* argument of the reason */
    bool live_twice;
    EscReason stuck;           /* a free out of reach keeps it; ESC_REASONS: none */
    const char *stuck_text;    /* argument of that */
    const FreeUse *old_blocks; /* of a realloc: what it may be given; NULL: nothing of ours */
    EscVerdict verdict;
} SiteResult;

/* An allocation below a call that could live in the caller if the callee were inlined. */
typedef struct InlineUse {
    EscFunc func;
    EscOp op;
    EscSite origin;
    uint64_t bytes; /* at most, as the caller knows it */
    bool asked;     /* ESC_ACT_INLINE says so */
    bool slot;      /* and it would be a slot then, together with all others of the function */
} InlineUse;

typedef struct LocalResult {
    bool escapes, proved;
    EscReason reason;
    const char *text;
} LocalResult;

/* How often a member of a recursive component was solved, and what it costs it. */
typedef struct SolveState {
    uint32_t solved_at, changed_at; /* Analysis.clock; 0: never */
    uint8_t solves;
    bool worst; /* sticky: its summary did not settle, or is too large, in coarser form too */
    Tried tried;
} SolveState;

typedef struct OpAction {
    EscFunc func;
    EscOp op;
    EscAction action;
    uint32_t sites, nsites; /* Analysis.pool */
} OpAction;

/* The line of a site for which a frame has no room: "A of B". */
typedef struct BudgetLine {
    EscReason reason;
    uint64_t a, b;
    const char *line; /* NULL: none yet */
} BudgetLine;

typedef struct Analysis {
    const Function *
        *runs;           /* per function: its body, or another file's summary of it; see esc_runs */
    Function *summaries; /* per function; has_body false: nothing known */
    FuncResult *results; /* per function */
    SiteResult *sites;   /* per site */
    LocalResult **locals; /* per function, per local; NULL when it has none */
    uint32_t *component;  /* per function; numbered callees first */
    uint32_t *order;      /* functions, callees first; those that no body here reaches last */
    uint32_t nreached;    /* of `order`: those that one reaches */
    uint32_t ncomponents;
    SolveState *states; /* per function */
    uint32_t clock;     /* counts solved functions, for SolveState */
    bool *cyclic;       /* per component */
    uint32_t *pool;
    uint32_t npool, cap_pool;
    InlineUse *inlines;
    uint32_t ninlines, cap_inlines;
    BudgetLine budget_line; /* the last one made */
    OpAction *actions;      /* sorted by (func, op) */
    uint32_t nactions, cap_actions;
    uint64_t nfacts, work; /* of all functions solved so far */
    uint64_t nops;         /* of all functions */
    uint64_t deadline_ns;  /* 0: none */
    bool done;
} Analysis;

/* Also marks the functions that are recursive without a pointer. */
bool esc_components(EscModule *m);

/* dispatch.c: makes the functions that stand for calls through unknown pointers of a closed
 * program. */
void esc_dispatch_make(EscModule *m);
/* What an operation names that is called below it, by name or through any pointer; ESC_NONE. */
EscFunc esc_callee(const EscModule *m, const Call *call);
/* Make the summary of a solved function. False: too large, try coarser. */
bool esc_summarize(Solver *s, Function *out);
/* The summary of a function of which anything must be expected. */
void esc_summary_worst(EscModule *m, EscFunc func, Function *out);
/* summary_compare.c: whether `to` says all that `of` says, a summary of the same function; false
 * also when out of memory. */
bool esc_summary_covers(EscModule *m, const Function *to, const Function *of);
/* Parameter lines and the result line. */
void esc_param_facts(Solver *s, FuncResult *out);
/* Which sites and locals outlive their function, and what may free the rest. */
void esc_decide_escapes(Solver *s);
/* Whether two objects of one site may be live at once. `op`: the ALLOC, REALLOC or CALL. */
bool esc_live_twice(Solver *s, Obj object);
/* Whether every way from `op` to the end of the function frees the block that `dst` got last. */
bool esc_always_freed_after(Solver *s, EscOp op, EscValue pointer);
void esc_place(EscModule *m);

uint64_t esc_now_ns(void);
void esc_analysis_free(EscModule *m);
const char *esc_function_name(const EscModule *m, EscFunc f);
/* The reason with its argument in place: "stored in global head". */
const char *esc_reason_line(EscModule *m, EscReason reason, const char *argument);

#endif
