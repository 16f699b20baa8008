/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* An allocator declared with its deallocator: known, but its storage is not ours to replace. */
#include <stdio.h>
#include <string.h>

void pool_free(void *p);
__attribute__((malloc, alloc_size(1))) char *pool_get(unsigned long n);

void work(void) {
    char *p = pool_get(16); // imprecise: pool_get(16) does not escape; kept on heap: allocated by pool_get, whose body is unknown // today: pool_get(16) escapes to heap: passed to pool_free, whose body is unknown
    if (!p)
        return;
    strcpy(p, "pool");
    puts(p);
    pool_free(p);
}
