/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* escapement/verify.h - what a program compiled with -fplugin-arg-escapement-verify calls.
 *
 * Written for the compiler plugins, not for programs. Where the rewrite gives an object a slot of
 * the frame, verify mode keeps the slot and puts a *cell* beside it, and asks here where the object
 * goes: into guarded memory (pages of its own that end behind the object), or into the slot after
 * all. An object in guarded memory dies where its slot's life would have ended; who touches it
 * later is stopped by the memory management unit, and one report is printed.
 *
 *     entry        cell = &cell                         an address that no object has
 *     allocation   p = esc_verify_take(&cell, slot, bytes, align, &site)
 *     free         removed:  esc_verify_removed_free(p, p == cell)
 *                  guarded:  if (p == cell) esc_verify_free(p); else free(p)
 *     realloc      of a slot into the heap: q = realloc(NULL, n), esc_verify_copy_out(q, p, n)
 *                  into a slot: p = esc_verify_resize(&cell, slot, n, align, &site, p, n)
 *     return       esc_verify_leave(&cell)              in front of each, for each cell
 *     setjmp       esc_verify_landed()                  behind each call that may return twice
 *
 * REQUIRES  A cell is a word of the frame that nothing else writes. It belongs to one slot and one
 * activation; inlining the function into a loop is fine. `slot` has site->slot_bytes bytes.
 *
 * MAINTAINS  errno. A program is never made to fail: where no guarded memory can be had (limits of
 * the system, a size out of the ordinary, an instance that is not sampled) the slot is used.
 *
 * Every function may be called from any thread, from signal handlers, after fork, and on stacks
 * that are not the thread's own.
 */
#ifndef ESCAPEMENT_VERIFY_H
#define ESCAPEMENT_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ESC_VERIFY_API __attribute__((visibility("default")))
#else
#define ESC_VERIFY_API
#endif

/* One allocation of the source (one inlined copy of it), made by the plugin as a variable that may
 * be written. Strings are never NULL. */
typedef struct EscVerifySite {
    const char *file;       /* as the compiler was given it */
    const char *expression; /* "malloc(sizeof *n)" */
    const char *function;   /* as written in the source */
    const char *verdict;    /* "moved to stack: malloc(sizeof *n)" */
    const char *flow;       /* what was done to its frees, '\n' between the lines */
    uint64_t slot_bytes;    /* size of the slot */
    uint32_t line, column;  /* 0: not known */
    uint32_t instances;     /* taken so far; the runtime counts. 0 at first */
    uint32_t chosen;        /* the runtime's note whether it guards this site. 0 at first */
} EscVerifySite;

/* The object of this allocation: `bytes` bytes, aligned to `align` (a power of two). What the cell
 * held before is dead from here on. The contents are indeterminate. */
ESC_VERIFY_API void *esc_verify_take(void **cell, void *slot, size_t bytes, size_t align,
                                     EscVerifySite *site);
/* The same, with `keep` bytes of `source` in it, which may be what the cell held before. */
ESC_VERIFY_API void *esc_verify_take_copy(void **cell, void *slot, size_t bytes, size_t align,
                                          EscVerifySite *site, const void *source, size_t keep);
/* The same for a realloc of `old`, a moved object: at most as many bytes as it has, then it dies.
 */
ESC_VERIFY_API void *esc_verify_resize(void **cell, void *slot, size_t bytes, size_t align,
                                       EscVerifySite *site, void *old, size_t keep);
/* What realloc gave for a moved object: at most `keep` bytes of it, then it dies. */
ESC_VERIFY_API void esc_verify_copy_out(void *to, void *old, size_t keep);
/* The program frees a moved object. */
ESC_VERIFY_API void esc_verify_free(void *p);
/* A free that the rewrite deletes, because it gets NULL or a moved object. `known`: p is the object
 * of one of its cells. */
ESC_VERIFY_API void esc_verify_removed_free(void *p, int known);
/* The function returns. */
ESC_VERIFY_API void esc_verify_leave(void **cell);
/* setjmp returned, perhaps not for the first time. */
ESC_VERIFY_API void esc_verify_landed(void);

/* What happened so far, for tests: objects asked for, guarded, refused guarded memory by a limit,
 * and guarded ones that live. */
typedef struct EscVerifyCounts {
    uint64_t taken, guarded, unguarded, live;
} EscVerifyCounts;
ESC_VERIFY_API EscVerifyCounts esc_verify_counts(void);

#ifdef __cplusplus
}
#endif
#endif
