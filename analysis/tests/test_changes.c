/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_changes.c - what would help a finding, and whether a function keeps its promise. */
#include "check.h"
#include "text_helper.h"

static const char program[] = "file \"t.c\"\n"
                              "global &head\n"
                              "func @look(%p \"p\")\n"
                              "func @given() {\n"
                              "entry:\n"
                              "  %m = malloc 16 \"malloc(1)\"\n"
                              "  call @look(%m)\n"
                              "  free %m\n"
                              "  return\n"
                              "}\n"
                              "func @large() {\n"
                              "entry:\n"
                              "  %m = malloc 20000 \"malloc(2)\"\n"
                              "  use %m\n"
                              "  return\n"
                              "}\n"
                              "func @stored() {\n"
                              "entry:\n"
                              "  %m = malloc 16 \"malloc(3)\"\n"
                              "  %h = global &head\n"
                              "  store %h w8 <- %m\n"
                              "  call @look(%m)\n"
                              "  return\n"
                              "}\n"
                              "func @quiet(%f) {\n"
                              "entry:\n"
                              "  call @slot()\n"
                              "  return\n"
                              "}\n"
                              "func @slot() {\n"
                              "entry:\n"
                              "  %m = malloc 16 \"malloc(4)\"\n"
                              "  use %m\n"
                              "  return\n"
                              "}\n"
                              "func @loud() {\n"
                              "entry:\n"
                              "  call @quiet(null)\n"
                              "  call @stored()\n"
                              "  return\n"
                              "}\n"
                              "func @through(%f) {\n"
                              "entry:\n"
                              "  icall %f()\n"
                              "  return\n"
                              "}\n";

static EscModule *module_with(const EscChange *changes, uint32_t n) {
    EscError error = {0};
    EscModule *m = module_of(program, sizeof program - 1, &error);
    if (!CHECK(m != NULL)) {
        fprintf(stderr, "%u:%u: %s\n", error.line, error.col, error.message);
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++)
        CHECK(esc_assume(m, &changes[i]));
    esc_analyze(m);
    return m;
}

static EscSite site_in(EscModule *m, const char *function) {
    for (EscSite i = 0; i < m->nsites; i++)
        if (strcmp(m->funcs[m->sites[i].func].name, function) == 0)
            return i;
    return ESC_NONE;
}

typedef struct Kinds {
    EscChange first[ESC_CHANGE_KINDS]; /* of each kind; kind ESC_CHANGE_KINDS: none */
    uint32_t count[ESC_CHANGE_KINDS];
} Kinds;

static void note(void *context, const EscChange *change) {
    Kinds *k = context;
    if (k->count[change->kind]++ == 0)
        k->first[change->kind] = *change;
}

static Kinds obstacles_in(EscModule *m, const char *function) {
    Kinds k = {0};
    EscSite site = site_in(m, function);
    esc_obstacles(m, ESC_FIND_SITE, m->sites[site].func, site, note, &k);
    return k;
}

static EscPlacement placement(const EscChange *changes, uint32_t n, const char *function) {
    EscModule *m = module_with(changes, n);
    EscPlacement p = m ? esc_site_verdict(m, site_in(m, function)).placement : ESC_PLACE_HEAP;
    esc_module_free(m);
    return p;
}

static void an_unknown_callee_is_answered_by_noescape_and_by_its_body(void) {
    EscModule *m = module_with(NULL, 0);
    Kinds k = obstacles_in(m, "given");
    esc_module_free(m);
    CHECK(k.count[ESC_CHANGE_NOESCAPE] == 1 && k.count[ESC_CHANGE_BODY] == 1);
    CHECK(k.count[ESC_CHANGE_NOT_GIVEN] == 1 && k.count[ESC_CHANGE_BUDGET] == 0);
    CHECK(placement(NULL, 0, "given") == ESC_PLACE_HEAP);
    CHECK(placement(&k.first[ESC_CHANGE_NOESCAPE], 1, "given") == ESC_PLACE_SLOT);
    CHECK(placement(&k.first[ESC_CHANGE_BODY], 1, "given") == ESC_PLACE_SLOT);
    CHECK(placement(&k.first[ESC_CHANGE_NOT_GIVEN], 1, "given") == ESC_PLACE_SLOT);
}

