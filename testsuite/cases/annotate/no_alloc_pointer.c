// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nobody knows what a pointer calls.
#include <escapement/annotate.h>

ESC_NO_ALLOC int apply(int (*function)(int), int n) {
    // expect-error: apply promises not to allocate
    // expect-error: apply calls through a pointer
    return function(n);
}
