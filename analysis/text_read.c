/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text_read.c - read the text form of a module, written by hand or printed (text_print.c).
 *
 * One pass builds the module with the same checks as any front end. A first look at the text only
 * declares the functions in the order of their lines, so a call may stand before its callee and the
 * order of a printed module comes back.
 *
 * By hand, values, locals and globals may have names; the names are forgotten. In a printed module
 * values are numbers, and the number is the value.
 *
 * INVARIANT  Memory is bounded by the length of the text: no number in it reserves anything, except
 * that values are counted up to VALUES_MAX.
 *
 * NOT HERE  The words themselves (text_words.c).
 */
#include "lexer.h"
#include "text.h"

#include <string.h>

/* More than a module of 10^6 operations has, less than what would hurt a solver. */
enum { VALUES_MAX = 1 << 24 };

/* Names of one kind and what they stand for; an open-addressing hash of them. */
typedef struct Names {
    struct Name {
        const char *text; /* part of the input or the arena */
        size_t length;
        uint32_t value, line, col; /* of the first mention */
        bool defined;
    } * items;
    uint32_t count, cap;
    uint32_t *index; /* item + 1 */
    uint32_t index_size;
} Names;

typedef struct PendingEdge {
    EscBlock from;
    uint32_t to_name; /* item of Reader.blocks */
} PendingEdge;

typedef struct Reader {
    Lexer lex;
    EscModule *m;
    Memory memory;
    const char *file; /* of places without one; NULL: none */
    Names globals;
    /* Of the function being read: */
    EscFunc func;
    EscBlock block; /* ESC_NONE before the first label */
    Names values, locals, blocks;
    bool numbered, named;   /* how this function writes its values */
    unsigned char *defined; /* of numbered values: 1 when an operation defines it */
    uint32_t ndefined, cap_defined;
    PendingEdge *edges;
    uint32_t nedges, cap_edges;
    /* The numbers the text gives to sites; ESC_NONE: the next free one. */
    uint32_t *site_numbers;
    uint32_t nsites, cap_sites;
} Reader;

/* ---- names ---------------------------------------------------------------------------------- */