static void an_object_that_is_too_large_needs_a_budget_or_a_bound(void) {
    EscModule *m = module_with(NULL, 0);
    Kinds k = obstacles_in(m, "large");
    esc_module_free(m);
    CHECK(k.first[ESC_CHANGE_BUDGET].bytes == 20000);
    CHECK(placement(NULL, 0, "large") == ESC_PLACE_KEPT);
    CHECK(placement(&k.first[ESC_CHANGE_BUDGET], 1, "large") == ESC_PLACE_SLOT);
    CHECK(placement(&k.first[ESC_CHANGE_BOUND], 1, "large") == ESC_PLACE_SLOT);
}

static void two_ways_out_need_two_changes(void) {
    EscModule *m = module_with(NULL, 0);
    EscChange both[2] = {obstacles_in(m, "stored").first[ESC_CHANGE_NOT_GIVEN]};
    esc_module_free(m);
    CHECK(placement(both, 1, "stored") == ESC_PLACE_HEAP);
    m = module_with(both, 1);
    both[1] = obstacles_in(m, "stored").first[ESC_CHANGE_NOT_GIVEN];
    esc_module_free(m);
    CHECK(placement(both, 2, "stored") == ESC_PLACE_SLOT);
}

static void nothing_is_assumed_of_what_is_not_there(void) {
    EscModule *m = module_with(NULL, 0);
    EscChange change = {.kind = ESC_CHANGE_BOUND, .item = 99};
    CHECK(!esc_assume(m, &change)); /* analysed already */
    esc_module_free(m);
    EscError error;
    m = module_of(program, sizeof program - 1, &error);
    CHECK(!esc_assume(m, &change));
    change = (EscChange){.kind = ESC_CHANGE_NOESCAPE, .func = 0, .item = 9};
    CHECK(!esc_assume(m, &change));
    change = (EscChange){.kind = ESC_CHANGE_NOT_GIVEN, .func = 999};
    CHECK(!esc_assume(m, &change));
    esc_module_free(m);
}

/* ---- promises -------------------------------------------------------------------------------- */

typedef struct Heard {
    uint32_t breaches, ncallers;
    char text[100];
} Heard;

static void hear(void *context, const EscBreach *b) {
    Heard *h = context;
    h->breaches++;
    h->ncallers = b->ncallers;
    snprintf(h->text, sizeof h->text, "%s", b->text);
}

static Heard breaches_of(const char *function, const char *excused, uint32_t flag) {
    EscModule *m = module_with(NULL, 0);
    Heard h = {0};
    if (excused)
        m->funcs[esc_function(m, excused)].flags |= flag;
    esc_breaches(m, esc_function(m, function), false, NULL, hear, NULL, &h);
    esc_module_free(m);
    return h;
}

static void what_is_moved_is_no_breach(void) {
    CHECK(breaches_of("quiet", NULL, 0).breaches == 0);
}

static void a_breach_has_the_way_to_it(void) {
    Heard h = breaches_of("loud", "look", ESC_FUNC_NO_ALLOC);
    CHECK(h.breaches == 1 && h.ncallers == 1);
    CHECK_TEXT(h.text, "malloc(3) escapes to heap: stored in global head");
    CHECK(breaches_of("loud", "stored", ESC_FUNC_MAY_HEAP).breaches == 0);
}

static void what_nobody_knows_is_a_breach(void) {
    CHECK_TEXT(breaches_of("through", NULL, 0).text, "calls through a pointer");
    Heard h = breaches_of("given", NULL, 0);
    CHECK(h.breaches == 2);
    CHECK_TEXT(h.text, "calls look, whose body is unknown");
}

static void a_library_function_that_allocates_nothing_is_none(void) {
    EscError error = {0};
    static const char text[] = "file \"t.c\"\nfunc @strlen(%s)\nfunc @printf(%s)\nfunc @f() {\n"
                               "entry:\n  call @strlen(null)\n  call @printf(null)\n  return\n}\n";
    EscModule *m = module_of(text, sizeof text - 1, &error);
    Heard h = {0};
    CHECK(m && esc_analyze(m));
    esc_breaches(m, esc_function(m, "f"), false, NULL, hear, NULL, &h);
    CHECK(h.breaches == 1);
    CHECK_TEXT(h.text, "calls printf, whose body is unknown");
    esc_module_free(m);
}

int main(void) {
    RUN(an_unknown_callee_is_answered_by_noescape_and_by_its_body);
    RUN(an_object_that_is_too_large_needs_a_budget_or_a_bound);
    RUN(two_ways_out_need_two_changes);
    RUN(nothing_is_assumed_of_what_is_not_there);
    RUN(what_is_moved_is_no_breach);
    RUN(a_breach_has_the_way_to_it);
    RUN(what_nobody_knows_is_a_breach);
    RUN(a_library_function_that_allocates_nothing_is_none);
    return check_report();
}
