/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* wrappers.h - functions that only allocate, or only free, as a line of a models file.
 *
 * NOT HERE  What a call of such a function may become: the same as of any declared allocator.
 */
#ifndef ESC_WRAPPERS_H
#define ESC_WRAPPERS_H

#include "model.h"

/* The line that says all that `f` does, such as "allocator xmalloc(size) fail abort"; false when it
 * is no thin wrapper, or the buffer is too small. The front end must have marked what the model
 * does not show (ESC_OPF_EFFECT), or nothing is found. */
bool esc_wrapper_line(const EscModule *m, EscFunc f, char *buffer, size_t capacity);

#endif
