/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_summaries.c - summaries as text: they come back, say no less than bodies, and damage is
 * seen.
 *
 * The strongest check takes a program apart: each function is a file of its own, which sees the
 * others by their summaries only. What is then moved must be moved when all is seen at once.
 */
#include "analyze.h"
#include "check.h"
#include "library_models.h"
#include "naive_solver.h"
#include "random_graph.h"
#include "text_helper.h"
#include "wrappers.h"

#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>

static const char target[] = "test machine";

/* ---- taking a program apart ------------------------------------------------------------------ */

static void drop_body(EscModule *m, EscFunc f) {
    Function *fn = &m->funcs[f];
    fn->has_body = false;
    fn->nops = fn->nblocks = fn->nedges = fn->nlocals = fn->ncalls = fn->nargs = 0;
    fn->nvalues = fn->nparams;
    for (EscSite i = 0; i < m->nsites; i++)
        if (m->sites[i].func == f)
            m->sites[i].op = ESC_NONE;
}

/* The module of `text` with the body of `only` and no other (ESC_NONE: with all). */
static EscModule *part_of(const char *text, EscFunc only, bool keep_calls) {
    EscError error;
    EscModule *m = esc_module_new(NULL);
    if (!m || !esc_module_read(m, text, strlen(text), &error)) {
        esc_module_free(m);
        return NULL;
    }
    m->config.keep_calls = keep_calls;
    for (EscFunc f = 0; f < m->nfuncs; f++) {
        m->funcs[f].flags |= ESC_FUNC_EXPORTED;
        if (only != ESC_NONE && f != only)
            drop_body(m, f);
    }
    return m;
}

/* The summary of one function, of which alone the body is seen; empty: it has none. */
static Text summary_of(const char *text, EscFunc f) {
    Text out = {0};
    EscModule *m = part_of(text, f, true);
    EscWritten written;
    EscSummary head;
    if (m && esc_analyze(m) &&
        esc_summary_write(m, f, target, "part.o", text_append, &out, &written) &&
        CHECK(esc_summary_head(m, out.text, out.length, target, &head, NULL)))
        CHECK(strcmp(head.hash, written.hash) == 0 && !head.model == !written.has_model);
    esc_module_free(m);
    return out;
}

static bool is_moved(EscVerdict v) {
    return v.placement == ESC_PLACE_SLOT || v.placement == ESC_PLACE_BUFFER;
}

/* Room in frames, which only a whole program shows, is no question of truth. */
static bool is_about_room(EscVerdict v) {
    return v.reason == ESC_REASON_RECURSION_BUDGET || v.reason == ESC_REASON_FRAME_BUDGET ||
           v.reason == ESC_REASON_GAVE_UP;
}

typedef struct Counts {
    unsigned summaries, moved, moved_whole;
} Counts;

static bool outlives(const Naive *n, EscSite site) {
    for (uint32_t o = 1; o < n->nobjects; o++)
        if (n->objects[o].is_site && n->objects[o].index == site && naive_outlives(n, o))
            return true;
    return false;
}

/* `naive`: what is right; else what is seen at once is. */
static void compare(EscModule *part, const EscModule *whole, const Naive *naive, EscFunc f,
                    const char *name, Counts *counts) {
    for (EscSite i = 0; i < whole->nsites; i++) {
        if (whole->sites[i].func != f || whole->sites[i].op == ESC_NONE)
            continue;
        EscVerdict v = esc_site_verdict(part, i), w = esc_site_verdict(whole, i);
        counts->moved += is_moved(v);
        counts->moved_whole += is_moved(w);
        bool may_move = naive ? !outlives(naive, i) : is_moved(w) || is_about_room(w);
        if (!CHECK(!is_moved(v) || may_move))
            fprintf(stderr, "%s: site %u in %s: %s\n", name, i, whole->funcs[f].name,
                    w.reason_text);
    }
}

static void take_apart(const char *text, const char *name, const Naive *naive, Counts *counts) {
    EscModule *whole = part_of(text, ESC_NONE, false);
    if (!whole || whole->config.closed_program || !esc_analyze(whole)) {
        esc_module_free(whole);
        return;
    }
    Text *summaries = calloc(whole->nfuncs + 1, sizeof *summaries);
    for (EscFunc f = 0; summaries && f < whole->nfuncs; f++)
        if (whole->funcs[f].has_body) {
            summaries[f] = summary_of(text, f);
            counts->summaries += summaries[f].length > 0;
        }
    for (EscFunc f = 0; summaries && f < whole->nfuncs; f++) {
        EscModule *m = whole->funcs[f].has_body ? part_of(text, f, false) : NULL;
        for (EscFunc g = 0; m && g < whole->nfuncs; g++) {
            EscError error;
            if (g != f && summaries[g].length &&
                !CHECK(esc_summary_read(m, summaries[g].text, summaries[g].length, target, &error)))
                fprintf(stderr, "%s: %u:%u: %s\n%s", name, error.line, error.col, error.message,
                        summaries[g].text);
        }
        if (m) {
            CHECK(esc_model_check(m) == NULL);
            esc_analyze(m);
            compare(m, whole, naive, f, name, counts);
        }
        esc_module_free(m);
    }
    for (EscFunc f = 0; summaries && f < whole->nfuncs; f++)
        text_free(&summaries[f]);
    free(summaries);
    esc_module_free(whole);
}

