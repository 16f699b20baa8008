/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* place.c - see place.h.
 *
 * A name with a version in it (gcc-12) is believed, because `escapement cc` asks at every
 * compilation; any other compiler is asked for the macros that say what it is.
 */
#include "place.h"

#include "command.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const kinds[] = {[COMPILER_CLANG] = "Clang", [COMPILER_GCC] = "GCC"};
static const char *const programs[] = {[COMPILER_CLANG] = "clang", [COMPILER_GCC] = "gcc"};

const char *kind_name(CompilerKind kind) {
    return kinds[kind];
}

/* ---- ourselves ------------------------------------------------------------------------------- */

static char *own_directory(void) {
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0)
        trouble("cannot find its own place: /proc/self/exe: %s", strerror(errno));
    path[length] = '\0';
    return copy_text(dirname(path));
}

static bool exists(const char *directory, const char *name) {
    char *path = format_text("%s/%s", directory, name);
    bool is = access(path, F_OK) == 0;
    free(path);
    return is;
}

/* Without ".." where the directory exists; the last part as it is, for it may be a link whose name
 * programs should know (libescapement.so). */
static char *place_of(const char *directory, const char *relative) {
    char *path = *relative == '/' ? copy_text(relative) : format_text("%s/%s", directory, relative);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    char *real = realpath(path, NULL);
    char *result = format_text("%s/%s", real ? real : path, slash + 1);
    free(real);
    free(path);
    return result;
}

static void add_plugin(Place *p, CompilerKind kind, unsigned version, const char *relative) {
    p->plugins = reallocate(p->plugins, (p->nplugins + 1) * sizeof *p->plugins);
    Plugin *plugin = &p->plugins[p->nplugins++];
    *plugin = (Plugin){kind, version, place_of(p->directory, relative), false, NULL};
    plugin->exists = access(plugin->path, R_OK) == 0;
    if (kind == COMPILER_CLANG)
        plugin->link_path =
            format_text("%.*s/escapement-lld.so", (int)(strrchr(plugin->path, '/') - plugin->path),
                        plugin->path);
}

static void add_product(Place *p, Product which, const char *relative) {
    char *path = place_of(p->directory, relative);
    if (access(path, R_OK) == 0)
        p->products[which] = path;
    else
        free(path);
}

const Place *place(void) {
    static Place here;
    if (here.directory)
        return &here;
    here.directory = own_directory();
    here.is_build_tree = exists(here.directory, "../CMakeCache.txt");
#define PRODUCT(which, build, installed)                                                           \
    add_product(&here, which, here.is_build_tree ? (build) : (installed));
#define PLUGIN(kind, version, build, installed)                                                    \
    add_plugin(&here, kind, version, here.is_build_tree ? (build) : (installed));
#include "place.def"
#undef PRODUCT
#undef PLUGIN
    return &here;
}

/* ---- compilers ------------------------------------------------------------------------------- */

static bool is_program(const char *path) {
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) && access(path, X_OK) == 0;
}

char *find_program(const char *name) {
    if (strchr(name, '/'))
        return is_program(name) ? copy_text(name) : NULL;
    const char *path = getenv("PATH");
    for (const char *part = path ? path : "/usr/bin:/bin", *end;; part = end + 1) {
        end = strchrnul(part, ':');
        char *full = end > part ? format_text("%.*s/%s", (int)(end - part), part, name)
                                : format_text("./%s", name);
        if (is_program(full))
            return full;
        free(full);
        if (!*end)
            return NULL;
    }
}

/* "x86_64-linux-gnu-gcc-12" -> GCC, 12. */
static bool says_its_name(const char *path, Compiler *compiler) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (CompilerKind kind = COMPILER_CLANG; kind <= COMPILER_GCC; kind++) {
        const char *at = strstr(name, programs[kind]);
        size_t length = strlen(programs[kind]);
        if (!at || (at > name && at[-1] != '-') || at[length] != '-')
            continue;
        char *end;
        unsigned long version = strtoul(at + length + 1, &end, 10);
        if (*end || end == at + length + 1 || version > 999)
            continue;
        compiler->kind = kind;
        compiler->version = (unsigned)version;
        return true;
    }
    return false;
}

