/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* debug.c - objects that notice what is done to them.
 *
 *     small:  [ the program's bytes | CANARY ... | size ^ SECRET ]
 *     large:  [ the program's bytes | CANARY ... to the end of the page ]
 *     guarded:          [ CANARY | the program's bytes | CANARY ... ][ guard page ]
 *
 * New memory is filled with FRESH (but what is large and reads zero already: a gigabyte that nobody
 * touches stays untouched), freed small objects with POISON; freed large ones trap. What is freed
 * waits in a quarantine; when it leaves, and at the program's end, a byte that is no longer POISON
 * was written through a stale pointer. Bytes behind an object are canaries: an overflow by one byte
 * is found when the object is freed. Level 2 gives every object pages of its own, at whose end it
 * lies as close as its alignment lets it: what goes beyond that traps at once.
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
    BEFORE = 64, /* canaries before a guarded object at most: more would touch a page more */
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

/* All of the memory that is an object's, without guard pages and what is before it. */
static size_t memory_of(const void *p) {
    const Span *span = span_of(p);
    return span->state == SPAN_SMALL ? escrt_classes[span->class].bytes : span_object_bytes(span);
}

/* Of a small object. A large one's size stands where no overflow reaches. */
static size_t *size_word(const void *p, size_t memory) {
    return (size_t *)((uintptr_t)p + memory - sizeof(size_t));
}

size_t escrt_debug_size(const void *p) {
    const Span *span = span_of(p);
    if (!span)
        escrt_die_of(p, "size of a foreign pointer");
    if (span->state != SPAN_SMALL)
        return span->size;
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

static bool is_small(const void *p) {
    return span_of(p)->state == SPAN_SMALL;
}

/* The bytes behind what the program asked for. */
static size_t canaries(const void *p, size_t size) {
    return memory_of(p) - size - (is_small(p) ? sizeof(size_t) : 0);
}

static size_t canaries_before(const Span *span) {
    return min_size(span->offset, BEFORE);
}

static void fill(void *p, size_t size, bool zeroed) {
    const Span *span = span_of(p);
    if (!zeroed)
        memset(p, FRESH, size);
    memset((char *)p + size, CANARY, canaries(p, size));
    if (is_small(p))
        *size_word(p, memory_of(p)) = size ^ secret;
    else
        memset((char *)p - canaries_before(span), CANARY, canaries_before(span));
}

static bool protect(const Span *span, size_t at, size_t bytes, int how) {
    return !sys_failed(
        sys_call(SYS_mprotect, (long)((char *)span_start(span) + at), (long)bytes, how, 0, 0, 0));
}

/* Level 2: a page behind the object that traps, and the object moved up to it. Too many mappings:
 * then without. */
static void guard(Span *span, size_t size, size_t align) {
    size_t room = span_bytes(span) - PAGE_BYTES;
    if (!protect(span, room, PAGE_BYTES, PROT_NONE))
        return;
    span->flags |= SPAN_GUARDED;
    span->offset = (uint16_t)((room - size) & ~(align - 1));
}

static void *allocate_span(size_t size, size_t align, uint8_t flags, bool *zeroed) {
    bool guarded = escrt_debug_level >= 2;
    /* Without a guard page, a canary behind the last byte. */
    size_t pages = (max_size(size, 1) + !guarded + PAGE_BYTES - 1) >> PAGE_SHIFT;
    if (pages >= UINT32_MAX / 2 || align >> PAGE_SHIFT >= UINT32_MAX / 2)
        return NULL;
    uint32_t align_pages = (uint32_t)max_size(align >> PAGE_SHIFT, 1);
    Span *span = escrt_heap_alloc((uint32_t)pages + guarded, align_pages, 0, size, zeroed);
    if (!span)
        return NULL;
    span->flags |= flags;
    if (guarded)
        guard(span, max_size(size, 1), max_size(align, GRANULE));
    return span_object(span);
}

void *escrt_debug_allocate(size_t size, size_t align, uint8_t flags, bool *zeroed) {
    *zeroed = false;
    size_t need = size + sizeof(size_t);
    uint32_t class = escrt_debug_level >= 2 || flags || size >= MAX_SMALL
                         ? 0
                         : escrt_class_aligned(need, max_size(align, GRANULE));
    void *p = class ? escrt_cache_alloc(class) : allocate_span(size, align, flags, zeroed);
    *zeroed = *zeroed && size > MAX_SMALL;
    if (p)
        fill(p, size, *zeroed);
    return p;
}

/* ---- freed objects ------------------------------------------------------------------------- */

static void check_poison(const Held *held) {
    if (held->class && !all_are(held->p, held->bytes, POISON))
        escrt_die_of(held->p, "use after free: the object was written to after it was freed");
}

static void let_go(const Held *held) {
    check_poison(held);
    if (held->class) {
        escrt_central_give(held->class, &held->p, 1);
        return;
    }
    Span *span = span_of(held->p);
    /* One that cannot be opened again, for too many mappings, is lost. */
    if (!protect(span, 0, span_bytes(span), PROT_READ | PROT_WRITE))
        return;
    span->offset = 0;
    span->flags = 0;
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

static bool holds(const void *p) {
    struct Quarantine *q = &quarantine;
    bool found = false;
    lock_take(&q->lock);
    for (size_t i = 0; i < q->count && !found; i++)
        found = ring[(q->first + i) % HELD_OBJECTS].p == p;
    lock_give(&q->lock);
    return found;
}

/* The poison may be the program's own bytes, by chance: only the lists know. */
bool escrt_debug_is_freed(const void *p) {
    const Span *span = span_of(p);
    if (span->state != SPAN_SMALL)
        return span->state != SPAN_LARGE;
    return all_are(p, GRANULE, POISON) &&
           (holds(p) || escrt_central_is_free(span, object_at(span, p)));
}

void escrt_debug_free(void *p, uint32_t class) {
    size_t memory = memory_of(p);
    if (class && escrt_debug_is_freed(p))
        escrt_die_of(p, "double free");
    Span *span = span_of(p);
    size_t size = escrt_debug_size(p);
    if (!all_are((unsigned char *)p + size, canaries(p, size), CANARY))
        escrt_die_of(p, "overflow: bytes behind the object were overwritten");
    size_t before = class ? 0 : canaries_before(span);
    if (!all_are((unsigned char *)p - before, before, CANARY))
        escrt_die_of(p, "underflow: bytes before the object were overwritten");
    if (class) {
        memset(p, POISON, memory);
    } else {
        span->state = SPAN_HELD;
        protect(span, 0, span_bytes(span), PROT_NONE);
    }
    hold(p, class, memory);
}

void escrt_debug_check(void) {
    if (!escrt_debug_level)
        return;
    struct Quarantine *q = &quarantine;
    lock_take(&q->lock);
    for (size_t i = 0; i < q->count; i++)
        check_poison(&ring[(q->first + i) % HELD_OBJECTS]);
    lock_give(&q->lock);
}

void escrt_check_everything(void) {
    escrt_debug_check();
    escrt_central_check();
    escrt_heap_check();
}

void escrt_debug_fork(bool prepare, bool child) {
    escrt_lock_fork(&quarantine.lock, prepare, child);
}