static char *file_text(const char *path) {
    FILE *file = fopen(path, "rb");
    Text text = {0};
    char part[4096];
    size_t n;
    while (file && (n = fread(part, 1, sizeof part, file)) > 0)
        text_append(&text, part, n);
    if (file)
        fclose(file);
    return text.text;
}

static void what_is_seen_through_summaries_is_seen_in_bodies(void) {
    DIR *d = opendir("decide");
    Counts counts = {0};
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t n = strlen(e->d_name);
        if (n < 7 || strcmp(e->d_name + n - 6, ".model") != 0)
            continue;
        char path[512];
        snprintf(path, sizeof path, "decide/%s", e->d_name);
        char *text = file_text(path);
        if (text)
            take_apart(text, e->d_name, NULL, &counts);
        free(text);
    }
    if (d)
        closedir(d);
    printf("       %u summaries; moved %u by summaries, %u at once\n", counts.summaries,
           counts.moved, counts.moved_whole);
    CHECK(counts.summaries > 100 && counts.moved > 50);
}

static void random_programs_are_seen_through_summaries_as_well(void) {
    Random random = {7};
    Counts counts = {0};
    for (int i = 0; i < 150; i++) {
        EscModule *m = esc_model_new_bare(NULL);
        Text text = {0};
        random_module(m, &random, 4);
        if (esc_module_print(m, text_append, &text) && text.text)
            take_apart(text.text, "random", NULL, &counts);
        text_free(&text);
        esc_module_free(m);
    }
    CHECK(counts.summaries > 50);
}

/* Beside the naive solver: bodies that call each other through pointers are often seen less well at
 * once than one by one. */
static Counts beside_the_naive_solver(const Shape *shape, uint32_t seed) {
    Random random = {seed};
    Counts counts = {0};
    Naive *naive = malloc(sizeof *naive);
    int before = check_failures;
    for (uint32_t i = 0; naive && i < shape->modules && check_failures < before + 3; i++) {
        EscModule *m = random_graph(&random, shape);
        Text text = {0};
        naive_solve(naive, m);
        if (esc_module_print(m, text_append, &text))
            take_apart(text.text, "random", naive, &counts);
        if (check_failures != before)
            fprintf(stderr, "%s\n", text.text);
        text_free(&text);
        esc_module_free(m);
    }
    free(naive);
    return counts;
}

static void functions_that_call_through_pointers_are_too(void) {
    const Shape shape = {.modules = 7000, .functions = 3, .ops = 10, .pointers = MOSTLY_POINTERS};
    Counts counts = beside_the_naive_solver(&shape, 11);
    CHECK(counts.summaries > 10000 && counts.moved > 5000);
}

/* A local that a kept call is given is an object of the summary. */
static void functions_that_hand_on_locals_are_too(void) {
    Shape shape = {.modules = 3000, .functions = 4, .ops = 10, .pointers = MOSTLY_LOCALS};
    Counts plain = beside_the_naive_solver(&shape, 21);
    CHECK(plain.summaries > 5000 && plain.moved > 5000);
    shape.offsets = true;
    Counts words = beside_the_naive_solver(&shape, 22);
    CHECK(words.summaries > 5000 && words.moved > 5000);
    if (check_failures)
        return;
    printf("       moved %u and %u\n", plain.moved, words.moved);
}

/* ---- the text -------------------------------------------------------------------------------- */

static const char program[] = "global &head\n"
                              "func @f(%a, %b) {\n"
                              "  %n = malloc param 1 * 8 \"n\"\n"
                              "  store %n [8] w8 <- %a\n"
                              "  %r = call @other(%n, %b)\n"
                              "  free %a\n"
                              "  return %n\n"
                              "}\n"
                              "func @other(%x, %y) exported\n";