/* The value of a macro in what -dM prints; -1: not there. */
static long macro(const char *text, const char *name) {
    char *define = format_text("#define %s ", name);
    const char *at = strstr(text, define);
    long value = at ? strtol(at + strlen(define), NULL, 10) : -1;
    free(define);
    return value;
}

static bool ask(const char *path, Compiler *compiler) {
    char *command = format_text("'%s' -dM -E -x c /dev/null 2>/dev/null", path);
    FILE *pipe = strchr(path, '\'') ? NULL : popen(command, "r");
    Text text = {0};
    char part[4096];
    free(command);
    if (!pipe)
        return false;
    text_add(&text, "", 0);
    for (size_t n; (n = fread(part, 1, sizeof part, pipe)) > 0;)
        text_add(&text, part, n);
    pclose(pipe);
    long clang = macro(text.bytes, "__clang_major__"), gcc = macro(text.bytes, "__GNUC__");
    text_free(&text);
    compiler->kind = clang >= 0 ? COMPILER_CLANG : COMPILER_GCC;
    compiler->version = (unsigned)(clang >= 0 ? clang : gcc);
    return clang >= 0 || gcc >= 0;
}

bool identify_compiler(const char *name, Compiler *compiler) {
    char *path = find_program(name);
    if (!path)
        return false;
    char *real = realpath(path, NULL);
    bool known = says_its_name(path, compiler) || (real && says_its_name(real, compiler)) ||
                 ask(path, compiler);
    free(real);
    compiler->program = known ? path : NULL;
    if (!known)
        free(path);
    return known;
}

const Plugin *plugin_for(const Compiler *compiler) {
    const Place *p = place();
    for (size_t i = 0; i < p->nplugins; i++)
        if (p->plugins[i].kind == compiler->kind && p->plugins[i].version == compiler->version &&
            p->plugins[i].exists)
            return &p->plugins[i];
    return NULL;
}

/* A sanitized plugin needs the compiler beside it, which loads their runtime. */
static bool own_compiler(const char *name, Compiler *compiler) {
    char *path = format_text("%s/../bin/%s", place()->directory, name);
    bool is = place()->is_build_tree && is_program(path) && identify_compiler(path, compiler);
    free(path);
    return is;
}

static bool find_kind(CompilerKind kind, Compiler *compiler) {
    const Place *p = place();
    for (size_t i = 0; i < p->nplugins; i++) {
        if (p->plugins[i].kind != kind || !p->plugins[i].exists)
            continue;
        char *name = format_text("%s-%u", programs[kind], p->plugins[i].version);
        bool found = own_compiler(name, compiler) || identify_compiler(name, compiler);
        free(name);
        if (found)
            return true;
    }
    return identify_compiler(programs[kind], compiler) && plugin_for(compiler);
}

Compiler choose_compiler(const char *wanted) {
    Compiler compiler = {0};
    bool any = !wanted || !*wanted;
    for (CompilerKind kind = COMPILER_CLANG; kind <= COMPILER_GCC; kind++) {
        if (!any && strcmp(wanted, programs[kind]) != 0)
            continue;
        if (find_kind(kind, &compiler))
            return compiler;
        if (!any)
            trouble("there is no %s that a plugin was built for; `escapement doctor' says what is "
                    "missing",
                    kinds[kind]);
    }
    if (any)
        trouble("there is no compiler that a plugin was built for; `escapement doctor' says what "
                "is missing");
    if (!find_program(wanted))
        trouble("there is no compiler %s", wanted);
    if (!identify_compiler(wanted, &compiler))
        trouble("%s is neither Clang nor GCC", wanted);
    if (!plugin_for(&compiler))
        trouble("there is no plugin for %s %u (%s); `escapement doctor' says for which there is",
                kinds[compiler.kind], compiler.version, wanted);
    return compiler;
}
