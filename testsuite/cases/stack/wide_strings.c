/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* wcsdup allocates too, and only the heap has a form for it. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

size_t copy(const wchar_t *s) { // expect: s does not escape
    wchar_t *p = wcsdup(s);     // expect: wcsdup(s) does not escape; kept on heap: no rewrite for this form of wcsdup
    if (!p)
        return 0;
    p[0] = L'x';
    size_t n = wcslen(p) + (size_t)p[0];
    free(p);
    return n;
}
