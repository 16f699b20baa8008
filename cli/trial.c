/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* trial.c - see trial.h.
 *
 * All trials work in one temporary directory, with names that do not meet. Nothing is cached:
 * ccache would answer for a plugin that is broken now.
 */
#include "trial.h"

#include "command.h"
#include "run.h"
#include "tempdir.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECONDS = 120, MAX_WORDS = 24 };

static const char unit[] = "#include <stdlib.h>\n#include <string.h>\n"
                           "int f(const char *s) {\n    char *p = malloc(64);\n"
                           "    if (!p)\n        return 0;\n    strncpy(p, s, 63);\n"
                           "    p[63] = 0;\n    int n = (int)strlen(p);\n    free(p);\n"
                           "    return n;\n}\n";
static const char wanted[] = "moved to stack: malloc(64)";

/* Only the linker sees both: whoever hands out the memory, and whoever needs it for a while.
 * Neither file alone moves anything. */
static const char lender[] = "#include <stdlib.h>\n"
                             "void *lend(void) {\n    void *p = malloc(48);\n"
                             "    if (!p)\n        abort();\n    return p;\n}\n"
                             "void give_back(void *p) {\n    free(p);\n}\n";
static const char borrower[] = "#include <string.h>\n"
                               "void *lend(void);\nvoid give_back(void *);\n"
                               "int main(int argc, char **argv) {\n    char *p = lend();\n"
                               "    strncpy(p, argv[argc - 1], 47);\n    p[47] = 0;\n"
                               "    int n = (int)strlen(p);\n    give_back(p);\n"
                               "    return n == 1000;\n}\n";

/* Wrong as soon as the analysis forgets that what is returned escapes. */
static const char returns[] = "#include <stdlib.h>\n#include <string.h>\n"
                              "__attribute__((noinline)) static char *make(int n) {\n"
                              "    char *p = malloc(32);\n    if (!p)\n        exit(0);\n"
                              "    memset(p, n, 32);\n    return p;\n}\n"
                              "int main(void) {\n    char *p = make(7);\n    int n = p[5];\n"
                              "    free(p);\n    return n != 7;\n}\n";

static char *in_directory(const char *name) {
    char *directory = temporary_directory(), *path = format_text("%s/%s", directory, name);
    free(directory);
    return path;
}

/* A file of that name in the directory of trials; its path. */
static char *make_file(const char *name, const char *text) {
    char *path = in_directory(name);
    if (!write_file(path, text, strlen(text)))
        trouble("cannot write %s: %s", path, strerror(errno));
    return path;
}

typedef struct Ran {
    int status;
    char *printed; /* both outputs; "" when there is none */
} Ran;

/* Runs the words up to NULL. */
static Ran run_with(const Setting *settings, ...) __attribute__((sentinel));
static Ran run_with(const Setting *settings, ...) {
    char *words[MAX_WORDS + 1], *log = in_directory("log");
    size_t n = 0, length;
    va_list list;
    va_start(list, settings);
    for (const char *word; n < MAX_WORDS && (word = va_arg(list, const char *)) != NULL;)
        words[n++] = (char *)(uintptr_t)word;
    va_end(list);
    words[n] = NULL;
    Ran ran = {.status = run_command(words, settings, log, SECONDS)};
    ran.printed = read_file(log, &length);
    if (!ran.printed)
        ran.printed = copy_text("");
    free(log);
    return ran;
}

static const Setting no_cache[] = {{"CCACHE_DISABLE", "1"}, {NULL, NULL}};
#define RUN(...) run_with(no_cache, __VA_ARGS__, (char *)NULL)

static char *first_line(const char *text) {
    size_t length = strcspn(text, "\n");
    return length ? format_text("%.*s", (int)length, text) : copy_text("it says nothing");
}

/* What is wrong with a command that had to succeed and to say something. */
static char *verdict(const Ran *ran, const char *said, const char *otherwise) {
    if (ran->status == RUN_TIMED_OUT)
        return format_text("it does not end within %d s", SECONDS);
    if (ran->status != 0)
        return first_line(ran->printed);
    return strstr(ran->printed, said) ? NULL : copy_text(otherwise);
}

/* ---- the trials ------------------------------------------------------------------------------ */

char *try_plugin(const char *compiler, const Plugin *plugin) {
    char *source = make_file("try.c", unit), *object = in_directory("try.o"),
         *load = format_text("-fplugin=%s", plugin->path);
    Ran ran = RUN(compiler, load, "-fplugin-arg-escapement-m", "-O2", "-c", source, "-o", object);
    char *wrong = verdict(&ran, wanted, "it compiles, and moves nothing");
    free(ran.printed);
    free(source);
    free(object);
    free(load);
    return wrong;
}

