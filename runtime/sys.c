/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sys.c - memory, time and text, straight from the kernel. */
#include "sys.h"
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

/* ---- failing on purpose -------------------------------------------------------------------- */

static _Atomic uint64_t fail_countdown; /* 0: off; 1: this one fails */
static _Atomic bool fail_sticky;

void escrt_sys_fail_after(uint64_t n, bool sticky) {
    atomic_store(&fail_sticky, sticky);
    atomic_store(&fail_countdown, n);
}

bool escrt_sys_injected_failure(void) {
    if (likely(atomic_load_explicit(&fail_countdown, memory_order_relaxed) == 0))
        return false;
    uint64_t left = atomic_load(&fail_countdown);
    while (left > 1)
        if (atomic_compare_exchange_weak(&fail_countdown, &left, left - 1))
            return false;
    if (left == 1 && !atomic_load(&fail_sticky))
        atomic_store(&fail_countdown, 0);
    return left == 1;
}

/* ---- memory -------------------------------------------------------------------------------- */

static const int ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS;

void *escrt_sys_map(size_t bytes) {
    if (escrt_sys_injected_failure())
        return NULL;
    long p = sys_call(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE, ANONYMOUS | MAP_NORESERVE,
                      -1, 0);
    return sys_failed(p) ? NULL : (void *)p;
}

/* Without MAP_NORESERVE: what the system would refuse to another malloc it may refuse to us. A
 * kernel before 4.17 takes the address as a hint and may choose another. */
bool escrt_sys_map_at(void *address, size_t bytes, bool *taken) {
    *taken = false;
    if (escrt_sys_injected_failure())
        return false;
    long p = sys_call(SYS_mmap, (long)address, (long)bytes, PROT_READ | PROT_WRITE,
                      ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (p == (long)address)
        return true;
    *taken = p == -EEXIST || !sys_failed(p);
    if (!sys_failed(p))
        escrt_sys_unmap((void *)p, bytes);
    return false;
}

/* MREMAP_DONTUNMAP (Linux 5.7): no moment at which somebody else could be given the old place. */
bool escrt_sys_move(void *from, void *to, size_t bytes) {
    enum { MAY_MOVE = 1, FIXED = 2, DONT_UNMAP = 4 };
    if (escrt_sys_injected_failure())
        return false;
    return !sys_failed(sys_call(SYS_mremap, (long)from, (long)bytes, (long)bytes,
                                MAY_MOVE | FIXED | DONT_UNMAP, (long)to, 0));
}

void escrt_sys_renew(void *address, size_t bytes) {
    if (sys_failed(sys_call(SYS_mmap, (long)address, (long)bytes, PROT_READ | PROT_WRITE,
                            ANONYMOUS | MAP_FIXED, -1, 0)))
        escrt_sys_release(address, bytes);
}

/* Mappings grow down from near the top, programs lie low or at two thirds; half of the way up is
 * nobody's. An eighth of the way is then ours without a meeting.
 * Two copies of this library in one process have to come out at the same place, where the second
 * sees the first: so the place follows from where the stack is, as random as the system makes it,
 * and not from where a mapping would lie now.
 * valgrind maps upwards from low addresses, and lets a program have those below 64 GiB: a half of
 * them is far from where it begins. */
enum { LOW_END = 1 << 30 };
#define LOW_PLACE ((uintptr_t)32 << 30)

/* The address of a few bytes that the kernel puts on the first stack. */
static uintptr_t stack_place(void) {
    return (uintptr_t)getauxval(AT_RANDOM);
}

/* Multiples of 4 MiB below 512 GiB, from the bits that differ from run to run. */
static uintptr_t scatter(uintptr_t place) {
    return (uintptr_t)(((uint64_t)place >> 4) * 0x9e3779b97f4a7c15u >> 47) << 22;
}

uintptr_t escrt_sys_quiet_place(size_t *bytes) {
    void *top = escrt_sys_map(OS_PAGE_BYTES);
    if (!top)
        return 0;
    escrt_sys_unmap(top, OS_PAGE_BYTES);
#ifdef ESCRT_THREAD_SANITIZER
    /* It has shadow for the last terabyte or so, and nothing below. */
    *bytes = (size_t)128 << 30;
    return (uintptr_t)top - 2 * *bytes;
#endif
    if ((uintptr_t)top < LOW_END) {
        *bytes = LOW_PLACE / 2;
        return LOW_PLACE;
    }
    uintptr_t stack = stack_place() ? stack_place() : (uintptr_t)top;
    *bytes = stack / 8;
    return stack / 2 - scatter(stack) % (stack / 64);
}

void escrt_sys_unmap(void *address, size_t bytes) {
    sys_call(SYS_munmap, (long)address, (long)bytes, 0, 0, 0, 0);
}

/* MADV_DONTNEED and not MADV_FREE: the latter leaves the pages in RSS until the system is short of
 * memory, which is what users report as a leak. Locked memory is refused: then it stays. */
void escrt_sys_release(void *address, size_t bytes) {
    sys_call(SYS_madvise, (long)address, (long)bytes, MADV_DONTNEED, 0, 0, 0);
}

size_t escrt_sys_address_space_limit(void) {
    struct rlimit limit;
    if (sys_failed(sys_call(SYS_prlimit64, 0, RLIMIT_AS, 0, (long)&limit, 0, 0)) ||
        limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return (size_t)limit.rlim_cur;
}

/* ---- the rest ------------------------------------------------------------------------------ */

void escrt_sys_write(int fd, const char *text, size_t length) {
    while (length > 0) {
        long n = sys_call(SYS_write, fd, (long)text, (long)length, 0, 0, 0);
        if (n == -EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        length -= (size_t)n;
    }
}

int escrt_sys_create(const char *path) {
    return (int)sys_call(SYS_openat, AT_FDCWD, (long)path,
                         O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644, 0, 0);
}

void escrt_sys_close(int fd) {
    sys_call(SYS_close, fd, 0, 0, 0, 0, 0);
}

uint64_t escrt_sys_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void escrt_sys_sleep_ns(uint64_t ns) {
    struct timespec t = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    sys_call(SYS_nanosleep, (long)&t, 0, 0, 0, 0, 0);
}

/* abort() flushes nothing since glibc 2.27, but may take a lock; a signal to ourselves does not.
 * The handler for SIGABRT runs, as with abort(). */
void escrt_sys_abort(void) {
    long process = sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    sys_call(SYS_tgkill, process, escrt_sys_thread_id(), SIGABRT, 0, 0, 0);
    abort();
}

/* The kernel copies as many bytes of its mask as it has CPUs for, in words: 8 for up to 64. */
uint32_t escrt_sys_max_cpus(void) {
    static unsigned long mask[8192 / 8 / sizeof(unsigned long)];
    long bytes = sys_call(SYS_sched_getaffinity, 0, sizeof mask, (long)mask, 0, 0, 0);
    return sys_failed(bytes) ? 1024 : (uint32_t)bytes * 8;
}

uint32_t escrt_sys_thread_id(void) {
    return (uint32_t)sys_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
}