static uint32_t hash_text(const char *text, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

static struct Name *find_name(const Names *names, const char *text, size_t length) {
    if (names->index_size == 0)
        return NULL;
    uint32_t mask = names->index_size - 1;
    for (uint32_t at = hash_text(text, length) & mask; names->index[at]; at = (at + 1) & mask) {
        struct Name *name = &names->items[names->index[at] - 1];
        if (name->length == length && memcmp(name->text, text, length) == 0)
            return name;
    }
    return NULL;
}

static void index_name(Names *names, uint32_t item) {
    uint32_t mask = names->index_size - 1;
    uint32_t at = hash_text(names->items[item].text, names->items[item].length) & mask;
    while (names->index[at])
        at = (at + 1) & mask;
    names->index[at] = item + 1;
}

static bool grow_index(Reader *r, Names *names) {
    if (names->count + 1 <= names->index_size / 2)
        return true;
    uint32_t size = names->index_size ? names->index_size * 2 : 64;
    uint32_t *index = esc_memory_resize(&r->memory, NULL, size, sizeof *index);
    if (!index)
        return false;
    memset(index, 0, size * sizeof *index);
    esc_memory_release(names->index);
    names->index = index;
    names->index_size = size;
    for (uint32_t i = 0; i < names->count; i++)
        index_name(names, i);
    return true;
}

/* A new name at the place of `token`; NULL when out of memory. */
static struct Name *add_name(Reader *r, Names *names, const Token *token, uint32_t value) {
    if (!grow_index(r, names) || !esc_memory_grow(&r->memory, &names->items, &names->cap,
                                                  names->count + 1, sizeof *names->items)) {
        esc_lex_fail(&r->lex, token->line, token->col, "out of memory", NULL, 0);
        return NULL;
    }
    struct Name *name = &names->items[names->count];
    *name = (struct Name){.text = token->text,
                          .length = token->length,
                          .value = value,
                          .line = token->line,
                          .col = token->col};
    index_name(names, names->count++);
    return name;
}

static void clear_names(Names *names) {
    names->count = 0;
    if (names->index_size)
        memset(names->index, 0, names->index_size * sizeof *names->index);
}

static void free_names(Names *names) {
    esc_memory_release(names->items);
    esc_memory_release(names->index);
}

/* ---- small parts ---------------------------------------------------------------------------- */

static Function *current(Reader *r) {
    return &r->m->funcs[r->func];
}

static void fail_at(Reader *r, const Token *token, const char *text) {
    esc_lex_fail(&r->lex, token->line, token->col, text, token->text, token->length);
}

static bool same_word(const char *word, const Token *token, bool any_case) {
    if (strlen(word) != token->length)
        return false;
    for (size_t i = 0; i < token->length; i++) {
        char c = token->text[i];
        if (any_case && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (any_case && c == '-')
            c = '_';
        if (c != word[i])
            return false;
    }
    return true;
}

static const TextWord *find_word(const TextWord *table, const Token *token, bool any_case) {
    if (token->kind != TOKEN_WORD)
        return NULL;
    for (; table->word; table++)
        if (same_word(table->word, token, any_case))
            return table;
    return NULL;
}

/* Takes a word of the table if one is there. */
static bool take_flag(Reader *r, const TextWord *table, uint32_t *flags) {
    const TextWord *word = find_word(table, &r->lex.token, false);
    if (!word)
        return false;
    *flags |= word->value;
    esc_lex_next(&r->lex);
    return true;
}

static uint32_t need_word(Reader *r, const TextWord *table, bool any_case, const char *what) {
    const TextWord *word = find_word(table, &r->lex.token, any_case);
    if (!word) {
        esc_lex_expected(&r->lex, what);
        return 0;
    }
    esc_lex_next(&r->lex);
    return word->value;
}

static uint32_t need_u32(Reader *r, const char *what) {
    return (uint32_t)esc_lex_need_number(&r->lex, UINT32_MAX, what);
}

/* [at ["FILE":]LINE:COL] */
static void read_at(Reader *r, EscSourceInfo *info) {
    info->file = r->file;
    if (r->lex.token.kind == TOKEN_STRING) {
        info->file = esc_lex_need_string(&r->lex, "a file");
        esc_lex_need_mark(&r->lex, ':', "':' after the file");
    }
    info->line = need_u32(r, "a line number");
    esc_lex_need_mark(&r->lex, ':', "':' after the line");
    info->col = need_u32(r, "a column number");
}

/* One part of a place; false when there is none. A bare string is the text. */
static bool read_place_part(Reader *r, EscSourceInfo *info) {
    if (esc_lex_take_word(&r->lex, "at"))
        read_at(r, info);
    else if (r->lex.token.kind == TOKEN_STRING || esc_lex_take_word(&r->lex, "text"))
        info->text = esc_lex_need_string(&r->lex, "a string with the text");
    else if (esc_lex_take_word(&r->lex, "lvalue"))
        info->lvalue = esc_lex_need_string(&r->lex, "a string with the lvalue");
    else if (esc_lex_take_word(&r->lex, "rvalue"))
        info->rvalue = esc_lex_need_string(&r->lex, "a string with the rvalue");
    else
        return false;
    return true;
}

static EscSource read_place(Reader *r) {
    EscSourceInfo info = {0};
    while (read_place_part(r, &info))
        ;
    return r->lex.failed ? 0 : esc_source(r->m, &info);
}

static int64_t read_bound(Reader *r, int64_t open) {
    const Token token = r->lex.token;
    if (esc_lex_take_mark(&r->lex, '*'))
        return open;
    uint64_t limit = (uint64_t)INT64_MAX + (token.negative ? 1 : 0);
    if (token.kind != TOKEN_NUMBER || token.number > limit) {
        esc_lex_expected(&r->lex, "a signed 64-bit offset or '*'");
        return 0;
    }
    esc_lex_next(&r->lex);
    return token.negative ? (int64_t)(0 - token.number) : (int64_t)token.number;
}

/* [N], [LO,HI] or [*]; the opening bracket is taken. */
static void read_range(Reader *r, int64_t *lo, int64_t *hi) {
    const Token token = r->lex.token;
    bool anywhere = esc_lex_is_mark(&r->lex, '*');
    *lo = read_bound(r, ESC_OFFSET_MIN);
    if (esc_lex_take_mark(&r->lex, ','))
        *hi = read_bound(r, ESC_OFFSET_MAX);
    else
        *hi = anywhere ? ESC_OFFSET_MAX : *lo;
    if (*lo > *hi)
        fail_at(r, &token, "a range that ends before it starts:");
    esc_lex_need_mark(&r->lex, ']', "']'");
}

/* ---- numbers -------------------------------------------------------------------------------- */

static uint64_t read_magnitude(Reader *r) {
    if (esc_lex_take_mark(&r->lex, '?'))
        return ESC_SIZE_UNKNOWN;
    return esc_lex_need_number(&r->lex, UINT64_MAX, "a number or '?'");
}

/* LO,HI] */
static void read_interval(Reader *r, EscNumber *number) {
    const Token token = r->lex.token;
    number->lo = esc_lex_need_number(&r->lex, UINT64_MAX, "a number");
    esc_lex_need_mark(&r->lex, ',', "','");
    number->hi = read_magnitude(r);
    esc_lex_need_mark(&r->lex, ']', "']'");
    if (number->lo > number->hi)
        fail_at(r, &token, "an interval that ends before it starts:");
}

/* N [* MUL] [+ ADD] [in [LO,HI]] */
static void read_of_param(Reader *r, EscNumber *number) {
    number->param = need_u32(r, "a parameter's number");
    number->mul = 1;
    if (esc_lex_take_mark(&r->lex, '*'))
        number->mul = esc_lex_need_number(&r->lex, UINT64_MAX, "a factor");
    if (esc_lex_take_mark(&r->lex, '+'))
        number->add = esc_lex_need_number(&r->lex, UINT64_MAX, "a summand");
    if (esc_lex_take_word(&r->lex, "in")) {
        esc_lex_need_mark(&r->lex, '[', "'['");
        read_interval(r, number);
    }
}

/* ? | N | LO..HI | [LO,HI] | param ... */
static EscNumber read_number(Reader *r) {
    EscNumber number = esc_number_unknown();
    if (esc_lex_take_word(&r->lex, "param")) {
        read_of_param(r, &number);
    } else if (esc_lex_take_mark(&r->lex, '[')) {
        read_interval(r, &number);
    } else if (!esc_lex_take_mark(&r->lex, '?')) {
        const Token token = r->lex.token;
        number.lo = number.hi = esc_lex_need_number(
            &r->lex, UINT64_MAX, "a number: N, LO..HI, [LO,HI], 'param N' or '?'");
        if (esc_lex_take_mark(&r->lex, MARK_DOTS2))
            number.hi = read_magnitude(r);
        if (number.lo > number.hi)
            fail_at(r, &token, "an interval that ends before it starts:");
    }
    return number;
}

/* ---- values --------------------------------------------------------------------------------- */

/* The number that a name of digits stands for; ESC_NONE when it is not one. */
static uint32_t number_of_name(const Token *token) {
    uint32_t number = 0;
    for (size_t i = 0; i < token->length; i++) {
        char c = token->text[i];
        if (c < '0' || c > '9')
            return ESC_NONE;
        if (number < VALUES_MAX)
            number = number * 10 + (uint32_t)(c - '0');
    }
    return number;
}

static EscValue numbered_value(Reader *r, const Token *token, uint32_t number) {
    Function *f = current(r);
    r->numbered = true;
    if (number >= VALUES_MAX) {
        fail_at(r, token, "too large a number for a value:");
        return ESC_NONE;
    }
    if (f->nvalues <= number)
        f->nvalues = number + 1;
    return number;
}

static EscValue named_value(Reader *r, const Token *token) {
    r->named = true;
    const struct Name *name = find_name(&r->values, token->text, token->length);
    if (!name)
        name = add_name(r, &r->values, token, esc_value(r->m, r->func));
    return name ? name->value : ESC_NONE;
}

/* The value of a %name; the token is taken. */
static EscValue read_value(Reader *r, const char *what) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '%') {
        esc_lex_expected(&r->lex, what);
        return ESC_NONE;
    }
    esc_lex_next(&r->lex);
    uint32_t number = number_of_name(&token);
    EscValue value =
        number != ESC_NONE ? numbered_value(r, &token, number) : named_value(r, &token);
    if (r->numbered && r->named)
        fail_at(r, &token, "values have either names or numbers in a function, not both:");
    return value;
}

