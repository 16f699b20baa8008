/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* env.c - `escapement env`: what `escapement cc` adds, for a shell or for another program. */
#include "cc.h"
#include "command.h"
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Print what `escapement cc' adds to a compiler's command line."
    "\vEvery line sets and exports a variable, for a shell to read:\n"
    "\n"
    "  eval \"$(escapement env)\" && make CC=\"$CC\"\n"
    "  make CC=clang-19 CFLAGS=\"-O2 $ESCAPEMENT_CFLAGS\" LDLIBS=\"$ESCAPEMENT_LDFLAGS\"\n"
    "  LD_PRELOAD=$ESCAPEMENT_PRELOAD program\n"
    "\n"
    "ESCAPEMENT_CC is the compiler, ESCAPEMENT_CFLAGS what compilations need, ESCAPEMENT_LDFLAGS "
    "what "
    "linking needs, at the end; ESCAPEMENT_PLUGIN and ESCAPEMENT_PRELOAD are the files. CC is "
    "`escapement cc' itself."
    "\n\nExit status: 0, or 2 when there is no compiler with a plugin.";

static const struct argp_option options[] = {
    {"compiler", 'C', "clang|gcc|PROGRAM", 0,
     "Which compiler (ESCAPEMENT_COMPILER; the first that has a plugin)", 0},
    {"json", OPTION_JSON, 0, 0, "Print a JSON object instead", 0},
    {0},
};

typedef struct Request {
    Wrapping wrapping;
    bool json;
} Request;

static error_t parse(int key, char *value, struct argp_state *state) {
    Request *request = state->input;
    switch (key) {
    case 'C':
        request->wrapping.compiler = value;
        return 0;
    case OPTION_JSON:
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        wrong_use(state, "takes no arguments, such as %s", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp env_argp = {options, parse, "", about, NULL, NULL, NULL};

static char *joined(const Arguments *list) {
    Text text = {0};
    text_add(&text, "", 0);
    for (size_t i = 0; i < list->n; i++)
        text_print(&text, "%s%s", i ? " " : "", list->all[i]);
    return text.bytes;
}

static json_t *array_of(const Arguments *list) {
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, json_string(list->all[i]));
    return array;
}

static void print_export(const char *name, const char *value) {
    char *quoted = quote_for_shell(value ? value : "");
    printf("export %s=%s\n", name, quoted);
    free(quoted);
}

int env_main(int argc, char **argv) {
    Request request = {.wrapping = wrapping_from_environment()};
    parse_arguments(&env_argp, argc, argv, 0, &request);
    Compiler compiler = choose_compiler(request.wrapping.compiler);
    const Plugin *plugin = plugin_for(&compiler);
    const char *preload = place()->products[RUNTIME];
    Arguments compile = {0}, link = {0};
    add_plugin_arguments(&request.wrapping, plugin, &compile);
    add_runtime_arguments(&request.wrapping, false, &link);
    char *cc = format_text("%s/escapement cc --compiler=%s", place()->directory, compiler.program);
    if (request.json) {
        json_t *object =
            json_pack("{s:s, s:s, s:s, s:i, s:s, s:s?, s:o, s:o}", "cc", cc, "compiler",
                      compiler.program, "kind", compiler.kind == COMPILER_CLANG ? "clang" : "gcc",
                      "version", (int)compiler.version, "plugin", plugin->path, "runtime", preload,
                      "compile", array_of(&compile), "link", array_of(&link));
        write_json("-", object, JSON_INDENT(1));
        json_decref(object);
        return EXIT_HELD;
    }
    char *cflags = joined(&compile), *ldflags = joined(&link);
    print_export("CC", cc);
    print_export("ESCAPEMENT_CC", compiler.program);
    print_export("ESCAPEMENT_PLUGIN", plugin->path);
    print_export("ESCAPEMENT_CFLAGS", cflags);
    print_export("ESCAPEMENT_LDFLAGS", ldflags);
    print_export("ESCAPEMENT_PRELOAD", preload);
    return EXIT_HELD;
}
