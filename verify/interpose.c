/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* interpose.c - functions of the C library that must not see guarded memory, or that end frames.
 *
 * A free or realloc that gets a moved object was not found by the plugin: without verify mode the
 * allocator would have got an address of the stack. All else goes on to the next definition, the C
 * library's or another malloc's.
 *
 * NOT HERE  sigaction and signal (signals.c).
 */
#include "state.h"
#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <string.h>

/* dlsym may free what dlerror kept; such a block is lost. */
static _Thread_local bool looking __attribute__((tls_model("initial-exec")));

void *next_symbol(const char *name) {
    looking = true;
    void *symbol = dlsym(RTLD_NEXT, name);
    looking = false;
    return symbol;
}

/* A pointer to a function, found the first time. */
#define NEXT(type, name)                                                                           \
    static type *real;                                                                             \
    if (!__atomic_load_n(&real, __ATOMIC_ACQUIRE)) {                                               \
        type *found;                                                                               \
        void *symbol = next_symbol(name);                                                          \
        memcpy(&found, &symbol, sizeof symbol);                                                    \
        __atomic_store_n(&real, found, __ATOMIC_RELEASE);                                          \
    }

typedef void FreeFunction(void *);
typedef void *ReallocFunction(void *, size_t);
typedef void *ReallocArrayFunction(void *, size_t, size_t);
typedef size_t SizeFunction(void *);
typedef void JumpFunction(struct __jmp_buf_tag *, int);

static void refuse(void *p, Complaint living, const char *what, void *frame) {
    const Object *o = arena_object(p);
    bool dead = o && o->life == LIFE_DEAD;
    Trace where;
    trace_take(&where, thread_self(), frame);
    report_complaint(dead ? COMPLAIN_FREED_DEAD : living, o, p, what, &where);
    report_die();
}

ESC_VERIFY_API void free(void *p) {
    if (arena_has(p))
        refuse(p, COMPLAIN_MISSED_FREE, "freed", __builtin_frame_address(0));
    if (looking)
        return;
    NEXT(FreeFunction, "free")
    if (real)
        real(p);
}

ESC_VERIFY_API void *realloc(void *p, size_t bytes) {
    if (arena_has(p))
        refuse(p, COMPLAIN_MISSED_REALLOC, "reallocated", __builtin_frame_address(0));
    NEXT(ReallocFunction, "realloc")
    return real ? real(p, bytes) : (errno = ENOMEM, NULL);
}

ESC_VERIFY_API void *reallocarray(void *p, size_t count, size_t bytes) {
    if (arena_has(p))
        refuse(p, COMPLAIN_MISSED_REALLOC, "reallocated", __builtin_frame_address(0));
    NEXT(ReallocArrayFunction, "reallocarray")
    return real ? real(p, count, bytes) : (errno = ENOMEM, NULL);
}

ESC_VERIFY_API size_t malloc_usable_size(void *p);
ESC_VERIFY_API size_t malloc_usable_size(void *p) {
    if (arena_has(p))
        refuse(p, COMPLAIN_MISSED_FREE, "asked for its size", __builtin_frame_address(0));
    NEXT(SizeFunction, "malloc_usable_size")
    return real ? real(p) : 0;
}

/* Frames end; which, is seen when somebody runs again on this stack. */
#define JUMP(name)                                                                                 \
    ESC_VERIFY_API _Noreturn void name(struct __jmp_buf_tag to[1], int value);                     \
    ESC_VERIFY_API _Noreturn void name(struct __jmp_buf_tag to[1], int value) {                    \
        NEXT(JumpFunction, #name)                                                                  \
        thread_jump();                                                                             \
        if (real)                                                                                  \
            real(to, value);                                                                       \
        __builtin_trap();                                                                          \
    }
JUMP(longjmp)
JUMP(_longjmp)
JUMP(siglongjmp)
JUMP(__longjmp_chk)
