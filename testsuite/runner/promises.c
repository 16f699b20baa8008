/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * promises.c - read what a case file says about itself.
 *
 * A mark is `// WORD` or `// WORD: text`; its text ends at the next mark of the line or at the end
 * of the line. A comment that is no known word is prose. What begins like a mark but cannot be
 * read is a fault: a promise with a typing error must not turn into prose and be lost.
 *
 * NOT HERE  Whether the promises are kept (check.c, trap.c).
 */
#include "promises.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum Word {
    WORD_NONE,
    WORD_EXPECT,
    WORD_IMPRECISE,
    WORD_TODAY,
    WORD_ARGS,
    WORD_RUN,
    WORD_MOVED,
    WORD_MOVES,
    WORD_STAYS,
    WORD_ALLOCS,
    WORD_SILENT,
    WORD_GOLDEN,
    WORD_ERROR,
    WORD_STDERR,
    WORD_REPORT,
    WORD_ASM,
    WORD_ASM_NOT,
    WORD_ONLY_LLVM,
    WORD_NOT_LLVM,
    WORD_NOT_GCC,
    WORD_MOVED_GCC,
    WORD_VERIFY,
};

/* Longer words before their own beginnings. `colon` tells a mark from prose that begins alike. */
static const struct {
    const char *spelling;
    enum Word word;
    bool colon;
} words[] = {
    {"expect-error", WORD_ERROR, true},    {"expect-stderr", WORD_STDERR, true},
    {"expect-report", WORD_REPORT, true},  {"expect-asm-not", WORD_ASM_NOT, true},
    {"expect-asm", WORD_ASM, true},        {"expect", WORD_EXPECT, true},
    {"imprecise", WORD_IMPRECISE, true},   {"today:", WORD_TODAY, false},
    {"args:", WORD_ARGS, false},           {"run:", WORD_RUN, false},
    {"moved-gcc:", WORD_MOVED_GCC, false}, {"not-gcc:", WORD_NOT_GCC, false},
    {"moved:", WORD_MOVED, false},         {"moves", WORD_MOVES, false},
    {"stays", WORD_STAYS, false},          {"allocs:", WORD_ALLOCS, false},
    {"silent:", WORD_SILENT, false},       {"golden-m2", WORD_GOLDEN, false},
    {"only-llvm:", WORD_ONLY_LLVM, false}, {"not-llvm:", WORD_NOT_LLVM, false},
    {"verify:", WORD_VERIFY, false},
};

/* Where a mark stands: its word, what is between word and colon, and its text. */
typedef struct Mark {
    enum Word word;
    const char *detail;
    size_t detail_size;
    const char *text;
    const char *end;
} Mark;

static void fault(Case *c, unsigned line, const char *what) {
    char *text = text_format("%s:%u: %s", c->name, line, what);
    list_add(&c->faults, text);
    free(text);
}

static enum Word word_at(const char *s, const char **rest) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!text_starts(s, words[i].spelling))
            continue;
        *rest = s + strlen(words[i].spelling);
        /* `// moves on` is prose, `// moves` a mark; `// expected` is prose. */
        char next = **rest;
        if (words[i].colon ? isalpha((unsigned char)next)
                           : !strchr(words[i].spelling, ':') && next && next != ' ')
            continue;
        if (words[i].word == WORD_MOVES || words[i].word == WORD_STAYS) {
            const char *after = *rest + strspn(*rest, " \t");
            if (*after && !text_starts(after, "//"))
                continue;
        }
        return words[i].word;
    }
    return WORD_NONE;
}

/* The next mark of the line at or after `from`; false when there is none. */
static bool next_mark(const char *from, Mark *m) {
    const char *p = from, *rest = NULL;
    for (; (p = strstr(p, "// ")) != NULL; p += 3) {
        m->word = word_at(p + 3, &rest);
        if (m->word != WORD_NONE)
            break;
    }
    if (!p)
        return false;
    m->detail = m->text = rest;
    m->detail_size = 0;
    if (rest[-1] != ':' && m->word != WORD_MOVES && m->word != WORD_STAYS &&
        m->word != WORD_GOLDEN) {
        /* expect-gcc@+1(12): the colon of a file name belongs to the detail */
        const char *colon = strstr(rest, ": ");
        m->text = colon ? colon + 2 : NULL;
        m->detail_size = colon ? (size_t)(colon - rest) : 0;
    }
    const char *end = rest;
    const char *ignored;
    while ((end = strstr(end, "// ")) != NULL && word_at(end + 3, &ignored) == WORD_NONE)
        end += 3;
    m->end = end ? end : rest + strlen(rest);
    return true;
}

