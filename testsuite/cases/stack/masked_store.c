/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A store under a mask overwrites nothing for certain. */
// args: -mavx512f -mavx512vl
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void last_chosen(int n) {
    char *volatile none = NULL;
    char *held[2] = {none, none};
    for (int i = 0; i < n; i++) {
        char *now = malloc(32); // expect-llvm: malloc(32) does not escape; kept on heap: two may be live at once in this loop // expect-gcc: malloc(32) escapes to heap: passed to _mm_mask_storeu_epi64, which leaks it
        if (!now)
            exit(1);
        snprintf(now, 32, "round %d", i);
        __m128i both = _mm_set1_epi64x((long long)now);
        _mm_mask_storeu_epi64(held, (__mmask8)(i & 3), both);
        puts(held[0] ? held[0] : "nothing");
        puts(held[1] ? held[1] : "nothing");
    }
}
