/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* escapement/annotate.h - promises about the heap that the compiler checks.
 *
 *     ESC_MUST_STACK char *line = malloc(80);     what is allocated here lives in the frame
 *     ESC_MUST_STACK struct job job;              the variable's address does not outlive it
 *     ESC_NO_ALLOC int decode(const char *text);  neither this function nor what it calls allocates
 *     ESC_MAY_HEAP("grows seldom") void *table = realloc(old, n);
 *     ESC_MAY_HEAP("only at the start") void prepare(void);
 *                                                 an exception below ESC_NO_ALLOC, and named
 *
 * A promise that is not kept is an error of the compilation, at the promise, with the way that
 * breaks it. Promises are checked by Escapement's plugins for Clang and GCC and by `escapement
 * check`, which define __ESCAPEMENT__. Without them, and with any other compiler, they are nothing
 * at all.
 *
 * They stand before a declaration. Each name of a function carries what any of its declarations in
 * the file says.
 */
#ifndef ESCAPEMENT_ANNOTATE_H
#define ESCAPEMENT_ANNOTATE_H

#if defined(__ESCAPEMENT__) && defined(__clang__)
#define ESC_MUST_STACK __attribute__((annotate("escapement.must_stack")))
#define ESC_NO_ALLOC __attribute__((annotate("escapement.no_alloc")))
#define ESC_MAY_HEAP(reason) __attribute__((annotate("escapement.may_heap:" reason)))
#elif defined(__ESCAPEMENT__) && defined(__GNUC__)
#define ESC_MUST_STACK __attribute__((__escapement_must_stack__))
#define ESC_NO_ALLOC __attribute__((__escapement_no_alloc__))
#define ESC_MAY_HEAP(reason) __attribute__((__escapement_may_heap__(reason)))
#else
#define ESC_MUST_STACK
#define ESC_NO_ALLOC
#define ESC_MAY_HEAP(reason)
#endif

#endif
