/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text_parts.c - the parts of a line of the text form: names, words, places, ranges, numbers.
 *
 * NOT HERE  Lines (text_read.c) and operations (text_read_op.c).
 */
#include "text_reader.h"

#include <string.h>

/* ---- names ---------------------------------------------------------------------------------- */

static uint32_t hash_text(const char *text, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

struct Name *esc_names_find(const Names *names, const char *text, size_t length) {
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

static bool grow_index(TextReader *r, Names *names) {
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
struct Name *esc_names_add(TextReader *r, Names *names, const Token *token, uint32_t value) {
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

void esc_names_clear(Names *names) {
    names->count = 0;
    if (names->index_size)
        memset(names->index, 0, names->index_size * sizeof *names->index);
}

void esc_names_free(Names *names) {
    esc_memory_release(names->items);
    esc_memory_release(names->index);
}

/* ---- small parts ---------------------------------------------------------------------------- */

Function *esc_read_current(TextReader *r) {
    return &r->m->funcs[r->func];
}

void esc_read_fail(TextReader *r, const Token *token, const char *text) {
    esc_lex_fail(&r->lex, token->line, token->col, text, token->text, token->length);
}

bool esc_read_same_word(const char *word, const Token *token, bool any_case) {
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

const TextWord *esc_read_find_word(const TextWord *table, const Token *token, bool any_case) {
    if (token->kind != TOKEN_WORD)
        return NULL;
    for (; table->word; table++)
        if (esc_read_same_word(table->word, token, any_case))
            return table;
    return NULL;
}

/* Takes a word of the table if one is there. */
bool esc_read_flag(TextReader *r, const TextWord *table, uint32_t *flags) {
    const TextWord *word = esc_read_find_word(table, &r->lex.token, false);
    if (!word)
        return false;
    *flags |= word->value;
    esc_lex_next(&r->lex);
    return true;
}

uint32_t esc_read_word(TextReader *r, const TextWord *table, bool any_case, const char *what) {
    const TextWord *word = esc_read_find_word(table, &r->lex.token, any_case);
    if (!word) {
        esc_lex_expected(&r->lex, what);
        return 0;
    }
    esc_lex_next(&r->lex);
    return word->value;
}

uint32_t esc_read_u32(TextReader *r, const char *what) {
    return (uint32_t)esc_lex_need_number(&r->lex, UINT32_MAX, what);
}

/* [at ["FILE":]LINE:COL] */
static void read_at(TextReader *r, EscSourceInfo *info) {
    info->file = r->file;
    if (r->lex.token.kind == TOKEN_STRING) {
        info->file = esc_lex_need_string(&r->lex, "a file");
        esc_lex_need_mark(&r->lex, ':', "':' after the file");
    }
    info->line = esc_read_u32(r, "a line number");
    esc_lex_need_mark(&r->lex, ':', "':' after the line");
    info->col = esc_read_u32(r, "a column number");
}

/* One part of a place; false when there is none. A bare string is the text. */
bool esc_read_place_part(TextReader *r, EscSourceInfo *info) {
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

EscSource esc_read_place(TextReader *r) {
    EscSourceInfo info = {0};
    while (esc_read_place_part(r, &info))
        ;
    return r->lex.failed ? 0 : esc_source(r->m, &info);
}

static int64_t read_bound(TextReader *r, int64_t open) {
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
void esc_read_range(TextReader *r, int64_t *lo, int64_t *hi) {
    const Token token = r->lex.token;
    bool anywhere = esc_lex_is_mark(&r->lex, '*');
    *lo = read_bound(r, ESC_OFFSET_MIN);
    if (esc_lex_take_mark(&r->lex, ','))
        *hi = read_bound(r, ESC_OFFSET_MAX);
    else
        *hi = anywhere ? ESC_OFFSET_MAX : *lo;
    if (*lo > *hi)
        esc_read_fail(r, &token, "a range that ends before it starts:");
    esc_lex_need_mark(&r->lex, ']', "']'");
}

/* ---- numbers -------------------------------------------------------------------------------- */

uint64_t esc_read_magnitude(TextReader *r) {
    if (esc_lex_take_mark(&r->lex, '?'))
        return ESC_SIZE_UNKNOWN;
    return esc_lex_need_number(&r->lex, UINT64_MAX, "a number or '?'");
}

/* LO,HI] */
static void read_interval(TextReader *r, EscNumber *number) {
    const Token token = r->lex.token;
    number->lo = esc_lex_need_number(&r->lex, UINT64_MAX, "a number");
    esc_lex_need_mark(&r->lex, ',', "','");
    number->hi = esc_read_magnitude(r);
    esc_lex_need_mark(&r->lex, ']', "']'");
    if (number->lo > number->hi)
        esc_read_fail(r, &token, "an interval that ends before it starts:");
}

/* N [* MUL] [+ ADD] [in [LO,HI]] */
static void read_of_param(TextReader *r, EscNumber *number) {
    number->param = esc_read_u32(r, "a parameter's number");
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
EscNumber esc_read_number(TextReader *r) {
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
            number.hi = esc_read_magnitude(r);
        if (number.lo > number.hi)
            esc_read_fail(r, &token, "an interval that ends before it starts:");
    }
    return number;
}
