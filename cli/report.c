/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* report.c - `escapement report`: a folder with a page that a browser shows, without a network.
 *
 * The page is static: page/ holds its parts, which are built into this program, and data.js, the
 * only file that differs from one report to the next, assigns one JSON document to a variable. So
 * nothing of a program's source is ever part of HTML.
 *
 * NOT HERE  What the document holds (pagedata.c), what it looks like (page/).
 */
#include "command.h"
#include "findings.h"
#include "input.h"
#include "join.h"
#include "json.h"
#include "page.h"
#include "pagedata.h"
#include "profile.h"
#include "sitediff.h"
#include "sources.h"
#include "symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    OPTION_OUT = 'o',
    OPTION_PROFILE = 'p',
    OPTION_BINARY = 'b',
    OPTION_SOURCES = 's',
    OPTION_TITLE = 't',
    OPTION_BEFORE = 1001,
    OPTION_AFTER,
    OPTION_OLD_REPORT
};

typedef struct Report {
    InputOptions options;
    Paths reports, binaries, sources;
    const char *out, *profile, *title, *before, *after, *old_report;
} Report;

static const struct argp_option options[] = {
    {"output", OPTION_OUT, "DIR", 0, "Where to; the folder is made when it is not there", 0},
    {"profile", OPTION_PROFILE, "FILE", 0,
     "A heap profile of the runtime (ESCAPEMENT_PROFILE=FILE): places then have their bytes", 0},
    {"binary", OPTION_BINARY, "FILE", 0, "Where the profiled program, or a library, is now", 0},
    {"sources", OPTION_SOURCES, "DIR", 0,
     "Where the compiler ran, for relative names of source files; may be given several times. The "
     "current directory and those above a report are tried anyway",
     0},
    {"title", OPTION_TITLE, "TEXT", 0, "What stands above the page", 0},
    {"before", OPTION_BEFORE, "FILE", 0, "A file of `escapement measure', to compare with --after",
     0},
    {"after", OPTION_AFTER, "FILE", 0,
     "The other one; alone it is compared with what it was measured against", 0},
    {"old-report", OPTION_OLD_REPORT, "REPORT", 0,
     "Reports of an earlier compile, or a baseline: the page shows which verdicts changed", 0},
    {0},
};

