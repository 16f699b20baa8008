/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* fuzz_text.c - any text is read or refused; what is read prints, reads back and is analysed. */
#include "text_helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_module_text((const char *)data, size);
    return 0;
}
