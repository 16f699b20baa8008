/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* ld.c - `escapement ld`: link, then check what was linked, and leave no program that does not fit.
 *
 * The linker itself says what it takes: -t, twice, makes GNU ld and lld print each file, and of an
 * archive each member that is pulled in. A command that does not link is run as it is.
 */
#include "check.h"
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char about[] =
    "Link with a compiler, then check that the objects are what each assumes of the others."
    "\vThe command is one that links, such as `clang -o program *.o'. What the linker took is "
    "checked as by `escapement link-check'; if something does not fit, the program is removed. A "
    "command that does not link is run as it is, so make may be told CC='escapement ld clang'."
    "\n\nExit status: the command's, 128 + N when signal N killed it; 1 when something does not "
    "fit; 2 "
    "when the command cannot be run.";

typedef struct Link {
    char **arguments; /* ends with NULL */
    bool links;
    const char *output;
    char **replaced; /* symbols of --wrap and --defsym */
    size_t nreplaced;
} Link;

static bool is_one_of(const char *text, const char *const *words) {
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

/* Arguments with which nothing is linked, or not to its end. */
static const char *const no_link[] = {
    "-c",        "-S",   "-E",     "-M",           "-MM",          "-r", "-Wl,-r", "-fsyntax-only",
    "--version", "-###", "--help", "-dumpmachine", "-dumpversion", "-v", NULL};

static void note_replaced(Link *link, const char *symbol) {
    size_t n = link->nreplaced++;
    link->replaced = reallocate(link->replaced, (n + 1) * sizeof *link->replaced);
    link->replaced[n] = format_text("%.*s", (int)strcspn(symbol, "="), symbol);
}

/* --wrap=SYMBOL and --defsym=SYMBOL=..., behind -Wl or -Xlinker, with one dash or two; the symbol
 * may be the next piece. */
static void find_replaced(Link *link) {
    bool next = false;
    for (char **a = link->arguments + 1; *a; a++) {
        char *copy = copy_text(*a), *rest = copy;
        for (char *piece; (piece = strsep(&rest, ",")) != NULL;) {
            const char *word = piece + strspn(piece, "-"), *equals = strchr(word, '=');
            bool option =
                word > piece && (strncmp(word, "wrap", 4) == 0 || strncmp(word, "defsym", 6) == 0);
            if (strcmp(piece, "-Wl") == 0 || strcmp(piece, "-Xlinker") == 0)
                continue;
            if (next || (option && equals))
                note_replaced(link, next ? piece : equals + 1);
            next = !next && option && !equals;
        }
        free(copy);
    }
}

static void look_at(Link *link) {
    link->links = link->arguments[1] != NULL;
    link->output = "a.out";
    for (char **a = link->arguments + 1; *a; a++) {
        if (is_one_of(*a, no_link) || strncmp(*a, "-print-", 7) == 0)
            link->links = false;
        if (strcmp(*a, "-o") == 0 && a[1])
            link->output = a[1];
        else if (strncmp(*a, "-o", 2) == 0 && (*a)[2])
            link->output = *a + 2;
    }
}

/* `path` or `archive(member)` as lld has it, `(archive)member` as GNU ld has it. */
static bool add_traced(LinkInputs *inputs, char *line) {
    size_t length = strlen(line);
    char *open = strrchr(line, '(');
    if (access(line, R_OK) == 0) {
        add_input(inputs, line, NULL);
        return true;
    }
    if (*line == '(' && (open = strchr(line, ')')) != NULL) {
        *open = '\0';
        add_input(inputs, line + 1, open + 1);
        return true;
    }
    if (length && open && open > line && line[length - 1] == ')') {
        *open = line[length - 1] = '\0';
        add_input(inputs, line, open + 1);
        return true;
    }
    bool object = length > 2 && strcmp(line + length - 2, ".o") == 0;
    if (object)
        add_input(inputs, line, NULL); /* it is gone: the check says so */
    return object;
}

/* An archive is also named as such, by GNU ld: only its members count. */
static bool is_archive(const char *path) {
    char magic[8] = "";
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(magic, 1, sizeof magic, file) : 0;
    if (file)
        fclose(file);
    return n == sizeof magic && memcmp(magic, "!<arch>\n", sizeof magic) == 0;
}

static void read_trace(FILE *trace, LinkInputs *inputs) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &capacity, trace)) >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (is_archive(line))
            continue;
        char *copy = copy_text(line);
        if (!add_traced(inputs, copy))
            puts(line); /* something else that the command says */
        free(copy);
    }
    free(line);
}

static int run(char **arguments, FILE *trace) {
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        trouble("cannot start %s: %s", arguments[0], strerror(errno));
    if (child == 0) {
        if (dup2(fileno(trace), STDOUT_FILENO) >= 0)
            execvp(arguments[0], arguments);
        fprintf(stderr, "escapement: cannot run %s: %s\n", arguments[0], strerror(errno));
        _exit(EXIT_TROUBLE);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    fprintf(stderr, "escapement: %s was killed by signal %d (%s)\n", arguments[0], WTERMSIG(status),
            strsignal(WTERMSIG(status)));
    return 128 + WTERMSIG(status);
}

static int link_and_check(const Link *link) {
    size_t n = 0, nassumed;
    while (link->arguments[n])
        n++;
    char **arguments = allocate((n + 3) * sizeof *arguments);
    memcpy(arguments, link->arguments, n * sizeof *arguments);
    arguments[n] = arguments[n + 1] = (char[]){"-Wl,-t"};
    FILE *trace = tmpfile();
    if (!trace)
        trouble("cannot make a temporary file: %s", strerror(errno));
    LinkCheck check = {.output = link->output,
                       .replaced = link->replaced,
                       .nreplaced = link->nreplaced,
                       .refuse = print_refusal};
    int status = run(arguments, trace);
    rewind(trace);
    read_trace(trace, &check.inputs);
    fclose(trace);
    free(arguments);
    if (status == 0 && check_link(&check, &nassumed) > 0) {
        unlink(link->output);
        status = EXIT_FAILED;
    }
    free_inputs(&check.inputs);
    return status;
}

/* The command begins at the first argument that is no option of ours. */
static error_t parse(int key, char *value, struct argp_state *state) {
    Link *link = state->input;
    (void)value;
    switch (key) {
    case ARGP_KEY_ARG:
        link->arguments = state->argv + state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_END:
        if (!link->arguments)
            wrong_use(state, "no command that links");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp ld_argp = {0, parse, "COMPILER ARGUMENT...", about, 0, 0, 0};

int ld_main(int argc, char **argv) {
    Link link = {0};
    parse_arguments(&ld_argp, argc, argv, ARGP_IN_ORDER, &link);
    look_at(&link);
    find_replaced(&link);
    if (link.links)
        return link_and_check(&link);
    execvp(link.arguments[0], link.arguments);
    trouble("cannot run %s: %s", link.arguments[0], strerror(errno));
}
