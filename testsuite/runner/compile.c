/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * compile.c - how the runner calls the compiler, with the plugin and without.
 *
 * The compiler runs in the case's directory and gets its base name, so that what is printed does
 * not depend on where the checkout lies and golden files can hold whole lines.
 */
#include "compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLUGIN_ARGUMENT "-fplugin-arg-escapement-"

bool case_has_arg(const Case *c, const char *prefix) {
    for (size_t i = 0; i < c->args.n; i++)
        if (text_starts(c->args.at[i], prefix))
            return true;
    return false;
}

static bool says_m(const char *arg) {
    return strcmp(arg, PLUGIN_ARGUMENT "m") == 0 || text_starts(arg, PLUGIN_ARGUMENT "m=");
}

static void add_plugin(const Setup *s, const Case *c, enum Loaded loaded, StringList *argv) {
    char *load = text_format("-fplugin=%s", s->plugin);
    list_add(argv, load);
    free(load);
    if (loaded == LOADED_M || loaded == LOADED_VERIFY)
        list_add(argv, PLUGIN_ARGUMENT "m");
    if (loaded == LOADED_VERIFY)
        list_add(argv, PLUGIN_ARGUMENT "verify");
    if (loaded == LOADED_M2)
        list_add(argv, PLUGIN_ARGUMENT "m=2");
    if (c->reports.n) {
        char *report = text_format(PLUGIN_ARGUMENT "report=%s/report.json", s->scratch);
        list_add(argv, report);
        free(report);
    }
}

ProcessResult compile_case(const Setup *s, const Case *c, enum Loaded loaded, const char *level,
                           const StringList *more) {
    StringList argv = {NULL, 0};
    list_add(&argv, s->compiler);
    list_add(&argv, "-w");
    if (*level)
        list_add(&argv, level);
    list_add_all(&argv, &s->flags);
    if (loaded != LOADED_NOTHING)
        add_plugin(s, c, loaded, &argv);
    for (size_t i = 0; i < c->args.n; i++) {
        const char *arg = c->args.at[i];
        bool ours = text_starts(arg, PLUGIN_ARGUMENT);
        if (!ours || (loaded != LOADED_NOTHING && !says_m(arg)))
            list_add(&argv, arg);
    }
    list_add(&argv, c->name);
    list_add_all(&argv, more);
    if (s->verbose) {
        for (size_t i = 0; i < argv.n; i++)
            printf("%s%s", i ? " " : "+ ", argv.at[i]);
        putchar('\n');
    }
    ProcessResult r = process_run(&argv, c->directory, s->scratch, s->seconds);
    list_free(&argv);
    return r;
}
