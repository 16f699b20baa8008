/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* pagedata.c - see pagedata.h. An entry is a place with what is said of it and what it allocated.
 *
 * With a profile the entries are the rows of the join, and then the findings that no row speaks of;
 * without one the findings. What several copies of an inlined call say alike is one entry.
 *
 * INVARIANT  The amounts of all entries add up to the profile's.
 */
#include "pagedata.h"

#include "advice.h"
#include "command.h"
#include "flow.h"
#include "json.h"
#include "sitemap.h"

#include <stdlib.h>
#include <string.h>

typedef struct Page {
    const PageInput *input;
    Sitemap *map;
    json_t *entries;
    json_t *known; /* of a finding: place and text -> index of its entry, or -1: a row has it */
} Page;

static void set(json_t *object, const char *name, json_t *value) {
    if (!value || json_object_set_new(object, name, value) != 0)
        trouble("out of memory");
}

static void set_text(json_t *object, const char *name, const char *text) {
    if (text && *text)
        set(object, name, text_json(text, strlen(text)));
}

/* ---- entries ----------------------------------------------------------------------------------
 */

/* The index of a file that a finding names; `path`: where it is, NULL: not known. */
static size_t source_of(const Page *page, const char *file, const Finding *finding,
                        const char *path) {
    SourceHint hint = {path, finding ? finding->directory : NULL, finding ? finding->report : NULL};
    return sources_add(page->input->sources, file, &hint);
}

/* [holder, source, text, how, file, line, col]; file -1: nowhere. */
static json_t *step_json(const Page *page, const FlowStep *step, const Finding *finding) {
    json_int_t file = -1;
    if (*step->file) {
        file = (json_int_t)source_of(page, step->file, finding, NULL);
        sources_want(page->input->sources, (size_t)file, step->line);
    }
    json_t *all = json_pack("[I, I, I]", file, (json_int_t)step->line, (json_int_t)step->col);
    const char *texts[] = {step->how, step->text, step->source, step->holder};
    for (size_t i = 0; all && i < sizeof texts / sizeof *texts; i++)
        json_array_insert_new(all, 0, text_json(texts[i], strlen(texts[i])));
    return all;
}

static json_t *flow_json(const Page *page, const Finding *finding) {
    Flow flow = flow_of(finding->flow);
    json_t *steps = json_array();
    for (size_t i = 0; i < flow.n; i++)
        json_array_append_new(steps, step_json(page, &flow.steps[i], finding));
    flow_free(&flow);
    return steps;
}

static const char *category_of(const Finding *f) {
    const char *reason = f->reason ? f->reason : f->site ? reason_in(f->text) : NULL;
    const char *category = reason_category(reason);
    if (f->moved || (f->placement && strcmp(f->placement, "optimized-away") == 0))
        return "moved";
    return category ? category : "none";
}

static json_t *new_entry(const Page *page, size_t file, long line, long col) {
    sources_want(page->input->sources, file, line);
    return json_pack("{s:I, s:I, s:I}", "file", (json_int_t)file, "line", (json_int_t)line, "col",
                     (json_int_t)col);
}

static void add_finding_to(const Page *page, json_t *entry, const Finding *f) {
    set_text(entry, "kind", f->kind);
    set_text(entry, "site", f->site);
    set_text(entry, "placement", f->placement);
    if (f->size >= 0)
        set(entry, "size", json_integer(f->size));
    if (f->flow)
        set(entry, "flow", flow_json(page, f));
}

/* Where a finding belongs: where it stands, or where the wrapper is called that it stands in. */
typedef struct Spot {
    size_t file; /* in Sources */
    long line, col;
    char *expression, *via; /* as those of a Row */
} Spot;

static Spot spot_of(const Page *page, const Finding *f) {
    Spot spot = {.line = f->line, .col = f->col};
    const json_t *chain = json_object_get(f->json, "chain");
    const char *wrapper, *call, *outer = NULL;
    char *way = f->site ? expression_of(f) : copy_text(""), *at = copy_text(f->file);
    for (size_t depth = 0; f->site && depth < json_array_size(chain); depth++) {
        char *file, *longer;
        wrapper = sitemap_wrapper(page->map, f, depth);
        call = json_string_value(json_array_get(chain, depth));
        if (!wrapper || !call || !split_place(call, &file, &spot.line, &spot.col))
            break;
        longer = format_text("%s -> %s", wrapper, way);
        free(way);
        free(at);
        way = longer;
        at = file;
        outer = wrapper;
    }
    spot.file = source_of(page, at, f, NULL);
    free(at);
    spot.expression = outer ? format_text("%s(...)", outer) : copy_text(way);
    spot.via = outer ? way : copy_text("");
    if (!outer)
        free(way);
    return spot;
}

static void free_spot(Spot *spot) {
    free(spot->expression);
    free(spot->via);
}

static char *key_of(const Finding *f, const Spot *spot) {
    return format_text("%zu\n%ld\n%ld\n%s", spot->file, spot->line, spot->col, f->text);
}

