/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* manual.c - the manual pages, made of the tables that --help is made of.
 *
 * What a command says before and after its options is taken as it stands: paragraphs part at empty
 * lines, lines that begin with two blanks are examples, and the paragraph "Exit status: " has its
 * own section.
 */
#include "commands.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char date[] = "2026-11-30";
enum { WIDTH = 78 };

/* One character as roff has it; returns how many bytes it was. */
static size_t add_character(Text *out, const char *at) {
    if (*at == '\\')
        text_print(out, "\\e");
    else if (*at == '-')
        text_print(out, "\\-");
    else if (*at == '\'')
        text_print(out, "\\(aq");
    else if (*at == '`')
        text_print(out, "\\(ga");
    else if (*at == '~')
        text_print(out, "\\(ti");
    else if (strncmp(at, "\302\261", 2) == 0) {
        text_print(out, "\\(+-");
        return 2;
    } else
        text_add(out, at, 1);
    return 1;
}

static void add_roff(Text *out, const char *text, size_t length) {
    for (size_t i = 0; i < length;)
        i += add_character(out, text + i);
}

/* A paragraph, broken into lines; one that would begin with a dot is none of roff's requests. */
static void add_lines(Text *out, const char *text, size_t length) {
    size_t column = 0;
    for (const char *at = text, *end = text + length; at < end;) {
        while (at < end && isspace((unsigned char)*at))
            at++;
        const char *stop = at;
        while (stop < end && !isspace((unsigned char)*stop))
            stop++;
        size_t word = (size_t)(stop - at);
        if (word == 0)
            break;
        if (column > 0)
            text_print(out, column + 1 + word > WIDTH ? "\n" : " ");
        column = column > 0 && column + 1 + word <= WIDTH ? column + 1 + word : word;
        if (column == word && (*at == '.' || *at == '\''))
            text_print(out, "\\&");
        add_roff(out, at, word);
        at = stop;
    }
    text_print(out, "\n");
}

static void add_example(Text *out, const char *text, size_t length, bool first) {
    text_print(out, "%s.nf\n", first ? "" : ".PP\n");
    for (const char *at = text, *end = text + length; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        text_print(out, "\\&");
        add_roff(out, at, (size_t)(stop - at));
        text_print(out, "\n");
        at = stop + 1;
    }
    text_print(out, ".fi\n");
}

/* `first`: no request is wanted before the first paragraph, because a section begins there. */
static void add_text(Text *out, const char *text) {
    static const char exit_status[] = "Exit status: ";
    bool first = true;
    for (const char *at = text; *at;) {
        const char *end = strstr(at, "\n\n");
        size_t length = end ? (size_t)(end - at) : strlen(at);
        if (strncmp(at, exit_status, sizeof exit_status - 1) == 0) {
            text_print(out, ".SH EXIT STATUS\n");
            at += sizeof exit_status - 1;
            length -= sizeof exit_status - 1;
            add_lines(out, at, length);
        } else if (strncmp(at, "  ", 2) == 0) {
            add_example(out, at, length, first);
        } else {
            text_print(out, "%s", first ? "" : ".PP\n");
            add_lines(out, at, length);
        }
        first = false;
        at += length;
        while (*at == '\n')
            at++;
    }
}

static void add_italic(Text *out, const char *text) {
    text_print(out, "\\fI");
    add_roff(out, text, strlen(text));
    text_print(out, "\\fR");
}

static void add_option(Text *out, const struct argp_option *o) {
    text_print(out, ".TP\n");
    if (has_letter(o)) {
        text_print(out, "\\fB\\-%c\\fR", o->key);
        if (o->arg) {
            text_print(out, " ");
            add_italic(out, o->arg);
        }
        text_print(out, ", ");
    }
    text_print(out, "\\fB\\-\\-");
    add_roff(out, o->name, strlen(o->name));
    text_print(out, "\\fR");
    if (o->arg) {
        text_print(out, "=");
        add_italic(out, o->arg);
    }
    text_print(out, "\n");
    add_lines(out, o->doc, strlen(o->doc));
}

