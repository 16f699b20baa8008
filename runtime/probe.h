/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* probe.h - tracepoints: `bpftrace -e 'usdt:libescapement.so:escapement:refill { ... }'`.
 *
 * A tracepoint is a note in the file that says at which instruction what can be found where; the
 * instruction costs nothing until somebody puts a breakpoint there. systemtap's sys/sdt.h writes
 * the same notes (USDT), but only where it is installed: these are in every build. Read by assembly
 * too, where the instruction is one that is there anyway.
 *
 *     malloc  address, size    what is returned, by all functions that allocate; realloc's moves
 * too free    address          before anything is looked at; NULL too refill  class, objects   a
 * cache was empty and got so many from the central list scavenge  pages          that were given
 * back to the system
 */
#ifndef ESCRT_PROBE_H
#define ESCRT_PROBE_H

#ifdef __ASSEMBLER__
/* clang-format off */

/* At the next instruction. */
    .macro PROBE name, arguments
990:
    .pushsection .note.stapsdt, "", "note"
    .balign 4
    .4byte 992f - 991f, 994f - 993f, 3
991:
    .asciz "stapsdt"
992:
    .balign 4
993:
    .8byte 990b, _.stapsdt.base, 0
    .asciz "escapement"
    .asciz "\name"
    .asciz "\arguments"
994:
    .balign 4
    .popsection
    .endm

/* What tools compare with to see by how much a prelinked file was moved. */
    .pushsection .stapsdt.base, "aG", "progbits", .stapsdt.base, comdat
    .weak _.stapsdt.base
    .hidden _.stapsdt.base
_.stapsdt.base:
    .space 1
    .size _.stapsdt.base, 1
    .popsection

/* clang-format on */
#elif defined __x86_64__ || defined __aarch64__

#define PROBE_NOTE(name, arguments)                                                                \
    "990: nop\n"                                                                                   \
    ".pushsection .note.stapsdt, \"\", \"note\"\n.balign 4\n"                                      \
    ".4byte 992f - 991f, 994f - 993f, 3\n"                                                         \
    "991: .asciz \"stapsdt\"\n992: .balign 4\n"                                                    \
    "993: .8byte 990b, _.stapsdt.base, 0\n"                                                        \
    ".asciz \"escapement\"\n.asciz \"" name "\"\n.asciz \"" arguments "\"\n"                       \
    "994: .balign 4\n.popsection\n"                                                                \
    ".ifndef _.stapsdt.base\n"                                                                     \
    ".pushsection .stapsdt.base, \"aG\", \"progbits\", .stapsdt.base, comdat\n"                    \
    ".weak _.stapsdt.base\n.hidden _.stapsdt.base\n"                                               \
    "_.stapsdt.base: .space 1\n.size _.stapsdt.base, 1\n.popsection\n.endif\n"

#define PROBE1(name, a)                                                                            \
    __asm__ volatile(PROBE_NOTE(#name, "8@%0") : : "nor"((uint64_t)(uintptr_t)(a)))
#define PROBE2(name, a, b)                                                                         \
    __asm__ volatile(PROBE_NOTE(#name, "8@%0 8@%1")                                                \
                     :                                                                             \
                     : "nor"((uint64_t)(uintptr_t)(a)), "nor"((uint64_t)(uintptr_t)(b)))

#else

#define PROBE1(name, a) ((void)0)
#define PROBE2(name, a, b) ((void)0)

#endif
#endif
