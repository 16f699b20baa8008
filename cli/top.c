/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* top.c - `escapement top`: where a program's memory comes from, and why it is on the heap.
 *
 * NOT HERE  Reading the profile (profile.c), finding functions (symbols.c), deciding which place is
 * to blame (join.c), what could be changed (advice.c).
 */
#include "advice.h"
#include "command.h"
#include "findings.h"
#include "join.h"
#include "json.h"
#include "profile.h"
#include "symbols.h"
#include "table.h"
#include "terminal.h"
#include "tried.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { OPTION_BINARY = 'b', OPTION_REPORT = 'r', OPTION_SORT = 's', OPTION_NUMBER = 'n' };
enum { OPTION_BUILD = 'p', OPTION_NO_TRY = 256 };
enum { USUAL_ROWS = 20, USUAL_COLUMNS = 100, LEAST_COLUMNS = 60, BEFORE_TEXT = 10, LABEL = 8 };

typedef struct Top {
    const char *profile;
    Paths reports, binaries;
    Order order;
    size_t nrows;
    const char *build;
    bool json, no_try;
} Top;

static const struct argp_option options[] = {
    {"report", OPTION_REPORT, "PATH", 0,
     "A report of the compile (-fplugin-arg-escapement-report=FILE), or a directory of them; may "
     "be "
     "given several times. Without one the places are said, not why",
     0},
    {"sort", OPTION_SORT, "BY", 0,
     "bytes, count (since the start), inuse-bytes or inuse-count (not freed when the profile was "
     "written); bytes is usual",
     0},
    {"number", OPTION_NUMBER, "N", 0, "The first N places, 20 usually; 0: all", 0},
    {"binary", OPTION_BINARY, "FILE", 0,
     "Where the profiled program, or a library, is now; may be given several times", 0},
    {"build", OPTION_BUILD, "BUILD", 0,
     "The directory of compile_commands.json, or that file, to try the advice with (what "
     "`escapement cc' left beside the reports)",
     0},
    {"no-try", OPTION_NO_TRY, NULL, 0, "Do not analyse again what is advised", 0},
    {"json", OPTION_JSON, NULL, 0, "One JSON document with all places", 0},
    {0},
};

static const struct {
    const char *name;
    Order order;
    const char *words;
} orders[] = {
    {"bytes", BY_BYTES, "of the bytes allocated"},
    {"count", BY_COUNT, "of the allocations"},
    {"inuse-bytes", BY_BYTES_IN_USE, "of the bytes in use"},
    {"inuse-count", BY_COUNT_IN_USE, "of the objects in use"},
};

