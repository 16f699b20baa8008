/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_naive.c - the solver agrees with a naive one (naive_solver.c) on random modules.
 *
 * What the naive one drops makes it say less. So each thing it says must be found by the real
 * solver too:
 *
 *   1. an object that is reached by anything outside of its activation and what that calls escapes;
 *   2. if an allocation is moved, each operation that may free it has an action that names it,
 *      and below a redirected call each step on the way to the free asks who is freed.
 *
 * Where nothing is dropped or folded, both say the same; elsewhere it is counted how often the real
 * one says more, and that has a bound.
 */
#include "check.h"
#include "library_models.h"
#include "naive_solver.h"
#include "random_graph.h"
#include "text_helper.h"

#include <stdlib.h>

/* Whether a call that is to be inlined must name the sites that it may free, in case it is not. */
static bool strict;

static bool names_site(const EscModule *m, EscFunc f, EscOp op, EscSite site) {
    const EscSite *sites;
    uint32_t nsites;
    EscAction action = esc_op_action(m, f, op, &sites, &nsites);
    if (action == ESC_ACT_NONE)
        return false;
    /* The question is asked again when the call is replaced; until it is, see decide/failing. */
    if (action == ESC_ACT_INLINE && !strict)
        return true;
    for (uint32_t i = 0; i < nsites; i++)
        if (sites[i] == site)
            return true;
    return false;
}

/* The free at `op` of `context` may free `object`, which is moved: everybody on the way knows. */
static bool free_is_handled(const Naive *n, uint32_t context, EscOp op, uint32_t object) {
    const NaiveObject *o = &n->objects[object];
    while (context != o->context) {
        const Context *c = &n->contexts[context];
        if (!esc_op_frees_foreign(n->m, c->func, op) || c->parent == ESC_NONE)
            return false;
        op = c->call;
        context = c->parent;
    }
    return names_site(n->m, n->contexts[context].func, op, o->index);
}

static bool is_moved(const EscModule *m, EscSite site) {
    EscPlacement p = esc_site_verdict(m, site).placement;
    return p == ESC_PLACE_SLOT || p == ESC_PLACE_BUFFER;
}

/* ---- the comparison -------------------------------------------------------------------------- */

typedef struct Tally {
    uint32_t objects, escape, real_more, frees;
} Tally;

static void show(const EscModule *m, const char *what, const Naive *n, uint32_t object) {
    Text text = {0};
    esc_module_print(m, text_append, &text);
    const NaiveObject *o = &n->objects[object];
    fprintf(stderr, "%s: %s %u of f%u\n%s\n", what, o->is_site ? "site" : "local", o->index,
            n->contexts[o->context].func, text.text ? text.text : "");
    text_free(&text);
}

static bool real_says(const EscModule *m, const Naive *n, uint32_t object) {
    const NaiveObject *o = &n->objects[object];
    EscVerdict v = o->is_site ? esc_site_verdict(m, o->index)
                              : esc_local_verdict(m, n->contexts[o->context].func, o->index, NULL);
    return v.placement == ESC_PLACE_HEAP;
}

/* Of an allocation of several activations the naive solver says the worst. */
static bool any_outlives(const Naive *n, uint32_t object) {
    const NaiveObject *o = &n->objects[object];
    for (uint32_t i = 1; i < n->nobjects; i++)
        if (n->objects[i].context != ESC_NONE &&
            n->contexts[n->objects[i].context].func == n->contexts[o->context].func &&
            n->objects[i].is_site == o->is_site && n->objects[i].index == o->index &&
            naive_outlives(n, i))
            return true;
    return false;
}

static void compare_escapes(const EscModule *m, const Naive *n, const Shape *s, Tally *t) {
    for (uint32_t o = 1; o < n->nobjects; o++) {
        if (n->objects[o].context == ESC_NONE)
            continue;
        bool naive = naive_outlives(n, o), real = real_says(m, n, o);
        bool more = real && !naive && n->objects[o].context == 0 && !any_outlives(n, o);
        t->objects++;
        t->escape += naive;
        t->real_more += more;
        if (!CHECK(real || !naive))
            show(m, "escapes, and was not found", n, o);
        if (s->exact && !CHECK(!more))
            show(m, "does not escape, and was not kept", n, o);
    }
}

