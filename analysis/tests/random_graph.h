/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* random_graph.h - random modules of functions that pass pointers around. */
#ifndef ESC_RANDOM_GRAPH_H
#define ESC_RANDOM_GRAPH_H

#include "model.h"
#include "text_helper.h"

/* How many of the operations are about calls through pointers; or they are about locals that
 * are handed on. */
typedef enum Pointers { NO_POINTERS, SOME_POINTERS, MOSTLY_POINTERS, MOSTLY_LOCALS } Pointers;

typedef struct Shape {
    const char *name;
    uint32_t modules, functions, ops;
    bool offsets, exact;
    uint32_t percent; /* of objects of which the real solver may say more */
    uint32_t budget;  /* facts in the first attempt; 0: as usual */
    Pointers pointers;
} Shape;

/* Function 0 is where everything starts; the last one has no body. The caller frees it. */
EscModule *random_graph(Random *r, const Shape *s);

#endif
