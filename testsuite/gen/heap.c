/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * heap.c - allocations, frees and reallocations in the forms that programs write them.
 *
 * Every object is written as soon as it is there, so whatever reads it reads bytes that the program
 * chose. Sizes stand around the limits that the plugin has: the small buffer's, the object's.
 */
#include "gen.h"

#include <stdio.h>
#include <string.h>

typedef struct Size {
    char expr[EXPR_SIZE];
    uint32_t min; /* what it is at least */
    char len[16];
} Size;

static uint32_t some_bytes(Random *r, uint32_t min) {
    static const uint32_t weights[] = {50, 25, 8, 5, 1};
    static const uint32_t low[] = {8, 33, 250, 263, 16300}, high[] = {32, 200, 262, 2000, 17000};
    int k = random_weighted(r, weights, 5);
    uint32_t n = random_between(r, low[k], high[k]);
    return n < min ? min + random_below(r, 9) : n;
}

/* An object of the caller whose size has a name. */
static const Object *named_size(const Env *e, Random *r) {
    for (uint32_t i = 0; i < e->n; i++) {
        Value v = e->at[i].value;
        if (v.known == KNOWN_OBJECT && e->objects[v.object].len[0] && chance(r, 50))
            return &e->objects[v.object];
    }
    return NULL;
}

static Size pick_size(Gen *g, const Env *e, Random *r, uint32_t min) {
    Size s = {.min = some_bytes(r, min)};
    const Object *like = chance(r, 20) ? named_size(e, r) : NULL;
    if (like && like->min >= min) {
        s.min = like->min;
        snprintf(s.expr, sizeof s.expr, chance(r, 50) ? "%s" : "%s + 1", like->len);
        strcpy(s.len, like->len);
        return s;
    }
    const char *counter = g->loop && chance(r, 15) ? g->index[g->loop - 1] : NULL;
    uint32_t way = random_below(r, 100);
    if (counter)
        snprintf(s.expr, sizeof s.expr, "%u + (size_t)%s * %u", s.min, counter,
                 random_between(r, 1, 40));
    else if (way < 55)
        snprintf(s.expr, sizeof s.expr, "%u", s.min);
    else if (way < 75)
        snprintf(s.expr, sizeof s.expr, "opaque_size(%u)", s.min);
    else if (way < 88 && s.min < 1024)
        snprintf(s.expr, sizeof s.expr, "opaque_size(%u) & 1023", s.min);
    else
        snprintf(s.expr, sizeof s.expr, "%u + opaque_size(%u)", s.min, random_below(r, 20));
    return s;
}

static const char *check_of(Random *r, const char *name, char *line) {
    static const char *const forms[] = {"if (!%s)", "if (%s == NULL)", "if (NULL == %s)"};
    const char *form = forms[random_below(r, 3)];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(line, EXPR_SIZE, form, name);
#pragma GCC diagnostic pop
    return line;
}

static void check_or_abort(Gen *g, Random *r, const char *name) {
    char line[EXPR_SIZE];
    if (chance(r, 15))
        return;
    text_line(g->out, "%s", check_of(r, name, line));
    text_line(g->out, chance(r, 70) ? "    abort();" : "    exit(3);");
}

/* How a new block is written: the bytes that `min` counts. */
static void initialise(Gen *g, Random *r, const char *p, const Size *s, bool zeroed) {
    char tag[64], bytes[EXPR_SIZE];
    snprintf(tag, sizeof tag, chance(r, 70) ? "%u" : "%u + (uint32_t)gen_checksum",
             random_below(r, 250));
    if (s->len[0])
        snprintf(bytes, sizeof bytes, "%s", s->len);
    else
        snprintf(bytes, sizeof bytes, chance(r, 85) ? "%u" : "opaque_size(%u)", s->min);
    if (zeroed && chance(r, 70)) {
        text_line(g->out, "mix(digest(%s, %s));", p, bytes);
        text_line(g->out, "%s[%u] = (unsigned char)(%s);", p, random_below(r, s->min), tag);
    } else if (chance(r, 70)) {
        text_line(g->out, "fill(%s, %s, %s);", p, bytes, tag);
    } else if (chance(r, 50)) {
        text_line(g->out, "memset(%s, (int)((%s) & 127), %s);", p, tag, bytes);
    } else {
        text_line(g->out, "for (size_t k = 0; k < %s; k++)", bytes);
        text_line(g->out, "    %s[k] = (unsigned char)(k * 5 + %s);", p, tag);
    }
}