static void check_options(const Report *report, struct argp_state *state) {
    if (!report->reports.n)
        wrong_use(state, "which reports? -fplugin-arg-escapement-report=FILE makes them");
    if (!report->out && !report->options.json)
        wrong_use(state, "where to? --output=DIR");
    if (report->before && !report->after)
        wrong_use(state, "--before wants an --after");
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    Report *report = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &report->options;
        return 0;
    case OPTION_OUT:
        report->out = value;
        return 0;
    case OPTION_PROFILE:
        report->profile = value;
        return 0;
    case OPTION_BINARY:
        add_path(&report->binaries, value);
        return 0;
    case OPTION_SOURCES:
        add_path(&report->sources, value);
        return 0;
    case OPTION_TITLE:
        report->title = value;
        return 0;
    case OPTION_BEFORE:
        report->before = value;
        return 0;
    case OPTION_AFTER:
        report->after = value;
        return 0;
    case OPTION_OLD_REPORT:
        report->old_report = value;
        return 0;
    case ARGP_KEY_ARG:
        add_path(&report->reports, value);
        return 0;
    case ARGP_KEY_END:
        check_options(report, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp report_argp = {
    .options = options,
    .parser = parse_option,
    .children = input_options,
    .args_doc = "REPORT...",
    .doc =
        "A page about a program's allocations: where the bytes come from, why each place is on "
        "the heap, its source, and the way of the pointer step by step.\v"
        "A program, its profile, and their page:\n\n"
        "  escapement cc --report=$PWD/reports -O2 -g program.c -o program\n"
        "  ESCAPEMENT_PROFILE=heap.gz ./program\n"
        "  escapement report -o html --profile=heap.gz reports\n\n"
        "Open DIR/index.html in a browser; the folder needs no network and no server, and can be "
        "moved. Each REPORT is a file of the plugin or a directory of them. Without a profile "
        "the page shows all places alike. With --before and --after it compares two files of "
        "`escapement measure': the whole, size classes, and places; with --old-report the verdicts "
        "of two compiles, whose files --root makes comparable. With --json the page's data is "
        "printed and nothing is written.\n\n"
        "Exit status: 0, or 2 for wrong use and for what cannot be read or written (one line "
        "says why).",
};

/* ---- writing ----------------------------------------------------------------------------------
 */

static void write_in(const char *directory, const char *name, const char *bytes, size_t length) {
    char *path = format_text("%s/%s", directory, name);
    write_output(path, bytes, length);
    free(path);
}

static void write_page(const char *directory, json_t *data) {
    static const char before[] = "window.ESCAPEMENT = ", after[] = ";\n";
    Text text = {0};
    /* ASCII alone, so that no encoding of the file can be guessed wrong. */
    char *json = json_dumps(data, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_SORT_KEYS);
    if (!json)
        trouble("out of memory");
    make_directories(directory);
    text_add(&text, before, strlen(before));
    text_add(&text, json, strlen(json));
    text_add(&text, after, strlen(after));
    write_in(directory, "data.js", text.bytes, text.length);
    for (const PageFile *file = page_files; file->name; file++)
        write_in(directory, file->name, file->bytes, (size_t)(file->end - file->bytes));
    text_free(&text);
    free(json);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

/* The page draws any numbers by name; that it is a measurement is all that has to be known. */
static json_t *read_measurement(const char *path) {
    size_t length;
    if (!path)
        return NULL;
    char *text = read_input(path, &length);
    json_t *document = parse_json(text, length, 0, path);
    free(text);
    const char *kind = json_string_value(json_object_get(document, "escapement"));
    const json_t *measured = json_object_get(document, "measured");
    if (!kind || strcmp(kind, "measure") != 0 ||
        !json_is_object(json_object_get(measured, "metrics")))
        trouble("%s is no file of `escapement measure'", path);
    return document;
}

/* The command that `after` was measured against, as a measurement of its own. */
static json_t *measured_against(const json_t *after, const char *path) {
    json_t *against = json_object_get(after, "against");
    if (!json_is_object(json_object_get(against, "metrics")))
        trouble("%s measures one command: compare it with another by --before=FILE", path);
    return json_pack("{s:s, s:O}", "escapement", "measure", "measured", against);
}

/* How the verdicts differ from those of an earlier compile; NULL: none was named. */
static json_t *changes_since(const Report *report, const Findings *findings) {
    if (!report->old_report)
        return NULL;
    char *root = root_directory(report->options.root);
    Input old = {0};
    input_add(&old, report->old_report, root);
    if (!old.has_verdicts)
        trouble("%s is neither a report nor a baseline", report->old_report);
    VerdictList now = verdicts_of(findings, root);
    SiteDiff diff = sites_compare(&old.verdicts, &now);
    json_t *changes = sitediff_json(&diff);
    sitediff_free(&diff);
    verdicts_free(&now);
    verdicts_free(&old.verdicts);
    findings_free(&old.findings);
    free(root);
    return changes;
}

static char *title_of(const Report *report, const Profile *profile) {
    if (report->title)
        return copy_text(report->title);
    if (report->profile) {
        const char *slash = strrchr(profile->mappings[0].file, '/');
        return copy_text(slash ? slash + 1 : profile->mappings[0].file);
    }
    char *here = realpath(".", NULL);
    const char *slash = here ? strrchr(here, '/') : NULL;
    char *title = copy_text(slash && slash[1] ? slash + 1 : "Allocations");
    free(here);
    return title;
}

static json_t *make_data(const Report *report, const Findings *findings) {
    Profile profile = {0};
    Join joined = {0};
    Symbols *symbols = NULL;
    if (report->profile) {
        profile_read(&profile, report->profile);
        symbols = symbols_open(&profile, &report->binaries);
        join(&joined, &profile, symbols, findings);
        if (joined.nfound == 0 && !symbols_has_lines(symbols))
            trouble("%s has no debug information: compile it with -g", profile.mappings[0].file);
        join_sort(&joined, BY_BYTES);
    }
    char *title = title_of(report, &profile);
    Sources *sources = sources_new(report->sources.all, report->sources.n);
    json_t *before = read_measurement(report->before), *after = read_measurement(report->after);
    PageInput input = {.title = title,
                       .findings = findings,
                       .profile = symbols ? &profile : NULL,
                       .joined = symbols ? &joined : NULL,
                       .sources = sources,
                       .before = before || !after ? before : measured_against(after, report->after),
                       .after = after,
                       .changes = changes_since(report, findings)};
    json_t *data = page_data(&input);
    if (sources_missing(sources) && !report->options.json)
        fprintf(stderr,
                "escapement: source files not found: %zu (--sources=DIR says where the compiler "
                "ran)\n",
                sources_missing(sources));
    json_decref(input.before);
    json_decref(input.after);
    json_decref(input.changes);
    sources_free(sources);
    free(title);
    join_free(&joined);
    if (symbols)
        symbols_close(symbols);
    profile_free(&profile);
    return data;
}

int report_main(int argc, char **argv) {
    Report report = {0};
    Findings findings = {0};
    parse_arguments(&report_argp, argc, argv, 0, &report);
    static char here[] = ".";
    for (size_t i = 0; i < report.sources.n; i++)
        free(root_directory(report.sources.all[i])); /* that it is there */
    add_path(&report.sources, here);
    for (size_t i = 0; i < report.reports.n; i++)
        findings_read(&findings, report.reports.all[i]);
    json_t *data = make_data(&report, &findings);
    if (report.options.json) {
        write_json("-", data, JSON_INDENT(1) | JSON_SORT_KEYS);
    } else {
        write_page(report.out, data);
        printf("%s/index.html\n", report.out);
    }
    json_decref(data);
    findings_free(&findings);
    free(report.reports.all);
    free(report.binaries.all);
    free(report.sources.all);
    return EXIT_HELD;
}
