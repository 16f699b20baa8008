/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* stack.h - who called malloc: return addresses, innermost first. */
#ifndef ESCRT_STACK_H
#define ESCRT_STACK_H

#include "rt.h"

enum { UNWIND_DEPTH = 64 };

typedef enum UnwindHow {
    UNWIND_AUTO,   /* frame pointers; when they lead nowhere, the unwinder's tables */
    UNWIND_FRAMES, /* frame pointers alone */
} UnwindHow;

/* Frames of ours are left out, unless the program is linked statically. Returns how many addresses
 * there are; 0 when nothing could be found out. Takes no lock, allocates nothing; no lock may be
 * held. */
size_t escrt_unwind(UnwindHow how, uintptr_t frames[UNWIND_DEPTH]);

#endif
