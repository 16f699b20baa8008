/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* stack.c - who called malloc: by frame pointers first, by the unwinder's tables when they break
 * off.
 *
 * Frame pointers cost a load a frame, but code compiled without them leaves anything in the
 * register. So a chain is followed only inside the thread's own stack, upwards, and is believed
 * only when it arrives at the stack's beginning, where the C library called main or the thread's
 * function.
 *
 * Otherwise _Unwind_Backtrace reads the tables that C++ exceptions use. That is safe here because
 * libgcc (12 and up) finds them by _dl_find_object (glibc 2.35 and up), which takes no lock and
 * allocates nothing; where it is not there the tables are not used. Nor are they when the loader
 * itself is the caller: it may be in the middle of changing what _dl_find_object reads.
 *
 * INVARIANT  No address is read that is not between the stack pointer and the end of its mapping.
 *
 * NOT HERE  Names of functions: whoever reads the profile has the binaries.
 */
#include "stack.h"
#include "maps.h"

#include <dlfcn.h>
#include <unwind.h>

/* A frame as both architectures lay it out when frame pointers are kept. */
typedef struct Frame {
    const struct Frame *next;
    uintptr_t return_address;
} Frame;

typedef struct Walk {
    uintptr_t *frames;
    size_t count;
    uintptr_t own_start, own_end; /* our library */
    bool seen;                    /* a frame that is not ours: what comes now is the program's */
} Walk;

enum {
    MAX_OWN_FRAMES = 12, /* of ours between the entry and here */
    /* How far from the beginning of the stack the C library's first frames are: on the main
     * thread below argv and the environment; on others below the thread's descriptor and its
     * thread-local storage, which is some KiB in programs with many libraries. */
    FIRST_FRAMES = 1024,
    FIRST_FRAMES_OF_THREAD = 8192,
    SMALL_NUMBER = 4096,
};

/* glibc's; weak, so that older ones and other C libraries do as well. */
#ifndef DLFO_STRUCT_HAS_EH_DBASE
extern int _dl_find_object(void *address, void *result);
#endif
#pragma weak _dl_find_object
extern void *__libc_stack_end __attribute__((weak));

static _Thread_local uintptr_t stack_end __attribute__((tls_model("initial-exec")));

/* Signed return addresses lose their signature (aarch64); elsewhere they have none. */
static uintptr_t strip(uintptr_t address) {
#if defined __aarch64__
    register uintptr_t x30 __asm__("x30") = address;
    __asm__("hint 7" : "+r"(x30)); /* xpaclri; a no-op where there are no signatures */
    return x30;
#else
    return address;
#endif
}

static void add(Walk *walk, uintptr_t address) {
    walk->seen |= address < walk->own_start || address >= walk->own_end;
    if (walk->seen && walk->count < UNWIND_DEPTH)
        walk->frames[walk->count++] = address;
}

/* A stack of its own (a coroutine's, a signal's) has another end: then it is looked up again. */
static uintptr_t end_of_stack(uintptr_t here) {
    enum { NEAR = 64 << 20 };
    if (here >= stack_end || stack_end - here > NEAR)
        stack_end = escrt_maps_end_of(here);
    return stack_end;
}

static bool starts_here(uintptr_t frame, uintptr_t end) {
    uintptr_t main_start = &__libc_stack_end ? (uintptr_t)__libc_stack_end : 0;
    if (main_start > frame && main_start < end)
        return main_start - frame <= FIRST_FRAMES;
    uintptr_t descriptor = (uintptr_t)__builtin_thread_pointer();
    uintptr_t top = descriptor > frame && descriptor < end ? descriptor : end;
    return top - frame <= FIRST_FRAMES_OF_THREAD;
}

/* Do both addresses lie in one loaded object? */
static bool same_object(uintptr_t one, uintptr_t other) {
#ifdef DLFO_STRUCT_HAS_EH_DBASE
    struct dl_find_object object;
    return _dl_find_object && _dl_find_object((void *)one, &object) == 0 &&
           other >= (uintptr_t)object.dlfo_map_start && other < (uintptr_t)object.dlfo_map_end;
#else
    (void)one;
    (void)other;
    return false;
#endif
}

/* Did the chain arrive where the C library began it? The last return address is in libc then: that
 * alone would also be so of a callback of qsort, whose caller keeps no frame pointer. */
static bool complete(const Walk *walk, uintptr_t last_frame, uintptr_t end) {
    return walk->seen && walk->count >= 2 && starts_here(last_frame, end) &&
           same_object((uintptr_t)_dl_find_object, walk->frames[walk->count - 1]);
}

static bool walk_frames(Walk *walk) {
    const Frame *frame = __builtin_frame_address(0);
    uintptr_t end = end_of_stack((uintptr_t)frame), at = (uintptr_t)frame;
    if (end == 0)
        return false;
    for (size_t own = 0; walk->count < UNWIND_DEPTH; own++) {
        add(walk, strip(frame->return_address));
        uintptr_t next = (uintptr_t)frame->next;
        bool plausible = next > at && next % sizeof(void *) == 0 && next <= end - sizeof(Frame);
        if (!plausible || (!walk->seen && own == MAX_OWN_FRAMES))
            break;
        frame = frame->next;
        at = next;
        if (strip(frame->return_address) < SMALL_NUMBER)
            break;
    }
    return walk->count == UNWIND_DEPTH || complete(walk, at, end);
}

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *argument) {
    Walk *walk = argument;
    uintptr_t address = (uintptr_t)_Unwind_GetIP(context);
    if (address < SMALL_NUMBER || walk->count == UNWIND_DEPTH)
        return _URC_END_OF_STACK;
    add(walk, address);
    return _URC_NO_REASON;
}

/* Not from the loader, whose variable __libc_stack_end is; in a static program nothing is loaded,
 * and that variable lies beside this function. */
static bool tables_are_safe(uintptr_t caller) {
    uintptr_t in_loader = (uintptr_t)&__libc_stack_end, here = (uintptr_t)escrt_unwind;
    if (!_dl_find_object || !in_loader)
        return false;
    return !same_object(in_loader, caller) || same_object(in_loader, here);
}

/* Where our library is loaded; nowhere when we are a part of the program. */
static void find_own(Walk *walk) {
#ifdef DLFO_STRUCT_HAS_EH_DBASE
    struct dl_find_object object;
    uintptr_t here = (uintptr_t)escrt_unwind;
    if (!_dl_find_object || same_object(here, (uintptr_t)_dl_find_object) ||
        _dl_find_object((void *)here, &object) != 0)
        return;
    walk->own_start = (uintptr_t)object.dlfo_map_start;
    walk->own_end = (uintptr_t)object.dlfo_map_end;
#else
    (void)walk;
#endif
}

__attribute__((noinline)) size_t escrt_unwind(UnwindHow how, uintptr_t frames[UNWIND_DEPTH]) {
    Walk by_frames = {.frames = frames}, by_tables = {.frames = frames};
    find_own(&by_frames);
    if (walk_frames(&by_frames) || how == UNWIND_FRAMES)
        return by_frames.count;
    uintptr_t first = by_frames.count > 0 ? frames[0] : 0;
    if (!tables_are_safe(first))
        return by_frames.count;
    by_tables.own_start = by_frames.own_start;
    by_tables.own_end = by_frames.own_end;
    _Unwind_Backtrace(visit, &by_tables);
    if (by_tables.count > 0 || first == 0)
        return by_tables.count;
    frames[0] = first;
    return 1;
}
