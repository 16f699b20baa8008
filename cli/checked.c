/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* checked.c - see checked.h. */
#include "checked.h"

#include "check_command.h"
#include "command.h"
#include "run.h"
#include "tempdir.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last words of the log are what went wrong. */
static char *failure_in(char *log) {
    static const char own[] = "escapement check: ";
    size_t length = strlen(log);
    while (length > 0 && log[length - 1] == '\n')
        log[--length] = '\0';
    const char *last = strrchr(log, '\n');
    last = last ? last + 1 : log;
    const char *said = strstr(last, own);
    return copy_text(said ? said + sizeof own - 1 : *last ? last : "the check failed");
}

static char *directory_of(const char *model) {
    static const char mark[] = "#directory: ";
    const char *at = strstr(model, mark);
    if (!at)
        return copy_text(".");
    at += sizeof mark - 1;
    return format_text("%.*s", (int)strcspn(at, "\n"), at);
}

/* Ends with NULL; the strings are the caller's or stay. */
static char **arguments_of(const FileToCheck *wanted, const char *model, const char *lines) {
    size_t nwords = 0, n = 0;
    while (wanted->command && wanted->command[nwords])
        nwords++;
    char **argv = allocate((nwords + wanted->noptions + 8) * sizeof *argv);
    argv[n++] = check_program();
    argv[n++] = "-q";
    argv[n++] = format_text("--model=%s", model);
    argv[n++] = format_text("--output=%s", lines);
    for (size_t i = 0; i < wanted->noptions; i++)
        argv[n++] = wanted->options[i];
    if (wanted->build) {
        argv[n++] = format_text("--build=%s", wanted->build);
        if (wanted->file)
            argv[n++] = (char *)(uintptr_t)wanted->file;
    } else {
        argv[n++] = "--";
        memcpy(argv + n, wanted->command, nwords * sizeof *argv);
    }
    return argv;
}

char *check_file(const FileToCheck *wanted, CheckedFile *out) {
    char *scratch = temporary_directory(), *wrong = NULL;
    const Setting none = {NULL, NULL};
    char *model = format_text("%s/model", scratch), *lines = format_text("%s/lines", scratch),
         *log = format_text("%s/log", scratch);
    char **argv = arguments_of(wanted, model, lines);
    int status = run_command(argv, &none, log, 0);
    size_t length = 0;
    char *said = read_file(log, &length);
    *out = (CheckedFile){0};
    if (status == 0) {
        out->model = read_file(model, &out->model_length);
        out->lines = read_file(lines, &length);
    } else {
        wrong = failure_in(said ? said : (char[]){""});
    }
    char *left[] = {model, lines, log};
    for (size_t i = 0; i < 3; i++) {
        unlink(left[i]); /* the next answer is not this one's */
        free(left[i]);
    }
    if (!wrong && (!out->model || !out->lines))
        wrong = copy_text("no C was compiled");
    if (!wrong)
        out->directory = directory_of(out->model);
    free(said);
    free(argv);
    free(scratch);
    return wrong;
}

void checked_free(CheckedFile *checked) {
    free(checked->model);
    free(checked->lines);
    free(checked->directory);
    *checked = (CheckedFile){0};
}
