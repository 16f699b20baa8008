/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sitemap.c - see sitemap.h. Arrays, sorted once and searched.
 *
 * A column is compared too, for a line may hold two calls; where the compiler's debug information
 * has another column than the plugin (GCC's points elsewhere in some calls), a line that holds one
 * call is enough.
 *
 * INVARIANT  The answer depends on the stack and the findings alone, not on the order in which
 * reports were read, unless two of them say different things of the same copy.
 */
#include "sitemap.h"

#include "command.h"
#include "flow.h"

#include <stdlib.h>
#include <string.h>

typedef struct Site {
    size_t file; /* index of its spelling */
    long line, col;
    const Finding *finding;
} Site;

typedef struct Fresh {
    size_t file;
    const char *function;
} Fresh;

/* A file, as a report names it. */
typedef struct Spelling {
    char *path;        /* from where the compiler ran, when that is known */
    char *end;         /* as the compiler was given it, without leading ".." */
    const char *shown; /* as the report has it */
} Spelling;

struct Sitemap {
    Spelling *spellings; /* sorted by path, each once */
    size_t nspellings;
    Site *sites; /* by file, line, column, then as they were read */
    size_t nsites;
    Fresh *fresh; /* by function and file */
    size_t nfresh;
    json_t *known; /* path -> index of its spelling, or -1 */
};

enum { NOWHERE = -1 };

/* ---- spellings ------------------------------------------------------------------------------- */

static int compare_spellings(const void *a, const void *b) {
    return strcmp(((const Spelling *)a)->path, ((const Spelling *)b)->path);
}

static char *tidy_spelling(const char *file) {
    char *tidy = joined_path("", file), *start = tidy;
    while (strncmp(start, "../", 3) == 0)
        start += 3;
    memmove(tidy, start, strlen(start) + 1);
    return tidy;
}

static Spelling spelling_of(const Finding *f) {
    char *end = tidy_spelling(f->file);
    char *path = f->directory ? joined_path(f->directory, f->file) : copy_text(end);
    return (Spelling){.path = path, .end = end, .shown = f->file};
}

static void free_spelling(Spelling *spelling) {
    free(spelling->path);
    free(spelling->end);
}

static void collect_spellings(Sitemap *map, const Findings *findings) {
    map->spellings = allocate(findings->n * sizeof *map->spellings);
    for (size_t i = 0; i < findings->n; i++)
        map->spellings[i] = spelling_of(&findings->all[i]);
    if (findings->n)
        qsort(map->spellings, findings->n, sizeof *map->spellings, compare_spellings);
    for (size_t i = 0; i < findings->n; i++) {
        Spelling *last = map->nspellings ? &map->spellings[map->nspellings - 1] : NULL;
        if (last && compare_spellings(last, &map->spellings[i]) == 0)
            free_spelling(&map->spellings[i]);
        else
            map->spellings[map->nspellings++] = map->spellings[i];
    }
}

static size_t index_of(const Sitemap *map, const Finding *f) {
    Spelling key = spelling_of(f), *found = bsearch(&key, map->spellings, map->nspellings,
                                                    sizeof *map->spellings, compare_spellings);
    free_spelling(&key);
    return (size_t)(found - map->spellings);
}

/* Is it the same file, as far as the shorter one of them tells? */
static bool ends_with(const char *path, const char *spelling) {
    size_t length = strlen(path), ending = strlen(spelling);
    if (ending > length || strcmp(path + length - ending, spelling) != 0)
        return false;
    return ending == length || spelling[0] == '/' || path[length - ending - 1] == '/';
}

/* How much of the spelling the path ends with; a link in the path hides where the compiler ran. */
static size_t likeness(const char *path, const Spelling *spelling) {
    if (*spelling->path && ends_with(path, spelling->path))
        return strlen(spelling->path);
    return *spelling->end && ends_with(path, spelling->end) ? strlen(spelling->end) : 0;
}

static json_int_t look_for(const Sitemap *map, const char *path) {
    json_int_t best = NOWHERE;
    size_t of_best = 0;
    for (size_t i = 0; i < map->nspellings; i++) {
        size_t of_this = likeness(path, &map->spellings[i]);
        if (of_this > of_best) {
            best = (json_int_t)i;
            of_best = of_this;
        }
    }
    return best;
}

static json_int_t file_of(Sitemap *map, const Frame *frame) {
    if (!*frame->path)
        return NOWHERE;
    json_t *known = json_object_get(map->known, frame->path);
    if (known)
        return json_integer_value(known);
    json_int_t file = look_for(map, frame->path);
    json_object_set_new_nocheck(map->known, frame->path, json_integer(file));
    return file;
}

const char *sitemap_file(Sitemap *map, const Frame *frame) {
    json_int_t file = file_of(map, frame);
    return file == NOWHERE ? NULL : map->spellings[file].shown;
}

/* ---- sites ----------------------------------------------------------------------------------- */

static int compare_places(const Site *a, const Site *b) {
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->col < b->col ? -1 : a->col > b->col;
}

static int compare_sites(const void *a, const void *b) {
    int order = compare_places(a, b);
    const Finding *one = ((const Site *)a)->finding, *two = ((const Site *)b)->finding;
    return order ? order : one < two ? -1 : one > two;
}

static int compare_fresh(const void *a, const void *b) {
    const Fresh *one = a, *two = b;
    int order = strcmp(one->function, two->function);
    if (order)
        return order;
    return one->file < two->file ? -1 : one->file > two->file;
}

static bool is_fresh_result(const Finding *f) {
    static const char ending[] = "is fresh memory";
    size_t length = strlen(f->text), tail = strlen(ending);
    return strcmp(f->kind, "result") == 0 && length >= tail &&
           strcmp(f->text + length - tail, ending) == 0;
}

static void collect_sites(Sitemap *map, const Findings *findings) {
    map->sites = allocate(findings->n * sizeof *map->sites);
    map->fresh = allocate(findings->n * sizeof *map->fresh);
    for (size_t i = 0; i < findings->n; i++) {
        const Finding *f = &findings->all[i];
        if (f->site)
            map->sites[map->nsites++] = (Site){index_of(map, f), f->line, f->col, f};
        else if (is_fresh_result(f))
            map->fresh[map->nfresh++] = (Fresh){index_of(map, f), f->function};
    }
    if (map->nsites)
        qsort(map->sites, map->nsites, sizeof *map->sites, compare_sites);
    if (map->nfresh)
        qsort(map->fresh, map->nfresh, sizeof *map->fresh, compare_fresh);
}

Sitemap *sitemap_new(const Findings *findings) {
    Sitemap *map = allocate(sizeof *map);
    map->known = json_object();
    if (!map->known)
        trouble("out of memory");
    collect_spellings(map, findings);
    collect_sites(map, findings);
    return map;
}

void sitemap_free(Sitemap *map) {
    for (size_t i = 0; i < map->nspellings; i++)
        free_spelling(&map->spellings[i]);
    json_decref(map->known);
    free(map->spellings);
    free(map->sites);
    free(map->fresh);
    free(map);
}

/* The first site at or behind a place. */
static size_t first_from(const Sitemap *map, const Site *place) {
    size_t low = 0, high = map->nsites;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_places(&map->sites[middle], place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Those at the frame's place, or on its line when that holds one call only. */
static size_t sites_at(Sitemap *map, const Frame *frame, size_t *end) {
    json_int_t file = file_of(map, frame);
    if (file == NOWHERE)
        return *end = 0;
    Site place = {(size_t)file, frame->line, frame->col, NULL};
    size_t first = first_from(map, &place);
    for (*end = first; *end < map->nsites && compare_places(&map->sites[*end], &place) == 0;)
        ++*end;
    if (*end > first)
        return first;
    place.col = 0;
    first = first_from(map, &place);
    for (*end = first; *end < map->nsites && map->sites[*end].file == place.file &&
                       map->sites[*end].line == place.line;)
        ++*end;
    if (*end > first && map->sites[first].col != map->sites[*end - 1].col)
        *end = first;
    return first;
}

/* ---- copies ---------------------------------------------------------------------------------- */

size_t chain_length(const Finding *finding) {
    return json_array_size(json_object_get(finding->json, "chain"));
}

/* Is "src/a.c:12:3", the place of an inlined call, the frame's? */
static bool is_at(const char *call, const Frame *frame) {
    char *file;
    long line, col;
    if (!split_place(call, &file, &line, &col))
        return false;
    bool same = line == frame->line && (!frame->col || col == frame->col);
    if (same) {
        char *tidy = tidy_spelling(file);
        same = ends_with(frame->path, tidy);
        free(tidy);
    }
    free(file);
    return same;
}

/* How many calls of the finding's chain are the stack's, from the inside. */
static size_t common(const Finding *finding, const Frame *const *stack, size_t depth) {
    const json_t *chain = json_object_get(finding->json, "chain");
    size_t n = chain_length(finding), i = 0;
    while (i < n && i + 1 < depth) {
        const char *call = json_string_value(json_array_get(chain, i));
        if (!call || !is_at(call, stack[i + 1]))
            break;
        i++;
    }
    return i;
}

/* A whole chain beats a part of one, a longer one a shorter one, and what stays on the heap what
 * was moved: somebody did allocate it. */
static bool is_better(const Finding *one, size_t of_one, const Finding *two, size_t of_two) {
    bool whole = chain_length(one) == of_one, other = chain_length(two) == of_two;
    if (whole != other)
        return whole;
    if (of_one != of_two)
        return of_one > of_two;
    return !one->moved && two->moved;
}

const Finding *sitemap_find(Sitemap *map, const Frame *const *stack, size_t depth) {
    const Finding *best = NULL;
    size_t of_best = 0, end;
    for (size_t i = sites_at(map, stack[0], &end); i < end; i++) {
        const Finding *finding = map->sites[i].finding;
        size_t of_this = common(finding, stack, depth);
        if (!best || is_better(finding, of_this, best, of_best)) {
            best = finding;
            of_best = of_this;
        }
    }
    return best;
}

/* Is the chain of `one` the first `n` calls of that of `two`? */
static bool begins(const Finding *one, const Finding *two, size_t n) {
    const json_t *short_chain = json_object_get(one->json, "chain");
    const json_t *chain = json_object_get(two->json, "chain");
    if (json_array_size(short_chain) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!json_equal(json_array_get(short_chain, i), json_array_get(chain, i)))
            return false;
    return true;
}

const char *sitemap_wrapper(const Sitemap *map, const Finding *finding, size_t depth) {
    Site place = {index_of(map, finding), finding->line, finding->col, NULL};
    for (size_t i = first_from(map, &place);
         i < map->nsites && compare_places(&map->sites[i], &place) == 0; i++) {
        const Finding *other = map->sites[i].finding;
        if (begins(other, finding, depth) && sitemap_is_fresh_function(map, other->function))
            return other->function;
    }
    return NULL;
}

bool sitemap_is_fresh(Sitemap *map, const Frame *frame) {
    json_int_t file = file_of(map, frame);
    if (file == NOWHERE || map->nfresh == 0)
        return false;
    Fresh key = {(size_t)file, frame->function};
    return bsearch(&key, map->fresh, map->nfresh, sizeof key, compare_fresh) != NULL;
}

bool sitemap_is_fresh_function(const Sitemap *map, const char *function) {
    size_t low = 0, high = map->nfresh;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(function, map->fresh[middle].function);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}
