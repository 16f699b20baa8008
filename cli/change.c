/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* change.c - see change.h. */
#include "change.h"

#include "statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With fewer runs of each the test cannot tell anything from noise: 2 / C(2n, n) < 0.05. */
enum { FEWEST_TO_TELL = 4 };

MetricChange metric_change(const Measurement *before, const Measurement *after, Metric metric) {
    const double *a = before->values[metric], *b = after->values[metric];
    MetricChange c = {.before = metric_median(before, metric),
                      .after = metric_median(after, metric)};
    double difference = c.after - c.before;
    c.part = difference == 0 ? 0 : c.before == 0 ? INFINITY : difference / c.before;
    c.p = mann_whitney(a, before->nruns, b, after->nruns);
    bool counted = metric == ALLOCS || metric == FREES || metric == REALLOCS || metric == BYTES;
    if (all_equal(a, before->nruns) && all_equal(b, after->nruns) && a[0] == b[0])
        c.kind = CHANGE_NONE;
    else if (counted && all_equal(a, before->nruns) && all_equal(b, after->nruns))
        c.kind = CHANGE_EXACT;
    else
        c.kind = c.p < SIGNIFICANT && difference != 0 ? CHANGE_REAL : CHANGE_NOISE;
    return c;
}

static const char *format_part(double part, char text[32]) {
    if (isinf(part))
        return "new";
    snprintf(text, 32, "%+.2f%%", part * 100);
    return text;
}

static const char *format_spread(const double *values, size_t n, char text[32]) {
    double s = spread(values, n);
    if (isinf(s))
        return "";
    snprintf(text, 32, "\302\261%.0f%%", s * 100);
    return text;
}

static void add_change(Table *table, const MetricChange *c, size_t nbefore, size_t nafter,
                       bool colour) {
    char text[32];
    switch (c->kind) {
    case CHANGE_NONE:
        table_cell(table, "~");
        table_cell(table, "all equal");
        return;
    case CHANGE_NOISE:
        table_cell(table, "~");
        break;
    case CHANGE_REAL:
    case CHANGE_EXACT:
        table_cell(table, "%s%s%s", colour ? c->part > 0 ? "\033[31m" : "\033[32m" : "",
                   format_part(c->part, text), colour ? "\033[0m" : "");
        break;
    }
    if (c->kind == CHANGE_EXACT)
        table_cell(table, "exact");
    else
        table_cell(table, "p=%.3f n=%zu+%zu", c->p, nbefore, nafter);
}

static void add_amount(Table *table, const Measurement *m, Metric metric) {
    char text[32];
    table_cell(table, "%s", format_amount(metric_unit(metric), metric_median(m, metric)));
    table_cell(table, "%s", format_spread(m->values[metric], m->nruns, text));
}

void print_metrics(const Measurement *before, const Measurement *after, TableForm form, bool colour,
                   Text *out) {
    Table table = table_new(before ? "lrrrrrl" : "lrr");
    table_cell(&table, "metric");
    for (int i = before ? 0 : 1; i < 2; i++) {
        table_cell(&table, "%s", !before ? "median" : i ? "after" : "before");
        table_cell(&table, " ");
    }
    if (before) {
        table_cell(&table, "change");
        table_cell(&table, " ");
    }
    for (Metric metric = 0; metric < METRICS; metric++) {
        table_cell(&table, "%s", metric_name(metric));
        if (before)
            add_amount(&table, before, metric);
        add_amount(&table, after, metric);
        if (!before)
            continue;
        MetricChange c = metric_change(before, after, metric);
        add_change(&table, &c, before->nruns, after->nruns, colour);
    }
    table_print(&table, form, out);
    table_free(&table);
    size_t fewest = before && before->nruns < after->nruns ? before->nruns : after->nruns;
    if (before && fewest < FEWEST_TO_TELL)
        text_print(out,
                   "%s~ stands for what cannot be told from noise; fewer than %d runs of each "
                   "can tell nothing but counts\n",
                   form == TABLE_MARKDOWN ? "\n" : "", FEWEST_TO_TELL);
}

/* ---- classes and sites ----------------------------------------------------------------------- */

static const ClassCounts *class_of(const Measurement *m, uint64_t size) {
    for (size_t i = 0; i < m->nclasses; i++)
        if (m->classes[i].size == size)
            return &m->classes[i];
    return NULL;
}

static int by_allocs(const void *a, const void *b) {
    double x = ((const ClassCounts *)a)->allocs, y = ((const ClassCounts *)b)->allocs;
    return (x < y) - (x > y);
}

static void add_class(Table *table, const Measurement *before, const ClassCounts *class) {
    const ClassCounts *old = before ? class_of(before, class->size) : NULL;
    char text[32];
    if (class->size)
        table_cell(table, "%llu", (unsigned long long)class->size);
    else
        table_cell(table, "larger");
    if (before)
        table_cell(table, "%.10g", old ? old->allocs : 0);
    table_cell(table, "%.10g", class->allocs);
    table_cell(table, "%.10g", class->frees);
    if (before && old && old->allocs > 0)
        table_cell(table, "%s",
                   class->allocs == old->allocs
                       ? "~"
                       : format_part(class->allocs / old->allocs - 1, text));
    else if (before)
        table_cell(table, "new");
}

void print_classes(const Measurement *before, const Measurement *after, size_t most, TableForm form,
                   Text *out) {
    size_t n = after->nclasses;
    ClassCounts *sorted = allocate((n + 1) * sizeof *sorted);
    memcpy(sorted, after->classes, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_allocs);
    Table table = table_new(before ? "rrrrr" : "rrr");
    table_cell(&table, "size class");
    if (before)
        table_cell(&table, "allocs before");
    table_cell(&table, "%s", before ? "after" : "allocs");
    table_cell(&table, "frees");
    if (before)
        table_cell(&table, "change");
    for (size_t i = 0; i < n && i < most; i++)
        add_class(&table, before, &sorted[i]);
    if (n > 0)
        table_print(&table, form, out);
    if (n > most)
        text_print(out, "and %zu more size classes\n", n - most);
    table_free(&table);
    free(sorted);
}

void print_sites(const Measurement *m, size_t most, TableForm form, Text *out) {
    double bytes = 0;
    for (size_t i = 0; i < m->nsites; i++)
        bytes += m->sites[i].bytes;
    Table table = table_new("rrrll");
    table_cell(&table, "bytes");
    table_cell(&table, " ");
    table_cell(&table, "allocs");
    table_cell(&table, "site");
    table_cell(&table, "in");
    for (size_t i = 0; i < m->nsites && i < most; i++) {
        const MeasuredSite *site = &m->sites[i];
        table_cell(&table, "%s", format_amount(UNIT_BYTES, site->bytes));
        table_cell(&table, "%.0f%%", bytes > 0 ? site->bytes / bytes * 100 : 0);
        table_cell(&table, "%.10g", round(site->objects));
        table_cell(&table, "%s", site->place);
        table_cell(&table, "%s%s%s%s", site->function, *site->via ? " (" : "", site->via,
                   *site->via ? ")" : "");
    }
    table_print(&table, form, out);
    table_free(&table);
    text_print(out, "%s", form == TABLE_MARKDOWN ? "\n" : "");
    if (m->nsites > most)
        text_print(out, "and %zu more sites; ", m->nsites - most);
    if (m->period <= 1)
        text_print(out, "every allocation of one run is in it\n");
    else
        text_print(out, "of one run, estimated from a sample: one allocation in %s\n",
                   format_amount(UNIT_BYTES, (double)m->period));
}
