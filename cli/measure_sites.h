/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measure_sites.h - where a command's memory comes from, by one more run whose heap is sampled. */
#ifndef ESCAPEMENT_CLI_MEASURE_SITES_H
#define ESCAPEMENT_CLI_MEASURE_SITES_H

#include "measure_run.h"

/* Fills the sites of `m`, which has been measured: how much it allocates says how many of its
 * allocations can be looked at. That run is no part of the other numbers. Without any site: why, to
 * be freed; else NULL. */
char *measure_sites(const RunRequest *request, Measurement *m);

#endif