/* ---- what makes a block ---- */

typedef struct Made {
    uint32_t min;
    int32_t text;
    char len[16];
} Made;

static const Function *hooks_of(const Gen *g, uint32_t *param) {
    for (uint32_t i = 0; g->f && i < g->f->nparams; i++)
        if (g->f->params[i].kind == PARAM_HOOKS) {
            *param = i;
            return g->f;
        }
    return NULL;
}

static void emit_call(Gen *g, Random *r, const char *target, const char *cast, const char *call) {
    (void)r;
    text_line(g->out, "%s = %s%s;", target, cast, call);
}

/* malloc and those like it: bytes without contents. */
static Made make_plain(Gen *g, const Env *e, Random *r, const char *t, uint32_t min, bool check) {
    static const uint32_t weights[] = {50, 20, 4, 4, 4, 12, 12};
    Size s = pick_size(g, e, r, min);
    char call[2 * EXPR_SIZE], line[EXPR_SIZE];
    uint32_t hooks = 0;
    int way = random_weighted(r, weights, 7);
    if (way == 6 && !hooks_of(g, &hooks))
        way = 0;
    bool zeroed = way == 1;
    switch (way) {
    default:
        snprintf(call, sizeof call, "malloc(%s)", s.expr);
        break;
    case 1:
        snprintf(call, sizeof call, chance(r, 50) ? "calloc(1, %s)" : "calloc(%s, 1)", s.expr);
        break;
    case 2:
        snprintf(call, sizeof call, "realloc(NULL, %s)", s.expr);
        break;
    case 3:
        s.min = (s.min + 63) / 64 * 64;
        s.len[0] = '\0';
        snprintf(call, sizeof call, "aligned_alloc(%u, %u)", 16u << random_below(r, 3), s.min);
        break;
    case 4:
        text_line(g->out, "void *block;");
        text_line(g->out, "if (posix_memalign(&block, %u, %s))", 16u << random_below(r, 4), s.expr);
        text_line(g->out, "    abort();");
        snprintf(call, sizeof call, "block");
        break;
    case 5:
        snprintf(call, sizeof call, "gen_get(%s)", s.expr);
        break;
    case 6:
        snprintf(call, sizeof call, "h%u->get(%s)", hooks, s.expr);
        break;
    }
    emit_call(g, r, t, "", call);
    if (check)
        check_or_abort(g, r, t);
    if (way == 3)
        text_line(g->out, "mix((uintptr_t)%s %% 16 == 0);", t);
    (void)line;
    initialise(g, r, t, &s, zeroed);
    Made made = {s.min, -1, ""};
    strcpy(made.len, s.len);
    return made;
}

static int pick_text(const Env *e, Random *r, uint32_t min) {
    uint64_t salt = random_bits(r);
    uint32_t best = 0;
    int chosen = -1;
    for (uint32_t i = 0; i < e->n; i++) {
        Value v = e->at[i].value;
        if (v.known != KNOWN_OBJECT || v.offset || e->objects[v.object].text + 1 < (int32_t)min)
            continue;
        uint32_t score = 1 + hash_of(salt, e->at[i].key) / 2;
        if (score > best)
            best = score, chosen = (int)i;
    }
    return chosen;
}

/* strdup and those like it: a string of a length that is known here, if not to the compiler. */
static Made make_text(Gen *g, const Env *e, Random *r, const char *t, uint32_t min, bool check) {
    uint32_t most = chance(r, 15) ? 300 : 80; /* some are longer than the small buffer */
    uint32_t length = random_between(r, LEAST_BYTES, most);
    if (length + 1 < min)
        length = min < most ? min : most;
    char source[EXPR_SIZE];
    int from = chance(r, 50) ? pick_text(e, r, min) : -1;
    if (from >= 0) {
        length = (uint32_t)e->objects[e->at[from].value.object].text;
        char expr[EXPR_SIZE];
        place_read(&e->at[from], r, expr);
        snprintf(source, sizeof source, "(const char *)%.140s", expr);
    } else {
        snprintf(source, sizeof source, "gen_text + %u", GEN_TEXT_LENGTH - length);
    }
    Made made = {length + 1, (int32_t)length, ""};
    switch (random_below(r, 5)) {
    case 0:
        text_line(g->out, "%s = (unsigned char *)strndup(%s, %u);", t, source, length + 3);
        break;
    case 1:
        text_line(g->out, "char *made;");
        text_line(g->out, "if (asprintf(&made, \"%%s-%%03d\", %s, opaque(%u)) < 0)", source,
                  random_below(r, 999));
        text_line(g->out, "    abort();");
        text_line(g->out, "%s = (unsigned char *)made;", t);
        made.min += 4;
        made.text += 4;
        break;
    case 2:
        text_line(g->out, "%s = malloc(strlen(%s) + 1);", t, source);
        check = false;
        check_or_abort(g, r, t);
        text_line(g->out, "strcpy((char *)%s, %s);", t, source);
        break;
    default:
        text_line(g->out, "%s = (unsigned char *)strdup(%s);", t, source);
        break;
    }
    if (check)
        check_or_abort(g, r, t);
    text_line(g->out, "mix((uint32_t)strlen((const char *)%s));", t);
    return made;
}

