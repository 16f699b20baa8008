/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* bench_scale.c - how the analysis grows with the program: one shape, one size, one line.
 *
 *     bench_scale SHAPE OPERATIONS      prints  SHAPE OPERATIONS BUILD_S ANALYSE_S PEAK_MB MOVED
 *     bench_scale smoke                 every shape at 10^4, nothing is measured
 *
 * One process a measurement, so that the peak is that of the shape. scripts/bench-analysis runs
 * all of them and fits the exponents.
 */
#define _DEFAULT_SOURCE
#include "library_models.h"
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* ---- building -------------------------------------------------------------------------------- */

/* The function that is being made; one block. */
typedef struct Builder {
    EscModule *m;
    EscFunc f;
    EscBlock block;
    uint32_t made; /* operations, in all functions */
} Builder;

static void begin(Builder *b, const char *prefix, uint32_t number, uint32_t nparams) {
    char name[40];
    snprintf(name, sizeof name, "%s%u", prefix, number);
    b->f = esc_function(b->m, name);
    esc_function_declare(b->m, b->f, nparams, 0);
    esc_function_begin_body(b->m, b->f);
    b->block = esc_block(b->m, b->f);
}

static EscValue add(Builder *b, EscOpInfo info, bool has_result) {
    if (has_result)
        info.dst = esc_value(b->m, b->f);
    esc_op(b->m, b->f, b->block, &info);
    b->made++;
    return info.dst;
}

static EscValue add_malloc(Builder *b) {
    EscSiteInfo site = {.kind = ESC_ALLOC_MALLOC,
                        .allocator = "malloc",
                        .size_bytes = esc_number_constant(8),
                        .align_bytes = 16,
                        .may_fail = true,
                        .movable = true};
    EscOpInfo info = esc_op_info(ESC_OP_ALLOC);
    info.index = esc_site(b->m, b->f, &site);
    return add(b, info, true);
}

static EscValue add_copy(Builder *b, EscValue a, int64_t offset) {
    EscOpInfo info = esc_op_info(ESC_OP_COPY);
    info.a = a;
    info.lo = info.hi = offset;
    return add(b, info, true);
}

static EscValue add_load(Builder *b, EscValue a, int64_t offset) {
    EscOpInfo info = esc_op_info(ESC_OP_LOAD);
    info.a = a;
    info.lo = info.hi = offset;
    info.width = 8;
    return add(b, info, true);
}

static void add_store(Builder *b, EscValue a, int64_t offset, EscValue value) {
    EscOpInfo info = esc_op_info(ESC_OP_STORE);
    info.a = a;
    info.lo = info.hi = offset;
    info.width = 8;
    info.b = value;
    add(b, info, false);
}

static EscValue add_merge(Builder *b, EscValue x, EscValue y) {
    EscArg args[2] = {{x, esc_number_unknown(), 0}, {y, esc_number_unknown(), 0}};
    EscOpInfo info = esc_op_info(ESC_OP_MERGE);
    info.args = args;
    info.nargs = 2;
    return add(b, info, true);
}

static EscValue add_call(Builder *b, const char *prefix, uint32_t number, EscValue x, EscValue y) {
    char name[40];
    snprintf(name, sizeof name, "%s%u", prefix, number);
    EscArg args[2] = {{x, esc_number_unknown(), 0}, {y, esc_number_unknown(), 0}};
    EscOpInfo info = esc_op_info(ESC_OP_CALL);
    info.index = esc_function(b->m, name);
    info.args = args;
    info.nargs = 2;
    return add(b, info, true);
}

static void add_free(Builder *b, EscValue a) {
    EscOpInfo info = esc_op_info(ESC_OP_FREE);
    info.a = a;
    add(b, info, false);
}

static void add_return(Builder *b, EscValue a) {
    EscOpInfo info = esc_op_info(ESC_OP_RETURN);
    info.a = a;
    add(b, info, false);
}

/* ---- shapes ---------------------------------------------------------------------------------- */

