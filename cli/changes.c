/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* changes.c - see changes.h.
 *
 * One change at a time first, the cheapest first. If none is enough, the cheapest that brings the
 * finding forward (another reason stands in the way afterwards) is kept, and the search goes on
 * from there, up to four deep.
 */
#include "changes.h"

#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CANDIDATES = 48, MAX_ANALYSES = 150 };

/* ---- analysing --------------------------------------------------------------------------------
 */

EscModule *analyse_changed(const ModelText *model, const EscChange *changes, size_t nchanges) {
    EscError error = {0};
    EscModule *m = esc_module_new(&model->config);
    if (!m)
        trouble("out of memory");
    if (*model->models && !esc_models_read(m, model->models, strlen(model->models), &error))
        trouble("a models file is broken: line %u: %s", error.line, error.message);
    if (!esc_module_read(m, model->text, model->length, &error))
        trouble("the model is broken: line %u: %s", error.line, error.message);
    for (size_t i = 0; i < nchanges; i++)
        esc_assume(m, &changes[i]);
    esc_analyze(m);
    return m;
}

/* What stands of a finding: 0 it is good news. */
typedef struct Standing {
    const Subject *subject;
    uint32_t found, bad;
    uint64_t hash; /* of the bad lines: another one is another obstacle */
} Standing;

static void look_at(void *context, const EscFinding *f) {
    Standing *s = context;
    uint32_t item = f->kind == ESC_FIND_SITE ? f->site : f->item;
    if (f->kind != s->subject->kind || item != s->subject->item ||
        (f->kind != ESC_FIND_SITE && f->func != s->subject->func))
        return;
    s->found++;
    if (f->good)
        return;
    s->bad++;
    for (const char *c = f->text; *c; c++)
        s->hash = (s->hash ^ (unsigned char)*c) * 0x100000001b3u;
    for (const char *c = f->flow; *c; c++)
        s->hash = (s->hash ^ (unsigned char)*c) * 0x100000001b3u;
}

static Standing standing_of(EscModule *m, const Subject *subject) {
    Standing s = {.subject = subject, .hash = 0xcbf29ce484222325u};
    esc_findings(m, 2, look_at, &s);
    return s;
}

/* A local variable whose address stays has no finding at all. */
static bool is_good(const Standing *s) {
    return s->bad == 0 && (s->found > 0 || s->subject->kind == ESC_FIND_LOCAL);
}

bool is_bad(EscModule *m, const Subject *subject) {
    Standing s = standing_of(m, subject);
    return !is_good(&s);
}

/* ---- searching --------------------------------------------------------------------------------
 */

typedef struct Candidates {
    EscChange all[MAX_CANDIDATES];
    size_t n;
} Candidates;

static void add_candidate(void *context, const EscChange *change) {
    Candidates *c = context;
    for (size_t i = 0; i < c->n; i++)
        if (c->all[i].kind == change->kind && c->all[i].func == change->func &&
            c->all[i].item == change->item && c->all[i].arg == change->arg &&
            c->all[i].bytes == change->bytes)
            return;
    if (c->n < MAX_CANDIDATES)
        c->all[c->n++] = *change;
}

