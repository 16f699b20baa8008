/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* arena.c - guarded memory: which pages an object gets, and what lies at an address.
 *
 * One range of addresses is reserved once, without access. Objects take pages from it in a ring:
 *
 *     | guard |..object| guard |......object| guard | dead  | guard | ...
 *               ^ ends at the guard, as closely as its alignment allows
 *
 * An object that dies loses its pages at once (the memory goes back to the system) and keeps its
 * addresses until the ring has gone round: that is the quarantine. A new object passes over living
 * ones and takes the addresses of the oldest dead ones.
 *
 * Each living object splits the mapping twice, so their number is bounded by what the system allows
 * (vm.max_map_count); beyond that there is no guarded memory, which is not an error.
 *
 * INVARIANT  state.h. arena_object() takes no lock: a fault handler may ask.
 */
#include "state.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of the ring one object may take this part at most, or the quarantine is none. */
enum { LargestPart = 16 };
/* How many living objects a new one passes over before there is no room. */
enum { MaxPassed = 4096 };

/* What a new object holds, and what is between its end and the guard. */
enum { Fresh = 0xa5, Slack = 0xe7 };

static struct Arena {
    uintptr_t base;
    size_t bytes, npages, page;
    size_t cursor; /* page; the one before it is a guard */
    size_t live, live_limit;
    uint32_t *owner; /* of each page: 1 + index of its object, 0: nobody */
    Object *objects; /* the object that starts at page n is number n / 2: each has two pages */
} arena;

/* What the kernel lets a process map; its default when it does not say. */
static size_t map_limit(void) {
    char text[32];
    int file = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? 0 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    text[n > 0 ? n : 0] = '\0';
    size_t limit = strtoul(text, NULL, 10);
    return limit ? limit : 65530;
}

static void *reserve(size_t bytes, int access) {
    void *p = mmap(NULL, bytes, access, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

bool arena_start(unsigned long megabytes, unsigned long live_limit) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t bytes = (size_t)megabytes << 20, npages = bytes / page;
    void *base = reserve(bytes, PROT_NONE);
    void *owner = reserve(npages * sizeof *arena.owner, PROT_READ | PROT_WRITE);
    void *objects = reserve(npages / 2 * sizeof *arena.objects, PROT_READ | PROT_WRITE);
    if (!base || !owner || !objects)
        return false;
    arena.page = page;
    arena.npages = npages;
    arena.owner = owner;
    arena.objects = objects;
    arena.cursor = 1;
    arena.live_limit = live_limit ? live_limit : map_limit() / 4;
    arena.bytes = bytes;
    __atomic_store_n(&arena.base, (uintptr_t)base, __ATOMIC_RELEASE);
    return true;
}

bool arena_has(const void *p) {
    uintptr_t base = __atomic_load_n(&arena.base, __ATOMIC_RELAXED);
    return base && (uintptr_t)p - base < arena.bytes;
}

static size_t page_of(uintptr_t address) {
    return (address - arena.base) / arena.page;
}

Object *arena_object(const void *p) {
    if (!arena_has(p))
        return NULL;
    uint32_t owner = __atomic_load_n(&arena.owner[page_of((uintptr_t)p)], __ATOMIC_RELAXED);
    return owner ? &arena.objects[owner - 1] : NULL;
}

static void own(const Object *o, uint32_t owner) {
    size_t first = page_of(o->first);
    for (size_t i = 0; i <= o->pages; i++)
        __atomic_store_n(&arena.owner[first + i], owner, __ATOMIC_RELAXED);
}

/* `pages` and a guard from the cursor on, where nobody lives; false: not found. */
static bool find_run(size_t pages) {
    for (size_t passed = 0; passed < MaxPassed; passed++) {
        if (arena.cursor + pages + 1 > arena.npages)
            arena.cursor = 1;
        size_t next = arena.cursor;
        for (; next < arena.cursor + pages + 1; next++) {
            uint32_t owner = arena.owner[next];
            if (!owner)
                continue;
            Object *o = &arena.objects[owner - 1];
            if (o->life == LIFE_LIVE)
                break;
            own(o, 0);
            o->life = LIFE_NONE;
        }
        if (next == arena.cursor + pages + 1)
            return true;
        const Object *living = &arena.objects[arena.owner[next] - 1];
        arena.cursor = page_of(living->first) + living->pages + 1;
    }
    return false;
}

Object *arena_make(size_t bytes, size_t align) {
    /* No object is empty: each has an address of its own. */
    size_t size = ((bytes ? bytes : 1) + align - 1) & ~(align - 1);
    if (!arena.base || align > arena.page || arena.live >= arena.live_limit || size < bytes ||
        size / arena.page >= arena.npages / LargestPart)
        return NULL;
    size_t pages = (size + arena.page - 1) / arena.page;
    if (!find_run(pages))
        return NULL;
    uintptr_t first = arena.base + arena.cursor * arena.page;
    if (mprotect((void *)first, pages * arena.page, PROT_READ | PROT_WRITE) != 0)
        return NULL; /* too many mappings */
    size_t index = arena.cursor / 2;
    Object *o = &arena.objects[index];
    *o = (Object){.life = LIFE_LIVE, .pages = (uint32_t)pages, .first = first, .bytes = bytes};
    o->address = first + pages * arena.page - size;
    own(o, (uint32_t)index + 1);
    arena.cursor += pages + 1;
    arena.live++;
    verify_numbers.live = arena.live;
    return o;
}

void arena_end(Object *o) {
    void *first = (void *)o->first;
    size_t bytes = o->pages * arena.page;
    /* A new mapping in its place gives the memory back, and joins its neighbours. */
    if (mmap(first, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
             0) == MAP_FAILED)
        mprotect(first, bytes, PROT_NONE);
    o->life = LIFE_DEAD;
    arena.live--;
    verify_numbers.live = arena.live;
}

static size_t slack_of(const Object *o) {
    return o->first + o->pages * arena.page - o->address - o->bytes;
}

void arena_fill(const Object *o) {
    memset((void *)o->address, Fresh, o->bytes);
    memset((char *)o->address + o->bytes, Slack, slack_of(o));
}

bool arena_overrun(const Object *o) {
    const unsigned char *end = (const unsigned char *)o->address + o->bytes;
    for (size_t i = 0, slack = slack_of(o); i < slack; i++)
        if (end[i] != Slack)
            return true;
    return false;
}

bool verify_check(void) {
    size_t live = 0;
    for (size_t i = 0; i < arena.npages / 2; i++) {
        const Object *o = &arena.objects[i];
        if (o->life == LIFE_NONE)
            continue;
        size_t first = page_of(o->first);
        if (first / 2 != i || o->address < o->first || (o->life == LIFE_DEAD && o->thread))
            return false;
        for (size_t p = 0; p <= o->pages; p++)
            if (arena.owner[first + p] != i + 1)
                return false;
        live += o->life == LIFE_LIVE;
    }
    return live == arena.live;
}
