/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_decide.c - what the analysis decides, by modules in the text form: decide/NAME.model.
 *
 * Each file is a sentence and says in comments what must come out; what it does not say must not.
 *
 *     %p = malloc 16 "malloc(16)"    # expect: moved to stack: malloc(16)
 *     free %p                        # remove p
 *     # expect: leaking param: p
 *     # summary @f
 *     #   store %0 <- %1
 *
 * `expect:` is a finding: behind an operation it must have that line, on a line of its own it may
 * have any. `expect (report):` goes to the report only. `remove`, `guard`, `clone`, `inline` are
 * the action at the operation of their line, with the sites whose slots matter, named as the
 * values that hold them. Several on one line stand between ` | `. `summary @F` begins the
 * operations of a summary as they are printed. A file without any is refused.
 *
 *     test_decide --print FILE...     prints what comes out instead of checking it
 */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "text_helper.h"

#include <dirent.h>
#include <stdlib.h>

enum { MAX_LINES = 400, MAX_FINDINGS = 100, MAX_TEXT = 512 };

typedef struct Finding {
    uint32_t line; /* 0: any */
    char text[MAX_TEXT];
    bool report_only, met;
} Finding;

typedef struct ModelFile {
    const char *path;
    Text text;
    EscModule *m;
    char *lines[MAX_LINES + 1]; /* [n]: line n without its comment */
    const char *comments[MAX_LINES + 1];
    uint32_t nlines;
    EscFunc func_of[MAX_LINES + 1]; /* ESC_NONE: no operation */
    EscOp op_of[MAX_LINES + 1];
    Finding expected[MAX_FINDINGS], found[MAX_FINDINGS];
    uint32_t nexpected, nfound;
    uint32_t npromises; /* expectations of every kind */
} ModelFile;

/* ---- the file, line by line ------------------------------------------------------------------ */

static void fail_at(const ModelFile *f, uint32_t line, const char *what, const char *text) {
    fprintf(stderr, "%s:%u: %s: %s\n", f->path, line, what, text);
    check_failures++;
}

static bool read_whole(ModelFile *f) {
    FILE *file = fopen(f->path, "r");
    if (!file)
        return false;
    char buffer[4096];
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text_append(&f->text, buffer, n);
    fclose(file);
    return f->text.text != NULL && !f->text.failed;
}

static char *trim(char *s) {
    while (*s == ' ' || *s == '\t')
        s++;
    size_t n = strlen(s);
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
        s[--n] = '\0';
    return s;
}

static char *find_comment(char *line) {
    bool quoted = false;
    for (; *line; line++) {
        if (quoted && *line == '\\' && line[1])
            line++;
        else if (*line == '"')
            quoted = !quoted;
        else if (*line == '#' && !quoted)
            return line;
    }
    return NULL;
}

/* Cut a copy of the text into lines; the copy lives as long as the process of the test. */
static void split_lines(ModelFile *f, char *copy) {
    for (char *at = copy; at && f->nlines < MAX_LINES;) {
        char *end = strchr(at, '\n');
        if (end)
            *end = '\0';
        uint32_t n = ++f->nlines;
        char *comment = find_comment(at);
        f->comments[n] = "";
        if (comment) {
            *comment = '\0';
            f->comments[n] = comment + 1;
        }
        f->lines[n] = trim(at);
        at = end ? end + 1 : NULL;
    }
}

static bool is_operation(const char *line) {
    size_t word = strcspn(line, " (");
    if (*line == '\0' || *line == '}' || strchr("[|", *line))
        return false;
    if (line[word > 0 ? word - 1 : 0] == ':')
        return false;
    return strncmp(line, "local ", 6) != 0 && strncmp(line, "site ", 5) != 0;
}

