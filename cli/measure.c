/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measure.c - `escapement measure`: what a program asks of the heap, in numbers that can be
 * compared.
 *
 * Two commands take turns, each the first in every other round, so that what changes on the machine
 * meanwhile meets both.
 *
 * NOT HERE  One run (measure_run.c); the table (change.c).
 */
#include "change.h"
#include "command.h"
#include "json.h"
#include "measure_sites.h"
#include "statistics.h"
#include "tempdir.h"
#include "terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

enum { USUAL_RUNS = 5, MOST_RUNS = 1000, USUAL_LINES = 8 };

static const char about[] =
    "Measure what a program allocates, and what it costs."
    "\vThe command runs N times with the runtime as its malloc, and every process of it counts: "
    "allocations, frees and bytes exactly, by size class too; the peaks of heap and memory; page "
    "faults; time. With --against another command takes turns with it, and the table says of each "
    "number how it changed: `~' stands for what cannot be told from noise (Mann-Whitney U test, p "
    ">= "
    "0.05), `exact' for counts that were the same in all runs of each.\n"
    "\n"
    "  escapement measure -- ./program input\n"
    "  escapement measure -n 10 --against './old input' -- ./new input\n"
    "  escapement measure -o new.json -- ./program && escapement compare old.json new.json\n"
    "\n"
    "\302\261 is the distance of the run that is farthest from the median. An allocation is a call "
    "of "
    "malloc, calloc, an aligned one or realloc of NULL; bytes are those of the size classes that "
    "served them. Where they come from is asked in one more run, of the command that is measured: "
    "every "
    "allocation while there are at most 20000, a sample of about so many above that, as the table "
    "says (compile with -g); `escapement top' and `report' say more. What the command prints is "
    "dropped, and its "
    "standard input is empty."
    "\n\nExit status: 0; 2 when the command fails, is killed, cannot be run, or cannot be counted.";

enum { OPTION_AGAINST = 256, OPTION_INPUT, OPTION_SHOW, OPTION_ANY, OPTION_TOP, OPTION_NO_SITES };

static const struct argp_option options[] = {
    {"runs", 'n', "N", 0, "How often each command runs (5)", 0},
    {"against", OPTION_AGAINST, "COMMAND", 0,
     "Another command, whose numbers stand before; quoted as for a shell", 0},
    {"output", 'o', "FILE", 0, "Save everything as JSON, for `escapement compare'", 0},
    {"json", OPTION_JSON, 0, 0, "Print that JSON instead of tables", 0},
    {"input", OPTION_INPUT, "FILE", 0, "The command's standard input", 0},
    {"show-output", OPTION_SHOW, 0, 0, "Let the command print", 0},
    {"any-status", OPTION_ANY, 0, 0, "Take any exit status of the command", 0},
    {"no-sites", OPTION_NO_SITES, 0, 0,
     "Do without the last run, which says where memory comes from", 0},
    {"top", OPTION_TOP, "N", 0, "How many size classes and sites the tables show (8)", 0},
    {0},
};

typedef struct Request {
    char **command, **against; /* against: NULL without */
    size_t runs, top;
    const char *output, *input;
    bool json, shows_output, any_status, no_sites;
} Request;

static size_t number_of(const char *text, size_t most, const char *option,
                        struct argp_state *state) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || end == text || *text == '-' || value < 1 || value > most)
        wrong_use(state, "%s needs a number from 1 to %zu, not %s", option, most, text);
    return value;
}

static char **words_of(const char *text) {
    wordexp_t words;
    if (wordexp(text, &words, WRDE_NOCMD | WRDE_UNDEF) != 0 || words.we_wordc == 0)
        trouble("--against needs one command, quoted as for a shell, not `%s'", text);
    return words.we_wordv;
}

