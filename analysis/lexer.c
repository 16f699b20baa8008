/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* lexer.c - cut a text into tokens; see lexer.h.
 *
 * INVARIANT  Never reads at or beyond `end`: the text need not end with NUL.
 */
#include "lexer.h"

#include <stdio.h>
#include <string.h>

/* ---- errors --------------------------------------------------------------------------------- */

static void stop(Lexer *lexer) {
    lexer->failed = true;
    lexer->at = lexer->end;
    lexer->token.kind = TOKEN_END;
}

enum { QUOTED_MAX = 40 };

/* Printable text only: a message is one line whatever the input holds. */
static void quote(char out[QUOTED_MAX + 1], const char *text, size_t length) {
    size_t n = 0;
    for (; n < length && n < QUOTED_MAX; n++)
        out[n] = text[n] >= ' ' && text[n] <= '~' ? text[n] : '?';
    out[n] = '\0';
}

void esc_lex_fail(Lexer *lexer, uint32_t line, uint32_t col, const char *text, const char *name,
                  size_t length) {
    if (!lexer->failed) {
        EscError *error = lexer->error;
        char quoted[QUOTED_MAX + 1];
        quote(quoted, name ? name : "", name ? length : 0);
        error->line = line;
        error->col = col;
        snprintf(error->message, sizeof error->message, name ? "%s '%s'" : "%s", text, quoted);
    }
    stop(lexer);
}

void esc_lex_expected(Lexer *lexer, const char *what) {
    const Token *token = &lexer->token;
    char message[120];
    switch (token->kind) {
    case TOKEN_END:
        snprintf(message, sizeof message, "expected %s, found the end of the text", what);
        break;
    case TOKEN_NEWLINE:
        snprintf(message, sizeof message, "expected %s, found the end of the line", what);
        break;
    case TOKEN_WORD:
    case TOKEN_NUMBER:
    case TOKEN_STRING:
    case TOKEN_NAME:
    case TOKEN_MARK:
        snprintf(message, sizeof message, "expected %s, found", what);
        esc_lex_fail(lexer, token->line, token->col, message, token->text, token->length);
        return;
    }
    esc_lex_fail(lexer, token->line, token->col, message, NULL, 0);
}

bool esc_lex_builders_agree(Lexer *lexer, const Token *token) {
    const char *wrong = esc_module_error(lexer->m);
    if (!wrong)
        return true;
    esc_lex_fail(lexer, token->line, token->col, wrong, NULL, 0);
    return false;
}

/* ---- tokens --------------------------------------------------------------------------------- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* A dash belongs to a word only between its letters, so `a->b` is three tokens. */
static const char *word_end(const Lexer *lexer, const char *at) {
    while (at < lexer->end) {
        bool dash = *at == '-' && at + 1 < lexer->end && is_letter(at[1]);
        if (!is_letter(*at) && !is_digit(*at) && !dash)
            break;
        at++;
    }
    return at;
}

/* Names of symbols also hold dots and dollars: `memcpy.inline`, `f$1`. */
static const char *name_end(const Lexer *lexer, const char *at) {
    while (at < lexer->end && (is_letter(*at) || is_digit(*at) || *at == '.' || *at == '$'))
        at++;
    return at;
}

static void lex_number(Lexer *lexer) {
    Token *token = &lexer->token;
    token->kind = TOKEN_NUMBER;
    token->negative = *lexer->at == '-';
    if (token->negative)
        lexer->at++;
    uint64_t number = 0;
    for (; lexer->at < lexer->end && is_digit(*lexer->at); lexer->at++) {
        unsigned digit = (unsigned)(*lexer->at - '0');
        if (number > (UINT64_MAX - digit) / 10) {
            esc_lex_fail(lexer, token->line, token->col, "this number has more than 64 bits", NULL,
                         0);
            return;
        }
        number = number * 10 + digit;
    }
    token->number = number;
    token->length = (size_t)(lexer->at - token->text);
}

