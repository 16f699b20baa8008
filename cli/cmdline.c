/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* cmdline.c - see cmdline.h. */
#include "cmdline.h"

#include "command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST_FILE = 16 }; /* "@FILE"s within one another */

typedef struct Reader {
    CommandLine line;
    char *language;   /* of -x; NULL: by the name */
    const char *next; /* the option whose value comes next */
    bool only_compiles, only_preprocesses, no_program, no_inputs;
} Reader;

/* Their value is the next argument when it is not in the same one. */
static const char *const with_value[] = {
    "-o",           "-x",
    "-I",           "-L",
    "-l",           "-D",
    "-U",           "-A",
    "-B",           "-T",
    "-u",           "-z",
    "-e",           "-G",
    "-b",           "-F",
    "-MF",          "-MT",
    "-MQ",          "-MJ",
    "-include",     "-imacros",
    "-isystem",     "-iquote",
    "-idirafter",   "-iprefix",
    "-iwithprefix", "-isysroot",
    "-aux-info",    "-Xlinker",
    "-Xassembler",  "-Xclang",
    "-mllvm",       "-arch",
    "-target",      "-wrapper",
    "-dumpbase",    "-dumpbase-ext",
    "-dumpdir",     "-framework",
    "--param",      "-Xpreprocessor",
};

static bool is_one_of(const char *text, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(text, list[i]) == 0)
            return true;
    return false;
}
#define IS_ONE_OF(text, ...)                                                                       \
    is_one_of(text, (const char *const[]){__VA_ARGS__},                                            \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

static void replace(char **text, const char *with) {
    free(*text);
    *text = copy_text(with);
}

static void take_value(Reader *r, const char *option, const char *value) {
    if (strcmp(option, "-o") == 0)
        replace(&r->line.output, value);
    if (strcmp(option, "-x") == 0)
        replace(&r->language, value);
    if (strcmp(option, "-target") == 0)
        r->no_program = true;
}

static bool is_c(const Reader *r, const char *input) {
    if (r->language && strcmp(r->language, "none") != 0)
        return IS_ONE_OF(r->language, "c", "cpp-output", "c-cpp-output");
    const char *ending = strrchr(input, '.');
    return ending && IS_ONE_OF(ending, ".c", ".i");
}

static void take_input(Reader *r, const char *input) {
    r->line.ninputs++;
    if (!is_c(r, input))
        return;
    if (r->line.nsources++ == 0)
        r->line.source = copy_text(input);
}

static void take_option(Reader *r, const char *option) {
    for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++)
        if (strcmp(option, with_value[i]) == 0) {
            r->next = with_value[i];
            return;
        }
    if (begins(option, "-o"))
        take_value(r, "-o", option + 2);
    else if (begins(option, "-x"))
        take_value(r, "-x", option + 2);
    else if (IS_ONE_OF(option, "-c", "-S"))
        r->only_compiles = true;
    else if (IS_ONE_OF(option, "-E", "-M", "-MM"))
        r->only_preprocesses = true;
    else if (IS_ONE_OF(option, "-fsyntax-only", "-emit-ast", "--analyze"))
        r->only_compiles = true;
    else if (IS_ONE_OF(option, "-shared", "-r", "-nostdlib", "-nodefaultlibs", "-nolibc",
                       "-ffreestanding", "--shared", "-m32", "-mx32") ||
             begins(option, "--target="))
        r->no_program = true;
    else if (IS_ONE_OF(option, "-static", "--static", "-static-pie"))
        r->line.is_static = true;
    else if (begins(option, "-fsanitize="))
        r->line.sanitized = true;
    else if (IS_ONE_OF(option, "--version", "--help", "-dumpversion", "-dumpmachine") ||
             begins(option, "-print-") || begins(option, "--print-"))
        r->no_inputs = true;
}

static void take(Reader *r, const char *argument, unsigned depth);

/* The next word of an "@FILE": blanks part, quotes and backslashes keep together. */
static const char *next_word(const char *at, Text *word) {
    char quote = '\0';
    bool any = false;
    while (isspace((unsigned char)*at))
        at++;
    for (; *at && (quote || !isspace((unsigned char)*at)); at++) {
        any = true;
        if (*at == '\\' && at[1])
            text_add(word, ++at, 1);
        else if (quote ? *at == quote : *at == '"' || *at == '\'')
            quote = quote ? '\0' : *at;
        else
            text_add(word, at, 1);
    }
    return any ? at : NULL;
}

static void take_file(Reader *r, const char *path, unsigned depth) {
    size_t length;
    char *text = read_file(path, &length);
    if (!text)
        return; /* the compiler will take it as a file's name */
    Text word = {0};
    for (const char *at = text; (at = next_word(at, &word)) != NULL;) {
        text_add(&word, "", 0);
        take(r, word.bytes, depth);
        text_free(&word);
    }
    text_free(&word);
    free(text);
}

static void take(Reader *r, const char *argument, unsigned depth) {
    if (r->next) {
        take_value(r, r->next, argument);
        r->next = NULL;
    } else if (argument[0] == '@' && depth < DEEPEST_FILE) {
        take_file(r, argument + 1, depth + 1);
    } else if (argument[0] == '-' && argument[1]) {
        take_option(r, argument);
    } else {
        take_input(r, argument);
    }
}

CommandLine read_command_line(char *const arguments[], size_t n) {
    Reader r = {0};
    for (size_t i = 0; i < n; i++)
        take(&r, arguments[i], 0);
    free(r.language);
    if (r.only_preprocesses || r.no_inputs)
        r.line.nsources = 0;
    r.line.links_program = r.line.ninputs > 0 && !r.only_compiles && !r.only_preprocesses &&
                           !r.no_program && !r.no_inputs;
    return r.line;
}

void command_line_free(CommandLine *line) {
    free(line->source);
    free(line->output);
    *line = (CommandLine){0};
}
