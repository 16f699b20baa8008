/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* oracle.c - a preloaded library that finds out in which frame each block of a program could have
 * lived.
 *
 *     LD_PRELOAD=oracle.so ESCAPEMENT_COUNTS=FILE [ESCAPEMENT_WRAPPERS=HEX,HEX...] program
 *
 * The program was compiled with -finstrument-functions, so every function, inlined or not, tells
 * when it is entered and left; a thread keeps the activations in a stack of its own. Activations
 * and blocks draw their numbers from one counter of the thread, no two threads the same: an
 * activation that is on the stack when a block is freed was there when the block was made if its
 * number is smaller. The innermost such one, at or above the allocating function, is the *owner*,
 * and k is how many frames it is above. Allocating wrappers (their addresses are in
 * ESCAPEMENT_WRAPPERS) count as their caller.
 *
 * One slot of the owner could have held the block if no other block of the same site was live in
 * the same activation meanwhile, it was never reallocated, and it is at most SLOT_BYTES large.
 *
 * INVARIANT  The numbers on a thread's stack grow from the outside in.
 *
 * IMPRECISE  What longjmp skips is popped when the stack pointer shows it, or when a function
 * further out is left. Coroutines confuse the stack. A block freed by another thread has no owner.
 * Of two blocks of a site in one activation neither counts as a slot, though one might live further
 * in.
 *
 * NOT HERE  Printing (limit.c). Nothing in this file calls malloc by name or locks.
 */
#define _GNU_SOURCE
#include "limits.h"
#include "preload.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_FRAMES = 1 << 17, MOST_WRAPPERS = 256, NO_FRAME = -1 };

/* Blocks of one site that were made k frames below an activation and are live. */
typedef struct Live {
    struct Live *next;
    uint32_t site, level, count;
    uint64_t crowded; /* number of the last block that was made beside another */
} Live;

typedef struct {
    uint64_t number;
    const void *function, *call_site;
    uintptr_t stack_pointer;
    Live *live;
    bool wrapper;
} Frame;

/* In front of every block. */
typedef struct {
    _Alignas(16) uint64_t number;
    uint64_t size;
    const void *thread;
    int32_t frame; /* index of the allocating function's frame, wrappers left out; NO_FRAME: none */
    uint32_t site; /* LIMITS_SITES: none */
    uint32_t offset; /* from what libc returned to the block */
    bool crowded[SLOT_LEVELS], reallocated;
} Header;

typedef struct {
    Frame *frames;
    int32_t depth, lost; /* lost: activations beyond MOST_FRAMES */
    uint64_t next_number;
    Live *spare;
} Thread;

static _Thread_local Thread me __attribute__((tls_model("initial-exec")));
static Limits *limits;
static const void *wrappers[MOST_WRAPPERS];
static unsigned nwrappers;

static void *pages(size_t size) {
    int before = errno;
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    errno = before;
    return p == MAP_FAILED ? NULL : p;
}

/* The program is linked at a fixed address, libraries lie far above. */
static bool in_program(const void *address) {
    return (uintptr_t)address < UINT64_C(1) << 32;
}

/* ---- activations ----------------------------------------------------------------------------- */

static bool is_wrapper(const void *function) {
    for (unsigned i = 0; i < nwrappers; i++)
        if (wrappers[i] == function)
            return true;
    return false;
}

static void pop(void) {
    Frame *f = &me.frames[--me.depth];
    while (f->live != NULL) {
        Live *next = f->live->next;
        f->live->next = me.spare;
        me.spare = f->live;
        f->live = next;
    }
}

/* Activations below `stack_pointer` were left by longjmp. */
static void pop_skipped(uintptr_t stack_pointer) {
    while (me.depth > 0 && me.frames[me.depth - 1].stack_pointer < stack_pointer)
        pop();
}

static bool start_thread(void) {
    static uint64_t threads;
    me.frames = pages(MOST_FRAMES * sizeof *me.frames);
    me.next_number = __atomic_fetch_add(&threads, 1, __ATOMIC_RELAXED) << 40;
    static bool counted;
    if (!__atomic_exchange_n(&counted, true, __ATOMIC_RELAXED) && limits != NULL)
        add(&limits->processes, 1);
    return me.frames != NULL;
}

void __cyg_profile_func_enter(void *function, void *call_site);
void __cyg_profile_func_exit(void *function, void *call_site);

void __cyg_profile_func_enter(void *function, void *call_site) {
    uintptr_t stack_pointer = (uintptr_t)__builtin_frame_address(0);
    if (me.frames == NULL && !start_thread())
        return;
    pop_skipped(stack_pointer);
    if (me.depth == MOST_FRAMES) {
        me.lost++;
        return;
    }
    Frame *f = &me.frames[me.depth++];
    *f = (Frame){.number = ++me.next_number,
                 .function = function,
                 .call_site = call_site,
                 .stack_pointer = stack_pointer,
                 .wrapper = nwrappers != 0 && is_wrapper(function)};
}

