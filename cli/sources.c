/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sources.c - see sources.h. */
#include "sources.h"

#include "command.h"
#include "json.h"
#include "symbols.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* WHOLE_BYTES: most files of most programs; a page loads it at once. AROUND: what fits on a screen
 * above and below. ALL_BYTES: what a browser reads without a pause. */
/* MOST_LEARNT: a file that is nowhere is looked for in each of them. */
enum {
    WHOLE_BYTES = 192 * 1024,
    AROUND = 40,
    ALL_BYTES = 12 * 1024 * 1024,
    UP = 4,
    MOST_LEARNT = 16
};

typedef struct Source {
    char *name, *path; /* path NULL: not found */
    bool *wanted;      /* of each line from 1 */
    long nwanted;      /* the highest line that is asked for */
} Source;

struct Sources {
    char *const *directories;
    size_t ndirectories;
    char *learnt[MOST_LEARNT]; /* more directories */
    size_t nlearnt;
    Source *all;
    size_t n, capacity, bytes, missing;
    json_t *known; /* what sources_add was asked for, and what it found -> index */
};

/* ---- finding files ----------------------------------------------------------------------------
 */

static bool is_file(const char *path) {
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

/* Below the directory of `beside`, or one of those above it: a build writes its reports below the
 * directory that it compiles in. */
static char *near(const char *name, const char *beside) {
    char *directory = copy_text(beside), *found = NULL;
    for (int i = 0; i < UP && !found; i++) {
        char *slash = strrchr(directory, '/');
        if (!slash)
            break;
        *slash = '\0';
        char *path = format_text("%s/%s", *directory ? directory : "/", name);
        if (is_file(path))
            found = path;
        else
            free(path);
    }
    free(directory);
    return found;
}

static char *below(const char *directory, const char *name) {
    char *path = joined_path(directory, name);
    if (is_file(path))
        return path;
    free(path);
    return NULL;
}

static char *find(const Sources *sources, const char *name, const SourceHint *hint) {
    char *found = NULL;
    if (hint->path && *hint->path && is_file(hint->path))
        return copy_text(hint->path);
    if (name[0] == '/')
        return below("", name);
    if (hint->directory)
        found = below(hint->directory, name);
    for (size_t i = 0; i < sources->ndirectories && !found; i++)
        found = below(sources->directories[i], name);
    for (size_t i = 0; i < sources->nlearnt && !found; i++)
        found = below(sources->learnt[i], name);
    char *whole = found || !hint->report ? NULL : realpath(hint->report, NULL);
    if (whole)
        found = near(name, whole);
    free(whole);
    return found;
}

void sources_learn(Sources *sources, const char *name, const char *path) {
    char *tidy = joined_path("", name);
    size_t length = strlen(path), ending = strlen(tidy);
    bool seen = sources->nlearnt == MOST_LEARNT || ending >= length || name[0] == '/' ||
                path[length - ending - 1] != '/' || strcmp(path + length - ending, tidy) != 0;
    char *directory = seen ? NULL : format_text("%.*s", (int)(length - ending - 1), path);
    for (size_t i = 0; i < sources->nlearnt && !seen; i++)
        seen = strcmp(sources->learnt[i], directory) == 0;
    if (seen)
        free(directory);
    else
        sources->learnt[sources->nlearnt++] = directory;
    free(tidy);
}

Sources *sources_new(char *const *directories, size_t ndirectories) {
    Sources *sources = allocate(sizeof *sources);
    sources->directories = directories;
    sources->ndirectories = ndirectories;
    sources->known = json_object();
    if (!sources->known)
        trouble("out of memory");
    return sources;
}

static size_t new_source(Sources *sources, const char *name, char *path) {
    if (sources->n == sources->capacity) {
        sources->capacity = sources->capacity ? sources->capacity * 2 : 32;
        sources->all = reallocate(sources->all, sources->capacity * sizeof *sources->all);
    }
    sources->all[sources->n] = (Source){.name = copy_text(name), .path = path};
    return sources->n++;
}

/* Known by its name and where that is seen from; then by the file that was found, for two names may
 * be one file and one name two. */
size_t sources_add(Sources *sources, const char *name, const SourceHint *hint) {
    char *tidy = joined_path("", name);
    char *asked = format_text("%s\n%s\n%s", tidy, hint->directory ? hint->directory : "",
                              hint->path ? hint->path : "");
    json_t *known = json_object_get(sources->known, asked);
    if (!known) {
        char *path = find(sources, tidy, hint), *whole = path ? realpath(path, NULL) : NULL;
        char *key = format_text("=%s", whole ? whole : tidy);
        known = json_object_get(sources->known, key);
        size_t index = known ? (size_t)json_integer_value(known) : new_source(sources, tidy, path);
        if (known)
            free(path);
        json_object_set_new_nocheck(sources->known, key, json_integer((json_int_t)index));
        json_object_set_new_nocheck(sources->known, asked, json_integer((json_int_t)index));
        known = json_object_get(sources->known, asked);
        free(whole);
        free(key);
    }
    free(asked);
    free(tidy);
    return (size_t)json_integer_value(known);
}

void sources_want(Sources *sources, size_t file, long line) {
    Source *source = &sources->all[file];
    if (line <= 0)
        return;
    if (line > source->nwanted) {
        source->wanted = reallocate(source->wanted, (size_t)line + 1);
        memset(source->wanted + source->nwanted, 0, (size_t)(line + 1 - source->nwanted));
        source->nwanted = line;
    }
    source->wanted[line] = true;
}

size_t sources_missing(const Sources *sources) {
    return sources->missing;
}

void sources_free(Sources *sources) {
    for (size_t i = 0; i < sources->n; i++) {
        free(sources->all[i].name);
        free(sources->all[i].path);
        free(sources->all[i].wanted);
    }
    for (size_t i = 0; i < sources->nlearnt; i++)
        free(sources->learnt[i]);
    json_decref(sources->known);
    free(sources->all);
    free(sources);
}

/* ---- JSON -------------------------------------------------------------------------------------
 */

/* For each line from 1: is it within AROUND lines of a wanted one? */
static bool is_near_wanted(const Source *source, long line, long *checked) {
    /* `checked`: the last wanted line at or before line + AROUND. Lines come in order. */
    for (long next = line == 1 ? 1 : line + AROUND; next <= line + AROUND; next++)
        if (next <= source->nwanted && source->wanted && source->wanted[next])
            *checked = next;
    return *checked > 0 && *checked >= line - AROUND;
}

static void add_line(json_t *parts, bool *joins, long number, const char *line, size_t length) {
    if (!*joins)
        json_array_append_new(parts, json_pack("[I, []]", (json_int_t)number));
    json_t *last = json_array_get(parts, json_array_size(parts) - 1);
    json_array_append_new(json_array_get(last, 1), text_json(line, length));
    *joins = true;
}

/* The lines that are kept, and whether all of them are. */
static json_t *parts_of(const Source *source, const char *text, size_t length, bool whole) {
    json_t *parts = json_array();
    const char *end = text + length;
    bool joins = false;
    long number = 1, checked = 0;
    for (const char *line = text; line < end; number++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t bytes = (size_t)((stop ? stop : end) - line);
        bool returns = bytes > 0 && line[bytes - 1] == '\r';
        bool keep = is_near_wanted(source, number, &checked) || whole;
        if (keep)
            add_line(parts, &joins, number, line, bytes - returns);
        joins = joins && keep;
        line += bytes + 1;
    }
    return parts;
}

static const char *read_parts(Sources *sources, const Source *source, json_t **parts) {
    size_t length;
    char *text = source->path ? read_file(source->path, &length) : NULL;
    if (!text) {
        sources->missing++;
        return "missing";
    }
    bool whole = length <= WHOLE_BYTES;
    *parts = parts_of(source, text, length, whole);
    free(text);
    size_t bytes = 0, i, j;
    json_t *part, *line;
    json_array_foreach(*parts, i, part) json_array_foreach(json_array_get(part, 1), j, line)
        bytes += json_string_length(line) + 4;
    if (sources->bytes + bytes > ALL_BYTES) {
        json_decref(*parts);
        *parts = NULL;
        return "left out";
    }
    sources->bytes += bytes;
    return whole ? "whole" : "part";
}

/* The name, or the whole path when another file has that name. */
static const char *shown_name(const Sources *sources, size_t index) {
    const Source *source = &sources->all[index];
    for (size_t i = 0; source->path && i < sources->n; i++)
        if (i != index && strcmp(sources->all[i].name, source->name) == 0)
            return source->path;
    return source->name;
}

json_t *sources_json(Sources *sources) {
    json_t *all = json_array();
    sources->bytes = sources->missing = 0;
    for (size_t i = 0; i < sources->n; i++) {
        json_t *parts = NULL;
        const char *state = read_parts(sources, &sources->all[i], &parts);
        const char *name = shown_name(sources, i);
        json_t *file = json_pack("{s:o, s:s, s:o}", "name", text_json(name, strlen(name)), "state",
                                 state, "parts", parts ? parts : json_array());
        json_array_append_new(all, file);
    }
    return all;
}
