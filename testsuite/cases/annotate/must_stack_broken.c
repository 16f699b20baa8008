// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is promised to be in the frame is returned: an error that says how it gets out.
#include <escapement/annotate.h>
#include <stdlib.h>

char *label(int kind) {
    ESC_MUST_STACK char *text = malloc(32);
    // expect-error: must_stack_broken.c:7:26: error: escapement: text must be on the stack
    // expect-error: malloc(32) escapes to heap: returned
    // expect-error: from return text (return)
    if (text)
        text[0] = (char)kind;
    return text;
}
