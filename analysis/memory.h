/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* memory.h - the one door through which the library gets memory.
 *
 * A request that cannot be served returns NULL and sets `failed`, which stays set: builders go on
 * harmlessly and the module gives up as a whole. Tests make the n-th request fail.
 */
#ifndef ESC_MEMORY_H
#define ESC_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct MemoryChunk MemoryChunk;

typedef struct Memory {
    bool failed;        /* sticky: some request was not served */
    MemoryChunk *arena; /* strings and small records, freed all at once */
} Memory;

/* Tests only: the n-th request from now (0 = the next) fails, and with `all_after` every later one
 * too; negative: none fails. Process-wide. */
void esc_memory_fail_at(long n, bool all_after);
/* Requests served so far, process-wide, for the test that counts them. */
long esc_memory_requests(void);

/* realloc semantics; `count * size` is checked for overflow. NULL sets memory->failed and leaves
 * `block` valid. */
void *esc_memory_resize(Memory *memory, void *block, size_t count, size_t size);
void esc_memory_release(void *block);
/* From the arena, 16-byte aligned, uninitialised; lives until esc_memory_free_arena. */
void *esc_memory_arena(Memory *memory, size_t size);
void esc_memory_free_arena(Memory *memory);

/* Grow `*array` of `*capacity` elements of `size` bytes to hold at least `need`. False when it
 * failed; the array then is as before. */
bool esc_memory_grow(Memory *memory, void *array, uint32_t *capacity, uint32_t need, size_t size);

#endif
