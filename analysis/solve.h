/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* solve.h - what every pointer of one function may point to.
 *
 * A *node* holds facts: (object, byte range). Values of the function are nodes 0 .. nvalues-1; then
 * come temporaries of expanded calls, the cells of objects, and sinks. A *cell* is a byte range of
 * an object's contents. Facts are kept with their first cause, so a path back to the allocation is
 * a walk in a tree and ends.
 */
#ifndef ESC_SOLVE_H
#define ESC_SOLVE_H

#include "model.h"

typedef uint32_t Node;
typedef uint32_t Obj;
typedef uint32_t FactId;

typedef enum ObjKind {
    OBJ_WORLD,    /* everything that escaped or was never ours; always object 0 */
    OBJ_GLOBAL,   /* index: EscGlobal */
    OBJ_FUNCTION, /* index: EscFunc */
    OBJ_LOCAL,    /* index: EscLocal */
    OBJ_SITE,     /* index: EscSite, allocated by `op` of this function */
    OBJ_FRESH,    /* index: the EscSite below call `op` that made it */
    OBJ_PARAM,    /* index: parameter; what the caller passed points to */
    OBJ_CALLBACK, /* index: into callbacks; what a call of a function parameter returned */
    OBJ_LENT,     /* index: the EscSite for a local that is passed to a call that is kept */
    OBJ_CONTENT,  /* what a cell of PARAM, CALLBACK or LENT `parent` held on entry */
    OBJ_DEEP,     /* everything further down from root `parent` */
} ObjKind;

typedef struct Object {
    ObjKind kind;
    uint32_t index;
    EscOp op;
    Obj parent;
    int64_t lo, hi; /* CONTENT: the cell */
    uint32_t width;
    bool thin;            /* CONTENT: only ever read as an integer */
    bool many;            /* FRESH: one call may make several */
    bool exposed;         /* its contents may change behind our back */
    EscNumber size_bytes; /* FRESH: in terms of this function's parameters */
    uint32_t inline_cost; /* FRESH: operations to bring here; UINT32_MAX: cannot be */
    uint32_t first_cell, ncells, ncontents;
    Node entry_node; /* CONTENT, DEEP: points to it, made when moved; 0: none */
    uint32_t first_reader;
} Object;

typedef struct Cell {
    Obj obj;
    int64_t lo, hi;
    uint32_t width;
    Node node;
    uint32_t next;
} Cell;

typedef struct Fact {
    Node node;
    Obj obj;
    int64_t lo, hi;
    FactId cause;     /* the fact it was derived from; ESC_NONE at the start of a path */
    EscOp op;         /* the operation that moved it here; ESC_NONE inside an expansion */
    FactId next;      /* of the same node */
    FactId pair_next; /* of the same node and object */
} Fact;

/* A place where objects are lost from sight. Its node collects them. */
typedef struct Sink {
    Node node;
    EscOp op;
    EscReason reason;
    const char *text; /* argument of the reason; NULL: from the operation's source */
    EscFunc callee;   /* whose body does it; ESC_NONE */
    EscOp callee_op;  /* the step in it; ESC_NONE */
    uint32_t arg;     /* argument of the call it is about; ESC_NONE */
} Sink;

/* Something that may free. */
typedef struct FreeEvent {
    EscOp op;
    Node node;
    bool realloc;   /* a REALLOC of this function */
    bool fixed;     /* inside something that cannot be changed or copied */
    bool assumed;   /* an unknown callee might, nothing says it does */
    const char *by; /* callee, for messages; NULL: the operation itself frees */
    EscFunc callee; /* with a body: could be cloned; ESC_NONE */
} FreeEvent;

/* In summaries: an ALLOC that one call may execute more than once. */
enum { SUMMARY_MANY = 1 << 8 };

/* A call through something the caller gave us. */
typedef struct Callback {
    EscOp op;
    Obj target;
    Node result;
    uint32_t args, nargs; /* into Solver.nodes_pool */
    Obj object;           /* OBJ_CALLBACK */
    uint32_t signature;
} Callback;

typedef enum EdgeKind {
    EDGE_COPY,
    EDGE_LOAD,
    EDGE_STORE,
    EDGE_MOVE_TO,
    EDGE_MOVE_FROM,
    EDGE_CALL,
    EDGE_DIFF
} EdgeKind;

typedef struct FlowEdge {
    uint8_t kind;
    bool thin;
    Node other; /* COPY, LOAD: destination; STORE: source of the value; else a record index */
    int64_t lo, hi;
    uint32_t width;
    EscOp op;
    uint32_t next;
} FlowEdge;

typedef struct Reader {
    int64_t lo, hi;
    uint32_t width;
    Node dst;      /* a plain load */
    Obj into;      /* a move: destination object, ESC_NONE for a load */
    int64_t shift; /* destination offset minus source offset */
    bool any;      /* the move's shift is unknown */
    bool view;     /* dst is no load's own: all loads of the range have it */
    EscOp op;
    FactId why;
    uint32_t next;
} Reader;

typedef struct MoveRecord {
    Node to, from;
    bool thin;  /* no part of it is typed as a pointer */
    int64_t hi; /* most bytes moved */
    EscOp op;
} MoveRecord;

