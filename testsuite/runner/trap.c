/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * trap.c - one case that runs: the same output and exit status with the plugin as without.
 *
 * A trap program is built plain and with the plugin at every level of optimization. All builds
 * must say the same, the plain ones among themselves too: a program whose plain builds differ is a
 * bad case. Freed memory is filled by the C library (MALLOC_PERTURB_) and dead stack by the
 * program's own SCRIBBLE, so that memory used after its end shows.
 *
 * The number of sites moved at -O2 is exact in both directions: a trap that nothing walks into
 * tests nothing. A site marked `stays` must stay at every level.
 *
 * One more build at -O2 is in verify mode: the same sites are moved, and nothing is reported.
 */
#define _POSIX_C_SOURCE 200809L
#include "compile.h"
#include "findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const levels[] = {"-O1", "-O2", "-O3", "-Os"};
enum { NLEVELS = sizeof levels / sizeof *levels };

/* Compiles a helper source once, without the plugin: to the compiler its functions are a library
 * in another file. */
static unsigned build_support(const Setup *s, const char *name) {
    StringList argv = {NULL, 0};
    char *from = text_format("%s/%s.c", s->support, name);
    char *to = text_format("%s/%s.o", s->scratch, name);
    const char *words[] = {s->compiler, "-O1", "-w", "-c", from, "-o", to};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        list_add(&argv, words[i]);
    list_add_all(&argv, &s->flags);
    ProcessResult r = process_run(&argv, NULL, s->scratch, s->seconds);
    unsigned bad = r.exit_status != 0;
    if (bad)
        printf("%s: cannot be compiled:\n%s", from, r.err);
    process_free(&r);
    list_free(&argv);
    free(from);
    free(to);
    return bad;
}

static void add_object(const Setup *s, StringList *more, const char *name) {
    char *path = text_format("%s/%s", s->scratch, name);
    list_add(more, path);
    free(path);
}

static ProcessResult build(const Setup *s, const Case *c, enum Loaded loaded, const char *level,
                           bool counted) {
    StringList more = {NULL, 0};
    char *include = text_format("-I%s", s->support);
    list_add(&more, include);
    free(include);
    add_object(s, &more, "scribble.o");
    add_object(s, &more, "opaque.o");
    if (counted)
        add_object(s, &more, "count.o");
    if (loaded == LOADED_VERIFY) {
        list_add(&more, s->verify);
        list_add(&more, "-pthread");
    }
    list_add(&more, "-lm");
    list_add(&more, "-o");
    add_object(s, &more, "program");
    ProcessResult r = compile_case(s, c, loaded, level, &more);
    list_free(&more);
    return r;
}

static ProcessResult run(const Setup *s, const Case *c) {
    StringList argv = {NULL, 0};
    add_object(s, &argv, "program");
    list_add_all(&argv, &c->program_args);
    ProcessResult r = process_run(&argv, NULL, s->scratch, s->seconds);
    list_free(&argv);
    return r;
}

static bool marked(const unsigned *lines, size_t n, unsigned line) {
    for (size_t i = 0; i < n; i++)
        if (lines[i] == line)
            return true;
    return false;
}

static bool moved_at(const Findings *f, const char *name, unsigned line) {
    for (size_t i = 0; i < f->n; i++)
        if (finding_moved(&f->at[i]) && f->at[i].line == line && !strcmp(f->at[i].file, name))
            return true;
    return false;
}

static unsigned check_stays(const Case *c, const Findings *f, const char *level) {
    unsigned bad = 0;
    for (size_t i = 0; i < c->nstays; i++) {
        if (!moved_at(f, c->name, c->stays[i]))
            continue;
        printf("%s:%u: moved at %s, and must stay\n", c->path, c->stays[i], level);
        bad++;
    }
    return bad;
}

/* At -O2: as many sites as promised, and those that are marked. */
static unsigned check_moved(const Case *c, const Findings *f) {
    unsigned bad = 0;
    size_t n = findings_moved(f);
    if ((long)n != c->moved) {
        printf("%s: moved %zu sites at -O2, promised are %ld\n", c->path, n, c->moved);
        bad++;
    }
    for (size_t i = 0; i < f->n; i++) {
        if (c->nmoves && finding_moved(&f->at[i]) && !marked(c->moves, c->nmoves, f->at[i].line)) {
            printf("%s: not promised: %s\n", c->path, f->at[i].whole);
            bad++;
        }
    }
    for (size_t i = 0; i < c->nmoves; i++) {
        if (moved_at(f, c->name, c->moves[i]))
            continue;
        printf("%s:%u: not moved at -O2\n", c->path, c->moves[i]);
        bad++;
    }
    if (bad) {
        char *text = findings_text(f);
        fputs(text, stdout);
        free(text);
    }
    return bad;
}

static unsigned check_build(const Case *c, const ProcessResult *r, const char *how,
                            const char *level) {
    if (r->exit_status == 0)
        return 0;
    printf("%s: the build %s at %s failed with %d%s:\n%s", c->path, how, level, r->exit_status,
           r->timed_out ? " (out of time)" : "", r->err);
    return 1;
}

