/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* pprof.h - the heap profile as a file that pprof opens. */
#ifndef ESCRT_PPROF_H
#define ESCRT_PPROF_H

#include "rt.h"

/* All sites (sites.h), gzipped, to an open file. false: this build cannot write profiles, or no
 * memory. */
bool escrt_pprof_write(int fd);

#endif
