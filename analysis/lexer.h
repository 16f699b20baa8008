/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* lexer.h - words, names, numbers and strings of the two text formats: modules and library models.
 *
 * One token of look-ahead, `lexer->token`. The first error stays, with its place; after it every
 * token is TOKEN_END, so a reader that goes on stops soon and by itself.
 */
#ifndef ESC_LEXER_H
#define ESC_LEXER_H

#include "model.h"

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_NEWLINE, /* not inside ( ) or [ ] */
    TOKEN_WORD,    /* letters, digits, '_' and '-' */
    TOKEN_NUMBER,  /* decimal; `negative` when it had a sign */
    TOKEN_STRING,  /* in double quotes; `text` is decoded */
    TOKEN_NAME,    /* % @ $ & and a word or a string; `mark` is the sign, `text` the rest */
    TOKEN_MARK,    /* one of ( ) [ ] { } , = : * + ? or an arrow or dots, see `mark` */
} TokenKind;

/* Marks of more than one character. */
enum { MARK_TO = 't', MARK_FROM = 'f', MARK_DOTS2 = '2', MARK_DOTS3 = '3' };

typedef struct Token {
    TokenKind kind;
    char mark;
    bool negative, quoted;
    uint32_t line, col;
    const char
        *text; /* WORD and NAME: part of the input; STRING: in the module's arena, ends with NUL */
    size_t length;
    uint64_t number; /* its magnitude */
} Token;

typedef struct Lexer {
    EscModule *m;
    EscError *error; /* never NULL */
    const char *at, *end, *line_start;
    uint32_t line;
    uint32_t depth; /* open ( and [ */
    bool skim;      /* strings are not decoded: for a first look at a text */
    bool failed;
    Token token;
} Lexer;

/* Starts at the first token. */
void esc_lex_start(Lexer *lexer, EscModule *m, const char *text, size_t length, bool skim,
                   EscError *error);
void esc_lex_next(Lexer *lexer);

/* "expected WHAT, found ..." at the current token. */
void esc_lex_expected(Lexer *lexer, const char *what);
/* A message at a place; `name` (with its length) is quoted in it after the text. */
void esc_lex_fail(Lexer *lexer, uint32_t line, uint32_t col, const char *text, const char *name,
                  size_t length);
/* Puts the module's sticky error at `token`, if there is one. True while all is well. */
bool esc_lex_builders_agree(Lexer *lexer, const Token *token);

bool esc_lex_is_mark(const Lexer *lexer, char mark);
bool esc_lex_is_word(const Lexer *lexer, const char *word);
/* Steps over it if it is there. */
bool esc_lex_take_mark(Lexer *lexer, char mark);
bool esc_lex_take_word(Lexer *lexer, const char *word);
/* Steps over it or fails. */
bool esc_lex_need_mark(Lexer *lexer, char mark, const char *what);
/* A number without a sign of at most `max`; 0 after a failure. */
uint64_t esc_lex_need_number(Lexer *lexer, uint64_t max, const char *what);
/* A string; NULL after a failure. */
const char *esc_lex_need_string(Lexer *lexer, const char *what);
/* Steps over the end of the line or fails; the end of the text also ends a line. */
void esc_lex_need_line_end(Lexer *lexer);
void esc_lex_skip_newlines(Lexer *lexer);

#endif
