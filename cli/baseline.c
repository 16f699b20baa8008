/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* baseline.c - `escapement baseline`: the verdicts of a program as a committed file, so that a
 * change of them is a line in somebody's diff.
 *
 * NOT HERE  The file (baseline_file.c), and how verdicts differ (sitediff.c).
 */
#include "command.h"
#include "input.h"
#include "json.h"
#include "sitediff.h"
#include "terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Write the verdicts of a build to a file, or check them against it."
    "\vREPORTs are what the plugin writes: files, or a directory (ESCAPEMENT_REPORT when none is "
    "given). The file has one line for each allocation of the source: its file, its function, its "
    "text and the verdict, sorted. Lines of the source may move; a number tells equal ones apart.\n"
    "\n"
    "  make clean all CC='escapement cc --report=/tmp/reports'\n"
    "  escapement baseline write escapement.baseline /tmp/reports     # commit it\n"
    "  escapement baseline check escapement.baseline /tmp/reports     # in CI\n"
    "  escapement baseline check --update escapement.baseline /tmp/reports\n"
    "\n"
    "`check' prints what differs, the worse first and with the flow that makes it escape, or as "
    "JSON. "
    "Build from scratch, so that every file has a report."
    "\n\nExit status: 0 they are the same, 1 they differ, 2 wrong use or trouble.";

enum { OPTION_UPDATE = 256, OPTION_WORSE };

static const struct argp_option options[] = {
    {"update", OPTION_UPDATE, 0, 0,
     "check: print what differs, then write it to the file; status 0", 0},
    {"worse", OPTION_WORSE, 0, 0, "check: status 1 only when more is on the heap than before", 0},
    {0},
};

typedef struct Request {
    InputOptions options;
    const char *action, *file;
    char **reports;
    size_t nreports;
    bool update, worse;
} Request;

static error_t parse(int key, char *value, struct argp_state *state) {
    Request *r = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &r->options;
        return 0;
    case OPTION_UPDATE:
        r->update = true;
        return 0;
    case OPTION_WORSE:
        r->worse = true;
        return 0;
    case ARGP_KEY_ARG:
        if (!r->action)
            r->action = value;
        else if (!r->file)
            r->file = value;
        else
            return ARGP_ERR_UNKNOWN; /* all others at once, below */
        return 0;
    case ARGP_KEY_ARGS:
        r->reports = state->argv + state->next;
        r->nreports = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_END:
        if (!r->file || (strcmp(r->action, "write") != 0 && strcmp(r->action, "check") != 0))
            wrong_use(state, "needs `write' or `check', and a file");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp baseline_argp = {
    options, parse, "write|check FILE [REPORT...]", about, input_options, NULL, NULL};

static void save(const Request *r, const VerdictList *list) {
    Text text = {0};
    baseline_print(list, &text);
    write_output(r->file, text.bytes, text.length);
    text_free(&text);
}

static void read_reports(const Request *r, Findings *findings) {
    const char *directory = getenv("ESCAPEMENT_REPORT");
    for (size_t i = 0; i < r->nreports; i++)
        findings_read(findings, r->reports[i]);
    if (r->nreports == 0 && !(directory && *directory))
        trouble("baseline: no reports are named, and ESCAPEMENT_REPORT is not set");
    if (r->nreports == 0)
        findings_read(findings, directory);
}

static void print_json(const SiteDiff *diff, const VerdictList *before, const VerdictList *after,
                       bool held) {
    json_t *document =
        json_pack("{s:s, s:i, s:b, s:I, s:I, s:o}", "escapement", "baseline", "version", 1, "held",
                  held, "sites_before", (json_int_t)before->n, "sites_after", (json_int_t)after->n,
                  "changes", sitediff_json(diff));
    write_json("-", document, JSON_INDENT(1));
    json_decref(document);
}

static void print_text(const Request *r, const SiteDiff *diff, const VerdictList *after) {
    Text text = {0};
    text_add(&text, "", 0);
    sitediff_print(diff, has_colour(stdout), &text);
    if (diff->n == 0) {
        text_print(&text, "%s: %zu allocations, as they were\n", r->file, after->n);
    } else {
        text_print(&text, "%s:", r->file);
        for (SiteChangeKind kind = 0, any = 0; kind < SITE_CHANGES; kind++)
            if (diff->count[kind])
                text_print(&text, "%s %zu %s", any++ ? ";" : "", diff->count[kind],
                           site_change_name(kind));
        text_print(&text, " (of %zu allocations)\n", after->n);
        if (!r->update)
            text_print(&text, "If that is meant: escapement baseline check --update, and commit\n");
    }
    write_output("-", text.bytes, text.length);
    text_free(&text);
}

static int check(const Request *r, const VerdictList *after) {
    Input before = {0};
    size_t length;
    char *text = read_input(r->file, &length);
    before.verdicts = baseline_read(text, r->file);
    SiteDiff diff = sites_compare(&before.verdicts, after);
    bool held = r->worse ? newly_on_heap(&diff) == 0 : diff.n == 0;
    if (r->options.json)
        print_json(&diff, &before.verdicts, after, held);
    else
        print_text(r, &diff, after);
    if (r->update && diff.n > 0)
        save(r, after);
    sitediff_free(&diff);
    verdicts_free(&before.verdicts);
    free(text);
    return held || r->update ? EXIT_HELD : EXIT_FAILED;
}

int baseline_main(int argc, char **argv) {
    Request request = {0};
    Findings findings = {0};
    parse_arguments(&baseline_argp, argc, argv, 0, &request);
    char *root = root_directory(request.options.root);
    read_reports(&request, &findings);
    VerdictList list = verdicts_of(&findings, root);
    int status = EXIT_HELD;
    if (strcmp(request.action, "check") == 0) {
        status = check(&request, &list);
    } else {
        save(&request, &list);
        fprintf(stderr, "%s: %zu allocations, %zu of them not on the heap\n", request.file, list.n,
                list.count[VERDICT_GONE] + list.count[VERDICT_MOVED]);
    }
    verdicts_free(&list);
    findings_free(&findings);
    free(root);
    return status;
}
