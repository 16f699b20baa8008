/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* driver.c - measure rows under allocators, interleaved, and print the table. scripts/bench-malloc
 * starts it.
 *
 * In each round every allocator runs every row once, in an order that rotates from round to round:
 * what else happens on the machine falls on all of them. Medians over the rounds are compared.
 *
 * INVARIANT  A row that fails once under an allocator counts as failed there; the driver then
 * exits 1.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    Contestant contestants[MAX_CONTESTANTS];
    size_t ncontestants, nrounds;
    const char *only, *json;
    Places places;
    int quiet;
} options = {.nrounds = 5};

static const char usage[] = "usage: bench-malloc-driver --programs=DIR --inputs=DIR --scratch=DIR "
                            "[--rounds=N] [--only=NAME,...]\n"
                            "       [--json=FILE] [--quiet] [--list] NAME=LIBRARY[:VAR=VALUE]...\n";

static void die(const char *what, const char *argument) {
    fprintf(stderr, "bench-malloc: %s: %s\n%s", what, argument, usage);
    exit(2);
}

static void add_contestant(char *text) {
    char *equal = strchr(text, '=');
    if (equal == NULL || options.ncontestants == MAX_CONTESTANTS)
        die("no allocator, or too many", text);
    *equal = '\0';
    char *setting = strchr(equal + 1, ':');
    if (setting)
        *setting++ = '\0';
    options.contestants[options.ncontestants++] = (Contestant){text, equal + 1, setting};
}

static void list_rows(void) {
    for (size_t row = 0; row < bench_nrows; row++)
        printf("%-22s %-14s %s\n", bench_rows[row].name, bench_group_names[bench_rows[row].group],
               bench_rows[row].command);
    exit(0);
}

static void parse(int argc, char **argv) {
    static const struct {
        const char *name;
        const char **value;
    } texts[] = {{"--programs=", &options.places.programs},
                 {"--inputs=", &options.places.inputs},
                 {"--scratch=", &options.places.scratch},
                 {"--only=", &options.only},
                 {"--json=", &options.json}};
    for (int i = 1; i < argc; i++) {
        size_t k = 0, ntexts = sizeof texts / sizeof *texts;
        while (k < ntexts && strncmp(argv[i], texts[k].name, strlen(texts[k].name)) != 0)
            k++;
        if (k < ntexts)
            *texts[k].value = argv[i] + strlen(texts[k].name);
        else if (strncmp(argv[i], "--rounds=", 9) == 0)
            options.nrounds = strtoul(argv[i] + 9, NULL, 10);
        else if (strcmp(argv[i], "--quiet") == 0)
            options.quiet = 1;
        else if (strcmp(argv[i], "--list") == 0)
            list_rows();
        else if (argv[i][0] == '-')
            die("unknown option", argv[i]);
        else
            add_contestant(argv[i]);
    }
    if (options.nrounds == 0 || options.nrounds > MAX_ROUNDS)
        die("rounds", "1 to 101");
    if (options.ncontestants == 0 || !options.places.programs || !options.places.inputs ||
        !options.places.scratch)
        die("missing", "an allocator or a directory");
}

/* Does one of the names separated by commas select the row: its name, its group's first word, a
 * part of its name ending in '*'? */
static int selects(const char *names, const Row *row) {
    for (const char *name = names; *name;) {
        size_t length = strcspn(name, ",");
        size_t compared = length && name[length - 1] == '*' ? length - 1 : length;
        if (strncmp(row->name, name, compared) == 0 && (compared < length || !row->name[length]))
            return 1;
        if (length == 4 && strncmp(name, "real", 4) == 0 && row->group == REAL)
            return 1;
        if (length == 6 && strncmp(name, "memory", 6) == 0 && row->kind == MEMORY)
            return 1;
        if (length == 3 && strncmp(name, "cpu", 3) == 0 && row->kind != MEMORY)
            return 1;
        name += length + (name[length] == ',');
    }
    return 0;
}

static int select_rows(char *selected) {
    int any = 0;
    for (size_t row = 0; row < bench_nrows; row++) {
        selected[row] = options.only == NULL || selects(options.only, &bench_rows[row]);
        any |= selected[row];
    }
    return any;
}

static void measure_cell(size_t row, size_t contestant, Cell *cell) {
    if (cell->failed)
        return;
    if (bench_measure(&bench_rows[row], &options.contestants[contestant], &options.places,
                      &cell->samples[cell->nsamples]))
        cell->nsamples++;
    else
        cell->failed = 1;
}

static void measure_round(size_t round, const char *selected, Cell *cells) {
    for (size_t row = 0; row < bench_nrows; row++) {
        /* What stays resident hardly varies, and takes seconds to find out. */
        if (!selected[row] || (bench_rows[row].kind == MEMORY && round > 0))
            continue;
        if (!options.quiet)
            fprintf(stderr, "\r\033[Kround %zu of %zu: %s", round + 1, options.nrounds,
                    bench_rows[row].name);
        for (size_t i = 0; i < options.ncontestants; i++) {
            size_t contestant = (i + round) % options.ncontestants;
            measure_cell(row, contestant, &cells[row * MAX_CONTESTANTS + contestant]);
        }
    }
    if (!options.quiet)
        fprintf(stderr, "\r\033[K");
}

/* Small and close together: what is resident here when a program is started counts as its own. */
static Cell *make_cells(void) {
    size_t n = bench_nrows * MAX_CONTESTANTS;
    Cell *cells = calloc(n, sizeof *cells);
    Sample *samples = calloc(n * options.nrounds, sizeof *samples);
    for (size_t i = 0; cells && i < n; i++)
        cells[i].samples = samples + i * options.nrounds;
    if (samples)
        return cells;
    free(cells);
    return NULL;
}

static int write_json(const Results *results) {
    FILE *out = strcmp(options.json, "-") == 0 ? stdout : fopen(options.json, "w");
    if (out == NULL) {
        perror(options.json);
        return 0;
    }
    bench_print_json(out, results);
    return out == stdout || fclose(out) == 0;
}

int main(int argc, char **argv) {
    parse(argc, argv);
    options.quiet |= !isatty(STDERR_FILENO);
    char *selected = calloc(bench_nrows, 1);
    Cell *cells = make_cells();
    if (selected == NULL || cells == NULL || !select_rows(selected))
        die("no such row (see --list)", options.only ? options.only : "");
    for (size_t round = 0; round < options.nrounds; round++)
        measure_round(round, selected, cells);

    Results results = {options.contestants, options.ncontestants, selected, cells};
    int well = 1;
    if (options.json == NULL || strcmp(options.json, "-") != 0)
        bench_print_table(stdout, &results);
    if (options.json)
        well = write_json(&results);
    for (size_t i = 0; i < bench_nrows * MAX_CONTESTANTS; i++)
        well = well && !cells[i].failed;
    free(cells[0].samples);
    free(cells);
    free(selected);
    return well ? 0 : 1;
}
