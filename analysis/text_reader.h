/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text_reader.h - what the files that read the text form of a module share.
 *
 *     text_read.c     lines: functions, their bodies, globals
 *     text_read_op.c  operations: values, sites
 *     text_parts.c    names, places, ranges, numbers
 *
 * Every function reads from the current token on. After an error all of them do nothing, and what
 * they return is a harmless ESC_NONE or 0.
 */
#ifndef ESC_TEXT_READER_H
#define ESC_TEXT_READER_H

#include "lexer.h"
#include "text.h"

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
    uint32_t to_name; /* item of TextReader.blocks */
} PendingEdge;

typedef struct TextReader {
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
} TextReader;

/* ---- text_parts.c --------------------------------------------------------------------------- */

struct Name *esc_names_find(const Names *names, const char *text, size_t length);
/* A new name at the place of `token`; NULL when out of memory. */
struct Name *esc_names_add(TextReader *r, Names *names, const Token *token, uint32_t value);
void esc_names_clear(Names *names);
void esc_names_free(Names *names);

/* The function being read; until the next function is declared. */
Function *esc_read_current(TextReader *r);
/* The error `text` at `token`, which is quoted in it. */
void esc_read_fail(TextReader *r, const Token *token, const char *text);

bool esc_read_same_word(const char *word, const Token *token, bool any_case);
const TextWord *esc_read_find_word(const TextWord *table, const Token *token, bool any_case);
/* Takes a word of the table if one is there and sets its bit. */
bool esc_read_flag(TextReader *r, const TextWord *table, uint32_t *flags);
/* The value of a word of the table. */
uint32_t esc_read_word(TextReader *r, const TextWord *table, bool any_case, const char *what);
uint32_t esc_read_u32(TextReader *r, const char *what);

/* One part of a place; false when there is none. A bare string is the text. */
bool esc_read_place_part(TextReader *r, EscSourceInfo *info);
/* All parts; 0 when there is none. */
EscSource esc_read_place(TextReader *r);
/* [N], [LO,HI] or [*]; the opening bracket is taken. */
void esc_read_range(TextReader *r, int64_t *lo, int64_t *hi);
/* A number or '?'. */
uint64_t esc_read_magnitude(TextReader *r);
/* ? | N | LO..HI | [LO,HI] | param ... */
EscNumber esc_read_number(TextReader *r);

/* ---- text_read_op.c ------------------------------------------------------------------------- */

/* The number that a name of digits stands for; ESC_NONE when it is not one. */
uint32_t esc_read_number_of_name(const Token *token);
/* @F, declared if it is new. */
EscFunc esc_read_function_name(TextReader *r);
/* [site N] KIND ... */
EscSite esc_read_site(TextReader *r);
/* A line that is an operation, with its end. */
void esc_read_op(TextReader *r);
/* At the end of a body: every value that is used has a definition. */
void esc_read_check_values(TextReader *r);
/* At the end of a module: gives every site the number that the text gives it; sites without one get
 * those that are left. */
void esc_read_renumber_sites(TextReader *r);

#endif
