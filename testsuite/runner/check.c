/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * check.c - one case that is compiled: what the plugin says, and that saying it changes nothing.
 *
 * Besides the promises, every case shows two properties of the product: the object is the same
 * with the diagnostics and without, and the same as without the plugin when nothing was moved.
 */
#define _POSIX_C_SOURCE 200809L
#include "compile.h"
#include "findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool compiles_to_object(const Case *c) {
    return !case_has_arg(c, "-fsyntax-only") && !case_has_arg(c, "-E") && !case_has_arg(c, "-M");
}

static const char *level_of(const Case *c) {
    return case_has_arg(c, "-O") ? "" : "-O2";
}

/* `-c -o SCRATCH/NAME`, or nothing for a case that makes no object. */
static StringList output_to(const Setup *s, const Case *c, const char *mode, const char *name) {
    StringList more = {NULL, 0};
    if (!compiles_to_object(c))
        return more;
    char *path = text_format("%s/%s", s->scratch, name);
    list_add(&more, mode);
    list_add(&more, "-o");
    list_add(&more, path);
    free(path);
    return more;
}

static ProcessResult compile_to(const Setup *s, const Case *c, enum Loaded loaded, const char *mode,
                                const char *name) {
    StringList more = output_to(s, c, mode, name);
    ProcessResult r = compile_case(s, c, loaded, level_of(c), &more);
    list_free(&more);
    return r;
}

static unsigned check_holds(const Case *c, const char *where, const char *text,
                            const StringList *wanted) {
    unsigned bad = 0;
    for (size_t i = 0; i < wanted->n; i++) {
        if (strstr(text, wanted->at[i]))
            continue;
        printf("%s: not found in %s: %s\n", c->path, where, wanted->at[i]);
        bad++;
    }
    return bad;
}

/* What a compile that must work says when it does not. */
static unsigned check_compiled(const Case *c, const ProcessResult *r, const char *how) {
    if (r->timed_out)
        printf("%s: the compiler %s ran out of time\n", c->path, how);
    else if (r->exit_status != 0)
        printf("%s: the compiler %s failed with %d:\n%s", c->path, how, r->exit_status, r->err);
    return r->timed_out || r->exit_status != 0;
}

/* A broken source or a mistaken argument: an error, and not a word of ours beside it. */
static unsigned check_refused(const Case *c, const ProcessResult *r, const Findings *f) {
    unsigned bad = check_holds(c, "the errors", r->err, &c->errors);
    if (r->timed_out || r->exit_status == 0 || r->exit_status > 128) {
        printf("%s: should fail to compile, ended with %d\n", c->path, r->exit_status);
        bad++;
    }
    if (f->n) {
        printf("%s: findings in a compile that failed: %s\n", c->path, f->at[0].whole);
        bad++;
    }
    return bad;
}

static unsigned check_report(const Setup *s, const Case *c) {
    if (!c->reports.n)
        return 0;
    char *path = text_format("%s/report.json", s->scratch);
    char *text = file_read(path, NULL);
    unsigned bad = check_holds(c, "the report", text ? text : "", &c->reports);
    free(text);
    free(path);
    return bad;
}

static unsigned check_assembly(const Setup *s, const Case *c) {
    if (!c->asms.n && !c->asm_nots.n)
        return 0;
    ProcessResult r = compile_to(s, c, LOADED_QUIET, "-S", "case.s");
    char *path = text_format("%s/case.s", s->scratch);
    char *text = file_read(path, NULL);
    unsigned bad = check_compiled(c, &r, "with -S");
    bad += check_holds(c, "the assembly", text ? text : "", &c->asms);
    for (size_t i = 0; text && i < c->asm_nots.n; i++) {
        if (!strstr(text, c->asm_nots.at[i]))
            continue;
        printf("%s: still in the assembly: %s\n", c->path, c->asm_nots.at[i]);
        bad++;
    }
    free(text);
    free(path);
    process_free(&r);
    return bad;
}

