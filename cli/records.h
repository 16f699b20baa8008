/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* records.h - what the compilations of one build left behind: the changes that the plugin made.
 *
 * The files are those of the plugin's ESCAPEMENT_BISECT (plugin/common/Bisect.h). A change has a
 * hash of the place where it stands; the same function of a header, compiled into several objects,
 * is one change.
 */
#ifndef ESCAPEMENT_CLI_RECORDS_H
#define ESCAPEMENT_CLI_RECORDS_H

#include <stddef.h>

typedef struct Change {
    char *hash, *kind, *function, *text;
    char *file; /* NULL: no place in the source */
    long line, col;
    char *input;    /* the file that was compiled */
    char *models;   /* the texts of its models files, one after the other; "" when there are none */
    char *model;    /* the text form of the model it was decided on; NULL unless asked for */
    size_t objects; /* how many compilations made it */
} Change;

typedef struct Records {
    Change *changes; /* sorted by hash, each hash once */
    size_t nchanges, capacity;
    size_t ncompilations;
} Records;

/* Reads every record in `directory`; ends the program when one is not as the plugin writes it. */
void records_read(Records *records, const char *directory);
const Change *records_find(const Records *records, const char *hash);
void records_free(Records *records);

#endif
