/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_oom.c - every request for memory fails once: no crash, no leak, nothing decided wrongly.
 *
 * Each step (building, reading, printing, adding models, deciding) first runs with all its requests
 * served and is then repeated with the n-th of them failing, for every n, once alone and once with
 * all later ones. The sanitizers of the build watch for leaks and bad accesses.
 */
#include "check.h"
#include "library_models.h"
#include "text_helper.h"

static const char program[] =
    "global &head\n"
    "func @keep(%p) {\n"
    "  %g = global &head\n"
    "  store %g <- %p\n"
    "  return\n"
    "}\n"
    "func @f(%n) exported {\n"
    "  local $tmp size 8\n"
    "entry: -> loop\n"
    "  %kept = malloc 16 \"malloc(16)\"\n"
    "  %mine = malloc param 0 * 8 + 16 in [16,160] \"malloc(n * 8 + 16)\"\n"
    "  call @keep(%kept)\n"
    "  %t = local $tmp\n"
    "  store %t <- %mine\n"
    "loop: -> loop out\n"
    "  %l = load %t w8\n"
    "  call @strlen(%l)\n"
    "  %more = realloc %l 32 \"realloc(mine, 32)\"\n"
    "out:\n"
    "  free %more\n"
    "  return\n"
    "}\n";

/* What a step did: whether it said that it worked, and, where it speaks of them, the verdicts. */
typedef struct Outcome {
    bool worked;
    EscPlacement first_site; /* escapes in truth */
} Outcome;

typedef Outcome (*Step)(void);

static bool swallow(void *context, const char *text, size_t length) {
    (void)context, (void)text, (void)length;
    return true;
}

static Outcome a_module_with_the_built_in_models(void) {
    EscModule *m = esc_module_new(NULL);
    Outcome o = {.worked = m && esc_model_find(m, "strtol") && !esc_module_error(m)};
    esc_module_free(m);
    return o;
}

static Outcome a_module_made_by_builders(void) {
    Random random = {7};
    EscModule *m = esc_model_new_bare(NULL);
    if (!m)
        return (Outcome){0};
    for (uint32_t i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "g%u", i);
        esc_function(m, name);
    }
    EscFunc f = esc_function(m, "f");
    esc_function_declare(m, f, 2, ESC_FUNC_EXPORTED);
    esc_param(m, f, 0, "p", 0, ESC_PARAM_REPORT, 0);
    esc_function_begin_body(m, f);
    for (uint32_t i = 0; i < 20; i++) {
        EscBlock b = esc_block(m, f);
        esc_edge(m, f, b, random_below(&random, i + 1));
        esc_local(m, f, 8, "x",
                  esc_source(m, &(EscSourceInfo){.file = "t.c", .line = i, .text = "x"}));
        EscSiteInfo site = {.size_bytes = esc_number_constant(8)};
        EscOpInfo op = esc_op_info(ESC_OP_ALLOC);
        op.index = esc_site(m, f, &site);
        op.dst = esc_value(m, f);
        esc_op(m, f, b, &op);
        EscArg arg = {.value = op.dst, .number = esc_number_unknown()};
        EscOpInfo call = esc_op_info(ESC_OP_CALL);
        call.index = 0;
        call.args = &arg;
        call.nargs = 1;
        esc_op(m, f, b, &call);
    }
    Outcome o = {.worked = !esc_module_error(m)};
    if (o.worked)
        o.worked = esc_model_check(m) == NULL;
    o.worked = esc_module_print(m, swallow, NULL) && o.worked;
    esc_module_free(m);
    return o;
}

static EscModule *read_program(bool *worked) {
    EscError error;
    EscModule *m = esc_model_new_bare(NULL);
    *worked = m && esc_module_read(m, program, sizeof program - 1, &error);
    if (m && !*worked)
        CHECK(error.message[0] != '\0' && esc_module_error(m) != NULL);
    return m;
}

