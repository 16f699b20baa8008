/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* join.c - see join.h. Each call stack is walked from malloc outwards to the place that is to
 * blame.
 *
 *     malloc's caller, in xmalloc ... a finding: "returned", and "result of xmalloc is fresh
 * memory" xmalloc's caller, in parse .... is to blame; with a finding when there is one for that
 * call main
 *
 * Functions of libraries are not in the report, so strdup's caller is the first frame that is.
 *
 * INVARIANT  Every stack of the profile is in exactly one row.
 */
#include "join.h"

#include "advice.h"
#include "command.h"
#include "sitemap.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* A stack with its inlined frames, and what is known of it so far. */
typedef struct Walk {
    const Frame **frames;
    size_t n, capacity;
    size_t first; /* the innermost frame that the report covers */
    size_t found; /* the frame that `finding` speaks of, or the last one that had a finding */
    size_t place; /* the frame to blame */
    const Finding *call;    /* at `first`: the call of malloc; NULL: the report has none there */
    const Finding *finding; /* the verdict on the place; NULL: none */
    const char *gone;       /* the wrapper that the place calls, which is not among the frames */
} Walk;

typedef struct Joiner {
    Join *joined;
    Sitemap *map;
    Symbols *symbols;
    json_t *rows; /* what tells a row from others -> its index */
    regex_t drop;
    bool drops;
    Walk walk;
} Joiner;

/* ---- texts of a finding ---------------------------------------------------------------------- */

static const char *const marks[] = {" escapes to heap: ", " does not escape"};

static const char *end_of_expression(const char *text) {
    const char *end = NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks && !end; i++)
        end = strstr(text, marks[i]);
    return end;
}

char *expression_of(const Finding *finding) {
    const char *end = end_of_expression(finding->text), *colon = strstr(finding->text, ": ");
    if (end)
        return format_text("%.*s", (int)(end - finding->text), finding->text);
    return copy_text(colon ? colon + 2 : finding->text);
}

char *verdict_of(const Finding *finding) {
    const char *end = end_of_expression(finding->text);
    if (end)
        return copy_text(end + 1);
    return format_text("%.*s", (int)strcspn(finding->text, ":"), finding->text);
}

/* ---- walking --------------------------------------------------------------------------------- */

static void add_frame(Walk *walk, const Frame *frame) {
    if (walk->n == walk->capacity) {
        walk->capacity = walk->capacity ? walk->capacity * 2 : 128;
        walk->frames = reallocate(walk->frames, walk->capacity * sizeof *walk->frames);
    }
    walk->frames[walk->n++] = frame;
}

/* Frames of the allocator itself, in a program that it is linked into. */
static bool is_dropped(const Joiner *joiner, const Frame *frame) {
    return joiner->drops && *frame->function &&
           regexec(&joiner->drop, frame->function, 0, NULL, 0) == 0;
}

static void take_frames(Joiner *joiner, const Stack *stack) {
    Walk *walk = &joiner->walk;
    walk->n = 0;
    for (size_t i = 0; i < stack->nlocations; i++) {
        const Frames *frames = symbols_at(joiner->symbols, stack->locations[i]);
        for (size_t k = 0; k < frames->n; k++)
            if (walk->n > 0 || !is_dropped(joiner, &frames->all[k]))
                add_frame(walk, &frames->all[k]);
    }
}

static bool is_covered(Joiner *joiner, size_t frame) {
    return frame < joiner->walk.n && sitemap_file(joiner->map, joiner->walk.frames[frame]);
}

static const Finding *finding_at(Joiner *joiner, size_t frame) {
    return sitemap_find(joiner->map, joiner->walk.frames + frame, joiner->walk.n - frame);
}

/* Outwards from `frame`, at most to `end`, while the function hands out fresh memory. */
static size_t through_wrappers(Joiner *joiner, size_t frame, size_t end) {
    while (frame < end && sitemap_is_fresh(joiner->map, joiner->walk.frames[frame]))
        frame++;
    return frame;
}

/* From the innermost frame with a finding to the one to blame. */
static void follow(Joiner *joiner) {
    Walk *walk = &joiner->walk;
    for (;;) {
        size_t outermost = walk->found + chain_length(walk->finding);
        outermost = outermost < walk->n ? outermost : walk->n - 1;
        walk->place = through_wrappers(joiner, walk->found, outermost);
        const char *reason = walk->finding->reason;
        bool handed_out = walk->place == outermost && reason && strcmp(reason, "RETURNED") == 0 &&
                          sitemap_is_fresh(joiner->map, walk->frames[outermost]);
        if (!handed_out || !is_covered(joiner, outermost + 1))
            return;
        walk->place = outermost + 1;
        walk->finding = finding_at(joiner, walk->place);
        if (!walk->finding)
            return;
        walk->found = walk->place;
    }
}

