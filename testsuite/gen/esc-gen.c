/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * esc-gen.c - writes one random C program that uses the heap: prog.h, part0.c ..., all.c.
 *
 *     esc-gen --seed=N --dir=DIRECTORY [--skip=NODE,NODE,...] [--nodes=FILE] [--shapes=DIRECTORY]
 *             [--shape=NAME]
 *
 * --nodes writes the numbers of the nodes that were made, one a line; --skip leaves some of them
 * out.
 * --shape makes a program of one shape of shapes/ alone.
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

static bool write_nodes(const Gen *g, const char *path) {
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    bool good = fwrite(g->nodes.at, 1, g->nodes.n, file) == g->nodes.n;
    return fclose(file) == 0 && good;
}

int main(int argc, char **argv) {
    static Gen g;
    const char *directory = NULL, *nodes = NULL;
    uint32_t *skip = NULL;
    bool seeded = false;
    g.shapes = GEN_SHAPES;
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
        } else {
            fatal("unknown argument %s", a);
        }
    }
    if (!seeded || !directory)
        fatal("usage: esc-gen --seed=N --dir=DIRECTORY [--skip=NODES] [--nodes=FILE]");
    g.skip = skip;
    bool good = program_write(&g, directory) && (!nodes || write_nodes(&g, nodes));
    text_release(&g.nodes);
    free(skip);
    return good ? 0 : 1;
}
