// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The exception is the variable's alone: not what it points to, nor another one.
#include <escapement/annotate.h>
#include <stdlib.h>
#include <string.h>

struct node { char *text; };
ESC_MAY_HEAP("one node") static struct node *node;
static char *other;

ESC_NO_ALLOC int through(const char *name) {
    // expect-error: error: escapement: through promises not to allocate
    // expect-error: strdup(name) escapes to heap
    node->text = strdup(name);
    return node->text != NULL;
}

ESC_NO_ALLOC int beside(const char *name) {
    // expect-error: error: escapement: beside promises not to allocate
    other = strdup(name);
    return other != NULL;
}
