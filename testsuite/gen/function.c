/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * function.c - signatures with their contracts, and bodies that keep them.
 *
 * A signature is planned before any body is made; a function calls only functions with a body that
 * is already there, and at most one that is not: its partner (perhaps itself), with a smaller
 * depth. So every program ends.
 */
#include "gen.h"

#include <stdio.h>
#include <string.h>

static const char *const result_types[] = {
    [RESULT_SUM] = "uint32_t ",         [RESULT_FRESH] = "unsigned char *",
    [RESULT_MAYBE] = "unsigned char *", [RESULT_ALIAS] = "unsigned char *",
    [RESULT_PAIR] = "struct pair ",
};

/* ---- signatures ---- */

static void plan_result(Function *f, Random *r) {
    static const uint32_t weights[] = {50, 20, 10, 8, 6};
    f->result = (ResultKind)random_weighted(r, weights, 5);
    f->result_min = random_between(r, LEAST_BYTES, 30);
    if (f->result != RESULT_ALIAS)
        return;
    for (uint32_t i = 0; i < f->nparams; i++)
        if (f->params[i].kind == PARAM_BORROW) {
            f->alias_param = i;
            f->alias_offset = chance(r, 60) ? 0 : random_below(r, f->params[i].min);
            return;
        }
    f->result = RESULT_SUM;
}

void function_plan(Gen *g, uint32_t index) {
    static const uint32_t weights[] = {40, 18, 8, 10, 9, 5, 6, 6};
    Function *f = &g->functions[index];
    uint32_t node = node_of(17, index);
    if (node_skipped(g, node))
        return;
    Random r = random_of(g->seed, node);
    f->node = node;
    snprintf(f->name, sizeof f->name, "f%u", index);
    f->file = random_below(&r, g->nfiles);
    f->exported = chance(&r, 60);
    f->nparams =
        random_weighted(&r, (const uint32_t[]){2, 5, 4, 2}, 4) < 0 ? 0 : random_between(&r, 0, 3);
    bool single[8] = {false};
    for (uint32_t i = 0; i < f->nparams; i++) {
        ParamKind kind = (ParamKind)random_weighted(&r, weights, 8);
        if (kind >= PARAM_BOX && single[kind])
            kind = PARAM_BORROW;
        single[kind] = true;
        f->params[i] = (Param){kind, random_between(&r, LEAST_BYTES, 30)};
    }
    plan_result(f, &r);
    f->cleanup = f->result == RESULT_SUM && chance(&r, 40);
    f->globals = chance(&r, 15) ? 1u << random_below(&r, MAX_GLOBALS) : 0;
    f->partner = index;
    f->recursive = chance(&r, 15);
    if (index > 0 && g->functions[index - 1].recursive &&
        g->functions[index - 1].partner == index - 1 && g->functions[index - 1].name[0] &&
        chance(&r, 50)) {
        /* Mutual recursion: each may call the other. The earlier one is then in the same file. */
        f->recursive = true;
        f->file = g->functions[index - 1].file;
        f->partner = index - 1;
        g->functions[index - 1].partner = index;
    }
    if (f->recursive)
        f->globals = (1u << MAX_GLOBALS) - 1;
}

static void param_text(const Param *p, uint32_t i, char *text, size_t size) {
    switch (p->kind) {
    case PARAM_BORROW:
    case PARAM_TAKE:
        snprintf(text, size, "unsigned char *a%u, size_t n%u", i, i);
        return;
    case PARAM_OUT:
    case PARAM_INOUT:
        snprintf(text, size, "unsigned char **a%u", i);
        return;
    case PARAM_BOX:
        snprintf(text, size, "struct box *a%u", i);
        return;
    case PARAM_PAIR:
        snprintf(text, size, "struct pair a%u", i);
        return;
    case PARAM_HOOKS:
        snprintf(text, size, "const struct hooks *h%u", i);
        return;
    case PARAM_VISIT:
        snprintf(text, size,
                 "uint32_t (*v%u)(unsigned char *, size_t, struct visit *), struct visit *c%u", i,
                 i);
        return;
    }
}

void function_prototype(const Gen *g, const Function *f, char *text, size_t size) {
    char params[600] = "", one[128];
    (void)g;
    for (uint32_t i = 0; i < f->nparams; i++) {
        param_text(&f->params[i], i, one, sizeof one);
        size_t n = strlen(params);
        snprintf(params + n, sizeof params - n, "%s%s", n ? ", " : "", one);
    }
    if (f->recursive) {
        size_t n = strlen(params);
        snprintf(params + n, sizeof params - n, "%sint depth", n ? ", " : "");
    }
    snprintf(text, size, "%s%s%s%s(%s)", f->exported ? "API " : "static UNUSED ",
             f->node % 100 < 45 ? "NOINLINE " : "", result_types[f->result], f->name,
             params[0] ? params : "void");
}

/* ---- bodies ---- */

