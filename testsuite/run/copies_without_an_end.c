/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// moved: 1
/* strndup reads no further than it was told: behind its source is a page nobody may read. */
#define _GNU_SOURCE
#include "trap.h"
#include <sys/mman.h>
#include <unistd.h>

NOINLINE static unsigned work(const char *from, size_t n) {
    char *p = strndup(from, n); // moves
    if (!p)
        return 0;
    unsigned s = digest(p, n + 1);
    free(p);
    return s;
}

int main(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (two == MAP_FAILED || mprotect(two + page, page, PROT_NONE))
        return 1;
    memset(two, 'x', page);
    size_t sizes[] = {0, 1, 15, 16, 17, 255, 256, 257, 1000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        printf("%u\n", work(two + page - sizes[i], opaque_size(sizes[i])));
    return 0;
}