typedef struct CallRecord {
    EscOp op;
    Node callee, result;  /* result ESC_NONE */
    uint32_t args, nargs; /* nodes_pool */
    uint32_t depth;
    uint32_t signature; /* ESC_NONE: not known */
    bool dispatched;    /* what an unknown pointer may call, it has called */
} CallRecord;

/* What calls through pointers, found while an operation is expanded, have in common. */
typedef struct SharedCall {
    EscOp op;
    EscFunc callee;
    uint32_t args, nargs; /* nodes_pool */
    Node result;
} SharedCall;

enum { DIFF_OBJECTS = 4 };

typedef struct DiffRecord {
    Node dst, a, b;
    Obj seen[DIFF_OBJECTS]; /* so far; of these one activation makes only one */
    uint32_t nseen;
    bool active;
    EscOp op;
} DiffRecord;

typedef struct NodeInfo {
    uint32_t first_edge;
    FactId first_fact, last_fact;
    uint32_t nfacts, nedges;
    bool hashed; /* its plain copies are in edge_hash */
    bool view;   /* its facts are others' too and count in no budget */
} NodeInfo;

/* What is lost for sure (lost.c): parameters, a bit each, and what calls make: a byte per operation
 * with a bit for each eighth site. */
typedef struct Lost {
    uint64_t params;
    uint8_t *calls; /* NULL: none known */
} Lost;

/* What earlier attempts at a function showed; the next one starts there. Zeroed at first; who owns
 * it releases lost.calls and lent. */
typedef struct Tried {
    Lost lost;
    uint32_t attempt; /* the first one that is worth it, see esc_solve */
    uint8_t *lent;    /* locals that are OBJ_LENT; NULL: none known */
    uint32_t nlent;
    bool few;    /* only few contents of one parameter are to be told apart */
    bool coarse; /* none are */
} Tried;

/* Along edges, in the budget of an attempt; real code needs 1 to 25. */
enum { STEPS_A_FACT = 32 };

typedef struct Solver {
    EscModule *m;
    EscFunc func;
    const Function *f;
    bool failed;           /* out of memory */
    const char *limit;     /* the limit that was hit; NULL */
    bool coarse;           /* contents of parameters are not told apart */
    uint32_t max_contents; /* entry contents told apart, per object */
    uint8_t *lost_calls;   /* see Lost; NULL: none known */
    Tried *tried;          /* whose `lent` may grow; then the solution says nothing */
    bool lends_more;
    uint64_t lost_params;     /* parameters known to be lost: what they lead to is the world */
    uint32_t soft_limit;      /* facts before a cheaper form is tried */
    uint64_t work, soft_work; /* steps along edges, likewise */
    bool over_soft_limit;
    NodeInfo *nodes;
    uint32_t nnodes, cap_nodes;
    Object *objs;
    uint32_t nobjs, cap_objs;
    Cell *cells;
    uint32_t ncells, cap_cells;
    Fact *facts;
    uint32_t nfacts, cap_facts, cursor;
    uint32_t *fact_hash; /* the first fact of each (node, object), of nodes with many facts */
    uint32_t fact_hash_size, nfact_hash;
    FlowEdge *edges;
    uint32_t nedges, cap_edges;
    uint32_t *edge_hash;
    uint32_t edge_hash_size, nedge_hash;
    Reader *readers;
    uint32_t nreaders, cap_readers;
    Sink *sinks;
    uint32_t nsinks, cap_sinks;
    FreeEvent *frees;
    uint32_t nfrees, cap_frees;
    Callback *callbacks;
    uint32_t ncallbacks, cap_callbacks;
    MoveRecord *moves;
    uint32_t nmoves, cap_moves;
    CallRecord *calls;
    uint32_t ncalls, cap_calls;
    SharedCall *shared;
    uint32_t nshared, cap_shared;
    DiffRecord *diffs;
    uint32_t ndiffs, cap_diffs;
    uint32_t *nodes_pool;
    uint32_t npool, cap_pool;
    uint32_t *obj_index; /* hash of (kind, index, op, parent, range) */
    uint32_t obj_index_size;
    Node world_node;   /* facts here: escaped to the world */
    Node expose_node;  /* facts here: reachable from what the caller holds */
    Node own_node;     /* our own objects that arrive here escape, the caller's do not */
    Node decided_node; /* of facts here somebody decides by the address: our own objects escape,
                        * whether the caller's do, the caller finds out */
    Node return_node;
    Node world_value;     /* points to the world */
    Node null_value;      /* points nowhere */
    uint32_t *store_sink; /* per operation of f: its sink + 1, or 0 */
    struct Cfg *cfg;      /* lifetime.c: made when first asked for */
} Solver;

/* Solve one function with the summaries known so far. The solver is valid even when it `failed` or
 * hit a `limit`; then its facts are incomplete and nothing may be decided from them but "gave up".
 */
void esc_solve(Solver *s, EscModule *m, EscFunc func, Tried *tried);
void esc_solver_free(Solver *s);