static void know(Page *page, const Finding *f, const Spot *spot, json_int_t index) {
    char *key = key_of(f, spot);
    json_object_set_new_nocheck(page->known, key, json_integer(index));
    free(key);
}

static void add_row(Page *page, const Row *row) {
    const char *name = *row->file ? row->file : "(no source)";
    json_t *entry =
        new_entry(page, source_of(page, name, row->finding, row->path), row->line, row->col);
    const char *category = reason_category(row->reason);
    if (row->finding) {
        Spot spot = spot_of(page, row->finding);
        add_finding_to(page, entry, row->finding);
        know(page, row->finding, &spot, -1);
        free_spot(&spot);
    }
    set_text(entry, "kind", "site");
    set_text(entry, "function", row->function);
    set_text(entry, "expression", row->expression);
    set_text(entry, "verdict", row->verdict);
    set_text(entry, "reason", row->reason);
    set_text(entry, "category", category ? category : "none");
    set_text(entry, "advice", row->advice);
    set_text(entry, "via", row->via);
    set(entry, "amount",
        json_pack("[I, I, I, I]", (json_int_t)row->amount.alloc_bytes,
                  (json_int_t)row->amount.alloc_objects, (json_int_t)row->amount.inuse_bytes,
                  (json_int_t)row->amount.inuse_objects));
    json_array_append_new(page->entries, entry);
}

static void add_new(Page *page, const Finding *f, const Spot *spot) {
    json_t *entry = new_entry(page, spot->file, spot->line, spot->col);
    const char *reason = f->reason ? f->reason : f->site ? reason_in(f->text) : NULL;
    char *verdict = f->site ? verdict_of(f) : copy_text(f->text);
    char *advice = reason && !f->moved ? advice_for(reason, f->text) : NULL;
    add_finding_to(page, entry, f);
    set_text(entry, "function", f->function);
    set_text(entry, "expression", spot->expression);
    set_text(entry, "via", spot->via);
    set_text(entry, "verdict", verdict);
    set_text(entry, "reason", f->moved ? NULL : reason);
    set_text(entry, "category", category_of(f));
    set_text(entry, "advice", advice);
    know(page, f, spot, (json_int_t)json_array_size(page->entries));
    json_array_append_new(page->entries, entry);
    free(verdict);
    free(advice);
}

static void add_finding(Page *page, const Finding *f) {
    Spot spot = spot_of(page, f);
    char *key = key_of(f, &spot);
    json_t *known = json_object_get(page->known, key);
    if (!known) {
        add_new(page, f, &spot);
    } else if (json_integer_value(known) >= 0) {
        json_t *entry = json_array_get(page->entries, (size_t)json_integer_value(known));
        json_int_t copies = json_integer_value(json_object_get(entry, "copies"));
        set(entry, "copies", json_integer(copies ? copies + 1 : 2));
    }
    free_spot(&spot);
    free(key);
}

/* ---- the rest ---------------------------------------------------------------------------------
 */

static json_t *profile_json(const PageInput *input) {
    const Amount *total = &input->joined->total;
    json_t *json =
        json_pack("{s:I, s:[I, I, I, I]}", "period", (json_int_t)input->profile->period, "total",
                  (json_int_t)total->alloc_bytes, (json_int_t)total->alloc_objects,
                  (json_int_t)total->inuse_bytes, (json_int_t)total->inuse_objects);
    set_text(json, "program", input->profile->mappings[0].file);
    return json;
}

/* Of the codes that are used: what they mean. */
static json_t *reasons_json(const json_t *entries) {
    json_t *reasons = json_object(), *entry;
    size_t i;
    json_array_foreach(entries, i, entry) {
        const char *reason = json_string_value(json_object_get(entry, "reason"));
        if (reason && !json_object_get(reasons, reason))
            set_text(reasons, reason, reason_words(reason));
    }
    return reasons;
}

json_t *page_data(const PageInput *input) {
    Page page = {.input = input,
                 .map = sitemap_new(input->findings),
                 .entries = json_array(),
                 .known = json_object()};
    for (size_t i = 0; input->joined && i < input->joined->nrows; i++)
        sources_learn(input->sources, input->joined->rows[i].file, input->joined->rows[i].path);
    for (size_t i = 0; input->joined && i < input->joined->nrows; i++)
        add_row(&page, &input->joined->rows[i]);
    for (size_t i = 0; i < input->findings->n; i++)
        add_finding(&page, &input->findings->all[i]);
    json_t *data = json_object();
    set_text(data, "title", input->title);
    set_text(data, "made_by", "escapement " ESCAPEMENT_VERSION);
    set(data, "reasons", reasons_json(page.entries));
    set(data, "entries", page.entries);
    set(data, "files", sources_json(input->sources));
    if (input->joined)
        set(data, "profile", profile_json(input));
    if (input->before)
        set(data, "before", json_incref(input->before));
    if (input->after)
        set(data, "after", json_incref(input->after));
    if (input->changes)
        set(data, "changes", json_incref(input->changes));
    json_decref(page.known);
    sitemap_free(page.map);
    return data;
}
