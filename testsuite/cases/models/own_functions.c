/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-models=pool.models
/* What the user says about functions of other files holds. */
#include <stdlib.h>
#include <string.h>

void look(const char *text);
void remember(const char *text);
const char *first_of(const char *text);

void looked_at(void) {
    char *p = malloc(16); // expect: moved to stack: malloc(16)
    if (!p)
        return;
    strcpy(p, "look");
    look(p);
    free(p);
}

void remembered(void) {
    char *p = malloc(16); // expect: malloc(16) escapes to heap: kept by remember
    if (!p)
        return;
    strcpy(p, "remember");
    remember(p);
}

const char *first(const char *text) { // expect: leaking param: text to result ~r0 level=0
    return first_of(text);
}
