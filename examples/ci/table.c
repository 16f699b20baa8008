/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* table.c - see table.h. */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Word **bucket_of(Table *table, const char *text) {
    unsigned hash = 0;
    for (; *text; text++)
        hash = hash * 31 + (unsigned char)*text;
    return &table->buckets[hash % BUCKETS];
}

void table_count(Table *table, const char *text) {
    Word **bucket = bucket_of(table, text);
    for (Word *word = *bucket; word; word = word->next)
        if (strcmp(word->text, text) == 0) {
            word->count++;
            return;
        }
    Word *word = malloc(sizeof *word);
    if (!word || !(word->text = strdup(text)))
        exit(1);
    word->count = 1;
    word->next = *bucket;
    *bucket = word;
}

void table_print(const Table *table) {
    for (size_t i = 0; i < BUCKETS; i++)
        for (const Word *word = table->buckets[i]; word; word = word->next)
            printf("%zu %s\n", word->count, word->text);
}

void table_free(Table *table) {
    for (size_t i = 0; i < BUCKETS; i++)
        while (table->buckets[i]) {
            Word *word = table->buckets[i];
            table->buckets[i] = word->next;
            free(word->text);
            free(word);
        }
}
