/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* records.c - see records.h. One file is one compilation, one line of it one JSON object. */
#include "records.h"

#include "command.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What the first line of a file says of all that follow. */
typedef struct Compilation {
    const char *path; /* of the record */
    char *input, *models;
} Compilation;

static char *member(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? copy_text(text) : NULL;
}

static char *joined_models(const json_t *list) {
    Text text = {0};
    size_t i;
    json_t *one;
    text_add(&text, "", 0);
    json_array_foreach(list, i, one) {
        const char *models = json_string_value(json_object_get(one, "text"));
        if (models) {
            text_add(&text, models, strlen(models));
            text_add(&text, "\n", 1);
        }
    }
    return text.bytes;
}

static void add_change(Records *records, const Compilation *of, const json_t *object) {
    if (records->nchanges == records->capacity) {
        records->capacity = records->capacity ? records->capacity * 2 : 64;
        records->changes =
            reallocate(records->changes, records->capacity * sizeof *records->changes);
    }
    Change *change = &records->changes[records->nchanges++];
    *change = (Change){
        .hash = member(object, "hash"),
        .kind = member(object, "kind"),
        .function = member(object, "function"),
        .text = member(object, "text"),
        .file = member(object, "file"),
        .line = (long)json_integer_value(json_object_get(object, "line")),
        .col = (long)json_integer_value(json_object_get(object, "col")),
        .input = copy_text(of->input),
        .models = copy_text(of->models),
        .model = member(object, "model"),
        .objects = 1,
    };
    if (!change->hash || !change->kind || !change->function || !change->text)
        trouble("%s is no record of this version's plugin", of->path);
}

static void add_line(Records *records, Compilation *of, const char *line, size_t length) {
    json_t *object = json_loadb(line, length, 0, NULL);
    const char *kind = json_string_value(json_object_get(object, "kind"));
    if (!kind)
        trouble("%s is no record of this version's plugin", of->path);
    if (strcmp(kind, "compilation") == 0) {
        of->input = member(object, "input");
        of->models = joined_models(json_object_get(object, "models"));
        records->ncompilations++;
    } else if (of->input) {
        add_change(records, of, object);
    }
    json_decref(object);
}

static void read_record(Records *records, const char *path) {
    size_t length;
    char *text = read_file(path, &length);
    if (!text)
        trouble("cannot read %s: %s", path, strerror(errno));
    Compilation of = {.path = path};
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        add_line(records, &of, line, (size_t)(end - line));
    free(of.input);
    free(of.models);
    free(text);
}

static void free_change(Change *change) {
    free(change->hash);
    free(change->kind);
    free(change->function);
    free(change->text);
    free(change->file);
    free(change->input);
    free(change->models);
    free(change->model);
}

static int compare(const void *a, const void *b) {
    return strcmp(((const Change *)a)->hash, ((const Change *)b)->hash);
}

static void sort_and_join(Records *records) {
    if (records->nchanges == 0)
        return;
    qsort(records->changes, records->nchanges, sizeof *records->changes, compare);
    size_t kept = 0;
    for (size_t i = 1; i < records->nchanges; i++) {
        if (compare(&records->changes[kept], &records->changes[i]) == 0) {
            records->changes[kept].objects++;
            free_change(&records->changes[i]);
        } else {
            records->changes[++kept] = records->changes[i];
        }
    }
    records->nchanges = kept + 1;
}

void records_read(Records *records, const char *directory) {
    *records = (Records){0};
    DIR *entries = opendir(directory);
    if (!entries)
        trouble("cannot read %s: %s", directory, strerror(errno));
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        const char *ending = strrchr(entry->d_name, '.');
        if (!ending || strcmp(ending, ".jsonl") != 0)
            continue; /* of a compilation that was killed while it wrote */
        char *path = format_text("%s/%s", directory, entry->d_name);
        read_record(records, path);
        free(path);
    }
    closedir(entries);
    sort_and_join(records);
}

const Change *records_find(const Records *records, const char *hash) {
    for (size_t i = 0; i < records->nchanges; i++)
        if (strcmp(records->changes[i].hash, hash) == 0)
            return &records->changes[i];
    return NULL;
}

void records_free(Records *records) {
    for (size_t i = 0; i < records->nchanges; i++)
        free_change(&records->changes[i]);
    free(records->changes);
    *records = (Records){0};
}