static EscValue read_operand(Reader *r) {
    if (esc_lex_take_word(&r->lex, "null"))
        return ESC_NONE;
    return read_value(r, "a value such as %p, or 'null'");
}

/* Notes that `value`, written as `token`, is defined here. */
static void define_value(Reader *r, const Token *token, EscValue value) {
    if (r->lex.failed)
        return;
    if (value < current(r)->nparams) {
        fail_at(r, token, "a parameter cannot be defined again:");
        return;
    }
    bool again;
    if (r->named) {
        struct Name *name = find_name(&r->values, token->text, token->length);
        again = name->defined;
        name->defined = true;
    } else {
        if (!esc_memory_grow(&r->memory, &r->defined, &r->cap_defined, value + 1, 1)) {
            fail_at(r, token, "out of memory at");
            return;
        }
        while (r->ndefined <= value)
            r->defined[r->ndefined++] = 0;
        again = r->defined[value];
        r->defined[value] = 1;
    }
    if (again)
        fail_at(r, token, "this value is defined twice:");
}

static void check_values_defined(Reader *r) {
    for (uint32_t i = 0; i < r->values.count && !r->lex.failed; i++) {
        const struct Name *name = &r->values.items[i];
        if (!name->defined && name->value >= current(r)->nparams)
            esc_lex_fail(&r->lex, name->line, name->col, "this value is never defined:", name->text,
                         name->length);
    }
}

/* ---- sites ---------------------------------------------------------------------------------- */

/* One attribute of a site; false when there is none. */
static bool read_site_part(Reader *r, EscSiteInfo *info, EscSourceInfo *place) {
    Lexer *lex = &r->lex;
    if (esc_lex_take_word(lex, "size"))
        info->size_bytes = read_number(r);
    else if (esc_lex_take_word(lex, "align"))
        info->align_bytes = esc_lex_need_number(lex, UINT64_MAX, "an alignment");
    else if (esc_lex_take_word(lex, "zeroed"))
        info->zeroed = true;
    else if (esc_lex_take_word(lex, "mayfail"))
        info->may_fail = true;
    else if (esc_lex_take_word(lex, "nofail"))
        info->may_fail = false;
    else if (esc_lex_take_word(lex, "movable"))
        info->movable = true;
    else if (esc_lex_take_word(lex, "unmovable"))
        info->movable = false;
    else if (esc_lex_take_word(lex, "by"))
        info->allocator = esc_lex_need_string(lex, "the allocator's name");
    else if (esc_lex_take_word(lex, "dest")) {
        info->dest = (EscDestKind)need_word(r, esc_text_dest_kinds, false,
                                            "none, assign, init, return or argument");
        info->dest_source = read_place(r);
    } else
        return read_place_part(r, place);
    return true;
}

/* KIND or, as by hand, KIND SIZE ["text"]; then attributes. `info` has the kind. */
static void read_site_rest(Reader *r, EscSiteInfo *info, uint32_t number, const Token *start) {
    EscSourceInfo place = {0};
    const Token *token = &r->lex.token;
    bool by_hand = token->kind == TOKEN_NUMBER || esc_lex_is_mark(&r->lex, '?') ||
                   esc_lex_is_mark(&r->lex, '[') || esc_lex_is_word(&r->lex, "param");
    if (by_hand) {
        info->size_bytes = read_number(r);
        info->align_bytes = 16;
        info->zeroed = info->kind == ESC_ALLOC_CALLOC;
        info->may_fail = info->movable = true;
        place.file = r->file;
        place.line = start->line;
        place.col = start->col;
    }
    while (read_site_part(r, info, &place))
        ;
    if (r->lex.failed)
        return;
    if (!esc_memory_grow(&r->memory, &r->site_numbers, &r->cap_sites, r->nsites + 1,
                         sizeof *r->site_numbers)) {
        fail_at(r, start, "out of memory at");
        return;
    }
    info->source = esc_source(r->m, &place);
    if (esc_site(r->m, r->func, info) != ESC_NONE)
        r->site_numbers[r->nsites++] = number;
}

