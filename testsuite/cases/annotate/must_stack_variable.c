// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The promise holds for a variable's own memory too.
#include <escapement/annotate.h>

struct job {
    int number;
};
struct job *current;

int start(int number) {
    ESC_MUST_STACK struct job job = {number};
    // expect-error: must_stack_variable.c:11:31: error: escapement: job must be on the stack
    // expect-error: address of job escapes: stored in global current
    current = &job;
    return current->number;
}