static bool find_order(const char *name, Order *order) {
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (strcmp(orders[i].name, name) == 0) {
            *order = orders[i].order;
            return true;
        }
    return false;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    Top *top = state->input;
    char *end;
    switch (key) {
    case OPTION_REPORT:
        add_path(&top->reports, value);
        return 0;
    case OPTION_BINARY:
        add_path(&top->binaries, value);
        return 0;
    case OPTION_SORT:
        if (!find_order(value, &top->order))
            wrong_use(state, "--sort is bytes, count, inuse-bytes or inuse-count, not `%s'", value);
        return 0;
    case OPTION_NUMBER:
        top->nrows = strtoul(value, &end, 10);
        if (!*value || *end || *value == '-')
            wrong_use(state, "--number is a number, not `%s'", value);
        return 0;
    case OPTION_BUILD:
        top->build = value;
        return 0;
    case OPTION_NO_TRY:
        top->no_try = true;
        return 0;
    case OPTION_JSON:
        top->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (top->profile)
            wrong_use(state, "one profile at a time, not %s too", value);
        top->profile = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        wrong_use(state, "which profile? ESCAPEMENT_PROFILE=FILE makes one");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp top_argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "PROFILE",
    .doc =
        "Where the memory of a program comes from, why the compiler left it on the heap, and the "
        "cheapest change that would keep it off the heap.\v"
        "A program, its profile, and what it says:\n\n"
        "  escapement cc --report=$PWD/reports -O2 -g program.c -o program\n"
        "  ESCAPEMENT_PROFILE=heap.gz ./program\n"
        "  escapement top heap.gz --report=reports\n\n"
        "PROFILE is what the runtime wrote; ESCAPEMENT_PROFILE_RATE=1 takes every allocation "
        "instead of a sample. The program must be there as it was profiled, with debug "
        "information. "
        "\n\nThe change of each place that is printed is tried: its file is analysed again with "
        "the "
        "change assumed, as `escapement why' does. Where that helped, what is said is what was "
        "tried; else the advice is the one of the reason, with the word that it was tried in vain, "
        "or why it could not be tried. --no-try skips that.\n\n"
        "Memory of a function whose result is fresh memory, as the report says of xmalloc, counts "
        "as "
        "its caller's; the line `via' says how it came there. Where stacks end early, the program "
        "was "
        "compiled without frame pointers: -fno-omit-frame-pointer.\n\n"
        "Exit status: 0, or 2 for wrong use and for a profile, a program or a report that cannot "
        "be "
        "used (one line says why).",
};

static size_t rows_shown(const Top *top, const Join *joined) {
    return top->nrows && top->nrows < joined->nrows ? top->nrows : joined->nrows;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *amount_json(const Amount *amount) {
    return json_pack("{s:I, s:I, s:I, s:I}", "alloc_objects", (json_int_t)amount->alloc_objects,
                     "alloc_bytes", (json_int_t)amount->alloc_bytes, "inuse_objects",
                     (json_int_t)amount->inuse_objects, "inuse_bytes",
                     (json_int_t)amount->inuse_bytes);
}

/* Names come from debug information and may hold any bytes; JSON may not. */
static json_t *row_json(const Row *row) {
    json_t *json = amount_json(&row->amount);
    json_object_set_new(json, "file", name_json(row->file));
    json_object_set_new(json, "path", name_json(row->path));
    json_object_set_new(json, "line", json_integer(row->line));
    json_object_set_new(json, "col", json_integer(row->col));
    json_object_set_new(json, "function", name_json(row->function));
    json_object_set_new(json, "expression", name_json(row->expression));
    json_object_set_new(json, "verdict", name_json(row->verdict));
    json_object_set_new(json, "reason", name_json(row->reason));
    json_object_set_new(json, "advice", name_json(row->advice));
    json_object_set_new(json, "tried",
                        row->tried == TRY_NOT_ASKED
                            ? json_null()
                            : json_pack("{s:s, s:o}", "state", tried_name(row->tried), "text",
                                        name_json(row->tried_text)));
    json_object_set_new(json, "via", name_json(row->via));
    json_object_set_new(json, "site", name_json(row->finding ? row->finding->site : NULL));
    json_object_set_new(json, "stacks", json_integer((json_int_t)row->nstacks));
    return json;
}

static void print_json(const Top *top, const Profile *profile, const Join *joined) {
    json_t *rows = json_array();
    for (size_t i = 0; i < joined->nrows; i++)
        json_array_append_new(rows, row_json(&joined->rows[i]));
    json_t *all = json_pack("{s:s, s:s, s:I, s:o, s:o}", "profile", top->profile, "program",
                            profile->mappings[0].file, "period", (json_int_t)profile->period,
                            "total", amount_json(&joined->total), "sites", rows);
    write_json("-", all, JSON_INDENT(1));
    json_decref(all);
}

/* ---- text ------------------------------------------------------------------------------------ */

static double share(int64_t part, int64_t whole) {
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

/* "1,234,567": counts are exact, and have to be read. */
static char *grouped(int64_t number) {
    char digits[32], *out = allocate(48), *at = out;
    int n = snprintf(digits, sizeof digits, "%lld", (long long)number);
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
            *at++ = ',';
        *at++ = digits[i];
    }
    return out;
}

static char *size_text(int64_t bytes) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    size_t unit = 0;
    if (bytes < 10000)
        return format_text("%lld B", (long long)bytes);
    for (value /= 1024; value >= 1000 && unit < 3; unit++)
        value /= 1024;
    return format_text(value < 10    ? "%.2f %s"
                       : value < 100 ? "%.1f %s"
                                     : "%.0f %s",
                       value, units[unit]);
}

static size_t columns(void) {
    struct winsize window;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 &&
        window.ws_col >= LEAST_COLUMNS)
        return window.ws_col;
    return USUAL_COLUMNS;
}

