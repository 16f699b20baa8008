/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* operations.c - random sequences of allocator calls against a model; see operations.h. */
#include "operations.h"
#include "entries.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static uint32_t random32(Operations *operations) {
    operations->random = operations->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(operations->random >> 32);
}

static unsigned char pattern(uint32_t seed, size_t at) {
    return (unsigned char)(seed + at * 131 + (at >> 8) * 29 + (at >> 16));
}

void operations_fill(Slot *slot, uint32_t seed) {
    slot->seed = seed;
    for (size_t i = 0; i < slot->size; i++)
        slot->address[i] = pattern(seed, i);
}

static bool intact_up_to(const Slot *slot, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (slot->address[i] != pattern(slot->seed, i))
            return false;
    return true;
}

bool operations_intact(const Slot *slot) {
    return intact_up_to(slot, slot->size);
}

static bool wrong(Operations *operations, const Slot *slot, const char *what) {
    if (operations->wrong == NULL) {
        operations->wrong = what;
        operations->wrong_slot = (size_t)(slot - operations->slots);
    }
    return false;
}

/* Sizes as programs ask for them: mostly small, sometimes at the edge of a page, sometimes large.
 */
static size_t size_from(const Operations *operations, uint32_t bits) {
    static const uint32_t masks[] = {15, 63, 255, 255, 1023, 4095, 32767, 1048575};
    size_t size = (bits >> 3) & masks[bits & 7];
    if ((bits >> 28) == 15)
        size = ((bits >> 3) & 31) * 4096 + ((bits >> 8) & 7) - 4;
    if ((intptr_t)size < 0)
        size = 0;
    return size > operations->largest ? size % (operations->largest + 1) : size;
}

static bool accept(Operations *operations, Slot *slot, void *address, size_t size,
                   size_t alignment) {
    if (address == NULL)
        return wrong(operations, slot, "a reasonable request was refused");
    if (((uintptr_t)address & (alignment - 1)) != 0)
        return wrong(operations, slot, "a block is not aligned");
    if (malloc_usable_size(address) < size)
        return wrong(operations, slot, "malloc_usable_size is below the request");
    *slot = (Slot){.address = address, .size = size, .alignment = alignment};
    operations_fill(slot, operations->next_seed += 77);
    return true;
}

static bool release(Operations *operations, Slot *slot, uint32_t how) {
    if (!operations_intact(slot))
        return wrong(operations, slot, "a block was changed before free");
    int before = errno;
    if (how % 3 == 1 && free_sized && slot->alignment == 16)
        free_sized(slot->address, slot->size);
    else if (how % 3 == 1 && free_aligned_sized && slot->alignment != 16)
        free_aligned_sized(slot->address, slot->alignment, slot->size);
    else
        free(slot->address);
    if (errno != before)
        return wrong(operations, slot, "free changed errno");
    slot->address = NULL;
    return true;
}

static bool is_zero(const unsigned char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static bool take_zeroed(Operations *operations, Slot *slot, size_t size) {
    unsigned char *address = size % 8 == 0 ? calloc(size / 8, 8) : calloc(1, size);
    if (address && !is_zero(address, size))
        return wrong(operations, slot, "calloc's block is not zero");
    return accept(operations, slot, address, size, 16);
}

static bool take_aligned(Operations *operations, Slot *slot, size_t size, uint32_t how) {
    size_t alignment = (size_t)16 << (how >> 8) % 10;
    void *address = NULL;
    if (how % 3 == 0 && posix_memalign(&address, alignment, size) != 0)
        return wrong(operations, slot, "posix_memalign refused a reasonable request");
    if (how % 3 == 1)
        address = aligned_alloc(alignment, size);
    if (how % 3 == 2)
        address = memalign(alignment, size);
    return accept(operations, slot, address, size, alignment);
}

static bool resize(Operations *operations, Slot *slot, size_t size, uint32_t how) {
    Slot old = *slot;
    if (!operations_intact(slot))
        return wrong(operations, slot, "a block was changed before realloc");
    if (size == 0)
        size = 1;
    unsigned char *address = how % 2 && size % 4 == 0 ? reallocarray(old.address, size / 4, 4)
                                                      : realloc(old.address, size);
    if (address == NULL)
        return wrong(operations, slot, "realloc refused a reasonable request");
    old.address = address;
    if (!intact_up_to(&old, old.size < size ? old.size : size))
        return wrong(operations, slot, "realloc lost bytes");
    return accept(operations, slot, address, size, 16);
}

/* Whatever malloc_usable_size promises may be written. The model goes on with the old size. */
static bool use_all(Operations *operations, Slot *slot) {
    if (!operations_intact(slot))
        return wrong(operations, slot, "a block was changed");
    size_t usable = malloc_usable_size(slot->address);
    memset(slot->address + slot->size, 0xd1, usable - slot->size);
    return true;
}

static bool change(Operations *operations, Slot *slot, uint32_t what, size_t size, uint32_t more) {
    switch (what % 8) {
    case 0:
    case 1:
    case 2:
        return resize(operations, slot, size, more);
    case 3:
        return use_all(operations, slot);
    default:
        return release(operations, slot, more);
    }
}

static bool take(Operations *operations, Slot *slot, uint32_t what, size_t size, uint32_t more) {
    switch (what % 8) {
    case 0:
        return take_zeroed(operations, slot, size);
    case 1:
        return take_aligned(operations, slot, size, more);
    case 2:
        return accept(operations, slot, realloc(NULL, size), size, 16);
    default:
        return accept(operations, slot, malloc(size), size, 16);
    }
}

bool operations_step(Operations *operations, uint32_t what, uint32_t slot, uint32_t size,
                     uint32_t more) {
    Slot *chosen = &operations->slots[slot % OPERATIONS_SLOTS];
    if (operations->wrong)
        return false;
    if (what % 4096 == 4095)
        malloc_trim(0);
    if (chosen->address)
        return change(operations, chosen, what >> 12, size_from(operations, size), more);
    return take(operations, chosen, what >> 12, size_from(operations, size), more);
}

void operations_start(Operations *operations, uint64_t seed, size_t largest) {
    memset(operations, 0, sizeof *operations);
    operations->random = seed;
    operations->largest = largest;
}

bool operations_run(Operations *operations, size_t count) {
    for (size_t i = 0; i < count && !operations->wrong; i++) {
        uint32_t what = random32(operations), slot = random32(operations);
        uint32_t size = random32(operations), more = random32(operations);
        operations_step(operations, what, slot, size, more);
    }
    return operations->wrong == NULL;
}

bool operations_check(Operations *operations) {
    for (size_t i = 0; i < OPERATIONS_SLOTS && !operations->wrong; i++)
        if (operations->slots[i].address && !operations_intact(&operations->slots[i]))
            wrong(operations, &operations->slots[i],
                  "a block was changed behind the program's back");
    return operations->wrong == NULL;
}

bool operations_finish(Operations *operations) {
    operations_check(operations);
    for (size_t i = 0; i < OPERATIONS_SLOTS && !operations->wrong; i++)
        if (operations->slots[i].address)
            release(operations, &operations->slots[i], (uint32_t)i);
    return operations->wrong == NULL;
}
