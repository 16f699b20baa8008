/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* completion.c - what a shell needs to complete command lines, made of the tables that --help is
 * made of.
 *
 * The name of an option's value says what can stand there: "clang|gcc|PROGRAM" offers the words in
 * small letters; FILE, DIRECTORY and all else in capitals is left to the shell's own files.
 */
#include "commands.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The words in small letters of "clang|gcc|PROGRAM", with blanks between; to be freed. */
static char *choices(const char *arg) {
    Text text = {0};
    bool has_several = arg && strchr(arg, '|');
    char *copy = copy_text(has_several ? arg : ""), *rest = copy;
    text_add(&text, "", 0);
    for (char *word; (word = strsep(&rest, "|")) != NULL;)
        if (islower((unsigned char)*word))
            text_print(&text, "%s%s", text.length ? " " : "", word);
    free(copy);
    return text.bytes;
}

/* "write|check FILE [REPORT...]": of the first argument. */
static char *first_words(const Command *command) {
    char *copy = copy_text(command->arguments->args_doc);
    copy[strcspn(copy, " ")] = '\0';
    char *words = choices(copy);
    free(copy);
    return words;
}

static void add_options(const Command *command, Text *out) {
    for (const struct argp_option *o = options_of(command); o->name; o++)
        text_print(out, " --%s%s", o->name, o->arg ? "=" : "");
    text_print(out, " --help");
}

/* ---- bash ------------------------------------------------------------------------------------ */

static void print_bash(Text *out) {
    text_print(out, "# bash completion for escapement, made by `escapement --completion=bash'\n"
                    "_escapement() {\n"
                    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} "
                    "option options words=\n"
                    "    COMPREPLY=()\n"
                    "    if ((COMP_CWORD == 1)); then\n"
                    "        COMPREPLY=($(compgen -W '--help --version");
    for (size_t i = 0; i < ncommands; i++)
        text_print(out, " %s", commands[i].name);
    text_print(out, "' -- \"$word\"))\n        return\n    fi\n"
                    "    option=$before\n"
                    "    [[ $before != '=' ]] || option=${COMP_WORDS[COMP_CWORD-2]}\n"
                    "    [[ $word != '=' ]] || { option=$before word=; }\n"
                    "    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < ncommands; i++) {
        char *words = first_words(&commands[i]);
        text_print(out, "    %s)\n        options='", commands[i].name);
        add_options(&commands[i], out);
        text_print(out, "'\n        ((COMP_CWORD > 2)) || words='%s'\n        case $option in\n",
                   words);
        for (const struct argp_option *o = options_of(&commands[i]); o->name; o++) {
            char *values = choices(o->arg);
            if (*values)
                text_print(out,
                           "        --%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n",
                           o->name, values);
            free(values);
        }
        text_print(out, "        esac\n        ;;\n");
        free(words);
    }
    text_print(out, "    esac\n"
                    "    if [[ $word == -* ]]; then\n"
                    "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                    "        [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null\n"
                    "    elif [[ -n $words ]]; then\n"
                    "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                    "    fi\n"
                    "}\n"
                    "complete -o default -F _escapement escapement\n");
}

/* ---- zsh ------------------------------------------------------------------------------------- */

/* Within single quotes, and where zsh takes colons and brackets for its own. */
static void add_zsh(Text *out, const char *text) {
    for (; *text; text++) {
        if (*text == '\'')
            text_print(out, "'\\''");
        else
            text_print(out, "%s%c", strchr(":[]", *text) ? "\\" : "", *text);
    }
}

static void add_zsh_option(Text *out, const struct argp_option *o) {
    char *values = choices(o->arg);
    text_print(out, "            '--%s%s[", o->name, o->arg ? "=" : "");
    add_zsh(out, o->doc);
    text_print(out, "]");
    if (o->arg) {
        text_print(out, ":");
        add_zsh(out, o->arg);
        if (*values)
            text_print(out, ":(%s)", values);
        else
            text_print(out, ":%s", strcmp(o->arg, "DIRECTORY") == 0 ? "_directories" : "_files");
    }
    text_print(out, "' \\\n");
    free(values);
}

static void print_zsh(Text *out) {
    text_print(out, "#compdef escapement\n"
                    "# zsh completion for escapement, made by `escapement --completion=zsh'\n"
                    "_escapement() {\n"
                    "    local -a names\n    names=(\n");
    for (size_t i = 0; i < ncommands; i++) {
        text_print(out, "        '%s:", commands[i].name);
        add_zsh(out, commands[i].summary);
        text_print(out, "'\n");
    }
    text_print(out, "    )\n"
                    "    if ((CURRENT == 2)); then\n"
                    "        _describe -t commands 'command of escapement' names\n"
                    "        return\n    fi\n"
                    "    shift words\n    ((CURRENT--))\n    case $words[1] in\n");
    for (size_t i = 0; i < ncommands; i++) {
        char *words = first_words(&commands[i]);
        text_print(out, "    %s)\n        _arguments \\\n", commands[i].name);
        for (const struct argp_option *o = options_of(&commands[i]); o->name; o++)
            add_zsh_option(out, o);
        if (*words)
            text_print(out, "            '1:what to do:(%s)' \\\n", words);
        text_print(out, "            '*:argument:_files'\n        ;;\n");
        free(words);
    }
    text_print(out, "    esac\n}\n"
                    "if [[ $funcstack[1] == _escapement ]]; then\n    _escapement \"$@\"\n"
                    "else\n    compdef _escapement escapement\nfi\n");
}

/* ---- fish ------------------------------------------------------------------------------------ */

static void add_fish(Text *out, const char *text) {
    for (; *text; text++)
        text_print(out, "%s%c", strchr("'\\", *text) ? "\\" : "", *text);
}

static void add_fish_option(Text *out, const Command *command, const struct argp_option *o) {
    char *values = choices(o->arg);
    text_print(out, "complete -c escapement -n '__fish_seen_subcommand_from %s' -l %s",
               command->name, o->name);
    if (has_letter(o))
        text_print(out, " -s %c", o->key);
    if (o->arg)
        text_print(out, " -r");
    if (*values)
        text_print(out, " -f -a '%s'", values);
    text_print(out, " -d '");
    add_fish(out, o->doc);
    text_print(out, "'\n");
    free(values);
}

static void print_fish(Text *out) {
    text_print(out, "# fish completion for escapement, made by `escapement --completion=fish'\n");
    for (size_t i = 0; i < ncommands; i++) {
        const Command *c = &commands[i];
        text_print(out, "complete -c escapement -f -n __fish_use_subcommand -a %s -d '", c->name);
        add_fish(out, c->summary);
        text_print(out, "'\n");
        for (const struct argp_option *o = options_of(c); o->name; o++)
            add_fish_option(out, c, o);
        char *words = first_words(c);
        if (*words)
            text_print(out,
                       "complete -c escapement -n '__fish_seen_subcommand_from %s; and not "
                       "__fish_seen_subcommand_from %s' -f -a '%s'\n",
                       c->name, words, words);
        free(words);
    }
}

bool print_completion(const char *shell, Text *out) {
    if (strcmp(shell, "bash") == 0)
        print_bash(out);
    else if (strcmp(shell, "zsh") == 0)
        print_zsh(out);
    else if (strcmp(shell, "fish") == 0)
        print_fish(out);
    else
        return false;
    return true;
}