static Outcome a_module_read_and_printed(void) {
    Outcome o = {0};
    EscModule *m = read_program(&o.worked);
    if (o.worked)
        o.worked = esc_module_print(m, swallow, NULL);
    esc_module_free(m);
    return o;
}

static Outcome models_added(void) {
    static const char models[] =
        "qsort(base, n, w, compare: called(inside base))\n"
        "allocator zmalloc(size) free zfree realloc zrealloc(pointer, size)\n"
        "getline(line: reallocated contents, ...: sets world) -> line\n";
    EscError error;
    EscModule *m = esc_model_new_bare(NULL);
    Outcome o = {.worked = m && esc_models_read(m, models, sizeof models - 1, &error)};
    if (m && !o.worked)
        CHECK(error.message[0] != '\0');
    esc_module_free(m);
    return o;
}

/* Counts findings that call the first site moved, which it never is. */
static void count_wrong(void *context, const EscFinding *finding) {
    if (finding->kind == ESC_FIND_SITE && finding->site == 0 && finding->good)
        ++*(int *)context;
}

static Outcome decided(uint32_t first_budget) {
    Outcome o = {0};
    EscModule *m = read_program(&o.worked);
    if (m) {
        int wrong = 0;
        m->first_budget = first_budget;
        o.worked = esc_analyze(m) && o.worked;
        if (m->nsites)
            o.first_site = esc_site_verdict(m, 0).placement;
        esc_findings(m, 2, count_wrong, &wrong);
        CHECK(wrong == 0);
        for (EscFunc f = 0; f < m->nfuncs; f++) {
            bool printed = esc_summary_print(m, f, swallow, NULL);
            o.worked = o.worked && (printed || !m->funcs[f].has_body);
            for (EscOp op = 0; op < m->funcs[f].nops; op++) {
                const EscSite *sites;
                uint32_t nsites;
                EscAction action = esc_op_action(m, f, op, &sites, &nsites);
                CHECK(o.worked || action == ESC_ACT_NONE);
            }
        }
        o.worked = o.worked && !esc_module_error(m);
    }
    esc_module_free(m);
    return o;
}

static Outcome a_module_decided(void) {
    return decided(0);
}

static Outcome a_module_decided_in_several_attempts(void) {
    return decided(6);
}

/* A request that fails must never make a step claim more than the truth. */
static void fail_each_request_of(Step step, const char *name, long stride, bool all_after) {
    long before = esc_memory_requests();
    Outcome whole = step();
    long requests = esc_memory_requests() - before;
    CHECK(whole.worked);
    long unnoticed = 0;
    for (long n = 0; n < requests; n += stride) {
        esc_memory_fail_at(n, all_after);
        Outcome o = step();
        esc_memory_fail_at(-1, false);
        unnoticed += o.worked;
        if (!CHECK(o.first_site == ESC_PLACE_HEAP))
            fprintf(stderr, "  when request %ld of %s failed\n", n, name);
    }
    if (!CHECK(unnoticed == 0))
        fprintf(stderr, "  %s: %ld of %ld failures were not noticed\n", name, unnoticed, requests);
}

/* `stride` 1: every request. */
static void run_step(Step step, const char *name, long stride) {
    int before = check_failures;
    check_test = name;
    fail_each_request_of(step, name, stride, false);
    fail_each_request_of(step, name, stride, true);
    printf("%s %s\n", check_failures == before ? "ok    " : "FAILED", name);
}

#define STEP(step, stride) run_step(step, #step, stride)

int main(void) {
    STEP(a_module_made_by_builders, 1);
    STEP(a_module_read_and_printed, 1);
    STEP(models_added, 1);
    STEP(a_module_decided, 1);
    STEP(a_module_decided_in_several_attempts, 1);
    /* A thousand lines of the kinds that models_added has: a sample. */
    STEP(a_module_with_the_built_in_models, 61);
    return check_report();
}
