/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * trap.h - what a trap program needs to make a wrong verdict show.
 *
 * A pointer into a frame that is gone mostly still finds the old bytes there. SCRIBBLE() fills the
 * dead stack below the caller's frame with a pattern, as later calls would; whoever reads moved
 * memory after its function returned then reads the pattern. Functions here live in other files,
 * compiled without the plugin: to the compiler they are a library it knows nothing about.
 */
#ifndef ESC_TRAP_H
#define ESC_TRAP_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))
#define SCRIBBLE() esc_scribble()

void esc_scribble(void);

/* The same value, but the compiler cannot know. */
int opaque_int(int value);
size_t opaque_size(size_t value);
void *opaque_pointer(void *pointer);

/* Keeps the pointer until it is asked for. */
void opaque_keep(void *pointer);
void *opaque_kept(void);

/* A sum over the bytes that depends on their order; the pointer is not kept, but the compiler
 * does not know that. */
unsigned opaque_sum(const void *bytes, size_t size);

/* Calls f(argument). */
void opaque_call(void (*f)(void *), void *argument);

/* The same sum with its body at hand: reads the memory and keeps nothing. */
NOINLINE __attribute__((unused)) static unsigned digest(const void *bytes, size_t size) {
    const unsigned char *p = bytes;
    unsigned sum = 2166136261u;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ p[i]) * 16777619u;
    return sum;
}

/* Writes `size` bytes that depend on the seed. */
NOINLINE __attribute__((unused)) static void fill(void *bytes, size_t size, int seed) {
    unsigned char *p = bytes;
    for (size_t i = 0; i < size; i++)
        p[i] = (unsigned char)((unsigned)seed * 31u + i * 7u);
}

#endif
