/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* tried.c - see tried.h.
 *
 * The model is of the file as it is written, before anything is inlined, so a finding that speaks
 * of an inlined copy is tried only where the reason is the same for what is written. Of a call of a
 * wrapper that another file has, the advice is to declare the wrapper an allocator: then the file
 * is lowered again with that said, the call is an allocation, and has a verdict.
 *
 * INVARIANT  TRY_HELPS only where an analysis with the change said that the allocation moves.
 */
#include "tried.h"

#include "advice.h"
#include "changes.h"
#include "check_command.h"
#include "checked.h"
#include "command.h"
#include "json.h"
#include "tempdir.h"
#include "terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_ANALYSES = 40 }; /* for one place; `why' takes more */

typedef struct File {
    char *build; /* the compile database */
    const char *name;
    char *wrong; /* why there is no model; NULL: there is */
    CheckedFile checked;
} File;

typedef struct Trier {
    const Findings *findings;
    const char *build;
    File *files;
    size_t nfiles;
} Trier;

const char *tried_name(Tried tried) {
    static const char *const names[] = {[TRY_NOT_ASKED] = "not asked",
                                        [TRY_HELPS] = "helps",
                                        [TRY_IN_VAIN] = "in vain",
                                        [TRY_IMPOSSIBLE] = "not tried"};
    return names[tried];
}

