// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An exception for a variable of the file counts for all that is assigned to it, or to a part of it, in any function,
// also in those before the declaration that says so.
#include <escapement/annotate.h>
#include <stdlib.h>
#include <string.h>

extern char *last;
ESC_NO_ALLOC int remember(const char *text) { // expect: text does not escape
    // expect-report: "allowed":"one line is kept"
    // expect-report: "allowed":"names are few"
    free(last);
    last = strdup(text); // expect: strdup(text) escapes to heap: stored in global last
    return last != NULL;
}

ESC_MAY_HEAP("one line is kept") char *last;
ESC_MAY_HEAP("names are few") static struct { int n; char *names[8]; } people;

ESC_NO_ALLOC int enter(const char *name) { // expect: name does not escape
    if (people.n == 8)
        return 0;
    people.names[people.n] = strdup(name); // expect: strdup(name) escapes to heap: stored in global people.names[people.n]
    return people.names[people.n++] != NULL;
}