/* In lines of at most `width`, the second and later ones behind `indent` blanks. */
static void print_wrapped(const char *text, size_t indent, size_t width) {
    size_t at = indent;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at > indent && at + 1 + word > width) {
            printf("\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            putchar(' ');
            at++;
        }
        printf("%.*s", (int)word, text);
        at += word;
        text += word;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_line(const char *label, const char *text, size_t width) {
    if (!text || !*text)
        return;
    size_t indent = *label ? BEFORE_TEXT + LABEL : BEFORE_TEXT;
    printf("%*s%s%-*s%s", BEFORE_TEXT, "", paint(stdout, PAINT_DIM), (int)indent - BEFORE_TEXT,
           label, paint(stdout, PAINT_NONE));
    print_wrapped(text, indent, width);
}

static void print_place(const Row *row) {
    const char *bold = paint(stdout, PAINT_BOLD), *none = paint(stdout, PAINT_NONE);
    if (*row->file && row->line > 0)
        printf("%s%s:%ld:%ld%s: %s", bold, row->file, row->line, row->col, none, row->expression);
    else if (*row->file)
        printf("%s%s%s: %s", bold, row->file, none, row->expression);
    else
        printf("%s%s%s", bold, row->expression, none);
    if (*row->function && *row->file)
        printf(" in %s", row->function);
    putchar('\n');
}

static void print_advice(const Row *row, size_t width) {
    char *said = row->tried == TRY_HELPS ? format_text("%s (tried: it moves then)", row->tried_text)
                 : row->tried == TRY_NOT_ASKED || !row->advice ? NULL
                 : row->tried == TRY_IN_VAIN
                     ? format_text("%s (tried: %s)", row->advice, row->tried_text)
                     : format_text("%s (not tried)", row->advice);
    print_line("change", said ? said : row->advice, width);
    free(said);
}

static void print_row(const Row *row, const Amount *total, Order order, size_t width) {
    char *allocated = size_text(row->amount.alloc_bytes),
         *in_use = size_text(row->amount.inuse_bytes);
    char *objects = grouped(row->amount.alloc_objects), *live = grouped(row->amount.inuse_objects);
    printf("%s%6.1f %%%s  ", paint(stdout, PAINT_YELLOW),
           share(amount_by(&row->amount, order), amount_by(total, order)),
           paint(stdout, PAINT_NONE));
    print_place(row);
    char *amounts =
        format_text("%s in %s allocations (%.1f %%); in use %s in %s", allocated, objects,
                    share(row->amount.alloc_objects, total->alloc_objects), in_use, live);
    print_line("", amounts, width);
    print_line("why", row->verdict, width);
    print_line("via", row->via, width);
    print_advice(row, width);
    free(amounts);
    free(allocated);
    free(in_use);
    free(objects);
    free(live);
}

static void print_total(const Profile *profile, const Amount *total, Order order) {
    char *allocated = size_text(total->alloc_bytes), *in_use = size_text(total->inuse_bytes);
    char *objects = grouped(total->alloc_objects), *live = grouped(total->inuse_objects);
    printf("%s: %s in %s allocations; in use at the end %s in %s", profile->mappings[0].file,
           allocated, objects, in_use, live);
    if (profile->period > 1) {
        char *period = size_text(profile->period);
        printf("; estimated from one sample for each %s", period);
        free(period);
    }
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (orders[i].order == order)
            printf("\nPercentages are %s.\n\n", orders[i].words);
    free(allocated);
    free(in_use);
    free(objects);
    free(live);
}

static void print_rest(const Join *joined, size_t shown, Order order) {
    Amount rest = {0};
    for (size_t i = shown; i < joined->nrows; i++)
        amount_add(&rest, &joined->rows[i].amount);
    printf("%6.1f %%  %zu more places (--number=0 shows all)\n",
           share(amount_by(&rest, order), amount_by(&joined->total, order)), joined->nrows - shown);
}

/* ---- by reason --------------------------------------------------------------------------------
 */

typedef struct Group {
    const char *reason; /* a code; NULL: none was given */
    Amount amount;
    size_t nrows;
} Group;

static int compare_groups(const void *a, const void *b, void *order) {
    int64_t one = amount_by(&((const Group *)a)->amount, *(Order *)order);
    int64_t two = amount_by(&((const Group *)b)->amount, *(Order *)order);
    return one > two ? -1 : one < two;
}

static Group *group_of(Group *groups, size_t *n, const char *reason) {
    for (size_t i = 0; i < *n; i++)
        if (strcmp(groups[i].reason ? groups[i].reason : "", reason ? reason : "") == 0)
            return &groups[i];
    groups[*n] = (Group){.reason = reason};
    return &groups[(*n)++];
}

static void print_reasons(const Join *joined, Order order) {
    Group *groups = allocate(joined->nrows * sizeof *groups);
    size_t n = 0;
    for (size_t i = 0; i < joined->nrows; i++) {
        Group *group = group_of(groups, &n, joined->rows[i].reason);
        amount_add(&group->amount, &joined->rows[i].amount);
        group->nrows++;
    }
    qsort_r(groups, n, sizeof *groups, compare_groups, &order);
    Table table = table_new("rrrl");
    Text text = {0};
    table_cell(&table, "share");
    table_cell(&table, "bytes");
    table_cell(&table, "places");
    table_cell(&table, "reason");
    for (size_t i = 0; i < n; i++) {
        char *bytes = size_text(groups[i].amount.alloc_bytes);
        table_cell(&table, "%.1f %%",
                   share(amount_by(&groups[i].amount, order), amount_by(&joined->total, order)));
        table_cell(&table, "%s", bytes);
        table_cell(&table, "%zu", groups[i].nrows);
        table_cell(&table, "%s", reason_words(groups[i].reason));
        free(bytes);
    }
    table_print(&table, TABLE_TEXT, &text);
    printf("\nBy reason:\n%s", text.bytes);
    text_free(&text);
    table_free(&table);
    free(groups);
}

/* Why advice was not tried, each reason once. */
static void print_untried(const Join *joined, size_t shown) {
    for (size_t i = 0; i < shown; i++) {
        const char *why =
            joined->rows[i].tried == TRY_IMPOSSIBLE ? joined->rows[i].tried_text : NULL;
        size_t n = 0, first = shown;
        for (size_t k = 0; why && k < shown; k++)
            if (joined->rows[k].tried == TRY_IMPOSSIBLE &&
                strcmp(joined->rows[k].tried_text, why) == 0) {
                first = first == shown ? k : first;
                n++;
            }
        if (why && first == i)
            printf("\n%zu not tried (%s:%ld%s): %s\n", n, joined->rows[i].file,
                   joined->rows[i].line, n > 1 ? ", ..." : "", why);
    }
}

static void print_text(const Top *top, const Profile *profile, const Join *joined) {
    size_t width = columns(), shown = rows_shown(top, joined);
    print_total(profile, &joined->total, top->order);
    for (size_t i = 0; i < shown; i++) {
        print_row(&joined->rows[i], &joined->total, top->order, width);
        if (i + 1 < joined->nrows)
            putchar('\n');
    }
    if (shown < joined->nrows)
        print_rest(joined, shown, top->order);
    print_reasons(joined, top->order);
    print_untried(joined, shown);
}

/* ---- the command ------------------------------------------------------------------------------
 */

static void warn_of_gaps(const Symbols *symbols, const Profile *profile, const Findings *findings,
                         const Join *joined) {
    /* A library of the program's own may have what the program itself lacks. */
    if (joined->nfound == 0 && !symbols_has_lines(symbols))
        trouble("%s has no debug information: compile it with -g", profile->mappings[0].file);
    if (symbols_missing(symbols))
        fprintf(stderr,
                "escapement: %s is not what it was when the profile was taken: its functions "
                "have no names\n",
                symbols_missing(symbols));
    if (findings->n && joined->nfound == 0)
        fputs("escapement: nothing of the report is in the profile: is it the report of this "
              "program?\n",
              stderr);
}

int top_main(int argc, char **argv) {
    Top top = {.nrows = USUAL_ROWS};
    Profile profile;
    Findings findings = {0};
    Join joined;
    parse_arguments(&top_argp, argc, argv, 0, &top);
    if (top.build)
        check_database(top.build);
    profile_read(&profile, top.profile);
    Symbols *symbols = symbols_open(&profile, &top.binaries);
    for (size_t i = 0; i < top.reports.n; i++)
        findings_read(&findings, top.reports.all[i]);
    if (top.reports.n && !findings.n)
        trouble("the report says nothing: %s", top.reports.all[0]);
    join(&joined, &profile, symbols, &findings);
    join_sort(&joined, top.order);
    warn_of_gaps(symbols, &profile, &findings, &joined);
    if (findings.n && !top.no_try)
        try_advice(&joined, rows_shown(&top, &joined), &findings, top.build);
    if (top.json)
        print_json(&top, &profile, &joined);
    else
        print_text(&top, &profile, &joined);
    join_free(&joined);
    symbols_close(symbols);
    findings_free(&findings);
    profile_free(&profile);
    free(top.reports.all);
    free(top.binaries.all);
    return EXIT_HELD;
}
