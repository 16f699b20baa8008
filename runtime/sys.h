/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* sys.h - the kernel, and nothing of libc between: errno is never touched.
 *
 * Raw system calls for two reasons: what succeeds must keep errno, and the scavenger's thread
 * (scavenge.c) has no thread-local storage of libc's.
 */
#ifndef ESCRT_SYS_H
#define ESCRT_SYS_H

#include "rt.h"

#include <sys/syscall.h>

#if defined __x86_64__
static inline long sys_call(long n, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined __aarch64__
static inline long sys_call(long n, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}
#else
#error "the runtime knows x86-64 and aarch64"
#endif

/* The last is the error, negated, as the kernel returns it. */
static inline bool sys_failed(long result) {
    return result < 0 && result > -4096;
}

/* An address far from where the system puts mappings, and how much from there on is likely to stay
 * free. The same whoever asks in a process, and whenever. */
uintptr_t escrt_sys_quiet_place(size_t *bytes);
/* Memory at an address where nothing is mapped yet. False: no memory, or *taken: something is. */
bool escrt_sys_map_at(void *address, size_t bytes, bool *taken);
/* Memory of its own, zero, never given back; NULL: refused. */
void *escrt_sys_map(size_t bytes);
void escrt_sys_unmap(void *address, size_t bytes);
/* Gives the memory back; the addresses stay usable and read zero. */
void escrt_sys_release(void *address, size_t bytes);

/* Moves what is mapped at `from` to `to`, in place of what is there; at `from` zeros remain. False:
 * the system cannot, or not there. */
bool escrt_sys_move(void *from, void *to, size_t bytes);
/* Zeros in place of whatever is mapped there. */
void escrt_sys_renew(void *address, size_t bytes);

void escrt_sys_write(int fd, const char *text, size_t length);
/* Makes or empties a file for writing; negative: could not. */
int escrt_sys_create(const char *path);
void escrt_sys_close(int fd);
uint64_t escrt_sys_now_ns(void);
void escrt_sys_sleep_ns(uint64_t ns);
_Noreturn void escrt_sys_abort(void);

/* What RLIMIT_AS leaves, SIZE_MAX without a limit. */
size_t escrt_sys_address_space_limit(void);
/* One more than the highest number a CPU of this system can have. */
uint32_t escrt_sys_max_cpus(void);
uint32_t escrt_sys_thread_id(void);

/* For tests: the n-th request for memory from now on fails, and with `sticky` all after it; 0: none
 * does. Counts the requests of the page heap as well as those of this file. */
void escrt_sys_fail_after(uint64_t n, bool sticky);
bool escrt_sys_injected_failure(void);

#endif