/* A wrapper that ends with the call of malloc may have left the stack by then. */
static const char *without_a_call(Joiner *joiner) {
    Walk *walk = &joiner->walk;
    const char *callee = walk->frames[walk->first]->callee;
    if (!is_covered(joiner, walk->first))
        return REASON_OUTSIDE;
    if (!callee || !sitemap_is_fresh_function(joiner->map, callee))
        return REASON_LIBRARY;
    walk->gone = callee;
    return REASON_WRAPPER;
}

static const char *walk_stack(Joiner *joiner) {
    Walk *walk = &joiner->walk;
    for (walk->first = 0; walk->first < walk->n && !is_covered(joiner, walk->first);)
        walk->first++;
    walk->found = walk->place = walk->first;
    walk->gone = NULL;
    walk->call = walk->finding =
        is_covered(joiner, walk->first) ? finding_at(joiner, walk->first) : NULL;
    if (walk->first == walk->n)
        walk->first = walk->place = 0;
    if (!walk->call)
        return without_a_call(joiner);
    follow(joiner);
    if (!walk->finding)
        return REASON_WRAPPER;
    if (walk->finding->moved)
        return REASON_MOVED;
    return walk->finding->reason ? walk->finding->reason : reason_in(walk->finding->text);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* "xstrdup -> xmalloc -> malloc(n)": from the place inwards to the call of malloc. */
static char *via_of(const Walk *walk) {
    Text text = {0};
    text_add(&text, "", 0);
    if (walk->gone)
        text_print(&text, "%s, which ends with the call of malloc", walk->gone);
    for (size_t i = walk->place; i-- > walk->first;) {
        const char *function = walk->frames[i]->function;
        text_print(&text, "%s -> ", *function ? function : "?");
    }
    if (walk->place > walk->first) {
        char *call = expression_of(walk->call);
        text_add(&text, call, strlen(call));
        free(call);
    }
    return text.bytes;
}

/* The function that the place called; "" when it has no name. */
static const char *inner_function(const Walk *walk) {
    if (walk->gone)
        return walk->gone;
    return walk->place > 0 ? walk->frames[walk->place - 1]->function : "";
}

static char *called(const Walk *walk) {
    const char *function = inner_function(walk);
    const Frame *at = walk->frames[walk->place];
    if (*function)
        return format_text("%s(...)", function);
    if (walk->place > 0)
        return format_text("a function of %s", walk->frames[walk->place - 1]->module);
    return copy_text(*at->function ? at->function : at->module);
}

static char *verdict_without(const Walk *walk, const char *reason) {
    const char *function = inner_function(walk);
    const char *module = walk->frames[walk->place ? walk->place - 1 : 0]->module;
    if (strcmp(reason, REASON_WRAPPER) == 0)
        return format_text("no verdict on this call: %s hands out fresh memory", function);
    if (strcmp(reason, REASON_LIBRARY) == 0 && walk->place > 0)
        return format_text("no verdict: %s of %s allocates it, which is not in the report",
                           *function ? function : "a function", module);
    if (strcmp(reason, REASON_LIBRARY) == 0)
        return copy_text("no verdict: the report has no allocation at this place");
    return format_text("no verdict: in %s, which is not in the report", module);
}

static char *advice_on_wrapper(Joiner *joiner, const Walk *walk) {
    const char *function = inner_function(walk);
    const char *at = sitemap_file(joiner->map, walk->frames[walk->place]);
    const char *inner =
        walk->place > 0 ? sitemap_file(joiner->map, walk->frames[walk->place - 1]) : NULL;
    bool one_file = at && inner && strcmp(at, inner) == 0;
    return format_text(
        "%s, or declare %s in a models file (models=FILE), `allocator %s(size)': then "
        "what this caller does with it counts",
        one_file ? "make it small enough to be inlined" : "compile the files as one", function,
        function);
}

static char *advice_without(Joiner *joiner, const char *reason) {
    const Walk *walk = &joiner->walk;
    if (strcmp(reason, REASON_WRAPPER) == 0)
        return advice_on_wrapper(joiner, walk);
    if (strcmp(reason, REASON_MOVED) != 0)
        return NULL;
    if (strcmp(walk->finding->placement, "buffer") == 0)
        return copy_text(
            "these were larger: raise small-buffer=N (where the function may be on the stack "
            "twice max-recursive=N)");
    return copy_text(
        "the profiled program still allocates it: build it with the plugin, at -O1 or more");
}

static Row *new_row(Join *joined) {
    if (joined->nrows == joined->capacity) {
        joined->capacity = joined->capacity ? joined->capacity * 2 : 64;
        joined->rows = reallocate(joined->rows, joined->capacity * sizeof *joined->rows);
    }
    Row *row = &joined->rows[joined->nrows++];
    *row = (Row){0};
    return row;
}

static char *advice_of(Joiner *joiner, const Walk *walk, const char *reason) {
    char *advice = walk->finding && reason ? advice_for(reason, walk->finding->text) : NULL;
    return advice || !reason ? advice : advice_without(joiner, reason);
}

static Row make_row(Joiner *joiner, const char *reason) {
    const Walk *walk = &joiner->walk;
    const Frame *at = walk->frames[walk->place];
    const char *spelling = sitemap_file(joiner->map, at);
    bool own = walk->finding && walk->found == walk->place;
    return (Row){
        .finding = walk->finding,
        .file = copy_text(spelling ? spelling : at->path),
        .path = copy_text(at->path),
        .line = at->line,
        .col = own ? walk->finding->col : at->col,
        .function = copy_text(at->function),
        .expression = own ? expression_of(walk->finding) : called(walk),
        .verdict = walk->finding ? verdict_of(walk->finding) : verdict_without(walk, reason),
        .reason = reason,
        .advice = advice_of(joiner, walk, reason),
        .wrapper = reason && strcmp(reason, REASON_WRAPPER) == 0 ? inner_function(walk) : NULL,
        .via = via_of(walk),
    };
}

static void free_row(Row *row) {
    free(row->file);
    free(row->path);
    free(row->function);
    free(row->expression);
    free(row->verdict);
    free(row->advice);
    free(row->tried_text);
    free(row->via);
}

/* The row that is told apart by all that is printed of it. */
static Row *row_for(Joiner *joiner, Row made) {
    char *key = format_text("%s\n%s\n%ld\n%ld\n%s\n%s\n%s\n%s", made.file, made.path, made.line,
                            made.col, made.function, made.expression, made.verdict, made.via);
    json_t *known = json_object_get(joiner->rows, key);
    Row *row;
    if (known) {
        row = &joiner->joined->rows[json_integer_value(known)];
        free_row(&made);
    } else {
        json_object_set_new_nocheck(joiner->rows, key,
                                    json_integer((json_int_t)joiner->joined->nrows));
        row = new_row(joiner->joined);
        *row = made;
        joiner->joined->nfound += made.finding != NULL;
    }
    free(key);
    return row;
}

static void add_stack(Joiner *joiner, const Stack *stack) {
    static const Frame unknown = {.function = "", .path = "", .module = "an unknown file"};
    take_frames(joiner, stack);
    if (joiner->walk.n == 0)
        add_frame(&joiner->walk, &unknown);
    const char *reason = walk_stack(joiner);
    Row *row = row_for(joiner, make_row(joiner, reason));
    amount_add(&row->amount, &stack->amount);
    amount_add(&joiner->joined->total, &stack->amount);
    row->nstacks++;
}

/* pprof's expressions must match the whole name. */
static bool compile_drop(regex_t *drop, const char *expression) {
    if (!*expression)
        return false;
    char *whole = format_text("^(%s)$", expression);
    bool compiled = regcomp(drop, whole, REG_EXTENDED | REG_NOSUB) == 0;
    free(whole);
    return compiled;
}

void join(Join *joined, const Profile *profile, Symbols *symbols, const Findings *findings) {
    *joined = (Join){0};
    Joiner joiner = {.joined = joined, .map = sitemap_new(findings), .symbols = symbols};
    joiner.drops = compile_drop(&joiner.drop, profile->drop_frames);
    joiner.rows = json_object();
    if (!joiner.rows)
        trouble("out of memory");
    for (size_t i = 0; i < profile->nstacks; i++)
        add_stack(&joiner, &profile->stacks[i]);
    if (joiner.drops)
        regfree(&joiner.drop);
    json_decref(joiner.rows);
    free(joiner.walk.frames);
    sitemap_free(joiner.map);
}

void join_free(Join *joined) {
    for (size_t i = 0; i < joined->nrows; i++)
        free_row(&joined->rows[i]);
    free(joined->rows);
    *joined = (Join){0};
}

/* ---- order ----------------------------------------------------------------------------------- */

int64_t amount_by(const Amount *amount, Order order) {
    switch (order) {
    case BY_BYTES:
        return amount->alloc_bytes;
    case BY_COUNT:
        return amount->alloc_objects;
    case BY_BYTES_IN_USE:
        return amount->inuse_bytes;
    case BY_COUNT_IN_USE:
        return amount->inuse_objects;
    }
    return 0;
}

static int compare_rows(const void *a, const void *b, void *order) {
    const Row *one = a, *two = b;
    int64_t of_one = amount_by(&one->amount, *(Order *)order);
    int64_t of_two = amount_by(&two->amount, *(Order *)order);
    if (of_one != of_two)
        return of_one > of_two ? -1 : 1;
    int names = strcmp(one->file, two->file);
    if (names)
        return names;
    return one->line != two->line ? (one->line < two->line ? -1 : 1)
                                  : strcmp(one->verdict, two->verdict);
}

void join_sort(Join *joined, Order order) {
    if (joined->nrows)
        qsort_r(joined->rows, joined->nrows, sizeof *joined->rows, compare_rows, &order);
}