/* [site N] KIND ...; ESC_NONE after a failure. */
static EscSite read_site(Reader *r) {
    const Token start = r->lex.token;
    EscSiteInfo info = {.size_bytes = esc_number_unknown()};
    uint32_t number = ESC_NONE;
    if (esc_lex_take_word(&r->lex, "site"))
        number = need_u32(r, "a site's number");
    info.kind = (EscAllocKind)need_word(r, esc_text_alloc_kinds, false,
                                        "a kind of allocation such as malloc");
    read_site_rest(r, &info, number, &start);
    return r->lex.failed || r->m->nsites == 0 ? ESC_NONE : r->m->nsites - 1;
}

/* Gives every site the number that the text gives it; sites without one get those that are left. */
static void renumber_sites(Reader *r) {
    uint32_t n = r->nsites;
    bool any = false;
    for (uint32_t i = 0; i < n; i++)
        any |= r->site_numbers[i] != ESC_NONE && r->site_numbers[i] != i;
    if (!any)
        for (uint32_t i = 0; i < n; i++)
            any |= r->site_numbers[i] == ESC_NONE;
    if (!any || n == 0)
        return;
    Site *sites = esc_memory_resize(&r->memory, NULL, n, sizeof *sites);
    unsigned char *taken = esc_memory_resize(&r->memory, NULL, n, 1);
    if (sites && taken) {
        memset(taken, 0, n);
        for (uint32_t i = 0; i < n && !r->lex.failed; i++) {
            uint32_t number = r->site_numbers[i];
            if (number == ESC_NONE)
                continue;
            if (number >= n || taken[number])
                esc_lex_fail(&r->lex, 0, 0, "sites must be numbered 0, 1, 2, ... each once", NULL,
                             0);
            else
                taken[number] = 1;
        }
        for (uint32_t i = 0, next = 0; i < n && !r->lex.failed; i++) {
            if (r->site_numbers[i] != ESC_NONE)
                continue;
            while (taken[next])
                next++;
            r->site_numbers[i] = next;
            taken[next] = 1;
        }
        for (uint32_t i = 0; i < n && !r->lex.failed; i++) {
            const Site *site = &r->m->sites[i];
            sites[r->site_numbers[i]] = *site;
            if (site->op != ESC_NONE)
                r->m->funcs[site->func].ops[site->op].index = r->site_numbers[i];
        }
        if (!r->lex.failed)
            memcpy(r->m->sites, sites, n * sizeof *sites);
    }
    esc_memory_release(sites);
    esc_memory_release(taken);
}

/* ---- operations ----------------------------------------------------------------------------- */

/* Arguments of the operation being read; taken over by esc_op. */
typedef struct Args {
    EscArg *items;
    uint32_t count, cap;
} Args;

/* %v [is NUMBER] | null | NUMBER, then a place. */
static EscArg read_arg(Reader *r) {
    EscArg arg = {.value = ESC_NONE, .number = esc_number_unknown()};
    if (r->lex.token.kind == TOKEN_NAME) {
        arg.value = read_value(r, "a value");
        if (esc_lex_take_word(&r->lex, "is"))
            arg.number = read_number(r);
    } else if (!esc_lex_take_word(&r->lex, "null")) {
        arg.number = read_number(r);
    }
    arg.source = read_place(r);
    return arg;
}

static void read_args(Reader *r, Args *args) {
    esc_lex_need_mark(&r->lex, '(', "'(' and the arguments");
    while (!r->lex.failed && !esc_lex_is_mark(&r->lex, ')')) {
        EscArg arg = read_arg(r);
        if (!esc_memory_grow(&r->memory, &args->items, &args->cap, args->count + 1,
                             sizeof *args->items)) {
            fail_at(r, &r->lex.token, "out of memory at");
            return;
        }
        args->items[args->count++] = arg;
        if (!esc_lex_take_mark(&r->lex, ',') && !esc_lex_is_mark(&r->lex, ')'))
            esc_lex_expected(&r->lex, "',' or ')'");
    }
    esc_lex_need_mark(&r->lex, ')', "')'");
}

static EscFunc read_function_name(Reader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '@') {
        esc_lex_expected(&r->lex, "a function such as @f");
        return ESC_NONE;
    }
    const char *name = esc_model_string(r->m, token.text, token.length);
    esc_lex_next(&r->lex);
    return name ? esc_function(r->m, name) : ESC_NONE;
}

static uint32_t read_local_name(Reader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '$') {
        esc_lex_expected(&r->lex, "a local such as $x");
        return ESC_NONE;
    }
    const struct Name *name = find_name(&r->locals, token.text, token.length);
    if (!name) {
        fail_at(r, &token, "this local is not declared above:");
        return ESC_NONE;
    }
    esc_lex_next(&r->lex);
    return name->value;
}