void __cyg_profile_func_exit(void *function, void *call_site) {
    (void)call_site;
    if (me.lost > 0) {
        me.lost--;
        return;
    }
    pop_skipped((uintptr_t)__builtin_frame_address(0));
    int32_t found = me.depth - 1;
    while (found >= 0 && me.frames[found].function != function)
        found--;
    if (found < 0)
        return;
    while (me.depth > found)
        pop();
}

/* ---- sites and slots ------------------------------------------------------------------------- */

static uint32_t site_of(const void *address) {
    uint64_t key = (uint64_t)(uintptr_t)address;
    for (uint32_t probe = 0; probe < 64; probe++) {
        uint32_t at = (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15) >> 32) + probe) % LIMITS_SITES;
        uint64_t found = 0;
        if (__atomic_compare_exchange_n(&limits->sites[at].address, &found, key, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
            found == key)
            return at;
    }
    add(&limits->sites_lost, 1);
    return LIMITS_SITES;
}

static Live **find_live(int32_t frame, uint32_t site, uint32_t level) {
    Live **l = &me.frames[frame].live;
    while (*l != NULL && ((*l)->site != site || (*l)->level != level))
        l = &(*l)->next;
    return l;
}

static Live *new_live(int32_t frame, uint32_t site, uint32_t level) {
    if (me.spare == NULL) {
        enum { AT_ONCE = 1024 };
        Live *fresh = pages(AT_ONCE * sizeof *fresh);
        for (unsigned i = 0; fresh != NULL && i < AT_ONCE; i++) {
            fresh[i].next = me.spare;
            me.spare = &fresh[i];
        }
    }
    Live *l = me.spare;
    if (l == NULL)
        return NULL;
    me.spare = l->next;
    *l = (Live){.next = me.frames[frame].live, .site = site, .level = level};
    me.frames[frame].live = l;
    return l;
}

static void note_live(Header *h) {
    for (uint32_t level = 0; level < SLOT_LEVELS; level++) {
        int32_t frame = h->frame - (int32_t)level;
        if (frame < 0)
            return;
        Live *l = *find_live(frame, h->site, level);
        if (l == NULL)
            l = new_live(frame, h->site, level);
        if (l == NULL || l->count++ == 0)
            continue;
        l->crowded = h->number;
        h->crowded[level] = true;
    }
}

/* The block is made: `from` is where the allocation function returns to. */
static void born(Header *h, size_t size, const void *from) {
    *h = (Header){.size = size, .frame = NO_FRAME, .site = LIMITS_SITES, .offset = h->offset};
    if (limits == NULL || me.depth == 0)
        return;
    if (!in_program(from)) {
        add(&limits->library, 1);
        return;
    }
    int32_t top = me.depth - 1, frame = top;
    while (frame >= 0 && me.frames[frame].wrapper)
        frame--;
    if (frame < 0)
        return;
    h->site = site_of(frame == top ? from : me.frames[frame + 1].call_site);
    if (h->site == LIMITS_SITES)
        return;
    add(&limits->sites[h->site].blocks, 1);
    add(&limits->sites[h->site].bytes, size);
    if (me.lost > 0)
        return;
    h->thread = &me;
    h->number = ++me.next_number;
    h->frame = frame;
    note_live(h);
}

static int32_t owner_of(const Header *h) {
    int32_t at = h->frame < me.depth ? h->frame : me.depth - 1;
    while (at >= 0 && me.frames[at].number > h->number)
        at--;
    return at;
}

/* Takes the block off the lists that it is on; true: another was live beside it, `level` frames up.
 */
static bool was_crowded(const Header *h, uint32_t level, int32_t owner) {
    int32_t frame = h->frame - (int32_t)level;
    if (frame < 0 || frame > owner)
        return h->crowded[level];
    Live **at = find_live(frame, h->site, level), *l = *at;
    if (l == NULL)
        return true;
    bool crowded = h->crowded[level] || l->crowded > h->number;
    if (--l->count == 0) {
        *at = l->next;
        l->next = me.spare;
        me.spare = l;
    }
    return crowded;
}

static void count_slot(const Header *h, LimitSite *site, uint32_t k, bool crowded) {
    if (h->reallocated)
        add(&site->reallocated, 1);
    else if (h->size > SLOT_BYTES)
        add(&site->large, 1);
    else if (crowded)
        add(&site->overlapping, 1);
    else
        add(&site->slots_at[k], 1);
}

