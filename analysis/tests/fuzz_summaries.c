/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* fuzz_summaries.c - any text behind a right hash is read or refused, and refused adds nothing. */
#include "text_helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_summary_text((const char *)data, size);
    return 0;
}
