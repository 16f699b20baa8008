/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sources.h - the source files that a report page shows, as JSON.
 *
 * A file that is not large is there whole, a large one around the lines that somebody asks for, and
 * above a limit for all of them together none: the page says which.
 */
#ifndef ESCAPEMENT_CLI_SOURCES_H
#define ESCAPEMENT_CLI_SOURCES_H

#include <jansson.h>
#include <stddef.h>

typedef struct Sources Sources;

/* Relative names are looked for below each of `directories`. */
Sources *sources_new(char *const *directories, size_t ndirectories);
/* Where else a file may be; each may be NULL or "". */
typedef struct SourceHint {
    const char *path;      /* of the file itself */
    const char *directory; /* that its name is seen from */
    const char *report;    /* a file that the build wrote below that directory, perhaps */
} SourceHint;

/* The index of a file in sources_json; the same one for the same file. */
size_t sources_add(Sources *sources, const char *name, const SourceHint *hint);
/* Look for others, too, below the directory that `name` is seen from if it is the file `path`. */
void sources_learn(Sources *sources, const char *name, const char *path);
/* Somebody will look at that line. */
void sources_want(Sources *sources, size_t file, long line);
/* [{"name": ..., "state": "whole" | "part" | "missing" | "left out", "parts": [[first,
 * [line...]]]}] */
json_t *sources_json(Sources *sources);
size_t sources_missing(const Sources *sources);
void sources_free(Sources *sources);

#endif