/* A copy of the bytes of another object. */
static Made make_copy(Gen *g, const Env *e, Random *r, const char *t, int from, bool check) {
    const Place *p = &e->at[from];
    const Object *o = &e->objects[p->value.object];
    char expr[EXPR_SIZE], length[EXPR_SIZE];
    Made made = {o->min - p->value.offset, -1, ""};
    place_read(p, r, expr);
    place_length(e, p, r, length);
    if (strcmp(length, o->len) == 0)
        strcpy(made.len, length);
    text_line(g->out, "%s = malloc(%s);", t, length);
    if (check)
        check_or_abort(g, r, t);
    text_line(g->out, "memcpy(%s, %s, %s);", t, expr, length);
    return made;
}

static Made make(Gen *g, const Env *e, Random *r, const char *t, uint32_t min) {
    static const uint32_t weights[] = {70, 14, 14};
    int way = random_weighted(r, weights, 3);
    if (way == 1 && min < 60)
        return make_text(g, e, r, t, min, true);
    int from = way == 2 ? place_pick(g, e, r, WANT_READABLE, min, -1) : -1;
    if (from >= 0)
        return make_copy(g, e, r, t, from, true);
    return make_plain(g, e, r, t, min, true);
}

static uint16_t object_of(Gen *g, Env *e, const Made *made) {
    uint16_t object = object_new(g, e, made->min);
    e->objects[object].text = made->text;
    strcpy(e->objects[object].len, made->len);
    return object;
}

void heap_supply(Gen *g, Env *e, Random *r, int place, uint32_t min) {
    text_line(g->out, "{");
    g->out->indent++;
    text_line(g->out, "unsigned char *t;");
    Made made = make(g, e, r, "t", min);
    place_write(g, &e->at[place], r, "t");
    g->out->indent--;
    text_line(g->out, "}");
    e->at[place].value = value_of(KNOWN_OBJECT, object_of(g, e, &made), 0);
}

/* `if (!p) { leave }` behind an allocation that cannot fail here, which the compiler cannot know.
 */
static void check_and_leave(Gen *g, const Env *e, Random *r, int place) {
    static Env failed;
    char line[EXPR_SIZE], expr[EXPR_SIZE];
    failed = *e;
    failed.at[place].value.known = KNOWN_NULL;
    place_read(&e->at[place], r, expr);
    check_of(r, expr, line);
    text_line(g->out, "%s {", line);
    g->out->indent++;
    leave_somehow(g, &failed, r);
    g->out->indent--;
    text_line(g->out, "}");
}

void heap_allocate(Gen *g, Env *e, Random *r, int place) {
    Form form = e->at[place].form;
    if (form != FORM_PLAIN || !chance(r, 50)) {
        heap_supply(g, e, r, place, LEAST_BYTES);
        return;
    }
    Size s = pick_size(g, e, r, LEAST_BYTES);
    const char *name = e->at[place].name;
    bool zeroed = chance(r, 20);
    text_line(g->out, zeroed ? "%s = calloc(1, %s);" : "%s = malloc(%s);", name, s.expr);
    if (chance(r, 70))
        check_and_leave(g, e, r, place);
    else
        check_or_abort(g, r, name);
    initialise(g, r, name, &s, zeroed);
    Made made = {s.min, -1, ""};
    strcpy(made.len, s.len);
    e->at[place].value = value_of(KNOWN_OBJECT, object_of(g, e, &made), 0);
}

/* ---- free and realloc ---- */

