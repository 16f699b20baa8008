/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_search.c - the search finds exactly the changes that are needed, in few questions. */
#include "search.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 1000 };

/* It fails when every change of one of the sets is there: bit k of `member[i]` says that set k
 * needs change i. */
typedef struct World {
    size_t n, nsets;
    unsigned member[MOST];
    size_t questions;
} World;

static bool fails(void *context, const bool *chosen, size_t left) {
    World *w = context;
    (void)left;
    w->questions++;
    for (size_t k = 0; k < w->nsets; k++) {
        bool all = true;
        for (size_t i = 0; i < w->n && all; i++)
            all = chosen[i] || !(w->member[i] >> k & 1);
        if (all)
            return true;
    }
    return false;
}

static void must(bool holds, const char *what, const World *w) {
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s (%zu changes, %zu sets, %zu questions)\n", what, w->n,
            w->nsets, w->questions);
    exit(1);
}

static size_t logarithm(size_t n) {
    size_t bits = 0;
    while (((size_t)1 << bits) < n)
        bits++;
    return bits;
}

static void check(World *w, size_t most_needed) {
    static bool culprits[MOST], scratch[MOST];
    w->questions = 0;
    size_t found = search_culprits(w->n, fails, w, culprits, scratch);
    size_t asked = w->questions;
    must(found >= 1 && found <= most_needed, "as many as one set needs", w);
    must(fails(w, culprits, 0), "what was found fails alone", w);
    for (size_t i = 0; i < w->n; i++) {
        if (!culprits[i])
            continue;
        culprits[i] = false;
        must(!fails(w, culprits, 0), "and not without one of them", w);
        culprits[i] = true;
    }
    w->questions = asked;
    must(asked <= found * (logarithm(w->n) + 2), "in few questions", w);
}

static uint32_t next_random(void) {
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static void one_culprit_of_any_number(void) {
    for (size_t n = 1; n <= MOST; n += n < 20 ? 1 : 97)
        for (size_t at = 0; at < n; at += 1 + n / 13) {
            World w = {.n = n, .nsets = 1};
            w.member[at] = 1;
            check(&w, 1);
            must(w.questions <= logarithm(n) + 1, "one culprit costs a logarithm", &w);
        }
}

static void some_that_are_needed_together(void) {
    for (int round = 0; round < 2000; round++) {
        World w = {.n = 1 + next_random() % MOST, .nsets = 1};
        size_t needed = 1 + next_random() % 4;
        for (size_t i = 0; i < needed; i++)
            w.member[next_random() % w.n] = 1;
        check(&w, needed);
    }
}

static void several_independent_ones(void) {
    for (int round = 0; round < 2000; round++) {
        World w = {.n = 1 + next_random() % MOST, .nsets = 1 + next_random() % 5};
        for (size_t k = 0; k < w.nsets; k++)
            for (size_t i = 0; i < 3; i++)
                w.member[next_random() % w.n] |= 1u << k;
        check(&w, 3);
    }
}

int main(void) {
    one_culprit_of_any_number();
    some_that_are_needed_together();
    several_independent_ones();
    return 0;
}