static uint32_t read_global_name(Reader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '&') {
        esc_lex_expected(&r->lex, "a global such as &head");
        return ESC_NONE;
    }
    const struct Name *name = find_name(&r->globals, token.text, token.length);
    if (!name) {
        fail_at(r, &token, "this global is not declared above:");
        return ESC_NONE;
    }
    esc_lex_next(&r->lex);
    return name->value;
}

/* wN */
static uint32_t read_width(Reader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_WORD || token.length < 2 || token.text[0] != 'w')
        return 0;
    uint64_t width = 0;
    for (size_t i = 1; i < token.length; i++) {
        char c = token.text[i];
        if (c < '0' || c > '9')
            return 0;
        width = width * 10 + (uint64_t)(c - '0');
        if (width > UINT32_MAX) {
            fail_at(r, &token, "this width is too large:");
            return 0;
        }
    }
    esc_lex_next(&r->lex);
    return (uint32_t)width;
}

static void read_pattern_part(Reader *r, char part, EscOpInfo *info, Args *args) {
    switch (part) {
    case 'a':
        info->a = read_operand(r);
        break;
    case 'b':
        info->b = read_operand(r);
        break;
    case 'o':
        if (r->lex.token.kind == TOKEN_NAME || esc_lex_is_word(&r->lex, "null"))
            info->a = read_operand(r);
        break;
    case '<':
        esc_lex_need_mark(&r->lex, MARK_FROM, "'<-'");
        break;
    case 'R':
        if (esc_lex_take_mark(&r->lex, '['))
            read_range(r, &info->lo, &info->hi);
        break;
    case 'w':
        info->width = read_width(r);
        break;
    case '(':
        read_args(r, args);
        break;
    case 's':
        info->index = read_site(r);
        break;
    case '$':
        info->index = read_local_name(r);
        break;
    case '&':
        info->index = read_global_name(r);
        break;
    case '@':
        info->index = read_function_name(r);
        break;
    case 'r':
        info->index = need_word(r, esc_text_reasons, true, "a reason such as KEPT_BY");
        break;
    default:
        break;
    }
}

/* A field that the operation's pattern has no place for: +a %x, +width 8 ... */
static void read_extra(Reader *r, EscOpInfo *info, Args *args) {
    Lexer *lex = &r->lex;
    if (esc_lex_take_word(lex, "a"))
        info->a = read_operand(r);
    else if (esc_lex_take_word(lex, "b"))
        info->b = read_operand(r);
    else if (esc_lex_take_word(lex, "range")) {
        esc_lex_need_mark(lex, '[', "'['");
        read_range(r, &info->lo, &info->hi);
    } else if (esc_lex_take_word(lex, "width"))
        info->width = need_u32(r, "a width");
    else if (esc_lex_take_word(lex, "index"))
        info->index = need_u32(r, "an index");
    else if (esc_lex_take_word(lex, "flags"))
        info->flags |= (uint32_t)esc_lex_need_number(lex, UINT16_MAX, "flags");
    else if (esc_lex_take_word(lex, "args"))
        read_args(r, args);
    else if (esc_lex_take_word(lex, "place"))
        info->source = read_place(r);
    else
        esc_lex_expected(lex, "a, b, range, width, index, flags, args or place after '+'");
}

/* The kind of operation that `token` names; ESC_OP_KINDS when it is none. A kind of allocation is
 * an ALLOC with the site's kind, so that `%p = malloc 16` can be written. */
static EscOpKind op_kind(const Token *token, bool *is_alloc_kind) {
    *is_alloc_kind = false;
    if (token->kind != TOKEN_WORD)
        return ESC_OP_KINDS;
    for (int i = 0; i < ESC_OP_KINDS; i++)
        if (same_word(esc_text_ops[i].word, token, false))
            return (EscOpKind)i;
    *is_alloc_kind = find_word(esc_text_alloc_kinds, token, false) != NULL;
    return *is_alloc_kind ? ESC_OP_ALLOC : ESC_OP_KINDS;
}

/* `realloc %p 32` and `realloc %p site ...`: a size at once is a site of kind realloc by hand. */
static bool site_is_short(const Reader *r) {
    return r->lex.token.kind != TOKEN_WORD || esc_lex_is_word(&r->lex, "param");
}

static void read_op_parts(Reader *r, EscOpInfo *info, Args *args, bool is_alloc_kind) {
    const Token start = r->lex.token;
    if (is_alloc_kind) {
        info->index = read_site(r);
    } else {
        esc_lex_next(&r->lex);
        for (const char *part = esc_text_ops[info->kind].pattern; *part && !r->lex.failed; part++) {
            if (*part == 's' && info->kind == ESC_OP_REALLOC && site_is_short(r)) {
                EscSiteInfo site = {.kind = ESC_ALLOC_REALLOC, .size_bytes = esc_number_unknown()};
                read_site_rest(r, &site, ESC_NONE, &start);
                info->index = r->m->nsites ? r->m->nsites - 1 : ESC_NONE;
            } else {
                read_pattern_part(r, *part, info, args);
            }
        }
    }
    while (!r->lex.failed) {
        if (esc_lex_take_mark(&r->lex, '+'))
            read_extra(r, info, args);
        else if (!take_flag(r, esc_text_op_flags, &info->flags))
            break;
    }
    EscSource place = read_place(r);
    if (place)
        info->source = place;
}

