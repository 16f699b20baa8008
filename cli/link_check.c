/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* link_check.c - `escapement link-check`: whether objects fit what each assumes of the others. */
#include "check.h"
#include "command.h"
#include "json.h"
#include "objects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Check that objects and archives, linked together, are what each assumes of the others."
    "\vAn object compiled with -fplugin-arg-escapement-summaries=DIR records of which functions of "
    "other files it believed what. This compares those records with the definitions. Of an archive "
    "all members count; `escapement ld' knows which are really linked."
    "\n\nExit status: 0 all of it fits, 1 something does not (a line each says what to do), 2 an "
    "input cannot be read.";

static const struct argp_option options[] = {
    {"shared", 's', 0, 0, "They become a shared library, whose exported functions may be replaced",
     0},
    {"output", 'o', "FILE", 0, "The linked file: what it exports is seen there", 0},
    {"json", OPTION_JSON, 0, 0, "Print a JSON document instead", 0},
    {0},
};

typedef struct Request {
    LinkCheck check;
    bool json;
} Request;

static error_t parse(int key, char *value, struct argp_state *state) {
    Request *request = state->input;
    LinkCheck *check = &request->check;
    switch (key) {
    case OPTION_JSON:
        request->json = true;
        return 0;
    case 's':
        check->shared = true;
        return 0;
    case 'o':
        check->output = value;
        return 0;
    case ARGP_KEY_ARG:
        add_input(&check->inputs, value, NULL);
        return 0;
    case ARGP_KEY_END:
        if (check->inputs.count == 0)
            wrong_use(state, "no objects or archives");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp link_check_argp = {options, parse, "OBJECT-OR-ARCHIVE...", about, 0, 0, 0};

/* The linker takes scripts too, so `escapement ld' does not ask that. */
static void check_readable(const char *path) {
    if (is_object(path))
        return;
    if (errno == ENOEXEC)
        trouble("%s is neither an object nor an archive", path);
    if (errno != ENOTSUP) /* check_link says what is wrong with a thin archive */
        trouble("cannot read %s: %s", path, strerror(errno));
}

static void add_refusal(void *context, const char *line) {
    json_array_append_new(context, name_json(line));
}

int link_check_main(int argc, char **argv) {
    Request request = {.check = {.refuse = print_refusal}};
    LinkCheck *check = &request.check;
    size_t nassumed;
    parse_arguments(&link_check_argp, argc, argv, 0, &request);
    for (size_t i = 0; i < check->inputs.count; i++)
        check_readable(check->inputs.items[i].path);
    if (check->output)
        check_readable(check->output);
    json_t *lines = json_array();
    if (request.json) {
        check->refuse = add_refusal;
        check->context = lines;
    }
    size_t refused = check_link(check, &nassumed);
    if (request.json) {
        json_t *document =
            json_pack("{s:s, s:i, s:b, s:I, s:O}", "escapement", "link-check", "version", 1, "held",
                      refused == 0, "assumptions", (json_int_t)nassumed, "refused", lines);
        write_json("-", document, JSON_INDENT(1));
        json_decref(document);
    }
    json_decref(lines);
    free_inputs(&check->inputs);
    return refused ? EXIT_FAILED : EXIT_HELD;
}
