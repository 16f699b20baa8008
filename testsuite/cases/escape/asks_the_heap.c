/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What malloc keeps beside its memory is asked for: the memory must be malloc's. */
#include <malloc.h>
#include <stdlib.h>

size_t usable(void) {
    char *p = malloc(40); // expect: malloc(40) escapes to heap: passed to malloc_usable_size, which asks the heap about it
    if (!p)
        return 0;
    size_t n = malloc_usable_size(p);
    free(p);
    return n;
}
