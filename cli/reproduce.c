/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* reproduce.c - see reproduce.h.
 *
 * A model is taken apart into its top-level lines and functions. First every body goes that the
 * site's function cannot reach, then groups of bodies, ever smaller ones, as long as the verdict
 * stays. A function without a body is an unknown one, which keeps all it is given: so what stays is
 * what the verdict rests on. No operation is taken out of a body: without a flow anything can be
 * moved.
 *
 * INVARIANT  What is printed was read and analysed here, and gave the verdict.
 */
#include "reproduce.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of CPU time. The reproducer of a large program may stay larger than it had to. */
enum { PATIENCE_SECONDS = 20 };

typedef struct Part {
    const char *text;      /* in the model */
    size_t length, header; /* of a function with a body: up to its " {"; else `length` */
    const char *name;      /* "@f" or "&3", in the text; NULL: neither */
    size_t name_length;
    bool body, gone, reached;
} Part;

typedef struct Cut {
    Part *parts;
    size_t nparts, nnamed;
    Part **named; /* sorted by name */
    const char *models;
    const Wanted *site;
    clock_t start;
} Cut;

/* ---- taking apart ---------------------------------------------------------------------------- */

static size_t line_length(const char *text) {
    const char *end = strchr(text, '\n');
    return end ? (size_t)(end - text) + 1 : strlen(text);
}

static void find_name(Part *part) {
    const char *at = part->text;
    if (strncmp(at, "func ", 5) == 0)
        at += 5;
    else if (strncmp(at, "global ", 7) == 0)
        at += 7;
    else
        return;
    const char *end = at;
    bool quoted = false;
    while (*end && *end != '\n' && (quoted || (*end != '(' && *end != ' '))) {
        if (*end == '\\' && quoted && end[1])
            end++;
        else if (*end == '"')
            quoted = !quoted;
        end++;
    }
    part->name = at;
    part->name_length = (size_t)(end - at);
}

static const char *take_part(const char *text, Part *part) {
    size_t first = line_length(text);
    *part = (Part){.text = text, .length = first, .header = first};
    find_name(part);
    if (strncmp(text, "func ", 5) != 0 || first < 3 || memcmp(text + first - 3, " {\n", 3) != 0)
        return text + first;
    part->body = true;
    part->header = first - 3;
    while (text[part->length] && text[part->length] != '}')
        part->length += line_length(text + part->length);
    part->length += line_length(text + part->length);
    return text + part->length;
}

static void take_apart(Cut *cut, const char *model) {
    size_t capacity = 0;
    while (*model) {
        if (cut->nparts == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            cut->parts = reallocate(cut->parts, capacity * sizeof *cut->parts);
        }
        model = take_part(model, &cut->parts[cut->nparts++]);
    }
}

/* ---- putting together ------------------------------------------------------------------------ */

/* The number in a line "site N ...", "... alloc site N ..." or "... realloc %0 site N ..." of a
 * model; NULL: there is none. What is quoted or a name is none of these words. */
static const char *site_number(const char *line, size_t length) {
    static const char word[] = " site ";
    const size_t n = sizeof word - 1;
    const char *end = memchr(line, '"', length);
    end = end ? end : line + length;
    for (const char *at = line; at + n < end; at++)
        if (memcmp(at, word, n) == 0 && isdigit((unsigned char)at[n]))
            return at + n;
    return NULL;
}

/* The text of a body, its sites numbered on from *site: those of a model have no gaps. */
static void add_body(const char *text, size_t length, unsigned *site, Text *out) {
    for (const char *end = text + length; text < end;) {
        size_t line = line_length(text);
        const char *number = site_number(text, line), *rest = text;
        if (number) {
            char digits[16];
            int n = snprintf(digits, sizeof digits, "%u", (*site)++);
            text_add(out, text, (size_t)(number - text));
            text_add(out, digits, (size_t)n);
            rest = number + strspn(number, "0123456789");
        }
        text_add(out, rest, line - (size_t)(rest - text));
        text += line;
    }
}

static void put_together(const Cut *cut, Text *out) {
    unsigned site = 0;
    text_add(out, "", 0);
    for (size_t i = 0; i < cut->nparts; i++) {
        const Part *part = &cut->parts[i];
        if (part->gone)
            continue;
        if (part->body) {
            add_body(part->text, part->length, &site, out);
            continue;
        }
        text_add(out, part->text, part->header);
        if (part->header != part->length)
            text_add(out, "\n", 1);
    }
}

static bool still_moved(const Cut *cut) {
    Text text = {0};
    EscError error;
    put_together(cut, &text);
    EscModule *m = analyse_text(text.bytes, text.length, cut->models, &error);
    bool moved = m && is_moved(m, cut->site, NULL);
    esc_module_free(m);
    text_free(&text);
    return moved;
}

static bool impatient(const Cut *cut) {
    return (clock() - cut->start) / CLOCKS_PER_SEC >= PATIENCE_SECONDS;
}

/* ---- cutting --------------------------------------------------------------------------------- */