static void died(const Header *h) {
    if (limits == NULL || h->thread != &me)
        return;
    int32_t owner = owner_of(h);
    if (owner < 0)
        return;
    uint32_t k = (uint32_t)(h->frame - owner);
    bool crowded[SLOT_LEVELS];
    for (uint32_t level = 0; level < SLOT_LEVELS; level++)
        crowded[level] = was_crowded(h, level, owner);
    LimitSite *site = &limits->sites[h->site];
    if (k < LIMITS_LEVELS)
        add(&site->freed_at[k], 1);
    if (k < SLOT_LEVELS)
        count_slot(h, site, k, crowded[k]);
}

/* ---- the interface of malloc ----------------------------------------------------------------- */

static Header *header_of(void *block) {
    return (Header *)((char *)block - sizeof(Header));
}

static void *place(char *raw, size_t offset, size_t size, const void *from) {
    if (raw == NULL)
        return NULL;
    Header *h = header_of(raw + offset);
    h->offset = (uint32_t)offset;
    born(h, size, from);
    return raw + offset;
}

_Static_assert(sizeof(Header) % 16 == 0, "blocks stay aligned");

static size_t with_header(size_t size, size_t offset) {
    return size > PTRDIFF_MAX - offset ? SIZE_MAX : size + offset;
}

static void *allocate(size_t size, const void *from) {
    return place(__libc_malloc(with_header(size, sizeof(Header))), sizeof(Header), size, from);
}

static void *allocate_aligned(size_t alignment, size_t size, const void *from) {
    size_t offset = (sizeof(Header) + alignment - 1) / alignment * alignment;
    char *raw = offset > UINT32_MAX ? NULL : __libc_memalign(alignment, with_header(size, offset));
    return place(raw, offset, size, from);
}

static void *resize(void *block, size_t size, const void *from) {
    if (block == NULL)
        return allocate(size, from);
    Header *h = header_of(block);
    size_t offset = h->offset;
    char *moved = __libc_realloc((char *)block - offset, with_header(size, offset));
    if (moved == NULL)
        return NULL;
    h = header_of(moved + offset);
    h->size = size;
    h->reallocated = true;
    return moved + offset;
}

/* Where the entry returns to; drops what longjmp skipped first, as only the entry has a frame of
 * its own to compare with. */
#define FROM (pop_skipped((uintptr_t)__builtin_frame_address(0)), __builtin_return_address(0))

void *malloc(size_t size) {
    return allocate(size, FROM);
}

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return place(__libc_calloc(1, with_header(bytes, sizeof(Header))), sizeof(Header), bytes, FROM);
}

void *realloc(void *block, size_t size) {
    return resize(block, size, FROM);
}

void *reallocarray(void *block, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return resize(block, bytes, FROM);
}

void free(void *block) {
    if (block == NULL)
        return;
    Header *h = header_of(block);
    pop_skipped((uintptr_t)__builtin_frame_address(0));
    died(h);
    int before = errno;
    __libc_free((char *)block - h->offset);
    errno = before;
}

size_t malloc_usable_size(void *block) {
    return block == NULL ? 0 : header_of(block)->size;
}

void *memalign(size_t alignment, size_t size) {
    return allocate_aligned(alignment < 16 ? 16 : alignment, size, FROM);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return allocate_aligned(alignment < 16 ? 16 : alignment, size, FROM);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    int before = errno;
    void *block = allocate_aligned(alignment < 16 ? 16 : alignment, size, FROM);
    errno = before;
    if (block == NULL)
        return ENOMEM;
    *out = block;
    return 0;
}

void *valloc(size_t size) {
    return allocate_aligned((size_t)sysconf(_SC_PAGESIZE), size, FROM);
}

static char *copy(const char *string, size_t length, const void *from) {
    char *block = allocate(length + 1, from);
    if (block == NULL)
        return NULL;
    memcpy(block, string, length);
    block[length] = '\0';
    return block;
}

char *strdup(const char *string) {
    return copy(string, strlen(string), FROM);
}

char *strndup(const char *string, size_t limit) {
    return copy(string, strnlen(string, limit), FROM);
}

static int print(char **out, const char *format, va_list arguments, const void *from) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *block = length < 0 ? NULL : allocate((size_t)length + 1, from);
    if (block == NULL)
        return -1;
    *out = block;
    return vsnprintf(block, (size_t)length + 1, format, arguments);
}

int vasprintf(char **out, const char *format, va_list arguments) {
    return print(out, format, arguments, FROM);
}

int asprintf(char **out, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = print(out, format, arguments, FROM);
    va_end(arguments);
    return length;
}

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("ESCAPEMENT_COUNTS"), *list = getenv("ESCAPEMENT_WRAPPERS");
    limits = name != NULL ? map_shared(name, sizeof *limits) : NULL;
    while (list != NULL && *list != '\0' && nwrappers < MOST_WRAPPERS) {
        char *end;
        wrappers[nwrappers++] = (const void *)(uintptr_t)strtoull(list, &end, 16);
        list = *end == ',' ? end + 1 : "";
    }
}
