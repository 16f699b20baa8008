/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * esc-gen.c - writes one random C program that uses the heap: prog.h, part0.c ..., all.c.
 *
 *     esc-gen --seed=N --dir=DIRECTORY [--skip=NODE,NODE,...] [--nodes=FILE] [--shapes=DIRECTORY]
 *             [--shape=NAME] [--size=PERCENT] [--count=N | --seeds=N,N,...]
 *
 * --nodes writes the numbers of the nodes that were made, one a line; --skip leaves some of them
 * out.
 * --shape makes a program of one shape of shapes/ alone.
 * --size makes smaller programs: fewer functions, phases and statements.
 * --count writes the programs of N seeds from --seed on as one, --seeds those of any seeds; it runs
 * each in a process of its own.
 */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t *read_skip(const char *list, uint32_t *n) {
    uint32_t *at = malloc((strlen(list) / 2 + 1) * sizeof *at);
    if (!at)
        fatal("out of memory");
    for (*n = 0; *list;) {
        char *end;
        at[(*n)++] = (uint32_t)strtoul(list, &end, 16);
        if (end == list)
            fatal("no list of nodes: %.40s", list);
        list = *end == ',' ? end + 1 : end;
    }
    return at;
}

/* The seeds of a batch: a list, or `count` from the first on. */
static uint64_t *read_seeds(const char *list, uint64_t first, uint32_t *count) {
    uint32_t most = list ? (uint32_t)strlen(list) / 2 + 1 : *count;
    uint64_t *seeds = malloc(most * sizeof *seeds);
    if (!seeds)
        fatal("out of memory");
    for (uint32_t i = 0; !list && i < most; i++)
        seeds[i] = first + i;
    for (*count = list ? 0 : most; list && *list;) {
        char *end;
        seeds[(*count)++] = strtoull(list, &end, 10);
        if (end == list)
            fatal("no list of seeds: %.40s", list);
        list = *end == ',' ? end + 1 : end;
    }
    return seeds;
}

static bool write_nodes(const Gen *g, const char *path) {
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    bool good = fwrite(g->nodes.at, 1, g->nodes.n, file) == g->nodes.n;
    return fclose(file) == 0 && good;
}

int main(int argc, char **argv) {
    static Gen g;
    const char *directory = NULL, *nodes = NULL, *list = NULL;
    uint32_t *skip = NULL;
    bool seeded = false;
    uint32_t count = 0;
    g.shapes = GEN_SHAPES;
    g.size = 100;
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (strncmp(a, "--seed=", 7) == 0) {
            g.seed = strtoull(a + 7, NULL, 10);
            seeded = true;
        } else if (strncmp(a, "--dir=", 6) == 0) {
            directory = a + 6;
        } else if (strncmp(a, "--nodes=", 8) == 0) {
            nodes = a + 8;
        } else if (strncmp(a, "--shapes=", 9) == 0) {
            g.shapes = a + 9;
        } else if (strncmp(a, "--shape=", 8) == 0) {
            g.only_shape = a + 8;
        } else if (strncmp(a, "--skip=", 7) == 0) {
            free(skip);
            skip = read_skip(a + 7, &g.nskip);
        } else if (strncmp(a, "--size=", 7) == 0) {
            g.size = (uint32_t)strtoul(a + 7, NULL, 10);
        } else if (strncmp(a, "--count=", 8) == 0) {
            count = (uint32_t)strtoul(a + 8, NULL, 10);
        } else if (strncmp(a, "--seeds=", 8) == 0) {
            list = a + 8;
            seeded = true;
        } else {
            fatal("unknown argument %s", a);
        }
    }
    if (!seeded || !directory || g.size < 1 || g.size > 100)
        fatal("usage: esc-gen --seed=N --dir=DIRECTORY [--skip=NODES] [--nodes=FILE] "
              "[--size=1..100] [--count=N | --seeds=N,N,...]");
    g.skip = skip;
    bool good;
    if (count || list) {
        if (g.nskip || nodes) /* nodes are numbered in one program */
            fatal("--skip and --nodes are about one program, --count and --seeds about many");
        uint64_t *seeds = read_seeds(list, g.seed, &count);
        good = batch_write(&g, seeds, count, directory);
        free(seeds);
    } else {
        good = program_write(&g, directory);
    }
    good = good && (!nodes || write_nodes(&g, nodes));
    text_release(&g.nodes);
    free(skip);
    return good ? 0 : 1;
}
