/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* fast_x86_64.S - malloc and free when the CPU's cache serves them; all else is a jump to C.
 *
 * malloc is 19 instructions and free 33, of which 13 find foreign, interior and freed pointers.
 *
 * A restartable sequence begins with the store of its descriptor into the thread's struct rseq and
 * the load of the CPU's number, and ends with the store that commits. In between nothing else may
 * be changed that anybody sees: an abort starts over in C. The descriptor stays in place afterwards;
 * the kernel drops it when it finds the thread outside.
 *
 * The commit is one instruction that adds to the header in memory: no signal comes in the middle of one. The
 * header is read as the whole word it is, before: a narrower load waits for the last store.
 *
 * A bin's header is read and written through a register without an index: store-to-load forwarding takes
 * a cycle then and six with one, on CPUs since Golden Cove, and malloc after free waits for it. The pair
 * of 32 bytes went from 9.5 to 5.4 ns by two leaq.
 *
 * A double free is found without a look at the object, whose memory may be far away: beside the slab stands,
 * by 12 bits of the address, in which slot an object was put when it was freed last. If that slot is below
 * the top and has this address, the object is free. Entries need no clearing: a slot says who is in it.
 * A conditional move and no branch asks whether the slot is below the top: whether an entry is stale or another
 * object's cannot be predicted, which made churn over some classes take twice as long.
 *
 * The table of slabs lies behind the page records, so free has the address of both in one register.
 *
 * NOT HERE  The layout of slabs (cache.h) and of page records (span.h).
 */
#include "cache.h"
#include "probe.h"

#if defined ESCRT_RSEQ && defined __x86_64__

#define RSEQ_SIGNATURE 0x53053053
#define CPU_ID 4
#define RSEQ_CS 8
#define SLABS 1 + 8 * SLABS_BEFORE /* from escrt_heap_last */
#define MAX_SMALL_BYTES 32768
#define PAGE_MASK 8191

    .irp name, escrt_small_bound, escrt_counted_bound, escrt_profile_bytes_left, escrt_rseq_offset, escrt_slabs, escrt_heap_last, escrt_heap_limit, \
          escrt_kept_range, escrt_kept_bins, escrt_malloc_slow, escrt_new_slow, escrt_free_slow, escrt_free_object, \
          escrt_free_doubted, escrt_free_kept, escrt_rseq_pop, \
          escrt_rseq_push, escrt_rseq_pop_many, escrt_rseq_push_many, escrt_new
    .hidden \name
    .endr

    .text

/* A descriptor for the sequence from label 1 to label 2, and its abort address: label 3, which
 * continues at \abort. The signature before it keeps others from being jumped to. */
    .macro DESCRIPTOR name, abort
    .pushsection .data.rel.ro.escrt_rseq, "aw"
    .balign 32
\name:
    .long 0, 0
    .quad 1b, 2b - 1b, 3f
    .popsection
    .pushsection .text.escrt_abort, "ax"
    .byte 0x0f, 0xb9, 0x3d
    .long RSEQ_SIGNATURE
3:
    jmp \abort
    .popsection
    .endm

    .macro FUNCTION name
    .globl \name
    .type \name, @function
    .p2align 6
\name:
    .cfi_startproc
    .endm

    .macro END name
    .cfi_endproc
    .size \name, . - \name
    .endm

/* Pops an object for %rdi bytes, which stay there; otherwise to SLOW. */
    .macro POP_AND_RETURN name, slow
    movq escrt_rseq_offset(%rip), %r8
    leal 15(%rdi), %eax
    shrl $4, %eax
    movq escrt_slabs(%rip), %rdx
    leaq .Ldescriptor_\name(%rip), %rcx
    movq %rcx, %fs:RSEQ_CS(%r8)
1:
    movslq %fs:CPU_ID(%r8), %rcx
    movq (%rdx, %rcx, 8), %rcx
    movzbl SLAB_TABLE(%rcx, %rax), %edx
    leaq (%rcx, %rdx, 8), %rdx
    movq (%rdx), %rax
    movzwl %ax, %eax
    movq -8(%rcx, %rax, 8), %rax
    testq %rax, %rax
    je \slow
    addq $HEADER_POP, (%rdx)
2:
    PROBE malloc, "8@%rax 8@%rdi"
    ret
    DESCRIPTOR .Ldescriptor_\name, \slow
    .endm

/* Pops a large object for %rdi bytes, and says in its record that it is live. */
    .macro POP_KEPT_AND_RETURN name, slow
    leal -1(%rdi), %eax
    shrl $13, %eax
    leaq escrt_kept_bins(%rip), %rdx
    movzbl (%rdx, %rax), %r9d
    movq escrt_rseq_offset(%rip), %r8
    movq escrt_slabs(%rip), %rdx
    leaq .Ldescriptor_\name(%rip), %rcx
    movq %rcx, %fs:RSEQ_CS(%r8)
