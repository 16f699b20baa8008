/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* table.c - see table.h. */
#include "table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

Table table_new(const char *columns) {
    return (Table){.columns = columns};
}

void table_cell(Table *table, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (table->ncells == table->capacity) {
        table->capacity = table->capacity ? table->capacity * 2 : 64;
        table->cells = reallocate(table->cells, table->capacity * sizeof *table->cells);
    }
    table->cells[table->ncells++] = copy_text(text);
}

/* In characters: all bytes but those that continue one, and but colours (ESC ... m). */
static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text; text++) {
        if (*text == '\033')
            text += strcspn(text, "m");
        else
            width += ((unsigned char)*text & 0xC0) != 0x80;
        if (!*text)
            break;
    }
    return width;
}

static size_t column_width(const Table *table, size_t ncolumns, size_t column) {
    size_t widest = 0;
    for (size_t i = column; i < table->ncells; i += ncolumns) {
        size_t width = width_of(table->cells[i]);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void add_blanks(Text *out, size_t n) {
    while (n-- > 0)
        text_add(out, " ", 1);
}

static void print_row(const Table *table, size_t first, size_t ncolumns, const size_t *widths,
                      Text *out) {
    for (size_t c = 0; c < ncolumns; c++) {
        const char *cell = first + c < table->ncells ? table->cells[first + c] : "";
        size_t blanks = widths[c] - width_of(cell);
        if (table->columns[c] == 'r')
            add_blanks(out, blanks);
        text_add(out, cell, strlen(cell));
        if (table->columns[c] != 'r')
            add_blanks(out, blanks);
        add_blanks(out, 2);
    }
    while (out->length > 0 && out->bytes[out->length - 1] == ' ')
        out->bytes[--out->length] = '\0';
    text_add(out, "\n", 1);
}

static void print_markdown_row(const Table *table, size_t first, size_t ncolumns, Text *out) {
    for (size_t c = 0; c < ncolumns; c++) {
        const char *cell = first + c < table->ncells ? table->cells[first + c] : "";
        text_add(out, "| ", 2);
        for (; *cell; cell++) {
            if (*cell == '|')
                text_add(out, "\\", 1);
            text_add(out, cell, 1);
        }
        text_add(out, " ", 1);
    }
    text_add(out, "|\n", 2);
}

void table_print(const Table *table, TableForm form, Text *out) {
    size_t ncolumns = strlen(table->columns);
    size_t *widths = allocate(ncolumns * sizeof *widths);
    for (size_t c = 0; c < ncolumns; c++)
        widths[c] = column_width(table, ncolumns, c);
    for (size_t first = 0; first < table->ncells; first += ncolumns) {
        if (form == TABLE_TEXT)
            print_row(table, first, ncolumns, widths, out);
        else
            print_markdown_row(table, first, ncolumns, out);
        if (form != TABLE_MARKDOWN || first > 0)
            continue;
        for (size_t c = 0; c < ncolumns; c++)
            text_print(out, "|%s", table->columns[c] == 'r' ? "---:" : "---");
        text_add(out, "|\n", 2);
    }
    free(widths);
}

void table_free(Table *table) {
    for (size_t i = 0; i < table->ncells; i++)
        free(table->cells[i]);
    free(table->cells);
    *table = (Table){0};
}
