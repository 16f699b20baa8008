/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * pieces.c - whole functions for shapes that statements do not make, from the files of shapes/.
 *
 * A shape is C with holes. What stands in {{ }} is replaced, and each choice is made anew:
 *
 *     {{a ?? b ?? c}}   one of these texts, which may hold holes themselves
 *     {{8..64}}         a number from 8 to 64
 *     {{$n=8..64}}      the same; {{$n}} is the same number again
 *     {{size E}}        E, or E in a form whose value the compiler does not know
 *     {{check P}}       nothing, or a test that ends the program when P is null
 *     {{visitor}}       a function that may keep what it is called with (support.h: struct visit)
 *
 * NAME is the name of the function to define, and the prefix of all that the shape defines besides.
 */
#include "gen.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SHAPES = 128, MAX_NUMBERS = 16 };

typedef struct Shape {
    Gen *g;
    Text *out;
    Random *r;
    const char *name, *file;
    struct {
        char name[16];
        uint32_t value;
    } numbers[MAX_NUMBERS];
    uint32_t nnumbers;
} Shape;

static void expand(Shape *s, const char *from, const char *to);

static bool starts(const char *from, const char *to, const char *word) {
    size_t n = strlen(word);
    return (size_t)(to - from) >= n && memcmp(from, word, n) == 0;
}

/* The "}}" that closes the hole whose text starts here. */
static const char *hole_end(const Shape *s, const char *from, const char *to) {
    for (int depth = 0; from + 1 < to; from++) {
        if (starts(from, to, "{{")) {
            depth++;
            from++;
        } else if (starts(from, to, "}}")) {
            if (depth-- == 0)
                return from;
            from++;
        }
    }
    fatal("%s: a hole is not closed", s->file);
}

/* Where the next alternative begins to be separated, or the end. */
static const char *alternative_end(const char *from, const char *to) {
    for (int depth = 0; from < to; from++) {
        if (starts(from, to, "{{"))
            depth++, from++;
        else if (starts(from, to, "}}"))
            depth--, from++;
        else if (depth == 0 && starts(from, to, "??"))
            return from;
    }
    return to;
}

static void trim(const char **from, const char **to) {
    while (*from < *to && (**from == ' ' || **from == '\n'))
        ++*from;
    while (*from < *to && ((*to)[-1] == ' ' || (*to)[-1] == '\n'))
        --*to;
}

static void alternatives(Shape *s, const char *from, const char *to) {
    const char *starts_at[32], *ends_at[32];
    uint32_t n = 0;
    for (const char *at = from; n < 32; at += 2) {
        starts_at[n] = at;
        at = ends_at[n] = alternative_end(at, to);
        trim(&starts_at[n], &ends_at[n]);
        n++;
        if (at == to)
            break;
    }
    uint32_t chosen = random_below(s->r, n);
    expand(s, starts_at[chosen], ends_at[chosen]);
}

static bool read_range(const char *from, const char *to, uint32_t *low, uint32_t *high) {
    char text[32];
    size_t n = (size_t)(to - from);
    int used = 0;
    if (n >= sizeof text)
        return false;
    memcpy(text, from, n);
    text[n] = '\0';
    return sscanf(text, "%u..%u%n", low, high, &used) == 2 && (size_t)used == n && *low <= *high;
}

static void put_number(Shape *s, uint32_t value) {
    char text[16];
    int n = snprintf(text, sizeof text, "%u", value);
    text_raw(s->out, text, (size_t)n);
}

static void number(Shape *s, const char *from, const char *to) {
    char name[16] = "";
    const char *is = memchr(from, '=', (size_t)(to - from));
    size_t n = (size_t)((is ? is : to) - from);
    uint32_t low, high;
    if (n >= sizeof name)
        fatal("%s: name too long", s->file);
    memcpy(name, from, n);
    if (is) {
        if (s->nnumbers == MAX_NUMBERS || !read_range(is + 1, to, &low, &high))
            fatal("%s: %s is no number", s->file, name);
        strcpy(s->numbers[s->nnumbers].name, name);
        s->numbers[s->nnumbers++].value = random_between(s->r, low, high);
    }
    for (uint32_t i = s->nnumbers; i-- > 0;)
        if (strcmp(s->numbers[i].name, name) == 0) {
            put_number(s, s->numbers[i].value);
            return;
        }
    fatal("%s: %s has no value yet", s->file, name);
}

