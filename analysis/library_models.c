/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* library_models.c - read models of library functions; see library_models.h. */
#include "library_models.h"

#include <string.h>

void esc_models_install(EscModule *m) {
    EscError error;
    esc_models_add(m, esc_builtin_models, strlen(esc_builtin_models), false, &error);
}

bool esc_models_add(EscModule *m, const char *text, size_t length, bool user, EscError *error) {
    (void)m, (void)text, (void)length, (void)user, (void)error;
    return true;
}

bool esc_models_read(EscModule *m, const char *text, size_t length, EscError *error) {
    return esc_models_add(m, text, length, true, error);
}

bool esc_model_allocator(const EscModule *m, const char *name, EscAllocatorModel *out) {
    const Function *model = esc_model_find(m, name);
    if (!model || !model->allocator)
        return false;
    *out = *model->allocator;
    return true;
}
