/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cc.c - `escapement cc`: a C compiler that has the plugin in it, and whose programs the runtime.
 *
 * It is one exec: the compiler gets our arguments before the user's, which may therefore undo them,
 * and the runtime after them, where libraries stand. Where nothing of C is compiled and nothing is
 * linked (C++, assembly, --version, -E) the compiler gets the user's arguments alone, so that a
 * build system's questions have the compiler's own answers.
 *
 * NOT HERE  Which compiler and which plugin (place.c), what a command line asks for (cmdline.c).
 */
#include "cc.h"

#include "command.h"
#include "findings.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char about[] =
    "Compile C with the plugin, and link programs with the runtime."
    "\vARGUMENTs are those of a C compiler; the options of `escapement cc' stand before them. Use "
    "it "
    "as the compiler of any build:\n"
    "\n"
    "  make CC='escapement cc'\n"
    "  CC='escapement cc' ./configure && make\n"
    "  CC='escapement cc' cmake -B build && cmake --build build\n"
    "  CC='escapement cc' meson setup build && ninja -C build\n"
    "\n"
    "With ccache the order matters: ccache has to see the compiler and the plugin to notice when "
    "they "
    "change, so it is `escapement cc' that calls it (the other way round nothing is cached, and "
    "CCACHE_PREFIX must not be used: its objects would be found without it, too):\n"
    "\n"
    "  make CC='escapement cc --launcher=ccache'\n"
    "\n"
    "With --report every compilation writes its verdicts as JSON lines into a directory, under a "
    "name "
    "made of the object's; `escapement baseline', `compare', `top' and `report' read it. Tests of "
    "configure scripts leave no reports there. A compilation that ccache answers would leave none "
    "either, so with --report ccache only stores (CCACHE_RECACHE).\n"
    "\n"
    "What the plugin is told: --arg=m, --arg=whole-program and so on, each for "
    "-fplugin-arg-escapement-NAME, or several in ESCAPEMENT_ARGS. A program that is linked with "
    "-static, -nostdlib or a sanitizer gets no shared runtime, a shared library none at all."
    "\n\nExit status: the compiler's; 2 when it cannot be run.";

enum { OPTION_LAUNCHER = 256, OPTION_REPORT, OPTION_RUNTIME, OPTION_ARG, OPTION_PRINT };

static const struct argp_option options[] = {
    {"compiler", 'C', "clang|gcc|PROGRAM", 0,
     "Which compiler (ESCAPEMENT_COMPILER; the first that has a plugin)", 0},
    {"report", OPTION_REPORT, "DIRECTORY", 0,
     "Each compilation leaves its report there; an absolute path (ESCAPEMENT_REPORT)", 0},
    {"runtime", OPTION_RUNTIME, "shared|static|none", 0,
     "How programs get the runtime (ESCAPEMENT_RUNTIME; shared)", 0},
    {"arg", OPTION_ARG, "NAME[=VALUE]", 0,
     "An argument of the plugin; may be repeated (ESCAPEMENT_ARGS, separated by blanks)", 0},
    {"launcher", OPTION_LAUNCHER, "PROGRAM", 0,
     "What runs the compiler, such as ccache (ESCAPEMENT_LAUNCHER)", 0},
    {"print", OPTION_PRINT, 0, 0, "Print the command instead of running it", 0},
    {0},
};

static void add_arg(Wrapping *w, const char *arg) {
    w->args = reallocate(w->args, (w->nargs + 1) * sizeof *w->args);
    w->args[w->nargs++] = copy_text(arg);
}

static void set_runtime(Wrapping *w, const char *value, const char *whence) {
    static const char *const names[] = {
        [RUNTIME_SHARED] = "shared", [RUNTIME_ARCHIVE] = "static", [RUNTIME_NONE] = "none"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(value, names[i]) == 0) {
            w->runtime = (RuntimeChoice)i;
            return;
        }
    trouble("%s is shared, static or none, not `%s'", whence, value);
}

/* A build runs compilers in many directories: a relative one would be several. */
static void set_report(Wrapping *w, const char *value, const char *whence) {
    if (*value != '/')
        trouble("%s needs an absolute path, because builds run compilers in many directories: %s",
                whence, value);
    w->report = value;
}

Wrapping wrapping_from_environment(void) {
    Wrapping w = {.compiler = getenv("ESCAPEMENT_COMPILER"),
                  .launcher = getenv("ESCAPEMENT_LAUNCHER")};
    const char *report = getenv("ESCAPEMENT_REPORT"), *runtime = getenv("ESCAPEMENT_RUNTIME"),
               *args = getenv("ESCAPEMENT_ARGS");
    if (report && *report)
        set_report(&w, report, "ESCAPEMENT_REPORT");
    if (runtime && *runtime)
        set_runtime(&w, runtime, "ESCAPEMENT_RUNTIME");
    char *copy = copy_text(args ? args : ""), *rest = copy;
    for (char *one; (one = strsep(&rest, " \t\n")) != NULL;)
        if (*one)
            add_arg(&w, one);
    free(copy);
    return w;
}

