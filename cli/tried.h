/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* tried.h - whether the advice on a place of a profile would help: its file is analysed again with
 * the change assumed, as `escapement why' does.
 *
 * It needs how the file was compiled (what `escapement cc --report` leaves beside the report, or a
 * compile database) and the file as it was. What cannot be tried says why.
 */
#ifndef ESCAPEMENT_CLI_TRIED_H
#define ESCAPEMENT_CLI_TRIED_H

#include "findings.h"
#include "join.h"

/* Ends the program with one line when `build`, a compile database or the directory of one, cannot
 * be read. */
void check_database(const char *build);
/* Of the first `nrows` rows. `build`: a compile database for all files; NULL: those beside the
 * reports. */
void try_advice(Join *joined, size_t nrows, const Findings *findings, const char *build);
const char *tried_name(Tried tried); /* for programs: "helps" */

#endif