static bool read_number(const char **s, const char *end, unsigned *number) {
    unsigned long n = 0;
    const char *p = *s;
    while (p < end && isdigit((unsigned char)*p) && n < 10000000)
        n = n * 10 + (unsigned long)(*p++ - '0');
    bool any = p > *s;
    *s = p;
    *number = (unsigned)n;
    return any;
}

/* [-WHO][@[FILE:]LINE | @+N | @-N][(COLUMN)]. False: it cannot be read. *for_us: WHO is us. */
static bool read_detail(Case *c, const Mark *m, Host host, Promise *p, bool *for_us) {
    const char *s = m->detail, *end = s + m->detail_size;
    *for_us = true;
    if (s < end && *s == '-') {
        const char *who = ++s;
        while (s < end && isalpha((unsigned char)*s))
            s++;
        bool gcc = s - who == 3 && memcmp(who, "gcc", 3) == 0;
        bool llvm = s - who == 4 && memcmp(who, "llvm", 4) == 0;
        unsigned version = 0;
        bool versioned = read_number(&s, end, &version);
        if (!gcc && !llvm)
            return false;
        c->differences += llvm && !versioned;
        *for_us = gcc == host.gcc && (!versioned || version == host.version);
    }
    if (s < end && *s == '@') {
        unsigned n = 0;
        s++;
        if (*s == '+' || *s == '-') {
            bool up = *s++ == '-';
            if (!read_number(&s, end, &n))
                return false;
            p->line = up ? p->line - n : p->line + n;
        } else {
            const char *colon = end - 1;
            while (colon > s && *colon != ':')
                colon--;
            if (*colon == ':') {
                free(p->file);
                p->file = text_trimmed(s, (size_t)(colon - s));
                s = colon + 1;
            }
            if (!read_number(&s, end, &p->line))
                return false;
        }
    }
    if (s < end && *s == '(') {
        s++;
        if (!read_number(&s, end, &p->column) || s >= end || *s++ != ')')
            return false;
    }
    return s == end;
}

static void add_promise(Case *c, Host host, const Mark *m, unsigned line) {
    Promise p = {.file = text_format("%s", c->name), .line = line, .source_line = line};
    c->nmarks++;
    bool for_us = false, readable = m->text && read_detail(c, m, host, &p, &for_us);
    if (readable)
        p.text = text_trimmed(m->text, (size_t)(m->end - m->text));
    if (!readable || !*p.text) {
        fault(c, line, "a promise that cannot be read");
        for_us = false;
    }
    if (!for_us) {
        c->others_line = line;
        free(p.file);
        free(p.text);
        return;
    }
    c->others_line = 0; /* what follows on this line is ours again */
    if (m->word == WORD_IMPRECISE) {
        p.better = p.text;
        p.text = NULL;
    }
    c->promises = memory_resize(c->promises, (c->npromises + 1) * sizeof p);
    c->promises[c->npromises++] = p;
}

/* `today: TEXT` completes the `imprecise:` before it; `today: -` is silence. */
static void add_today(Case *c, const Mark *m, unsigned line) {
    Promise *last = c->npromises ? &c->promises[c->npromises - 1] : NULL;
    if (c->others_line == line) /* the `imprecise:` before it is for another compiler */
        return;
    if (!last || !last->better || last->text || last->source_line != line) {
        fault(c, line, "today: without imprecise: before it");
        return;
    }
    last->text = text_trimmed(m->text, (size_t)(m->end - m->text));
}

static void add_line(unsigned **lines, size_t *n, unsigned line) {
    *lines = memory_resize(*lines, (*n + 1) * sizeof **lines);
    (*lines)[(*n)++] = line;
}

static void read_allocs(Case *c, const char *text, unsigned line) {
    char *end;
    if (!text_starts(text, "plain ")) {
        fault(c, line, "allocs: plain N plugin M");
        return;
    }
    c->plain_allocs = strtol(text + 6, &end, 10);
    if (!text_starts(end, " plugin ")) {
        fault(c, line, "allocs: plain N plugin M");
        return;
    }
    c->plugin_allocs = strtol(end + 8, NULL, 10);
}

