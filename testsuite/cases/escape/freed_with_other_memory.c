/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* One free for more sites than it could be asked about. */
#include <stdio.h>
#include <stdlib.h>

void one_of_nine(int which, const char *text) { // expect: text does not escape
    char *p = NULL;
    switch (which) {
    case 0:
        p = malloc(16); // expect: malloc(16) does not escape; kept on heap: may be freed with other memory at freed_with_other_memory.c:41
        break;
    case 1:
        p = malloc(17); // expect: malloc(17) does not escape; kept on heap: may be freed with other memory at freed_with_other_memory.c:41
        break;
    case 2:
        p = malloc(18); // expect: malloc(18) does not escape; kept on heap: may be freed with other memory at freed_with_other_memory.c:41
        break;
    case 3:
        p = malloc(19); // expect: malloc(19) does not escape; kept on heap: may be freed with other memory at freed_with_other_memory.c:41
        break;
    case 4:
        p = malloc(20); // expect: malloc(20) does not escape; kept on heap: may be freed with other memory at freed_with_other_memory.c:41
        break;
    case 5:
        p = malloc(21); // expect: malloc(21) does not escape; kept on heap: may be freed with other memory at freed_with_other_memory.c:41
        break;
    case 6:
        p = malloc(22); // expect: malloc(22) does not escape; kept on heap: may be freed with other memory at freed_with_other_memory.c:41
        break;
    case 7:
        p = malloc(23); // expect: malloc(23) does not escape; kept on heap: may be freed with other memory at freed_with_other_memory.c:41
        break;
    case 8:
        p = malloc(24); // expect: malloc(24) does not escape; kept on heap: may be freed with other memory at freed_with_other_memory.c:41
        break;
    }
    if (!p)
        return;
    snprintf(p, 16, "%s", text);
    puts(p);
    free(p);
}