static void compare_frees(const EscModule *m, const Naive *n, Tally *t) {
    for (uint32_t c = 0; c < n->ncontexts; c++) {
        const Function *f = &m->funcs[n->contexts[c].func];
        for (EscOp i = 0; i < f->nops; i++) {
            bool frees = f->ops[i].kind == ESC_OP_FREE || f->ops[i].kind == ESC_OP_REALLOC;
            for (uint32_t o = 1; frees && f->ops[i].a != ESC_NONE && o < n->nobjects; o++) {
                if (!n->facts[n->contexts[c].values + f->ops[i].a][o] || !n->objects[o].is_site ||
                    !is_moved(m, n->objects[o].index))
                    continue;
                t->frees++;
                if (!CHECK(free_is_handled(n, c, i, o)))
                    show(m, "is freed behind our back", n, o);
            }
        }
    }
}

static void compare(const Shape *s, uint64_t seed) {
    Naive *n = malloc(sizeof *n);
    Random random = {seed};
    Tally t = {0};
    check_test = s->name;
    int before = check_failures;
    for (uint32_t i = 0; n && i < s->modules && check_failures < before + 3; i++) {
        EscModule *m = random_graph(&random, s);
        m->first_budget = s->budget;
        CHECK(esc_analyze(m));
        naive_solve(n, m);
        compare_escapes(m, n, s, &t);
        compare_frees(m, n, &t);
        esc_module_free(m);
    }
    CHECK(n != NULL && t.objects > 0 && t.escape > 0);
    CHECK(t.real_more * 100 <= s->percent * t.objects);
    printf("%s %s: %u modules, %u objects, %u escape, of %u the real solver says more, %u frees\n",
           check_failures == before ? "ok    " : "FAILED", s->name, s->modules, t.objects, t.escape,
           t.real_more, t.frees);
    fflush(stdout);
    free(n);
}

/* test_naive [FACTOR] [strict]: that many times as many modules, for a longer search by hand. */
int main(int argc, char **argv) {
    uint32_t factor = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
    strict = argc > 2 && strcmp(argv[2], "strict") == 0;
    static const Shape shapes[] = {
        {"one_function_without_offsets", 3000, 1, 14, false, true, 0, 0, NO_POINTERS},
        {"one_function_with_offsets", 3000, 1, 14, true, false, 2, 0, NO_POINTERS},
        {"two_functions_without_offsets", 2000, 2, 8, false, false, 5, 0, NO_POINTERS},
        {"functions_that_call_each_other", 1500, 4, 8, true, false, 5, 0, NO_POINTERS},
        {"large_functions_that_call_each_other", 300, 3, 14, true, false, 5, 0, NO_POINTERS},
        {"functions_solved_in_several_attempts", 12000, 4, 8, true, false, 10, 8, NO_POINTERS},
        {"large_functions_solved_in_several_attempts", 5000, 3, 14, true, false, 15, 16,
         NO_POINTERS},
        {"functions_that_call_through_pointers", 12000, 3, 10, false, false, 20, 0, SOME_POINTERS},
        {"functions_that_call_mostly_through_pointers", 6000, 3, 10, false, false, 20, 0,
         MOSTLY_POINTERS},
        {"more_functions_that_call_through_pointers", 6000, 4, 8, true, false, 20, 0,
         SOME_POINTERS},
        {"functions_that_hand_on_locals", 2000, 3, 10, false, false, 20, 0, MOSTLY_LOCALS},
        {"functions_that_hand_on_words_of_locals", 2000, 4, 9, true, false, 20, 0, MOSTLY_LOCALS},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        Shape s = shapes[i];
        s.modules *= factor;
        compare(&s, 4711 + i);
    }
    return check_report();
}
