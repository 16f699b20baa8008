/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* fast_aarch64.S - malloc and free when the CPU's cache serves them; all else is a jump to C.
 *
 * The same steps as fast_x86_64.S, whose head says how restartable sequences work and what must hold. A
 * push commits with a release store: whoever reads a header from another CPU (escrt_cache_holds)
 * finds the slots below it filled.
 */
#include "cache.h"
#include "probe.h"

#if defined ESCRT_RSEQ && defined __aarch64__

#define RSEQ_SIGNATURE 0xd428bc00
#define CPU_ID 4
#define RSEQ_CS 8
#define MAX_SMALL_BYTES 32768
#define PAGE_MASK 8191

    .irp name, escrt_small_bound, escrt_rseq_offset, escrt_slabs, escrt_heap_last, escrt_heap_limit, \
          escrt_kept_range, escrt_kept_bins, escrt_malloc_slow, escrt_new_slow, escrt_free_slow, escrt_free_object, \
          escrt_free_doubted, escrt_free_kept, escrt_rseq_pop, \
          escrt_rseq_push, escrt_rseq_pop_many, escrt_rseq_push_many, escrt_new
    .hidden \name
    .endr

    .text

    .macro DESCRIPTOR name, abort
    .pushsection .data.rel.ro.escrt_rseq, "aw"
    .balign 32
\name:
    .word 0, 0
    .quad 1b, 2b - 1b, 3f
    .popsection
    .pushsection .text.escrt_abort, "ax"
    .balign 4
    .inst RSEQ_SIGNATURE
3:
    b \abort
    .popsection
    .endm

    .macro FUNCTION name
    .globl \name
    .type \name, %function
    .p2align 6
\name:
    .cfi_startproc
    .endm

    .macro END name
    .cfi_endproc
    .size \name, . - \name
    .endm

    .macro LOAD register, variable
    adrp \register, \variable
    ldr \register, [\register, :lo12:\variable]
    .endm

/* x10: the thread's struct rseq, with the descriptor stored; x11: the slabs. Uses x9. */
    .macro BEGIN descriptor
    mrs x10, tpidr_el0
    LOAD x9, escrt_rseq_offset
    LOAD x11, escrt_slabs
    add x10, x10, x9
    adrp x9, \descriptor
    add x9, x9, :lo12:\descriptor
    str x9, [x10, RSEQ_CS]
    .endm

/* x13: the slab of this CPU. */
    .macro SLAB
    ldrsw x13, [x10, CPU_ID]
    ldr x13, [x11, x13, lsl 3]
    .endm

/* void *NAME(size_t size): SLOW has the same argument. */
    .macro ALLOCATE name, slow
    FUNCTION \name
    LOAD x9, escrt_small_bound
    cmp x0, x9
    b.hs 7f
    add w12, w0, 15
    lsr w12, w12, 4
    BEGIN .Ldescriptor_\name
1:
    SLAB
    add x14, x13, SLAB_TABLE
    ldrb w14, [x14, x12]
    add x14, x13, x14, lsl 3
    ldr x15, [x14]
    and x16, x15, 0xffff
    add x16, x13, x16, lsl 3
    ldur x16, [x16, -8]
    cbz x16, 8f
    mov x17, HEADER_POP
    add x15, x15, x17
    str x15, [x14]
2:
    PROBE malloc, "8@x16 8@x0"
    mov x0, x16
    ret
8:
    b \slow
    DESCRIPTOR .Ldescriptor_\name, \slow
7:
    LOAD x9, escrt_kept_range
    sub x12, x0, 1
    sub x14, x12, MAX_SMALL_BYTES
    cmp x14, x9
    b.hs 8b
    lsr x12, x12, 13
    adrp x14, escrt_kept_bins
    add x14, x14, :lo12:escrt_kept_bins
    ldrb w12, [x14, x12]
    BEGIN .Ldescriptor_\name\()_kept
1:
    SLAB
    add x14, x13, x12, lsl 3
    ldr x15, [x14]
    and x16, x15, 0xffff
    add x16, x13, x16, lsl 3
    ldur x16, [x16, -8]
    cbz x16, 8b
    mov x17, HEADER_POP
    add x15, x15, x17
    str x15, [x14]
2:
    PROBE malloc, "8@x16 8@x0"
    mov x0, x16
    LOAD x9, escrt_heap_last
    sub x10, x9, x0
    asr x10, x10, 13
    add x12, x9, x10, lsl 3
    mov w13, RECORD_LIVE
    sturh w13, [x12, 1]
    ret
    DESCRIPTOR .Ldescriptor_\name\()_kept, \slow
    END \name
    .endm

    ALLOCATE escrt_malloc, escrt_malloc_slow
    ALLOCATE escrt_new, escrt_new_slow

/* void escrt_free(void *p): escrt_free_slow has looked at nothing; escrt_free_object gets a class in bins in
 * w1 and the start of an object; escrt_free_doubted the same, of one that seems to be free. */
    FUNCTION escrt_free
    PROBE free, "8@x0"
    LOAD x9, escrt_heap_last
    LOAD x11, escrt_heap_limit
    sub x10, x9, x0
    asr x10, x10, 13
    cmp x10, x11
    b.lo 8f
    add x12, x9, x10, lsl 3
    ldurh w13, [x12, 1]
    ldur w14, [x12, 5]
    and w13, w13, w0
    mul w13, w13, w14
    cmp w13, w14
    b.hs 5f
    ldurh w1, [x12, 3]
    BEGIN .Ldescriptor_free
