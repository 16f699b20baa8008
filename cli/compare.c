/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* compare.c - `escapement compare`: two measurements, two compiles, or both, and the gates between
 * them.
 *
 * NOT HERE  What a gate is (gates.c); which sites differ (sitediff.c); the table (change.c).
 */
#include "change.h"
#include "command.h"
#include "gates.h"
#include "input.h"
#include "json.h"
#include "sitediff.h"
#include "terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_IN_COMMENT = 20, CLASSES_SHOWN = 8 };

static const char about[] =
    "Compare what was before with what is now, and fail when a gate does."
    "\vOLD and NEW are what `escapement measure -o' saved, or the plugin's reports (a file, or a "
    "directory of `escapement cc --report'), or a baseline. When there are both, the reports are "
    "named by --old-report and --new-report. What `escapement measure --against' saved is both by "
    "itself.\n"
    "\n"
    "  escapement compare old.json new.json --gate 'allocs<=+0%' --gate 'cpu<=+5%'\n"
    "  escapement compare escapement.baseline /tmp/reports --gate 'sites.worse<=0'\n"
    "  escapement compare old.json new.json --old-report=old/ --new-report=new/ --markdown "
    "--gate 'sites.moved>=-0'\n"
    "\n"
    "A gate is SUBJECT COMPARISON LIMIT: `allocs<=+0%' (not more than they were), "
    "`sites.moved>=-0' "
    "(not fewer), `rss.peak<=64MiB' (whatever it was). SUBJECT is a metric: allocs, frees, "
    "reallocs, "
    "bytes, heap.peak, rss.peak, faults, faults.major, user, sys, cpu, wall; or a number of "
    "allocations of the source: sites, sites.moved, sites.partly, sites.kept, sites.escaping, "
    "sites.heap (these three), sites.worse (more of it on the heap than before, or new there). "
    "COMPARISON is one of <= >= < > ==. LIMIT is +N% or -N% of what it was, +N or -N, or N with a "
    "unit (B KiB MiB GiB us ms s). What cannot be told from noise counts as no change."
    "\n\nExit status: 0 all gates held, 1 one failed, 2 wrong use or trouble.";

enum { OPTION_GATE = 256, OPTION_MARKDOWN, OPTION_OLD_REPORT, OPTION_NEW_REPORT };

static const struct argp_option options[] = {
    {"gate", OPTION_GATE, "GATE", 0, "What has to hold; may be repeated", 0},
    {"markdown", OPTION_MARKDOWN, 0, 0, "Print Markdown, for a comment on a change", 0},
    {"old-report", OPTION_OLD_REPORT, "REPORT", 0, "Reports or a baseline that belong to OLD", 0},
    {"new-report", OPTION_NEW_REPORT, "REPORT", 0, "Reports or a baseline that belong to NEW", 0},
    {0},
};

typedef struct Request {
    InputOptions options;
    const char *old, *new, *old_report, *new_report;
    Gate *gates;
    size_t ngates;
    bool markdown;
} Request;

