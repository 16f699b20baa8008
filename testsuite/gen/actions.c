/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * actions.c - statements that use what there is: read, write, copy, alias, merge, park, forget.
 */
#include "gen.h"

#include <stdio.h>
#include <string.h>

static uint32_t left_of(const Env *e, int place) {
    Value v = e->at[place].value;
    return e->objects[v.object].min - v.offset;
}

bool act_use(Gen *g, Env *e, Random *r) {
    int place = place_pick(g, e, r, WANT_READABLE, 1, -1);
    if (place < 0)
        return false;
    char expr[EXPR_SIZE], length[EXPR_SIZE];
    const Object *o = &e->objects[e->at[place].value.object];
    place_read(&e->at[place], r, expr);
    place_length(e, &e->at[place], r, length);
    uint32_t way = random_below(r, 100);
    if (o->text >= 0 && e->at[place].value.offset == 0 && way < 60)
        text_line(g->out, "mix((uint32_t)strlen((const char *)%s));", expr);
    else if (way < 70)
        text_line(g->out, "mix(digest(%s, %s));", expr, length);
    else if (way < 80)
        text_line(g->out, "mix(%s[%u]);", expr, random_below(r, left_of(e, place)));
    else if (way < 90)
        text_line(g->out, "mix(memchr(%s, %u, %s) != NULL);", expr, random_below(r, 256), length);
    else
        text_line(g->out,
                  "for (const unsigned char *s = %s, *end = s + %s; s < end; s++)\n"
                  "    mix(*s);",
                  expr, length);
    return true;
}

bool act_poke(Gen *g, Env *e, Random *r) {
    int place = place_pick(g, e, r, WANT_READABLE, 1, -1);
    if (place < 0)
        return false;
    char expr[EXPR_SIZE];
    uint32_t left = left_of(e, place), at = random_below(r, left);
    place_read(&e->at[place], r, expr);
    e->objects[e->at[place].value.object].text = -1;
    switch (random_below(r, 5)) {
    case 0:
        text_line(g->out, "%s[%u] = %u;", expr, at, random_below(r, 256));
        break;
    case 1:
        text_line(g->out, "%s[%u] ^= (unsigned char)gen_checksum;", expr, at);
        break;
    case 2:
        text_line(g->out, "memset(%s + %u, %u, %u);", expr, at, random_below(r, 256), left - at);
        break;
    case 3:
        text_line(g->out, "%s[opaque(%u)]++;", expr, at);
        break;
    default:
        text_line(g->out, "fill(%s, opaque_size(%u), %u);", expr, left, random_below(r, 250));
        break;
    }
    return true;
}

/* Two parameters may be one object. */
static bool lent(const Env *e, int place) {
    return e->objects[e->at[place].value.object].pin == 0;
}

bool act_copy(Gen *g, Env *e, Random *r) {
    int to = place_pick(g, e, r, WANT_READABLE, 1, -1);
    int from = to < 0 ? -1 : place_pick(g, e, r, WANT_READABLE, 1, to);
    if (from < 0)
        return false;
    char a[EXPR_SIZE], b[EXPR_SIZE];
    uint32_t n = left_of(e, to) < left_of(e, from) ? left_of(e, to) : left_of(e, from);
    bool same = e->at[to].value.object == e->at[from].value.object;
    place_read(&e->at[to], r, a);
    place_read(&e->at[from], r, b);
    e->objects[e->at[to].value.object].text = -1;
    text_line(g->out, "%s(%s, %s, %u);",
              same || (lent(e, to) && lent(e, from)) || chance(r, 30) ? "memmove" : "memcpy", a, b,
              n);
    return true;
}