/* Long chains of copies inside functions that call each other in a long chain. */
static void chains(Builder *b, uint32_t nops) {
    for (uint32_t i = 0; b->made < nops; i++) {
        begin(b, "chain", i, 2);
        EscValue v = 0;
        for (uint32_t k = 0; k < 90; k++)
            v = add_copy(b, v, 0);
        EscValue n = add_malloc(b);
        add_store(b, n, 0, v);
        if (i > 0)
            v = add_call(b, "chain", i - 1, v, n);
        add_free(b, n);
        add_return(b, v);
    }
}

/* One chain of copies as long as the program. */
static void one_chain(Builder *b, uint32_t nops) {
    begin(b, "f", 0, 0);
    EscValue v = add_malloc(b);
    while (b->made < nops)
        v = add_copy(b, v, 0);
    add_free(b, v);
}

/* A few functions that all others call, each with an allocation of its own. */
static void fans(Builder *b, uint32_t nops) {
    for (uint32_t i = 0; i < 4; i++) {
        begin(b, "leaf", i, 2);
        add_store(b, 0, 8 * i, 1);
        add_return(b, add_load(b, 0, 0));
    }
    for (uint32_t i = 0; b->made < nops; i++) {
        begin(b, "caller", i, 2);
        EscValue n = add_malloc(b), m = add_malloc(b);
        for (uint32_t k = 0; k < 8; k++)
            add_merge(b, add_call(b, "leaf", k % 4, n, m), n);
        add_free(b, m);
        add_free(b, n);
    }
}

/* Objects in objects in objects: written down the whole depth, read back up. */
static void nests(Builder *b, uint32_t nops) {
    for (uint32_t i = 0; b->made < nops; i++) {
        begin(b, "nest", i, 1);
        EscValue inner = add_malloc(b), first = inner;
        for (uint32_t k = 0; k < 100; k++) {
            EscValue outer = add_malloc(b);
            add_store(b, outer, 0, inner);
            inner = outer;
        }
        EscValue v = inner;
        for (uint32_t k = 0; k < 100; k++)
            v = add_load(b, v, 0);
        add_store(b, first, 0, 0);
    }
}

/* An object in an object in an object, two thirds of the operations deep; returns the outermost. */
static EscValue add_nest(Builder *b, uint32_t nops) {
    EscValue inner = add_malloc(b);
    while (b->made < nops / 3 * 2) {
        EscValue outer = add_malloc(b);
        add_store(b, outer, 0, inner);
        inner = outer;
    }
    return inner;
}

/* Reads from one object the next one inside, until the program has all its operations. */
static void add_way_in(Builder *b, EscValue outer, uint32_t nops) {
    while (b->made < nops)
        outer = add_load(b, outer, 0);
}

/* One nest as deep as the program is long. */
static void one_nest(Builder *b, uint32_t nops) {
    begin(b, "f", 0, 0);
    add_way_in(b, add_nest(b, nops), nops);
}

/* The same nest, and the outermost object is the world's, so all are lost one after the other. */
static void lost_nest(Builder *b, uint32_t nops) {
    begin(b, "f", 0, 1);
    EscValue outermost = add_nest(b, nops);
    add_store(b, 0, 0, outermost);
    add_way_in(b, outermost, nops);
}

/* A nest that each round of a loop makes anew: is the last round's dead by then? */
static void looped_nest(Builder *b, uint32_t nops) {
    begin(b, "f", 0, 0);
    EscBlock loop = esc_block(b->m, b->f);
    esc_edge(b->m, b->f, b->block, loop);
    esc_edge(b->m, b->f, loop, loop);
    b->block = loop;
    add_way_in(b, add_nest(b, nops), nops);
}

/* All allocations and frees of a program in one function. */
static void one_row(Builder *b, uint32_t nops) {
    begin(b, "f", 0, 0);
    while (b->made < nops) {
        EscValue n = add_malloc(b);
        add_free(b, n);
    }
}

/* All functions in one component: each calls the next and some other one. */
static void recursion(Builder *b, uint32_t nops) {
    uint32_t n = nops / 8 + 1;
    for (uint32_t i = 0; i < n; i++) {
        begin(b, "rec", i, 2);
        EscValue local = add_malloc(b);
        add_store(b, local, 0, 0);
        EscValue next = add_load(b, 0, 8);
        EscValue r = add_call(b, "rec", (i + 1) % n, next, local);
        EscValue s = add_call(b, "rec", (uint32_t)((uint64_t)i * 7919 % n), 1, local);
        EscValue t = add_merge(b, r, s);
        add_free(b, local);
        add_return(b, t);
    }
}

