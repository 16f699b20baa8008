/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * findings.c - the lines FILE:LINE:COL: TEXT that a compiler printed, against those promised.
 *
 * INVARIANT  One promise answers for one finding and one finding for one promise: two equal lines
 * would need two equal promises (and the order check refuses them).
 */
#include "findings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads ":N" and steps behind it; 0 when there is none. */
static unsigned number_after_colon(const char **s) {
    const char *p = *s;
    unsigned long n = 0;
    if (*p++ != ':' || !isdigit((unsigned char)*p))
        return 0;
    for (; isdigit((unsigned char)*p) && n < 100000000; p++)
        n = n * 10 + (unsigned long)(*p - '0');
    *s = p;
    return (unsigned)n;
}

static bool read_line(const char *line, size_t n, Finding *f) {
    static const char *const foreign[] = {
        "error:", "warning:", "note:", "remark:", "fatal error:", "cc1: "};
    char *text = text_format("%.*s", (int)n, line);
    if (text[0] == ' ')
        goto no; /* the flow in an error about a broken promise */
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (text_starts(text, foreign[i]))
            goto no; /* "error: FILE:LINE:COL: ..." about a file that is not compiled */
    for (const char *p = strchr(text, ':'); p; p = strchr(p + 1, ':')) {
        const char *rest = p;
        unsigned at = number_after_colon(&rest), column = at ? number_after_colon(&rest) : 0;
        if (!column || !text_starts(rest, ": "))
            continue;
        for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
            if (text_starts(rest + 2, foreign[i]))
                goto no;
        const char *slash = p;
        while (slash > text && slash[-1] != '/')
            slash--;
        *f = (Finding){.file = text_format("%.*s", (int)(p - slash), slash),
                       .line = at,
                       .column = column,
                       .text = text_format("%s", rest + 2),
                       .whole = text};
        return true;
    }
no:
    free(text);
    return false;
}

Findings findings_read(const char *err) {
    Findings all = {NULL, 0};
    while (*err) {
        size_t n = strcspn(err, "\n");
        Finding f;
        if (read_line(err, n, &f)) {
            all.at = memory_resize(all.at, (all.n + 1) * sizeof f);
            all.at[all.n++] = f;
        }
        err += n + (err[n] == '\n');
    }
    return all;
}

void findings_free(Findings *f) {
    for (size_t i = 0; i < f->n; i++) {
        free(f->at[i].file);
        free(f->at[i].text);
        free(f->at[i].whole);
    }
    free(f->at);
    *f = (Findings){NULL, 0};
}

char *findings_text(const Findings *f) {
    char *all = text_format("%s", "");
    for (size_t i = 0; i < f->n; i++) {
        char *longer = text_format("%s%s\n", all, f->at[i].whole);
        free(all);
        all = longer;
    }
    return all;
}

bool finding_moved(const Finding *f) {
    return text_starts(f->text, "moved to stack");
}

size_t findings_moved(const Findings *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        n += finding_moved(&f->at[i]);
    return n;
}

bool findings_rewrote(const Findings *f) {
    for (size_t i = 0; i < f->n; i++)
        if (text_starts(f->at[i].text, "moved to "))
            return true;
    return false;
}

static bool answers(const Promise *p, const char *text, const Finding *f) {
    return text && p->line == f->line && (!p->column || p->column == f->column) &&
           strcmp(p->file, f->file) == 0 && strcmp(text, f->text) == 0;
}

static bool promised(const Finding *f, Case *c) {
    for (size_t i = 0; i < c->npromises; i++) {
        Promise *p = &c->promises[i];
        if (!p->kept && answers(p, p->text, f))
            return p->kept = true;
    }
    return false;
}

static unsigned check_outdated(const Finding *f, const Case *c) {
    for (size_t i = 0; i < c->npromises; i++) {
        const Promise *p = &c->promises[i];
        if (p->better && answers(p, p->better, f)) {
            printf("%s:%u: imprecise no more, promise it with expect: %s\n", c->path,
                   p->source_line, p->better);
            return 1;
        }
    }
    return 0;
}

/* In a program that runs, marks speak of their own lines only. */
static bool asked_about(const Finding *f, const Case *c) {
    for (size_t i = 0; i < c->npromises; i++)
        if (c->promises[i].line == f->line && strcmp(c->promises[i].file, f->file) == 0)
            return true;
    return !c->runs;
}

unsigned findings_check(const Findings *f, Case *c) {
    unsigned bad = 0;
    for (size_t i = 0; i < c->npromises; i++)
        c->promises[i].kept = false;
    for (size_t i = 0; i < f->n; i++) {
        if (promised(&f->at[i], c) || !asked_about(&f->at[i], c))
            continue;
        unsigned outdated = check_outdated(&f->at[i], c);
        bad += outdated;
        if (!outdated) {
            printf("%s: not promised: %s\n", c->path, f->at[i].whole);
            bad++;
        }
    }
    for (size_t i = 0; i < c->npromises; i++) {
        const Promise *p = &c->promises[i];
        if (p->kept || !p->text)
            continue;
        printf("%s:%u: not found: %s:%u: %s\n", c->path, p->source_line, p->file, p->line, p->text);
        bad++;
    }
    return bad;
}

static int compare(const Finding *a, const Finding *b) {
    int by_file = strcmp(a->file, b->file);
    if (by_file)
        return by_file;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return strcmp(a->text, b->text);
}

unsigned findings_check_order(const Findings *f, const Case *c) {
    unsigned bad = 0;
    for (size_t i = 1; i < f->n; i++) {
        int order = compare(&f->at[i - 1], &f->at[i]);
        /* Files are sorted by the name as printed, of which only the base name is kept here. */
        if (order < 0 || (order > 0 && strcmp(f->at[i - 1].file, f->at[i].file) != 0))
            continue;
        printf("%s: %s: %s\n", c->path, order ? "not in order" : "printed twice", f->at[i].whole);
        bad++;
    }
    return bad;
}