bool act_alias(Gen *g, Env *e, Random *r) {
    int from = place_pick(g, e, r, chance(r, 10) ? WANT_MAYBE : WANT_READABLE, 1, -1);
    int to = from < 0 ? -1 : place_pick(g, e, r, WANT_WRITABLE, 0, from);
    if (to < 0)
        return false;
    char expr[EXPR_SIZE], moved[EXPR_SIZE + 16];
    Value v = e->at[from].value;
    uint32_t shift = 0;
    if (v.known == KNOWN_OBJECT && chance(r, 15))
        shift = random_below(r, left_of(e, from));
    place_read(&e->at[from], r, expr);
    if (shift)
        snprintf(moved, sizeof moved, "(%s + %u)", expr, shift);
    else
        snprintf(moved, sizeof moved, "%s", expr);
    place_write(g, &e->at[to], r, moved);
    v.offset = (uint16_t)(v.offset + shift);
    e->at[to].value = v;
    return true;
}

bool act_swap(Gen *g, Env *e, Random *r) {
    int a = place_pick(g, e, r, WANT_ASSIGNABLE, 0, -1);
    int b = a < 0 ? -1 : place_pick(g, e, r, WANT_ASSIGNABLE, 0, a);
    if (b < 0 || e->at[a].value.known == KNOWN_DEAD || e->at[b].value.known == KNOWN_DEAD)
        return false;
    char first[EXPR_SIZE], second[EXPR_SIZE];
    place_read(&e->at[a], r, first);
    place_read(&e->at[b], r, second);
    text_line(g->out, "{");
    g->out->indent++;
    text_line(g->out, "unsigned char *t = %s;", first);
    place_write(g, &e->at[a], r, second);
    place_write(g, &e->at[b], r, "t");
    g->out->indent--;
    text_line(g->out, "}");
    Value v = e->at[a].value;
    e->at[a].value = e->at[b].value;
    e->at[b].value = v;
    return true;
}

/* One pointer that is one of two objects, read or freed through; the other by exclusion. */
static bool merge_owned(Gen *g, Env *e, Random *r) {
    int a = place_pick(g, e, r, WANT_OWNED, LEAST_BYTES, -1);
    int b = a < 0 ? -1 : place_pick(g, e, r, WANT_OWNED, LEAST_BYTES, a);
    if (b < 0 || e->at[a].value.object == e->at[b].value.object || e->at[a].value.offset ||
        e->at[b].value.offset)
        return false;
    char x[EXPR_SIZE], y[EXPR_SIZE], test[EXPR_SIZE];
    uint32_t n = left_of(e, a) < left_of(e, b) ? left_of(e, a) : left_of(e, b);
    place_read(&e->at[a], r, x);
    place_read(&e->at[b], r, y);
    condition(g, e, r, test);
    text_line(g->out, "{");
    g->out->indent++;
    text_line(g->out, "int which = (%s) != 0;", test);
    text_line(g->out, "unsigned char *one = which ? %s : %s;", x, y);
    text_line(g->out, "mix(digest(one, %u));", n);
    if (chance(r, 60)) {
        text_line(g->out, "unsigned char *other = %s;",
                  chance(r, 50) ? "which ? (void *)0 : (void *)0" : "NULL");
        text_line(g->out, "other = one == %s ? %s : %s;", x, y, x);
        text_line(g->out, "free(one);");
        text_line(g->out, "mix(digest(other, %u));", n);
        text_line(g->out, chance(r, 50) ? "free(other);" : "gen_put(other);");
        object_die(e, e->at[a].value.object);
        object_die(e, e->at[b].value.object);
    } else {
        text_line(g->out, "one[%u] ^= %u;", random_below(r, n), random_below(r, 256));
        e->objects[e->at[a].value.object].text = -1;
        e->objects[e->at[b].value.object].text = -1;
    }
    g->out->indent--;
    text_line(g->out, "}");
    return true;
}

