/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measurement.c - see measurement.h. */
#include "measurement.h"

#include "command.h"
#include "json.h"
#include "statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_VERSION = 1 };

static const struct {
    const char *name, *help;
    Unit unit;
} metrics[METRICS] = {
#define METRIC(which, name, unit, help) [which] = {name, help, unit},
#include "metrics.def"
#undef METRIC
};

const char *metric_name(Metric metric) {
    return metrics[metric].name;
}
const char *metric_help(Metric metric) {
    return metrics[metric].help;
}
Unit metric_unit(Metric metric) {
    return metrics[metric].unit;
}

bool metric_named(const char *name, size_t length, Metric *metric) {
    for (int i = 0; i < METRICS; i++)
        if (strlen(metrics[i].name) == length && strncmp(name, metrics[i].name, length) == 0) {
            *metric = (Metric)i;
            return true;
        }
    return false;
}

const char *metric_names(void) {
#define METRIC(which, name, unit, help) ", " name
    static const char all[] =
#include "metrics.def"
        ;
#undef METRIC
    return all + 2;
}

/* ---- amounts --------------------------------------------------------------------------------- */

static void scaled(char text[32], double value, double step, const char *const *units, size_t n) {
    size_t i = 0;
    for (; i + 1 < n && fabs(value) >= step; i++)
        value /= step;
    int digits = fabs(value) >= 100 ? 1 : fabs(value) >= 10 ? 2 : 3;
    snprintf(text, 32, "%.*f %s", digits, value, units[i]);
}

const char *format_amount(Unit unit, double value) {
    static const char *const bytes[] = {"B", "KiB", "MiB", "GiB", "TiB"}, *const seconds[] = {
                                                                              "us", "ms", "s"};
    static char texts[4][32];
    static size_t next;
    char *text = texts[next++ % 4];
    switch (unit) {
    case UNIT_COUNT:
        snprintf(text, 32, "%.10g", value);
        break;
    case UNIT_BYTES:
        if (fabs(value) < 1024)
            snprintf(text, 32, "%.10g B", value);
        else
            scaled(text, value, 1024, bytes, sizeof bytes / sizeof *bytes);
        break;
    case UNIT_SECONDS:
        scaled(text, value * 1e6, 1000, seconds, sizeof seconds / sizeof *seconds);
        break;
    }
    return text;
}

/* ---- runs ------------------------------------------------------------------------------------ */

double metric_median(const Measurement *m, Metric metric) {
    return median(m->values[metric], m->nruns);
}

void add_run(Measurement *m, const double values[METRICS]) {
    for (int i = 0; i < METRICS; i++) {
        m->values[i] = reallocate(m->values[i], (m->nruns + 1) * sizeof *m->values[i]);
        m->values[i][m->nruns] = values[i];
    }
    m->nruns++;
}

/* ---- the file -------------------------------------------------------------------------------- */

static json_t *number(Unit unit, double value) {
    return unit == UNIT_SECONDS ? json_real(value) : json_integer((json_int_t)llround(value));
}

static json_t *metrics_of(const Measurement *m) {
    json_t *all = json_object();
    for (int i = 0; i < METRICS; i++) {
        json_t *values = json_array();
        for (size_t j = 0; j < m->nruns; j++)
            json_array_append_new(values, number(metrics[i].unit, m->values[i][j]));
        json_object_set_new(all, metrics[i].name, values);
    }
    return all;
}

static json_t *classes_of(const Measurement *m) {
    json_t *all = json_array();
    for (size_t i = 0; i < m->nclasses; i++)
        json_array_append_new(all, json_pack("{s:I, s:f, s:f}", "size",
                                             (json_int_t)m->classes[i].size, "allocs",
                                             m->classes[i].allocs, "frees", m->classes[i].frees));
    return all;
}

