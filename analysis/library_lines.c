/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* library_lines.c - which line of the built-in models is a function's.
 *
 * INVARIANT  A line of the data begins in the first column and has no blank before its '('.
 */
#include "library_models.h"

#include <stdatomic.h>
#include <string.h>

/* The lines of esc_builtin_models by the names of their functions: offsets, plus 1, in an open hash
 * table that is at most half full. Made when first needed, the same for all modules, never freed.
 */
typedef struct LineIndex {
    uint32_t size;
    uint32_t lines[];
} LineIndex;

static _Atomic(LineIndex *) line_index;

/* The name of the function of a line, and its length; 0 for a comment or what goes on from above.
 */
static const char *name_of_line(const char *line, size_t *length) {
    const char *name = line, *at = line;
    for (; *at != '(' && *at != '#' && *at != '\n' && *at; at++)
        if (*at == ' ')
            name = at + 1; /* "allocator malloc(size)" */
    *length = *at == '(' && *line != ' ' ? (size_t)(at - name) : 0;
    return name;
}

static bool line_is_of(const char *line, const char *name, size_t length) {
    size_t its_length;
    const char *its_name = name_of_line(line, &its_length);
    return its_length == length && memcmp(its_name, name, length) == 0;
}

static uint32_t *slot_of(LineIndex *index, const char *name, size_t length) {
    uint32_t at = esc_hash_name(name, length) & (index->size - 1);
    while (index->lines[at] && !line_is_of(esc_builtin_models + index->lines[at] - 1, name, length))
        at = (at + 1) & (index->size - 1);
    return &index->lines[at];
}

static LineIndex *make_index(void) {
    Memory memory = {0};
    const char *end;
    uint32_t size = 1;
    for (const char *line = esc_builtin_models; (end = strchr(line, '\n')); line = end + 1)
        size++;
    while (size & (size - 1))
        size += size & -size;
    size *= 2;
    LineIndex *index = esc_memory_resize(&memory, NULL, size + 1, sizeof *index->lines);
    if (!index)
        return NULL;
    memset(index, 0, (size + 1) * sizeof *index->lines);
    index->size = size;
    for (const char *line = esc_builtin_models; (end = strchr(line, '\n')); line = end + 1) {
        size_t length;
        const char *name = name_of_line(line, &length);
        if (length)
            *slot_of(index, name, length) = (uint32_t)(line - esc_builtin_models) + 1;
    }
    return index;
}

/* NULL when out of memory. */
static LineIndex *get_index(void) {
    LineIndex *index = atomic_load(&line_index);
    if (index)
        return index;
    LineIndex *fresh = make_index();
    /* Another thread may have been quicker. */
    if (fresh && !atomic_compare_exchange_strong(&line_index, &index, fresh)) {
        esc_memory_release(fresh);
        return index;
    }
    return fresh;
}

const char *esc_library_line(const char *name, bool *out_of_memory) {
    LineIndex *index = get_index();
    *out_of_memory = !index;
    uint32_t line = index ? *slot_of(index, name, strlen(name)) : 0;
    return line ? esc_builtin_models + line - 1 : NULL;
}

bool esc_library_has(const char *name) {
    bool out_of_memory;
    return esc_library_line(name, &out_of_memory) != NULL;
}
