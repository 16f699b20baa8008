/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* count_target.c - the program that count.c steps through: warms up, stops, then calls malloc and
 * free in turn.
 *
 * The two are called through pointers, so that no jump of the PLT is counted, and between two calls
 * the program stays in its own text: an instruction outside of it belongs to the allocator (or the
 * kernel's vDSO).
 *
 * INVARIANT  After the stop every call that leaves this program's text is malloc, free, malloc,
 * free ... until the second stop.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SLOTS = 4096, WARM_UP = 20000 };

static void *(*allocate)(size_t);
static void (*release)(void *);
static void *slots[MAX_SLOTS];

/* Replace blocks at random; with one slot this is the pair that every fast path is made for. */
static void replace(size_t nslots, size_t size, size_t npairs, uint64_t *state) {
    for (size_t i = 0; i < npairs; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        size_t slot = (size_t)(*state >> 33) % nslots;
        void *block = allocate(size);
        release(slots[slot]);
        slots[slot] = block;
    }
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    size_t size = strtoul(argv[1], NULL, 10), nslots = strtoul(argv[2], NULL, 10);
    size_t npairs = strtoul(argv[3], NULL, 10);
    uint64_t state = 1;
    if (nslots < 1 || nslots > MAX_SLOTS)
        return 2;
    *(void **)&allocate = dlsym(RTLD_DEFAULT, "malloc");
    *(void **)&release = dlsym(RTLD_DEFAULT, "free");
    for (size_t i = 0; i < nslots; i++)
        slots[i] = allocate(size);
    replace(nslots, size, WARM_UP, &state);
    raise(SIGSTOP);
    replace(nslots, size, npairs, &state);
    raise(SIGSTOP);
    return 0;
}