static void a_summary_is_a_text_that_comes_back(void) {
    Text text = summary_of(program, 0);
    EscModule *m = esc_module_new(NULL);
    EscSummary head;
    EscError error;
    if (CHECK(text.text != NULL)) {
        CHECK(strncmp(text.text, "escapement-summary 1\nfrom part.o\nhash ", 38) == 0);
        CHECK(strstr(text.text, "\ntarget test machine\nframe 0\nfunc @f(%0, %1)") != NULL);
        CHECK(strstr(text.text, "function @other") != NULL);
        CHECK(esc_summary_head(m, text.text, text.length, target, &head, &error));
        CHECK_TEXT(head.name, "f");
        CHECK_TEXT(head.from, "part.o");
        CHECK(head.nparams == 2 && head.ncalls == 1 && !head.model && !head.variadic);
        CHECK_TEXT(head.calls ? head.calls[0] : NULL, "other");
        CHECK(strstr(text.text, head.hash) != NULL);
        Text again = summary_of(program, 0);
        CHECK_TEXT(again.text, text.text);
        text_free(&again);
    }
    text_free(&text);
    esc_module_free(m);
}

static void refused(const Text *text, const char *to, const char *why) {
    EscModule *m = esc_module_new(NULL);
    EscError error = {0};
    uint32_t nmodels = m->nmodels, nfuncs = m->nfuncs;
    CHECK(!esc_summary_read(m, text->text, text->length, to, &error));
    if (!strstr(error.message, why))
        CHECK_TEXT(error.message, why);
    CHECK(m->nmodels == nmodels && m->nfuncs == nfuncs && !esc_module_error(m));
    esc_module_free(m);
}

static void damage_and_another_target_are_refused_with_a_reason(void) {
    Text text = summary_of(program, 0);
    if (!CHECK(text.text != NULL))
        return;
    refused(&text, "another machine", "another target");
    Text cut = {.text = text.text, .length = text.length - 3};
    refused(&cut, target, "does not fit its hash");
    Text empty = {.text = text.text, .length = 0};
    refused(&empty, target, "escapement-summary 1");
    for (size_t i = 0; i < text.length; i++) { /* every byte counts, but the name of the object */
        char old = text.text[i];
        text.text[i] = old == '1' ? '2' : '1';
        EscModule *m = esc_model_new_bare(NULL);
        EscError error = {0};
        if (i < 26 || i > 32)
            CHECK(!esc_summary_read(m, text.text, text.length, target, &error));
        esc_module_free(m);
        text.text[i] = old;
    }
    text_free(&text);
}

static void only_functions_that_nothing_replaces_have_one(void) {
    static const char texts[] = "func @a() interposable {\n  return\n}\n"
                                "func @b() {\n  return\n}\n"
                                "func @\"c@elsewhere\"() {\n  return\n}\n";
    Text a = summary_of(texts, 0), b = summary_of(texts, 1), c = summary_of(texts, 2);
    CHECK(a.length == 0 && b.length > 0 && c.length == 0);
    text_free(&a);
    text_free(&b);
    text_free(&c);
}

/* ---- thin wrappers --------------------------------------------------------------------------- */

static void wrapper_is(const char *body, const char *line) {
    char text[2048], found[256] = "none";
    snprintf(text, sizeof text, "func @fatal() exported\nfunc @len(%%s) pure exported\n%s", body);
    EscModule *m = part_of(text, ESC_NONE, false);
    if (!CHECK(m != NULL))
        fprintf(stderr, "%s", text);
    for (EscFunc f = 0; m && f < m->nfuncs; f++)
        if (strcmp(m->funcs[f].name, "w") == 0)
            esc_wrapper_line(m, f, found, sizeof found);
    CHECK_TEXT(found, line);
    esc_module_free(m);
}

#define LOOKED "    use null effect +index 0\n"

static void thin_wrappers_are_found(void) {
    wrapper_is("func @w(%n) {\n b: -> bad good\n" LOOKED "    %p = alloc malloc ? +args(param 0)\n"
               " bad:\n    use %p is_null\n    call @fatal()\n good:\n    return %p\n}\n",
               "allocator w(size) kind malloc fail abort");
    wrapper_is("func @w(%x, %n) {\n b: -> bad good\n" LOOKED
               "    %p = alloc malloc ? +args(param 1 in [1,?])\n"
               " bad: -> good\n    use %p is_null\n    use null effect\n good:\n    return %p\n}\n",
               "allocator w(_, size) kind malloc fail null never_empty");
    wrapper_is("func @w(%s) {\n b:\n" LOOKED
               "    %p = alloc strdup ? +args(%s)\n    return %p\n}\n",
               "duplicator w(source) kind strdup fail null");
    wrapper_is("func @w(%p) {\n b: -> c d\n" LOOKED " c: -> d\n    free %p\n d:\n    return\n}\n",
               "deallocator w(pointer)");
    wrapper_is("func @w(%q, %n) {\n b: -> old new\n" LOOKED
               " old: -> end\n    %r = realloc %q ? +args(%q, param 1)\n"
               " new: -> end\n    use %q is_null\n    %m = alloc malloc ? +args(param 1)\n"
               " end:\n    %p = merge(%r, %m)\n    return %p\n}\n",
               "reallocator w(pointer, size) kind realloc fail null");
    wrapper_is("func @w(%n) {\n b:\n" LOOKED "    %p = call @v(param 0)\n    return %p\n}\n"
               "func @v(%n) {\n b:\n" LOOKED
               "    %p = alloc calloc ? +args(param 0, 1)\n    return %p\n}\n",
               "allocator w(size) kind calloc zeroed fail null");
}

