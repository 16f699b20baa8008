/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* helgrind_words.c - single words that are read without a lock, and why that is right.
 *
 * helgrind takes every atomic access for a plain one, so what is meant has to be told word by word.
 */
#include <stdint.h>
#include <valgrind/helgrind.h>

/* Moves under heap.lock only, and a page of ours stays one. Who asks for a pointer that it was
 * given sees the value of then or a later one; of another pointer no answer stays true anyway. */
extern uint64_t escrt_heap_limit;

__attribute__((constructor)) static void tell(void) {
    VALGRIND_HG_DISABLE_CHECKING(&escrt_heap_limit, sizeof escrt_heap_limit);
}
