/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* debug.c - objects that notice what is done to them.
 *
 *     [ the program's bytes | CANARY ... | size ^ SECRET ][ guard page ]
 *
 * New memory is filled with FRESH, freed memory with POISON. What is freed waits in a quarantine;
 * when it leaves, a byte that is no longer POISON was written through a stale pointer. The size
 * stands in the last word of the object's memory and the bytes before it up to the program's are
 * canaries: an overflow by one byte is found when the object is freed. Level 2 gives every object
 * pages of its own.
 *
 * LOCKS  quarantine.lock, before those of central lists and heap.
 */
#include "debug.h"
#include "blame.h"
#include "cache.h"
#include "central.h"
#include "heap.h"
#include "lock.h"
#include "sys.h"

#include <string.h>
#include <sys/mman.h>

enum { FRESH = 0xaa, CANARY = 0xfa, POISON = 0xdf };
enum {
    HELD_OBJECTS = 1024,   /* long enough for most stale pointers to be used */
    HELD_BYTES = 16 << 20, /* short enough for a program not to grow by more */
    CHECK_INTERVAL = 64,
};

static const size_t secret = (size_t)0x5ec2e7c0ffee1234u;

typedef struct Held {
    void *p;
    uint32_t class;
    size_t bytes;
} Held;

static Held ring[HELD_OBJECTS]; /* not beside its lock: that is in the file, and this would be */
static struct Quarantine {
    Lock lock;
    size_t first, count, bytes;
    uint64_t frees;
} quarantine = {.lock = LOCK_INIT(RANK_QUARANTINE)};

int escrt_debug_level;

void escrt_debug_start(int level) {
    escrt_debug_level = level;
    escrt_cache_disable();
}

/* ---- memory of an object ------------------------------------------------------------------- */

/* All of the memory that is an object's, without guard pages. */
static size_t memory_of(const void *p) {
    const Span *span = span_of(p);
    if (span->state == SPAN_SMALL)
        return escrt_classes[span->class].bytes;
    return span_bytes(span) - (span->flags & SPAN_GUARDED ? PAGE_BYTES : 0);
}

static size_t *size_word(const void *p, size_t memory) {
    return (size_t *)((uintptr_t)p + memory - sizeof(size_t));
}

size_t escrt_debug_size(const void *p) {
    const Span *span = span_of(p);
    if (!span)
        escrt_die_of(p, "size of a foreign pointer");
    size_t memory = memory_of(p), size = *size_word(p, memory) ^ secret;
    if (size > memory - sizeof(size_t))
        escrt_die_of(p, "overflow: the end of the object was overwritten");
    return size;
}

static bool all_are(const unsigned char *bytes, size_t n, unsigned char value) {
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

static void fill(void *p, size_t size, bool zeroed) {
    size_t memory = memory_of(p);
    if (!zeroed)
        memset(p, FRESH, size);
    memset((char *)p + size, CANARY, memory - sizeof(size_t) - size);
    *size_word(p, memory) = size ^ secret;
}

/* Level 2: a page behind the object that traps. Too many mappings: then without. */
static bool guard(const Span *span, bool on) {
    char *page = (char *)span_start(span) + span_bytes(span) - PAGE_BYTES;
    return !sys_failed(sys_call(SYS_mprotect, (long)page, PAGE_BYTES,
                                on ? PROT_NONE : PROT_READ | PROT_WRITE, 0, 0, 0));
}

static void *allocate_span(size_t size, size_t align, bool *zeroed) {
    size_t guards = escrt_debug_level >= 2 ? 1 : 0;
    size_t pages = ((size + sizeof(size_t) + PAGE_BYTES - 1) >> PAGE_SHIFT) + guards;
    if (pages >= UINT32_MAX / 2 || align >> PAGE_SHIFT >= UINT32_MAX / 2)
        return NULL;
    uint32_t align_pages = (uint32_t)max_size(align >> PAGE_SHIFT, 1);
    Span *span = escrt_heap_alloc((uint32_t)pages, align_pages, 0, size, zeroed);
    if (!span)
        return NULL;
    if (guards && guard(span, true))
        span->flags |= SPAN_GUARDED;
    return span_start(span);
}

void *escrt_debug_allocate(size_t size, size_t align, bool *zeroed) {
    *zeroed = false;
    size_t need = size + sizeof(size_t);
    uint32_t class = escrt_debug_level >= 2 || size >= MAX_SMALL
                         ? 0
                         : escrt_class_aligned(need, max_size(align, GRANULE));
    void *p = class ? escrt_cache_alloc(class) : allocate_span(size, align, zeroed);
    if (p)
        fill(p, size, *zeroed);
    return p;
}

/* ---- freed objects ------------------------------------------------------------------------- */

static void check_poison(const Held *held) {
    if (!all_are(held->p, held->bytes, POISON))
        escrt_die_of(held->p, "use after free: the object was written to after it was freed");
}

static void let_go(const Held *held) {
    if (held->class) {
        check_poison(held);
        escrt_central_give(held->class, &held->p, 1);
        return;
    }
    Span *span = span_of(held->p);
    if (span->flags & SPAN_GUARDED)
        sys_call(SYS_mprotect, (long)held->p, (long)span_bytes(span), PROT_READ | PROT_WRITE, 0, 0,
                 0);
    span->state = SPAN_LARGE;
    escrt_heap_free(span);
}

static void hold(void *p, uint32_t class, size_t bytes) {
    struct Quarantine *q = &quarantine;
    lock_take(&q->lock);
    while (q->count > 0 && (q->count == HELD_OBJECTS || q->bytes + bytes > HELD_BYTES)) {
        Held oldest = ring[q->first];
        q->first = (q->first + 1) % HELD_OBJECTS;
        q->count--;
        q->bytes -= oldest.bytes;
        let_go(&oldest);
    }
    ring[(q->first + q->count) % HELD_OBJECTS] = (Held){p, class, bytes};
    q->count++;
    q->bytes += bytes;
    bool check = escrt_debug_level >= 3 && ++q->frees % CHECK_INTERVAL == 0;
    lock_give(&q->lock);
    if (check)
        escrt_check_everything();
}

/* The poison may be the program's own bytes, by chance: only the lists know. */
static bool is_freed(const void *p) {
    const Span *span = span_of(p);
    return all_are(p, GRANULE, POISON) &&
           (escrt_debug_holds(p) || escrt_central_is_free(span, object_at(span, p)));
}

void escrt_debug_free(void *p, uint32_t class) {
    size_t memory = memory_of(p);
    if (class && is_freed(p))
        escrt_die_of(p, "double free");
    size_t size = escrt_debug_size(p);
    if (!all_are((unsigned char *)p + size, memory - sizeof(size_t) - size, CANARY))
        escrt_die_of(p, "overflow: bytes behind the object were overwritten");
    if (class) {
        memset(p, POISON, memory);
    } else {
        Span *span = span_of(p);
        span->state = SPAN_HELD;
        if (span->flags & SPAN_GUARDED)
            sys_call(SYS_mprotect, (long)p, (long)span_bytes(span), PROT_NONE, 0, 0, 0);
    }
    hold(p, class, memory);
}

bool escrt_debug_holds(const void *p) {
    struct Quarantine *q = &quarantine;
    if (!escrt_debug_level)
        return false;
    bool found = false;
    lock_take(&q->lock);
    for (size_t i = 0; i < q->count && !found; i++)
        found = ring[(q->first + i) % HELD_OBJECTS].p == p;
    lock_give(&q->lock);
    return found;
}

void escrt_check_everything(void) {
    escrt_central_check();
    escrt_heap_check();
}

void escrt_debug_fork(bool prepare, bool child) {
    escrt_lock_fork(&quarantine.lock, prepare, child);
}
