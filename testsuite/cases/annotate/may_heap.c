// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An exception below a promise, for one allocation and for a function; the report has the reason.
#include <escapement/annotate.h>
#include <stdlib.h>

static int *table;
static int size;

ESC_MAY_HEAP("only at the start") static void prepare(void) {
    table = calloc(64, sizeof *table); // expect: calloc(64, sizeof *table) escapes to heap: stored in global table
    size = table ? 64 : 0;
}

ESC_NO_ALLOC int lookup(int key) {
    // expect-report: "allowed":"grows seldom"
    if (!table)
        prepare();
    if (key >= size) {
        ESC_MAY_HEAP("grows seldom") int *grown = realloc(table, 2 * 64 * sizeof *grown); // expect: realloc(table, 2 * 64 * sizeof *grown) escapes to heap: stored in global table
        if (!grown)
            return -1;
        table = grown;
        size = 2 * 64;
    }
    return key < size ? table[key] : -1;
}
