/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* fuzz_models.c - any text of library models is read or refused, and refused adds nothing. */
#include "text_helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_models_text((const char *)data, size);
    return 0;
}
