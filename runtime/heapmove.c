/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* heapmove.c - a large object that grows elsewhere takes its pages along instead of being copied.
 *
 * mremap hangs pages to other addresses: no byte is copied, no page is filled anew, and an array is
 * never in memory twice. What stays behind is mapped and empty. But the kernel remembers for each
 * mapping where its pages were first, and joins neighbours only when that fits: a heap full of
 * moved pages would be thousands of mappings, of which a process may have 65530. So both places are
 * marked, and mapped anew when they are freed, which joins them to what is around them.
 *
 * INVARIANT  At most MAX_MOVED spans are marked at any time; only spans in use are.
 *
 * NOT HERE  Whether an object has to move at all (entries.c).
 */
#include "heapstate.h"
#include "sys.h"

enum {
    MAX_MOVED = 1000, /* each is three mappings instead of one at most */
    /* 4 MiB. What was moved goes back to the system when it is freed, so that its next owner pays
     * for faults: arrays that grow to 1 MiB again and again (bench row grow-double) took 155 ms
     * instead of 88 with 256 KiB here. */
    MIN_PAGES = 4 << 20 >> PAGE_SHIFT,
};

static _Atomic uint32_t num_moved;

static bool may_move(const Span *span) {
    return span->state == SPAN_LARGE && (span->flags & ~SPAN_MOVED) == 0 &&
           span->npages >= MIN_PAGES && span->page % heap.unit == 0;
}

static void mark(Span *span) {
    if (span->flags & SPAN_MOVED)
        return;
    span->flags |= SPAN_MOVED;
    atomic_fetch_add_explicit(&num_moved, 1, memory_order_relaxed);
}

bool escrt_heap_move(Span *from, Span *to) {
    if (!may_move(from) || !may_move(to) || to->npages < from->npages ||
        from->npages % heap.unit != 0 ||
        atomic_load_explicit(&num_moved, memory_order_relaxed) + 2 > MAX_MOVED ||
        !escrt_sys_move(span_start(from), span_start(to), span_bytes(from)))
        return false;
    mark(from);
    mark(to);
    return true;
}

bool escrt_heap_renew(Span *span) {
    if (likely(!(span->flags & SPAN_MOVED)))
        return false;
    span->flags &= (uint8_t)~SPAN_MOVED;
    atomic_fetch_sub_explicit(&num_moved, 1, memory_order_relaxed);
    escrt_sys_renew(span_start(span), span_bytes(span));
    return true;
}
