/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* naive_solver.h - a solver that is obviously right, and slow, to compare the real one with. */
#ifndef ESC_NAIVE_SOLVER_H
#define ESC_NAIVE_SOLVER_H

#include "model.h"

enum {
    MAX_CONTEXTS = 24,
    MAX_DEPTH = 4,
    MAX_OBJECTS = 48,
    MAX_NODES = 360,
    SLOTS = 31, /* offsets -60 .. 60 in steps of four; slot SLOTS: some unknown offset */
    ORIGIN = 15,
    SLOT_BYTES = 4,
    MAX_OPS = 16,
    MAX_CALLEES = 5, /* functions of a module with a body */
};

typedef struct Context {
    EscFunc func;
    uint32_t parent, depth;
    EscOp call;                           /* in the parent */
    uint32_t values, result;              /* nodes; behind them one that nobody reads */
    uint32_t below[MAX_OPS][MAX_CALLEES]; /* per operation and callee: the context; ESC_NONE */
} Context;

typedef struct NaiveObject {
    uint32_t context; /* ESC_NONE: a function */
    bool is_site;
    uint32_t index; /* site, local or function */
} NaiveObject;

/* Offsets a node may point to, per object: a bit a slot, and ANYWHERE. */
typedef uint64_t Offsets;

typedef struct Naive {
    const EscModule *m;
    Context contexts[MAX_CONTEXTS];
    uint32_t ncontexts;
    NaiveObject objects[MAX_OBJECTS]; /* 0: the world */
    uint32_t nobjects;
    uint32_t nnodes;
    Offsets facts[MAX_NODES][MAX_OBJECTS];
    Offsets memory[MAX_OBJECTS][SLOTS + 1][MAX_OBJECTS];
    Offsets during[MAX_OBJECTS][SLOTS + 1][MAX_OBJECTS]; /* written before its maker returned */
    Offsets world_during[MAX_OBJECTS];                   /* lost before its maker returned */
    uint32_t current;                                    /* context of the operation */
    Offsets world[MAX_OBJECTS];                          /* what is lost */
    Offsets nothing[MAX_OBJECTS];                        /* what NULL points to */
    uint64_t outside[MAX_CONTEXTS];                      /* reached_from_outside */
    bool changed;
} Naive;

enum { WORLD = 0 };

/* Solve from function 0. */
void naive_solve(Naive *n, const EscModule *m);
/* Whether an object is reached by anything outside of its activation and what that calls. */
bool naive_outlives(const Naive *n, uint32_t object);

#endif
