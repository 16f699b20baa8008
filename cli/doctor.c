/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* doctor.c - `escapement doctor`: what is installed, what works, what is missing and how to get it.
 *
 * "works" is tried, not guessed (trial.c): each plugin compiles a program whose verdict is known,
 * the runtime is preloaded into one, verify mode catches one. What other programs read is only
 * looked for.
 */
#include "command.h"
#include "json.h"
#include "place.h"
#include "table.h"
#include "terminal.h"
#include "trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char about[] =
    "Say what is installed, which compilers match, and what is missing and how to get it."
    "\vEach plugin is tried with its compiler (and Clang's with lld, for -flto), the runtime and "
    "verify mode with a program, escapement-check with a file, each linker with what `escapement "
    "ld' "
    "asks of it. Other compilers in PATH are named with the reason why they have no plugin: a "
    "plugin "
    "is for one major version. `not there' is something that only one use needs, which is named.\n"
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
        wrong_use(state, "takes no arguments, such as %s", value);
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
    char *compiler;  /* of the first of these; NULL: there is none */
    const Plugin *plugin;
    bool runtime_works;
} Report;

/* Takes the three texts. */
static void add(Report *report, char *name, State state, char *detail, char *remedy) {
    report->all = reallocate(report->all, (report->n + 1) * sizeof *report->all);
    report->all[report->n++] = (Check){name, state, detail, remedy};
}

/* ---- checks ---------------------------------------------------------------------------------- */

/* Sanitizers' builds: their plugin runs in no program but the compiler beside it. */
#if defined(__has_feature)
#define IS_SANITIZED __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

static const char again[] = "build Escapement, or install it again";