static void add_bytes(Gen *g, Env *e, uint32_t i, const Param *p, bool take) {
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "a%u", i);
    Place *at = place_add(e, name, FORM_PLAIN, g->f->node + i);
    uint16_t object = object_new(g, e, p->min);
    snprintf(e->objects[object].len, sizeof e->objects[object].len, "n%u", i);
    e->objects[object].pin = take ? NEVER : 0;
    at->frozen = take ? NEVER : 0;
    at->value = value_of(KNOWN_OBJECT, object, 0);
}

static void add_place(Gen *g, Env *e, uint32_t i, const char *format, Known known, uint32_t min,
                      uint8_t pin) {
    char name[NAME_SIZE];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(name, sizeof name, format, i);
#pragma GCC diagnostic pop
    Place *at = place_add(e, name, FORM_PLAIN, g->f->node + i);
    at->contract = pin == NEVER;
    at->frozen = pin;
    if (known == KNOWN_DEAD)
        return;
    uint16_t object = object_new(g, e, min);
    e->objects[object].pin = pin;
    at->value = value_of(known, object, 0);
}

static void add_param(Gen *g, Env *e, uint32_t i) {
    const Param *p = &g->f->params[i];
    switch (p->kind) {
    case PARAM_BORROW:
    case PARAM_TAKE:
        add_bytes(g, e, i, p, p->kind == PARAM_TAKE);
        break;
    case PARAM_OUT:
        add_place(g, e, i, "(*a%u)", KNOWN_DEAD, p->min, NEVER);
        break;
    case PARAM_INOUT:
        add_place(g, e, i, "(*a%u)", KNOWN_OBJECT, p->min, NEVER);
        break;
    case PARAM_BOX:
        add_place(g, e, i, "a%u->p[0]", KNOWN_MAYBE, LEAST_BYTES, NEVER);
        add_place(g, e, i, "a%u->p[1]", KNOWN_MAYBE, LEAST_BYTES, NEVER);
        break;
    case PARAM_PAIR:
        add_place(g, e, i, "a%u.a", KNOWN_OBJECT, p->min, 0);
        add_place(g, e, i, "a%u.b", KNOWN_OBJECT, p->min, 0);
        break;
    case PARAM_HOOKS:
    case PARAM_VISIT:
        break;
    }
}

static void add_globals(Gen *g, Env *e) {
    for (uint32_t i = 0; i < MAX_GLOBALS; i++)
        if (g->f->globals >> i & 1) {
            add_place(g, e, i, "own_%u", KNOWN_MAYBE, LEAST_BYTES, NEVER);
            e->at[e->n - 1].global = (uint8_t)(i + 1);
        }
}

/* Variables that are null until they are set, and freed behind `out`. */
static void add_cleanup(Gen *g, Env *e, Random *r) {
    g->cleanup_first = e->n;
    for (uint32_t i = 0, n = random_between(r, 1, 3); i < n; i++) {
        Place *p = place_declare(g, e, r, node_of(g->f->node, 500 + i), true);
        place_write(g, p, r, "NULL");
        p->value.known = KNOWN_NULL;
    }
    g->cleanup_places = e->n;
}

static void end_cleanup(Gen *g, Env *e, Random *r) {
    if (!e->unreachable)
        leave_by_goto(g, e, r);
    if (!g->out_used)
        return;
    g->out->indent--;
    text_line(g->out, "out:");
    g->out->indent++;
    for (uint32_t i = g->cleanup_places; i-- > g->cleanup_first;)
        text_line(g->out, chance(r, 80) ? "free(%s);" : "gen_put(%s);", e->at[i].name);
    text_line(g->out, "return sum;");
}

static void body(Gen *g, Env *e) {
    Function *f = g->f;
    Random r = random_of(g->seed, node_of(f->node, 900));
    text_line(g->out, "uint32_t sum = %u;", random_below(&r, 100));
    for (uint32_t i = 0; i < f->nparams; i++)
        add_param(g, e, i);
    add_globals(g, e);
    if (f->cleanup)
        add_cleanup(g, e, &r);
    if (f->recursive) {
        static Env base;
        base = *e;
        text_line(g->out, "if (depth <= 0)");
        leave_by_return(g, &base, &r);
    }
    block(g, e, node_of(f->node, 901), sized(g, random_between(&r, 4, 10), 2, f->node));
    if (f->cleanup)
        end_cleanup(g, e, &r);
    else if (!e->unreachable)
        leave_by_return(g, e, &r);
    else
        text_line(g->out, "abort();");
}

void function_make(Gen *g, uint32_t index, Text *out) {
    static Env e;
    Function *f = &g->functions[index];
    if (!f->name[0])
        return;
    memset(&e, 0, sizeof e);
    g->f = f;
    g->out = out;
    g->nobjects = g->nnames = g->depth = g->loop = 0;
    g->times = 1;
    g->cost = 10;
    g->cleanup_first = g->cleanup_places = 0;
    g->out_used = g->recursed = false;
    char line[900];
    function_prototype(g, f, line, sizeof line);
    text_line(out, "%s {", line);
    out->indent++;
    body(g, &e);
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
    f->cost = f->recursive ? 8 * g->cost : g->cost;
}
