/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* flow.c - see flow.h. */
#include "flow.h"

#include "command.h"

#include <stdlib.h>
#include <string.h>

static const char *after(const char *text, const char *prefix) {
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static char *part(const char *start, const char *end) {
    return format_text("%.*s", (int)(end - start), start);
}

static const char *last_of(const char *text, const char *wanted) {
    const char *found = NULL;
    for (const char *next = text; (next = strstr(next, wanted)) != NULL; next++)
        found = next;
    return found;
}

static FlowStep *new_step(Flow *flow) {
    flow->steps = reallocate(flow->steps, (flow->n + 1) * sizeof *flow->steps);
    FlowStep *step = &flow->steps[flow->n++];
    *step = (FlowStep){0};
    return step;
}

static FlowStep empty_step(const FlowStep *like) {
    return (FlowStep){.holder = copy_text(like->holder),
                      .source = copy_text(like->source),
                      .text = copy_text(""),
                      .how = copy_text(""),
                      .file = copy_text("")};
}

/* "n = &{malloc(8)}:" The holder is a name or a place, which may hold "==", but no " = ". */
static void start_step(Flow *flow, const char *line) {
    const char *equals = strstr(line, " = "), *end = line + strlen(line);
    if (!equals)
        return;
    if (end[-1] == ':')
        end--;
    char *holder = part(line, equals), *source = part(equals + 3, end);
    *new_step(flow) = empty_step(&(FlowStep){.holder = holder, .source = source});
    free(holder);
    free(source);
}

bool split_place(const char *text, char **file, long *line, long *col) {
    const char *second = strrchr(text, ':'), *first = second;
    while (first && first > text && *--first != ':')
        ;
    if (!first || first <= text || *first != ':')
        return false;
    *file = part(text, first);
    *line = strtol(first + 1, NULL, 10);
    *col = strtol(second + 1, NULL, 10);
    return true;
}

static bool read_place(const char *text, FlowStep *step) {
    char *file;
    if (!split_place(text, &file, &step->line, &step->col))
        return false;
    free(step->file);
    step->file = file;
    return true;
}

/* "head = n (stored in global) at t.c:15:8" */
static void fill_step(Flow *flow, const char *line) {
    if (flow->n == 0)
        return;
    FlowStep *step = &flow->steps[flow->n - 1];
    if (*step->how) { /* another line for the same flow: inside the function that was called */
        FlowStep again = empty_step(step);
        step = new_step(flow);
        *step = again;
    }
    const char *at = last_of(line, ") at "), *open = at;
    while (open && open > line && *open != '(')
        open--;
    if (!open || *open != '(')
        return;
    if (!read_place(at + strlen(") at "), step))
        return;
    free(step->text);
    free(step->how);
    step->how = part(open + 1, at);
    step->text = part(line, open > line && open[-1] == ' ' ? open - 1 : open);
}

Flow flow_of(const json_t *lines) {
    Flow flow = {0};
    size_t i;
    const json_t *line;
    json_array_foreach(lines, i, line) {
        const char *text = json_string_value(line), *rest;
        if (text && (rest = after(text, "flow: ")) != NULL)
            start_step(&flow, rest);
        else if (text && (rest = after(text, "from ")) != NULL)
            fill_step(&flow, rest);
    }
    return flow;
}

void flow_free(Flow *flow) {
    for (size_t i = 0; i < flow->n; i++) {
        FlowStep *step = &flow->steps[i];
        free(step->holder);
        free(step->source);
        free(step->text);
        free(step->how);
        free(step->file);
    }
    free(flow->steps);
    *flow = (Flow){0};
}