/* Which operation stands on which line: one each, in order. */
static void number_operations(ModelFile *f) {
    EscFunc func = ESC_NONE;
    EscOp op = 0;
    for (uint32_t n = 1; n <= f->nlines; n++) {
        f->func_of[n] = ESC_NONE;
        const char *line = f->lines[n], *name = strchr(line, '@');
        if (strncmp(line, "func ", 5) == 0 && name) {
            char buffer[64];
            size_t length = strcspn(name + 1, "( ");
            snprintf(buffer, sizeof buffer, "%.*s", (int)(length < 60 ? length : 60), name + 1);
            func = line[strlen(line) - 1] == '{' ? esc_function(f->m, buffer) : ESC_NONE;
            op = 0;
        } else if (*line == '}') {
            func = ESC_NONE;
        } else if (func != ESC_NONE && is_operation(line)) {
            f->func_of[n] = func;
            f->op_of[n] = op++;
        }
    }
}

static const char *site_name(const ModelFile *f, EscSite site) {
    static char name[32];
    for (uint32_t n = 1; n <= f->nlines; n++)
        if (f->func_of[n] == f->m->sites[site].func && f->op_of[n] == f->m->sites[site].op) {
            const char *line = f->lines[n];
            size_t length = strcspn(line, " =");
            snprintf(name, sizeof name, "%.*s", (int)(length < 30 ? length - 1 : 30), line + 1);
            return name;
        }
    return "?";
}

/* ---- what came out --------------------------------------------------------------------------- */

static void add_found(void *context, const EscFinding *finding) {
    ModelFile *f = context;
    if (f->nfound == MAX_FINDINGS)
        return;
    Finding *x = &f->found[f->nfound++];
    x->line = finding->line;
    x->report_only = finding->report_only;
    snprintf(x->text, sizeof x->text, "%s", finding->text);
}

/* The action at an operation as it is written: "guard p q"; "" when there is none. */
static void action_text(const ModelFile *f, EscFunc func, EscOp op, char *out, size_t size) {
    static const char *const words[] = {"", "remove", "guard", "clone", "inline"};
    const EscSite *sites;
    uint32_t nsites;
    EscAction action = esc_op_action(f->m, func, op, &sites, &nsites);
    size_t n = (size_t)snprintf(out, size, "%s", words[action]);
    for (uint32_t i = 0; i < nsites && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, " %s", site_name(f, sites[i]));
}

/* The operations of a summary, one a line, without what surrounds them. */
static Text summary_text(const ModelFile *f, EscFunc func) {
    Text whole = {0}, out = {0};
    esc_summary_print(f->m, func, text_append, &whole);
    text_append(&out, "", 0);
    for (char *line = whole.text; line && *line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        char *t = trim(line);
        bool frame = strncmp(t, "func ", 5) == 0 || strcmp(t, "}") == 0 || *t == '\0' ||
                     t[strlen(t) - 1] == ':';
        if (!frame) {
            text_append(&out, t, strlen(t));
            text_append(&out, "\n", 1);
        }
        line = end ? end + 1 : NULL;
    }
    text_free(&whole);
    return out;
}

/* ---- what was promised ----------------------------------------------------------------------- */