1:
    SLAB
    add x14, x13, x1, lsl 3
    ldr x15, [x14]
    ldrh w16, [x14, 8]
    and x17, x15, 0xffff
    cmp w16, w17
    b.eq 9f
    ubfx x12, x0, 4, 12
    sub x9, x13, SLAB_RECENT
    ldrh w16, [x9, x12, lsl 1]
    cmp w16, w17
    csel w16, w16, w1, lo       /* the header is no object */
    ldr x11, [x13, x16, lsl 3]
    cmp x11, x0
    b.eq 7f
    strh w17, [x9, x12, lsl 1]
    str x0, [x13, x17, lsl 3]
    add x15, x15, 1
    stlr x15, [x14]
2:
    ret
8:
    b escrt_free_slow
7:
    b escrt_free_doubted
9:
    b escrt_free_object
    DESCRIPTOR .Ldescriptor_free, escrt_free_object
/* Perhaps the start of a large object that a cache may take. */
5:
    ldurh w13, [x12, 1]
    cmp w13, RECORD_LIVE
    b.ne 8b
    tst x0, PAGE_MASK
    b.ne 8b
    mov w13, RECORD_CACHED
    sturh w13, [x12, 1]
    ldurh w1, [x12, 3]
    BEGIN .Ldescriptor_free_kept
1:
    SLAB
    add x14, x13, x1, lsl 3
    ldr x15, [x14]
    ldrh w16, [x14, 8]
    and x17, x15, 0xffff
    cmp w16, w17
    b.eq 4f
    str x0, [x13, x17, lsl 3]
    add x15, x15, 1
    stlr x15, [x14]
2:
    ret
4:
    b escrt_free_kept
    DESCRIPTOR .Ldescriptor_free_kept, escrt_free_kept
    END escrt_free

/* The same for C: bins in w0. */
    FUNCTION escrt_rseq_pop
    mov w12, w0
    BEGIN .Ldescriptor_pop
1:
    SLAB
    add x14, x13, x12, lsl 3
    ldr x15, [x14]
    and x16, x15, 0xffff
    add x16, x13, x16, lsl 3
    ldur x0, [x16, -8]
    cbz x0, 4f
    mov x17, HEADER_POP
    add x15, x15, x17
    str x15, [x14]
2:
4:
    ret
    DESCRIPTOR .Ldescriptor_pop, .Lpop_aborted
.Lpop_aborted:
    mov x0, 1
    ret
    END escrt_rseq_pop

    FUNCTION escrt_rseq_push
    mov w12, w0
    BEGIN .Ldescriptor_push
1:
    SLAB
    add x14, x13, x12, lsl 3
    ldr x15, [x14]
    ldrh w16, [x14, 8]
    and x17, x15, 0xffff
    cmp w16, w17
    b.eq 4f
    ubfx x9, x1, 4, 12
    sub x16, x13, SLAB_RECENT
    strh w17, [x16, x9, lsl 1]
    str x1, [x13, x17, lsl 3]
    add x15, x15, 1
    stlr x15, [x14]
2:
    mov w0, 0
    ret
4:
    mov w0, 1
    ret
    DESCRIPTOR .Ldescriptor_push, .Laborted
    END escrt_rseq_push

/* int escrt_rseq_pop_many(bin w0, objects x1, n w2) */
    FUNCTION escrt_rseq_pop_many
    mov w12, w0
    BEGIN .Ldescriptor_pop_many
1:
    SLAB
    add x14, x13, x12, lsl 3
    ldr x15, [x14]
    ldrh w16, [x14, 10]
    and x17, x15, 0xffff
    sub w0, w17, w16            /* what there is */
    cmp w0, w2
    csel w0, w0, w2, lo
    cbz w0, 4f
    sub x15, x15, x0
    add x17, x13, x17, lsl 3
    mov w16, w0
5:
    ldr x9, [x17, -8]!
    str x9, [x1], 8
    subs w16, w16, 1
    b.ne 5b
    str x15, [x14]
2:
4:
    ret
    DESCRIPTOR .Ldescriptor_pop_many, .Laborted
    END escrt_rseq_pop_many

/* int escrt_rseq_push_many(bin w0, objects x1, n w2) */
    FUNCTION escrt_rseq_push_many
    mov w12, w0
    BEGIN .Ldescriptor_push_many
1:
    SLAB
    add x14, x13, x12, lsl 3
    ldr x15, [x14]
    ldrh w16, [x14, 8]
    and x17, x15, 0xffff
    sub w0, w16, w17            /* the room */
    cmp w0, w2
    csel w0, w0, w2, lo
    cbz w0, 4f
    add x15, x15, x0
    add x17, x13, x17, lsl 3
    mov w16, w0
5:
    ldr x9, [x1], 8
    str x9, [x17], 8
    subs w16, w16, 1
    b.ne 5b
    stlr x15, [x14]
2:
4:
    ret
    DESCRIPTOR .Ldescriptor_push_many, .Laborted
    END escrt_rseq_push_many

.Laborted:
    mov w0, -1
    ret

    .macro ALIAS name, target
    .globl \name
    .type \name, %function
    .set \name, \target
    .endm

    ALIAS malloc, escrt_malloc
    ALIAS escrt_own_malloc, escrt_malloc
    ALIAS escrt_own_free, escrt_free
    ALIAS _Znwm, escrt_new
    ALIAS _Znam, escrt_new
    .irp name, free, cfree, _ZdlPv, _ZdaPv, _ZdlPvm, _ZdaPvm, _ZdlPvRKSt9nothrow_t, \
          _ZdaPvRKSt9nothrow_t, _ZdlPvSt11align_val_t, _ZdaPvSt11align_val_t, \
          _ZdlPvmSt11align_val_t, _ZdaPvmSt11align_val_t, _ZdlPvSt11align_val_tRKSt9nothrow_t, \
          _ZdaPvSt11align_val_tRKSt9nothrow_t
    ALIAS \name, escrt_free
    .endr

#endif
    .section .note.GNU-stack, "", %progbits
