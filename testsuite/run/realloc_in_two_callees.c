/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 2
/* Two texts grow through one callee; each starts in another function's
 * frame, and one goes to the heap in exchange for an object that was there. */
#include "trap.h"

struct Text {
    char *start;
    size_t used, room;
};

NOINLINE static void put(struct Text *t, char c) {
    if (t->used == t->room) {
        char *bigger = realloc(t->start, t->room * 2);
        if (!bigger)
            exit(1);
        t->start = bigger;
        t->room *= 2;
    }
    t->start[t->used++] = c;
}

NOINLINE static unsigned work(struct Text *other, int n) {
    struct Text mine = {malloc(8), 0, 8}; // moves
    if (!mine.start)
        exit(1);
    for (int i = 0; i < n; i++) {
        put(&mine, (char)i);
        put(i & 1 ? other : &mine, (char)(i * 3));
    }
    unsigned s = digest(mine.start, mine.used);
    free(mine.start);
    return s;
}

NOINLINE static unsigned swapped(struct Text *other, int n) {
    struct Text mine = {malloc(8), 0, 8}; // stays
    if (!mine.start)
        exit(1);
    put(&mine, (char)n);
    struct Text t = *other;
    *other = mine;
    unsigned s = digest(t.start, t.used);
    free(t.start);
    return s;
}

int main(void) {
    struct Text t = {malloc(4), 0, 4}; // moves
    if (!t.start)
        return 1;
    for (int n = 0; n < 40; n += 7)
        printf("%u\n", work(&t, opaque_int(n)));
    printf("%u\n", swapped(&t, opaque_int(4)));
    SCRIBBLE();
    printf("%u\n", work(&t, opaque_int(30)));
    printf("%u\n", digest(t.start, t.used));
    free(t.start);
    return 0;
}
