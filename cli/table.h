/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* table.h - rows of texts, printed in columns or as a Markdown table.
 *
 * The first row is the head. Widths are counted in characters of UTF-8, each one column wide.
 */
#ifndef ESCAPEMENT_CLI_TABLE_H
#define ESCAPEMENT_CLI_TABLE_H

#include "command.h"

#include <stdio.h>

typedef struct Table {
    const char *columns; /* one letter for each: l(eft) or r(ight) */
    char **cells;
    size_t ncells, capacity;
} Table;

typedef enum TableForm { TABLE_TEXT, TABLE_MARKDOWN } TableForm;

Table table_new(const char *columns);
/* The next cell, from left to right, row by row. */
void table_cell(Table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds it to `out`; a row that is not full ends with empty cells. */
void table_print(const Table *table, TableForm form, Text *out);
void table_free(Table *table);

#endif
