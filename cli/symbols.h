/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* symbols.h - which functions and lines the addresses of a profile lie in.
 *
 * From the files that were mapped, found by their path and told apart by their build id, without
 * the process. An address has several frames where functions were inlined.
 */
#ifndef ESCAPEMENT_CLI_SYMBOLS_H
#define ESCAPEMENT_CLI_SYMBOLS_H

#include "command.h"
#include "profile.h"

#include <stdbool.h>

typedef struct Frame {
    const char *function; /* "" when nothing is known */
    const char *path;     /* of the source: absolute, without "." and ".."; "" without debug info */
    long line, col;
    const char *module; /* the name of the file that was mapped, without its directory */
    /* Of an innermost frame: the function that is called here, which is not the next inner frame's
     * when it ended in a tail call. NULL: not known. */
    const char *callee;
} Frame;

typedef struct Frames {
    Frame *all; /* the innermost first */
    size_t n;
} Frames;

typedef struct Symbols Symbols;

/* `binaries`: files that are taken in place of the mapped ones of the same build id. Ends the
 * program with one line when one of them is not of this profile, and when the profiled program is
 * not there, or is another one than it was (by its build id). */
Symbols *symbols_open(const Profile *profile, const Paths *binaries);
/* Does the program itself have debug information? */
bool symbols_has_lines(const Symbols *symbols);
/* Of profile->locations[location]; belongs to `symbols`. */
const Frames *symbols_at(Symbols *symbols, size_t location);
/* A mapped file that is another one now, or not there; NULL when there is none. */
const char *symbols_missing(const Symbols *symbols);
void symbols_close(Symbols *symbols);

/* Joins and tidies: "/a/b" and "../c/./d.h" is "/a/c/d.h". */
char *joined_path(const char *directory, const char *path);

#endif
