/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* rt.h - what every file of the runtime sees: sizes and assertions.
 *
 * NOT HERE  Nothing in the runtime may call malloc, stdio or anything else that might. What it
 * needs of libc is memcpy, memset, clock_gettime and environ; system calls are made by sys.h.
 */
#ifndef ESCRT_RT_H
#define ESCRT_RT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Assertions by level: 0 none, 1 constant time on slow paths, 2 the check function of the object at
 * hand, 3 the whole heap after every slow path. A release has 1; a debug build and the sanitizers
 * build have 2; tests/CMakeLists.txt makes one with 3. */
#ifndef ESCRT_CHECK_LEVEL
#ifdef NDEBUG
#define ESCRT_CHECK_LEVEL 1
#else
#define ESCRT_CHECK_LEVEL 2
#endif
#endif

#define RT_ASSERT(level, condition)                                                                \
    ((level) > ESCRT_CHECK_LEVEL || (condition)                                                    \
         ? (void)0                                                                                 \
         : escrt_assert_failed(#condition, __FILE__, __LINE__))

/* A call of such a function. */
#define RT_CHECK(level, call) ((level) > ESCRT_CHECK_LEVEL ? (void)0 : (call))

_Noreturn void escrt_assert_failed(const char *condition, const char *file, int line);

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define HOT __attribute__((hot))
#define COLD __attribute__((cold, noinline))
#define EXPORT __attribute__((visibility("default")))
/* On declarations of variables: -fvisibility=hidden is about definitions, and the address of what
 * may be another library's is loaded first. */
#define HIDDEN __attribute__((visibility("hidden")))

enum {
    PAGE_SHIFT = 13,
    PAGE_BYTES = 1 << PAGE_SHIFT, /* a page of the heap */
    OS_PAGE_BYTES = 4096,         /* the smallest the systems we run on have; checked at start */
    MAX_SMALL = 32768,            /* larger objects are spans of their own */
    GRANULE = 16,                 /* sizes and addresses of objects are multiples of it */
    MAX_OBJECTS = PAGE_BYTES / GRANULE, /* in one span */
    CACHE_LINE = 64,
};

/* What objects larger than PTRDIFF_MAX would break: the difference of two pointers into them. */
#define MAX_REQUEST ((size_t)PTRDIFF_MAX)

static inline size_t round_up(size_t n, size_t power_of_two) {
    return (n + power_of_two - 1) & ~(power_of_two - 1);
}

static inline size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}
static inline size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}

#endif
