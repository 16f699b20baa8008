/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* model.c - `escapement model`: what the analysis says of a program model in its text form. */
#include "analyse.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Request {
    const char *file;
    Text models;
    int level;
    size_t nfindings;
} Request;

static const char about[] =
    "Analyse a program model in its text form, and print the verdicts as the compiler's plugin "
    "does."
    "\vA model is what the plugin writes with -fplugin-arg-escapement-dump=FILE and what "
    "`escapement bisect' leaves as its reproducer. It can be changed with an editor, which is the "
    "quickest way to learn which of its operations a verdict rests on; the form is described in "
    "docs/design/0010-model-text-form.md. A line `#models: LINE' in it is a line of a models file."
    "\n\nExit status: 0 with a finding, 1 without any, 2 when the text cannot be read.";

static const struct argp_option options[] = {
    {"models", 'M', "FILE", 0, "More models of library functions; may be repeated", 0},
    {"level", 'm', "1|2", 0, "2: with the flows (the default); 1: the verdicts alone", 0},
    {0},
};

static void add_models(Request *request, const char *path) {
    size_t length;
    char *text = read_input(path, &length);
    text_add(&request->models, text, length);
    text_add(&request->models, "\n", 1);
    free(text);
}

static error_t parse(int key, char *value, struct argp_state *state) {
    Request *request = state->input;
    switch (key) {
    case 'M':
        add_models(request, value);
        return 0;
    case 'm':
        if (strcmp(value, "1") != 0 && strcmp(value, "2") != 0)
            argp_error(state, "--level is 1 or 2, not %s", value);
        request->level = value[0] - '0';
        return 0;
    case ARGP_KEY_ARG:
        if (request->file)
            argp_usage(state);
        request->file = value;
        return 0;
    case ARGP_KEY_END:
        if (!request->file)
            argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void print_finding(void *context, const EscFinding *finding) {
    Request *request = context;
    if (finding->report_only)
        return;
    request->nfindings++;
    for (const char *line = finding->flow, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        printf("%s:%u:%u: %.*s\n", finding->file, finding->line, finding->col, (int)(end - line),
               line);
    printf("%s:%u:%u: %s\n", finding->file, finding->line, finding->col, finding->text);
}

/* What a reproducer says of the models it was made with. */
static void add_own_models(Request *request, const char *text) {
    static const char mark[] = "#models: ";
    for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        if (strncmp(line, mark, sizeof mark - 1) == 0)
            text_add(&request->models, line + sizeof mark - 1,
                     (size_t)(end - line) - sizeof mark + 2);
}

const struct argp model_argp = {options, parse, "FILE", about, NULL, NULL, NULL};

int model_main(int argc, char **argv) {
    Request request = {.level = 2};
    text_add(&request.models, "", 0);
    parse_arguments(&model_argp, argc, argv, 0, &request);
    size_t length;
    char *text = read_input(request.file, &length);
    add_own_models(&request, text);
    EscError error = {0};
    EscModule *m = analyse_text(text, length, request.models.bytes, &error);
    if (!m)
        trouble("%s:%u:%u: %s", request.file, error.line, error.col, error.message);
    esc_findings(m, request.level, print_finding, &request);
    esc_module_free(m);
    text_free(&request.models);
    free(text);
    return request.nfindings > 0 ? EXIT_FOUND : EXIT_NOTHING;
}