/* In the frame while it is small, on the heap above: as real programs do it by hand. */
static void merge_with_local(Gen *g, const Env *e, Random *r, uint32_t node) {
    char name[NAME_SIZE], test[EXPR_SIZE];
    uint32_t n = random_between(r, 9, 90);
    name_new(g, name, "mine", node);
    condition(g, e, r, test);
    text_line(g->out, "{");
    g->out->indent++;
    text_line(g->out, "unsigned char local[96], *%s = local;", name);
    if (chance(r, 50))
        text_line(g->out, "if (%s)", test);
    else
        text_line(g->out, "if (opaque(%u) > %u)", n, random_between(r, 9, 90));
    text_line(g->out, "    %s = malloc(%s%u);", name, chance(r, 30) ? "3 * " : "", n);
    text_line(g->out, "if (!%s)", name);
    text_line(g->out, "    abort();");
    text_line(g->out, "fill(%s, %u, %u);", name, n, random_below(r, 250));
    if (chance(r, 40))
        text_line(g->out, "scribble();");
    text_line(g->out, "mix(digest(%s, opaque_size(%u)));", name, n);
    text_line(g->out, "if (%s != local)", name);
    text_line(g->out, "    free(%s);", name);
    g->out->indent--;
    text_line(g->out, "}");
}

bool act_merge(Gen *g, Env *e, Random *r, uint32_t node) {
    if (chance(r, 70) && merge_owned(g, e, r))
        return true;
    merge_with_local(g, e, r, node);
    return true;
}

bool act_park(Gen *g, Env *e, Random *r) {
    int place = place_pick(g, e, r, WANT_READABLE, LEAST_BYTES, -1);
    if (place < 0)
        return false;
    char expr[EXPR_SIZE];
    place_read(&e->at[place], r, expr);
    text_line(g->out, "{");
    g->out->indent++;
    switch (random_below(r, 3)) {
    case 0:
        text_line(g->out, "unsigned char *saved = gen_parked;");
        text_line(g->out, "gen_parked = %s;", expr);
        text_line(g->out, "mix(gen_peek());");
        text_line(g->out, "gen_parked = saved;");
        break;
    case 1:
        text_line(g->out, "static unsigned char *parked;");
        text_line(g->out, "parked = %s;", expr);
        text_line(g->out, "mix(parked[%u]);", random_below(r, LEAST_BYTES));
        break;
    default:
        text_line(g->out, "static _Thread_local struct box state;");
        text_line(g->out, "state.p[1] = %s;", expr);
        text_line(g->out, "mix(digest(state.p[1], %u));", LEAST_BYTES);
        text_line(g->out, "state.p[1] = NULL;");
        break;
    }
    g->out->indent--;
    text_line(g->out, "}");
    return true;
}

/* Hands the object over to the keeper of another file, or asks him for what he has. */
bool act_give(Gen *g, Env *e, Random *r) {
    int place = place_pick(g, e, r, WANT_OWNED, LEAST_BYTES, -1);
    char expr[EXPR_SIZE];
    if (place < 0 || e->at[place].value.offset || chance(r, 40)) {
        text_line(g->out, "mix(gen_last());");
        return true;
    }
    place_read(&e->at[place], r, expr);
    text_line(g->out, "gen_give(%s);", expr);
    object_die(e, e->at[place].value.object);
    return true;
}

bool act_forget(Gen *g, Env *e, Random *r) {
    int place = place_pick(g, e, r, chance(r, 85) ? WANT_WRITABLE : WANT_ASSIGNABLE, 0, -1);
    if (place < 0)
        return false;
    place_write(g, &e->at[place], r, "(unsigned char *)NULL");
    Value v = e->at[place].value;
    e->at[place].value.known = KNOWN_NULL;
    if (value_points(v) && !object_places(e, v.object))
        e->objects[v.object].live = false;
    return true;
}

/* ---- several objects of one site ---- */

