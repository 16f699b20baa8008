/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* fold_text.c - source text as it stands in a line of diagnostics: one line, at most 60 characters.
 */
#include "model.h"

#include <string.h>

/* A character of UTF-8 has at most 4 bytes; three more for the dots. */
enum { FOLDED_MAX = 60, BYTES_MAX = FOLDED_MAX * 4 };

/* After the comment that starts at `text`, or `text` when none does. */
static const char *skip_comment(const char *text) {
    if (text[0] != '/' || (text[1] != '*' && text[1] != '/'))
        return text;
    if (text[1] == '/') {
        while (*text && *text != '\n')
            text++;
        return text;
    }
    const char *end = strstr(text + 2, "*/");
    return end ? end + 2 : text + strlen(text);
}

/* After white space and comments. */
static const char *skip_blank(const char *text) {
    for (;;) {
        const char *start = text;
        while (*text == ' ' || (*text >= '\t' && *text <= '\r'))
            text++;
        if (text[0] == '\\' && (text[1] == '\n' || (text[1] == '\r' && text[2] == '\n')))
            text += text[1] == '\n' ? 2 : 3;
        text = skip_comment(text);
        if (text == start)
            return text;
    }
}

/* A byte that goes on with the UTF-8 character before it. */
static bool continues(char c) {
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* The bytes of `text` up to `length` that hold whole characters. */
static size_t whole_characters(const char *text, size_t length) {
    while (length > 0 && continues(text[length]))
        length--;
    return length;
}

typedef struct Folded {
    char bytes[BYTES_MAX + 4];
    size_t length;
    size_t characters;
    bool full; /* there is more than FOLDED_MAX characters, or than room */
} Folded;

/* Appends a byte if it belongs to one of the first FOLDED_MAX characters. */
static void append(Folded *folded, char c) {
    bool starts = !continues(c);
    if ((starts && folded->characters == FOLDED_MAX) || folded->length == BYTES_MAX) {
        folded->full = true;
        return;
    }
    folded->characters += starts;
    folded->bytes[folded->length++] = c;
}

static void fold(Folded *folded, const char *text) {
    char quote = 0;
    text = skip_blank(text);
    while (*text && !folded->full) {
        const char *after = quote ? text : skip_blank(text);
        if (after != text) {
            text = after;
            if (*text)
                append(folded, ' ');
            continue;
        }
        /* Inside a literal blanks and slashes stand for themselves. */
        if (quote && *text == '\\' && text[1]) {
            append(folded, *text++);
        } else if (*text == quote) {
            quote = 0;
        } else if (!quote && (*text == '"' || *text == '\'')) {
            quote = *text;
        }
        append(folded, *text == '\n' || *text == '\r' ? ' ' : *text);
        text++;
    }
}

size_t esc_fold_text(const char *text, char *buffer, size_t capacity) {
    if (capacity == 0)
        return 0;
    Folded folded = {.length = 0};
    fold(&folded, text);
    size_t n = folded.length;
    if (folded.full) {
        memcpy(folded.bytes + n, "...", 3);
        n += 3;
    }
    if (n >= capacity)
        n = whole_characters(folded.bytes, capacity - 1);
    memcpy(buffer, folded.bytes, n);
    buffer[n] = '\0';
    return n;
}
