/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * place.c - the places that hold a pointer: how they are declared, read, written and chosen.
 */
#include "gen.h"

#include <stdio.h>
#include <string.h>

static bool fits(const Gen *g, const Env *e, const Place *p, Wanted wanted, uint32_t min) {
    Value v = p->value;
    const Object *o = &e->objects[v.object];
    (void)g;
    if (p->form == FORM_BLOCK)
        return false;
    switch (wanted) {
    case WANT_READABLE:
        return v.known == KNOWN_OBJECT && o->min - v.offset >= min;
    case WANT_OWNED:
        return v.known == KNOWN_OBJECT && o->pin == NEVER && o->min - v.offset >= min;
    case WANT_MAYBE:
        return v.known == KNOWN_MAYBE && o->pin == NEVER && v.offset == 0;
    case WANT_WRITABLE:
        return p->frozen == NEVER && !place_loses(e, p);
    case WANT_ASSIGNABLE:
        return p->frozen == NEVER;
    }
    return false;
}

bool place_loses(const Env *e, const Place *p) {
    Value v = p->value;
    return value_points(v) && e->objects[v.object].pin == NEVER && object_places(e, v.object) == 1;
}

int place_pick(const Gen *g, const Env *e, Random *r, Wanted wanted, uint32_t min, int except) {
    uint64_t salt = random_bits(r);
    uint32_t best = 0;
    int chosen = -1;
    for (uint32_t i = 0; i < e->n; i++) {
        if ((int)i == except || !fits(g, e, &e->at[i], wanted, min))
            continue;
        uint32_t score = 1 + hash_of(salt, e->at[i].key) / 2;
        if (score > best) {
            best = score;
            chosen = (int)i;
        }
    }
    return chosen;
}