static bool ends_name(char c) {
    return !(isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$' || c == '"');
}

static int compare_names(const void *a, const void *b) {
    const Part *x = *(Part *const *)a, *y = *(Part *const *)b;
    size_t shorter = x->name_length < y->name_length ? x->name_length : y->name_length;
    int order = memcmp(x->name, y->name, shorter);
    return order ? order : (x->name_length > y->name_length) - (x->name_length < y->name_length);
}

static void sort_names(Cut *cut) {
    cut->named = allocate(cut->nparts * sizeof *cut->named);
    for (size_t i = 0; i < cut->nparts; i++)
        if (cut->parts[i].name)
            cut->named[cut->nnamed++] = &cut->parts[i];
    qsort(cut->named, cut->nnamed, sizeof *cut->named, compare_names);
}

/* Marks the parts that the visible text of this one names; whether one was not marked before. */
static bool reach_from(Cut *cut, const Part *part) {
    bool more = false;
    const char *end = part->text + (part->body ? part->length : part->header);
    for (const char *at = part->name ? part->name + part->name_length : part->text; at < end;
         at++) {
        if (*at != '@' && *at != '&')
            continue;
        Part token = {.name = at, .name_length = 1}, *key = &token;
        while (at + token.name_length < end && !ends_name(at[token.name_length]))
            token.name_length++;
        Part **found = bsearch(&key, cut->named, cut->nnamed, sizeof *cut->named, compare_names);
        if (found && !(*found)->reached)
            (*found)->reached = more = true;
    }
    return more;
}

static bool is_named(const Part *part, const char *name) {
    size_t n = strlen(name);
    return part->name_length == n + 1 && memcmp(part->name + 1, name, n) == 0;
}

static void drop_unreached(Cut *cut) {
    bool *had = allocate(cut->nparts * sizeof *had);
    for (size_t i = 0; i < cut->nparts; i++) {
        had[i] = cut->parts[i].body;
        cut->parts[i].reached = is_named(&cut->parts[i], cut->site->function);
    }
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < cut->nparts; i++)
            if (cut->parts[i].reached && cut->parts[i].body)
                more |= reach_from(cut, &cut->parts[i]);
    }
    for (size_t i = 0; i < cut->nparts; i++)
        cut->parts[i].body &= cut->parts[i].reached;
    bool moved = still_moved(cut);
    for (size_t i = 0; i < cut->nparts && !moved; i++)
        cut->parts[i].body = had[i];
    free(had);
}

static size_t bodies(const Cut *cut) {
    size_t n = 0;
    for (size_t i = 0; i < cut->nparts; i++)
        n += cut->parts[i].body;
    return n;
}

/* Takes the next `size` bodies from part `from` on away if the verdict stays; the part after them.
 */
static size_t try_group(Cut *cut, size_t from, size_t size) {
    size_t i = from, n = 0;
    size_t *taken = allocate(size * sizeof *taken);
    for (; i < cut->nparts && n < size; i++) {
        Part *part = &cut->parts[i];
        if (!part->body || is_named(part, cut->site->function))
            continue;
        part->body = false;
        taken[n++] = i;
    }
    if (n > 0 && !still_moved(cut))
        while (n > 0)
            cut->parts[taken[--n]].body = true;
    free(taken);
    return i;
}

static void drop_bodies(Cut *cut) {
    for (size_t size = bodies(cut); size > 0; size /= 2)
        for (size_t i = 0; i < cut->nparts && !impatient(cut);)
            i = try_group(cut, i, size);
}

/* Declarations that nothing left names. */
static void drop_names(Cut *cut) {
    for (size_t i = 0; i < cut->nparts; i++)
        cut->parts[i].reached = false;
    for (size_t i = 0; i < cut->nparts; i++)
        if (cut->parts[i].body)
            reach_from(cut, &cut->parts[i]);
    for (size_t i = 0; i < cut->nparts; i++)
        cut->parts[i].gone = cut->parts[i].name && !cut->parts[i].body && !cut->parts[i].reached;
    bool moved = still_moved(cut);
    for (size_t i = 0; i < cut->nparts && !moved; i++)
        cut->parts[i].gone = false;
}

void reproduce(const char *model, const char *models, const Wanted *site, Text *out) {
    Cut cut = {.models = models, .site = site, .start = clock()};
    take_apart(&cut, model);
    sort_names(&cut);
    if (still_moved(&cut)) {
        drop_unreached(&cut);
        drop_bodies(&cut);
        drop_names(&cut);
    }
    put_together(&cut, out);
    free(cut.named);
    free(cut.parts);
}

/* ---- models ---------------------------------------------------------------------------------- */

/* The name of the function that a line of a models file speaks of: what stands before its "(". */
static size_t modelled_name(const char *line, size_t length, const char **name) {
    const char *end = memchr(line, '(', length);
    if (!end || *line == '#')
        return 0;
    const char *begin = end;
    while (begin > line && !isspace((unsigned char)begin[-1]))
        begin--;
    *name = begin;
    return (size_t)(end - begin);
}

void models_used(const char *models, const char *model, Text *out) {
    text_add(out, "", 0);
    for (const char *line = models; *line; line += line_length(line)) {
        const char *name;
        size_t length = modelled_name(line, line_length(line), &name);
        if (length == 0)
            continue;
        char *token = format_text("@%.*s", (int)length, name);
        const char *at = strstr(model, token);
        while (at && !ends_name(at[length + 1]))
            at = strstr(at + 1, token);
        if (at)
            text_add(out, line, line_length(line));
        free(token);
    }
}