/* [%v =] WORD ... */
static void read_op(Reader *r) {
    const Token start = r->lex.token;
    EscValue dst = ESC_NONE;
    if (start.kind == TOKEN_NAME && start.mark == '%') {
        dst = read_value(r, "a value");
        esc_lex_need_mark(&r->lex, '=', "'='");
        define_value(r, &start, dst);
    }
    bool is_alloc_kind;
    EscOpKind kind = op_kind(&r->lex.token, &is_alloc_kind);
    if (kind == ESC_OP_KINDS) {
        esc_lex_expected(&r->lex, "an operation such as load, a label or '}'");
        return;
    }
    EscOpInfo info = esc_op_info(kind);
    Args args = {0};
    info.dst = dst;
    read_op_parts(r, &info, &args, is_alloc_kind);
    info.args = args.items;
    info.nargs = args.count;
    if (!r->lex.failed) {
        esc_op(r->m, r->func, r->block, &info);
        esc_lex_builders_agree(&r->lex, &start);
    }
    esc_memory_release(args.items);
    esc_lex_need_line_end(&r->lex);
}

/* ---- functions ------------------------------------------------------------------------------ */

/* $x size N ["name"] place, see declares_local */
static void read_local(Reader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '$') {
        esc_lex_expected(&r->lex, "a local such as $x");
        return;
    }
    if (find_name(&r->locals, token.text, token.length)) {
        fail_at(r, &token, "this local is declared twice:");
        return;
    }
    esc_lex_next(&r->lex);
    esc_lex_take_word(&r->lex, "size");
    uint64_t size = read_magnitude(r);
    const char *name = NULL;
    if (r->lex.token.kind == TOKEN_STRING)
        name = esc_lex_need_string(&r->lex, "a name");
    EscSource place = read_place(r);
    if (r->lex.failed)
        return;
    add_name(r, &r->locals, &token, esc_local(r->m, r->func, size, name, place));
    esc_lex_need_line_end(&r->lex);
}

/* The item of a block's name, new or not; ESC_NONE after a failure. */
static uint32_t block_name(Reader *r, const Token *token) {
    const struct Name *name = find_name(&r->blocks, token->text, token->length);
    if (!name)
        name = add_name(r, &r->blocks, token, ESC_NONE);
    return name ? (uint32_t)(name - r->blocks.items) : ESC_NONE;
}

/* NAME: [-> NAME ...]; the name is taken. */
static void read_label(Reader *r, const Token *token) {
    uint32_t item = block_name(r, token);
    esc_lex_need_mark(&r->lex, ':', "':' after a label");
    if (r->lex.failed)
        return;
    struct Name *name = &r->blocks.items[item];
    if (name->defined) {
        fail_at(r, token, "this block is labelled twice:");
        return;
    }
    name->defined = true;
    name->value = r->block = esc_block(r->m, r->func);
    if (esc_lex_take_mark(&r->lex, MARK_TO)) {
        do {
            const Token to = r->lex.token;
            if (to.kind != TOKEN_WORD) {
                esc_lex_expected(&r->lex, "the label of a successor");
                return;
            }
            uint32_t to_item = block_name(r, &to);
            if (!esc_memory_grow(&r->memory, &r->edges, &r->cap_edges, r->nedges + 1,
                                 sizeof *r->edges)) {
                fail_at(r, &to, "out of memory at");
                return;
            }
            r->edges[r->nedges++] = (PendingEdge){.from = r->block, .to_name = to_item};
            esc_lex_next(&r->lex);
        } while (r->lex.token.kind == TOKEN_WORD);
    }
    esc_lex_need_line_end(&r->lex);
}

static void add_edges(Reader *r) {
    for (uint32_t i = 0; i < r->nedges && !r->lex.failed; i++) {
        const struct Name *to = &r->blocks.items[r->edges[i].to_name];
        if (to->defined)
            esc_edge(r->m, r->func, r->edges[i].from, to->value);
        else
            esc_lex_fail(&r->lex, to->line, to->col, "no block has this label:", to->text,
                         to->length);
    }
}

/* A label is a word before a colon; every other word starts an operation. */
static bool is_label(const Reader *r) {
    if (r->lex.token.kind != TOKEN_WORD)
        return false;
    const char *at = r->lex.at;
    while (at < r->lex.end && (*at == ' ' || *at == '\t'))
        at++;
    return at < r->lex.end && *at == ':';
}

/* `local $x size N` declares; `local $x` without a result is an operation that does nothing. */
static bool declares_local(const Reader *r) {
    if (!esc_lex_is_word(&r->lex, "local"))
        return false;
    EscError ignored;
    Lexer ahead = r->lex;
    ahead.error = &ignored;
    ahead.skim = true;
    esc_lex_next(&ahead);
    esc_lex_next(&ahead);
    return esc_lex_is_word(&ahead, "size");
}

static void read_body_line(Reader *r) {
    if (is_label(r)) {
        const Token token = r->lex.token;
        esc_lex_next(&r->lex);
        read_label(r, &token);
        return;
    }
    if (declares_local(r)) {
        esc_lex_next(&r->lex);
        read_local(r);
        return;
    }
    if (esc_lex_is_word(&r->lex, "site")) {
        read_site(r);
        esc_lex_need_line_end(&r->lex);
        return;
    }
    if (r->block == ESC_NONE)
        r->block = esc_block(r->m, r->func);
    read_op(r);
}

