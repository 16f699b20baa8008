/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* report.h - when statistics are written without anybody calling for them. */
#ifndef ESCRT_REPORT_H
#define ESCRT_REPORT_H

/* From the constructor: the handler of ESCAPEMENT_STATS_SIGNAL. */
void escrt_report_start(void);
/* From the destructor: the file of ESCAPEMENT_STATS. */
void escrt_report_exit(void);

#endif
