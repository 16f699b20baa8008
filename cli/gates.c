/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* gates.c - see gates.h. */
#include "gates.h"

#include "change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const site_counts[] = {
#define SITE_COUNT(which, name, help) name,
#include "sitecounts.def"
#undef SITE_COUNT
};
#define SITE_COUNT(which, name, help) ", " name
static const char site_count_names[] =
#include "sitecounts.def"
    ;
#undef SITE_COUNT

const char *site_count_name(SiteCount count) {
    return site_counts[count];
}

/* ---- reading --------------------------------------------------------------------------------- */

static const char *read_subject(Gate *gate, const char *text) {
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz.");
    if (metric_named(text, length, &gate->metric))
        return text + length;
    for (int i = 0; i < SITE_COUNTS; i++)
        if (strlen(site_counts[i]) == length && strncmp(text, site_counts[i], length) == 0) {
            gate->of_sites = true;
            gate->count = (SiteCount)i;
            return text + length;
        }
    trouble("gate `%s': there is no `%.*s'; there are %s%s", gate->text, (int)length, text,
            metric_names(), site_count_names);
}

static const char *read_comparison(Gate *gate, const char *at) {
    static const struct {
        const char *text;
        Comparison comparison;
    } all[] = {{"<=", AT_MOST}, {">=", AT_LEAST}, {"==", EQUAL}, {"<", LESS}, {">", MORE}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strncmp(at, all[i].text, strlen(all[i].text)) == 0) {
            gate->comparison = all[i].comparison;
            return at + strlen(all[i].text);
        }
    trouble("gate `%s': one of <= >= < > == is needed where it says `%s'", gate->text, at);
}

/* Of bytes or seconds, by what is behind a number; 0: no such unit of this subject. */
static double unit_named(const Gate *gate, const char *name) {
    static const struct {
        const char *name;
        Unit unit;
        double is;
    } units[] = {{"B", UNIT_BYTES, 1},         {"KiB", UNIT_BYTES, 1024},
                 {"MiB", UNIT_BYTES, 1048576}, {"GiB", UNIT_BYTES, 1073741824},
                 {"us", UNIT_SECONDS, 1e-6},   {"ms", UNIT_SECONDS, 1e-3},
                 {"s", UNIT_SECONDS, 1}};
    if (!*name)
        return 1;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(name, units[i].name) == 0 && !gate->of_sites &&
            units[i].unit == metric_unit(gate->metric))
            return units[i].is;
    return 0;
}

Gate gate_parse(const char *text) {
    Gate gate = {.text = text};
    const char *at = read_comparison(&gate, read_subject(&gate, text));
    char *end;
    gate.is_relative = *at == '+' || *at == '-';
    double value = strtod(at + gate.is_relative, &end);
    if (end == at + gate.is_relative || !isfinite(value) || at[gate.is_relative] == '-' ||
        at[gate.is_relative] == '+')
        trouble("gate `%s': a number is needed where it says `%s'", text, at);
    gate.is_percent = strcmp(end, "%") == 0;
    double unit = gate.is_percent ? 1 : unit_named(&gate, end);
    if (unit == 0)
        trouble("gate `%s': `%s' is no unit of it", text, end);
    if (gate.is_percent && !gate.is_relative)
        trouble("gate `%s': a part of what it was has a sign: +%s or -%s", text, at, at);
    gate.limit = (*at == '-' ? -value : value) * unit;
    if (gate.of_sites && gate.count == COUNT_WORSE && gate.is_relative)
        trouble("gate `%s': sites.worse is a difference already; it needs a number without a sign",
                text);
    return gate;
}

/* ---- checking -------------------------------------------------------------------------------- */

double site_count(const VerdictList *list, const SiteDiff *diff, SiteCount count) {
    const size_t *n = list->count;
    switch (count) {
    case COUNT_ALL:
        return (double)list->n;
    case COUNT_MOVED:
        return (double)(n[VERDICT_MOVED] + n[VERDICT_GONE]);
    case COUNT_PARTLY:
        return (double)n[VERDICT_PARTLY];
    case COUNT_KEPT:
        return (double)n[VERDICT_KEPT];
    case COUNT_ESCAPING:
        return (double)n[VERDICT_ESCAPES];
    case COUNT_HEAP:
        return (double)(n[VERDICT_PARTLY] + n[VERDICT_KEPT] + n[VERDICT_ESCAPES]);
    case COUNT_WORSE:
        return (double)newly_on_heap(diff);
    case SITE_COUNTS:
        break;
    }
    return 0;
}

/* 1000 and 0.1 % are 1001, whatever is rounded on the way. */
static bool compares(Comparison comparison, double value, double limit) {
    if (fabs(value - limit) <= 1e-9 * fmax(fabs(value), fabs(limit)))
        value = limit;
    switch (comparison) {
    case AT_MOST:
        return value <= limit;
    case AT_LEAST:
        return value >= limit;
    case LESS:
        return value < limit;
    case MORE:
        return value > limit;
    case EQUAL:
        return value == limit;
    }
    return false;
}

static void need(const Gate *gate, const Input *input, bool has, const char *what) {
    if (!has)
        trouble("gate `%s': there %s in %s", gate->text, what, input->path);
}

static void look_at_sites(const Gate *gate, const Input *before, const Input *after,
                          const SiteDiff *diff, GateResult *result) {
    static const char missing[] = "are no verdicts (a report or a baseline)";
    need(gate, after, after->has_verdicts, missing);
    if (gate->is_relative || gate->count == COUNT_WORSE)
        need(gate, before, before->has_verdicts, missing);
    if (before->has_verdicts && gate->count != COUNT_WORSE)
        result->before = site_count(&before->verdicts, diff, gate->count);
    result->after = site_count(&after->verdicts, diff, gate->count);
    result->unit = UNIT_COUNT;
}

static void look_at_metric(const Gate *gate, const Input *before, const Input *after,
                           GateResult *result) {
    need(gate, after, after->has_measurement, "is no measurement");
    if (gate->is_relative)
        need(gate, before, before->has_measurement, "is no measurement");
    result->after = metric_median(&after->measurement, gate->metric);
    result->unit = metric_unit(gate->metric);
    if (!before->has_measurement)
        return;
    MetricChange c = metric_change(&before->measurement, &after->measurement, gate->metric);
    result->before = c.before;
    result->is_noise = c.kind == CHANGE_NOISE;
}

GateResult gate_check(const Gate *gate, const Input *before, const Input *after,
                      const SiteDiff *diff) {
    GateResult r = {0};
    if (gate->of_sites)
        look_at_sites(gate, before, after, diff, &r);
    else
        look_at_metric(gate, before, after, &r);
    r.limit = gate->is_percent    ? r.before * (1 + gate->limit / 100)
              : gate->is_relative ? r.before + gate->limit
                                  : gate->limit;
    r.is_noise &= gate->is_relative;
    /* What is not told from noise is taken to be what it was. */
    r.held = compares(gate->comparison, r.is_noise ? r.before : r.after, r.limit);
    return r;
}
