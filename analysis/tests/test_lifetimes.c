/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_lifetimes.c - random functions are executed; a slot never serves two objects in use.
 *
 * A function has random control flow in SSA form. It is run many times with random decisions at its
 * branches. Memory is a list of objects with two cells each, NULL at first; at each execution of an
 * allocation that was moved, every older object of it has lost its memory. Whoever still reads,
 * writes, frees or compares such an object found two that were live at once. A run ends where C has
 * no meaning any more: memory that was freed is used, or NULL is dereferenced.
 *
 * `test_lifetimes 30` is a longer search by hand.
 *
 * NOT HERE  Who outlives the function: nothing does (test_naive.c).
 */
#include "check.h"
#include "library_models.h"
#include "text_helper.h"

#include <stdlib.h>

enum {
    BLOCKS = 5,
    OPS = 10,  /* of a block, at most */
    ENTRY = 2, /* values made in the entry block, which all others may use */
    PHIS = 2,
    STEPS = 60, /* blocks of a run */
    OBJECTS = 200,
    VALUES = ENTRY + BLOCKS * (OPS + PHIS),
};

/* What a value is during a run. */
enum { NONE = -1 }; /* else the object that it points to */

typedef struct Step {
    EscOpKind kind;
    EscValue dst, a, b;
    int64_t offset;
    uint32_t index; /* site, or local */
} Step;

typedef struct Phi {
    EscValue dst, from[BLOCKS]; /* by predecessor */
} Phi;

typedef struct Basic {
    Step steps[OPS];
    Phi phis[PHIS];
    uint32_t nsteps, nphis, succ[2], nsucc;
    bool pred[BLOCKS];
} Basic;

typedef struct Program {
    EscModule *m;
    Basic blocks[BLOCKS];
    uint32_t nblocks;
    EscValue shared[ENTRY]; /* made in the entry block */
    uint32_t nshared;
    EscValue own[BLOCKS][OPS + PHIS]; /* made in each block so far */
    uint32_t nown[BLOCKS];
} Program;

/* ---- random functions ------------------------------------------------------------------------ */

static void random_flow(Program *p, Random *r) {
    p->nblocks = 3 + random_below(r, BLOCKS - 2);
    for (uint32_t b = 0; b + 1 < p->nblocks; b++) {
        Basic *block = &p->blocks[b];
        bool back = random_below(r, 3) > 0;
        block->nsucc = b && random_below(r, 4) ? 2 : 1;
        block->succ[0] = b + 1;
        block->succ[1] = 1 + random_below(r, back ? b + 1 : p->nblocks - 1); /* never the entry */
        for (uint32_t i = 0; i < block->nsucc; i++)
            p->blocks[block->succ[i]].pred[b] = true;
    }
}

static EscValue new_value(Program *p, uint32_t b) {
    EscValue v = esc_value(p->m, 0);
    if (b == 0 && p->nshared < ENTRY)
        p->shared[p->nshared++] = v;
    else if (p->nown[b] < OPS + PHIS)
        p->own[b][p->nown[b]++] = v;
    return v;
}

/* A value that is defined wherever block `b` ends (or has come so far). */
static EscValue some_value(const Program *p, Random *r, uint32_t b) {
    uint32_t dice = random_below(r, 10), own = p->nown[b];
    if (dice == 0)
        return ESC_NONE;
    if (own && (dice < 7 || !p->nshared))
        return p->own[b][random_below(r, own)];
    return p->nshared ? p->shared[random_below(r, p->nshared)] : ESC_NONE;
}

static void emit(const Program *p, uint32_t b, const Step *s) {
    EscOpInfo info = esc_op_info(s->kind);
    EscArg args[2];
    info.dst = s->dst;
    info.a = s->a;
    info.b = s->b;
    info.index = s->index;
    info.lo = info.hi = s->offset;
    info.width = 8;
    if (s->kind == ESC_OP_MERGE) {
        const EscValue from[2] = {s->a, s->b};
        for (uint32_t i = 0; i < 2; i++)
            if (from[i] != ESC_NONE)
                args[info.nargs++] = (EscArg){from[i], esc_number_unknown(), 0};
        info.a = info.b = ESC_NONE;
        info.args = args;
    }
    esc_op(p->m, 0, b, &info);
}

static uint32_t new_site(Program *p) {
    EscSiteInfo site = {.kind = ESC_ALLOC_MALLOC,
                        .allocator = "malloc",
                        .size_bytes = esc_number_constant(32),
                        .align_bytes = 16,
                        .movable = true};
    return esc_site(p->m, 0, &site);
}

/* Programs hold new objects in old ones and look at what these held: so do most of these. */
static void choose_operands(Program *p, Random *r, uint32_t b, Step *s) {
    bool memory = s->kind == ESC_OP_LOAD || s->kind == ESC_OP_STORE;
    if (memory && p->nshared && random_below(r, 4))
        s->a = p->shared[random_below(r, p->nshared)];
    if (s->kind == ESC_OP_STORE || (s->kind == ESC_OP_MERGE && random_below(r, 2)))
        s->b = some_value(p, r, b);
    if (s->kind == ESC_OP_MERGE && p->nshared && random_below(r, 2))
        s->a = p->shared[random_below(r, p->nshared)];
    if (memory)
        s->offset = random_below(r, 4) ? 0 : 8;
}