1:
    movslq %fs:CPU_ID(%r8), %rcx
    movq (%rdx, %rcx, 8), %rcx
    leaq (%rcx, %r9, 8), %rdx
    movq (%rdx), %rax
    movzwl %ax, %eax
    movq -8(%rcx, %rax, 8), %rax
    testq %rax, %rax
    je \slow
    addq $HEADER_POP, (%rdx)
2:
    movq escrt_heap_last(%rip), %rdx
    movq %rdx, %rcx
    subq %rax, %rcx
    sarq $13, %rcx
    movw $RECORD_LIVE, 1(%rdx, %rcx, 8)
    PROBE malloc, "8@%rax 8@%rdi"
    ret
    DESCRIPTOR .Ldescriptor_\name, \slow
    .endm

/* void *NAME(size_t size): SLOW has the same argument. The second way is for large objects of which a cache may
 * have one. The third is open while a heap profile counts bytes and the others are closed: what uses up the
 * distance to the thread's next sample is slow (sample.c), and counts there. */
    .macro ALLOCATE name, slow
    FUNCTION \name
    cmpq escrt_small_bound(%rip), %rdi
    jae .Lkept_\name
    POP_AND_RETURN \name, \slow
.Lkept_\name:
    leaq -MAX_SMALL_BYTES-1(%rdi), %rax
    cmpq escrt_kept_range(%rip), %rax
    jae .Lcounted_\name
    POP_KEPT_AND_RETURN \name\()_kept, \slow
.Lcounted_\name:
    cmpq escrt_counted_bound(%rip), %rdi
    jae \slow
    movq escrt_profile_bytes_left@gottpoff(%rip), %rax
    subq %rdi, %fs:(%rax)
    js .Lundo_\name
    POP_AND_RETURN \name\()_counted, .Lundo_\name
.Lundo_\name:
    movq escrt_profile_bytes_left@gottpoff(%rip), %rax
    addq %rdi, %fs:(%rax)
    jmp \slow
    END \name
    .endm

    ALLOCATE escrt_malloc, escrt_malloc_slow
    ALLOCATE escrt_new, escrt_new_slow

/* void escrt_free(void *p): escrt_free_slow has looked at nothing; escrt_free_object gets a class in bins in
 * %esi and the start of an object; escrt_free_doubted the same, of one that seems to be free. */
    FUNCTION escrt_free
    PROBE free, "8@%rdi"
    movq escrt_heap_last(%rip), %rdx
    movq %rdx, %rax
    subq %rdi, %rax
    sarq $13, %rax
    cmpq escrt_heap_limit(%rip), %rax
    jb escrt_free_slow
    /* The page's record: mask, bin, magic. Is the offset in the span a multiple of the size? */
    movzwl 1(%rdx, %rax, 8), %ecx
    andl %edi, %ecx
    imull 5(%rdx, %rax, 8), %ecx
    cmpl 5(%rdx, %rax, 8), %ecx
    jae .Lfree_kept
    movzwl 3(%rdx, %rax, 8), %esi
    movq escrt_rseq_offset(%rip), %r8
    leaq .Ldescriptor_free(%rip), %rcx
    movq %rcx, %fs:RSEQ_CS(%r8)
1:
    movslq %fs:CPU_ID(%r8), %rcx
    movq SLABS(%rdx, %rcx, 8), %rcx
    leaq (%rcx, %rsi, 8), %r8
    movq (%r8), %rax
    cmpw %ax, 8(%r8)
    je escrt_free_object
    movzwl %ax, %eax
    movzwl %di, %edx
    shrl $3, %edx
    movzwl -SLAB_RECENT(%rcx, %rdx), %r9d
    cmpl %eax, %r9d
    cmovael %esi, %r9d          /* the header is no object */
    cmpq %rdi, (%rcx, %r9, 8)
    je escrt_free_doubted
    movw %ax, -SLAB_RECENT(%rcx, %rdx)
    movq %rdi, (%rcx, %rax, 8)
    incq (%r8)
2:
    ret
    DESCRIPTOR .Ldescriptor_free, escrt_free_object
/* No small object, but perhaps the start of a large one that a cache may take. Its record says that it is free
 * before the cache has it: escrt_free_kept gets it when the cache is full or the sequence was broken off. */
.Lfree_kept:
    cmpw $RECORD_LIVE, 1(%rdx, %rax, 8)
    jne escrt_free_slow
    testl $PAGE_MASK, %edi
    jne escrt_free_slow
    movw $RECORD_CACHED, 1(%rdx, %rax, 8)
    movzwl 3(%rdx, %rax, 8), %esi
    movq escrt_rseq_offset(%rip), %r8
    leaq .Ldescriptor_free_kept(%rip), %rcx
    movq %rcx, %fs:RSEQ_CS(%r8)
1:
    movslq %fs:CPU_ID(%r8), %rcx
    movq SLABS(%rdx, %rcx, 8), %rcx
    leaq (%rcx, %rsi, 8), %r8
    movq (%r8), %rax
    cmpw %ax, 8(%r8)
    je escrt_free_kept
    movzwl %ax, %eax
    movq %rdi, (%rcx, %rax, 8)
    incq (%r8)
