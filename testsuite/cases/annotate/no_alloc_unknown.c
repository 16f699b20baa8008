// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function whose body is not at hand may allocate, unless it promises too.
#include <escapement/annotate.h>

int elsewhere(int n);
ESC_NO_ALLOC int careful(int n);

ESC_NO_ALLOC int both(int n) {
    // expect-error: both promises not to allocate
    // expect-error: both calls elsewhere, whose body is unknown
    return careful(n) + elsewhere(n);
}