static void whatever_else_happens_makes_it_no_wrapper(void) {
    const char *const bodies[] = {
        /* nobody looked for what the model does not show */
        "    %p = alloc malloc ? +args(param 0)\n    return %p\n",
        /* a counter */
        LOOKED "    %p = alloc malloc ? +args(param 0)\n    use null effect\n    return %p\n",
        /* another size */
        LOOKED "    %p = alloc malloc ? +args(param 0 + 8)\n    return %p\n",
        LOOKED "    %p = alloc malloc ? +args(16)\n    return %p\n",
        /* inside of the block */
        LOOKED "    %p = alloc malloc ? +args(param 0)\n    %q = copy %p [8]\n    return %q\n",
        /* two, a free, a call, a list of blocks */
        LOOKED "    %p = alloc malloc ? +args(param 0)\n    %q = alloc malloc ? +args(param 0)\n"
               "    return %p\n",
        LOOKED "    %p = alloc malloc ? +args(param 0)\n    free %p\n    return %p\n",
        LOOKED "    %p = alloc malloc ? +args(param 0)\n    call @fatal()\n    return %p\n",
        LOOKED "    %p = alloc malloc ? +args(param 0)\n    store %n w8 <- %p\n    return %p\n",
        LOOKED "    %p = alloc malloc ? +args(param 0)\n    leak %p kept_by\n    return %p\n",
        /* no block */
        LOOKED "    return %n\n", LOOKED "    return\n"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        char text[1024];
        snprintf(text, sizeof text, "func @w(%%n) {\n b:\n%s}\n", bodies[i]);
        wrapper_is(text, "none");
    }
    /* NULL although nothing failed; an end of the program although nothing failed; in a loop */
    wrapper_is("func @w(%n) {\n b: -> no yes\n" LOOKED " no:\n    return\n yes:\n"
               "    %p = alloc malloc ? +args(param 0)\n    return %p\n}\n",
               "none");
    wrapper_is("func @w(%n) {\n b: -> no yes\n" LOOKED " no:\n    call @fatal()\n yes:\n"
               "    %p = alloc malloc ? +args(param 0)\n    return %p\n}\n",
               "none");
    wrapper_is("func @w(%n) {\n b: -> yes\n" LOOKED " yes: -> yes out\n"
               "    %p = alloc malloc ? +args(param 0)\n out:\n    return %p\n}\n",
               "none");
    /* a return that does not ask: it may be NULL */
    wrapper_is("func @w(%n) {\n b: -> ask out\n" LOOKED
               "    %p = alloc malloc ? +args(param 0)\n ask: -> bad out\n"
               " bad:\n    use %p is_null\n    call @fatal()\n out:\n    return %p\n}\n",
               "allocator w(size) kind malloc fail null");
    /* the malloc of a realloc that is not for NULL */
    wrapper_is("func @w(%q, %n) {\n b: -> old new\n" LOOKED
               " old: -> end\n    %r = realloc %q ? +args(%q, param 1)\n"
               " new: -> end\n    %m = alloc malloc ? +args(param 1)\n"
               " end:\n    %p = merge(%r, %m)\n    return %p\n}\n",
               "none");
    /* freed and something returned, two of them */
    wrapper_is("func @w(%p) {\n b:\n" LOOKED "    free %p\n    return %p\n}\n", "none");
    wrapper_is("func @w(%p, %q) {\n b:\n" LOOKED "    free %p\n    free %q\n    return\n}\n",
               "none");
}

int main(void) {
    RUN(a_summary_is_a_text_that_comes_back);
    RUN(damage_and_another_target_are_refused_with_a_reason);
    RUN(only_functions_that_nothing_replaces_have_one);
    RUN(what_is_seen_through_summaries_is_seen_in_bodies);
    RUN(random_programs_are_seen_through_summaries_as_well);
    RUN(functions_that_call_through_pointers_are_too);
    RUN(functions_that_hand_on_locals_are_too);
    RUN(thin_wrappers_are_found);
    RUN(whatever_else_happens_makes_it_no_wrapper);
    return check_report();
}
