/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_oom.c - every request for memory fails once, for every n: the n-th alone, and the n-th with
 * all after it.
 *
 * Linked with the library itself, for its switch that makes requests fail. Each n is a child of its
 * own: it runs a fixed scenario in which every call may be refused, and checks that a refusal is
 * NULL and ENOMEM, that no block loses a byte, that all is well once memory can be had again, and
 * every invariant of the heap.
 *
 * INVARIANT  The scenario is over when no n in a row of PATIENCE changes anything: then all
 * requests were tried.
 */
#include "check.h"
#include "operations.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>

enum { PATIENCE = 6, MOST = 4000, NBLOCKS = 250, REFUSED = 3 };

extern void escrt_sys_fail_after(uint64_t n, bool sticky);
extern void escrt_heap_check_all(void);

static Slot blocks[NBLOCKS];
static size_t nrefused;

/* NULL must be ENOMEM, and errno must not change otherwise. */
static void *seen(void *result) {
    if ((result == NULL) != (errno == ENOMEM))
        _exit(10);
    nrefused += result == NULL;
    errno = 0;
    return result;
}

static void keep(Slot *slot, void *address, size_t size) {
    slot->address = address;
    slot->size = size;
    if (address)
        operations_fill(slot, (uint32_t)size);
}

static void resize(Slot *slot, size_t size) {
    unsigned char *larger = seen(realloc(slot->address, size));
    if (!larger) {
        if (!operations_intact(slot))
            _exit(11);
        return;
    }
    Slot kept = {
        .address = larger, .size = slot->size < size ? slot->size : size, .seed = slot->seed};
    if (!operations_intact(&kept))
        _exit(12);
    keep(slot, larger, size);
}

static void take_blocks(void) {
    for (size_t i = 0; i < NBLOCKS; i++) {
        Slot *slot = &blocks[i];
        size_t size = i % 50 == 0 ? 60000 + i * 300 : 1 + i * i % 6000;
        void *aligned = NULL;
        errno = 0;
        if (i % 7 == 3) {
            if (posix_memalign(&aligned, 4096, size) == ENOMEM)
                nrefused++;
            errno = 0;
            keep(slot, aligned, size);
        } else {
            keep(slot, seen(i % 7 == 5 ? calloc(1, size) : malloc(size)), size);
        }
        if (slot->address && i % 5 == 0)
            resize(slot, size * 3 + 7);
    }
}

static void drop_blocks(void) {
    for (size_t i = 0; i < NBLOCKS; i++) {
        if (blocks[i].address && !operations_intact(&blocks[i]))
            _exit(13);
        free(blocks[i].address);
        blocks[i].address = NULL;
    }
}

static void *in_a_thread(void *argument) {
    for (size_t i = 0; i < 200; i++)
        free(malloc(i * 100));
    return argument;
}

/* In the child. REFUSED when something was refused, 0 when nothing was. */
static int scenario(uint64_t n, bool sticky) {
    pthread_t thread;
    alarm(60);
    escrt_sys_fail_after(n, sticky);
    take_blocks();
    drop_blocks();
    bool started = pthread_create(&thread, NULL, in_a_thread, NULL) == 0;
    malloc_trim(0);
    take_blocks();
    if (started)
        pthread_join(thread, NULL);
    escrt_sys_fail_after(0, false);
    size_t before = nrefused;
    drop_blocks();
    take_blocks();
    if (nrefused != before)
        _exit(14);
    drop_blocks();
    escrt_heap_check_all();
    return nrefused ? REFUSED : 0;
}

static int status_of(uint64_t n, bool sticky) {
    pid_t child = fork();
    if (child == 0)
        _exit(scenario(n, sticky));
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void fail_each(bool sticky) {
    uint64_t n = 1, nsilent = 0, nfelt = 0;
    for (; n < MOST && nsilent < PATIENCE; n++) {
        int status = status_of(n, sticky);
        if (!CHECK(status == 0 || status == REFUSED))
            dprintf(2, "request %llu%s: status %d\n", (unsigned long long)n,
                    sticky ? " and all after it" : "", status);
        nsilent = status == 0 ? nsilent + 1 : 0;
        nfelt += status == REFUSED;
    }
    CHECK(n < MOST);
    CHECK(nfelt > 0);
    printf("%llu requests, %llu of them felt\n", (unsigned long long)n, (unsigned long long)nfelt);
}

static void each_request_may_fail_alone(void) {
    fail_each(false);
}
static void each_request_may_fail_with_all_after_it(void) {
    fail_each(true);
}

int main(void) {
    RUN(each_request_may_fail_with_all_after_it);
    RUN(each_request_may_fail_alone);
    return check_report();
}