2:
    ret
    DESCRIPTOR .Ldescriptor_free_kept, escrt_free_kept
    END escrt_free

/* The same for C: bins in %edi. */
    FUNCTION escrt_rseq_pop
    movl %edi, %edi
    movq escrt_rseq_offset(%rip), %r8
    movq escrt_slabs(%rip), %rdx
    leaq .Ldescriptor_pop(%rip), %rcx
    movq %rcx, %fs:RSEQ_CS(%r8)
1:
    movslq %fs:CPU_ID(%r8), %rcx
    movq (%rdx, %rcx, 8), %rcx
    movq (%rcx, %rdi, 8), %rsi
    movzwl %si, %eax
    movq -8(%rcx, %rax, 8), %rax
    testq %rax, %rax
    je 4f
    addq $HEADER_POP, %rsi
    movq %rsi, (%rcx, %rdi, 8)
2:
4:
    ret
    DESCRIPTOR .Ldescriptor_pop, .Lpop_aborted
.Lpop_aborted:
    movl $1, %eax
    ret
    END escrt_rseq_pop

    FUNCTION escrt_rseq_push
    movl %edi, %edi
    movq escrt_rseq_offset(%rip), %r8
    movq escrt_slabs(%rip), %rdx
    leaq .Ldescriptor_push(%rip), %rcx
    movq %rcx, %fs:RSEQ_CS(%r8)
1:
    movslq %fs:CPU_ID(%r8), %rcx
    movq (%rdx, %rcx, 8), %rcx
    movq (%rcx, %rdi, 8), %rax
    cmpw %ax, 8(%rcx, %rdi, 8)
    je 4f
    movzwl %ax, %edx
    movzwl %si, %r8d
    shrl $3, %r8d
    movw %ax, -SLAB_RECENT(%rcx, %r8)
    movq %rsi, (%rcx, %rdx, 8)
    incq %rax
    movq %rax, (%rcx, %rdi, 8)
2:
    xorl %eax, %eax
    ret
4:
    movl $1, %eax
    ret
    DESCRIPTOR .Ldescriptor_push, .Laborted
    END escrt_rseq_push

/* int escrt_rseq_pop_many(bin %edi, objects %rsi, n %edx) */
    FUNCTION escrt_rseq_pop_many
    movl %edi, %edi
    movq escrt_rseq_offset(%rip), %r8
    movq escrt_slabs(%rip), %r9
    leaq .Ldescriptor_pop_many(%rip), %rcx
    movq %rcx, %fs:RSEQ_CS(%r8)
1:
    movslq %fs:CPU_ID(%r8), %rcx
    movq (%r9, %rcx, 8), %rcx
    movq (%rcx, %rdi, 8), %r10
    movzwl %r10w, %r11d
    movzwl 10(%rcx, %rdi, 8), %eax
    negl %eax
    addl %r11d, %eax            /* what there is */
    cmpl %edx, %eax
    cmoval %edx, %eax
    testl %eax, %eax
    je 4f
    subq %rax, %r10
    leaq (%rcx, %r11, 8), %r11
    movl %eax, %r8d
5:
    subl $1, %r8d
    jb 6f
    movq -8(%r11), %r9
    subq $8, %r11
    movq %r9, (%rsi)
    addq $8, %rsi
    jmp 5b
6:
    movq %r10, (%rcx, %rdi, 8)
2:
4:
    ret
    DESCRIPTOR .Ldescriptor_pop_many, .Laborted
    END escrt_rseq_pop_many

/* int escrt_rseq_push_many(bin %edi, objects %rsi, n %edx) */
    FUNCTION escrt_rseq_push_many
    movl %edi, %edi
    movq escrt_rseq_offset(%rip), %r8
    movq escrt_slabs(%rip), %r9
    leaq .Ldescriptor_push_many(%rip), %rcx
    movq %rcx, %fs:RSEQ_CS(%r8)
1:
    movslq %fs:CPU_ID(%r8), %rcx
    movq (%r9, %rcx, 8), %rcx
    movq (%rcx, %rdi, 8), %r10
    movzwl %r10w, %r11d
    movzwl 8(%rcx, %rdi, 8), %eax
    subl %r11d, %eax            /* the room */
    cmpl %edx, %eax
    cmoval %edx, %eax
    testl %eax, %eax
    je 4f
    addq %rax, %r10
    leaq (%rcx, %r11, 8), %r11
    movl %eax, %r8d
5:
    subl $1, %r8d
    jb 6f
    movq (%rsi), %r9
    addq $8, %rsi
    movq %r9, (%r11)
    addq $8, %r11
    jmp 5b
6:
    movq %r10, (%rcx, %rdi, 8)
2:
4:
    ret
    DESCRIPTOR .Ldescriptor_push_many, .Laborted
    END escrt_rseq_push_many

.Laborted:
    movl $-1, %eax
    ret

/* The names programs know. */
    .macro ALIAS name, target
    .globl \name
    .type \name, @function
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
    .section .note.GNU-stack, "", @progbits
