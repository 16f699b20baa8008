/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text.h - the words of the text form, shared by reading (text_read.c) and printing (text_print.c).
 *
 * The form is described in docs/design/0010-model-text-form.md.
 */
#ifndef ESC_TEXT_H
#define ESC_TEXT_H

#include "model.h"

/* The function that stands for a kind of allocation when the site names none: "malloc". */
const char *esc_text_allocator(EscAllocKind kind);

#endif