static void read_body(Reader *r) {
    esc_function_begin_body(r->m, r->func);
    esc_lex_need_line_end(&r->lex);
    for (;;) {
        esc_lex_skip_newlines(&r->lex);
        if (r->lex.failed || esc_lex_take_mark(&r->lex, '}'))
            break;
        if (r->lex.token.kind == TOKEN_END)
            esc_lex_expected(&r->lex, "'}'");
        else
            read_body_line(r);
    }
    add_edges(r);
    if (r->named)
        check_values_defined(r);
}

/* %p ["name"] [group N] FLAGS place; `names` holds what will be value `param`. */
static void read_param(Reader *r, uint32_t param) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '%') {
        esc_lex_expected(&r->lex, "a parameter such as %p");
        return;
    }
    esc_lex_next(&r->lex);
    uint32_t number = number_of_name(&token);
    if (number != ESC_NONE) {
        r->numbered = true;
        if (number != param)
            fail_at(r, &token, "parameters are numbered from 0 in order:");
    } else {
        r->named = true;
        if (find_name(&r->values, token.text, token.length))
            fail_at(r, &token, "this parameter is named twice:");
        else
            add_name(r, &r->values, &token, param);
    }
    const char *name = NULL;
    if (r->lex.token.kind == TOKEN_STRING)
        name = esc_lex_need_string(&r->lex, "a name");
    uint32_t group = param;
    if (esc_lex_take_word(&r->lex, "group"))
        group = need_u32(r, "a group");
    uint32_t flags = 0;
    while (take_flag(r, esc_text_param_flags, &flags))
        ;
    if (esc_lex_take_word(&r->lex, "flags"))
        flags |= need_u32(r, "flags");
    EscSource place = read_place(r);
    if (r->lex.failed)
        return;
    esc_function_declare(r->m, r->func, param + 1, 0);
    esc_param(r->m, r->func, param, name, group, flags, place);
}

static void read_params(Reader *r) {
    esc_lex_need_mark(&r->lex, '(', "'(' and the parameters");
    for (uint32_t param = 0; !r->lex.failed && !esc_lex_is_mark(&r->lex, ')'); param++) {
        read_param(r, param);
        if (!esc_lex_take_mark(&r->lex, ',') && !esc_lex_is_mark(&r->lex, ')'))
            esc_lex_expected(&r->lex, "',' or ')'");
    }
    esc_lex_need_mark(&r->lex, ')', "')'");
    if (r->numbered && r->named)
        esc_lex_expected(&r->lex, "parameters that have either all names or all numbers");
}

/* alloc_size(COUNT[, UNIT]) */
static void read_alloc_size(Reader *r) {
    Function *f = current(r);
    esc_lex_need_mark(&r->lex, '(', "'('");
    f->alloc_count_param = need_u32(r, "a parameter's number");
    if (esc_lex_take_mark(&r->lex, ','))
        f->alloc_unit_param = need_u32(r, "a parameter's number");
    esc_lex_need_mark(&r->lex, ')', "')'");
    bool bad_unit = f->alloc_unit_param != ESC_NONE && f->alloc_unit_param >= f->nparams;
    if (!r->lex.failed && (f->alloc_count_param >= f->nparams || bad_unit))
        esc_lex_expected(&r->lex, "alloc_size to name parameters of the function");
}

/* One attribute after the parameters; false when there is none. */
static bool read_header_part(Reader *r, uint32_t *flags, EscSourceInfo *place, uint32_t *values) {
    Lexer *lex = &r->lex;
    if (take_flag(r, esc_text_func_flags, flags))
        return true;
    if (esc_lex_take_word(lex, "alloc_size")) {
        read_alloc_size(r);
    } else if (esc_lex_take_word(lex, "dealloc")) {
        EscFunc dealloc = read_function_name(r);
        uint32_t param = need_u32(r, "the position of the memory among the parameters");
        if (!lex->failed)
            esc_function_deallocator(r->m, r->func, dealloc, param);
    } else if (esc_lex_take_word(lex, "flags")) {
        *flags |= need_u32(r, "flags");
    } else if (esc_lex_take_word(lex, "name")) {
        current(r)->source_name = esc_lex_need_string(lex, "the name in the source");
    } else if (esc_lex_take_word(lex, "values")) {
        *values = (uint32_t)esc_lex_need_number(lex, VALUES_MAX, "the number of values");
    } else {
        return read_place_part(r, place);
    }
    return true;
}

static void start_function(Reader *r) {
    clear_names(&r->values);
    clear_names(&r->locals);
    clear_names(&r->blocks);
    r->numbered = r->named = false;
    r->ndefined = r->nedges = 0;
    r->block = ESC_NONE;
}

/* @f(PARAM, ...) ATTRIBUTES [{ body }] */
static void read_function(Reader *r) {
    const Token start = r->lex.token;
    start_function(r);
    r->func = read_function_name(r);
    if (r->lex.failed || r->func == ESC_NONE)
        return;
    read_params(r);
    uint32_t flags = 0, values = 0;
    EscSourceInfo place = {0};
    while (read_header_part(r, &flags, &place, &values))
        ;
    if (r->lex.failed)
        return;
    Function *f = current(r);
    f->flags = flags;
    f->source = esc_source(r->m, &place);
    if (esc_lex_take_mark(&r->lex, '{'))
        read_body(r);
    f = current(r);
    if (f->nvalues < values)
        f->nvalues = values;
    esc_lex_builders_agree(&r->lex, &start);
    esc_lex_need_line_end(&r->lex);
}

/* ---- the module ----------------------------------------------------------------------------- */

