/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* words.c - a chained hash table of strings: strdup, calloc, aligned blocks and free, as programs
 * mix them.
 *
 * Every entry is a node, a key of 1 to 40 bytes and now and then a value aligned to a cache line;
 * the table doubles by calloc and drops old entries when it is full.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "THREADS ENTRIES OPERATIONS";

typedef struct Entry {
    struct Entry *next;
    char *key;
    void *value;
} Entry;

typedef struct {
    Entry **buckets;
    size_t nbuckets, nentries;
} Table;

static struct { size_t nentries, noperations; } plan;

static void drop(Entry *entry) {
    free(entry->key);
    free(entry->value);
    free(entry);
}

static void resize(Table *table, size_t nbuckets) {
    Entry **buckets = calloc(nbuckets, sizeof(Entry *));
    if (buckets == NULL)
        bench_fail("calloc returned NULL");
    for (size_t i = 0; i < table->nbuckets; i++) {
        for (Entry *entry = table->buckets[i], *next; entry; entry = next) {
            size_t hash = strlen(entry->key) * 31 + (unsigned char)entry->key[0];
            next = entry->next;
            entry->next = buckets[hash % nbuckets];
            buckets[hash % nbuckets] = entry;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->nbuckets = nbuckets;
}

static Entry *make(uint64_t *state) {
    char text[48];
    size_t length = bench_size(state, 1, 40);
    memset(text, 'a' + (int)(bench_random(state) % 26), length);
    text[length] = '\0';
    Entry *entry = bench_alloc(sizeof *entry);
    entry->key = strdup(text);
    entry->value = NULL;
    if (entry->key == NULL || (length % 4 == 0 && posix_memalign(&entry->value, 64, 64) != 0))
        bench_fail("out of memory");
    return entry;
}

static void work(size_t index, void *argument) {
    uint64_t state = index + 1;
    Table table = {0};
    (void)argument;
    resize(&table, 64);
    for (size_t i = 0; i < plan.noperations; i++) {
        Entry **bucket = &table.buckets[bench_random(&state) % table.nbuckets];
        if (table.nentries >= plan.nentries && *bucket) {
            Entry *old = *bucket;
            *bucket = old->next;
            drop(old);
            table.nentries--;
            bucket = &table.buckets[bench_random(&state) % table.nbuckets];
        }
        Entry *entry = make(&state);
        entry->next = *bucket;
        *bucket = entry;
        if (++table.nentries > table.nbuckets)
            resize(&table, table.nbuckets * 2);
    }
    for (size_t i = 0; i < table.nbuckets; i++)
        for (Entry *entry = table.buckets[i], *next; entry; entry = next) {
            next = entry->next;
            drop(entry);
        }
    free(table.buckets);
}

int main(int argc, char **argv) {
    size_t nthreads = bench_number(argc, argv, 1, usage);
    plan.nentries = bench_number(argc, argv, 2, usage);
    plan.noperations = bench_number(argc, argv, 3, usage) / nthreads;
    bench_threads(nthreads, work, NULL);
    return 0;
}
