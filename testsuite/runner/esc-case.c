/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * esc-case.c - run cases: C files that say in comments what the compiler will say of them.
 *
 *     esc-case --cc=CLANG --plugin=ESCAPEMENT.SO CASE.c...
 *
 * Exit status: 0 every promise was kept, 1 one was not, 2 wrong use, 77 every case is for another
 * compiler. The language of the comments is in testsuite/README.md.
 */
#define _XOPEN_SOURCE 700
#include "compile.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_BAD = 1, EXIT_USE = 2, EXIT_SKIPPED = 77, DEFAULT_SECONDS = 60 };

static const char usage[] =
    "use: esc-case [options] CASE.c...\n"
    "  --cc=COMPILER    the compiler to test with\n"
    "  --plugin=FILE    the plugin; without it only the plain builds are checked\n"
    "  --verify=LIBRARY build programs that run in verify mode too, with this runtime\n"
    "  --levels=HOW     build programs that run at all levels (-O1, -O2, -O3, -Os; as usual), at "
    "two (-O2, and\n"
    "                   with the plugin at another one that the name chooses), or at one (-O2)\n"
    "  --with=FLAG      one more flag for every compile\n"
    "  --support=DIR    helper sources of programs that run (default: support/ beside the case)\n"
    "  --timeout=N      seconds for one compile or run (default 60)\n"
    "  --update         write the golden files of -m=2\n"
    "  --differences    only list and count where GCC does something else than Clang\n"
    "  --imprecise      only list and count what is marked imprecise\n"
    "  --verbose        show the compiler's command lines\n";

static const char *value_of(const char *arg, const char *option) {
    return text_starts(arg, option) ? arg + strlen(option) : NULL;
}

/* A path that holds in every directory; a bare command name is left to PATH. Links are kept: a
 * compiler may look at the name it is called by. */
static char *absolute(const char *path) {
    char here[PATH_MAX];
    if (*path == '/' || !strchr(path, '/') || !getcwd(here, sizeof here))
        return text_format("%s", path);
    return text_format("%s/%s", here, path);
}

static bool read_levels(const char *text, enum Levels *levels) {
    static const char *const names[] = {
        [LEVELS_ALL] = "all", [LEVELS_TWO] = "two", [LEVELS_ONE] = "one"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(text, names[i])) {
            *levels = (enum Levels)i;
            return true;
        }
    return false;
}

static Host identify(const Setup *s) {
    Host host = {false, 0};
    StringList argv = {NULL, 0};
    list_add(&argv, s->compiler);
    list_add(&argv, "--version");
    ProcessResult r = process_run(&argv, NULL, s->scratch, s->seconds);
    const char *clang = strstr(r.out, "clang version ");
    host.gcc = !clang;
    if (clang)
        host.version = (unsigned)strtoul(clang + strlen("clang version "), NULL, 10);
    process_free(&r);
    list_free(&argv);
    return host;
}