static error_t parse(int key, char *value, struct argp_state *state) {
    Request *r = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &r->options;
        return 0;
    case OPTION_GATE:
        r->gates = reallocate(r->gates, (r->ngates + 1) * sizeof *r->gates);
        r->gates[r->ngates++] = gate_parse(value);
        return 0;
    case OPTION_MARKDOWN:
        r->markdown = true;
        return 0;
    case OPTION_OLD_REPORT:
        r->old_report = value;
        return 0;
    case OPTION_NEW_REPORT:
        r->new_report = value;
        return 0;
    case ARGP_KEY_ARG:
        if (r->new)
            wrong_use(state, "two are compared, not %s too", value);
        *(r->old ? &r->new : &r->old) = value;
        return 0;
    case ARGP_KEY_END:
        if (!r->old)
            wrong_use(state, "needs what was before, and what is now");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp compare_argp = {options, parse, "OLD [NEW]", about, input_options, NULL, NULL};

/* ---- both ------------------------------------------------------------------------------------ */

typedef struct Comparing {
    Input before, after;
    SiteDiff diff; /* empty unless both have verdicts */
    GateResult *results;
    size_t nfailed;
    bool measured, compiled; /* what both have */
} Comparing;

/* One file of `measure --against` is both. */
static void take_against(const Request *r, Comparing *c) {
    if (!c->before.has_measurement || !c->before.against.nruns)
        trouble("%s holds no measurement of one command against another, so what is now is needed "
                "too",
                r->old);
    c->after.path = r->old;
    c->after.has_measurement = true;
    c->after.measurement = c->before.measurement;
    c->before.measurement = c->before.against;
}

static Comparing read_both(const Request *r) {
    Comparing c = {0};
    char *root = root_directory(r->options.root);
    input_add(&c.before, r->old, root);
    if (r->new)
        input_add(&c.after, r->new, root);
    if (r->old_report)
        input_add(&c.before, r->old_report, root);
    if (r->new_report)
        input_add(&c.after, r->new_report, root);
    free(root);
    if (!r->new)
        take_against(r, &c);
    c.measured = c.before.has_measurement && c.after.has_measurement;
    c.compiled = c.before.has_verdicts && c.after.has_verdicts;
    if (!c.measured && !c.compiled)
        trouble("%s is a measurement and %s is not: there is nothing to compare",
                c.before.has_measurement ? r->old : r->new,
                c.before.has_measurement ? r->new : r->old);
    if (c.compiled)
        c.diff = sites_compare(&c.before.verdicts, &c.after.verdicts);
    return c;
}

static void check_gates(const Request *r, Comparing *c) {
    c->results = allocate((r->ngates + 1) * sizeof *c->results);
    for (size_t i = 0; i < r->ngates; i++) {
        c->results[i] = gate_check(&r->gates[i], &c->before, &c->after, &c->diff);
        c->nfailed += !c->results[i].held;
    }
}

/* ---- printing -------------------------------------------------------------------------------- */

static const char *word(const GateResult *result) {
    return !result->held ? "FAILED" : result->is_noise ? "held (noise)" : "held";
}

static void print_gates(const Request *r, const Comparing *c, TableForm form, bool colour,
                        Text *out) {
    Table table = table_new("lrrrl");
    const char *const head[] = {"gate", "before", "after", "limit", " "};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        table_cell(&table, "%s", head[i]);
    for (size_t i = 0; i < r->ngates; i++) {
        const GateResult *result = &c->results[i];
        table_cell(&table, form == TABLE_MARKDOWN ? "`%s`" : "%s", r->gates[i].text);
        table_cell(&table, "%s", format_amount(result->unit, result->before));
        table_cell(&table, "%s", format_amount(result->unit, result->after));
        table_cell(&table, "%s", format_amount(result->unit, result->limit));
        if (form == TABLE_MARKDOWN)
            table_cell(&table, result->held ? "%s" : "**%s**", word(result));
        else
            table_cell(&table, "%s%s%s", colour ? result->held ? "\033[32m" : "\033[31m" : "",
                       word(result), colour ? "\033[0m" : "");
    }
    if (r->ngates > 0)
        table_print(&table, form, out);
    table_free(&table);
}

static void print_counts(const Comparing *c, TableForm form, Text *out) {
    Table table = table_new("lrr");
    table_cell(&table, "allocations of the source");
    table_cell(&table, "before");
    table_cell(&table, "after");
    for (SiteCount i = 0; i < COUNT_WORSE; i++) {
        table_cell(&table, "%s", site_count_name(i));
        table_cell(&table, "%.0f", site_count(&c->before.verdicts, &c->diff, i));
        table_cell(&table, "%.0f", site_count(&c->after.verdicts, &c->diff, i));
    }
    table_print(&table, form, out);
    table_free(&table);
}

static void print_text(const Request *r, const Comparing *c, Text *out) {
    bool colour = has_colour(stdout);
    if (c->compiled) {
        sitediff_print(&c->diff, colour, out);
        text_print(out, "%s", c->diff.n > 0 ? "\n" : "");
        print_counts(c, TABLE_TEXT, out);
        text_print(out, "\n");
    }
    if (c->measured) {
        print_metrics(&c->before.measurement, &c->after.measurement, TABLE_TEXT, colour, out);
        text_print(out, "\n");
        print_classes(&c->before.measurement, &c->after.measurement, CLASSES_SHOWN, TABLE_TEXT,
                      out);
        text_print(out, "\n");
    }
    print_gates(r, c, TABLE_TEXT, colour, out);
}

static void print_markdown(const Request *r, const Comparing *c, Text *out) {
    text_print(out, "### Escapement: %s\n\n",
               c->nfailed      ? "a gate failed"
               : r->ngates > 0 ? "all gates held"
                               : "what changed");
    print_gates(r, c, TABLE_MARKDOWN, false, out);
    if (c->compiled) {
        sitediff_print_markdown(&c->diff, MOST_IN_COMMENT, out);
        text_print(out, "\n");
        print_counts(c, TABLE_MARKDOWN, out);
    }
    if (!c->measured)
        return;
    text_print(out, "\n`%s`, %zu and %zu runs:\n\n", c->after.measurement.command,
               c->before.measurement.nruns, c->after.measurement.nruns);
    print_metrics(&c->before.measurement, &c->after.measurement, TABLE_MARKDOWN, false, out);
}

static json_t *gates_json(const Request *r, const Comparing *c) {
    json_t *all = json_array();
    for (size_t i = 0; i < r->ngates; i++)
        json_array_append_new(all,
                              json_pack("{s:s, s:b, s:b, s:f, s:f, s:f}", "gate", r->gates[i].text,
                                        "held", c->results[i].held, "noise", c->results[i].is_noise,
                                        "before", c->results[i].before, "after",
                                        c->results[i].after, "limit", c->results[i].limit));
    return all;
}

static json_t *metrics_json(const Comparing *c) {
    static const char *const kinds[] = {[CHANGE_NONE] = "none",
                                        [CHANGE_NOISE] = "noise",
                                        [CHANGE_REAL] = "real",
                                        [CHANGE_EXACT] = "exact"};
    json_t *all = json_object();
    for (Metric m = 0; m < METRICS; m++) {
        MetricChange change = metric_change(&c->before.measurement, &c->after.measurement, m);
        json_object_set_new(all, metric_name(m),
                            json_pack("{s:f, s:f, s:s, s:f}", "before", change.before, "after",
                                      change.after, "change", kinds[change.kind], "p", change.p));
    }
    return all;
}

static void print_json(const Request *r, const Comparing *c) {
    json_t *document = json_pack("{s:s, s:i, s:b, s:o}", "escapement", "compare", "version", 1,
                                 "held", c->nfailed == 0, "gates", gates_json(r, c));
    if (c->measured)
        json_object_set_new(document, "metrics", metrics_json(c));
    if (c->compiled)
        json_object_set_new(document, "sites", sitediff_json(&c->diff));
    write_json("-", document, JSON_INDENT(1));
    json_decref(document);
}

int compare_main(int argc, char **argv) {
    Request request = {0};
    parse_arguments(&compare_argp, argc, argv, 0, &request);
    Comparing c = read_both(&request);
    check_gates(&request, &c);
    Text text = {0};
    text_add(&text, "", 0);
    if (request.options.json)
        print_json(&request, &c);
    else if (request.markdown)
        print_markdown(&request, &c, &text);
    else
        print_text(&request, &c, &text);
    write_output("-", text.bytes, text.length);
    text_free(&text);
    for (size_t i = 0; i < request.ngates; i++)
        if (!c.results[i].held)
            fprintf(stderr, "escapement: gate `%s' failed: it was %s, is %s, and may be %s\n",
                    request.gates[i].text, format_amount(c.results[i].unit, c.results[i].before),
                    format_amount(c.results[i].unit, c.results[i].after),
                    format_amount(c.results[i].unit, c.results[i].limit));
    return c.nfailed ? EXIT_FAILED : EXIT_HELD;
}
