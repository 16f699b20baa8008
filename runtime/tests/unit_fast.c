/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* unit_fast.c - the assembly's arithmetic, without a kernel that knows rseq.
 *
 * The main thread gets a struct rseq of the test's own that says CPU 0. Nobody breaks a sequence
 * off then, and with one thread none has to be: what is tested is what each does when it runs
 * through. So this also tests fast_aarch64.S under an emulator.
 */
#include "allocate.h"
#include "check.h"
#include "escapement/runtime.h"
#include "heap.h"
#include "rseq.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#ifdef ESCRT_RSEQ

typedef struct FakeRseq {
    alignas(32) uint32_t cpu_id_start, cpu_id;
    uint64_t rseq_cs, flags;
} FakeRseq;

static _Thread_local FakeRseq fake;

enum { BIN = 2 * BIN_SCALE, MANY = 40 };

static void pretend_cpu_0(void) {
    char *thread;
#ifdef __x86_64__
    __asm__("movq %%fs:0, %0" : "=r"(thread));
#else
    __asm__("mrs %0, tpidr_el0" : "=r"(thread));
#endif
    escrt_rseq_offset = (char *)&fake - thread;
}

static void a_freed_object_is_the_next_one_of_its_class(void) {
    for (size_t size = 0; size <= MAX_KEPT; size += 1 + size / 9) {
        char *p = malloc(size);
        CHECK(p && (uintptr_t)p % GRANULE == 0 && malloc_usable_size(p) >= size);
        memset(p, 0x5a, size);
        free(p);
        char *q = malloc(size);
        CHECK(p == q);
        free(q);
    }
}

static void popping_returns_what_was_pushed_last(void) {
    void *objects[MANY], *back[MANY];
    for (int i = 0; i < MANY; i++)
        objects[i] = malloc(32);
    while (escrt_rseq_pop_many(BIN, back, MANY) > 0)
        ;
    CHECK(escrt_rseq_pop(BIN) == NULL);
    CHECK(escrt_rseq_push(BIN, objects[0]) == PUSH_DONE);
    CHECK(escrt_rseq_push_many(BIN, objects + 1, MANY - 1) == MANY - 1);
    CHECK(escrt_rseq_pop(BIN) == objects[MANY - 1]);
    CHECK(escrt_rseq_pop_many(BIN, back, 10) == 10);
    for (int i = 0; i < 10; i++)
        CHECK(back[i] == objects[MANY - 2 - i]);
    CHECK(escrt_rseq_pop_many(BIN, back, MANY) == MANY - 11);
    CHECK(back[MANY - 12] == objects[0]);
    CHECK(escrt_rseq_pop(BIN) == NULL && escrt_rseq_pop_many(BIN, back, 3) == 0);
}

static void a_full_bin_takes_no_more(void) {
    uint32_t capacity = escrt_classes[2].cached;
    void **objects = calloc(capacity + 10, sizeof *objects);
    for (uint32_t i = 0; i < capacity + 10; i++)
        objects[i] = malloc(32);
    void *rest[8];
    while (escrt_rseq_pop_many(BIN, rest, 8) > 0)
        ;
    uint32_t pushed = 0;
    for (int n; (n = escrt_rseq_push_many(BIN, objects + pushed, 100)) > 0;)
        pushed += (uint32_t)n;
    CHECK(pushed == capacity);
    CHECK(escrt_rseq_push(BIN, objects[pushed]) == PUSH_FULL);
    CHECK(escrt_rseq_push_many(BIN, objects + pushed, 10) == 0);
    for (uint32_t i = pushed; i < capacity + 10; i++)
        free(objects[i]); /* through the flush */
    CHECK(escrt_rseq_pop(BIN) != NULL);
    free(objects);
}

static void pops_are_counted(void) {
    EscrtStats before, after;
    escrt_stats(&before, sizeof before);
    for (int i = 0; i < 1000; i++)
        free(malloc(500));
    escrt_stats(&after, sizeof after);
    CHECK(after.allocs - before.allocs == 1000 && after.objects == before.objects);
}

int main(void) {
    free(malloc(1));
    pretend_cpu_0();
    RUN(a_freed_object_is_the_next_one_of_its_class);
    RUN(popping_returns_what_was_pushed_last);
    RUN(a_full_bin_takes_no_more);
    RUN(pops_are_counted);
    return check_report();
}

#else
int main(void) {
    puts("skipped: built without restartable sequences");
    return CHECK_SKIPPED;
}
#endif
