/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cfg.h - the control flow of one function: successors, which blocks lie on a circle, walks. */
#ifndef ESC_CFG_H
#define ESC_CFG_H

#include "solve.h"

typedef struct Cfg {
    uint32_t *first; /* per block: index into succ; first[nblocks] is the end */
    EscBlock *succ;
    bool *on_cycle;      /* per block: control may come back to it */
    uint32_t *order;     /* per operation: its position in its block */
    EscOp *def;          /* per value: the operation that defines it; ESC_NONE for parameters */
    uint32_t *first_use; /* per value: index into uses; first_use[nvalues] is the end */
    EscOp *uses;
    uint32_t *mark; /* per block, for walks: equal to `stamp` when visited */
    uint32_t stamp;
    EscBlock *stack;
    uint64_t work; /* steps spent in this function, see WORK_LIMIT in lifetime.c */
    /* Made by esc_cfg_facts when solving is over: */
    bool indexed;
    FactId *facts_of, *next_fact; /* per object: its facts, in order */
    uint32_t *cell_of;            /* per node: the cell, or ESC_NONE */
    uint8_t *single;              /* per object: lifetime.c's answer, kept */
} Cfg;

/* NULL when out of memory. */
Cfg *esc_cfg(Solver *s);
Cfg *esc_cfg_facts(Solver *s); /* with the index of facts */
void esc_cfg_free(Solver *s);
bool esc_cfg_in_loop(Solver *s, EscOp op);
/* Whether one activation may execute both (true also when memory ran out). */
bool esc_cfg_both_run(Solver *s, EscOp a, EscOp b);

#endif
