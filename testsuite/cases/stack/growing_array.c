/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// not-llvm: 16
/* An array that doubles starts in the frame and goes to the heap when it has to. */
#include <stdio.h>
#include <stdlib.h>

int last_of(int n) {
    size_t room = 4, used = 0;
    int *a = malloc(room * sizeof *a); // expect: moved to stack: malloc(room * sizeof *a)
    if (!a)
        return -1;
    while (scanf("%d", &a[used]) == 1 && (int)++used < n) {
        if (used < room)
            continue;
        room *= 2;
        int *bigger = realloc(a, room * sizeof *a); // expect: realloc(a, room * sizeof *a) does not escape; kept on heap: two may be live at once in this loop
        if (!bigger) {
            free(a);
            return -1;
        }
        a = bigger;
    }
    int last = used ? a[used - 1] : 0;
    free(a);
    return last;
}