static error_t parse(int key, char *value, struct argp_state *state) {
    Wrapping *w = state->input;
    switch (key) {
    case 'C':
        w->compiler = value;
        return 0;
    case OPTION_REPORT:
        set_report(w, value, "--report");
        return 0;
    case OPTION_RUNTIME:
        set_runtime(w, value, "--runtime");
        return 0;
    case OPTION_ARG:
        add_arg(w, value);
        return 0;
    case OPTION_LAUNCHER:
        w->launcher = value;
        return 0;
    case OPTION_PRINT:
        w->print = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cc_argp = {options, parse, "ARGUMENT...", about, NULL, NULL, NULL};

/* ---- what is added --------------------------------------------------------------------------- */

void arguments_add(Arguments *list, char *argument) {
    list->all = reallocate(list->all, (list->n + 2) * sizeof *list->all);
    list->all[list->n++] = argument;
    list->all[list->n] = NULL;
}

void add_plugin_arguments(const Wrapping *w, const Plugin *plugin, Arguments *list) {
    arguments_add(list, format_text("-fplugin=%s", plugin->path));
    const char *header = place()->products[ANNOTATE];
    if (header) {
        /* Behind the user's own and the system's directories, for <escapement/annotate.h> alone. */
        char *path = copy_text(header);
        arguments_add(list, copy_text("-idirafter"));
        arguments_add(list, copy_text(dirname(dirname(path))));
        free(path);
    }
    for (size_t i = 0; i < w->nargs; i++)
        arguments_add(list, format_text("-fplugin-arg-escapement-%s", w->args[i]));
}

void add_runtime_arguments(const Wrapping *w, bool is_static, Arguments *list) {
    RuntimeChoice choice = is_static && w->runtime == RUNTIME_SHARED ? RUNTIME_ARCHIVE : w->runtime;
    if (choice == RUNTIME_NONE)
        return;
    const char *library = place()->products[choice == RUNTIME_SHARED ? RUNTIME : RUNTIME_STATIC];
    if (!library)
        trouble("the runtime is not where it should be; `escapement doctor' says where it is "
                "looked for, and --runtime=none does without");
    if (choice == RUNTIME_SHARED) {
        /* A program whose own files call no malloc needs it all the same: its libraries do. */
        arguments_add(list, copy_text("-Wl,--push-state,--no-as-needed"));
        arguments_add(list, copy_text(library));
        arguments_add(list, copy_text("-Wl,--pop-state"));
        char *path = copy_text(library);
        arguments_add(list, format_text("-Wl,-rpath,%s", dirname(path)));
        free(path);
    } else {
        arguments_add(list, copy_text("-Wl,-u,malloc"));
        arguments_add(list, copy_text(library));
    }
}

/* ---- reports --------------------------------------------------------------------------------- */

static uint64_t hash_of(const char *text, uint64_t hash) {
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash;
}

/* What configure, CMake and Meson compile to learn of the machine is not the program. */
static bool is_of_configuration(const CommandLine *line, const char *here) {
    const char *slash = line->source ? strrchr(line->source, '/') : NULL;
    const char *name = slash ? slash + 1 : line->source ? line->source : "";
    static const char *const places[] = {"/CMakeFiles/CMakeScratch", "/CMakeFiles/CMakeTmp",
                                         "/CMakeFiles/3.", "/CMakeFiles/4.", "/meson-private"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strstr(here, places[i]) || (line->source && strstr(line->source, places[i])))
            return true;
    return strncmp(name, "conftest.", 9) == 0;
}

/* One name for each object, the same one when it is compiled again, below the directory that the
 * compiler runs in, because sources are named from there. Several sources at once are
 * told apart by the plugin's "%", which may hold directories. */
static char *report_name(const Wrapping *w, const CommandLine *line) {
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here))
        trouble("cannot find the current directory: %s", strerror(errno));
    if (is_of_configuration(line, here))
        return NULL;
    const char *output = line->output ? line->output : line->source;
    uint64_t hash = hash_of(output, 0xcbf29ce484222325u);
    char *directory = format_text("%s/" REPORTS_FROM "%s", w->report, here), *name;
    if (line->nsources == 1) {
        char *copy = copy_text(line->source);
        make_directories(directory);
        name =
            format_text("%s/%s.%016llx.json", directory, basename(copy), (unsigned long long)hash);
        free(copy);
    } else {
        /* ":" ends the name of the directory that the compiler ran in. */
        char *out = copy_text(output);
        char *below = format_text("%s/:%016llx/%s", directory, (unsigned long long)hash,
                                  line->output && strchr(out, '/') ? dirname(out) : "");
        make_directories(below);
        name = format_text("%s/:%016llx/%%.json", directory, (unsigned long long)hash);
        free(below);
        free(out);
    }
    free(directory);
    return name;
}

