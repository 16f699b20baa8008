/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* pagedata.h - what the page of `escapement report` shows, as the JSON that its script reads. */
#ifndef ESCAPEMENT_CLI_PAGEDATA_H
#define ESCAPEMENT_CLI_PAGEDATA_H

#include "findings.h"
#include "join.h"
#include "profile.h"
#include "sources.h"

typedef struct PageInput {
    const char *title;
    const Findings *findings;
    const Profile *profile; /* NULL: none was given, nor `joined` */
    const Join *joined;
    Sources *sources;
    json_t *before, *after; /* documents of `escapement measure`; NULL: none */
    json_t *changes;        /* of sitediff_json; NULL: no other compile was given */
} PageInput;

/* {"title", "made_by", "profile", "entries", "files", "reasons", "before", "after", "changes"}, all
 * members of which page/data.js describes. */
json_t *page_data(const PageInput *input);

#endif