static int hex_digit(char c) {
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* One character after a backslash at `*at`; -1 when it is no escape. */
static int unescape(const char **at, const char *end) {
    char c = *(*at)++;
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case '"':
    case '\\':
        return c;
    case 'x': {
        if (end - *at < 2)
            return -1;
        int high = hex_digit((*at)[0]), low = hex_digit((*at)[1]);
        *at += 2;
        /* NUL would end the string early. */
        return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
    }
    default:
        return -1;
    }
}

/* The decoded text of a string from after its first quote up to `end`, its last. */
static void decode(Lexer *lexer, const char *at, const char *end) {
    Token *token = &lexer->token;
    char *text = esc_memory_arena(&lexer->m->memory, (size_t)(end - at) + 1);
    if (!text) {
        esc_lex_fail(lexer, token->line, token->col, "out of memory", NULL, 0);
        return;
    }
    size_t n = 0;
    while (at < end) {
        int c = (unsigned char)*at++;
        if (c == '\\')
            c = unescape(&at, end);
        if (c <= 0) {
            esc_lex_fail(lexer, token->line, token->col, "a bad escape in this string", NULL, 0);
            return;
        }
        text[n++] = (char)c;
    }
    text[n] = '\0';
    token->text = text;
    token->length = n;
}

/* At a quote. Leaves the kind of the token alone. */
static void lex_string(Lexer *lexer) {
    Token *token = &lexer->token;
    const char *start = ++lexer->at;
    while (lexer->at < lexer->end && *lexer->at != '"' && *lexer->at != '\n')
        lexer->at += *lexer->at == '\\' && lexer->end - lexer->at > 1 ? 2 : 1;
    if (lexer->at >= lexer->end || *lexer->at != '"') {
        esc_lex_fail(lexer, token->line, token->col, "this string does not end on its line", NULL,
                     0);
        return;
    }
    const char *end = lexer->at++;
    token->quoted = true;
    token->text = start;
    token->length = (size_t)(end - start);
    if (!lexer->skim || token->kind == TOKEN_NAME)
        decode(lexer, start, end);
}

static bool follows(const Lexer *lexer, const char *text) {
    size_t n = strlen(text);
    return (size_t)(lexer->end - lexer->at) >= n && memcmp(lexer->at, text, n) == 0;
}

static void lex_mark(Lexer *lexer) {
    Token *token = &lexer->token;
    static const struct {
        const char *text;
        char mark;
    } long_marks[] = {{"->", MARK_TO}, {"<-", MARK_FROM}, {"...", MARK_DOTS3}, {"..", MARK_DOTS2}};
    token->kind = TOKEN_MARK;
    for (size_t i = 0; i < sizeof long_marks / sizeof *long_marks; i++) {
        if (follows(lexer, long_marks[i].text)) {
            token->mark = long_marks[i].mark;
            token->length = strlen(long_marks[i].text);
            lexer->at += token->length;
            return;
        }
    }
    token->mark = *lexer->at++;
    token->length = 1;
    if (token->mark == '(' || token->mark == '[')
        lexer->depth++;
    else if ((token->mark == ')' || token->mark == ']') && lexer->depth)
        lexer->depth--;
    else if (token->mark == '\0' || !strchr(")]{},=:*+?/|", token->mark))
        esc_lex_fail(lexer, token->line, token->col, "no token starts with", token->text, 1);
}

/* Over blanks, comments and, inside brackets, line ends. */
static void skip_blank(Lexer *lexer) {
    while (lexer->at < lexer->end) {
        char c = *lexer->at;
        if (c == '#') {
            while (lexer->at < lexer->end && *lexer->at != '\n')
                lexer->at++;
        } else if (c == '\n' && lexer->depth) {
            lexer->line_start = ++lexer->at;
            lexer->line++;
        } else if (c == ' ' || c == '\t' || c == '\r') {
            lexer->at++;
        } else {
            return;
        }
    }
}