/* Beside the report of one file: a compile database of that file alone, with the user's own
 * arguments, so that `escapement top' can analyse it again. Nothing depends on it. */
static void save_command(const char *report, const Wrapping *w, const CommandLine *line,
                         char **users, size_t nusers) {
    char here[PATH_MAX];
    json_t *arguments = json_array();
    if (line->nsources != 1 || w->print || !getcwd(here, sizeof here))
        return;
    json_array_append_new(arguments, json_string("cc"));
    for (size_t i = 0; i < nusers; i++)
        json_array_append_new(arguments, json_string(users[i])); /* not UTF-8: it is left out ... */
    size_t given = nusers + 1;
    for (size_t i = 0; i < w->nargs; i++)
        if (strncmp(w->args[i], "summaries=", strlen("summaries=")) == 0) {
            char *word = format_text("-fplugin-arg-escapement-%s", w->args[i]);
            json_array_append_new(arguments, json_string(word));
            free(word);
            given++;
        }
    json_t *database = json_pack("[{s:s, s:s, s:o}]", "directory", here, "file", line->source,
                                 "arguments", arguments);
    char *path = command_of_report(report);
    if (json_array_size(arguments) == given) /* ... and so is the file */
        json_dump_file(database, path, JSON_INDENT(1));
    free(path);
    json_decref(database);
}

static void add_report(const Wrapping *w, const CommandLine *line, char **users, size_t nusers,
                       Arguments *list) {
    char *name = w->report ? report_name(w, line) : NULL;
    if (!name)
        return;
    save_command(name, w, line, users, nusers);
    arguments_add(list, format_text("-fplugin-arg-escapement-report=%s", name));
    setenv("CCACHE_RECACHE", "1", 1);
    free(name);
}

/* ---- the command ----------------------------------------------------------------------------- */

/* How many of the first arguments are our own. */
static int count_own(int argc, char **argv) {
    int n = 1;
    for (; n < argc; n++) {
        const char *a = argv[n];
        bool own = strcmp(a, "--print") == 0 || (n == 1 && argc == 2 && strcmp(a, "--help") == 0) ||
                   strcmp(a, "--usage") == 0;
        for (const struct argp_option *o = options; o->name && !own; o++) {
            size_t length = strlen(o->name);
            own = o->arg && strncmp(a, "--", 2) == 0 && strncmp(a + 2, o->name, length) == 0 &&
                  a[2 + length] == '=';
        }
        if (!own)
            break;
    }
    return n;
}

static void print_command(const Arguments *list) {
    for (size_t i = 0; i < list->n; i++) {
        char *quoted = quote_for_shell(list->all[i]);
        printf("%s%s", i ? " " : "", quoted);
        free(quoted);
    }
    putchar('\n');
}

/* ccache's key would hold this executable, and neither the plugin nor ESCAPEMENT_ARGS: after an
 * update of the plugin it would hand out objects of the old one. When it is refused it gives up and
 * becomes the command that it was given, which then compiles, without the cache. */
static bool is_run_by_ccache(void) {
    char path[PATH_MAX];
    char *link = format_text("/proc/%ld/exe", (long)getppid());
    ssize_t length = readlink(link, path, sizeof path - 1);
    free(link);
    path[length < 0 ? 0 : length] = '\0';
    return strcmp(basename(path), "ccache") == 0;
}

int cc_main(int argc, char **argv) {
    Wrapping w = wrapping_from_environment();
    int own = count_own(argc, argv);
    parse_arguments(&cc_argp, own, argv, ARGP_IN_ORDER, &w);
    char **users = argv + own;
    size_t nusers = (size_t)(argc - own);
    if (nusers == 0)
        trouble("cc: no arguments for the compiler; `escapement cc --help' says more");
    if (is_run_by_ccache())
        trouble("cc: ccache would not notice another plugin; let `escapement cc --launcher=ccache' "
                "call it instead");
    Compiler compiler = choose_compiler(w.compiler);
    CommandLine line = read_command_line(users, nusers);
    Arguments list = {0};
    if (w.launcher && *w.launcher)
        arguments_add(&list, copy_text(w.launcher));
    arguments_add(&list, compiler.program);
    if (line.nsources > 0) {
        add_plugin_arguments(&w, plugin_for(&compiler), &list);
        add_report(&w, &line, users, nusers, &list);
    }
    for (size_t i = 0; i < nusers; i++)
        arguments_add(&list, users[i]);
    if (line.links_program && !line.sanitized)
        add_runtime_arguments(&w, line.is_static, &list);
    if (w.print) {
        print_command(&list);
        return EXIT_HELD;
    }
    execvp(list.all[0], list.all);
    trouble("cannot run %s: %s", list.all[0], strerror(errno));
}