static void emit_free(Gen *g, Random *r, const char *expr, bool maybe) {
    static const uint32_t weights[] = {60, 12, 12, 8, 8};
    uint32_t hooks = 0;
    int way = random_weighted(r, weights, 5);
    if (way == 4 && !hooks_of(g, &hooks))
        way = 0;
    (void)maybe;
    switch (way) {
    case 1:
        text_line(g->out, "gen_put(%s);", expr);
        break;
    case 2:
        text_line(g->out, "if (%s)", expr);
        text_line(g->out, "    free(%s);", expr);
        break;
    case 3:
        text_line(g->out, "{");
        text_line(g->out, "    void *old = %s;", expr);
        text_line(g->out, "    free(old);");
        text_line(g->out, "}");
        break;
    case 4:
        text_line(g->out, "h%u->put(%s);", hooks, expr);
        break;
    default:
        text_line(g->out, "free(%s);", expr);
        break;
    }
}

void heap_free(Gen *g, Env *e, Random *r, int place) {
    Place *p = &e->at[place];
    Value v = p->value;
    char expr[EXPR_SIZE], start[EXPR_SIZE + 16];
    place_read(p, r, expr);
    if (v.offset)
        snprintf(start, sizeof start, "(%s - %u)", expr, v.offset);
    else
        snprintf(start, sizeof start, "%s", expr);
    if (v.known == KNOWN_OBJECT && !e->objects[v.object].block && chance(r, 40)) {
        char length[EXPR_SIZE];
        place_length(e, p, r, length);
        text_line(g->out, "mix(digest(%s, %s));", expr, length);
    }
    emit_free(g, r, start, v.known == KNOWN_MAYBE);
    object_die(e, v.object);
    if (p->frozen == NEVER && p->form != FORM_BLOCK && chance(r, 30)) {
        place_write(g, p, r, "(unsigned char *)NULL");
        p->value.known = KNOWN_NULL;
    }
}

bool heap_grow(Gen *g, Env *e, Random *r) {
    int place = place_pick(g, e, r, WANT_OWNED, LEAST_BYTES, -1);
    if (place < 0 || e->at[place].frozen != NEVER || e->at[place].value.offset)
        return false;
    Place *p = &e->at[place];
    uint32_t old = e->objects[p->value.object].min, now = some_bytes(r, LEAST_BYTES);
    char expr[EXPR_SIZE], size[EXPR_SIZE];
    place_read(p, r, expr);
    snprintf(size, sizeof size, chance(r, 60) ? "%u" : "opaque_size(%u)", now);
    text_line(g->out, "{");
    g->out->indent++;
    if (chance(r, 85))
        text_line(g->out, "unsigned char *t = realloc(%s, %s);", expr, size);
    else
        text_line(g->out, "unsigned char *t = reallocarray(%s, %s, 1);", expr, size);
    check_or_abort(g, r, "t");
    if (now > old)
        text_line(g->out, "fill(t + %u, %u, %u);", old, now - old, random_below(r, 250));
    place_write(g, p, r, "t");
    g->out->indent--;
    text_line(g->out, "}");
    object_die(e, p->value.object);
    p->value = value_of(KNOWN_OBJECT, object_new(g, e, now), 0);
    return true;
}

void heap_odd(Gen *g, Random *r, uint32_t node) {
    char name[NAME_SIZE];
    name_new(g, name, "odd", node);
    switch (random_below(r, 4)) {
    case 0:
        text_line(g->out, "unsigned char *%s = malloc(opaque_size(0));", name);
        text_line(g->out, "mix(%s != NULL);", name);
        text_line(g->out, "free(%s);", name);
        return;
    case 1:
        text_line(g->out, "unsigned char *%s = calloc(opaque_size(SIZE_MAX / 4), opaque_size(8));",
                  name);
        break;
    case 2:
        text_line(g->out, "unsigned char *%s = malloc(opaque_size(SIZE_MAX / 2 + 9));", name);
        break;
    default:
        text_line(g->out, "unsigned char *%s = calloc(opaque_size(%u), opaque_size(3));", name,
                  random_between(r, 10, 300));
        break;
    }
    text_line(g->out, "if (%s) {", name);
    text_line(g->out, "    mix(digest(%s, opaque_size(16)));", name);
    text_line(g->out, "    fill(%s, opaque_size(16), %u);", name, random_below(r, 99));
    text_line(g->out, "    mix(digest(%s, opaque_size(16)));", name);
    text_line(g->out, "} else {");
    text_line(g->out, "    mix(%u);", random_below(r, 99));
    text_line(g->out, "}");
    text_line(g->out, "free(%s);", name);
}
