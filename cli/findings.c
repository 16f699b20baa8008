/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* findings.c - see findings.h.
 *
 * INVARIANT  Every finding has a kind, a place, a function and a text, and a site has a hash, a
 * placement and an allocator: what lacks one of them was written by another version, and is
 * refused.
 */
#include "findings.h"

#include "command.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *member(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

static json_int_t number(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : -1;
}

bool is_finding(const json_t *line) {
    return member(line, "kind") && member(line, "text") && json_object_get(line, "good");
}

/* The first member that a finding of this version has and this one lacks; NULL: none. */
static const char *lacks(const Finding *f) {
    const struct {
        const char *name;
        bool there;
    } needed[] = {
        {"kind", f->kind != NULL},
        {"file", f->file != NULL},
        {"line", f->line >= 0},
        {"col", f->col >= 0},
        {"function", f->function != NULL},
        {"text", f->text != NULL},
        {"good", json_is_boolean(json_object_get(f->json, "good"))},
        {"site", f->site || !f->kind || strcmp(f->kind, "site") != 0},
        {"placement", f->placement || !f->site},
        {"allocator", f->allocator || !f->site},
        {"moved", !f->site || json_is_boolean(json_object_get(f->json, "moved"))},
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!needed[i].there)
            return needed[i].name;
    return NULL;
}

static void add(Findings *findings, json_t *json, const char *report, const char *directory,
                size_t number_of_line) {
    const json_t *flow = json_object_get(json, "flow");
    Finding found = {
        .json = json,
        .kind = member(json, "kind"),
        .file = member(json, "file"),
        .function = member(json, "function"),
        .text = member(json, "text"),
        .line = (long)number(json, "line"),
        .col = (long)number(json, "col"),
        .good = json_is_true(json_object_get(json, "good")),
        .printed = json_is_true(json_object_get(json, "printed")),
        .reason = member(json, "reason"),
        .flow = json_is_array(flow) ? flow : NULL,
        .site = member(json, "site"),
        .placement = member(json, "placement"),
        .allocator = member(json, "allocator"),
        .within = member(json, "within"),
        .moved = json_is_true(json_object_get(json, "moved")),
        .size = number(json, "size"),
        .slot_bytes = number(json, "slot_bytes"),
        .directory = directory,
        .report = report,
        .number = number_of_line,
    };
    if (found.site && !found.within)
        found.within = found.function;
    const char *missing = lacks(&found);
    if (missing)
        trouble("%s:%zu: no finding of this version's plugin: it has no `%s'", report,
                number_of_line, missing);
    if (findings->n == findings->capacity) {
        findings->capacity = findings->capacity ? findings->capacity * 2 : 256;
        findings->all = reallocate(findings->all, findings->capacity * sizeof *findings->all);
    }
    findings->all[findings->n++] = found;
}

static const char *keep_path(Findings *findings, const char *path) {
    if (findings->npaths == findings->paths_capacity) {
        findings->paths_capacity = findings->paths_capacity ? findings->paths_capacity * 2 : 16;
        findings->paths =
            reallocate(findings->paths, findings->paths_capacity * sizeof *findings->paths);
    }
    return findings->paths[findings->npaths++] = copy_text(path);
}

/* Where the compiler ran, by the report's place below the directory of reports, whose path has
 * `root` bytes; NULL: not known. */
static char *origin_of(const char *path, size_t root) {
    static const char from[] = "/" REPORTS_FROM "/";
    if (root == 0 || strncmp(path + root, from, sizeof from - 1) != 0)
        return NULL;
    const char *start = path + root + sizeof from - 2, *end = strstr(start, "/:");
    return format_text("%.*s", (int)((end ? end : strrchr(start, '/')) - start), start);
}

static void read_report(Findings *findings, const char *path, size_t root) {
    size_t length, number_of_line = 0;
    char *text = read_input(path, &length);
    const char *name = keep_path(findings, path), *end = text + length, *from = NULL;
    char *origin = origin_of(path, root);
    if (origin)
        from = keep_path(findings, origin);
    free(origin);
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t bytes = (size_t)((stop ? stop : end) - line);
        json_error_t error;
        number_of_line++;
        if (bytes > 0) {
            json_t *json = json_loadb(line, bytes, 0, &error);
            if (!json)
                trouble("%s:%zu:%d: broken JSON: %s", path, number_of_line, error.column,
                        error.text);
            add(findings, json, name, from, number_of_line);
        }
        line += bytes + 1;
    }
    free(text);
}

char *command_of_report(const char *report) {
    size_t length = strlen(report);
    const char *ending = strrchr(report, '.');
    if (ending && strcmp(ending, ".json") == 0)
        length = (size_t)(ending - report);
    return format_text("%.*s.command", (int)length, report);
}

static int wanted(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static bool is_report(const char *name) {
    const char *ending = strrchr(name, '.');
    return ending && (strcmp(ending, ".json") == 0 || strcmp(ending, ".jsonl") == 0);
}

static void read_directory(Findings *findings, const char *directory, size_t root) {
    struct dirent **entries;
    int n = scandir(directory, &entries, wanted, alphasort);
    if (n < 0)
        trouble("cannot read %s: %s", directory, strerror(errno));
    for (int i = 0; i < n; i++) {
        char *path = format_text("%s/%s", directory, entries[i]->d_name);
        struct stat s; /* of a link itself: a circle of them ends nowhere */
        if (lstat(path, &s) == 0 && S_ISDIR(s.st_mode))
            read_directory(findings, path, root);
        else if (is_report(entries[i]->d_name))
            read_report(findings, path, root);
        free(path);
        free(entries[i]);
    }
    free(entries);
}

void findings_read(Findings *findings, const char *path) {
    struct stat s;
    size_t before = findings->npaths;
    if (stat(path, &s) == 0 && S_ISDIR(s.st_mode))
        read_directory(findings, path, strlen(path));
    else
        read_report(findings, path, 0);
    if (findings->npaths == before) /* no verdicts at all would pass every gate */
        trouble("there is no report in %s; was the program built with `escapement cc --report'?",
                path);
}

void findings_free(Findings *findings) {
    for (size_t i = 0; i < findings->n; i++)
        json_decref(findings->all[i].json);
    for (size_t i = 0; i < findings->npaths; i++)
        free(findings->paths[i]);
    free(findings->all);
    free(findings->paths);
    *findings = (Findings){0};
}