static void settle(Row *row, Tried tried, char *text) {
    row->tried = tried;
    row->tried_text = text;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool is_path(const Finding *finding, const char *path) {
    char *whole = *finding->file == '/' || !finding->directory
                      ? copy_text(finding->file)
                      : format_text("%s/%s", finding->directory, finding->file);
    bool same = strcmp(whole, path) == 0;
    free(whole);
    return same;
}

/* A finding of the compilation that the row's place is in; NULL: none is known. */
static const Finding *compilation_of(const Trier *t, const Row *row) {
    const Finding *other = NULL;
    if (row->finding)
        return row->finding;
    for (size_t i = 0; i < t->findings->n; i++) {
        const Finding *f = &t->findings->all[i];
        if (strcmp(f->file, row->file) != 0)
            continue;
        if (is_path(f, row->path))
            return f;
        other = other ? other : f;
    }
    return other;
}

static File *file_of(Trier *t, const Finding *finding) {
    char *build = t->build ? copy_text(t->build) : command_of_report(finding->report);
    for (size_t i = 0; i < t->nfiles; i++)
        if (strcmp(t->files[i].build, build) == 0 && strcmp(t->files[i].name, finding->file) == 0) {
            free(build);
            return &t->files[i];
        }
    t->files = reallocate(t->files, (t->nfiles + 1) * sizeof *t->files);
    File *file = &t->files[t->nfiles++];
    *file = (File){.build = build, .name = finding->file};
    if (access(build, R_OK) != 0 && !t->build)
        file->wrong = copy_text("how its file was compiled is not beside the report: "
                                "`escapement cc --report' leaves it there for a single file, or "
                                "-p BUILD names a compile database");
    return file;
}

/* A name in the database of one file is that file, however it was spelt. */
static char *lower(const Trier *t, const File *file, char **options, size_t noptions,
                   CheckedFile *out) {
    const FileToCheck wanted = {.build = file->build,
                                .file = t->build ? file->name : NULL,
                                .options = options,
                                .noptions = noptions};
    return check_file(&wanted, out);
}

static bool has_model(const Trier *t, File *file) {
    if (!file->wrong && !file->checked.model)
        file->wrong = lower(t, file, NULL, 0, &file->checked);
    return !file->wrong;
}

/* ---- the place ------------------------------------------------------------------------------- */

typedef struct Look {
    const char *file;
    uint32_t line, col;     /* col 0: any */
    const char *expression; /* what the text begins with; NULL: any */
    bool found, good;
    Subject subject;
    char *text;
} Look;

static void look_at(void *context, const EscFinding *f) {
    Look *look = context;
    if (look->found || f->kind != ESC_FIND_SITE || f->line != look->line ||
        (look->col && f->col != look->col) || strcmp(f->file, look->file) != 0)
        return;
    const char *text = f->good && strchr(f->text, ':') ? strchr(f->text, ':') + 2 : f->text;
    if (look->expression && strncmp(text, look->expression, strlen(look->expression)) != 0)
        return;
    look->found = true;
    look->good = f->good;
    look->subject = (Subject){f->kind, f->func, f->site};
    look->text = copy_text(f->text);
}

static ModelText model_of(const CheckedFile *checked, const char *models) {
    return (ModelText){checked->model, checked->model_length, models, esc_config_default()};
}

/* The cheapest of what helps, as one sentence; NULL: nothing does. */
static char *cheapest(const ModelText *model, const EscModule *m, const Subject *subject,
                      size_t *tried) {
    Remedies remedies = {.most = MOST_ANALYSES};
    Text text = {0};
    find_remedies(model, subject, &remedies);
    for (size_t k = 0; remedies.n > 0 && k < remedies.all[0].nparts; k++) {
        char *part = change_text(m, &remedies.all[0].parts[k]);
        text_print(&text, "%s%s", k ? "; and " : "", part);
        free(part);
    }
    *tried = remedies.tried;
    remedies_free(&remedies);
    return text.bytes;
}

static const char *verdict_in(const char *text) {
    const char *heap = strstr(text, " heap: ");
    return heap ? heap + strlen(" heap: ") : text;
}

static void try_finding(const Trier *t, Row *row, File *file) {
    const Finding *finding = row->finding;
    if (!has_model(t, file))
        return settle(row, TRY_IMPOSSIBLE, copy_text(file->wrong));
    ModelText model = model_of(&file->checked, "");
    EscModule *m = analyse_changed(&model, NULL, 0);
    char *expression = expression_of(finding); /* another one there: the source has changed */
    Look look = {.file = finding->file,
                 .line = (uint32_t)finding->line,
                 .col = (uint32_t)finding->col,
                 .expression = expression};
    esc_findings(m, 1, look_at, &look);
    const char *reason = look.text ? reason_in(look.text) : NULL;
    size_t tried;
    if (!look.found)
        settle(row, TRY_IMPOSSIBLE, copy_text("its file has no such allocation (any more)"));
    else if (look.good)
        settle(
            row, TRY_IMPOSSIBLE,
            copy_text("as it is written it does not escape: the copy that was inlined here does"));
    else if (reason && finding->reason && strcmp(reason, finding->reason) != 0)
        settle(row, TRY_IMPOSSIBLE,
               format_text("this is a copy that was inlined here; as it is written, it is on the "
                           "heap because: %s",
                           verdict_in(look.text)));
    else {
        char *change = cheapest(&model, m, &look.subject, &tried);
        settle(row, change ? TRY_HELPS : TRY_IN_VAIN,
               change ? change
                      : format_text("of %zu changes none would keep it off the heap", tried));
    }
    free(look.text);
    free(expression);
    esc_module_free(m);
}

/* ---- wrappers -------------------------------------------------------------------------------- */

/* How many parameters a function of the model has; 0 when the model does not know it. */
static size_t parameters_of(const char *model, const char *function) {
    char *head = format_text("\nfunc @%s(%%", function);
    const char *at = strstr(model, head);
    size_t n = 0;
    if (at) {
        const char *line = at + 1, *end = line + strcspn(line, "\n");
        for (n = 1; (line = strstr(line, ", %")) != NULL && line < end; line++)
            n++;
    }
    free(head);
    return n;
}

static char *write_models(const char *line) {
    char *directory = temporary_directory(), *path = format_text("%s/try.models", directory);
    if (!write_file(path, line, strlen(line)))
        trouble("cannot write %s: %s", path, strerror(errno));
    free(directory);
    return path;
}

static void judge_call(Row *row, const Finding *compiled, const CheckedFile *checked,
                       const char *models) {
    ModelText model = model_of(checked, models);
    EscModule *m = analyse_changed(&model, NULL, 0);
    char *call = format_text("%s(", row->wrapper);
    Look look = {.file = compiled->file, .line = (uint32_t)row->line, .expression = call};
    size_t tried;
    esc_findings(m, 1, look_at, &look);
    char *change = look.found && !look.good ? cheapest(&model, m, &look.subject, &tried) : NULL;
    char *declare =
        format_text("declare it in a models file: %.*s", (int)strcspn(models, "\n"), models);
    if (!look.found)
        settle(row, TRY_IMPOSSIBLE, copy_text("the call is not found in its file (any more)"));
    else if (look.good)
        settle(row, TRY_HELPS, copy_text(declare));
    else if (change)
        settle(row, TRY_HELPS, format_text("%s; and %s", declare, change));
    else
        settle(row, TRY_IN_VAIN,
               format_text("declared as an allocator, it is on the heap all the same: %s",
                           verdict_in(look.text)));
    free(declare);
    free(change);
    free(call);
    free(look.text);
    esc_module_free(m);
}

static void try_wrapper(const Trier *t, Row *row, File *file, const Finding *compiled) {
    if (!has_model(t, file))
        return settle(row, TRY_IMPOSSIBLE, copy_text(file->wrong));
    if (parameters_of(file->checked.model, row->wrapper) != 1)
        return settle(
            row, TRY_IMPOSSIBLE,
            format_text("which parameter of %s is the size is yours to say", row->wrapper));
    char *line = format_text("allocator %s(size) free free\n", row->wrapper);
    char *path = write_models(line), *option = format_text("--models=%s", path);
    CheckedFile checked = {0};
    char *wrong = lower(t, file, &option, 1, &checked);
    if (wrong)
        settle(row, TRY_IMPOSSIBLE, wrong);
    else
        judge_call(row, compiled, &checked, line);
    checked_free(&checked);
    free(option);
    free(path);
    free(line);
}

/* ---- all ------------------------------------------------------------------------------------- */

static void try_row(Trier *t, Row *row) {
    const Finding *compiled = compilation_of(t, row);
    if (!compiled)
        return settle(row, TRY_IMPOSSIBLE, copy_text("its file is not in the report"));
    File *file = file_of(t, compiled);
    if (row->wrapper)
        try_wrapper(t, row, file, compiled);
    else
        try_finding(t, row, file);
}

/* What is moved already, or is no business of ours, has no change to try. */
static bool can_try(const Row *row) {
    if (!row->advice || !row->reason)
        return false;
    return row->wrapper ||
           (row->finding && !row->finding->moved && strcmp(row->reason, REASON_LIBRARY) != 0 &&
            strcmp(row->reason, REASON_MOVED) != 0);
}

void check_database(const char *build) {
    struct stat s;
    bool directory = stat(build, &s) == 0 && S_ISDIR(s.st_mode);
    char *path = directory ? format_text("%s/compile_commands.json", build) : copy_text(build);
    size_t length;
    char *text = read_input(path, &length);
    json_decref(parse_json(text, length, 0, path));
    free(text);
    free(path);
}

void try_advice(Join *joined, size_t nrows, const Findings *findings, const char *build) {
    Trier t = {.findings = findings, .build = build};
    bool able = has_check_program();
    Progress progress = progress_start("escapement: advice tried at place", nrows);
    for (size_t i = 0; i < nrows; i++) {
        Row *row = &joined->rows[i];
        if (!can_try(row))
            continue;
        progress_step(&progress, i + 1, row->file);
        if (able)
            try_row(&t, row);
        else
            settle(
                row, TRY_IMPOSSIBLE,
                copy_text("escapement-check is not there; `escapement doctor' says how to get it"));
    }
    progress_end(&progress);
    for (size_t i = 0; i < t.nfiles; i++) {
        checked_free(&t.files[i].checked);
        free(t.files[i].wrong);
        free(t.files[i].build);
    }
    free(t.files);
}
