/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* aliases.c - malloc, free and their other names where fast_*.S has no part: the same, in C. */
#include "rseq.h"

#ifndef ESCRT_RSEQ

#include "allocate.h"
#include "probe.h"

EXPORT void *escrt_malloc(size_t size) {
    return escrt_malloc_slow(size);
}
EXPORT void escrt_free(void *p) {
    PROBE1(free, p);
    escrt_free_slow(p);
}
static void *new (size_t size) __attribute__((used));
static void *new (size_t size) {
    return escrt_new_slow(size);
}

#define ALIAS(name, target)                                                                        \
    __asm__(".globl " #name "\n.type " #name ", %function\n.set " #name ", " #target)
#define FREE(name) ALIAS(name, escrt_free)

ALIAS(escrt_own_malloc, escrt_malloc);
ALIAS(escrt_own_free, escrt_free);
ALIAS(malloc, escrt_malloc);
ALIAS(_Znwm, new);
ALIAS(_Znam, new);
FREE(free);
FREE(cfree);
FREE(_ZdlPv);
FREE(_ZdaPv);
FREE(_ZdlPvm);
FREE(_ZdaPvm);
FREE(_ZdlPvRKSt9nothrow_t);
FREE(_ZdaPvRKSt9nothrow_t);
FREE(_ZdlPvSt11align_val_t);
FREE(_ZdaPvSt11align_val_t);
FREE(_ZdlPvmSt11align_val_t);
FREE(_ZdaPvmSt11align_val_t);
FREE(_ZdlPvSt11align_val_tRKSt9nothrow_t);
FREE(_ZdaPvSt11align_val_tRKSt9nothrow_t);

#endif
