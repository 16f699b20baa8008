/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* operations.h - random sequences of allocator calls against a model that knows every byte.
 *
 * The model is a table of slots: address, size, and a seed from which each byte of the block
 * follows. A call that changes a block first checks all of it. So a block that overlaps another,
 * that loses bytes in realloc, or that the allocator itself writes to is found by the next look at
 * it.
 *
 * INVARIANT  A slot is empty (address NULL) or holds a live block whose first `size` bytes are the
 * pattern of its seed.
 */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    unsigned char *address;
    size_t size, alignment;
    uint32_t seed;
} Slot;

enum { OPERATIONS_SLOTS = 512 };

typedef struct {
    Slot slots[OPERATIONS_SLOTS];
    uint64_t random;
    size_t largest; /* no request is larger */
    uint32_t next_seed;
    const char *wrong; /* the first thing found wrong; then nothing more is done */
    size_t wrong_slot;
} Operations;

void operations_start(Operations *operations, uint64_t seed, size_t largest);

/* One call, chosen by the four numbers (any values are fine). false when something is wrong. */
bool operations_step(Operations *operations, uint32_t what, uint32_t slot, uint32_t size,
                     uint32_t more);

/* `count` random calls. */
bool operations_run(Operations *operations, size_t count);

/* Check every slot; then free all of them. */
bool operations_check(Operations *operations);
bool operations_finish(Operations *operations);

/* For handing blocks between threads. */
void operations_fill(Slot *slot, uint32_t seed);
bool operations_intact(const Slot *slot);

#endif