/* Functions with 5,000 allocations each, every eighth in a common place. */
static void sites(Builder *b, uint32_t nops) {
    for (uint32_t i = 0; b->made < nops; i++) {
        begin(b, "sites", i, 1);
        EscValue common = add_malloc(b);
        for (uint32_t k = 0; k < 5000 && b->made < nops; k++) {
            EscValue n = add_malloc(b);
            if (k % 8 == 0)
                add_store(b, common, 0, n);
            add_free(b, n);
        }
        add_free(b, add_load(b, common, 0));
    }
}

/* Many functions of a few operations. */
static void small(Builder *b, uint32_t nops) {
    for (uint32_t i = 0; b->made < nops; i++) {
        begin(b, "small", i, 1);
        EscValue n = add_malloc(b);
        add_store(b, n, 0, 0);
        add_free(b, n);
    }
}

/* One function with loops in it: an allocation and a free in each of many blocks. */
static void loops(Builder *b, uint32_t nops) {
    for (uint32_t i = 0; b->made < nops; i++) {
        begin(b, "loops", i, 1);
        for (uint32_t k = 0; k < 200 && b->made < nops; k++) {
            EscBlock next = esc_block(b->m, b->f);
            esc_edge(b->m, b->f, b->block, next);
            esc_edge(b->m, b->f, next, next);
            b->block = next;
            EscValue n = add_malloc(b);
            add_store(b, n, 0, 0);
            add_free(b, n);
        }
    }
}

typedef struct Shape {
    const char *name;
    void (*build)(Builder *b, uint32_t nops);
} Shape;

static const Shape shapes[] = {
    {"chains", chains},
    {"one-chain", one_chain},
    {"fans", fans},
    {"nests", nests},
    {"one-nest", one_nest},
    {"lost-nest", lost_nest},
    {"looped-nest", looped_nest},
    {"one-row", one_row},
    {"recursion", recursion},
    {"sites", sites},
    {"small", small},
    {"loops", loops},
};

/* ---- measuring ------------------------------------------------------------------------------- */

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double peak_mb(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

/* Whether it worked; a shape whose functions all gave up has measured nothing. */
static bool measure(const Shape *shape, uint32_t nops, bool print) {
    EscConfig config = esc_config_default();
    config.max_ops = config.max_facts = UINT32_MAX / 4;
    double start = seconds();
    Builder b = {.m = esc_model_new_bare(&config)};
    shape->build(&b, nops);
    double built = seconds();
    bool done = esc_analyze(b.m);
    double analysed = seconds();
    uint32_t moved = 0, gave_up = 0;
    for (EscSite i = 0; i < b.m->nsites; i++) {
        EscVerdict v = esc_site_verdict(b.m, i);
        moved += v.placement == ESC_PLACE_SLOT;
        gave_up += v.reason == ESC_REASON_GAVE_UP && v.placement == ESC_PLACE_HEAP;
    }
    if (print)
        printf("%-10s %8u %8.4f %8.4f %8.1f %8u\n", shape->name, b.made, built - start,
               analysed - built, peak_mb(), moved);
    if (!done || gave_up > 0)
        fprintf(stderr, "%s: gave up: %s\n", shape->name, b.m->gave_up ? b.m->gave_up : "in part");
    esc_module_free(b.m);
    return done && gave_up == 0;
}

int main(int argc, char **argv) {
    bool smoke = argc == 2 && strcmp(argv[1], "smoke") == 0, good = true, found = false;
    uint32_t nops = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 10000;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (!smoke && (argc != 3 || strcmp(argv[1], shapes[i].name) != 0))
            continue;
        found = true;
        good &= measure(&shapes[i], nops, !smoke);
    }
    if (!found) {
        fprintf(stderr, "usage: bench_scale smoke | SHAPE OPERATIONS\nshapes:");
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            fprintf(stderr, " %s", shapes[i].name);
        fprintf(stderr, "\n");
        return 2;
    }
    return good ? 0 : 1;
}