static void collect_array(Gen *g, Random *r, const char *name, uint32_t count, uint32_t size) {
    bool heap = chance(r, 40);
    if (heap) {
        text_line(g->out, "unsigned char **%s = malloc(%u * sizeof *%s);", name, count, name);
        text_line(g->out, "if (!%s)", name);
        text_line(g->out, "    abort();");
    } else {
        text_line(g->out, "unsigned char *%s[%u];", name, count);
    }
    text_line(g->out, "for (unsigned i = 0; i < %u; i++) {", count);
    text_line(g->out, "    %s[i] = malloc(%u%s);", name, size, chance(r, 50) ? " + i * 7" : "");
    text_line(g->out, "    if (!%s[i])", name);
    text_line(g->out, "        abort();");
    text_line(g->out, "    fill(%s[i], %u, i * 3);", name, size);
    text_line(g->out, "}");
    if (chance(r, 40))
        text_line(g->out, "scribble();");
    text_line(g->out, "for (unsigned i = 0; i < %u; i++)", count);
    text_line(g->out, "    mix(digest(%s[i], %u));", name, size);
    text_line(g->out, "for (unsigned i = %u; i-- > 0;)", count);
    text_line(g->out, "    free(%s[i]);", name);
    if (heap)
        text_line(g->out, "free(%s);", name);
}

static void collect_previous(Gen *g, Random *r, const char *name, uint32_t count, uint32_t size) {
    uint32_t step = random_between(r, 1, 3);
    text_line(g->out, "unsigned char *%s = NULL;", name);
    text_line(g->out, "for (unsigned i = 0; i < %u; i += %u) {", count, step);
    text_line(g->out, "    unsigned char *now = %s(%u);", chance(r, 80) ? "malloc" : "gen_get",
              size);
    text_line(g->out, "    if (!now)");
    text_line(g->out, "        abort();");
    text_line(g->out, "    fill(now, %u, i);", size);
    text_line(g->out, "    if (%s) {", name);
    text_line(g->out, "        mix(digest(%s, %u) ^ digest(now, %u));", name, size, size);
    if (chance(r, 70))
        text_line(g->out, "        free(%s);", name);
    text_line(g->out, "    }");
    if (chance(r, 30)) {
        text_line(g->out, "    if (i == %u) {", random_below(r, count));
        text_line(g->out, "        free(now);");
        text_line(g->out, "        %s = NULL;", name);
        text_line(g->out, "        continue;");
        text_line(g->out, "    }");
    }
    text_line(g->out, "    %s = now;", name);
    text_line(g->out, "}");
    text_line(g->out, "free(%s);", name);
}

static void collect_list(Gen *g, Random *r, const char *name, uint32_t count, uint32_t size) {
    text_line(g->out, "struct link { struct link *next; unsigned char bytes[%u]; } *%s = NULL;",
              size, name);
    text_line(g->out, "for (unsigned i = 0; i < %u; i++) {", count);
    text_line(g->out, "    struct link *now = malloc(sizeof *now);");
    text_line(g->out, "    if (!now)");
    text_line(g->out, "        break;");
    text_line(g->out, "    fill(now->bytes, %u, i);", size);
    text_line(g->out, "    now->next = %s;", name);
    text_line(g->out, "    %s = now;", name);
    if (chance(r, 40)) {
        text_line(g->out, "    if (i & 1) {");
        text_line(g->out, "        mix(digest(%s->bytes, %u));", name, size);
        text_line(g->out, "        %s = now->next;", name);
        text_line(g->out, "        free(now);");
        text_line(g->out, "    }");
    }
    text_line(g->out, "}");
    text_line(g->out, "while (%s) {", name);
    text_line(g->out, "    struct link *next = %s->next;", name);
    text_line(g->out, "    mix(digest(%s->bytes, %u));", name, size);
    text_line(g->out, "    free(%s);", name);
    text_line(g->out, "    %s = next;", name);
    text_line(g->out, "}");
}

bool act_collect(Gen *g, Env *e, Random *r, uint32_t node) {
    char name[NAME_SIZE];
    uint32_t count = random_between(r, 2, 6), size = random_between(r, 8, 70);
    (void)e;
    name_new(g, name, "all", node);
    text_line(g->out, "{");
    g->out->indent++;
    uint32_t way = random_below(r, 3);
    if (way == 0)
        collect_array(g, r, name, count, size);
    else if (way == 1)
        collect_previous(g, r, name, count, size);
    else
        collect_list(g, r, name, count, size);
    g->out->indent--;
    text_line(g->out, "}");
    return true;
}
