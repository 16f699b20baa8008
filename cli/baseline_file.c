/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* baseline_file.c - verdicts as a text that people review: one line for each, sorted.
 *
 *     FILE <tab> FUNCTION <tab> EXPRESSION[ #ORDINAL] <tab> VERDICT
 *
 * No expression holds a tab, for the plugin folds white space. Lines that begin with # are
 * comments; the first one names the format.
 */
#include "verdicts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "# escapement baseline ";
enum { FORMAT_VERSION = 1, FIELDS = 4 };

void baseline_print(const VerdictList *list, Text *out) {
    text_print(out,
               "%s%d\n# file, function, allocation, verdict; made by `escapement baseline write'\n",
               mark, FORMAT_VERSION);
    for (size_t i = 0; i < list->n; i++) {
        const Verdict *v = &list->all[i];
        text_print(out, "%s\t%s\t%s", v->file, v->function, v->expression);
        if (v->ordinal > 1)
            text_print(out, " #%u", v->ordinal);
        text_print(out, "\t%s\n", v->text);
    }
}

bool is_baseline(const char *text) {
    return strncmp(text, mark, sizeof mark - 1) == 0;
}

static VerdictKind kind_of(const char *text) {
    static const struct {
        const char *begins;
        VerdictKind kind;
    } texts[] = {{"moved to stack in some places", VERDICT_PARTLY},
                 {"moved to stack", VERDICT_MOVED},
                 {"does not escape; optimized away", VERDICT_GONE},
                 {"does not escape; kept on heap", VERDICT_KEPT},
                 {"escapes to heap", VERDICT_ESCAPES}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strncmp(text, texts[i].begins, strlen(texts[i].begins)) == 0)
            return texts[i].kind;
    return VERDICTS;
}

/* "malloc(8) #2": cuts it off. */
static unsigned take_ordinal(char *expression) {
    char *hash = strrchr(expression, '#');
    if (!hash || hash == expression || hash[-1] != ' ' || !isdigit((unsigned char)hash[1]) ||
        hash[1 + strspn(hash + 1, "0123456789")] != '\0')
        return 1;
    hash[-1] = '\0';
    return (unsigned)strtoul(hash + 1, NULL, 10);
}

static Verdict read_line(char *line, const char *path, size_t number) {
    char *fields[FIELDS], *rest = line;
    for (size_t i = 0; i < FIELDS; i++) {
        fields[i] = strsep(&rest, "\t");
        if (!fields[i] || (i + 1 == FIELDS && rest))
            trouble("%s:%zu: no line of a baseline: it needs four fields with tabs between them",
                    path, number);
    }
    Verdict v = {.ordinal = take_ordinal(fields[2]), .kind = kind_of(fields[3])};
    if (v.kind == VERDICTS)
        trouble("%s:%zu: no line of a baseline: `%s' is no verdict", path, number, fields[3]);
    v.file = copy_text(fields[0]);
    v.function = copy_text(fields[1]);
    v.expression = copy_text(fields[2]);
    v.text = copy_text(fields[3]);
    return v;
}

static int compare(const void *a, const void *b) {
    return verdict_order(a, b);
}

VerdictList baseline_read(const char *text, const char *path) {
    VerdictList list = {0};
    size_t number = 0;
    if (!is_baseline(text))
        trouble("%s is no baseline: its first line is not `%sN'", path, mark);
    if (strtol(text + sizeof mark - 1, NULL, 10) != FORMAT_VERSION)
        trouble("%s is a baseline of another version; `escapement baseline write' makes a new one",
                path);
    char *copy = copy_text(text), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        number++;
        if (*line == '#' || !*line)
            continue;
        if (list.n == list.capacity) {
            list.capacity = list.capacity ? list.capacity * 2 : 128;
            list.all = reallocate(list.all, list.capacity * sizeof *list.all);
        }
        list.all[list.n] = read_line(line, path, number);
        list.count[list.all[list.n++].kind]++;
    }
    free(copy);
    if (list.n > 0)
        qsort(list.all, list.n, sizeof *list.all, compare);
    for (size_t i = 1; i < list.n; i++)
        if (compare(&list.all[i - 1], &list.all[i]) == 0)
            trouble("%s: %s in %s of %s stands there twice", path, list.all[i].expression,
                    list.all[i].function, list.all[i].file);
    return list;
}
