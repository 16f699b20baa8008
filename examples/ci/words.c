/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* words.c - counts how often each word is in a file: a program to hold the line for. */
#include "table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In small letters. The copy lives as long as this call. */
static void count_word(Table *table, const char *word, size_t length) {
    char *small = malloc(64);
    if (!small)
        exit(1);
    if (length > 63)
        length = 63;
    for (size_t i = 0; i < length; i++)
        small[i] = (char)tolower((unsigned char)word[i]);
    small[length] = '\0';
    table_count(table, small);
    free(small);
}

static void count_line(Table *table, const char *line) {
    while (*line) {
        size_t length = 0;
        while (isalpha((unsigned char)line[length]))
            length++;
        if (length > 0)
            count_word(table, line, length);
        line += length + (line[length] != '\0');
    }
}

int main(int argc, char **argv) {
    char line[4096];
    Table table = {0};
    FILE *file = argc > 1 ? fopen(argv[1], "r") : stdin;
    if (!file) {
        perror(argv[1]);
        return 2;
    }
    while (fgets(line, sizeof line, file))
        count_line(&table, line);
    table_print(&table);
    table_free(&table);
    fclose(file);
    return 0;
}