static error_t parse(int key, char *value, struct argp_state *state) {
    Request *r = state->input;
    switch (key) {
    case 'n':
        r->runs = number_of(value, MOST_RUNS, "--runs", state);
        return 0;
    case 'o':
        r->output = value;
        return 0;
    case OPTION_AGAINST:
        r->against = words_of(value);
        return 0;
    case OPTION_JSON:
        r->json = true;
        return 0;
    case OPTION_INPUT:
        r->input = value;
        return 0;
    case OPTION_SHOW:
        r->shows_output = true;
        return 0;
    case OPTION_ANY:
        r->any_status = true;
        return 0;
    case OPTION_NO_SITES:
        r->no_sites = true;
        return 0;
    case OPTION_TOP:
        r->top = number_of(value, 100000, "--top", state);
        return 0;
    case ARGP_KEY_ARGS:
        r->command = state->argv + state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        wrong_use(state, "no command to measure");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp measure_argp = {options, parse, "-- COMMAND [ARGUMENT...]", about, NULL,
                                  NULL,    NULL};

/* ---- one command ----------------------------------------------------------------------------- */

/* A command and the runs of it so far. */
typedef struct Subject {
    char *const *command;
    Measurement total;
    double **allocs, **frees; /* of each class, of each run */
    uint64_t *sizes;
    size_t nclasses, lost;
    char lost_name[32];
    char *no_sites; /* why there are none; NULL: there are, or nobody asked */
} Subject;

static char *quoted(char *const *command) {
    Text text = {0};
    text_add(&text, "", 0);
    for (size_t i = 0; command[i]; i++) {
        char *word = quote_for_shell(command[i]);
        text_print(&text, "%s%s", i ? " " : "", word);
        free(word);
    }
    return text.bytes;
}

static Subject new_subject(char *const *command) {
    return (Subject){.command = command, .total = {.command = quoted(command)}};
}

static void note_classes(Subject *s, const RunResult *run) {
    size_t n = s->total.nruns; /* of this run, already added */
    if (!s->nclasses) {
        s->nclasses = run->nclasses;
        s->allocs = allocate(s->nclasses * sizeof *s->allocs);
        s->frees = allocate(s->nclasses * sizeof *s->frees);
        s->sizes = allocate(s->nclasses * sizeof *s->sizes);
    }
    for (size_t i = 0; i < s->nclasses; i++) {
        s->sizes[i] = run->classes[i].size;
        s->allocs[i] = reallocate(s->allocs[i], n * sizeof **s->allocs);
        s->frees[i] = reallocate(s->frees[i], n * sizeof **s->frees);
        s->allocs[i][n - 1] = run->classes[i].allocs;
        s->frees[i][n - 1] = run->classes[i].frees;
    }
}

static void finish_classes(Subject *s) {
    Measurement *m = &s->total;
    m->classes = allocate((s->nclasses + 1) * sizeof *m->classes);
    for (size_t i = 0; i < s->nclasses; i++) {
        ClassCounts counts = {s->sizes[i], median(s->allocs[i], m->nruns),
                              median(s->frees[i], m->nruns)};
        if (counts.allocs > 0)
            m->classes[m->nclasses++] = counts;
    }
}

static RunRequest request_for(const Subject *s, const Request *request, const char *directory) {
    return (RunRequest){.command = s->command,
                        .input = request->input,
                        .shows_output = request->shows_output,
                        .any_status = request->any_status,
                        .directory = directory};
}

static void run_once(Subject *s, const Request *request, const char *directory) {
    RunRequest run = request_for(s, request, directory);
    RunResult result = measure_run(&run);
    if (s->total.nruns == 0)
        s->total.programs = result.programs;
    add_run(&s->total, result.values);
    note_classes(s, &result);
    if (result.lost > s->lost) {
        s->lost = result.lost;
        memcpy(s->lost_name, result.lost_name, sizeof s->lost_name);
    }
    free(result.classes);
}

static void warn_of_lost(const Subject *s) {
    if (s->lost)
        fprintf(stderr,
                "escapement: %s: %zu of its processes (%s) were killed, or still run: what they "
                "allocated is not counted\n",
                s->command[0], s->lost, s->lost_name);
}

/* ---- the command ----------------------------------------------------------------------------- */

static void run_all(Subject *measured, Subject *against, const Request *request) {
    char *directory = temporary_directory();
    size_t each = against ? 2 : 1;
    Progress progress = progress_start("run", request->runs * each);
    for (size_t i = 0; i < request->runs * each; i++) {
        /* before after, after before, before after, ... */
        bool second = against && (i / 2 + i) % 2;
        Subject *s = against && !second ? against : measured;
        progress_step(&progress, i + 1, s->command[0]);
        run_once(s, request, directory);
    }
    if (!request->no_sites) {
        RunRequest sampled = request_for(measured, request, directory);
        measured->no_sites = measure_sites(&sampled, &measured->total);
    }
    progress_end(&progress);
    free(directory);
}

static void print_tables(const Measurement *before, const Subject *measured,
                         const Request *request) {
    const Measurement *after = &measured->total;
    Text text = {0};
    if (before)
        text_print(&text, "before: %s\nafter:  %s\n\n", before->command, after->command);
    else
        text_print(&text, "%s: %zu run%s of %zu program%s\n\n", after->command, after->nruns,
                   after->nruns == 1 ? "" : "s", after->programs, after->programs == 1 ? "" : "s");
    print_metrics(before, after, TABLE_TEXT, has_colour(stdout), &text);
    text_print(&text, "\n");
    print_classes(before, after, request->top, TABLE_TEXT, &text);
    if (after->nsites > 0) {
        text_print(&text, "\n");
        print_sites(after, request->top, TABLE_TEXT, &text);
    } else if (measured->no_sites) {
        text_print(&text, "\nno sites: %s\n", measured->no_sites);
    }
    write_output("-", text.bytes, text.length);
    text_free(&text);
}

static void save(const char *path, const json_t *document) {
    write_json(path, document, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
}

int measure_main(int argc, char **argv) {
    Request request = {.runs = USUAL_RUNS, .top = USUAL_LINES};
    parse_arguments(&measure_argp, argc, argv, ARGP_IN_ORDER, &request);
    check_output(request.output);
    Subject measured = new_subject(request.command),
            against = new_subject(request.against ? request.against : request.command);
    run_all(&measured, request.against ? &against : NULL, &request);
    finish_classes(&measured);
    finish_classes(&against);
    warn_of_lost(&measured);
    warn_of_lost(&against);
    const Measurement *before = request.against ? &against.total : NULL;
    json_t *document = measurement_document(&measured.total, before);
    if (request.output)
        save(request.output, document);
    if (request.json)
        save("-", document);
    else
        print_tables(before, &measured, &request);
    json_decref(document);
    return EXIT_HELD;
}