static const char *after(const char *text, const char *prefix) {
    size_t n = strlen(prefix);
    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

static void promise_finding(ModelFile *f, uint32_t n, const char *text, bool report_only) {
    if (f->nexpected == MAX_FINDINGS)
        return;
    Finding *x = &f->expected[f->nexpected++];
    x->line = f->func_of[n] == ESC_NONE ? 0 : n;
    x->report_only = report_only;
    snprintf(x->text, sizeof x->text, "%s", text);
}

static bool is_action(const char *text) {
    return after(text, "remove ") || after(text, "guard ") || after(text, "clone ") ||
           after(text, "inline ") || strcmp(text, "guard") == 0 || strcmp(text, "inline") == 0;
}

/* Take in the parts of one line's comment; `action` gets the promised action. */
static void read_promises(ModelFile *f, uint32_t n, char *action, size_t size) {
    char copy[MAX_TEXT];
    snprintf(copy, sizeof copy, "%s", f->comments[n]);
    for (char *at = copy; at;) {
        char *end = strstr(at, " | ");
        if (end)
            *end = '\0';
        char *part = trim(at);
        const char *text;
        if ((text = after(part, "expect: ")))
            promise_finding(f, n, text, false);
        else if ((text = after(part, "expect (report): ")))
            promise_finding(f, n, text, true);
        else if (is_action(part) && f->func_of[n] != ESC_NONE)
            snprintf(action, size, "%s", part);
        else if (f->func_of[n] != ESC_NONE && *part && (strstr(copy, "expect") || is_action(copy)))
            fail_at(f, n, "not understood", part);
        else
            f->npromises--;
        f->npromises++;
        at = end ? end + 3 : NULL;
    }
}

static void check_action(ModelFile *f, uint32_t n) {
    char promised[MAX_TEXT] = "", actual[MAX_TEXT] = "";
    read_promises(f, n, promised, sizeof promised);
    if (f->func_of[n] == ESC_NONE)
        return;
    action_text(f, f->func_of[n], f->op_of[n], actual, sizeof actual);
    if (strcmp(promised, actual) == 0)
        return;
    fail_at(f, n, "expected action", *promised ? promised : "(none)");
    fail_at(f, n, "  actual action", *actual ? actual : "(none)");
}

static void check_summary(ModelFile *f, uint32_t n) {
    const char *name = after(f->comments[n], " summary @");
    if (!name || *f->lines[n])
        return;
    Text promised = {0}, actual = summary_text(f, esc_function(f->m, name));
    text_append(&promised, "", 0);
    for (uint32_t i = n + 1; i <= f->nlines; i++) {
        const char *line = *f->lines[i] ? NULL : after(f->comments[i], "   ");
        if (!line)
            break;
        text_append(&promised, line, strlen(line));
        text_append(&promised, "\n", 1);
    }
    f->npromises++;
    if (strcmp(promised.text, actual.text) != 0) {
        fail_at(f, n, "expected summary\n", promised.text);
        fail_at(f, n, "  actual summary\n", actual.text);
    }
    text_free(&promised);
    text_free(&actual);
}

static bool same_finding(const Finding *expected, const Finding *found) {
    return !found->met && expected->report_only == found->report_only &&
           (expected->line == 0 || expected->line == found->line) &&
           strcmp(expected->text, found->text) == 0;
}

static void compare_findings(ModelFile *f) {
    for (uint32_t i = 0; i < f->nexpected; i++) {
        uint32_t k = 0;
        while (k < f->nfound && !same_finding(&f->expected[i], &f->found[k]))
            k++;
        if (k < f->nfound)
            f->found[k].met = true;
        else
            fail_at(f, f->expected[i].line, "expected, not found", f->expected[i].text);
    }
    for (uint32_t k = 0; k < f->nfound; k++)
        if (!f->found[k].met)
            fail_at(f, f->found[k].line,
                    f->found[k].report_only ? "not expected (report)" : "not expected",
                    f->found[k].text);
}

/* ---- one file -------------------------------------------------------------------------------- */

static void print_all(ModelFile *f) {
    for (uint32_t i = 0; i < f->nfound; i++)
        printf("%u: expect%s: %s\n", f->found[i].line, f->found[i].report_only ? " (report)" : "",
               f->found[i].text);
    for (uint32_t n = 1; n <= f->nlines; n++) {
        char action[MAX_TEXT];
        if (f->func_of[n] == ESC_NONE)
            continue;
        action_text(f, f->func_of[n], f->op_of[n], action, sizeof action);
        if (*action)
            printf("%u: %s\n", n, action);
    }
    for (EscFunc i = 0; i < f->m->nfuncs; i++) {
        Text s = summary_text(f, i);
        if (f->m->funcs[i].has_body)
            printf("summary @%s\n%s", f->m->funcs[i].name, s.text);
        text_free(&s);
    }
}

static void run_file(const char *path, bool print) {
    static ModelFile f; /* large */
    f = (ModelFile){.path = path, .m = esc_module_new(NULL)};
    EscError error = {0};
    check_test = path;
    char *copy = NULL;
    if (!CHECK(read_whole(&f)) ||
        !CHECK(esc_module_read(f.m, f.text.text, f.text.length, &error))) {
        fprintf(stderr, "%s:%u:%u: %s\n", path, error.line, error.col, error.message);
    } else if ((copy = strdup(f.text.text)) != NULL) {
        split_lines(&f, copy);
        number_operations(&f);
        esc_analyze(f.m);
        esc_findings(f.m, 1, add_found, &f);
        if (print)
            print_all(&f);
        for (uint32_t n = 1; n <= f.nlines && !print; n++) {
            check_action(&f, n);
            check_summary(&f, n);
        }
        if (!print) {
            compare_findings(&f);
            CHECK(f.npromises > 0);
        }
    }
    free(copy);
    text_free(&f.text);
    esc_module_free(f.m);
}

/* ---- limits that a small text cannot reach ----------------------------------------------------
 */

static void promise_nothing_moved(EscModule *m, const char *reason) {
    for (EscSite i = 0; i < m->nsites; i++) {
        EscVerdict v = esc_site_verdict(m, i);
        CHECK(v.placement == ESC_PLACE_HEAP && v.reason == ESC_REASON_GAVE_UP);
        CHECK(strstr(v.reason_text, reason) != NULL);
    }
    for (EscFunc f = 0; f < m->nfuncs; f++)
        for (EscOp op = 0; op < m->funcs[f].nops; op++)
            CHECK(esc_op_action(m, f, op, NULL, NULL) == ESC_ACT_NONE);
}

/* Ten thousand functions are more than a millisecond's work. */
static void a_time_limit_ends_in_every_verdict(void) {
    EscConfig config = esc_config_default();
    config.max_milliseconds = 1;
    EscModule *m = esc_module_new(&config);
    Text text = {0};
    for (int i = 0; i < 10000; i++) {
        char line[200];
        int n =
            snprintf(line, sizeof line,
                     "func @f%d() {\n %%p = malloc 8 \"malloc(8)\"\n free %%p\n return\n}\n", i);
        text_append(&text, line, (size_t)n);
    }
    EscError error;
    CHECK(esc_module_read(m, text.text, text.length, &error));
    CHECK(!esc_analyze(m));
    CHECK(!esc_analyze(m));
    promise_nothing_moved(m, "milliseconds, limit 1");
    text_free(&text);
    esc_module_free(m);
}

static void nothing_is_decided_before_the_analysis_or_after_an_error(void) {
    static const char text[] = "func @f() {\n %p = malloc 8\n free %p\n return\n}\n";
    EscError error;
    EscModule *m = esc_module_new(NULL);
    CHECK(esc_module_read(m, text, sizeof text - 1, &error));
    promise_nothing_moved(m, "not analysed");
    CHECK(esc_analyze(m) && esc_site_verdict(m, 0).placement == ESC_PLACE_SLOT);
    CHECK(esc_site_verdict(m, 99).placement == ESC_PLACE_HEAP);
    esc_module_give_up(m, "the front end changed its mind");
    promise_nothing_moved(m, "changed its mind");
    esc_module_free(m);
}

/* ---- all ------------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void run_directory(const char *name) {
    char *names[500];
    size_t n = 0;
    DIR *d = opendir(name);
    if (!CHECK(d != NULL))
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL && n < 500;) {
        const char *dot = strrchr(e->d_name, '.');
        char path[400];
        snprintf(path, sizeof path, "%s/%s", name, e->d_name);
        if (dot && strcmp(dot, ".model") == 0)
            names[n++] = strdup(path);
    }
    closedir(d);
    qsort(names, n, sizeof *names, compare_names);
    CHECK(n >= 50);
    for (size_t i = 0; i < n; i++) {
        int before = check_failures;
        run_file(names[i], false);
        printf("%s %s\n", check_failures == before ? "ok    " : "FAILED", names[i]);
        free(names[i]);
    }
}

int main(int argc, char **argv) {
    bool print = argc > 1 && strcmp(argv[1], "--print") == 0;
    for (int i = print ? 2 : 1; i < argc; i++)
        run_file(argv[i], print);
    if (argc > 1)
        return check_report();
    run_directory("decide");
    RUN(a_time_limit_ends_in_every_verdict);
    RUN(nothing_is_decided_before_the_analysis_or_after_an_error);
    return check_report();
}