void esc_lex_next(Lexer *lexer) {
    skip_blank(lexer);
    const char *at = lexer->at;
    Token *token = &lexer->token;
    *token =
        (Token){.line = lexer->line, .col = (uint32_t)(at - lexer->line_start) + 1, .text = at};
    if (at >= lexer->end) {
        token->kind = TOKEN_END;
    } else if (*at == '\n') {
        token->kind = TOKEN_NEWLINE;
        lexer->line_start = ++lexer->at;
        lexer->line++;
    } else if (is_letter(*at)) {
        token->kind = TOKEN_WORD;
        lexer->at = word_end(lexer, at);
        token->length = (size_t)(lexer->at - at);
    } else if (is_digit(*at) || (*at == '-' && lexer->end - at > 1 && is_digit(at[1]))) {
        lex_number(lexer);
    } else if (*at == '"') {
        token->kind = TOKEN_STRING;
        lex_string(lexer);
    } else if (*at == '%' || *at == '@' || *at == '$' || *at == '&') {
        token->kind = TOKEN_NAME;
        token->mark = *at;
        lexer->at++;
        if (lexer->at < lexer->end && *lexer->at == '"') {
            lex_string(lexer);
        } else {
            token->text = lexer->at;
            lexer->at = name_end(lexer, lexer->at);
            token->length = (size_t)(lexer->at - token->text);
        }
        if (!lexer->failed && token->length == 0 && !token->quoted)
            esc_lex_fail(lexer, token->line, token->col, "a name is missing after", at, 1);
    } else {
        lex_mark(lexer);
    }
}

void esc_lex_start(Lexer *lexer, EscModule *m, const char *text, size_t length, bool skim,
                   EscError *error) {
    *lexer = (Lexer){
        .m = m,
        .error = error,
        .at = text,
        .end = text + length,
        .line_start = text,
        .line = 1,
        .skim = skim,
    };
    esc_lex_next(lexer);
}

/* ---- what readers ask ----------------------------------------------------------------------- */

bool esc_lex_is_mark(const Lexer *lexer, char mark) {
    return lexer->token.kind == TOKEN_MARK && lexer->token.mark == mark;
}

bool esc_lex_is_word(const Lexer *lexer, const char *word) {
    const Token *token = &lexer->token;
    /* Readers ask for one word after the other; nearly all answers are in the first letter. */
    return token->kind == TOKEN_WORD && *token->text == *word && strlen(word) == token->length &&
           memcmp(word, token->text, token->length) == 0;
}

bool esc_lex_take_mark(Lexer *lexer, char mark) {
    if (!esc_lex_is_mark(lexer, mark))
        return false;
    esc_lex_next(lexer);
    return true;
}

bool esc_lex_take_word(Lexer *lexer, const char *word) {
    if (!esc_lex_is_word(lexer, word))
        return false;
    esc_lex_next(lexer);
    return true;
}

bool esc_lex_need_mark(Lexer *lexer, char mark, const char *what) {
    if (esc_lex_take_mark(lexer, mark))
        return true;
    esc_lex_expected(lexer, what);
    return false;
}

uint64_t esc_lex_need_number(Lexer *lexer, uint64_t max, const char *what) {
    const Token token = lexer->token;
    if (token.kind != TOKEN_NUMBER || token.negative) {
        esc_lex_expected(lexer, what);
        return 0;
    }
    if (token.number > max) {
        esc_lex_fail(lexer, token.line, token.col, "this number is too large", NULL, 0);
        return 0;
    }
    esc_lex_next(lexer);
    return token.number;
}

const char *esc_lex_need_string(Lexer *lexer, const char *what) {
    if (lexer->token.kind != TOKEN_STRING) {
        esc_lex_expected(lexer, what);
        return NULL;
    }
    const char *text = lexer->token.text;
    esc_lex_next(lexer);
    return text;
}

void esc_lex_need_line_end(Lexer *lexer) {
    if (lexer->token.kind == TOKEN_NEWLINE)
        esc_lex_next(lexer);
    else if (lexer->token.kind != TOKEN_END)
        esc_lex_expected(lexer, "the end of the line");
}

void esc_lex_skip_newlines(Lexer *lexer) {
    while (lexer->token.kind == TOKEN_NEWLINE)
        esc_lex_next(lexer);
}