/* &x ["name"] [KIND] [const] */
static void read_global(Reader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '&') {
        esc_lex_expected(&r->lex, "a global such as &head");
        return;
    }
    if (find_name(&r->globals, token.text, token.length)) {
        fail_at(r, &token, "this global is declared twice:");
        return;
    }
    esc_lex_next(&r->lex);
    const char *name = r->lex.token.kind == TOKEN_STRING
                           ? esc_lex_need_string(&r->lex, "a name")
                           : esc_model_string(r->m, token.text, token.length);
    uint32_t kind = ESC_GLOBAL_PLAIN;
    bool is_const = esc_lex_take_word(&r->lex, "const");
    take_flag(r, esc_text_global_kinds, &kind);
    is_const |= esc_lex_take_word(&r->lex, "const");
    if (r->lex.failed)
        return;
    add_name(r, &r->globals, &token, esc_global(r->m, name, (EscGlobalKind)kind, is_const));
    esc_lex_need_line_end(&r->lex);
}

/* NAME N: one field of EscConfig. */
static void read_config(Reader *r) {
    EscConfig *config = &r->m->config;
    const struct {
        const char *word;
        uint64_t *field;
    } fields[] = {
        {"max_object_bytes", &config->max_object_bytes},
        {"max_frame_bytes", &config->max_frame_bytes},
        {"max_recursive_bytes", &config->max_recursive_bytes},
        {"small_buffer_bytes", &config->small_buffer_bytes},
        {"max_ops", &config->max_ops},
        {"max_facts", &config->max_facts},
        {"max_milliseconds", &config->max_milliseconds},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!esc_lex_take_word(&r->lex, fields[i].word))
            continue;
        uint64_t number = esc_lex_need_number(&r->lex, UINT64_MAX, "a number");
        if (!r->lex.failed)
            *fields[i].field = number;
        esc_lex_need_line_end(&r->lex);
        return;
    }
    esc_lex_expected(&r->lex, "a limit such as max_object_bytes");
}

static void read_top_line(Reader *r) {
    if (esc_lex_take_word(&r->lex, "func")) {
        read_function(r);
    } else if (esc_lex_take_word(&r->lex, "global")) {
        read_global(r);
    } else if (esc_lex_take_word(&r->lex, "config")) {
        read_config(r);
    } else if (esc_lex_take_word(&r->lex, "file")) {
        r->file = esc_lex_need_string(&r->lex, "the name of a file");
        esc_lex_need_line_end(&r->lex);
    } else if (esc_lex_take_word(&r->lex, "gave_up")) {
        const char *reason = esc_lex_need_string(&r->lex, "a reason");
        if (reason)
            esc_module_give_up(r->m, reason);
        esc_lex_need_line_end(&r->lex);
    } else {
        esc_lex_expected(&r->lex, "func, global, config, file or gave_up");
    }
}

/* Declares the functions in the order of their lines. */
static bool declare_functions(EscModule *m, const char *text, size_t length, EscError *error) {
    Lexer lex;
    bool line_starts = true;
    esc_lex_start(&lex, m, text, length, true, error);
    while (lex.token.kind != TOKEN_END) {
        bool is_header = line_starts && esc_lex_is_word(&lex, "func");
        line_starts = lex.token.kind == TOKEN_NEWLINE;
        esc_lex_next(&lex);
        if (!is_header || lex.token.kind != TOKEN_NAME)
            continue;
        const Token token = lex.token;
        const char *name = esc_model_string(m, token.text, token.length);
        uint32_t before = m->nfuncs;
        if (name && esc_function(m, name) < before)
            esc_lex_fail(&lex, token.line, token.col,
                         "this function is declared twice:", token.text, token.length);
        esc_lex_builders_agree(&lex, &token);
    }
    return !lex.failed;
}

static void free_reader(Reader *r) {
    free_names(&r->globals);
    free_names(&r->values);
    free_names(&r->locals);
    free_names(&r->blocks);
    esc_memory_release(r->defined);
    esc_memory_release(r->edges);
    esc_memory_release(r->site_numbers);
}

static bool read_module(EscModule *m, const char *text, size_t length, EscError *error) {
    if (!declare_functions(m, text, length, error))
        return false;
    Reader r = {.m = m, .func = ESC_NONE, .block = ESC_NONE};
    esc_lex_start(&r.lex, m, text, length, false, error);
    esc_lex_skip_newlines(&r.lex);
    while (r.lex.token.kind != TOKEN_END) {
        read_top_line(&r);
        esc_lex_skip_newlines(&r.lex);
    }
    if (!r.lex.failed)
        renumber_sites(&r);
    if (r.memory.failed)
        m->memory.failed = true;
    if (!r.lex.failed)
        esc_lex_builders_agree(&r.lex, &r.lex.token);
    free_reader(&r);
    return !r.lex.failed;
}

bool esc_module_read(EscModule *m, const char *text, size_t length, EscError *error) {
    EscError ignored;
    if (!error)
        error = &ignored;
    *error = (EscError){0};
    bool is_empty = m->nfuncs == 0 && m->nglobals == 0 && m->nsites == 0;
    const char *wrong = esc_module_error(m);
    if (!wrong && !is_empty)
        wrong = "the module is not empty";
    if (wrong) {
        strncpy(error->message, wrong, sizeof error->message - 1);
        return false;
    }
    if (read_module(m, text, length, error))
        return true;
    /* Half a program proves nothing. */
    esc_model_fail(m, "its text form has an error");
    return false;
}