char *try_link_plugin(const char *compiler, const Plugin *plugin) {
    char *one = make_file("lender.c", lender), *two = make_file("borrower.c", borrower),
         *output = in_directory("borrower"), *load = format_text("-fplugin=%s", plugin->path),
         *link = format_text("-Wl,--load-pass-plugin=%s", plugin->link_path);
    Ran ran = RUN(compiler, "-O2", "-flto", "-fuse-ld=lld", load, "-fplugin-arg-escapement-m", one,
                  two, link, "-o", output);
    char *wrong = verdict(&ran, "moved to stack", "it links, and moves nothing across files");
    free(ran.printed);
    free(one);
    free(two);
    free(output);
    free(load);
    free(link);
    return wrong;
}

char *try_verify(const char *compiler, const Plugin *plugin, const char *library) {
    char *source = make_file("returns.c", returns), *output = in_directory("returns"),
         *load = format_text("-fplugin=%s", plugin->path);
    Ran ran = RUN(compiler, load, "-fplugin-arg-escapement-verify",
                  "-fplugin-arg-escapement-forget=returned", "-O2", "-w", source, library,
                  "-pthread", "-o", output);
    char *wrong = ran.status ? first_line(ran.printed) : NULL;
    free(ran.printed);
    if (!wrong) {
        ran = RUN(output);
        if (!strstr(ran.printed, "escapement: verify: "))
            wrong = copy_text("a program with a wrong verdict is not caught");
        free(ran.printed);
    }
    free(source);
    free(output);
    free(load);
    return wrong;
}

char *try_check(const char *program) {
    char *source = make_file("check.c", unit);
    Ran ran = RUN(program, "-q", "--", "cc", "-O2", "-c", source);
    char *wrong = verdict(&ran, wanted, "it runs, and finds nothing");
    free(ran.printed);
    free(source);
    return wrong;
}

char *try_runtime(const char *library) {
    char *stats = in_directory("stats"), *output = format_text("json:%s", stats), *wrong = NULL;
    const Setting settings[] = {{"LD_PRELOAD", library},
                                {"ESCAPEMENT_STATS", output},
                                {"ASAN_OPTIONS", "verify_asan_link_order=0"},
                                {NULL, NULL}};
    Ran ran = run_with(settings, "true", (char *)NULL);
    if (ran.status != 0)
        wrong = first_line(ran.printed);
    else if (access(stats, R_OK) != 0)
        wrong = copy_text("a program runs with it, and leaves no statistics");
    free(ran.printed);
    free(stats);
    free(output);
    return wrong;
}

/* The linker's own line in what it says of its version; the compiler says other things there too.
 */
static char *version_line(const char *text) {
    static const char *const marks[] = {"GNU ld ", "GNU gold ", "LLD ", "mold "};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *at = strstr(text, marks[i]);
        while (at && at > text && at[-1] != '\n')
            at--;
        if (at)
            return first_line(at);
    }
    return NULL;
}

char *try_linker(const char *compiler, const char *name, char **version) {
    char *use = format_text("-fuse-ld=%s", name), *wrong = NULL;
    char *one = make_file("member.c", "int member(void) { return 0; }\n"),
         *two = make_file("main.c", "int member(void);\nint main(void) { return member(); }\n"),
         *member = in_directory("member.o"), *object = in_directory("main.o"),
         *archive = in_directory("libmember.a"), *output = in_directory("linked");
    *version = NULL;
    Ran ran = RUN("sh", "-c",
                  "rm -f \"$5\" && \"$0\" -c \"$1\" -o \"$2\" && \"$0\" -c \"$3\" -o \"$4\" && "
                  "ar rcs \"$5\" \"$2\"",
                  compiler, one, member, two, object, archive);
    if (ran.status != 0)
        wrong = first_line(ran.printed);
    free(ran.printed);
    if (!wrong) {
        ran = RUN(compiler, use, object, archive, "-Wl,-t", "-Wl,-t", "-o", output);
        bool names = strstr(ran.printed, "libmember.a(member.o)") ||
                     strstr(ran.printed, "libmember.a)member.o");
        wrong = verdict(&ran, object, "it does not say what it links (-t)");
        if (!wrong && !names)
            wrong = copy_text("it does not say which members of archives it links (-t -t)");
        free(ran.printed);
    }
    if (!wrong) {
        ran = RUN(compiler, use, "-Wl,--version");
        *version = version_line(ran.printed);
        free(ran.printed);
    }
    char *made[] = {use, one, two, member, object, archive, output};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        free(made[i]);
    return wrong;
}
