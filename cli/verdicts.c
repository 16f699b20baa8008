/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* verdicts.c - see verdicts.h.
 *
 * INVARIANT  A list is sorted, and (file, function, expression, ordinal) is there once.
 *
 * NOT HERE  The file of verdicts (baseline_file.c), how two lists differ (sitediff.c).
 */
#include "verdicts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[VERDICTS] = {"gone", "moved", "partly", "kept", "escaping"};

const char *verdict_name(VerdictKind kind) {
    return names[kind];
}

int verdict_order(const Verdict *a, const Verdict *b) {
    int order = strcmp(a->file, b->file);
    if (order == 0)
        order = strcmp(a->function, b->function);
    if (order == 0)
        order = strcmp(a->expression, b->expression);
    return order ? order : (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* "/a/b/../c/./d.h" is "/a/c/d.h", in place. */
static void tidy(char *path) {
    char *out = path;
    for (char *part = path, *end; *part; part = end) {
        end = part + 1 + strcspn(part + 1, "/");
        size_t length = (size_t)(end - part);
        if (length == 1 || (length == 2 && part[1] == '.'))
            continue;
        if (length == 3 && part[1] == '.' && part[2] == '.') {
            while (out > path && *--out != '/')
                ;
            continue;
        }
        memmove(out, part, length);
        out += length;
    }
    *out = '\0';
}

/* A report spells a file as the compiler was given it, seen from where that ran. */
static char *name_of_file(const Finding *f, const char *root) {
    if (*f->file != '/' && !f->directory)
        return copy_text(f->file);
    char *path = *f->file == '/' ? copy_text(f->file) : format_text("%s/%s", f->directory, f->file);
    tidy(path);
    size_t length = strlen(root);
    if (strncmp(path, root, length) == 0 && path[length] == '/')
        memmove(path, path + length + 1, strlen(path + length));
    return path;
}

/* ---- texts ----------------------------------------------------------------------------------- */

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

/* "... at t.c:12" is "... at t.c": a verdict does not change with a line. */
static void drop_lines(char *text) {
    char *at = strstr(text, " at ");
    char *colon = at ? strchr(at + 4, ':') : NULL;
    if (colon && colon[1 + strspn(colon + 1, "0123456789:")] == '\0')
        *colon = '\0';
}

/* A site's line in two: "moved to stack: malloc(8)", "malloc(8) escapes to heap: returned". */
static void split(const Finding *f, char **expression, char **text) {
    static const char *const marks[] = {" escapes to heap", " does not escape"};
    const char *colon = begins(f->text, "moved to stack") ? strstr(f->text, ": ") : NULL;
    if (colon) {
        *text = format_text("%.*s", (int)(colon - f->text), f->text);
        *expression = copy_text(colon + 2);
        return;
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *mark = strstr(f->text, marks[i]);
        if (!mark)
            continue;
        *expression = format_text("%.*s", (int)(mark - f->text), f->text);
        *text = copy_text(mark + 1);
        drop_lines(*text);
        return;
    }
    trouble("%s:%zu: no finding of this version's plugin: `%s' is no verdict", f->report, f->number,
            f->text);
}

static VerdictKind kind_of(const Finding *f) {
    if (strcmp(f->placement, "optimized-away") == 0)
        return VERDICT_GONE;
    if (f->moved)
        return VERDICT_MOVED;
    return strcmp(f->placement, "kept") == 0 ? VERDICT_KEPT : VERDICT_ESCAPES;
}

/* ---- copies ---------------------------------------------------------------------------------- */

static void add(VerdictList *list, Verdict verdict) {
    if (list->n == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 128;
        list->all = reallocate(list->all, list->capacity * sizeof *list->all);
    }
    list->all[list->n++] = verdict;
}

static void free_verdict(Verdict *v) {
    free(v->file);
    free(v->function);
    free(v->expression);
    free(v->text);
}

/* Copies of one call are neighbours. Where two functions of one place are told (a macro that
 * defines both), each has its own. */
static int by_place(const void *x, const void *y) {
    const Verdict *a = x, *b = y;
    int order = verdict_order(a, b);
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    return order ? order : (a->col > b->col) - (a->col < b->col);
}

static int by_badness(const void *x, const void *y) {
    const Verdict *a = x, *b = y;
    int order = by_place(a, b);
    if (order == 0)
        order = (a->kind < b->kind) - (a->kind > b->kind); /* the worst first */
    return order ? order : strcmp(a->text, b->text);
}

/* The n copies of one call, the worst first, in the place of the first. */
static void join(Verdict *copies, size_t n) {
    Verdict *worst = &copies[0];
    const Verdict *best = &copies[n - 1];
    while (best > copies && best->kind == VERDICT_GONE)
        best--; /* what the compiler removed says nothing while another copy is there */
    if (worst->kind > VERDICT_PARTLY && best->kind == VERDICT_MOVED) {
        char *text = format_text("moved to stack in some places; %s", worst->text);
        free(worst->text);
        worst->text = text;
        worst->kind = VERDICT_PARTLY;
    }
    for (size_t i = 1; i < n; i++)
        free_verdict(&copies[i]);
}

static bool is_same_call(const Verdict *a, const Verdict *b) {
    return by_place(a, b) == 0;
}

static bool is_same_but_place(const Verdict *a, const Verdict *b) {
    return strcmp(a->file, b->file) == 0 && strcmp(a->function, b->function) == 0 &&
           strcmp(a->expression, b->expression) == 0;
}

static void join_copies(VerdictList *list) {
    size_t kept = 0;
    if (list->n == 0)
        return;
    qsort(list->all, list->n, sizeof *list->all, by_badness);
    for (size_t first = 0, end; first < list->n; first = end) {
        for (end = first + 1; end < list->n && is_same_call(&list->all[first], &list->all[end]);)
            end++;
        join(&list->all[first], end - first);
        list->all[kept] = list->all[first];
        bool again = kept > 0 && is_same_but_place(&list->all[kept - 1], &list->all[kept]);
        list->all[kept].ordinal = again ? list->all[kept - 1].ordinal + 1 : 1;
        list->count[list->all[kept++].kind]++;
    }
    list->n = kept;
}

VerdictList verdicts_of(const Findings *findings, const char *root) {
    VerdictList list = {0};
    for (size_t i = 0; i < findings->n; i++) {
        const Finding *f = &findings->all[i];
        if (!f->site)
            continue;
        Verdict verdict = {.file = name_of_file(f, root),
                           .function = copy_text(f->within),
                           .kind = kind_of(f),
                           .line = f->line,
                           .col = f->col,
                           .finding = f};
        split(f, &verdict.expression, &verdict.text);
        add(&list, verdict);
    }
    join_copies(&list);
    return list;
}

void verdicts_free(VerdictList *list) {
    for (size_t i = 0; i < list->n; i++)
        free_verdict(&list->all[i]);
    free(list->all);
    *list = (VerdictList){0};
}
