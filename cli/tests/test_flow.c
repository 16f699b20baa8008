/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_flow.c - the lines of a flow are taken apart, whatever an expression holds. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void must_be(const char *got, const char *wanted) {
    if (strcmp(got, wanted) == 0)
        return;
    fprintf(stderr, "got \"%s\", wanted \"%s\"\n", got, wanted);
    failures++;
}

static Flow flow_of_lines(const char *const *lines, size_t n) {
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_string(lines[i]));
    Flow flow = flow_of(array);
    json_decref(array);
    return flow;
}

static void must_have(const FlowStep *step, const char *holder, const char *source,
                      const char *text, const char *how, const char *place) {
    char where[200];
    snprintf(where, sizeof where, "%s:%ld:%ld", step->file, step->line, step->col);
    must_be(step->holder, holder);
    must_be(step->source, source);
    must_be(step->text, text);
    must_be(step->how, how);
    must_be(where, place);
}

static void a_flow_of_two_steps(void) {
    static const char *const lines[] = {
        "malloc(sizeof *n) escapes to heap:",
        "flow: n = &{malloc(sizeof *n)}:",
        "from n = malloc(sizeof *n) (assign) at t.c:12:11",
        "flow: {heap} = n:",
        "from head = n (stored in global) at t.c:15:8",
    };
    Flow flow = flow_of_lines(lines, 5);
    if (flow.n != 2) {
        fprintf(stderr, "%zu steps\n", flow.n);
        failures++;
    } else {
        must_have(&flow.steps[0], "n", "&{malloc(sizeof *n)}", "n = malloc(sizeof *n)", "assign",
                  "t.c:12:11");
        must_have(&flow.steps[1], "{heap}", "n", "head = n", "stored in global", "t.c:15:8");
    }
    flow_free(&flow);
}

static void odd_expressions(void) {
    static const char *const lines[] = {
        "flow: {heap} = &{f(a == b ? \") at x:1:1\" : c)}:",
        "from g(\") at y:2:2 (x) at\") (call parameter) at dir with: colon/a.c:3:4",
        "from (unsigned char *) malloc (n) (init) at a.c:5:6",
    };
    Flow flow = flow_of_lines(lines, 3);
    if (flow.n != 2) {
        fprintf(stderr, "%zu steps\n", flow.n);
        failures++;
    } else {
        must_have(&flow.steps[0], "{heap}", "&{f(a == b ? \") at x:1:1\" : c)}",
                  "g(\") at y:2:2 (x) at\")", "call parameter", "dir with: colon/a.c:3:4");
        must_have(&flow.steps[1], "{heap}", "&{f(a == b ? \") at x:1:1\" : c)}",
                  "(unsigned char *) malloc (n)", "init", "a.c:5:6");
    }
    flow_free(&flow);
}

static void what_is_no_flow(void) {
    static const char *const lines[] = {"from nothing (assign) at t.c:1:1",
                                        "flow: nothing",
                                        "flow",
                                        "from x at",
                                        "",
                                        "from (assign) at t.c"};
    Flow flow = flow_of_lines(lines, 6);
    if (flow.n != 0) {
        fprintf(stderr, "%zu steps of nothing\n", flow.n);
        failures++;
    }
    flow_free(&flow);
    flow = flow_of(NULL);
    flow_free(&flow);
}

int main(void) {
    a_flow_of_two_steps();
    odd_expressions();
    what_is_no_flow();
    return failures != 0;
}
