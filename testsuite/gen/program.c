/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * program.c - the files of a program: prog.h, part0.c ..., and all.c, which is the program as one
 * file.
 *
 * In all.c every function is static, so that the compiler and the plugin see all callers.
 */
#include "gen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PHASES = 3 };

static const char common[] =
    "#include \"support.h\"\n"
    "#ifdef GEN_MERGED\n"
    "#define API static UNUSED\n"
    "#define SHARED static UNUSED\n"
    "#else\n"
    "#define API\n"
    "#define SHARED extern\n"
    "#endif\n"
    "API void *gen_get(size_t n);\n"
    "API void gen_put(void *p);\n"
    "API uint32_t gen_peek(void);\n"
    "API void gen_give(unsigned char *p);\n"
    "API uint32_t gen_last(void);\n"
    "API uint32_t gen_visit_0(unsigned char *p, size_t n, struct visit *v);\n"
    "API uint32_t gen_visit_1(unsigned char *p, size_t n, struct visit *v);\n"
    "API uint32_t gen_visit_2(unsigned char *p, size_t n, struct visit *v);\n"
    "API uint32_t gen_visit_3(unsigned char *p, size_t n, struct visit *v);\n"
    "SHARED unsigned char *gen_parked, *own_0, *own_1, *own_2, *own_3;\n"
    "extern const struct hooks gen_hooks[2];\n"
    "extern uint32_t (*const gen_visitors[4])(unsigned char *, size_t, struct visit *);\n";

static const char wrappers[] =
    "#ifndef GEN_MERGED\n"
    "unsigned char *gen_parked, *own_0, *own_1, *own_2, *own_3;\n"
    "#endif\n"
    "API void *gen_get(size_t n) {\n"
    "    void *p = malloc(n);\n"
    "    if (!p) {\n"
    "        fputs(\"out of memory\\n\", stderr);\n"
    "        exit(2);\n"
    "    }\n"
    "    return p;\n"
    "}\n"
    "API void gen_put(void *p) { free(p); }\n"
    "API uint32_t gen_peek(void) { return gen_parked ? digest(gen_parked, 8) : 5; }\n"
    "static unsigned char *kept[3];\n"
    "API void gen_give(unsigned char *p) {\n"
    "    free(kept[2]);\n"
    "    kept[2] = kept[1];\n"
    "    kept[1] = kept[0];\n"
    "    kept[0] = p;\n"
    "}\n"
    "API uint32_t gen_last(void) {\n"
    "    uint32_t sum = 3;\n"
    "    for (int i = 0; i < 3; i++)\n"
    "        sum = sum * 5 + (kept[i] ? digest(kept[i], 8) : 1);\n"
    "    return sum;\n"
    "}\n"
    "static void *counted_get(size_t n) { mix((uint32_t)n); return malloc(n); }\n"
    "static void counted_put(void *p) { mix(p != NULL); free(p); }\n"
    "const struct hooks gen_hooks[2] = {{malloc, realloc, free}, {counted_get, realloc, "
    "counted_put}};\n"
    "uint32_t (*const gen_visitors[4])(unsigned char *, size_t, struct visit *) = {\n"
    "    gen_visit_0, gen_visit_1, gen_visit_2, gen_visit_3};\n"
    "API uint32_t gen_visit_0(unsigned char *p, size_t n, struct visit *v) {\n"
    "    v->sum += digest(p, n);\n"
    "    return v->sum;\n"
    "}\n"
    "API uint32_t gen_visit_1(unsigned char *p, size_t n, struct visit *v) {\n"
    "    if (!v->best || p[0] > v->best[0])\n"
    "        v->best = p;\n"
    "    return p[n - 1];\n"
    "}\n"
    "API uint32_t gen_visit_2(unsigned char *p, size_t n, struct visit *v) {\n"
    "    unsigned char *copy = malloc(n);\n"
    "    if (!copy)\n"
    "        return 0;\n"
    "    for (size_t i = 0; i < n; i++)\n"
    "        copy[i] = p[n - 1 - i];\n"
    "    v->sum ^= digest(copy, n);\n"
    "    free(copy);\n"
    "    return v->sum;\n"
    "}\n"
    "API uint32_t gen_visit_3(unsigned char *p, size_t n, struct visit *v) {\n"
    "    p[n / 2] ^= (unsigned char)v->sum;\n"
    "    v->best = p + n / 3;\n"
    "    return *v->best;\n"
    "}\n";