static void keep(Case *c, Host host, const Mark *m, unsigned line) {
    char *text =
        m->text ? text_trimmed(m->text, (size_t)(m->end - m->text)) : text_format("%s", "");
    unsigned long version = strtoul(text, NULL, 10);
    switch (m->word) {
    case WORD_EXPECT:
    case WORD_IMPRECISE:
        add_promise(c, host, m, line);
        break;
    case WORD_TODAY:
        add_today(c, m, line);
        break;
    case WORD_ARGS:
        list_add_words(&c->args, text);
        break;
    case WORD_RUN:
        c->runs = true;
        list_add_words(&c->program_args, text);
        break;
    case WORD_VERIFY:
        free(c->verify);
        c->verify = text_format("%s", text);
        break;
    case WORD_MOVED:
        if (!c->moved_elsewhere)
            c->moved = strtol(text, NULL, 10);
        break;
    case WORD_MOVED_GCC:
        c->differences++;
        if (host.gcc) {
            c->moved = strtol(text, NULL, 10);
            c->moved_elsewhere = true;
        }
        break;
    case WORD_NOT_GCC:
        c->differences++;
        c->skipped |= host.gcc;
        break;
    case WORD_MOVES:
        add_line(&c->moves, &c->nmoves, line);
        break;
    case WORD_STAYS:
        add_line(&c->stays, &c->nstays, line);
        break;
    case WORD_ALLOCS:
        read_allocs(c, text, line);
        break;
    case WORD_SILENT:
        c->silent = true;
        break;
    case WORD_GOLDEN:
        c->golden = true;
        break;
    case WORD_ERROR:
        list_add(&c->errors, text);
        break;
    case WORD_STDERR:
        list_add(&c->stderrs, text);
        break;
    case WORD_REPORT:
        list_add(&c->reports, text);
        break;
    case WORD_ASM:
        list_add(&c->asms, text);
        break;
    case WORD_ASM_NOT:
        list_add(&c->asm_nots, text);
        break;
    case WORD_ONLY_LLVM:
        c->skipped |= host.gcc || version != host.version;
        break;
    case WORD_NOT_LLVM:
        c->skipped |= !host.gcc && version == host.version;
        break;
    case WORD_NONE:
        break;
    }
    free(text);
}

static void settle(Case *c) {
    for (size_t i = 0; i < c->npromises; i++) {
        Promise *p = &c->promises[i];
        if (p->better && !p->text)
            fault(c, p->source_line, "imprecise: without today:");
        else if (p->better && strcmp(p->text, "-") == 0) {
            free(p->text);
            p->text = NULL;
        }
    }
    if (c->moved_elsewhere) /* `moves` marks speak of the other compiler */
        c->nmoves = 0;
    c->marks = c->nmoves + c->nstays > 0;
    bool promised = c->npromises || c->silent || c->golden || c->errors.n || c->stderrs.n ||
                    c->reports.n || c->asms.n || c->asm_nots.n || c->moved >= 0;
    if (!promised && !c->faults.n)
        fault(c, 1, "a case without promises");
    if (c->silent && c->npromises)
        fault(c, 1, "silent: beside promises");
    if (c->runs && c->moved < 0)
        fault(c, 1, "run: without moved:");
    if (!c->runs && (c->moved >= 0 || c->marks || c->plain_allocs >= 0))
        fault(c, 1, "moved:, moves, stays and allocs: are for run: cases");
}

static void set_names(Case *c) {
    const char *slash = strrchr(c->path, '/');
    c->name = text_format("%s", slash ? slash + 1 : c->path);
    c->directory = slash ? text_format("%.*s", (int)(slash - c->path), c->path) : NULL;
}

Case case_read(const char *path, Host host) {
    Case c = {.path = path, .moved = -1, .plain_allocs = -1, .plugin_allocs = -1};
    set_names(&c);
    char *text = file_read(path, NULL);
    if (!text) {
        fault(&c, 0, "cannot be read");
        return c;
    }
    unsigned line = 1;
    for (char *s = text; *s; line++) {
        size_t n = strcspn(s, "\n");
        char *next = s[n] ? s + n + 1 : s + n;
        s[n] = '\0';
        Mark m;
        for (const char *p = s; next_mark(p, &m); p = m.end)
            keep(&c, host, &m, line);
        s = next;
    }
    free(text);
    settle(&c);
    return c;
}

void case_free(Case *c) {
    for (size_t i = 0; i < c->npromises; i++) {
        free(c->promises[i].file);
        free(c->promises[i].text);
        free(c->promises[i].better);
    }
    free(c->promises);
    free(c->directory);
    free(c->name);
    free(c->verify);
    free(c->moves);
    free(c->stays);
    StringList *lists[] = {&c->args,    &c->program_args, &c->errors,   &c->stderrs,
                           &c->reports, &c->asms,         &c->asm_nots, &c->faults};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        list_free(lists[i]);
}
