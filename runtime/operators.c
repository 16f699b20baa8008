/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* operators.c - C++'s operators new, by the names their linker symbols have.
 *
 * What fails calls the program's new handler until it gives up, and then throws std::bad_alloc;
 * both belong to the C++ library, which is there when anything throws. It is not linked: weak
 * references find it, and without it running out of memory ends the process.
 *
 * NOT HERE  operator delete is free under other names (fast_*.S, or aliases.c).
 */
#include "allocate.h"
#include "error.h"

typedef void (*NewHandler)(void);

/* std::get_new_handler() and libstdc++'s std::__throw_bad_alloc(). */
NewHandler get_new_handler(void) __asm__("_ZSt15get_new_handlerv") __attribute__((weak));
void throw_bad_alloc(void) __asm__("_ZSt17__throw_bad_allocv") __attribute__((weak));

/* True: a handler ran, and it is worth another try. */
static bool handler_ran(void) {
    NewHandler handler = &get_new_handler ? get_new_handler() : NULL;
    if (!handler)
        return false;
    handler(); /* may throw: this file is compiled with tables for unwinding */
    return true;
}

static void *allocate(size_t size, size_t align, bool throws) {
    bool zeroed;
    for (;;) {
        void *p = escrt_allocate(size, align, &zeroed);
        if (likely(p))
            return p;
        if (handler_ran())
            continue;
        if (!throws)
            return NULL;
        if (&throw_bad_alloc)
            throw_bad_alloc();
        escrt_die("operator new(%zu): out of memory, and nobody to throw std::bad_alloc", size);
    }
}

void *escrt_new_slow(size_t size) {
    return allocate(size, GRANULE, true);
}

#define OPERATOR(name, symbol, parameters, size, align, throws)                                    \
    EXPORT void *name parameters __asm__(symbol);                                                  \
    void *name parameters {                                                                        \
        return allocate(size, align, throws);                                                      \
    }

#define ALIGN(align) max_size(align, GRANULE)

OPERATOR(new_nothrow, "_ZnwmRKSt9nothrow_t", (size_t n, const void *tag), ((void)tag, n), GRANULE,
         false)
OPERATOR(new_array_nothrow, "_ZnamRKSt9nothrow_t", (size_t n, const void *tag), ((void)tag, n),
         GRANULE, false)
OPERATOR(new_aligned, "_ZnwmSt11align_val_t", (size_t n, size_t align), n, ALIGN(align), true)
OPERATOR(new_array_aligned, "_ZnamSt11align_val_t", (size_t n, size_t align), n, ALIGN(align), true)
OPERATOR(new_aligned_nothrow, "_ZnwmSt11align_val_tRKSt9nothrow_t",
         (size_t n, size_t align, const void *tag), ((void)tag, n), ALIGN(align), false)
OPERATOR(new_array_aligned_nothrow, "_ZnamSt11align_val_tRKSt9nothrow_t",
         (size_t n, size_t align, const void *tag), ((void)tag, n), ALIGN(align), false)
