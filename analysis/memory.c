/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* memory.c - where the library's memory comes from, and where a test can make it run out.
 *
 * Everything is one of two kinds: arrays that grow (esc_memory_resize, esc_memory_grow), each owned
 * by its struct, and records that live as long as the module (the arena).
 *
 * INVARIANT  `failed` is set before NULL is returned, so no caller has to report a failure upward:
 * whoever gives a verdict looks at `failed` once.
 *
 * NOT HERE  What giving up means (analyze.c).
 */
#include "memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A front end may analyse several modules on several threads, so even test counters are atomic. */
static atomic_long requests;
static atomic_long fail_at = -1;
static atomic_bool fail_all_after;

struct MemoryChunk {
    MemoryChunk *next;
    size_t used, size; /* bytes after the header */
};

enum {
    ARENA_ALIGN = 16,
    /* Small enough that an empty module is cheap, large enough that strings rarely ask malloc. */
    CHUNK_BYTES_FIRST = 4096,
    CHUNK_BYTES_MAX = 256 * 1024,
    FIRST_BYTES = 64,
    CHUNK_HEADER = (sizeof(MemoryChunk) + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN,
};

void esc_memory_fail_at(long n, bool all_after) {
    atomic_store(&fail_all_after, all_after);
    atomic_store(&fail_at, n < 0 ? -1 : atomic_load(&requests) + n);
}

long esc_memory_requests(void) {
    return atomic_load(&requests);
}

static bool must_fail(void) {
    long number = atomic_fetch_add_explicit(&requests, 1, memory_order_relaxed);
    long at = atomic_load_explicit(&fail_at, memory_order_relaxed);
    if (at < 0)
        return false;
    return number == at || (number > at && atomic_load(&fail_all_after));
}

void *esc_memory_resize(Memory *memory, void *block, size_t count, size_t size) {
    void *result = NULL;
    if (size == 0 || count <= SIZE_MAX / 2 / size) {
        size_t bytes = count * size;
        if (!must_fail())
            result = realloc(block, bytes ? bytes : 1);
    }
    if (!result)
        memory->failed = true;
    return result;
}

void esc_memory_release(void *block) {
    free(block);
}

static MemoryChunk *add_chunk(Memory *memory, size_t need) {
    size_t size = memory->arena ? memory->arena->size * 2 : CHUNK_BYTES_FIRST;
    if (size > CHUNK_BYTES_MAX)
        size = CHUNK_BYTES_MAX;
    if (size < need)
        size = need;
    MemoryChunk *chunk = esc_memory_resize(memory, NULL, 1, CHUNK_HEADER + size);
    if (!chunk)
        return NULL;
    *chunk = (MemoryChunk){.next = memory->arena, .used = 0, .size = size};
    memory->arena = chunk;
    return chunk;
}

void *esc_memory_arena(Memory *memory, size_t size) {
    if (size > SIZE_MAX / 4) {
        memory->failed = true;
        return NULL;
    }
    size_t need = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    MemoryChunk *chunk = memory->arena;
    if (!chunk || chunk->size - chunk->used < need)
        chunk = add_chunk(memory, need);
    if (!chunk)
        return NULL;
    void *result = (char *)chunk + CHUNK_HEADER + chunk->used;
    chunk->used += need;
    return result;
}

void esc_memory_free_arena(Memory *memory) {
    for (MemoryChunk *chunk = memory->arena, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    memory->arena = NULL;
}

bool esc_memory_grow(Memory *memory, void *array, uint32_t *capacity, uint32_t need, size_t size) {
    if (need <= *capacity)
        return true;
    uint64_t wanted = (uint64_t)*capacity * 2;
    /* Most arrays stay tiny: a library model has one operation. */
    if (wanted * size < FIRST_BYTES)
        wanted = FIRST_BYTES / size + 1;
    if (wanted < need)
        wanted = need;
    if (wanted > UINT32_MAX)
        wanted = UINT32_MAX;
    /* `array` is the address of a pointer of any object type; all have one representation here, and
     * memcpy keeps the access free of aliasing questions. */
    void *block;
    memcpy(&block, array, sizeof block);
    block = esc_memory_resize(memory, block, (size_t)wanted, size);
    if (!block)
        return false;
    memcpy(array, &block, sizeof block);
    *capacity = (uint32_t)wanted;
    return true;
}
