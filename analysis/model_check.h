/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* model_check.h - what the builders ask before they take an operation. */
#ifndef ESC_MODEL_CHECK_H
#define ESC_MODEL_CHECK_H

#include "model.h"

/* Models and summaries are functions outside of m->funcs: they own no sites. */
bool esc_is_program_function(const EscModule *m, const Function *f);
/* NULL when the operation fits its function (but for its arguments). */
const char *esc_wrong_with_op(const EscModule *m, const Function *f, const Op *op);
const char *esc_wrong_with_args(const EscModule *m, const Function *f, const EscArg *args,
                                uint32_t nargs);

#endif