/* Used by the parts of the solver (facts.c, constrain.c, solve.c, expand.c, cells.c). */
/* Add what operation `id` of the function means. */
void esc_constrain(Solver *s, EscOp id);
Node esc_solver_node(Solver *s);
Obj esc_solver_object(Solver *s, const Object *key);
void esc_solver_fact(Solver *s, Node n, Obj o, int64_t lo, int64_t hi, FactId cause, EscOp op);
/* The same fact at another node. */
void esc_solver_pass(Solver *s, Node n, FactId fact, EscOp op);
void esc_solver_edge(Solver *s, Node n, const FlowEdge *e);
void esc_solver_copy(Solver *s, Node from, Node to, int64_t lo, int64_t hi, EscOp op);
void esc_solver_read(Solver *s, Obj o, int64_t lo, int64_t hi, uint32_t width, Node dst, bool thin,
                     FactId why, EscOp op);
void esc_solver_write(Solver *s, Obj o, int64_t lo, int64_t hi, uint32_t width, Node src, EscOp op);
void esc_solver_move(Solver *s, Node to, Node from, int64_t hi, bool thin, EscOp op);
/* Contents of `from` at and after `from_lo` go to `to`, `max_bytes` at most. */
void esc_solver_move_contents(Solver *s, Obj to, int64_t to_lo, int64_t to_hi, Obj from,
                              int64_t from_lo, int64_t from_hi, int64_t max_bytes, bool thin,
                              FactId why, EscOp op);
/* Add what is surely lost, seen from an incomplete solution. */
void esc_find_lost(const Solver *s, Lost *lost);
/* The first of the facts (n, o, any range); follow pair_next. ESC_NONE when n never points to o. */
FactId esc_solver_find(const Solver *s, Node n, Obj o);
Node esc_solver_sink(Solver *s, EscOp op, EscReason reason, const char *text, EscFunc callee,
                     EscOp callee_op, uint32_t arg);
/* The same, where the program decides by an address and keeps nothing else of it. */
Node esc_solver_decision(Solver *s, EscOp op, EscReason reason, const char *text, EscFunc callee,
                         EscOp callee_op);
void esc_solver_free_event(Solver *s, const FreeEvent *event);
uint32_t esc_solver_pool(Solver *s, uint32_t count);
/* A direct call, or one found behind a pointer (`through_pointer`: cannot be cloned or inlined). */
void esc_expand_call(Solver *s, EscOp op, EscFunc callee, uint32_t args, uint32_t nargs,
                     Node result, bool through_pointer, uint32_t depth);
/* An indirect call whose callee value may be `target`. */
void esc_expand_pointer(Solver *s, uint32_t call, Obj target, FactId why);

/* The body to expand for a call of `callee`: its summary or a model; NULL when nothing is known. */
const Function *esc_callee_body(const EscModule *m, EscFunc callee, bool *is_model);
/* Whether `a` and `b` call each other in a circle (or are one recursive function). */
/* What a call of that signature through an unknown pointer is a call of; ESC_NONE: anything. */
EscFunc esc_dispatcher(const EscModule *m, uint32_t signature);
/* Whether `op` of a summary that was read decides by the result of a call through a pointer, of
 * which a closed program promises that nobody rebuilds an address from it. (The lowering of bodies
 * leaves such decisions out.) */
bool esc_is_promised_decision(const EscModule *m, const Function *f, const Op *op);
/* Whether the function is one that dispatch.c made. */
bool esc_is_dispatcher(const EscModule *m, EscFunc f);
bool esc_same_component(const EscModule *m, EscFunc a, EscFunc b);

static inline uint32_t esc_mix(uint32_t h, uint32_t x) {
    h ^= x + 0x9e3779b9u + (h << 6) + (h >> 2);
    h *= 0x85ebca6bu;
    return h ^ (h >> 15);
}
static inline uint8_t esc_lost_bit(EscSite site) {
    return (uint8_t)(1u << (site % 8));
}
static inline bool esc_obj_is_callers(ObjKind kind) {
    return kind >= OBJ_PARAM && kind <= OBJ_DEEP;
}
static inline bool esc_obj_is_own(ObjKind kind) {
    return kind == OBJ_LOCAL || kind == OBJ_SITE || kind == OBJ_FRESH;
}
static inline bool esc_range_any(int64_t lo, int64_t hi) {
    return lo == ESC_OFFSET_MIN || hi == ESC_OFFSET_MAX;
}
/* Objects whose contents on entry are told apart. */
static inline bool esc_obj_is_root(ObjKind kind) {
    return kind == OBJ_PARAM || kind == OBJ_CALLBACK || kind == OBJ_LENT;
}
/* The root that an object of the caller's hangs under; any other object itself.
 */
Obj esc_solver_root(const Solver *s, Obj o);
int64_t esc_offset_add(int64_t a, int64_t b); /* saturating; the bounds absorb */
/* A range that is too far away becomes "anywhere". */
void esc_range_canonical(int64_t *lo, int64_t *hi);
bool esc_range_overlap(int64_t alo, int64_t ahi, uint32_t awidth, int64_t blo, int64_t bhi,
                       uint32_t bwidth);

#endif
