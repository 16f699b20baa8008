/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* doctor.c - `escapement doctor`: what is installed, what works, what is missing and how to get it.
 *
 * "works" is tried, not guessed: each plugin compiles a program whose verdict is known, and the
 * runtime is preloaded into one. What other programs read is only looked for.
 */
#include "command.h"
#include "place.h"
#include "run.h"
#include "table.h"
#include "tempdir.h"
#include "terminal.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECONDS_TO_COMPILE = 120 };

static const char about[] =
    "Say what is installed, which compilers match, and what is missing and how to get it."
    "\vEach plugin is tried with its compiler, the runtime with a program. Other compilers in PATH "
    "are "
    "named with the reason why they have no plugin: a plugin is for one major version.\n"
    "\n"
    "  escapement doctor\n"
    "  escapement doctor --json | jq '.checks[] | select(.state != \"works\")'\n"
    "\n"
    "Exit status: 0 a compiler has a plugin that works, and the runtime works; 1 not so; 2 wrong "
    "use.";

static const struct argp_option options[] = {
    {"json", OPTION_JSON, 0, 0, "Print a JSON document instead", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state) {
    (void)value;
    switch (key) {
    case OPTION_JSON:
        *(bool *)state->input = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp doctor_argp = {options, parse, "", about, NULL, NULL, NULL};

typedef enum State { WORKS, THERE, OPTIONAL, MISSING, BROKEN } State;
static const char *const states[] = {"works", "there", "not there", "missing", "broken"};

typedef struct Check {
    char *name;
    State state;
    char *detail; /* where it is, or what is wrong */
    char *remedy; /* NULL: nothing has to be done */
} Check;

typedef struct Report {
    Check *all;
    size_t n;
    size_t nplugins; /* that work */
    bool runtime_works;
} Report;

/* Takes the three texts. */
static void add(Report *report, char *name, State state, char *detail, char *remedy) {
    report->all = reallocate(report->all, (report->n + 1) * sizeof *report->all);
    report->all[report->n++] = (Check){name, state, detail, remedy};
}

/* ---- trying ---------------------------------------------------------------------------------- */

/* The first line of a file. */
static char *first_line(const char *path) {
    size_t length;
    char *text = read_file(path, &length);
    if (!text)
        return copy_text("");
    text[strcspn(text, "\n")] = '\0';
    return text;
}

/* NULL: it works; else what is wrong. */
static char *try_plugin(const char *compiler, const Plugin *plugin) {
    static const char source[] = "#include <stdlib.h>\n#include <string.h>\n"
                                 "int f(const char *s) {\n    char *p = malloc(64);\n"
                                 "    if (!p)\n        return 0;\n    strncpy(p, s, 63);\n"
                                 "    p[63] = 0;\n    int n = (int)strlen(p);\n    free(p);\n"
                                 "    return n;\n}\n";
    char *directory = temporary_directory();
    char *file = format_text("%s/try.c", directory), *log = format_text("%s/try.log", directory),
         *object = format_text("%s/try.o", directory),
         *load = format_text("-fplugin=%s", plugin->path), *wrong = NULL;
    char *command[] = {(char *)(uintptr_t)compiler,
                       load,
                       (char[]){"-fplugin-arg-escapement-m"},
                       (char[]){"-O2"},
                       (char[]){"-c"},
                       file,
                       (char[]){"-o"},
                       object,
                       NULL};
    const Setting settings[] = {{"CCACHE_DISABLE", "1"}, {NULL, NULL}};
    if (!write_file(file, source, sizeof source - 1))
        trouble("cannot write %s: %s", file, strerror(errno));
    int status = run_command(command, settings, log, SECONDS_TO_COMPILE);
    size_t length;
    char *printed = read_file(log, &length);
    if (status != 0)
        wrong = first_line(log);
    else if (!printed || !strstr(printed, "moved to stack: malloc(64)"))
        wrong = copy_text("it compiles, and moves nothing");
    free(printed);
    free(file);
    free(log);
    free(object);
    free(load);
    free(directory);
    return wrong;
}

static char *package_of(const Plugin *plugin) {
    return format_text("install %s-%u (Debian: apt-get install %s-%u)",
                       plugin->kind == COMPILER_CLANG ? "clang" : "gcc", plugin->version,
                       plugin->kind == COMPILER_CLANG ? "clang" : "gcc", plugin->version);
}

/* The compiler beside us first: a sanitized plugin is loaded by no other. */
static char *compiler_of(const Plugin *plugin) {
    const char *kind = plugin->kind == COMPILER_CLANG ? "clang" : "gcc";
    char *own = format_text("%s/../bin/%s-%u", place()->directory, kind, plugin->version);
    if (place()->is_build_tree && access(own, X_OK) == 0)
        return own;
    free(own);
    char *name = format_text("%s-%u", kind, plugin->version), *path = find_program(name);
    Compiler plain;
    if (!path && identify_compiler(kind, &plain) && plain.version == plugin->version)
        path = plain.program;
    free(name);
    return path;
}

static void check_plugin(Report *report, const Plugin *plugin) {
    char *name = format_text("plugin for %s %u", kind_name(plugin->kind), plugin->version);
    char *compiler = compiler_of(plugin);
    if (!plugin->exists) {
        add(report, name, MISSING, copy_text(plugin->path),
            copy_text("build Escapement, or install it again"));
    } else if (!compiler) {
        add(report, name, MISSING, format_text("its compiler is not in PATH"), package_of(plugin));
    } else {
        char *wrong = try_plugin(compiler, plugin);
        report->nplugins += !wrong;
        add(report, name, wrong ? BROKEN : WORKS,
            wrong ? format_text("%s: %s", compiler, wrong)
                  : format_text("%s with %s", compiler, plugin->path),
            wrong ? copy_text("build Escapement for this compiler") : NULL);
        free(wrong);
    }
    free(compiler);
}

static void check_runtime(Report *report) {
    const char *path = place()->products[RUNTIME];
    char *directory = temporary_directory(), *log = format_text("%s/run.log", directory),
         *stats = format_text("%s/stats", directory), *output = format_text("json:%s", stats);
    const Setting settings[] = {{"LD_PRELOAD", path ? path : ""},
                                {"ESCAPEMENT_STATS", output},
                                {"ASAN_OPTIONS", "verify_asan_link_order=0"},
                                {NULL, NULL}};
    char *command[] = {(char[]){"true"}, NULL};
    if (!path) {
        add(report, copy_text("runtime"), MISSING,
            format_text("libescapement.so is not beside %s", place()->directory),
            copy_text("build Escapement, or install it again"));
    } else {
        int status = run_command(command, settings, log, SECONDS_TO_COMPILE);
        report->runtime_works = status == 0 && access(stats, R_OK) == 0;
        add(report, copy_text("runtime"), report->runtime_works ? WORKS : BROKEN,
            report->runtime_works ? copy_text(path) : first_line(log), NULL);
    }
    free(directory);
    free(log);
    free(stats);
    free(output);
}

static void check_product(Report *report, Product which, const char *name, const char *purpose) {
    const char *path = place()->products[which];
    add(report, copy_text(name), path ? THERE : MISSING,
        path ? copy_text(path) : format_text("needed by %s", purpose),
        path ? NULL : copy_text("build Escapement, or install it again"));
}

static void check_tool(Report *report, const char *name, const char *purpose) {
    char *path = find_program(name);
    add(report, copy_text(name), path ? THERE : OPTIONAL,
        path ? path : format_text("for %s", purpose),
        path ? NULL : format_text("Debian: apt-get install %s", name));
}

/* Compilers that somebody might try with -fplugin. */
static void check_other_compilers(Report *report) {
    static const char *const names[] = {"cc", "clang", "gcc"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Compiler compiler;
        if (!identify_compiler(names[i], &compiler) || plugin_for(&compiler))
            continue;
        add(report, copy_text(names[i]), THERE,
            format_text("%s %u, for which there is no plugin", kind_name(compiler.kind),
                        compiler.version),
            copy_text("`escapement cc' takes another one"));
        free(compiler.program);
    }
}

/* ---- saying ---------------------------------------------------------------------------------- */

static void print_text(const Report *report) {
    Table table = table_new("lll");
    Text text = {0};
    bool colour = has_colour(stdout);
    text_print(&text, "escapement " ESCAPEMENT_VERSION ", %s %s\n\n",
               place()->is_build_tree ? "in the build tree" : "installed in", place()->directory);
    for (size_t i = 0; i < report->n; i++) {
        const Check *c = &report->all[i];
        const char *paint = !colour               ? ""
                            : c->state >= MISSING ? "\033[31m"
                            : c->state == WORKS   ? "\033[32m"
                                                  : "";
        table_cell(&table, "%s", c->name);
        table_cell(&table, "%s%s%s", paint, states[c->state], *paint ? "\033[0m" : "");
        table_cell(&table, "%s%s%s", c->detail, c->remedy ? "; " : "", c->remedy ? c->remedy : "");
    }
    table_print(&table, TABLE_TEXT, &text);
    if (report->nplugins == 0)
        text_print(&text, "\nNo compiler has a plugin that works.\n");
    write_output("-", text.bytes, text.length);
    table_free(&table);
    text_free(&text);
}

static void print_json(const Report *report, bool held) {
    json_t *all = json_array();
    for (size_t i = 0; i < report->n; i++) {
        const Check *c = &report->all[i];
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s?}", "name", c->name, "state",
                                             states[c->state], "detail", c->detail, "remedy",
                                             c->remedy));
    }
    json_t *document = json_pack("{s:s, s:i, s:b, s:s, s:o}", "escapement", "doctor", "version", 1,
                                 "held", held, "directory", place()->directory, "checks", all);
    json_dumpf(document, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(document);
}

int doctor_main(int argc, char **argv) {
    bool json = false;
    Report report = {0};
    parse_arguments(&doctor_argp, argc, argv, 0, &json);
    for (size_t i = 0; i < place()->nplugins; i++)
        check_plugin(&report, &place()->plugins[i]);
    if (place()->nplugins == 0)
        add(&report, copy_text("plugins"), MISSING, copy_text("none was built"),
            copy_text("configure with ESCAPEMENT_BUILD_PLUGIN=ON"));
    check_other_compilers(&report);
    check_runtime(&report);
    check_product(&report, RUNTIME_STATIC, "static runtime", "programs linked with -static");
    check_product(&report, MEASURE, "counting library", "escapement measure");
    check_product(&report, VERIFY, "verify's runtime", "-fplugin-arg-escapement-verify");
    check_tool(&report, "ccache", "escapement cc --launcher=ccache");
    bool held = report.nplugins > 0 && report.runtime_works;
    if (json)
        print_json(&report, held);
    else
        print_text(&report);
    return held ? EXIT_HELD : EXIT_FAILED;
}
