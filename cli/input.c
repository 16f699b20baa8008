/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* input.c - see input.h. */
#include "input.h"

#include "command.h"
#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OPTION_ROOT = 2000 };

static const struct argp_option options[] = {
    {"root", OPTION_ROOT, "DIRECTORY", 0,
     "Files below it are named from there (the current directory)", 0},
    {"json", OPTION_JSON, 0, 0, "Print a JSON document instead", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state) {
    InputOptions *given = state->input;
    switch (key) {
    case OPTION_ROOT:
        given->root = value;
        return 0;
    case OPTION_JSON:
        given->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {options, parse, NULL, NULL, NULL, NULL, NULL};
const struct argp_child input_options[] = {{&parser, 0, NULL, 0}, {0}};

char *root_directory(const char *given) {
    char *path = realpath(given ? given : ".", NULL);
    if (!path)
        trouble("cannot find the directory %s: %s", given ? given : ".", strerror(errno));
    return path;
}

static void take_verdicts(Input *input, VerdictList verdicts, const char *path) {
    if (input->has_verdicts)
        trouble("%s: there are verdicts in %s already", path, input->path);
    input->has_verdicts = true;
    input->verdicts = verdicts;
}

static void take_reports(Input *input, const char *path, const char *root) {
    findings_read(&input->findings, path);
    take_verdicts(input, verdicts_of(&input->findings, root), path);
}

static void take_json(Input *input, const char *path, const char *root, const char *text,
                      size_t length) {
    json_t *first = parse_json(text, length, JSON_DISABLE_EOF_CHECK, path);
    if (is_finding(first)) {
        take_reports(input, path, root);
    } else if (is_measurement(first)) {
        json_t *whole = parse_json(text, length, 0, path);
        if (input->has_measurement)
            trouble("%s: there is a measurement in %s already", path, input->path);
        measurement_read(whole, path, &input->measurement, &input->against);
        input->has_measurement = true;
        json_decref(whole);
    } else {
        trouble("%s is neither a measurement, nor a report of the plugin, nor a baseline", path);
    }
    json_decref(first);
}

void input_add(Input *input, const char *path, const char *root) {
    struct stat s;
    if (!input->path)
        input->path = path;
    if (stat(path, &s) == 0 && S_ISDIR(s.st_mode)) {
        take_reports(input, path, root);
        return;
    }
    size_t length;
    char *text = read_input(path, &length);
    if (is_baseline(text))
        take_verdicts(input, baseline_read(text, path), path);
    else if (length == 0) /* of a file that allocates nothing */
        take_reports(input, path, root);
    else
        take_json(input, path, root, text, length);
    free(text);
}
