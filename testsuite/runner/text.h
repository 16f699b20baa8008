/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * text.h - strings that grow, lists of strings, and whole files in memory.
 *
 * The runner is one short-lived process, so running out of memory ends it with a message
 * (status 2) instead of being handed up through every caller.
 */
#ifndef ESC_RUNNER_TEXT_H
#define ESC_RUNNER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* INVARIANT  at[n] is NULL, so `at` is an argument vector. Every string is owned by the list. */
typedef struct StringList {
    char **at;
    size_t n;
} StringList;

void list_add(StringList *list, const char *text);
/* Adds the blank-separated words of `text`. */
void list_add_words(StringList *list, const char *text);
void list_add_all(StringList *list, const StringList *more);
void list_free(StringList *list);

/* printf into fresh memory that the caller frees. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2), nonnull(1)));
/* The first n bytes of text without the blanks around them, in fresh memory. */
char *text_trimmed(const char *text, size_t n);
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* The whole file with a NUL behind it, or NULL (errno says why). *size may be NULL. */
char *file_read(const char *path, size_t *size);
bool file_write(const char *path, const char *text, size_t size);
/* The bytes of both files are the same (a file that cannot be read equals nothing). */
bool file_same(const char *a, const char *b);

/* Memory that is there: prints and exits with status 2 when there is none. */
void *memory_get(size_t size);
void *memory_resize(void *old, size_t size);

#endif
