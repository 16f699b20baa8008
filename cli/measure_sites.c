/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measure_sites.c - see measure_sites.h.
 *
 * Each process writes a profile of its own, and `escapement top' says which places it names: as a
 * program, for a profile that it cannot use (of a process that allocated nothing, of a program that
 * is gone) ends it and must not end us.
 */
#include "measure_sites.h"

#include "command.h"
#include "place.h"
#include "run.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MOST_SAMPLES = 20000, /* a live one occupies a page: 160 MiB */
    MOST_PROFILES = 32,   /* of the processes with the largest ones */
    SECONDS_FOR_TOP = 300
};

/* Every allocation where there are few enough; else so many bytes apart that there are. */
static uint64_t period_for(const Measurement *m) {
    if (metric_median(m, ALLOCS) <= (double)MOST_SAMPLES)
        return 1;
    return (uint64_t)ceil(metric_median(m, BYTES) / (double)MOST_SAMPLES);
}

/* ---- the places of one profile --------------------------------------------------------------- */

static const char *text_of(const json_t *row, const char *name) {
    const char *text = json_string_value(json_object_get(row, name));
    return text ? text : "";
}

static MeasuredSite *site_of(Measurement *m, const char *place, const char *function,
                             const char *via) {
    for (size_t i = 0; i < m->nsites; i++)
        if (strcmp(m->sites[i].place, place) == 0 && strcmp(m->sites[i].function, function) == 0 &&
            strcmp(m->sites[i].via, via) == 0)
            return &m->sites[i];
    m->sites = reallocate(m->sites, (m->nsites + 1) * sizeof *m->sites);
    m->sites[m->nsites] =
        (MeasuredSite){copy_text(place), copy_text(function), copy_text(via), 0, 0};
    return &m->sites[m->nsites++];
}

static void add_row(Measurement *m, const json_t *row) {
    const char *file = text_of(row, "file");
    char *place = *file ? format_text("%s:%lld", file,
                                      (long long)json_integer_value(json_object_get(row, "line")))
                        : copy_text(text_of(row, "expression"));
    MeasuredSite *site = site_of(m, place, text_of(row, "function"), text_of(row, "via"));
    site->objects += json_number_value(json_object_get(row, "alloc_objects"));
    site->bytes += json_number_value(json_object_get(row, "alloc_bytes"));
    free(place);
}

/* What `escapement top' says when it cannot. */
static char *complaint(const char *log) {
    static const char name[] = "escapement: ";
    size_t length;
    char *text = read_file(log, &length);
    if (!text)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    char *said =
        copy_text(text + (strncmp(text, name, sizeof name - 1) == 0 ? sizeof name - 1 : 0));
    free(text);
    return said;
}

static bool add_profile(Measurement *m, const char *path, const char *log) {
    char *own = format_text("%s/escapement", place()->directory);
    char *command[] = {own, (char[]){"top"}, (char[]){"--json"}, (char *)(uintptr_t)path, NULL};
    const Setting none[] = {{NULL, NULL}};
    int status = run_command(command, none, log, SECONDS_FOR_TOP);
    json_t *all = status == 0 ? json_load_file(log, 0, NULL) : NULL, *row;
    size_t i;
    json_array_foreach(json_object_get(all, "sites"), i, row) add_row(m, row);
    json_decref(all);
    free(own);
    return status == 0;
}

/* ---- all of them ----------------------------------------------------------------------------- */

typedef struct Found {
    char *path;
    off_t bytes;
} Found;

static int larger_first(const void *a, const void *b) {
    off_t x = ((const Found *)a)->bytes, y = ((const Found *)b)->bytes;
    return (x < y) - (x > y);
}

static size_t find_profiles(const char *directory, Found **found) {
    size_t n = 0;
    DIR *entries = opendir(directory);
    for (struct dirent *entry; entries && (entry = readdir(entries)) != NULL;) {
        char *path = format_text("%s/%s", directory, entry->d_name);
        struct stat s;
        const char *ending = strrchr(entry->d_name, '.');
        if (!ending || strcmp(ending, ".gz") != 0 || stat(path, &s) != 0) {
            free(path);
            continue;
        }
        *found = reallocate(*found, (n + 1) * sizeof **found);
        (*found)[n++] = (Found){path, s.st_size};
    }
    if (entries)
        closedir(entries);
    if (n > 0)
        qsort(*found, n, sizeof **found, larger_first);
    return n;
}

static int more_bytes_first(const void *a, const void *b) {
    const MeasuredSite *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return strcmp(x->place, y->place);
}

char *measure_sites(const RunRequest *request, Measurement *m) {
    RunRequest sampled = *request;
    char *profile = format_text("%s/heap.%%p.gz", request->directory),
         *log = format_text("%s/top.json", request->directory);
    char *why = NULL;
    Found *found = NULL;
    sampled.profile = profile;
    sampled.period = period_for(m);
    RunResult result = measure_run(&sampled);
    free(result.classes);
    size_t n = find_profiles(request->directory, &found);
    for (size_t i = 0; i < n; i++) {
        if (i < MOST_PROFILES && !add_profile(m, found[i].path, log) && !why)
            why = complaint(log);
        free(found[i].path);
    }
    if (m->nsites > 0) {
        m->period = (int64_t)sampled.period;
        qsort(m->sites, m->nsites, sizeof *m->sites, more_bytes_first);
    }
    free(found);
    free(log);
    free(profile);
    if (m->nsites == 0)
        return why ? why : copy_text("it wrote no profile");
    free(why);
    return NULL;
}
