/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* bisect.c - `escapement bisect`: which change of the plugin breaks a program.
 *
 * Every run of the command gets a directory of its own, in ESCAPEMENT_BISECT: the plugin reads
 * there which changes it may make, and each compilation leaves there a record of those it made. So
 * one build of many files, at any -j, is one question.
 *
 * INVARIANT  Only changes that the run with all of them made are ever allowed, so every question is
 * about a subset of these.
 *
 * NOT HERE  Which question comes next (search.c), what is printed of a model (reproduce.c).
 */
#include "command.h"
#include "json.h"
#include "records.h"
#include "reproduce.h"
#include "run.h"
#include "search.h"
#include "tempdir.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CANNOT_TELL = 125,  /* the exit status of a command that can say neither, as in git bisect */
    EXPLAINED_MOST = 16 /* with more changes than these a run leaves no models */
};

typedef struct Bisect {
    char **command;
    const char *output, *log;
    unsigned seconds;
    bool keep, json;
    char *directory; /* of the whole search */
    unsigned runs;
    Records all;         /* of the run with every change */
    size_t compilations; /* of the run with none */
    Records last;        /* of the last run */
    bool *last_chosen, last_failed;
    bool asked;             /* last_chosen says what the last run was about */
    json_t *said, *changes; /* the answer, for --json */
    bool wrote;             /* the reproducer */
} Bisect;

static const char about[] =
    "Find the change of the compiler's plugin that breaks a program."
    "\vBUILD-AND-TEST builds the program from scratch, with the plugin, and tests it: its exit "
    "status "
    "is 0 when the program is right, 125 when it cannot tell, anything else when it is wrong. It "
    "is "
    "run about log2(changes) + 4 times, with different changes allowed, for example\n"
    "\n"
    "  escapement bisect -- sh -c 'make -s clean && make -j4 && make check'\n"
    "\n"
    "A change is an allocation that moves to the stack, a call that is inlined for one, a local "
    "that "
    "moves to the heap (heap-locals), a call through a pointer that becomes direct "
    "(whole-program). "
    "The answer names it, where it stands, where the object goes, and writes the program model "
    "that "
    "the decision was made on, cut down to what it rests on; `escapement model' reads it.\n"
    "\n"
    "The build must compile every file each time, in the same place, on this machine, from the "
    "same "
    "environment. ccache is turned off by CCACHE_DISABLE=1; turn other compiler caches and remote "
    "compilers off yourself: they do not know of ESCAPEMENT_BISECT."
    "\n\nExit status: 0 found, 1 the failure cannot be reproduced or is not the plugin's, 2 wrong "
    "use "
    "or trouble.";

