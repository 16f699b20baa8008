/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sitediff.c - see sitediff.h. */
#include "sitediff.h"

#include "json.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[SITE_CHANGES] = {
    [SITE_WORSE] = "worse",   [SITE_NEW_BAD] = "new, on the heap",      [SITE_OTHER] = "other",
    [SITE_BETTER] = "better", [SITE_NEW_GOOD] = "new, not on the heap", [SITE_REMOVED] = "removed",
};

const char *site_change_name(SiteChangeKind kind) {
    return names[kind];
}

static bool is_good(const Verdict *v) {
    return v->kind <= VERDICT_MOVED;
}

static SiteChangeKind kind_of(const Verdict *before, const Verdict *after) {
    if (!after)
        return SITE_REMOVED;
    if (!before)
        return is_good(after) ? SITE_NEW_GOOD : SITE_NEW_BAD;
    if (is_good(before) && is_good(after))
        return SITE_OTHER;
    return after->kind > before->kind   ? SITE_WORSE
           : after->kind < before->kind ? SITE_BETTER
                                        : SITE_OTHER;
}

static int by_kind(const void *x, const void *y) {
    const SiteChange *a = x, *b = y;
    if (a->kind != b->kind)
        return a->kind > b->kind ? 1 : -1;
    return verdict_order(a->after ? a->after : a->before, b->after ? b->after : b->before);
}

SiteDiff sites_compare(const VerdictList *before, const VerdictList *after) {
    SiteDiff diff = {.all = allocate((before->n + after->n + 1) * sizeof *diff.all)};
    for (size_t i = 0, j = 0; i < before->n || j < after->n;) {
        const Verdict *a = i < before->n ? &before->all[i] : NULL;
        const Verdict *b = j < after->n ? &after->all[j] : NULL;
        int order = !a ? 1 : !b ? -1 : verdict_order(a, b);
        a = order <= 0 ? a : NULL;
        b = order >= 0 ? b : NULL;
        i += a != NULL;
        j += b != NULL;
        if (a && b && strcmp(a->text, b->text) == 0)
            continue;
        SiteChange change = {kind_of(a, b), a, b};
        diff.count[change.kind]++;
        diff.all[diff.n++] = change;
    }
    if (diff.n > 0)
        qsort(diff.all, diff.n, sizeof *diff.all, by_kind);
    return diff;
}

void sitediff_free(SiteDiff *diff) {
    free(diff->all);
    *diff = (SiteDiff){0};
}

size_t newly_on_heap(const SiteDiff *diff) {
    return diff->count[SITE_WORSE] + diff->count[SITE_NEW_BAD];
}

/* ---- printing -------------------------------------------------------------------------------- */

static void print_place(const Verdict *v, Text *out) {
    text_print(out, "%s", v->file);
    if (v->line)
        text_print(out, ":%ld:%ld", v->line, v->col);
}

static void print_flow(const SiteChange *change, const char *indent, Text *out) {
    const json_t *flow =
        change->after && change->after->finding ? change->after->finding->flow : NULL;
    size_t i;
    json_t *step;
    if (change->kind != SITE_WORSE && change->kind != SITE_NEW_BAD)
        return;
    /* The first line is the verdict's head, which stands there already. */
    json_array_foreach(flow, i, step) if (i > 0) text_print(
        out, "%s%s%s\n", indent, strncmp(json_string_value(step), "from", 4) == 0 ? "  " : "",
        json_string_value(step));
}

static const char *colour_of(SiteChangeKind kind) {
    return kind == SITE_WORSE || kind == SITE_NEW_BAD     ? "\033[31m"
           : kind == SITE_BETTER || kind == SITE_NEW_GOOD ? "\033[32m"
                                                          : "";
}

static void print_change(const SiteChange *change, bool colour, Text *out) {
    const Verdict *v = change->after ? change->after : change->before;
    const char *paint = colour ? colour_of(change->kind) : "";
    print_place(v, out);
    text_print(out, ": %s in %s: %s%s%s\n", v->expression, v->function, paint, names[change->kind],
               *paint ? "\033[0m" : "");
    if (change->before)
        text_print(out, "    was: %s\n", change->before->text);
    if (change->after)
        text_print(out, "    now: %s\n", change->after->text);
    print_flow(change, "      ", out);
}

void sitediff_print(const SiteDiff *diff, bool colour, Text *out) {
    for (size_t i = 0; i < diff->n; i++)
        print_change(&diff->all[i], colour, out);
}

/* Source in a table or a heading of Markdown: as code, whatever is in it. */
static void print_code(const char *text, Text *out) {
    const char *fence = strchr(text, '`') ? "``" : "`";
    text_print(out, "%s%s%s%s%s", fence, fence[1] ? " " : "", text, fence[1] ? " " : "", fence);
}

static void print_item(const SiteChange *change, Text *out) {
    const Verdict *v = change->after ? change->after : change->before;
    bool flows = (change->kind == SITE_WORSE || change->kind == SITE_NEW_BAD) && v->finding &&
                 v->finding->flow;
    text_print(out, "- ");
    print_code(v->expression, out);
    text_print(out, " in ");
    print_code(v->function, out);
    text_print(out, ", ");
    print_place(v, out);
    text_print(out, ": ");
    if (change->before && change->after)
        text_print(out, "was *%s*, is ", change->before->text);
    text_print(out, "*%s*\n", v->text);
    if (!flows)
        return;
    text_print(out, "  <details><summary>why</summary>\n\n  ```\n");
    print_flow(change, "  ", out);
    text_print(out, "  ```\n  </details>\n");
}

void sitediff_print_markdown(const SiteDiff *diff, size_t most, Text *out) {
    size_t printed = 0;
    for (size_t i = 0; i < diff->n; i++) {
        SiteChangeKind kind = diff->all[i].kind;
        if (i == 0 || kind != diff->all[i - 1].kind) {
            text_print(out, "\n**%s: %zu**\n\n", names[kind], diff->count[kind]);
            printed = 0;
        }
        if (++printed <= most)
            print_item(&diff->all[i], out);
        else if (printed == most + 1)
            text_print(out, "- and %zu more\n", diff->count[kind] - most);
    }
}

/* A baseline may hold any bytes; JSON may not. */
json_t *sitediff_json(const SiteDiff *diff) {
    json_t *all = json_array();
    for (size_t i = 0; i < diff->n; i++) {
        const SiteChange *c = &diff->all[i];
        const Verdict *v = c->after ? c->after : c->before;
        json_t *entry =
            json_pack("{s:s, s:o, s:o, s:o, s:i, s:o, s:o}", "change", names[c->kind], "file",
                      name_json(v->file), "function", name_json(v->function), "expression",
                      name_json(v->expression), "ordinal", (int)v->ordinal, "before",
                      name_json(c->before ? c->before->text : NULL), "after",
                      name_json(c->after ? c->after->text : NULL));
        if (v->line)
            json_object_update_new(
                entry, json_pack("{s:i, s:i}", "line", (int)v->line, "col", (int)v->col));
        if (c->after && v->finding && v->finding->flow)
            json_object_set(entry, "flow", (json_t *)v->finding->flow);
        json_array_append_new(all, entry);
    }
    return all;
}
