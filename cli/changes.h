/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* changes.h - the changes of a program that would turn a finding into good news.
 *
 * Each is tried: the model is read again, the change assumed, and everything analysed anew. What
 * does not turn the finding is not offered.
 */
#ifndef ESCAPEMENT_CLI_CHANGES_H
#define ESCAPEMENT_CLI_CHANGES_H

#include "escapement/analysis.h"

enum { MAX_TOGETHER = 4 };

/* A model as text, with what it was made with. */
typedef struct ModelText {
    const char *text;
    size_t length;
    const char *models; /* the texts of models files, one after the other */
    EscConfig config;
} ModelText;

/* A finding, by numbers that are the same whenever the text is read. */
typedef struct Subject {
    EscFindingKind kind;
    EscFunc func;
    uint32_t item; /* site, local or parameter */
} Subject;

/* Changes that help when all of them are made. */
typedef struct Remedy {
    EscChange parts[MAX_TOGETHER];
    size_t nparts;
} Remedy;

typedef struct Remedies {
    Remedy *all; /* the cheapest first */
    size_t n, capacity;
    size_t tried; /* how many analyses it took */
    size_t most;  /* so many analyses at most; 0: as many as `why' takes */
} Remedies;

/* The module, with the changes assumed, analysed; ends the program when the text is no model. */
EscModule *analyse_changed(const ModelText *model, const EscChange *changes, size_t nchanges);
/* Whether the finding is bad news, or is not there at all. */
bool is_bad(EscModule *m, const Subject *subject);
void find_remedies(const ModelText *model, const Subject *subject, Remedies *remedies);
void remedies_free(Remedies *remedies);
/* What a person would do, as a sentence without its stop; to be freed. `m`: of the same text. */
char *change_text(const EscModule *m, const EscChange *change);
const char *change_name(EscChangeKind kind); /* for programs: "noescape" */

#endif
