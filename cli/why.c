/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* why.c - `escapement why FILE:LINE`: one finding as a person would want it told.
 *
 *     escapement-check   the lines of the file as the compiler would say them, and its model as
 * text the model          analysed here: the flow, step by step, beside the lines of the source
 *     changes.c          what would turn it, each change tried on the same model
 *
 * NOT HERE  Which changes there are (analysis/change.c), trying them and their words (changes.c).
 */
#include "changes.h"
#include "checked.h"
#include "command.h"
#include "json.h"
#include "terminal.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MODELS = 256, SET, UNIT, MAX_OFFERED = 5, MAX_NEAREST = 3 };

static const char about[] =
    "Explain one allocation, local variable or parameter: how it gets out, with the lines of the "
    "source, and the cheapest changes that would keep it off the heap."
    "\vThe command that compiles the file comes from BUILD/compile_commands.json, or stands behind "
    "`--'. Every change that is offered was tried: the file was analysed again with the change "
    "assumed, and the verdict was another one. Where one change is not enough, several together "
    "are offered.\n\n"
    "Examples:\n"
    "  escapement why -p build src/parser.c:120\n"
    "  escapement why src/parser.c:120:14 -- gcc -O2 -Iinclude -c src/parser.c\n\n"
    "Exit status: 0 when it is, or could be, off the heap; 1 when no change was found that would "
    "help; 2 for wrong use, or when the line has nothing to explain.";

static const struct argp_option options[] = {
    {"build", 'p', "BUILD", 0, "The directory of compile_commands.json, or that file", 0},
    {"in", UNIT, "FILE.c", 0, "The file to compile, when the line is in a header", 0},
    {"models", MODELS, "FILE", 0, "More models of library functions, or of your own allocators", 0},
    {"set", SET, "NAME=VALUE", 0, "An argument of the plugin, such as max-object=4096", 0},
    {"json", OPTION_JSON, 0, 0, "Print a JSON document instead", 0},
    {0},
};

typedef struct Request {
    char *file, *build, *unit;
    unsigned line, col; /* col 0: any */
    char **command;     /* behind `--'; NULL: none */
    char **passed;      /* for escapement-check */
    size_t npassed;
    Text models;
    EscConfig config;
    bool json;
} Request;

/* ---- arguments --------------------------------------------------------------------------------
 */

/* "FILE:LINE" or "FILE:LINE:COL". */
static bool parse_place(Request *r, const char *text) {
    r->file = copy_text(text);
    unsigned numbers[2] = {0};
    int n = 0;
    for (char *colon; n < 2 && (colon = strrchr(r->file, ':')) != NULL; n++) {
        char *end;
        unsigned long value = strtoul(colon + 1, &end, 10);
        if (!isdigit((unsigned char)colon[1]) || *end || value > UINT_MAX)
            break;
        numbers[n] = (unsigned)value;
        *colon = '\0';
    }
    r->line = numbers[n == 2 ? 1 : 0];
    r->col = n == 2 ? numbers[0] : 0;
    return n > 0 && r->line > 0 && *r->file;
}

static void pass(Request *r, const char *option, const char *value) {
    r->passed = reallocate(r->passed, (r->npassed + 1) * sizeof *r->passed);
    r->passed[r->npassed++] = format_text("%s%s", option, value);
}

static void add_models(Request *r, const char *path) {
    size_t length;
    char *text = read_input(path, &length);
    text_add(&r->models, text, length);
    text_add(&r->models, "\n", 1);
    free(text);
    pass(r, "--models=", path);
}

/* Budgets change what the model is analysed with; the rest is escapement-check's business. */
static void set_argument(Request *r, const char *argument) {
    struct {
        const char *name;
        uint64_t *value;
    } budgets[] = {{"max-object=", &r->config.max_object_bytes},
                   {"max-frame=", &r->config.max_frame_bytes},
                   {"max-recursive=", &r->config.max_recursive_bytes},
                   {"small-buffer=", &r->config.small_buffer_bytes}};
    for (size_t i = 0; i < sizeof budgets / sizeof *budgets; i++)
        if (strncmp(argument, budgets[i].name, strlen(budgets[i].name)) == 0)
            *budgets[i].value = strtoull(argument + strlen(budgets[i].name), NULL, 10);
    if (strncmp(argument, "whole-program", strlen("whole-program")) == 0)
        r->config.closed_program = true;
    pass(r, "--set=", argument);
}

