/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* measured.h - what a measured process tells `escapement measure`: one record when it begins, one
 * when it ends.
 *
 * All processes of a run append to one file (ESCAPEMENT_MEASURE=PROCESS:FILE), each record with one
 * write. A process that forks or executes another program goes on under the same number: what
 * counts is that every RECORD_BEGIN and RECORD_FORK has its RECORD_END, and one that has none was
 * killed.
 */
#ifndef ESCAPEMENT_CLI_MEASURED_H
#define ESCAPEMENT_CLI_MEASURED_H

#include <stdint.h>

enum { MEASURED_VERSION = 1, MEASURED_CLASSES = 72, MEASURED_NAME = 16 };

typedef enum RecordKind {
    RECORD_BEGIN = 1, /* of a program */
    RECORD_FORK,      /* of a child of fork; of a program that could not execute another one */
    RECORD_END,
} RecordKind;

/* Of a class moves count on both sides, and of large objects too. */
typedef struct MeasuredClass {
    uint32_t size; /* bytes of an object; 0: no more classes */
    uint64_t allocs, frees;
} MeasuredClass;

typedef struct MeasuredRecord {
    uint32_t version, kind;
    int32_t process;
    uint32_t foreign; /* RECORD_BEGIN: malloc is another one than the runtime's */
    char name[MEASURED_NAME];
    /* RECORD_END: since the process began, or was forked. */
    uint64_t allocs, frees, bytes, reallocs;
    uint64_t peak_heap_bytes, peak_rss_bytes;
    uint64_t large_allocs, large_frees; /* above the largest class */
    MeasuredClass classes[MEASURED_CLASSES];
} MeasuredRecord;

#endif