/* Builds and runs once; the result of the first run becomes what all others are held against. */
static unsigned build_and_run(const Setup *s, Case *c, enum Loaded loaded, const char *level,
                              ProcessResult *reference) {
    const char *how = loaded == LOADED_NOTHING  ? "without the plugin"
                      : loaded == LOADED_VERIFY ? "in verify mode"
                                                : "with the plugin";
    ProcessResult built = build(s, c, loaded, level, false);
    unsigned bad = check_build(c, &built, how, level);
    Findings f = findings_read(built.err);
    process_free(&built);
    if (loaded != LOADED_NOTHING && !bad) {
        bad += check_stays(c, &f, level);
        if (!strcmp(level, "-O2")) {
            bad += check_moved(c, &f);
            bad += c->npromises ? findings_check(&f, c) : 0;
        }
    }
    findings_free(&f);
    if (bad)
        return bad;
    ProcessResult r = run(s, c);
    if (!reference->out) {
        *reference = r;
        if (r.timed_out || r.exit_status > 125) {
            printf("%s: the plain program at %s ended with %d: %s\n", c->path, level, r.exit_status,
                   r.err);
            bad++;
        }
        return bad;
    }
    if (r.timed_out || r.exit_status != reference->exit_status ||
        r.out_size != reference->out_size || memcmp(r.out, reference->out, r.out_size) != 0) {
        printf("%s: %s at %s it ended with %d%s and said\n%s%s%s: expected %d and\n%s", c->path,
               how, level, r.exit_status, r.timed_out ? " (out of time)" : "", r.out, r.err,
               c->path, reference->exit_status, reference->out);
        bad++;
    }
    process_free(&r);
    return bad;
}

/* How often the program, built at -O2 with the counter, asked for memory; -1 when it failed. */
static long count_allocations(const Setup *s, const Case *c, enum Loaded loaded) {
    char *path = text_format("%s/allocations", s->scratch);
    setenv("ESC_ALLOCATIONS", path, 1);
    ProcessResult built = build(s, c, loaded, "-O2", true);
    ProcessResult ran = run(s, c);
    char *text = file_read(path, NULL);
    long n = built.exit_status == 0 && !ran.timed_out && text ? strtol(text, NULL, 10) : -1;
    unsetenv("ESC_ALLOCATIONS");
    remove(path);
    free(text);
    free(path);
    process_free(&built);
    process_free(&ran);
    return n;
}

static unsigned check_allocations(const Setup *s, const Case *c) {
    if (c->plain_allocs < 0 || build_support(s, "count"))
        return c->plain_allocs >= 0;
    long plain = count_allocations(s, c, LOADED_NOTHING);
    long plugin = s->plugin ? count_allocations(s, c, LOADED_QUIET) : c->plugin_allocs;
    if (plain == c->plain_allocs && plugin == c->plugin_allocs)
        return 0;
    printf("%s: allocs: plain %ld plugin %ld, promised are plain %ld plugin %ld\n", c->path, plain,
           plugin, c->plain_allocs, c->plugin_allocs);
    return 1;
}

/* Whether the program is built at levels[i]. */
static bool is_wanted(const Setup *s, const Case *c, enum Loaded loaded, size_t i) {
    if (s->levels == LEVELS_ALL || !strcmp(levels[i], "-O2"))
        return true;
    if (s->levels == LEVELS_ONE || loaded == LOADED_NOTHING)
        return false;
    unsigned sum = 0;
    for (const char *p = c->name; *p; p++)
        sum = sum * 31 + (unsigned char)*p;
    static const size_t others[] = {0, 2, 3};
    return i == others[sum % 3];
}

unsigned run_case(const Setup *s, Case *c) {
    ProcessResult reference = {0};
    unsigned bad = build_support(s, "scribble") + build_support(s, "opaque");
    setenv("MALLOC_PERTURB_", "165", 1);
    for (size_t i = 0; i < NLEVELS && !bad; i++)
        if (is_wanted(s, c, LOADED_NOTHING, i))
            bad += build_and_run(s, c, LOADED_NOTHING, levels[i], &reference);
    for (size_t i = 0; i < NLEVELS && !bad && s->plugin; i++)
        if (is_wanted(s, c, LOADED_M, i))
            bad += build_and_run(s, c, LOADED_M, levels[i], &reference);
    if (!bad && s->plugin && s->verify) {
        if (c->verify)
            setenv("ESCAPEMENT_VERIFY", c->verify, 1);
        bad += build_and_run(s, c, LOADED_VERIFY, "-O2", &reference);
        unsetenv("ESCAPEMENT_VERIFY");
    }
    unsetenv("MALLOC_PERTURB_");
    if (!bad)
        bad += check_allocations(s, c);
    if (reference.out)
        process_free(&reference);
    return bad;
}
