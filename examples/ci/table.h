/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* table.h - words and how often they were counted. */
#ifndef EXAMPLE_TABLE_H
#define EXAMPLE_TABLE_H

#include <stddef.h>

enum { BUCKETS = 256 };

typedef struct Word {
    struct Word *next;
    char *text;
    size_t count;
} Word;

typedef struct Table {
    Word *buckets[BUCKETS];
} Table;

/* Does not keep `text`: Escapement's plugin is told so by the attribute where it sees only this
 * header. */
#if defined(__clang__)
void table_count(Table *table, const char *text __attribute__((noescape)));
#else
void table_count(Table *table, const char *text);
#endif
void table_print(const Table *table);
void table_free(Table *table);

#endif