static void add_head(Text *out, const char *name, const char *summary) {
    text_print(out, ".\\\" Made by `escapement --manual' of the tables that --help is made of.\n");
    text_print(out, ".TH ");
    for (const char *at = name; *at; at++)
        text_print(out, "%c", toupper((unsigned char)*at));
    text_print(out, " 1 %s Escapement \"Escapement %s\"\n.SH NAME\n", date, ESCAPEMENT_VERSION);
    add_roff(out, name, strlen(name));
    text_print(out, " \\- ");
    add_lines(out, summary, strlen(summary));
}

static void print_command(const Command *command, Text *out) {
    const struct argp *a = command->arguments;
    char *name = format_text("escapement-%s", command->name);
    const char *after = strchr(a->doc, '\v');
    add_head(out, name, command->summary);
    text_print(out, ".SH SYNOPSIS\n\\fBescapement %s\\fR [\\fIOPTION\\fR...] ", command->name);
    add_roff(out, a->args_doc, strlen(a->args_doc));
    text_print(out, "\n.SH DESCRIPTION\n");
    add_lines(out, a->doc, after ? (size_t)(after - a->doc) : strlen(a->doc));
    text_print(out, ".SH OPTIONS\n");
    for (const struct argp_option *o = options_of(command); o->name; o++)
        add_option(out, o);
    text_print(out, ".TP\n\\fB\\-\\-help\\fR\nSay all this in short\n");
    if (after) {
        text_print(out, ".SH USE\n");
        add_text(out, after + 1);
    }
    text_print(out, ".SH SEE ALSO\n.BR escapement (1),\n.BR escapement\\-runtime (7)\n");
    free(name);
}

static void print_all(Text *out) {
    add_head(out, "escapement", "heap allocations of C programs, moved, measured and watched");
    text_print(out, ".SH SYNOPSIS\n\\fBescapement\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] "
                    "[\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\n");
    static const char what[] =
        "Escapement moves heap allocations of C programs that do not outlive their function into "
        "the frame. The moving is done by a plugin of the compiler; these commands work beside "
        "it.\n\n  CC='escapement cc --arg=m' make\n  escapement measure -- ./program\n  "
        "escapement baseline check escapement.baseline reports/";
    add_text(out, what);
    text_print(out, ".SH COMMANDS\nEach has a page of its own, \\fBescapement\\-COMMAND\\fR(1).\n");
    for (size_t i = 0; i < ncommands; i++) {
        text_print(out, ".TP\n\\fB%s\\fR\n", commands[i].name);
        add_lines(out, commands[i].summary, strlen(commands[i].summary));
    }
    text_print(out, ".SH ENVIRONMENT\n");
    static const struct {
        const char *name, *meaning;
    } variables[] = {
        {"ESCAPEMENT_COMPILER",
         "the compiler of `escapement cc' and `env': clang, gcc or a program"},
        {"ESCAPEMENT_ARGS", "arguments of the plugin, separated by blanks: `m report=%.json'"},
        {"ESCAPEMENT_REPORT", "the directory where compilations leave their reports, absolute"},
        {"ESCAPEMENT_RUNTIME", "how programs get the runtime: shared, static or none"},
        {"ESCAPEMENT_LAUNCHER", "what runs the compiler, such as ccache"},
        {"NO_COLOR", "when it is set to anything, nothing is coloured"},
        {"TMPDIR", "where temporary files go (/tmp)"},
    };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        text_print(out, ".TP\n\\fB%s\\fR\n", variables[i].name);
        add_lines(out, variables[i].meaning, strlen(variables[i].meaning));
    }
    add_text(out, "Exit status: 0 it held, or what was asked for was found; 1 a gate failed, or "
                  "there is nothing of the kind; 2 wrong use, or something that keeps the command "
                  "from answering, which one line on standard error names. `escapement cc' ends "
                  "as the compiler does.");
    text_print(out, ".SH SEE ALSO\n");
    for (size_t i = 0; i < ncommands; i++) {
        text_print(out, ".BR ");
        char *name = format_text("escapement-%s", commands[i].name);
        add_roff(out, name, strlen(name));
        text_print(out, " (1),\n");
        free(name);
    }
    text_print(out, ".BR escapement\\-runtime (7)\n");
}

void print_manual(const Command *command, Text *out) {
    if (command)
        print_command(command, out);
    else
        print_all(out);
}
