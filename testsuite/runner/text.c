/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * text.c - strings that grow, lists of strings, and whole files in memory (see text.h).
 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *memory_resize(void *old, size_t size) {
    void *p = realloc(old, size);
    if (!p) {
        fputs("esc-case: out of memory\n", stderr);
        exit(2);
    }
    return p;
}

void *memory_get(size_t size) {
    return memory_resize(NULL, size);
}

void list_add(StringList *list, const char *text) {
    list->at = memory_resize(list->at, (list->n + 2) * sizeof *list->at);
    list->at[list->n++] = text_format("%s", text);
    list->at[list->n] = NULL;
}

void list_add_words(StringList *list, const char *text) {
    static const char blanks[] = " \t\r\n";
    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        size_t n = strcspn(text, blanks);
        char *word = text_trimmed(text, n);
        list_add(list, word);
        free(word);
        text += n;
    }
}

void list_add_all(StringList *list, const StringList *more) {
    for (size_t i = 0; i < more->n; i++)
        list_add(list, more->at[i]);
}

void list_free(StringList *list) {
    for (size_t i = 0; i < list->n; i++)
        free(list->at[i]);
    free(list->at);
    *list = (StringList){NULL, 0};
}

char *text_format(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char nothing[1];
    int n = vsnprintf(nothing, sizeof nothing, format, args);
    va_end(args);
    size_t size = n < 0 ? 1 : (size_t)n + 1;
    char *text = memory_get(size);
    va_start(args, format);
    vsnprintf(text, size, format, args);
    va_end(args);
    return text;
}

char *text_trimmed(const char *text, size_t n) {
    while (n && (*text == ' ' || *text == '\t')) {
        text++;
        n--;
    }
    while (n && strchr(" \t\r\n", text[n - 1]))
        n--;
    return text_format("%.*s", (int)n, text);
}

bool text_starts(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix) {
    size_t n = strlen(text), m = strlen(suffix);
    return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

char *file_read(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    size_t n = 0, room = 4096, got;
    char *text = memory_get(room + 1);
    while ((got = fread(text + n, 1, room - n, f)) > 0) {
        n += got;
        if (n == room)
            text = memory_resize(text, (room *= 2) + 1);
    }
    fclose(f);
    text[n] = '\0';
    if (size)
        *size = n;
    return text;
}

bool file_write(const char *path, const char *text, size_t size) {
    FILE *f = fopen(path, "wb");
    if (!f)
        return false;
    bool ok = fwrite(text, 1, size, f) == size;
    return fclose(f) == 0 && ok;
}

bool file_same(const char *a, const char *b) {
    size_t na = 0, nb = 0;
    char *ta = file_read(a, &na), *tb = file_read(b, &nb);
    bool same = ta && tb && na == nb && memcmp(ta, tb, na) == 0;
    free(ta);
    free(tb);
    return same;
}
