/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text.h - the words of the text form, shared by reading (text_read.c) and printing (text_print.c).
 *
 * The form is described in docs/design/0010-model-text-form.md. Each operation has one row in
 * esc_text_ops; reading and printing both walk its pattern, so they cannot disagree.
 */
#ifndef ESC_TEXT_H
#define ESC_TEXT_H

#include "model.h"

/* A bit of a flag word, or a value of an enumeration. A table ends with a NULL word. */
typedef struct TextWord {
    const char *word;
    uint32_t value;
} TextWord;

extern const TextWord esc_text_func_flags[];
extern const TextWord esc_text_param_flags[];
extern const TextWord esc_text_op_flags[];
extern const TextWord esc_text_alloc_kinds[];
extern const TextWord esc_text_dest_kinds[];
extern const TextWord esc_text_global_kinds[];
extern const TextWord esc_text_reasons[];

/* Letters of a pattern, in the order in which the parts stand in the line:
 *     a b   operands               <   the arrow "<-"
 *     o     operand a, left out when absent
 *     R     range of bytes         w   width
 *     ( )   arguments              s   a site
 *     $ & @ a local, global, function as the index       r   a reason */
typedef struct TextOp {
    const char *word;
    const char *pattern;
} TextOp;

extern const TextOp esc_text_ops[ESC_OP_KINDS];

/* The function that stands for a kind of allocation when the site names none: "malloc". */
const char *esc_text_allocator(EscAllocKind kind);

/* The word of `value`, or NULL. */
const char *esc_text_word(const TextWord *table, uint32_t value);

/* Print one function, which may be a summary or a model: its header line and, if it has one, its
 * body. False when `write` stopped it or memory ran out. */
bool esc_text_print_function(const EscModule *m, const Function *f, EscWrite write, void *context);

#endif