static error_t parse(int key, char *value, struct argp_state *state) {
    Request *r = state->input;
    switch (key) {
    case 'p':
        r->build = value;
        return 0;
    case UNIT:
        r->unit = value;
        return 0;
    case MODELS:
        add_models(r, value);
        return 0;
    case SET:
        set_argument(r, value);
        return 0;
    case OPTION_JSON:
        r->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (r->file)
            wrong_use(state, "one FILE:LINE at a time, not %s too", value);
        if (!parse_place(r, value))
            wrong_use(state, "FILE:LINE or FILE:LINE:COL is needed, not %s", value);
        return 0;
    case ARGP_KEY_END:
        if (!r->file)
            wrong_use(state, "FILE:LINE is needed");
        if (!r->build == !r->command)
            wrong_use(state, "one of -p BUILD and -- COMMAND is needed");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp why_argp = {
    options, parse, "FILE:LINE[:COL] -p BUILD\nFILE:LINE[:COL] -- COMPILER ARGUMENT...",
    about,   NULL,  NULL,
    NULL};

static void ask(Request *r, CheckedFile *answer) {
    const FileToCheck wanted = {.build = r->build,
                                .file = r->unit ? r->unit : r->file,
                                .command = r->command,
                                .options = r->passed,
                                .noptions = r->npassed};
    char *wrong = check_file(&wanted, answer);
    if (wrong)
        trouble("%s", wrong);
}

/* ---- what is at the place ----------------------------------------------------------------------
 */

typedef struct Found {
    Subject subject;
    char *file, *text, *flow;
    unsigned line, col;
    bool good;
} Found;

typedef struct Place {
    const Request *request;
    const CheckedFile *answer;
    Found *all;
    size_t n;
    unsigned nearest[MAX_NEAREST];
} Place;

static char *absolute(const char *directory, const char *file) {
    char *joined = *file == '/' ? copy_text(file) : format_text("%s/%s", directory, file);
    char *real = realpath(joined, NULL);
    if (!real)
        return joined;
    free(joined);
    return real;
}

static bool is_file(const Place *p, const char *file) {
    char *theirs = absolute(p->answer->directory, file), *ours = absolute(".", p->request->file);
    bool same = strcmp(theirs, ours) == 0;
    free(theirs);
    free(ours);
    return same;
}

static unsigned distance(const Place *p, unsigned line) {
    unsigned at = p->request->line;
    return line == 0 ? UINT_MAX : line > at ? line - at : at - line;
}

static void note_nearest(Place *p, unsigned line) {
    for (int i = 0; i < MAX_NEAREST; i++) {
        if (p->nearest[i] == line)
            return;
        if (distance(p, line) >= distance(p, p->nearest[i]))
            continue;
        memmove(&p->nearest[i + 1], &p->nearest[i],
                (size_t)(MAX_NEAREST - 1 - i) * sizeof *p->nearest);
        p->nearest[i] = line;
        return;
    }
}

static void look_at(void *context, const EscFinding *f) {
    Place *p = context;
    if (f->kind == ESC_FIND_RESULT || !is_file(p, f->file))
        return;
    note_nearest(p, f->line);
    if (f->line != p->request->line || (p->request->col && f->col != p->request->col))
        return;
    p->all = reallocate(p->all, (p->n + 1) * sizeof *p->all);
    p->all[p->n++] = (Found){
        .subject = {f->kind, f->func, f->kind == ESC_FIND_SITE ? f->site : f->item},
        .file = copy_text(f->file),
        .text = copy_text(f->text),
        .flow = copy_text(f->flow),
        .line = f->line,
        .col = f->col,
        .good = f->good,
    };
}

static void nothing_there(const Place *p) {
    const Request *r = p->request;
    if (p->nearest[0] == 0)
        trouble("%s:%u: nothing is allocated in this file, and no address escapes", r->file,
                r->line);
    Text near = {0};
    for (int i = 0; i < MAX_NEAREST && p->nearest[i]; i++)
        text_print(&near, "%s%s:%u", i ? ", " : "", r->file, p->nearest[i]);
    trouble("%s:%u: nothing to explain here; the nearest are %s", r->file, r->line, near.bytes);
}

/* The compiler's own line at that place, if it is good news in the end: what only inlining shows.
 */
static char *good_in_the_end(const CheckedFile *a, const Found *f) {
    char *place = format_text(":%u:%u: ", f->line, f->col);
    char *line = NULL;
    for (const char *at = a->lines; f->subject.kind == ESC_FIND_SITE && *at && !line;) {
        size_t length = strcspn(at, "\n");
        const char *found = strstr(at, place);
        const char *text = found ? found + strlen(place) : NULL;
        if (found && found < at + length &&
            (strncmp(text, "moved to stack", 14) == 0 ||
             memmem(text, length - (size_t)(text - at), "optimized away", 14)))
            line = format_text("%.*s", (int)(length - (size_t)(text - at)), text);
        at += length + (at[length] == '\n');
    }
    free(place);
    return line;
}

/* ---- telling -----------------------------------------------------------------------------------
 */

static char *source_line(const CheckedFile *a, const char *file, unsigned line) {
    char *path = absolute(a->directory, file);
    size_t length;
    char *text = read_file(path, &length), *result = NULL;
    free(path);
    const char *at = text;
    for (unsigned i = 1; at && i < line; i++) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    if (at) {
        while (*at == ' ' || *at == '\t')
            at++;
        result = format_text("%.*s", (int)strcspn(at, "\r\n"), at);
    }
    free(text);
    return result ? result : copy_text("");
}

typedef struct Step {
    char *text, *file;
    unsigned line, col;
} Step;

/* "    from head = n (stored in global) at t.c:15:8" */
static bool read_step(const char *line, size_t length, Step *step) {
    char *text = format_text("%.*s", (int)length, line);
    char *from = strstr(text, "from "), *at = NULL;
    for (char *next = text; (next = strstr(next, " at ")) != NULL; next += 4)
        at = next;
    char *col = at ? strrchr(at, ':') : NULL, *number = NULL;
    if (col) {
        *col = '\0';
        number = strrchr(at, ':');
    }
    bool is = strspn(text, " ") == 4 && from == text + 4 && number && at > from;
    if (is) {
        *number = *at = '\0';
        *step =
            (Step){copy_text(from + 5), copy_text(at + 4), (unsigned)strtoul(number + 1, NULL, 10),
                   (unsigned)strtoul(col + 1, NULL, 10)};
    }
    free(text);
    return is;
}

static size_t read_steps(const char *flow, Step *steps, size_t capacity) {
    size_t n = 0;
    for (const char *at = flow; *at && n < capacity;) {
        size_t length = strcspn(at, "\n");
        n += read_step(at, length, &steps[n]);
        at += length + (at[length] == '\n');
    }
    return n;
}

enum { MAX_STEPS = 64 };

static void print_step(const CheckedFile *a, size_t number, const char *file, unsigned line,
                       const char *text) {
    char *source = source_line(a, file, line);
    printf("  %zu. %s%s:%u%s  %s\n", number, paint(stdout, PAINT_BOLD), file, line,
           paint(stdout, PAINT_NONE), text);
    if (*source)
        printf("       %s%s%s\n", paint(stdout, PAINT_DIM), source, paint(stdout, PAINT_NONE));
    free(source);
}

static void print_flow(const CheckedFile *a, const Found *f, const Step *steps, size_t nsteps) {
    print_step(a, 1, f->file, f->line,
               f->subject.kind == ESC_FIND_SITE    ? "allocated here"
               : f->subject.kind == ESC_FIND_LOCAL ? "the variable"
                                                   : "the parameter");
    for (size_t i = 0; i < nsteps; i++)
        print_step(a, i + 2, steps[i].file, steps[i].line, steps[i].text);
}

static void print_remedies(const EscModule *m, const Remedies *r, const Found *f) {
    if (r->n == 0) {
        printf("\nNo change was found that would help (%zu tried).\n", r->tried);
        return;
    }
    printf("\n%s (the cheapest first; each was tried on the model of this file):\n",
           f->subject.kind == ESC_FIND_SITE ? "It would be off the heap if you"
                                            : "It would not escape if you");
    for (size_t i = 0; i < r->n && i < MAX_OFFERED; i++)
        for (size_t k = 0; k < r->all[i].nparts; k++) {
            char *text = change_text(m, &r->all[i].parts[k]);
            printf("  %s %s\n", k ? "  and" : "-", text);
            free(text);
        }
}

static void tell(const CheckedFile *a, const EscModule *m, const Found *f, const char *good,
                 const Step *steps, size_t nsteps, const Remedies *r) {
    printf("%s%s:%u:%u: %s%s\n", paint(stdout, PAINT_BOLD), f->file, f->line, f->col,
           good ? good : f->text, paint(stdout, PAINT_NONE));
    if (!f->good || nsteps > 0)
        print_flow(a, f, steps, nsteps);
    if (good && !f->good)
        printf("\nBefore the compiler inlined and removed anything: %s.\n", f->text);
    if (!good && !f->good)
        print_remedies(m, r, f);
}

static json_t *json_of(const CheckedFile *a, const EscModule *m, const Found *f, const char *good,
                       const Step *steps, size_t nsteps, const Remedies *r) {
    json_t *flow = json_array(), *changes = json_array();
    for (size_t i = 0; i < nsteps; i++) {
        char *source = source_line(a, steps[i].file, steps[i].line);
        json_array_append_new(flow, json_pack("{s:s,s:i,s:i,s:s,s:s}", "file", steps[i].file,
                                              "line", (int)steps[i].line, "col", (int)steps[i].col,
                                              "text", steps[i].text, "source", source));
        free(source);
    }
    for (size_t i = 0; i < r->n; i++) {
        json_t *parts = json_array();
        for (size_t k = 0; k < r->all[i].nparts; k++) {
            char *text = change_text(m, &r->all[i].parts[k]);
            json_array_append_new(
                parts,
                json_pack("{s:s,s:s}", "kind", change_name(r->all[i].parts[k].kind), "text", text));
            free(text);
        }
        json_array_append_new(changes, parts);
    }
    return json_pack("{s:s,s:i,s:i,s:s,s:b,s:o,s:o}", "file", f->file, "line", (int)f->line, "col",
                     (int)f->col, "text", good ? good : f->text, "good", good || f->good, "flow",
                     flow, "changes", changes);
}

/* True: it is off the heap, or could be. */
static bool explain(const Request *r, const CheckedFile *a, const ModelText *model, EscModule *m,
                    const Found *f, json_t *all) {
    static Step steps[MAX_STEPS];
    size_t nsteps = read_steps(f->flow, steps, MAX_STEPS);
    char *good = f->good ? NULL : good_in_the_end(a, f);
    Remedies remedies = {0};
    if (!good && !f->good)
        find_remedies(model, &f->subject, &remedies);
    if (r->json)
        json_array_append_new(all, json_of(a, m, f, good, steps, nsteps, &remedies));
    else
        tell(a, m, f, good, steps, nsteps, &remedies);
    bool helped = good || f->good || remedies.n > 0;
    for (size_t i = 0; i < nsteps; i++) {
        free(steps[i].text);
        free(steps[i].file);
    }
    remedies_free(&remedies);
    free(good);
    return helped;
}

static char **behind_dashes(int *argc, char **argv) {
    for (int i = 1; i < *argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            *argc = i;
            return argv + i + 1;
        }
    return NULL;
}

int why_main(int argc, char **argv) {
    Request r = {.config = esc_config_default()};
    CheckedFile answer = {0};
    text_add(&r.models, "", 0);
    r.command = behind_dashes(&argc, argv);
    parse_arguments(&why_argp, argc, argv, 0, &r);
    ask(&r, &answer);
    ModelText model = {answer.model, answer.model_length, r.models.bytes, r.config};
    EscModule *m = analyse_changed(&model, NULL, 0);
    Place place = {.request = &r, .answer = &answer};
    esc_findings(m, 2, look_at, &place);
    if (place.n == 0)
        nothing_there(&place);
    json_t *all = json_array();
    bool helped = false;
    for (size_t i = 0; i < place.n; i++) {
        if (i > 0 && !r.json)
            putchar('\n');
        helped |= explain(&r, &answer, &model, m, &place.all[i], all);
    }
    if (r.json)
        write_json("-", all, JSON_INDENT(1));
    return helped ? EXIT_HELD : EXIT_FAILED;
}
