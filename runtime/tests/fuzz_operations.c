/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* fuzz_operations.c - libFuzzer chooses the sequence of allocator calls; the model checks every
 * byte.
 *
 * Eight bytes a call. The program is linked with the runtime itself, instrumented, so that the
 * fuzzer sees which of its paths a sequence reaches; the fuzzer's own memory comes from there too.
 */
#include "operations.h"

#include <stdio.h>
#include <stdlib.h>

enum { BYTES_A_CALL = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static Operations operations;
    operations_start(&operations, 1, 1 << 20);
    for (size_t at = 0; at + BYTES_A_CALL <= size; at += BYTES_A_CALL) {
        uint32_t what = (uint32_t)bytes[at] << 12 | (bytes[at + 1] == 255 ? 4095 : 0);
        uint32_t wanted = (uint32_t)bytes[at + 2] | (uint32_t)bytes[at + 3] << 8 |
                          (uint32_t)bytes[at + 4] << 16 | (uint32_t)bytes[at + 5] << 24;
        operations_step(&operations, what, bytes[at + 6], wanted, (uint32_t)bytes[at + 7] * 257);
    }
    if (!operations_finish(&operations)) {
        fprintf(stderr, "%s (slot %zu)\n", operations.wrong, operations.wrong_slot);
        abort();
    }
    return 0;
}
