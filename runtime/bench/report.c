/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* report.c - medians, ratios to the best of each row, geometric means; as a table and as JSON.
 *
 * A ratio of 1.00 is the best of its row; the best is printed in full beside the ratios. A row that
 * failed under an allocator has no value there and stays out of that allocator's means, which is
 * said.
 */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { CPU, RSS } Measure;

static int compare_doubles(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *values, size_t nvalues) {
    if (nvalues == 0)
        return NAN;
    qsort(values, nvalues, sizeof *values, compare_doubles);
    return nvalues % 2 ? values[nvalues / 2] : (values[nvalues / 2 - 1] + values[nvalues / 2]) / 2;
}

static const Cell *cell_at(const Results *results, size_t row, size_t contestant) {
    return &results->cells[row * MAX_CONTESTANTS + contestant];
}

static double value_of(const Results *results, size_t row, size_t contestant, Measure measure) {
    const Cell *cell = cell_at(results, row, contestant);
    double values[MAX_ROUNDS];
    for (size_t i = 0; i < cell->nsamples; i++)
        values[i] = measure == CPU ? cell->samples[i].cpu_s : cell->samples[i].rss_kib;
    return cell->failed ? NAN : median(values, cell->nsamples);
}

static double metric_of(const Cell *cell, size_t metric) {
    double values[MAX_ROUNDS];
    for (size_t i = 0; i < cell->nsamples; i++)
        values[i] = cell->samples[i].metrics[metric];
    return cell->failed ? NAN : median(values, cell->nsamples);
}

static double best_of(const Results *results, size_t row, Measure measure) {
    double best = INFINITY;
    for (size_t i = 0; i < results->ncontestants; i++) {
        double value = value_of(results, row, i, measure);
        if (value < best)
            best = value;
    }
    return best;
}

/* Over the RUN and SERVE rows of `group` (NGROUPS: all of them); `nrows` says of how many. */
static double geometric_mean(const Results *results, size_t contestant, Measure measure,
                             Group group, size_t *nrows) {
    double sum = 0;
    *nrows = 0;
    for (size_t row = 0; row < bench_nrows; row++) {
        if (!results->selected[row] || bench_rows[row].kind == MEMORY ||
            (group != NGROUPS && bench_rows[row].group != group))
            continue;
        double value = value_of(results, row, contestant, measure);
        if (isnan(value) || value <= 0)
            continue;
        sum += log(value / best_of(results, row, measure));
        *nrows += 1;
    }
    return *nrows ? exp(sum / (double)*nrows) : NAN;
}

static void print_names(FILE *out, const Results *results, const char *first, const char *unit) {
    fprintf(out, "%-22s %9s", first, unit);
    for (size_t i = 0; i < results->ncontestants; i++)
        fprintf(out, " %10.10s", results->contestants[i].name);
    fputc('\n', out);
}

static void print_number(FILE *out, double value, int decimals) {
    if (isnan(value))
        fprintf(out, " %10s", "-");
    else
        fprintf(out, " %10.*f", decimals, value);
}

static void print_ratios(FILE *out, const Results *results, Measure measure) {
    print_names(out, results, measure == CPU ? "CPU time" : "peak memory",
                measure == CPU ? "best ms" : "best MiB");
    for (size_t row = 0; row < bench_nrows; row++) {
        if (!results->selected[row] || bench_rows[row].kind == MEMORY)
            continue;
        double best = best_of(results, row, measure);
        fprintf(out, "%-22s %9.1f", bench_rows[row].name,
                measure == CPU ? best * 1e3 : best / 1024);
        for (size_t i = 0; i < results->ncontestants; i++)
            print_number(out, value_of(results, row, i, measure) / best, 2);
        fputc('\n', out);
    }
}

static void print_mean(FILE *out, const Results *results, Measure measure, Group group) {
    double means[MAX_CONTESTANTS];
    size_t most = 0, nrows[MAX_CONTESTANTS];
    for (size_t i = 0; i < results->ncontestants; i++) {
        means[i] = geometric_mean(results, i, measure, group, &nrows[i]);
        most = nrows[i] > most ? nrows[i] : most;
    }
    if (most == 0)
        return;
    fprintf(out, "%s %-18s %4zu rows", measure == CPU ? "CPU" : "RSS",
            group == NGROUPS ? "all" : bench_group_names[group], most);
    for (size_t i = 0; i < results->ncontestants; i++)
        print_number(out, means[i], 3);
    for (size_t i = 0; i < results->ncontestants; i++)
        if (nrows[i] < most)
            fprintf(out, "  (%s: %zu rows)", results->contestants[i].name, nrows[i]);
    fputc('\n', out);
}

