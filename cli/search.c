/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* search.c - see search.h.
 *
 * The changes are turned on in their order, the culprits found so far always: somewhere between
 * none and all the test begins to fail, and the change at which it does is a culprit. Nothing has
 * to be monotone for that: of a place where it passes and a later one where it fails, one half
 * keeps both. When the culprits alone make it fail the search is over; else another one lies before
 * the last, because everything before it, with it, fails.
 */
#include "search.h"

#include <string.h>

/* The first `prefix` changes, and the culprits. */
static void choose(bool *chosen, const bool *culprits, size_t n, size_t prefix) {
    for (size_t i = 0; i < n; i++)
        chosen[i] = i < prefix || culprits[i];
}

/* The smallest known number of changes from the front that, with the culprits, makes it fail;
 * `pass` from the front do not, `fail` do. */
static size_t next_culprit(size_t n, size_t pass, size_t fail, SearchTest *fails, void *context,
                           const bool *culprits, bool *chosen) {
    while (fail - pass > 1) {
        size_t middle = pass + (fail - pass) / 2;
        choose(chosen, culprits, n, middle);
        if (fails(context, chosen, fail - pass))
            fail = middle;
        else
            pass = middle;
    }
    return fail - 1;
}

/* Changes that were needed beside another one may not be needed beside all that were found later.
 */
static void drop_needless(size_t n, SearchTest *fails, void *context, bool *culprits, bool *chosen,
                          size_t *count) {
    for (size_t i = 0; i<n && * count> 1; i++) {
        if (!culprits[i])
            continue;
        memcpy(chosen, culprits, n * sizeof *chosen);
        chosen[i] = false;
        if (fails(context, chosen, *count)) {
            culprits[i] = false;
            --*count;
        }
    }
}

size_t search_culprits(size_t n, SearchTest *fails, void *context, bool *culprits, bool *scratch) {
    size_t count = 0, end = n;
    memset(culprits, 0, n * sizeof *culprits);
    while (end > 0) {
        size_t found = next_culprit(n, 0, end, fails, context, culprits, scratch);
        culprits[found] = true;
        count++;
        end = found;
        choose(scratch, culprits, n, 0);
        if (end == 0 || fails(context, scratch, count))
            break;
    }
    if (count > 1)
        drop_needless(n, fails, context, culprits, scratch, &count);
    return count;
}
