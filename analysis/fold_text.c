/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* fold_text.c - source text as it stands in a line of diagnostics: one line, at most 60 characters.
 */
#include "model.h"

#include <string.h>

enum { FOLDED_MAX = 60 };

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

size_t esc_fold_text(const char *text, char *buffer, size_t capacity) {
    if (capacity == 0)
        return 0;
    char folded[FOLDED_MAX + 4];
    size_t n = 0;
    char quote = 0;
    text = skip_blank(text);
    while (*text && n <= FOLDED_MAX) {
        const char *after = quote ? text : skip_blank(text);
        if (after != text) {
            text = after;
            if (*text)
                folded[n++] = ' ';
            continue;
        }
        /* Inside a literal blanks and slashes stand for themselves. */
        if (quote && *text == '\\' && text[1]) {
            folded[n++] = *text++;
            if (n > FOLDED_MAX)
                break;
        } else if (*text == quote) {
            quote = 0;
        } else if (!quote && (*text == '"' || *text == '\'')) {
            quote = *text;
        }
        folded[n++] = *text == '\n' || *text == '\r' ? ' ' : *text;
        text++;
    }
    if (n > FOLDED_MAX) {
        n = FOLDED_MAX;
        /* Never half a UTF-8 character. */
        while (n > 0 && ((unsigned char)folded[n] & 0xc0) == 0x80)
            n--;
        memcpy(folded + n, "...", 3);
        n += 3;
    }
    if (n >= capacity)
        n = capacity - 1;
    memcpy(buffer, folded, n);
    buffer[n] = '\0';
    return n;
}