/* NAME.m2; for GCC NAME.gcc.m2 where there is one. */
static char *golden_path(const Setup *s, const Case *c) {
    int stem = (int)(strlen(c->path) - 2);
    char *own = text_format("%.*s.gcc.m2", stem, c->path);
    if (s->host.gcc && access(own, R_OK) == 0)
        return own;
    free(own);
    return text_format("%.*s.m2", stem, c->path);
}

static unsigned check_golden(const Setup *s, const Case *c) {
    if (!c->golden)
        return 0;
    ProcessResult r = compile_to(s, c, LOADED_M2, "-c", "m2.o");
    unsigned bad = check_compiled(c, &r, "with -m=2");
    Findings f = findings_read(r.err);
    char *text = findings_text(&f);
    char *path = golden_path(s, c);
    char *golden = file_read(path, NULL);
    if (s->update && !bad) {
        if (!file_write(path, text, strlen(text))) {
            printf("%s: cannot be written\n", path);
            bad++;
        }
    } else if (!golden || strcmp(golden, text) != 0) {
        printf("%s: differs from -m=2, which says (esc-case --update writes it):\n%s", path, text);
        bad++;
    }
    free(golden);
    free(path);
    free(text);
    findings_free(&f);
    process_free(&r);
    return bad;
}

/* The object file `a` must be `b`, byte for byte. */
static unsigned check_same(const Setup *s, const Case *c, const char *a, const char *b,
                           const char *what) {
    char *pa = text_format("%s/%s", s->scratch, a), *pb = text_format("%s/%s", s->scratch, b);
    bool same = file_same(pa, pb);
    if (!same)
        printf("%s: %s\n", c->path, what);
    free(pa);
    free(pb);
    return !same;
}

static unsigned check_objects(const Setup *s, const Case *c, const Findings *f) {
    /* LTO bitcode carries the locations that native objects drop. */
    if (!compiles_to_object(c) || case_has_arg(c, "-flto") || case_has_arg(c, "-save-temps"))
        return 0;
    ProcessResult quiet = compile_to(s, c, LOADED_QUIET, "-c", "quiet.o");
    unsigned bad = check_compiled(c, &quiet, "without -m");
    Findings said = findings_read(quiet.err);
    if (said.n) {
        printf("%s: said without -m: %s\n", c->path, said.at[0].whole);
        bad++;
    }
    findings_free(&said);
    process_free(&quiet);
    bad += check_same(s, c, "case.o", "quiet.o", "the object depends on -m");
    if (findings_rewrote(f))
        return bad;
    ProcessResult plain = compile_to(s, c, LOADED_NOTHING, "-c", "plain.o");
    bad += check_compiled(c, &plain, "without the plugin");
    process_free(&plain);
    return bad + check_same(s, c, "case.o", "plain.o", "nothing was moved, but the object changed");
}

static unsigned check_plain(const Setup *s, const Case *c) {
    ProcessResult r = compile_to(s, c, LOADED_NOTHING, "-c", "plain.o");
    unsigned bad = c->errors.n ? 0 : check_compiled(c, &r, "without the plugin");
    process_free(&r);
    return bad;
}

unsigned check_case(const Setup *s, Case *c) {
    if (!s->plugin)
        return check_plain(s, c);
    ProcessResult r = compile_to(s, c, LOADED_M, "-c", "case.o");
    Findings f = findings_read(r.err);
    unsigned bad = 0;
    if (c->errors.n) {
        bad = check_refused(c, &r, &f);
    } else {
        bad = check_compiled(c, &r, "with the plugin");
        if (!bad)
            bad = findings_check(&f, c) + findings_check_order(&f, c) +
                  check_holds(c, "standard error", r.err, &c->stderrs) + check_report(s, c) +
                  check_golden(s, c) + check_assembly(s, c) + check_objects(s, c, &f);
    }
    findings_free(&f);
    process_free(&r);
    return bad;
}