static int by_cost(const void *a, const void *b) {
    const EscChange *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static void add_remedy(Remedies *r, const EscChange *parts, size_t nparts) {
    if (r->n == r->capacity) {
        r->capacity = r->capacity ? r->capacity * 2 : 8;
        r->all = reallocate(r->all, r->capacity * sizeof *r->all);
    }
    Remedy *new = &r->all[r->n++];
    memcpy(new->parts, parts, nparts * sizeof *parts);
    new->nparts = nparts;
}

/* Of two numbers for the same budget the smaller is enough. */
static bool is_larger_budget(const Remedies *r, size_t first, const EscChange *change) {
    for (size_t i = first; i < r->n; i++) {
        const EscChange *last = &r->all[i].parts[r->all[i].nparts - 1];
        if (change->kind == ESC_CHANGE_BUDGET && last->kind == ESC_CHANGE_BUDGET &&
            last->reason == change->reason)
            return true;
    }
    return false;
}

void find_remedies(const ModelText *model, const Subject *subject, Remedies *r) {
    EscChange made[MAX_TOGETHER];
    size_t most = r->most ? r->most : MAX_ANALYSES;
    for (size_t depth = 0; depth < MAX_TOGETHER && r->n == 0; depth++) {
        EscModule *m = analyse_changed(model, made, depth);
        Standing before = standing_of(m, subject);
        Candidates *c = allocate(sizeof *c);
        esc_obstacles(m, subject->kind, subject->func, subject->item, add_candidate, c);
        esc_module_free(m);
        qsort(c->all, c->n, sizeof *c->all, by_cost);
        bool forward = false;
        EscChange best = {0};
        for (size_t i = 0; i < c->n && r->tried < most; i++) {
            if (is_larger_budget(r, 0, &c->all[i]))
                continue;
            made[depth] = c->all[i];
            m = analyse_changed(model, made, depth + 1);
            Standing after = standing_of(m, subject);
            esc_module_free(m);
            r->tried++;
            if (is_good(&after)) {
                add_remedy(r, made, depth + 1);
            } else if (!forward && after.found > 0 && after.hash != before.hash) {
                forward = true;
                best = c->all[i];
            }
        }
        free(c);
        if (!forward)
            break;
        made[depth] = best;
    }
}

void remedies_free(Remedies *r) {
    free(r->all);
    *r = (Remedies){0};
}

/* ---- words ------------------------------------------------------------------------------------
 */

const char *change_name(EscChangeKind kind) {
    static const char *const names[ESC_CHANGE_KINDS] = {
        [ESC_CHANGE_BUDGET] = "budget",       [ESC_CHANGE_CLOSED] = "whole-program",
        [ESC_CHANGE_NOESCAPE] = "noescape",   [ESC_CHANGE_ALLOCATOR] = "allocator",
        [ESC_CHANGE_BODY] = "body",           [ESC_CHANGE_BOUND] = "bound",
        [ESC_CHANGE_ROUND] = "free-in-loop",  [ESC_CHANGE_APART] = "free-apart",
        [ESC_CHANGE_NOT_GIVEN] = "not-given", [ESC_CHANGE_NOT_RETURNED] = "not-returned",
        [ESC_CHANGE_FLAGS] = "own-function",
    };
    return names[kind];
}

static const char *budget_name(EscReason reason) {
    return reason == ESC_REASON_OBJECT_BUDGET  ? "max-object"
           : reason == ESC_REASON_FRAME_BUDGET ? "max-frame"
                                               : "max-recursive";
}

static char *noescape_text(const EscModule *m, const EscChange *c, const char *where) {
    const char *name = esc_param_name(m, c->func, c->item);
    const char *function = esc_function_source_name(m, c->func);
    char *called = name ? format_text(" (`%s')", name) : copy_text("");
    char *text =
        format_text("add __attribute__((noescape)) to parameter %u%s of `%s' where it is declared, "
                    "if it keeps nothing of it (or say so in a models file); the call is at %s",
                    c->item + 1, called, function, where);
    free(called);
    return text;
}

static char *not_given_text(const EscSourceInfo *s, const char *where) {
    char folded[256];
    esc_fold_text(s->text ? s->text : "it", folded, sizeof folded);
    if (s->lvalue)
        return format_text("do not store it in `%s' (%s): store a copy, or free it before and "
                           "store nothing",
                           s->lvalue, where);
    return format_text("do not hand it over at %s (`%s'): hand over a copy", where, folded);
}

char *change_text(const EscModule *m, const EscChange *c) {
    EscSourceInfo s = esc_source_info(m, c->source);
    const char *function = esc_function_source_name(m, c->func);
    char *where = s.file ? format_text("%s:%u:%u", s.file, s.line, s.col) : copy_text("?");
    char *text = NULL;
    switch (c->kind) {
    case ESC_CHANGE_BUDGET:
        text = format_text("raise the budget: -fplugin-arg-escapement-%s=%" PRIu64,
                           budget_name(c->reason), c->bytes);
        break;
    case ESC_CHANGE_CLOSED:
        text = format_text("promise that no function pointer comes from outside this file: "
                           "-fplugin-arg-escapement-whole-program; the call through a pointer is "
                           "at %s",
                           where);
        break;
    case ESC_CHANGE_NOESCAPE:
        text = noescape_text(m, c, where);
        break;
    case ESC_CHANGE_ALLOCATOR:
        text = format_text("declare `%s' in a models file, if it is an allocator like malloc: "
                           "allocator %s(size) free free",
                           function, function);
        break;
    case ESC_CHANGE_BODY:
        text = format_text("make the body of `%s' visible here (in a header, or as one program), "
                           "if it keeps and frees nothing it is given",
                           function);
        break;
    case ESC_CHANGE_BOUND:
        text = format_text("bound its size: at most %" PRIu64 " bytes, by a check before %s",
                           c->bytes, where);
        break;
    case ESC_CHANGE_ROUND:
        text = format_text("free it before the loop allocates the next one at %s", where);
        break;
    case ESC_CHANGE_APART:
        text = format_text("free it by a call of its own: the one at %s may get other memory too",
                           where);
        break;
    case ESC_CHANGE_NOT_GIVEN:
        text = not_given_text(&s, where);
        break;
    case ESC_CHANGE_NOT_RETURNED:
        text =
            format_text("do not return it at %s: let the caller say where it is to be put", where);
        break;
    case ESC_CHANGE_FLAGS:
        text = format_text("use it in a function of its own, without setjmp and the like");
        break;
    case ESC_CHANGE_KINDS:
        break;
    }
    free(where);
    return text ? text : copy_text("");
}