/* free(p) where p is an older object or NULL. */
static void free_perhaps(Program *p, Random *r, uint32_t b) {
    Step choice = {.kind = ESC_OP_MERGE, .b = ESC_NONE};
    if (!p->nshared || p->blocks[b].nsteps + 2 > OPS)
        return;
    choice.a = p->shared[random_below(r, p->nshared)];
    choice.dst = new_value(p, b);
    p->blocks[b].steps[p->blocks[b].nsteps++] = choice;
    p->blocks[b].steps[p->blocks[b].nsteps++] =
        (Step){.kind = ESC_OP_FREE, .dst = ESC_NONE, .a = choice.dst, .b = ESC_NONE};
}

static void random_step(Program *p, Random *r, uint32_t b) {
    static const EscOpKind kinds[] = {ESC_OP_ALLOC, ESC_OP_ALLOC, ESC_OP_LOAD,  ESC_OP_LOAD,
                                      ESC_OP_LOAD,  ESC_OP_STORE, ESC_OP_STORE, ESC_OP_STORE,
                                      ESC_OP_FREE,  ESC_OP_USE,   ESC_OP_USE,   ESC_OP_MERGE,
                                      ESC_OP_MERGE, ESC_OP_COPY};
    Step s = {.kind = kinds[random_below(r, sizeof kinds / sizeof *kinds)],
              .dst = ESC_NONE,
              .a = some_value(p, r, b),
              .b = ESC_NONE};
    if (s.kind == ESC_OP_FREE && b && random_below(r, 2)) {
        free_perhaps(p, r, b);
        return;
    }
    if (b == 0)
        s.kind = random_below(r, 3) ? ESC_OP_ALLOC : ESC_OP_LOCAL;
    choose_operands(p, r, b, &s);
    if (s.kind == ESC_OP_ALLOC || s.kind == ESC_OP_LOCAL)
        s.a = ESC_NONE;
    else if (s.a == ESC_NONE && (s.kind != ESC_OP_MERGE || s.b == ESC_NONE))
        return;
    if (s.kind == ESC_OP_ALLOC)
        s.index = new_site(p);
    if (s.kind == ESC_OP_LOCAL)
        s.index = esc_local(p->m, 0, 32, "x", 0);
    if (s.kind != ESC_OP_STORE && s.kind != ESC_OP_FREE && s.kind != ESC_OP_USE)
        s.dst = new_value(p, b);
    p->blocks[b].steps[p->blocks[b].nsteps++] = s;
}

/* The operands of a phi are chosen when all values are known; it stands at the head of its block.
 */
static void emit_phi(Program *p, Random *r, uint32_t b, Phi *phi) {
    EscArg args[BLOCKS];
    EscOpInfo info = esc_op_info(ESC_OP_MERGE);
    for (uint32_t k = 0; k < p->nblocks; k++) {
        phi->from[k] = p->blocks[b].pred[k] ? some_value(p, r, k) : ESC_NONE;
        if (phi->from[k] != ESC_NONE)
            args[info.nargs++] = (EscArg){phi->from[k], esc_number_constant(k), 0};
    }
    info.dst = phi->dst;
    info.args = args;
    if (info.nargs)
        esc_op(p->m, 0, b, &info);
}

static void emit_all(Program *p, Random *r) {
    for (uint32_t b = 0; b < p->nblocks; b++)
        esc_block(p->m, 0);
    for (uint32_t b = 0; b < p->nblocks; b++) {
        Basic *block = &p->blocks[b];
        for (uint32_t i = 0; i < block->nphis; i++)
            emit_phi(p, r, b, &block->phis[i]);
        for (uint32_t i = 0; i < block->nsteps; i++)
            emit(p, b, &block->steps[i]);
        EscOpInfo end = esc_op_info(ESC_OP_RETURN);
        if (block->nsucc == 0)
            esc_op(p->m, 0, b, &end);
        for (uint32_t i = 0; i < block->nsucc; i++)
            esc_edge(p->m, 0, b, block->succ[i]);
    }
}

static void random_program(Program *p, Random *r) {
    memset(p, 0, sizeof *p);
    p->m = esc_model_new_bare(NULL);
    esc_function(p->m, "f");
    esc_function_declare(p->m, 0, 0, 0);
    esc_function_begin_body(p->m, 0);
    random_flow(p, r);
    for (uint32_t b = 0; b < p->nblocks; b++) {
        uint32_t nphis = b ? random_below(r, PHIS + 1) : 0, nsteps = 2 + random_below(r, OPS - 2);
        for (uint32_t i = 0; i < nphis; i++)
            p->blocks[b].phis[p->blocks[b].nphis++].dst = new_value(p, b);
        for (uint32_t i = 0; i < (b ? nsteps : ENTRY) && p->blocks[b].nsteps < OPS; i++)
            random_step(p, r, b);
    }
    emit_all(p, r);
}

