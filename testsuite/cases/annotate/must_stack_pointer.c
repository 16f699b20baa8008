// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nobody saw what a function behind a pointer allocates, so the promise is not kept.
#include <escapement/annotate.h>

int third(void *(*make)(int)) {
    ESC_MUST_STACK char *hidden = make(3);
    // expect-error: must_stack_pointer.c:6:26: error: escapement: hidden must be on the stack
    // expect-error: must_stack_pointer.c:6:35: what is allocated in this call is not seen here
    return hidden[2];
}
