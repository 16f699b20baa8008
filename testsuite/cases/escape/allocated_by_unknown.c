/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* An attribute says that a function allocates; how its memory is freed nobody says. */
#include <stdio.h>
#include <string.h>

__attribute__((malloc)) char *pool_get(unsigned size);

void work(void) {
    char *p = pool_get(16); // expect: pool_get(16) does not escape; kept on heap: allocated by pool_get, whose body is unknown
    if (!p)
        return;
    strcpy(p, "from a pool");
    puts(p);
}
