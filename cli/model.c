/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* model.c - `escapement model`: what the analysis says of a program model in its text form. */
#include "analyse.h"
#include "command.h"
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Request {
    const char *file;
    Text models;
    int level;
    bool json;
    const EscModule *module;
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
    {"json", OPTION_JSON, 0, 0, "Print a JSON object a line, one for each finding", 0},
    {"level", 'm', "1|2", 0, "2: with the flows (the default); 1: the verdicts alone", 0},
    {0},
};

/* Each by itself, so that what is wrong with it is said of its file: the analysis gets all of them
 * as one text. */
static void check_models(const char *text, size_t length, const char *path, unsigned line) {
    EscError error = {0};
    EscModule *m = esc_module_new(NULL);
    if (!m)
        trouble("out of memory");
    if (!esc_models_read(m, text, length, &error))
        trouble("%s:%u:%u: %s", path, line + error.line, error.col, error.message);
    esc_module_free(m);
}

static void add_models(Request *request, const char *path) {
    size_t length;
    char *text = read_input(path, &length);
    check_models(text, length, path, 0);
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
            wrong_use(state, "--level is 1 or 2, not %s", value);
        request->level = value[0] - '0';
        return 0;
    case OPTION_JSON:
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (request->file)
            wrong_use(state, "one model at a time, not %s too", value);
        request->file = value;
        return 0;
    case ARGP_KEY_END:
        if (!request->file)
            wrong_use(state, "no model");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char *const kinds[] = {[ESC_FIND_SITE] = "site",
                                    [ESC_FIND_LOCAL] = "local",
                                    [ESC_FIND_PARAM] = "param",
                                    [ESC_FIND_RESULT] = "result"};

/* With the names that the plugin's report has. */
static void print_json(const EscModule *m, const EscFinding *f) {
    json_t *flow = json_array();
    for (const char *line = f->flow, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        json_array_append_new(flow, text_json(line, (size_t)(end - line)));
    json_t *json = json_pack("{s:s, s:o, s:i, s:i, s:o, s:o, s:b, s:o}", "kind", kinds[f->kind],
                             "file", name_json(f->file), "line", (int)f->line, "col", (int)f->col,
                             "function", name_json(esc_function_source_name(m, f->func)), "text",
                             name_json(f->text), "good", f->good, "flow", flow);
    if (json && f->reason != ESC_REASONS && !f->good)
        json_object_set_new(json, "reason", json_string(esc_reason_code(f->reason)));
    write_json("-", json, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(json);
}

static void print_finding(void *context, const EscFinding *finding) {
    Request *request = context;
    if (finding->report_only)
        return;
    request->nfindings++;
    if (request->json) {
        print_json(request->module, finding);
        return;
    }
    for (const char *line = finding->flow, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        printf("%s:%u:%u: %.*s\n", finding->file, finding->line, finding->col, (int)(end - line),
               line);
    printf("%s:%u:%u: %s\n", finding->file, finding->line, finding->col, finding->text);
}

/* What a reproducer says of the models it was made with. */
static void add_own_models(Request *request, const char *text) {
    static const char mark[] = "#models: ";
    unsigned number = 0;
    for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        number++;
        if (strncmp(line, mark, sizeof mark - 1) != 0)
            continue;
        const char *models = line + sizeof mark - 1;
        size_t length = (size_t)(end - models) + 1;
        check_models(models, length, request->file, number - 1);
        text_add(&request->models, models, length);
    }
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
    request.module = m;
    esc_findings(m, request.level, print_finding, &request);
    esc_module_free(m);
    text_free(&request.models);
    free(text);
    return request.nfindings > 0 ? EXIT_FOUND : EXIT_NOTHING;
}