static json_t *sites_of(const Measurement *m) {
    json_t *all = json_array();
    for (size_t i = 0; i < m->nsites; i++) {
        const MeasuredSite *site = &m->sites[i];
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:f, s:f}", "place", site->place,
                                             "function", site->function, "via", site->via,
                                             "objects", site->objects, "bytes", site->bytes));
    }
    return all;
}

static json_t *one(const Measurement *m) {
    json_t *object =
        json_pack("{s:o, s:I, s:I, s:o, s:o}", "command", text_json(m->command, strlen(m->command)),
                  "runs", (json_int_t)m->nruns, "programs", (json_int_t)m->programs, "metrics",
                  metrics_of(m), "classes", classes_of(m));
    if (m->period)
        json_object_update_new(object, json_pack("{s:I, s:o}", "sample_bytes",
                                                 (json_int_t)m->period, "sites", sites_of(m)));
    return object;
}

json_t *measurement_document(const Measurement *measured, const Measurement *against) {
    json_t *document =
        json_pack("{s:s, s:i, s:s, s:o}", "escapement", "measure", "version", FORMAT_VERSION,
                  "made_by", ESCAPEMENT_VERSION, "measured", one(measured));
    if (against)
        json_object_set_new(document, "against", one(against));
    return document;
}

/* ---- and back -------------------------------------------------------------------------------- */

bool is_measurement(const json_t *document) {
    const char *kind = json_string_value(json_object_get(document, "escapement"));
    return kind && strcmp(kind, "measure") == 0;
}

__attribute__((noreturn)) static void broken(const char *path, const char *what) {
    trouble("%s is no measurement of this version: %s", path, what);
}

static void read_values(Measurement *m, const json_t *object, const char *path) {
    for (int i = 0; i < METRICS; i++) {
        const json_t *values = json_object_get(object, metrics[i].name), *value;
        size_t j;
        if (!json_is_array(values) || json_array_size(values) != m->nruns)
            broken(path, metrics[i].name);
        m->values[i] = allocate(m->nruns * sizeof *m->values[i]);
        json_array_foreach(values, j, value) m->values[i][j] = json_number_value(value);
    }
}

static char *text_of(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return copy_text(text ? text : "");
}

static double number_of(const json_t *object, const char *name) {
    return json_number_value(json_object_get(object, name));
}

static void read_one(Measurement *m, const json_t *object, const char *path) {
    const json_t *classes = json_object_get(object, "classes"),
                 *sites = json_object_get(object, "sites"), *entry;
    size_t i;
    double runs = number_of(object, "runs");
    *m = (Measurement){.command = text_of(object, "command")};
    if (!(runs >= 1 && runs <= 1e6))
        broken(path, "runs");
    m->nruns = (size_t)runs;
    m->programs = (size_t)number_of(object, "programs");
    m->period = (int64_t)number_of(object, "sample_bytes");
    read_values(m, json_object_get(object, "metrics"), path);
    m->nclasses = json_array_size(classes);
    m->classes = allocate((m->nclasses + 1) * sizeof *m->classes);
    json_array_foreach(classes, i, entry) m->classes[i] = (ClassCounts){
        (uint64_t)number_of(entry, "size"), number_of(entry, "allocs"), number_of(entry, "frees")};
    m->nsites = json_array_size(sites);
    m->sites = allocate((m->nsites + 1) * sizeof *m->sites);
    json_array_foreach(sites, i, entry) m->sites[i] =
        (MeasuredSite){text_of(entry, "place"), text_of(entry, "function"), text_of(entry, "via"),
                       number_of(entry, "objects"), number_of(entry, "bytes")};
}

void measurement_read(const json_t *document, const char *path, Measurement *measured,
                      Measurement *against) {
    if (!is_measurement(document))
        broken(path, "it has no \"escapement\": \"measure\"");
    if (number_of(document, "version") != (double)FORMAT_VERSION)
        broken(path, "its version is another one");
    read_one(measured, json_object_get(document, "measured"), path);
    const json_t *other = json_object_get(document, "against");
    if (against)
        *against = (Measurement){0};
    if (against && other)
        read_one(against, other, path);
}