static bool write_file(const char *directory, const char *name, const Text *text) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(text->at, 1, text->n, file) != text->n || fclose(file) != 0) {
        fprintf(stderr, "esc-gen: cannot write %s: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

static void add_string(Text *t, const char *s) {
    text_raw(t, s, strlen(s));
}

/* ---- main ---- */

static void plan_phases(Gen *g, uint32_t first, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        Function *f = &g->functions[first + i];
        uint32_t node = node_of(23, i);
        if (node_skipped(g, node))
            continue;
        *f = (Function){.node = node,
                        .partner = first + i,
                        .result = RESULT_SUM,
                        .globals = node % 3 ? 0 : 3,
                        .cleanup = node % 5 == 0};
        snprintf(f->name, sizeof f->name, "phase%u", i);
    }
}

static void make_main(Gen *g, uint32_t first, uint32_t n, Text *t) {
    bool threads = hash_of(g->seed, 99) % 8 == 0;
    if (threads)
        add_string(t, "static void *in_thread(void *run) {\n"
                      "    uint32_t (**phase)(void) = run;\n"
                      "    mix((*phase)());\n"
                      "    return NULL;\n"
                      "}\n\n");
    add_string(t, "int main(void) {\n");
    t->indent = 1;
    for (uint32_t i = 0; i < g->npieces; i++) {
        text_line(t, "mix(%s());", g->piece_names[i]);
        text_line(t, "scribble();");
        text_line(t, "printf(\"%s %%016llx\\n\", (unsigned long long)gen_checksum);",
                  g->piece_names[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        const char *name = g->functions[first + i].name;
        if (!name[0])
            continue;
        if (threads && i % 2 == 0) {
            text_line(t, "{");
            text_line(t, "    pthread_t thread;");
            text_line(t, "    uint32_t (*run)(void) = %s;", name);
            text_line(t, "    if (pthread_create(&thread, NULL, in_thread, &run))");
            text_line(t, "        abort();");
            text_line(t, "    pthread_join(thread, NULL);");
            text_line(t, "}");
        } else {
            text_line(t, "mix(%s());", name);
        }
        text_line(t, "scribble();");
        text_line(t, "printf(\"%s %%016llx\\n\", (unsigned long long)gen_checksum);", name);
    }
    for (uint32_t i = 0; i < MAX_GLOBALS; i++) {
        text_line(t, "mix(own_%u ? digest(own_%u, %u) : 1);", i, i, LEAST_BYTES);
        text_line(t, "free(own_%u);", i);
    }
    text_line(t, "printf(\"%%016llx\\n\", (unsigned long long)gen_checksum);");
    text_line(t, "return (int)(gen_checksum & 63);");
    t->indent = 0;
    add_string(t, "}\n");
}

/* ---- files ---- */

static void make_header(Gen *g, Text *t) {
    char line[900];
    add_string(t, common);
    for (uint32_t i = 0; i < g->nfunctions; i++) {
        const Function *f = &g->functions[i];
        if (!f->name[0] || !f->exported)
            continue;
        function_prototype(g, f, line, sizeof line);
        text_line(t, "%s;", line);
    }
    for (uint32_t i = 0; i < g->npieces; i++)
        text_line(t, "API uint32_t %s(void);", g->piece_names[i]);
}

/* Of the pieces of which there are many, a few in one program. */
static void make_pieces(Gen *g, Text *files) {
    uint32_t n = g->only_shape ? 3 : hash_of(g->seed, 41) % 3;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t node = node_of(29, i);
        if (node_skipped(g, node))
            continue;
        uint32_t file = node % g->nfiles;
        snprintf(g->piece_names[g->npieces], sizeof g->piece_names[0], "piece%u", i);
        piece_make(g, node, g->piece_names[g->npieces], &files[file]);
        g->npieces++;
    }
}

static void static_prototypes(Gen *g, uint32_t file, Text *t) {
    char line[900];
    for (uint32_t i = 0; i < g->nfunctions; i++) {
        const Function *f = &g->functions[i];
        if (!f->name[0] || f->exported || f->file != file)
            continue;
        function_prototype(g, f, line, sizeof line);
        text_line(t, "%s;", line);
    }
}

static bool write_parts(const char *directory, const Text *files, uint32_t n) {
    Text all = {0}, whole = {0};
    add_string(&all, "#define GEN_MERGED\n#define GEN_MAIN\n#include \"prog.h\"\n");
    bool good = true;
    for (uint32_t i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "part%u.c", i);
        whole = (Text){0};
        if (i == 0)
            add_string(&whole, "#ifndef GEN_MERGED\n#define GEN_MAIN\n#endif\n");
        add_string(&whole, "#include \"prog.h\"\n");
        text_raw(&whole, files[i].at ? files[i].at : "", files[i].n);
        good &= write_file(directory, name, &whole);
        text_release(&whole);
        text_line(&all, "#include \"%s\"", name);
    }
    good &= write_file(directory, "all.c", &all);
    text_release(&all);
    return good;
}

bool program_files(const char *directory, const Text *header, const Text *files, uint32_t n) {
    Text whole = {0};
    add_string(&whole, "#ifndef PROG_H\n#define PROG_H\n");
    text_raw(&whole, header->at, header->n);
    add_string(&whole, "#endif\n");
    bool good = write_file(directory, "prog.h", &whole) && write_parts(directory, files, n);
    text_release(&whole);
    return good;
}

/* ---- the program ---- */

uint32_t sized(const Gen *g, uint32_t n, uint32_t least, uint32_t salt) {
    uint32_t scaled = (n * g->size + hash_of(g->seed, salt) % 100) / 100;
    return scaled < least ? least : scaled;
}

void program_make(Gen *g, Text *header, Text *files) {
    uint32_t functions = sized(g, 2 + hash_of(g->seed, 5) % 8, 0, 8);
    uint32_t phases = sized(g, 1 + hash_of(g->seed, 6) % MAX_PHASES, 1, 9);
    Text bodies[MAX_FILES] = {{0}};
    g->nfiles = 1 + hash_of(g->seed, 7) % MAX_FILES;
    if (g->only_shape)
        functions = phases = 0;
    g->nfunctions = functions;
    for (uint32_t i = 0; i < functions; i++)
        function_plan(g, i);
    add_string(&bodies[0], wrappers);
    for (uint32_t i = 0; i < functions; i++)
        function_make(g, i, &bodies[g->functions[i].file]);
    make_pieces(g, bodies);
    plan_phases(g, functions, phases);
    g->nfunctions += phases;
    for (uint32_t i = 0; i < phases; i++)
        function_make(g, functions + i, &bodies[0]);
    make_main(g, functions, phases, &bodies[0]);
    text_line(header, "/* The seed was %llu. */", (unsigned long long)g->seed);
    make_header(g, header);
    for (uint32_t i = 0; i < g->nfiles; i++) {
        static_prototypes(g, i, &files[i]);
        text_raw(&files[i], bodies[i].at ? bodies[i].at : "", bodies[i].n);
        text_release(&bodies[i]);
    }
}

bool program_write(Gen *g, const char *directory) {
    Text header = {0}, files[MAX_FILES] = {{0}};
    program_make(g, &header, files);
    bool good = program_files(directory, &header, files, g->nfiles);
    text_release(&header);
    for (uint32_t i = 0; i < MAX_FILES; i++)
        text_release(&files[i]);
    return good;
}