static void remove_scratch(const char *path) {
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
        char *file = text_format("%s/%s", path, e->d_name);
        unlink(file); /* fails for . and .. alone */
        free(file);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

static unsigned print_imprecise(const Case *c) {
    unsigned n = 0;
    for (size_t i = 0; i < c->npromises; i++) {
        const Promise *p = &c->promises[i];
        if (!p->better)
            continue;
        printf("%s:%u: %s (today: %s)\n", c->path, p->source_line, p->better,
               p->text ? p->text : "silence");
        n++;
    }
    return n;
}

/* How many marks say that GCC does something else, and the whole list of them: too many and the
 * two front ends are not one product. */
static int print_differences(const StringList *paths) {
    enum { BELOW_PERCENT = 3 };
    unsigned differences = 0, marks = 0;
    for (size_t i = 0; i < paths->n; i++) {
        Case c = case_read(paths->at[i], (Host){true, 0});
        char *own = text_format("%.*s.gcc.m2", (int)(strlen(c.path) - 2), c.path);
        unsigned n = c.differences + (access(own, R_OK) == 0);
        if (n)
            printf("%s: %u\n", c.path, n);
        differences += n;
        marks += c.nmarks + 1; /* and what the case promises as a whole */
        free(own);
        case_free(&c);
    }
    printf("differences: %u of %u\n", differences, marks);
    return differences * 100 >= marks * BELOW_PERCENT ? EXIT_BAD : 0;
}

static unsigned check_one(Setup *s, Case *c) {
    for (size_t i = 0; i < c->faults.n; i++)
        printf("%s\n", c->faults.at[i]);
    if (c->faults.n)
        return (unsigned)c->faults.n;
    if (!c->runs)
        return check_case(s, c);
    char *beside = text_format("%s/support", c->directory ? c->directory : ".");
    char *support = absolute(s->support ? s->support : beside);
    const char *given = s->support;
    s->support = support;
    unsigned bad = run_case(s, c);
    s->support = given;
    free(support);
    free(beside);
    return bad;
}

static int check_all(Setup *s, const StringList *paths, bool imprecise) {
    unsigned bad = 0, skipped = 0, marks = 0;
    for (size_t i = 0; i < paths->n; i++) {
        Case c = case_read(paths->at[i], s->host);
        unsigned wrong = 0;
        if (imprecise)
            marks += print_imprecise(&c);
        else if (c.skipped)
            skipped++;
        else
            wrong = check_one(s, &c);
        bad += wrong;
        if (paths->n > 1 && !imprecise)
            printf("%s %s\n", wrong ? "FAIL" : c.skipped ? "skip" : "ok  ", c.path);
        fflush(stdout);
        case_free(&c);
    }
    if (imprecise)
        printf("imprecise: %u in %zu cases\n", marks, paths->n);
    if (bad)
        return EXIT_BAD;
    return skipped && skipped == paths->n ? EXIT_SKIPPED : 0;
}

int main(int argc, char **argv) {
    Setup s = {.seconds = DEFAULT_SECONDS};
    StringList paths = {NULL, 0};
    bool imprecise = false, differences = false;
    const char *cc = NULL, *plugin = NULL, *verify = NULL, *value;
    for (int i = 1; i < argc; i++) {
        if ((value = value_of(argv[i], "--cc=")))
            cc = value;
        else if ((value = value_of(argv[i], "--plugin=")))
            plugin = value;
        else if ((value = value_of(argv[i], "--verify=")))
            verify = value;
        else if ((value = value_of(argv[i], "--levels=")) && read_levels(value, &s.levels))
            continue;
        else if ((value = value_of(argv[i], "--with=")))
            list_add(&s.flags, value);
        else if ((value = value_of(argv[i], "--support=")))
            s.support = value;
        else if ((value = value_of(argv[i], "--timeout=")))
            s.seconds = (unsigned)strtoul(value, NULL, 10);
        else if (!strcmp(argv[i], "--update"))
            s.update = true;
        else if (!strcmp(argv[i], "--differences"))
            differences = true;
        else if (!strcmp(argv[i], "--imprecise"))
            imprecise = true;
        else if (!strcmp(argv[i], "--verbose"))
            s.verbose = true;
        else if (*argv[i] == '-') {
            fprintf(stderr, "esc-case: unknown option %s\n%s", argv[i], usage);
            return EXIT_USE;
        } else
            list_add(&paths, argv[i]);
    }
    if (!paths.n || (!cc && !imprecise && !differences) || !s.seconds) {
        fputs(usage, stderr);
        return EXIT_USE;
    }
    if (differences) {
        int status = print_differences(&paths);
        list_free(&paths);
        list_free(&s.flags);
        return status;
    }
    const char *tmp = getenv("TMPDIR");
    char *scratch = text_format("%s/esc-case-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(scratch)) {
        perror(scratch);
        return EXIT_USE;
    }
    char *full_cc = cc ? absolute(cc) : NULL, *full_plugin = plugin ? absolute(plugin) : NULL;
    char *full_verify = verify ? absolute(verify) : NULL;
    s.scratch = scratch;
    s.compiler = full_cc;
    s.plugin = full_plugin;
    s.verify = full_verify;
    if (cc)
        s.host = identify(&s);
    int status = check_all(&s, &paths, imprecise);
    remove_scratch(scratch);
    free(full_cc);
    free(full_plugin);
    free(full_verify);
    free(scratch);
    list_free(&paths);
    list_free(&s.flags);
    return status;
}
