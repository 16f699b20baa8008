/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* entries.h - entries that the C library may not have: NULL unless the malloc under test brings
 * them.
 *
 * Weak, not dlsym: a statically linked program has no dlsym to speak of.
 */
#ifndef ENTRIES_H
#define ENTRIES_H

#include <stddef.h>

extern void free_sized(void *, size_t) __attribute__((weak));
extern void free_aligned_sized(void *, size_t, size_t) __attribute__((weak));
extern void cfree(void *) __attribute__((weak));

#endif