/* Adds what a trial said: `wrong` NULL, it works. Takes the texts. */
static bool add_trial(Report *report, char *name, char *wrong, char *where, const char *remedy) {
    add(report, name, wrong ? BROKEN : WORKS,
        wrong ? format_text("%s: %s", where, wrong) : copy_text(where),
        wrong && remedy ? copy_text(remedy) : NULL);
    bool works = !wrong;
    free(wrong);
    free(where);
    return works;
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

/* The first line that a command prints, "" when there is none. */
static char *answer_of(const char *program, const char *option) {
    char *quoted = quote_for_shell(program), line[4096] = "";
    char *command = format_text("%s %s 2>/dev/null", quoted, option);
    FILE *pipe = popen(command, "r");
    if (pipe && !fgets(line, sizeof line, pipe))
        *line = '\0';
    if (pipe)
        pclose(pipe);
    line[strcspn(line, "\n")] = '\0';
    free(command);
    free(quoted);
    return copy_text(line);
}

/* lld must be of the plugin's own version, as a compiler must. */
static void check_link_plugin(Report *report, const Plugin *plugin, const char *compiler) {
    char *name = format_text("plugin for lld %u (-flto)", plugin->version);
    char *lld = answer_of(compiler, "-print-prog-name=ld.lld"), *path = find_program(lld);
    char *version = path ? answer_of(path, "--version") : copy_text("");
    char *number = format_text("LLD %u.", plugin->version);
    if (access(plugin->link_path, R_OK) != 0)
        add(report, name, MISSING, copy_text(plugin->link_path), copy_text(again));
    else if (!strstr(version, number))
        add(report, name, OPTIONAL,
            format_text("%s finds %s", compiler, *version ? version : "no lld"),
            format_text("Debian: apt-get install lld-%u", plugin->version));
    else if (IS_SANITIZED)
        add(report, name, THERE, copy_text(plugin->link_path), NULL);
    else
        add_trial(report, name, try_link_plugin(compiler, plugin),
                  format_text("%s with %s", path, plugin->link_path),
                  "build Escapement for this lld");
    free(number);
    free(version);
    free(path);
    free(lld);
}

/* `gcc -fplugin=escapement` looks in one place. Nothing of ours depends on it. */
static void check_short_name(Report *report, const Plugin *plugin, const char *compiler) {
    char *name = format_text("gcc-%u -fplugin=escapement", plugin->version);
    char *directory = answer_of(compiler, "-print-file-name=plugin");
    char *theirs = format_text("%s/escapement.so", directory), *real = realpath(theirs, NULL);
    char *ours = realpath(plugin->path, NULL);
    if (!real)
        add(report, name, OPTIONAL, format_text("GCC looks for %s", theirs),
            format_text("`escapement cc' and -fplugin=%s need no such place; ln -s %s %s/",
                        plugin->path, plugin->path, directory));
    else if (!ours || strcmp(real, ours) != 0)
        add(report, name, THERE, format_text("GCC finds another one: %s", theirs),
            format_text("-fplugin=%s is the one of this `escapement'", plugin->path));
    else
        add(report, name, THERE, copy_text(theirs), NULL);
    free(ours);
    free(real);
    free(theirs);
    free(directory);
}

static void check_plugin(Report *report, const Plugin *plugin) {
    char *name = format_text("plugin for %s %u", kind_name(plugin->kind), plugin->version);
    char *compiler = compiler_of(plugin);
    if (!plugin->exists) {
        add(report, name, MISSING, copy_text(plugin->path), copy_text(again));
    } else if (!compiler) {
        add(report, name, MISSING, format_text("its compiler is not in PATH"), package_of(plugin));
    } else {
        bool works = add_trial(report, name, try_plugin(compiler, plugin),
                               format_text("%s with %s", compiler, plugin->path),
                               "build Escapement for this compiler");
        if (works && report->nplugins++ == 0) {
            report->compiler = copy_text(compiler);
            report->plugin = plugin;
        }
        if (plugin->kind == COMPILER_CLANG)
            check_link_plugin(report, plugin, compiler);
        else
            check_short_name(report, plugin, compiler);
    }
    free(compiler);
}

/* Adds that it is missing; false: it is there. */
static bool is_missing(Report *report, Product which, const char *name, const char *purpose) {
    if (place()->products[which])
        return false;
    add(report, copy_text(name), MISSING, format_text("needed by %s", purpose), copy_text(again));
    return true;
}

static void check_runtime(Report *report) {
    static const char name[] = "runtime";
    const char *path = place()->products[RUNTIME];
    if (!is_missing(report, RUNTIME, name, "programs linked by `escapement cc'"))
        report->runtime_works =
            add_trial(report, copy_text(name), try_runtime(path), copy_text(path), again);
}

static void check_product(Report *report, Product which, const char *name, const char *purpose) {
    if (!is_missing(report, which, name, purpose))
        add(report, copy_text(name), THERE, copy_text(place()->products[which]), NULL);
}

static void check_verify(Report *report) {
    static const char name[] = "verify's library";
    const char *path = place()->products[VERIFY];
    if (is_missing(report, VERIFY, name, "-fplugin-arg-escapement-verify"))
        return;
    if (report->compiler && !IS_SANITIZED)
        add_trial(report, copy_text(name), try_verify(report->compiler, report->plugin, path),
                  copy_text(path), again);
    else
        add(report, copy_text(name), THERE, copy_text(path), NULL);
}

static void check_check(Report *report) {
    static const char name[] = "escapement-check";
    char *path = format_text("%s/escapement-check", place()->directory);
    if (access(path, X_OK) != 0)
        add(report, copy_text(name), OPTIONAL,
            format_text("for escapement check, why, and what top tries"),
            copy_text("it needs Clang as a library: Debian: apt-get install libclang-19-dev, and "
                      "build Escapement again"));
    else
        add_trial(report, copy_text(name), try_check(path), copy_text(path), again);
    free(path);
}

/* What `escapement ld' may link with. */
static void check_linkers(Report *report) {
    static const char *const names[] = {"bfd", "lld", "gold", "mold"};
    size_t nworking = 0;
    for (size_t i = 0; report->compiler && i < sizeof names / sizeof *names; i++) {
        char *program = format_text("ld.%s", names[i]), *path = find_program(program), *version;
        if (path) {
            char *wrong = try_linker(report->compiler, names[i], &version);
            nworking += !wrong;
            add_trial(report, format_text("escapement ld, -fuse-ld=%s", names[i]), wrong,
                      copy_text(version ? version : path), "take another linker");
            free(version);
        }
        free(path);
        free(program);
    }
    if (report->compiler && nworking == 0)
        add(report, copy_text("escapement ld"), OPTIONAL, copy_text("no linker that it can ask"),
            copy_text("GNU ld or lld (Debian: apt-get install binutils, or lld)"));
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
    write_json("-", document, JSON_INDENT(1));
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
    check_product(&report, ANNOTATE, "annotate.h", "promises in the source");
    check_verify(&report);
    check_check(&report);
    check_linkers(&report);
    check_tool(&report, "ccache", "escapement cc --launcher=ccache");
    check_tool(&report, "bear", "compile_commands.json of a build by make (bear -- make)");
    bool held = report.nplugins > 0 && report.runtime_works;
    if (json)
        print_json(&report, held);
    else
        print_text(&report);
    return held ? EXIT_HELD : EXIT_FAILED;
}