static void put(Shape *s, const char *text) {
    text_raw(s->out, text, strlen(text));
}

static void hole(Shape *s, const char *from, const char *to) {
    uint32_t low, high;
    if (starts(from, to, "$")) {
        number(s, from, to);
    } else if (read_range(from, to, &low, &high)) {
        put_number(s, random_between(s->r, low, high));
    } else if (starts(from, to, "size ")) {
        bool hidden = chance(s->r, 40);
        put(s, hidden ? "opaque_size(" : "(");
        expand(s, from + 5, to);
        put(s, ")");
    } else if (starts(from, to, "check ")) {
        static const char *const tests[] = {"", "if (!", "if (NULL == "};
        uint32_t way = random_below(s->r, 3);
        if (way == 0)
            return;
        put(s, tests[way]);
        expand(s, from + 6, to);
        put(s, chance(s->r, 70) ? ") abort();" : ") exit(4);");
    } else if (starts(from, to, "visitor")) {
        put(s, "gen_visit_");
        put_number(s, random_below(s->r, 4));
    } else {
        alternatives(s, from, to);
    }
}

static void expand(Shape *s, const char *from, const char *to) {
    while (from < to) {
        if (starts(from, to, "{{")) {
            const char *end = hole_end(s, from + 2, to);
            hole(s, from + 2, end);
            from = end + 2;
        } else if (starts(from, to, "NAME")) {
            put(s, s->name);
            from += 4;
        } else {
            text_raw(s->out, from++, 1);
        }
    }
}

/* ---- the files ---- */

static uint32_t choose_shape(const Gen *g, Random *r, struct dirent **entries, uint32_t n) {
    for (uint32_t i = 0; g->only_shape && i < n; i++) {
        size_t length = strlen(entries[i]->d_name) - 3;
        if (strlen(g->only_shape) == length &&
            memcmp(g->only_shape, entries[i]->d_name, length) == 0)
            return i;
    }
    if (g->only_shape)
        fatal("no shape %s", g->only_shape);
    return random_below(r, n);
}

static int is_shape(const struct dirent *entry) {
    size_t n = strlen(entry->d_name);
    return n > 3 && strcmp(entry->d_name + n - 3, ".in") == 0;
}

static char *read_shape(const char *path, size_t *n) {
    FILE *file = fopen(path, "r");
    enum { MOST = 1 << 16 };
    char *text = malloc(MOST);
    if (!file || !text)
        fatal("cannot read %s", path);
    *n = fread(text, 1, MOST, file);
    fclose(file);
    return text;
}

/* What stands before the first blank line is for readers. */
static const char *behind_head(const char *text, size_t n) {
    for (size_t i = 0; i + 1 < n; i++)
        if (text[i] == '\n' && text[i + 1] == '\n')
            return text + i + 2;
    return text;
}

void piece_make(Gen *g, uint32_t node, const char *name, Text *out) {
    Random r = random_of(g->seed, node);
    struct dirent **entries;
    int found = scandir(g->shapes, &entries, is_shape, alphasort);
    if (found <= 0)
        fatal("no shapes in %s", g->shapes);
    uint32_t chosen = choose_shape(g, &r, entries, (uint32_t)found);
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", g->shapes, entries[chosen]->d_name);
    Shape s = {.g = g, .out = out, .r = &r, .name = name, .file = path};
    size_t n;
    char *text = read_shape(path, &n);
    text_line(out, "/* %s */", entries[chosen]->d_name);
    expand(&s, behind_head(text, n), text + n);
    free(text);
    for (int i = 0; i < found; i++)
        free(entries[i]);
    free(entries);
}
