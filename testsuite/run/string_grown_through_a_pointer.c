/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* libyaml's shape: a string in a local struct starts small; a callee grows it through a pointer to
 * the pointers, and a macro frees it on every exit. */
#include "trap.h"

struct Text {
    char *start, *end, *next;
};

#define TEXT_INIT(t) \
    (((t).start = malloc(16)) ? ((t).next = (t).start, (t).end = (t).start + 16, 1) : 0)
#define TEXT_DEL(t) (free((t).start), (t).start = (t).next = (t).end = NULL)
#define TEXT_ADD(t, c) \
    (((t).next + 1 < (t).end || grow(&(t).start, &(t).next, &(t).end)) ? (*(t).next++ = (c), 1) : 0)

NOINLINE static int grow(char **start, char **next, char **end) {
    size_t size = (size_t)(*end - *start), used = (size_t)(*next - *start);
    char *bigger = realloc(*start, size * 2);
    if (!bigger)
        return 0;
    memset(bigger + size, 0, size);
    *next = bigger + used;
    *end = bigger + size * 2;
    *start = bigger;
    return 1;
}

NOINLINE static unsigned scan(const char *from, int n) {
    struct Text word = {0}, line = {0};
    unsigned s = 0;
    if (!TEXT_INIT(word)) // moves
        goto out;
    if (!TEXT_INIT(line)) // moves
        goto out;
    for (int i = 0; i < n; i++) {
        char c = from[i % 20];
        if (!TEXT_ADD(line, c))
            goto out;
        if (c == ' ')
            word.next = word.start;
        else if (!TEXT_ADD(word, c))
            goto out;
    }
    s = digest(word.start, (size_t)(word.next - word.start)) * 3 +
        digest(line.start, (size_t)(line.next - line.start));
out:
    TEXT_DEL(word);
    TEXT_DEL(line);
    return s;
}

int main(void) {
    printf("%u\n", scan("a line of some words", opaque_int(5)));
    printf("%u\n", scan("a line of some words", opaque_int(20)));
    printf("%u\n", scan("alineofsomelongwords", opaque_int(2000)));
    return 0;
}