enum { OPTION_KEEP = 256 };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "Where the reproducer goes (escapement-bisect.model)", 0},
    {"timeout", 't', "SECONDS", 0, "A run that takes longer is a wrong one", 0},
    {"log", 'l', "FILE", 0, "What the last failing run printed goes there", 0},
    {"json", OPTION_JSON, 0, 0, "Print a JSON document instead", 0},
    {"keep", OPTION_KEEP, 0, 0, "Keep the directory with the records and the output of every run",
     0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state) {
    Bisect *b = state->input;
    char *end;
    switch (key) {
    case 'o':
        b->output = value;
        return 0;
    case 'l':
        b->log = value;
        return 0;
    case 't':
        b->seconds = (unsigned)strtoul(value, &end, 10);
        if (*end || end == value || b->seconds == 0)
            wrong_use(state, "--timeout needs a number of seconds, not %s", value);
        return 0;
    case OPTION_JSON:
        b->json = true;
        return 0;
    case OPTION_KEEP:
        b->keep = true;
        return 0;
    case ARGP_KEY_ARGS: /* all that is left, unread */
        b->command = state->argv + state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        wrong_use(state, "no command that builds and tests");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- one run --------------------------------------------------------------------------------- */

static void write_or_die(const char *directory, const char *name, const Text *text) {
    char *path = format_text("%s/%s", directory, name);
    if (!write_file(path, text->bytes, text->length))
        trouble("cannot write %s: %s", path, strerror(errno));
    free(path);
}

/* The allowed hashes, one a line; `chosen` NULL: all. */
static void write_allowed(const Bisect *b, const char *directory, const bool *chosen) {
    Text text = {0};
    size_t n = 0;
    text_add(&text, chosen ? "" : "all\n", chosen ? 0 : 4);
    for (size_t i = 0; chosen && i < b->all.nchanges; i++) {
        if (!chosen[i])
            continue;
        text_add(&text, b->all.changes[i].hash, strlen(b->all.changes[i].hash));
        text_add(&text, "\n", 1);
        n++;
    }
    write_or_die(directory, "allow", &text);
    if (chosen && n <= EXPLAINED_MOST)
        write_or_die(directory, "explain", &text);
    text_free(&text);
}

static char *new_run(Bisect *b, const bool *chosen) {
    char *directory = format_text("%s/run-%u", b->directory, ++b->runs);
    char *records = format_text("%s/records", directory);
    if (mkdir(directory, 0777) != 0 || mkdir(records, 0777) != 0)
        trouble("cannot make %s: %s", records, strerror(errno));
    free(records);
    write_allowed(b, directory, chosen);
    return directory;
}

static void check_complete(const Bisect *b, bool failed) {
    if (b->last.ncompilations == 0)
        trouble(
            "no file was compiled with the plugin at -O1 or higher: the command must build from "
            "scratch every time, with -fplugin=.../escapement.so and without a compiler cache");
    /* A run that fails may have stopped early; one that passes has all of the program. */
    if (!failed && b->last.ncompilations < b->compilations)
        trouble(
            "the command compiled %zu files, and %zu the first time: it must build from scratch "
            "every time",
            b->last.ncompilations, b->compilations);
}

/* The log goes with our directory, so its last line is said. */
static void cannot_tell(const Bisect *b, int status, const char *log) {
    size_t length;
    char *printed = read_file(log, &length);
    if (printed && b->log && !write_file(b->log, printed, length))
        trouble("cannot write %s: %s", b->log, strerror(errno));
    while (printed && length > 0 && printed[length - 1] == '\n')
        printed[--length] = '\0';
    const char *newline = printed ? strrchr(printed, '\n') : NULL;
    const char *last = newline ? newline + 1 : printed && *printed ? printed : "nothing";
    trouble("the command ended with status %d: neither right nor wrong; %s%s; its last words: %s",
            status, b->log ? "what it printed is in " : "--log=FILE would have what it printed",
            b->log ? b->log : "", last);
}

/* Builds and tests with the chosen changes; NULL: with all. */
static bool run_fails(Bisect *b, const bool *chosen) {
    char *directory = new_run(b, chosen);
    char *log = format_text("%s/log", directory), *records = format_text("%s/records", directory);
    const Setting settings[] = {
        {"ESCAPEMENT_BISECT", directory}, {"CCACHE_DISABLE", "1"}, {NULL, NULL}};
    int status = run_command(b->command, settings, log, b->seconds);
    if (status == CANNOT_TELL || status == 126 || status == 127)
        cannot_tell(b, status, log);
    bool failed = status != 0;
    records_free(&b->last);
    records_read(&b->last, records);
    check_complete(b, failed);
    size_t length;
    char *printed = failed && b->log ? read_file(log, &length) : NULL;
    if (printed && !write_file(b->log, printed, length))
        trouble("cannot write %s: %s", b->log, strerror(errno));
    free(printed);
    free(log);
    free(records);
    free(directory);
    return failed;
}

static void say(const Bisect *b, bool failed, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void say(const Bisect *b, bool failed, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "run %u: ", b->runs);
    vfprintf(stderr, format, args);
    fprintf(stderr, ": %s\n", failed ? "fails" : "passes");
    va_end(args);
}

static size_t count(const bool *chosen, size_t n) {
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += chosen[i];
    return sum;
}

static bool ask(void *context, const bool *chosen, size_t left) {
    Bisect *b = context;
    size_t n = b->all.nchanges;
    bool failed = run_fails(b, chosen);
    memcpy(b->last_chosen, chosen, n * sizeof *chosen);
    b->last_failed = failed;
    b->asked = true;
    say(b, failed, "%zu of %zu changes, the culprit among %zu", count(chosen, n), n, left);
    return failed;
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* A sentence of the answer. */
static void conclude(const Bisect *b, const char *sentence) {
    json_array_append_new(b->said, json_string(sentence));
    if (!b->json)
        puts(sentence);
}

static void print_lines(const char *prefix, const char *text, FILE *out) {
    for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        fprintf(out, "%s%.*s\n", prefix, (int)(end - line), line);
}

static char *place_of(const Change *change) {
    return change->file ? format_text("%s:%ld:%ld", change->file, change->line, change->col)
                        : format_text("%s", change->input);
}

static void print_flow(const Change *change, const char *model) {
    Wanted site = {change->function, change->file, (uint32_t)change->line, (uint32_t)change->col};
    EscError error;
    char *flow = NULL, *place = place_of(change);
    EscModule *m = analyse_text(model, strlen(model), change->models, &error);
    if (m && is_moved(m, &site, &flow)) {
        char *prefix = format_text("%s: ", place);
        print_lines(prefix, flow, stdout);
        free(prefix);
    }
    free(flow);
    free(place);
    esc_module_free(m);
}

/* Cuts the model down and writes it; prints the flow on the way. */
static void explain_site(const Bisect *b, const Change *change, Text *file) {
    Text cut = {0}, models = {0};
    Wanted site = {change->function, change->file, (uint32_t)change->line, (uint32_t)change->col};
    reproduce(change->model, change->models, &site, &cut);
    models_used(change->models, cut.bytes, &models);
    char *head = format_text("# %s:%ld:%ld: %s\n# in function %s of %s, change %s\n", change->file,
                             change->line, change->col, change->text, change->function,
                             change->input, change->hash);
    text_add(file, head, strlen(head));
    for (const char *line = models.bytes, *end; (end = strchr(line, '\n')) != NULL;
         line = end + 1) {
        text_add(file, "#models: ", 9);
        text_add(file, line, (size_t)(end - line) + 1);
    }
    text_add(file, cut.bytes, cut.length);
    if (!b->json) {
        print_flow(change, cut.bytes);
        if (models.length > 0) {
            puts("  with these models, beside the built-in ones:");
            print_lines("    ", models.bytes, stdout);
        }
        printf("  reproducer: %s (escapement model %s)\n", b->output, b->output);
    }
    free(head);
    text_free(&cut);
    text_free(&models);
}

static void print_words(const Change *change) {
    char *place = place_of(change);
    printf("%s: %s\n", place, change->text);
    printf("  in function %s of %s", change->function, change->input);
    if (change->objects > 1)
        printf(" and %zu other compilations", change->objects - 1);
    printf("; change %s\n", change->hash);
    if (strcmp(change->kind, "site") == 0)
        printf("  alone: -fplugin-arg-escapement-site=%s\n", change->hash);
    free(place);
}

static json_t *change_json(const Change *change) {
    return json_pack("{s:s, s:s, s:o, s:i, s:i, s:o, s:o, s:o, s:i}", "change", change->hash,
                     "kind", change->kind, "file", name_json(change->file), "line",
                     (int)change->line, "col", (int)change->col, "text", name_json(change->text),
                     "function", name_json(change->function), "input", name_json(change->input),
                     "compilations", (int)change->objects);
}

static void print_change(const Bisect *b, const Change *change, const Change *with_model,
                         Text *file) {
    json_array_append_new(b->changes, change_json(change));
    if (!b->json)
        print_words(change);
    if (with_model && with_model->model && with_model->file)
        explain_site(b, with_model, file);
}

static void print_answer(Bisect *b, const bool *culprits, size_t n) {
    Text file = {0};
    if (n > 1 && !b->json)
        printf("These %zu changes break the program together, and no fewer of them:\n", n);
    for (size_t i = 0; i < b->all.nchanges; i++)
        if (culprits[i])
            print_change(b, &b->all.changes[i], records_find(&b->last, b->all.changes[i].hash),
                         &file);
    b->wrote = file.length > 0;
    if (b->wrote && !write_file(b->output, file.bytes, file.length))
        trouble("cannot write %s: %s", b->output, strerror(errno));
    text_free(&file);
}

/* ---- the search ------------------------------------------------------------------------------ */

/* The two ends between which the search runs; false: there is nothing to search. */
static bool find_ends(Bisect *b) {
    static const bool none = false;
    bool failed = run_fails(b, &none); /* b->all is empty yet, so nothing is allowed */
    b->compilations = b->last.ncompilations;
    say(b, failed, "no change, %zu files compiled", b->compilations);
    if (failed) {
        conclude(
            b, "The command fails with no change of the plugin too: the plugin does not break it.");
        return false;
    }
    failed = run_fails(b, NULL);
    say(b, failed, "all %zu changes", b->last.nchanges);
    if (!failed) {
        conclude(b, "The command passes with all changes: there is nothing to find.");
        return false;
    }
    b->all = b->last;
    b->last = (Records){0};
    if (b->all.nchanges > 0)
        return true;
    conclude(
        b,
        "The command fails although nothing was changed: it does not always give the same answer.");
    return false;
}

/* The culprits alone, once more, with their models; then everything but them. */
static bool confirm(Bisect *b, const bool *culprits, bool *chosen) {
    size_t n = b->all.nchanges;
    bool again = b->asked && memcmp(b->last_chosen, culprits, n * sizeof *culprits) == 0;
    bool fails = again ? b->last_failed : run_fails(b, culprits);
    if (!again)
        say(b, fails, "the culprit alone");
    if (!fails) {
        conclude(b, "What was found does not fail alone: the command does not always give the same "
                    "answer.");
        return false;
    }
    Records with_models = b->last;
    b->last = (Records){0};
    for (size_t i = 0; i < n; i++)
        chosen[i] = !culprits[i];
    bool more = count(chosen, n) > 0 && run_fails(b, chosen);
    say(b, more, "all other changes");
    records_free(&b->last);
    b->last = with_models;
    if (more)
        conclude(b, "The other changes break the program too; this is one of several answers.");
    return true;
}

static bool search(Bisect *b) {
    if (!find_ends(b))
        return false;
    size_t n = b->all.nchanges;
    bool *culprits = allocate(n * sizeof *culprits), *chosen = allocate(n * sizeof *chosen);
    b->last_chosen = allocate(n * sizeof *b->last_chosen);
    size_t found = search_culprits(n, ask, b, culprits, chosen);
    bool confirmed = confirm(b, culprits, chosen);
    if (confirmed)
        print_answer(b, culprits, found);
    free(culprits);
    free(chosen);
    free(b->last_chosen);
    return confirmed;
}

/* ---- the command ----------------------------------------------------------------------------- */

const struct argp bisect_argp = {options, parse, "-- BUILD-AND-TEST [ARGUMENT...]", about, NULL,
                                 NULL,    NULL};

static void print_json(const Bisect *b, bool found) {
    json_t *document =
        json_pack("{s:s, s:i, s:b, s:i, s:O, s:O, s:s?}", "escapement", "bisect", "version", 1,
                  "found", found, "runs", (int)b->runs, "said", b->said, "changes", b->changes,
                  "reproducer", b->wrote ? b->output : NULL);
    write_json("-", document, JSON_INDENT(1));
    json_decref(document);
}

int bisect_main(int argc, char **argv) {
    Bisect b = {.output = "escapement-bisect.model", .said = json_array(), .changes = json_array()};
    parse_arguments(&bisect_argp, argc, argv, ARGP_IN_ORDER, &b);
    check_output(b.output);
    check_output(b.log);
    b.directory = temporary_directory();
    if (b.keep) {
        keep_temporary_directory();
        fprintf(stderr, "kept: %s\n", b.directory);
    }
    bool found = search(&b);
    if (b.json)
        print_json(&b, found);
    json_decref(b.said);
    json_decref(b.changes);
    records_free(&b.all);
    records_free(&b.last);
    free(b.directory);
    return found ? EXIT_FOUND : EXIT_NOTHING;
}