static void print_metrics(FILE *out, const Results *results, size_t row) {
    const Cell *named = NULL;
    for (size_t i = 0; i < results->ncontestants && !named; i++)
        if (cell_at(results, row, i)->nsamples && !cell_at(results, row, i)->failed)
            named = cell_at(results, row, i);
    for (size_t metric = 0; named && metric < named->samples[0].nmetrics; metric++) {
        char label[64];
        snprintf(label, sizeof label, "%s %s", bench_rows[row].name,
                 named->samples[0].metric_names[metric]);
        fprintf(out, "%-32s", label);
        for (size_t i = 0; i < results->ncontestants; i++)
            print_number(out, metric_of(cell_at(results, row, i), metric) / 1024, 1);
        fputc('\n', out);
    }
}

static int any_selected(const Results *results, int memory) {
    for (size_t row = 0; row < bench_nrows; row++)
        if (results->selected[row] && (bench_rows[row].kind == MEMORY) == memory)
            return 1;
    return 0;
}

void bench_print_table(FILE *out, const Results *results) {
    if (any_selected(results, 0)) {
        print_ratios(out, results, CPU);
        fputc('\n', out);
        print_ratios(out, results, RSS);
        fputc('\n', out);
        print_names(out, results, "geometric mean", "");
        for (Group group = ONE; group <= NGROUPS; group++)
            print_mean(out, results, CPU, group);
        print_mean(out, results, RSS, REAL);
        print_mean(out, results, RSS, NGROUPS);
        fputc('\n', out);
    }
    if (any_selected(results, 1)) {
        print_names(out, results, "resident memory, MiB", "");
        for (size_t row = 0; row < bench_nrows; row++)
            if (results->selected[row] && bench_rows[row].kind == MEMORY)
                print_metrics(out, results, row);
    }
}

static void json_number(FILE *out, double value) {
    if (isnan(value))
        fputs("null", out);
    else
        fprintf(out, "%.6g", value);
}

static void json_cell(FILE *out, const Results *results, size_t row, size_t contestant) {
    const Cell *cell = cell_at(results, row, contestant);
    fprintf(out, "      \"%s\": {", results->contestants[contestant].name);
    if (bench_rows[row].kind == MEMORY) {
        for (size_t i = 0; cell->nsamples && i < cell->samples[0].nmetrics; i++) {
            fprintf(out, "%s\"%s_kib\": ", i ? ", " : "", cell->samples[0].metric_names[i]);
            json_number(out, metric_of(cell, i));
        }
    } else {
        fputs("\"cpu_s\": ", out);
        json_number(out, value_of(results, row, contestant, CPU));
        fputs(", \"peak_rss_kib\": ", out);
        json_number(out, value_of(results, row, contestant, RSS));
        fputs(", \"cpu_samples\": [", out);
        for (size_t i = 0; i < cell->nsamples; i++)
            fprintf(out, "%s%.6g", i ? ", " : "", cell->samples[i].cpu_s);
        fputc(']', out);
    }
    fputs(contestant + 1 < results->ncontestants ? "},\n" : "}\n", out);
}

static void json_mean(FILE *out, const Results *results, Measure measure, Group group, int last) {
    size_t nrows;
    fprintf(out, "    \"%s %s\": {", measure == CPU ? "cpu" : "rss",
            group == NGROUPS ? "all" : bench_group_names[group]);
    for (size_t i = 0; i < results->ncontestants; i++) {
        fprintf(out, "%s\"%s\": ", i ? ", " : "", results->contestants[i].name);
        json_number(out, geometric_mean(results, i, measure, group, &nrows));
    }
    fputs(last ? "}\n" : "},\n", out);
}

void bench_print_json(FILE *out, const Results *results) {
    const char *comma = "";
    fputs("{\n  \"rows\": {\n", out);
    for (size_t row = 0; row < bench_nrows; row++) {
        if (!results->selected[row])
            continue;
        fprintf(out, "%s    \"%s\": {\n", comma, bench_rows[row].name);
        for (size_t i = 0; i < results->ncontestants; i++)
            json_cell(out, results, row, i);
        fputs("    }", out);
        comma = ",\n";
    }
    fputs("\n  },\n  \"geometric_means\": {\n", out);
    for (Group group = ONE; group <= NGROUPS; group++)
        json_mean(out, results, CPU, group, 0);
    json_mean(out, results, RSS, NGROUPS, 1);
    fputs("  }\n}\n", out);
}