void place_read(const Place *p, Random *r, char *expr) {
    const char *form = "%s";
    switch (p->form) {
    case FORM_PLAIN:
    case FORM_VOLATILE:
    case FORM_BLOCK:
        break;
    case FORM_VOID:
    case FORM_NUMBER:
        form = "((unsigned char *)%s)";
        break;
    case FORM_MASKED:
        form = "((unsigned char *)(%s ^ GEN_KEY))";
        break;
    case FORM_TAGGED:
        form = chance(r, 50) ? "((unsigned char *)(%s >> 1))" : "((unsigned char *)((%s - 1) / 2))";
        break;
    case FORM_BYTES:
        form = chance(r, 50) ? "from_bytes(%s)" : "from_single_bytes(%s)";
        break;
    case FORM_HALVES:
        form = "from_halves(%s)";
        break;
    case FORM_UNION:
        form = chance(r, 50)   ? "%s.pointer"
               : chance(r, 50) ? "((unsigned char *)%s.number)"
                               : "from_bytes(%s.bytes)";
        break;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(expr, EXPR_SIZE, form, p->name);
#pragma GCC diagnostic pop
}

void place_write(Gen *g, Place *p, Random *r, const char *expr) {
    const char *name = p->name;
    switch (p->form) {
    case FORM_PLAIN:
    case FORM_VOID:
    case FORM_VOLATILE:
    case FORM_BLOCK:
        text_line(g->out, "%s = %s;", name, expr);
        return;
    case FORM_NUMBER:
        text_line(g->out, "%s = (uintptr_t)%s;", name, expr);
        return;
    case FORM_MASKED:
        text_line(g->out, "%s = (uintptr_t)%s ^ GEN_KEY;", name, expr);
        return;
    case FORM_TAGGED:
        text_line(g->out, "%s = (uintptr_t)%s << 1 | 1;", name, expr);
        return;
    case FORM_BYTES:
        text_line(g->out, "%s(%s, %s);", chance(r, 50) ? "to_bytes" : "to_single_bytes", name,
                  expr);
        return;
    case FORM_HALVES:
        text_line(g->out, "to_halves(%s, %s);", name, expr);
        return;
    case FORM_UNION:
        if (chance(r, 50))
            text_line(g->out, "%s.pointer = %s;", name, expr);
        else if (chance(r, 50))
            text_line(g->out, "%s.number = (uintptr_t)%s;", name, expr);
        else
            text_line(g->out, "to_bytes(%s.bytes, %s);", name, expr);
        return;
    }
}

static const char *declaration(Form form) {
    switch (form) {
    case FORM_PLAIN:
        return "unsigned char *%s;";
    case FORM_VOID:
        return "void *%s;";
    case FORM_VOLATILE:
        return "unsigned char *volatile %s;";
    case FORM_NUMBER:
    case FORM_MASKED:
    case FORM_TAGGED:
        return "uintptr_t %s;";
    case FORM_BYTES:
        return "unsigned char %s[sizeof(void *)];";
    case FORM_HALVES:
        return "uint32_t %s[2];";
    case FORM_UNION:
        return "union disguise %s;";
    case FORM_BLOCK:
        break;
    }
    return "struct box *%s;";
}

static const char *prefix_of(Form form) {
    static const char *const prefixes[] = {"p",   "v",   "vol",  "num", "key",
                                           "tag", "raw", "half", "uni", "b"};
    return prefixes[form];
}

Place *place_declare(Gen *g, Env *e, Random *r, uint32_t node, bool plain) {
    /* Disguises are rare in programs, and each keeps much on the heap. */
    static const uint32_t weights[] = {74, 8, 2, 5, 2, 2, 3, 1, 4};
    Form form = plain ? FORM_PLAIN : (Form)random_weighted(r, weights, 9);
    char name[NAME_SIZE];
    name_new(g, name, prefix_of(form), node);
    char line[128];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(line, sizeof line, declaration(form), name);
#pragma GCC diagnostic pop
    text_line(g->out, "%s", line);
    Place *p = place_add(e, name, form, node);
    p->key = hash_of(node, 77);
    return p;
}

/* ---- groups ---- */

static void field_add(Env *e, uint32_t node, const char *format, const char *name, int i) {
    char field[NAME_SIZE];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(field, sizeof field, format, name, i);
#pragma GCC diagnostic pop
    Place *p = place_add(e, field, FORM_PLAIN, node);
    p->key = hash_of(node, (uint32_t)i);
}

static void block_add(Gen *g, Env *e, const char *name, uint32_t node) {
    Place *p = place_add(e, name, FORM_BLOCK, node);
    p->key = hash_of(node, 9);
    uint16_t object = object_new(g, e, 16);
    e->objects[object].block = true;
    p->value = value_of(KNOWN_OBJECT, object, 0);
}

void group_declare(Gen *g, Env *e, Random *r, uint32_t node) {
    char name[NAME_SIZE];
    name_new(g, name, "g", node);
    bool zeroed = chance(r, 40);
    const char *fields = "%s.p[%d]";
    switch (random_below(r, 5)) {
    case 0:
        text_line(g->out, "struct box %s%s;", name, zeroed ? " = {0}" : "");
        break;
    case 1:
        text_line(g->out, "unsigned char *%s[2]%s;", name, zeroed ? " = {NULL}" : "");
        fields = chance(r, 70) ? "%s[%d]" : "%s[opaque(%d)]";
        break;
    case 2:
    case 3:
        text_line(g->out, "struct box *%s = %s;", name,
                  zeroed ? "calloc(1, sizeof(struct box))" : "malloc(sizeof(struct box))");
        text_line(g->out, "if (!%s)", name);
        text_line(g->out, "    abort();");
        block_add(g, e, name, node);
        fields = "%s->p[%d]";
        break;
    default:
        text_line(g->out, "unsigned char **%s = %s;", name,
                  zeroed ? "calloc(2, sizeof(unsigned char *))"
                         : "malloc(2 * sizeof(unsigned char *))");
        text_line(g->out, "if (!%s)", name);
        text_line(g->out, "    abort();");
        block_add(g, e, name, node);
        fields = "%s[%d]";
        break;
    }
    for (int i = 0; i < 2; i++) {
        field_add(e, node, fields, name, i);
        if (zeroed)
            e->at[e->n - 1].value.known = KNOWN_NULL;
    }
}

void place_length(const Env *e, const Place *p, Random *r, char *expr) {
    const Object *o = &e->objects[p->value.object];
    uint32_t offset = p->value.offset, left = o->min - offset;
    if (o->len[0] && chance(r, 60)) {
        if (offset)
            snprintf(expr, EXPR_SIZE, "%s - %u", o->len, offset);
        else
            snprintf(expr, EXPR_SIZE, "%s", o->len);
    } else if (chance(r, 25)) {
        snprintf(expr, EXPR_SIZE, "opaque_size(%u)", left);
    } else {
        snprintf(expr, EXPR_SIZE, "%u", left);
    }
}
