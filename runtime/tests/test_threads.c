/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_threads.c - threads come and go, free each other's memory, end in destructors, are
 * cancelled.
 *
 * The program ends while threads of it still allocate: that is the last test.
 */
#include "check.h"
#include "operations.h"

#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

enum { THOUSANDS = 3000, BATCH = 200 };

/* Not strdup: under ThreadSanitizer the C library has another malloc than this file. */
static char *copy_text(const char *text) {
    char *copy = malloc(strlen(text) + 1);
    return copy ? strcpy(copy, text) : NULL;
}

static void start(pthread_t *thread, void *(*work)(void *), void *argument) {
    if (!CHECK(pthread_create(thread, NULL, work, argument) == 0))
        _exit(1);
}

typedef struct {
    Slot slots[BATCH];
} Parcel;

static void *fill_parcel(void *argument) {
    Parcel *parcel = argument;
    for (size_t i = 0; i < BATCH; i++) {
        Slot *slot = &parcel->slots[i];
        slot->size = 1 + (i * 37) % 3000;
        slot->address = malloc(slot->size);
        operations_fill(slot, (uint32_t)i);
    }
    return NULL;
}

static void empty_parcel(Parcel *parcel) {
    for (size_t i = 0; i < BATCH; i++) {
        CHECK(operations_intact(&parcel->slots[i]));
        free(parcel->slots[i].address);
    }
}

static void *empty_parcel_elsewhere(void *argument) {
    empty_parcel(argument);
    return NULL;
}

static void memory_of_a_thread_that_ended_is_intact_and_freed_by_another(void) {
    static Parcel parcels[8];
    for (int round = 0; round < 20; round++) {
        pthread_t threads[8];
        for (size_t i = 0; i < 8; i++)
            start(&threads[i], fill_parcel, &parcels[i]);
        for (size_t i = 0; i < 8; i++)
            pthread_join(threads[i], NULL);
        for (size_t i = 0; i < 8; i++)
            start(&threads[i], empty_parcel_elsewhere, &parcels[(i + 3) % 8]);
        for (size_t i = 0; i < 8; i++)
            pthread_join(threads[i], NULL);
    }
}

static void *live_shortly(void *argument) {
    Slot slot = {.size = 1 + (uintptr_t)argument % 5000};
    slot.address = malloc(slot.size);
    operations_fill(&slot, 3);
    free(malloc(100));
    CHECK(operations_intact(&slot));
    return slot.address;
}

static void threads_by_the_thousand_cost_no_memory_that_stays(void) {
    size_t before = 0;
    for (uintptr_t i = 0; i < THOUSANDS; i++) {
        pthread_t thread;
        void *left = NULL;
        start(&thread, live_shortly, (void *)i);
        pthread_join(thread, &left);
        free(left);
        if (i == THOUSANDS / 10) {
            struct mallinfo2 info = mallinfo2();
            before = info.arena + info.hblkhd;
        }
    }
    struct mallinfo2 info = mallinfo2();
    /* A cache kept for each thread that ever was would be hundreds of MiB by now. */
    CHECK(info.arena + info.hblkhd <= before + ((size_t)32 << 20));
}

static pthread_key_t first_key, second_key;
static atomic_int destructors_run;

/* Runs when the allocator's own destructor may have run already, allocates anew, and comes again.
 */
static void free_and_come_again(void *argument) {
    char *text = argument;
    atomic_fetch_add(&destructors_run, 1);
    CHECK(strcmp(text, "kept until the end") == 0);
    free(text);
    void *more = malloc(5000);
    CHECK(more != NULL);
    free(more);
}

static void hand_to_the_second(void *argument) {
    char *text = copy_text(argument);
    free(argument);
    pthread_setspecific(second_key, text);
}

static void *use_keys(void *argument) {
    (void)argument;
    pthread_setspecific(first_key, copy_text("kept until the end"));
    return NULL;
}

static void destructors_of_thread_local_values_may_free_and_allocate(void) {
    CHECK(pthread_key_create(&second_key, free_and_come_again) == 0);
    CHECK(pthread_key_create(&first_key, hand_to_the_second) == 0);
    for (int i = 0; i < 200; i++) {
        pthread_t thread;
        start(&thread, use_keys, NULL);
        pthread_join(thread, NULL);
    }
    CHECK(destructors_run == 200);
}

static void *allocate_until_cancelled(void *argument) {
    (void)argument;
    for (;;) {
        void *block = malloc(300);
        pthread_cleanup_push(free, block);
        pthread_testcancel();
        pthread_cleanup_pop(1);
    }
    return NULL;
}

static void cancelled_threads_leave_nothing_broken(void) {
    for (int i = 0; i < 100; i++) {
        pthread_t thread;
        void *result = NULL;
        start(&thread, allocate_until_cancelled, NULL);
        usleep(100);
        pthread_cancel(thread);
        pthread_join(thread, &result);
        CHECK(result == PTHREAD_CANCELED);
    }
}

static void *pass_on(void *argument) {
    _Atomic(void *) *box = argument;
    for (int i = 0; i < 20000; i++) {
        Slot slot = {.address = malloc(sizeof(Slot) + (size_t)(i % 500))};
        if (!CHECK(slot.address != NULL))
            return NULL;
        memset(slot.address, i, sizeof(Slot) + (size_t)(i % 500));
        free(atomic_exchange(box, slot.address));
    }
    return NULL;
}

static void blocks_swapped_through_one_place_survive(void) {
    static _Atomic(void *) box;
    pthread_t threads[8];
    for (size_t i = 0; i < 8; i++)
        start(&threads[i], pass_on, &box);
    for (size_t i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    free(atomic_load(&box));
}

static void *allocate_for_ever(void *argument) {
    (void)argument;
    for (size_t i = 0;; i++)
        free(malloc(i % 50000));
    return NULL;
}

static void the_program_may_end_while_threads_run(void) {
    pthread_t thread;
    for (int i = 0; i < 4; i++)
        start(&thread, allocate_for_ever, NULL);
    usleep(20000);
}

static void free_at_exit(void) {
    free(malloc(10000));
}

int main(void) {
    atexit(free_at_exit);
    RUN(memory_of_a_thread_that_ended_is_intact_and_freed_by_another);
    RUN(threads_by_the_thousand_cost_no_memory_that_stays);
    RUN(destructors_of_thread_local_values_may_free_and_allocate);
    RUN(cancelled_threads_leave_nothing_broken);
    RUN(blocks_swapped_through_one_place_survive);
    RUN(the_program_may_end_while_threads_run);
    return check_report();
}