/* ---- runs ------------------------------------------------------------------------------------ */

typedef struct Thing {
    uint32_t site; /* ESC_NONE: a local */
    bool freed, overwritten;
    int cells[2];
} Thing;

typedef struct Run {
    const Program *p;
    int values[VALUES + 8];
    Thing things[OBJECTS];
    int nthings;
    bool over, clash;
} Run;

static int value_in(const Run *run, EscValue v) {
    return v == ESC_NONE ? NONE : run->values[v];
}

/* The object that an operation works on; NULL: the program has no meaning from here on. */
static Thing *touch(Run *run, EscValue v) {
    int i = value_in(run, v);
    if (i < 0 || run->things[i].freed) {
        run->over = true;
        return NULL;
    }
    run->clash |= run->things[i].overwritten;
    return &run->things[i];
}

static bool is_moved(const EscModule *m, EscSite site) {
    EscPlacement place = esc_site_verdict(m, site).placement;
    return place == ESC_PLACE_SLOT || place == ESC_PLACE_BUFFER;
}

static void make(Run *run, const Step *s) {
    if (run->nthings == OBJECTS) {
        run->over = true;
        return;
    }
    bool site = s->kind == ESC_OP_ALLOC;
    for (int i = 0; site && i < run->nthings; i++)
        run->things[i].overwritten |=
            run->things[i].site == s->index && is_moved(run->p->m, s->index);
    run->things[run->nthings] = (Thing){site ? s->index : ESC_NONE, false, false, {NONE, NONE}};
    run->values[s->dst] = run->nthings++;
}

static void execute(Run *run, Random *r, const Step *s) {
    Thing *t;
    switch (s->kind) {
    case ESC_OP_ALLOC:
    case ESC_OP_LOCAL:
        make(run, s);
        break;
    case ESC_OP_LOAD:
        if ((t = touch(run, s->a)) != NULL)
            run->values[s->dst] = t->cells[s->offset / 8];
        break;
    case ESC_OP_STORE:
        if ((t = touch(run, s->a)) != NULL)
            t->cells[s->offset / 8] = value_in(run, s->b);
        break;
    case ESC_OP_USE:
        touch(run, s->a);
        break;
    case ESC_OP_FREE:
        if (value_in(run, s->a) != NONE && (t = touch(run, s->a)) != NULL) {
            run->over |= t->site == ESC_NONE;
            t->freed = true;
        }
        break;
    case ESC_OP_MERGE:
        run->values[s->dst] = value_in(run, random_below(r, 2) ? s->a : s->b);
        break;
    default: /* COPY */
        run->values[s->dst] = value_in(run, s->a);
        break;
    }
}

static void enter(Run *run, uint32_t b, uint32_t from) {
    const Basic *block = &run->p->blocks[b];
    int now[PHIS];
    for (uint32_t i = 0; i < block->nphis; i++)
        now[i] = value_in(run, block->phis[i].from[from]);
    for (uint32_t i = 0; i < block->nphis; i++)
        run->values[block->phis[i].dst] = now[i];
}

static bool run_clashes(const Program *p, Random *r) {
    static Run run;
    memset(&run, 0, sizeof run);
    run.p = p;
    uint32_t b = 0;
    for (uint32_t steps = 0; steps < STEPS && !run.over; steps++) {
        const Basic *block = &p->blocks[b];
        for (uint32_t i = 0; i < block->nsteps && !run.over && !run.clash; i++)
            execute(&run, r, &block->steps[i]);
        if (run.clash)
            return true;
        if (block->nsucc == 0)
            break;
        uint32_t next = block->succ[random_below(r, block->nsucc)];
        enter(&run, next, b);
        b = next;
    }
    return false;
}

static void show(const Program *p) {
    Text text = {0};
    esc_module_print(p->m, text_append, &text);
    fprintf(stderr, "two objects of one slot are in use:\n%s\n", text.text ? text.text : "");
    text_free(&text);
}

static bool in_a_loop(const EscModule *m, EscSite site) {
    return esc_site_verdict(m, site).reason == ESC_REASON_LIVE_TWICE;
}

int main(int argc, char **argv) {
    uint32_t programs = 60000 * (argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1);
    uint32_t moved = 0, kept = 0;
    Random random = {20261120};
    static Program p;
    check_test = "a_moved_object_is_never_in_use_twice";
    for (uint32_t i = 0; i < programs && check_failures < 3; i++) {
        random_program(&p, &random);
        CHECK(esc_analyze(p.m));
        for (EscSite s = 0; s < p.m->nsites; s++) {
            moved += is_moved(p.m, s);
            kept += in_a_loop(p.m, s);
        }
        for (uint32_t k = 0; k < 60; k++)
            if (!CHECK(!run_clashes(&p, &random))) {
                show(&p);
                break;
            }
        esc_module_free(p.m);
    }
    CHECK(moved > programs && kept > programs / 40);
    printf("%s %s: %u functions, %u allocations moved, %u of two live at once\n",
           check_failures ? "FAILED" : "ok    ", check_test, programs, moved, kept);
    return check_report();
}
