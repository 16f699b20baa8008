/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* unit_heap.c - the heap as a whole: every refusal of memory survived, every number right, every
 * check passed.
 *
 * Linked with the library, so that malloc is ours and its inside can be asked.
 */
#include "cache.h"
#include "central.h"
#include "check.h"
#include "config.h"
#include "debug.h"
#include "escapement/runtime.h"
#include "heap.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

enum { SLOTS = 300 };

static unsigned char *slots[SLOTS];
static size_t sizes[SLOTS];

static size_t size_of_step(uint64_t step) {
    uint64_t x = step * 0x9e3779b97f4a7c15u >> 20;
    if (x % 17 == 0)
        return 32768 + x % 500000;
    return x % 5 == 0 ? x % 9000 : x % 300;
}

static void put(size_t slot, unsigned char *p, size_t size) {
    memset(p, (int)slot, size);
    slots[slot] = p;
    sizes[slot] = size;
}

static bool is_whole(size_t slot) {
    for (size_t i = 0; i < sizes[slot]; i++)
        if (slots[slot][i] != (unsigned char)slot)
            return false;
    return true;
}

static void drop(size_t slot) {
    CHECK(is_whole(slot));
    free(slots[slot]);
    slots[slot] = NULL;
    sizes[slot] = 0;
}

/* One operation; what is refused changes nothing and says ENOMEM. Returns whether it was refused.
 */
static bool step(uint64_t i) {
    size_t slot = (size_t)(i * 2654435761u >> 7) % SLOTS, size = size_of_step(i) + 1;
    errno = 0;
    unsigned char *p;
    if (slots[slot] && i % 3 == 0) {
        p = realloc(slots[slot], size);
        if (p) {
            size_t kept = size < sizes[slot] ? size : sizes[slot];
            for (size_t at = 0; at < kept; at++)
                if (p[at] != (unsigned char)slot)
                    return CHECK(p[at] == (unsigned char)slot);
            put(slot, p, size);
        }
    } else {
        p = i % 4 == 0 ? calloc(1, size) : i % 4 == 1 ? aligned_alloc(64, size) : malloc(size);
        if (p && i % 4 == 0)
            for (size_t at = 0; at < size; at++)
                if (p[at] != 0)
                    return CHECK(p[at] == 0);
        if (p && slots[slot])
            drop(slot);
        if (p)
            put(slot, p, size);
    }
    if (!p)
        CHECK(errno == ENOMEM && (!slots[slot] || is_whole(slot)));
    return !p;
}

static void drop_all(void) {
    for (size_t slot = 0; slot < SLOTS; slot++)
        if (slots[slot])
            drop(slot);
}

/* For every n: the n-th request for memory is refused, alone or with all that follow. */
static void every_refused_page_is_survived(void) {
    for (int sticky = 0; sticky < 2; sticky++) {
        uint64_t refusals = 1;
        for (uint64_t n = 1; refusals > 0 && n < 3000; n += 1 + n / 40) {
            refusals = 0;
            escrt_release();
            escrt_sys_fail_after(n, sticky);
            for (uint64_t i = 0; i < 900; i++)
                refusals += step(i + n);
            escrt_sys_fail_after(0, false);
            CHECK(malloc_usable_size(slots[0]) >= sizes[0]);
            drop_all();
            escrt_heap_check_all();
        }
    }
}

static uint64_t mappings(void) {
    static char text[1 << 16];
    uint64_t lines = 0;
    int file = open("/proc/self/maps", O_RDONLY);
    for (ssize_t n; (n = read(file, text, sizeof text)) > 0;)
        for (ssize_t i = 0; i < n; i++)
            lines += text[i] == '\n';
    close(file);
    return lines;
}

static void fill(uint64_t *p, size_t from, size_t to) {
    for (size_t i = from / sizeof *p; i < to / sizeof *p; i++)
        p[i] = i * 0x9e3779b97f4a7c15u;
}

static bool is_filled(const uint64_t *p, size_t bytes) {
    for (size_t i = 0; i < bytes / sizeof *p; i++)
        if (p[i] != i * 0x9e3779b97f4a7c15u)
            return false;
    return true;
}

static size_t faults(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_minflt;
}

/* Does this system (not valgrind, not an old kernel) move pages as escrt_sys_move wants it? */
static bool pages_can_be_moved(void) {
    char *two = escrt_sys_map(2 * 65536);
    two[65536] = 1;
    bool moved = two && escrt_sys_move(two + 65536, two, 65536) && two[0] == 1;
    escrt_sys_unmap(two, 2 * 65536);
    return moved;
}

/* Arrays grow in turn, so that none can grow in place for long. */
static void large_arrays_take_their_pages_along(void) {
    enum { ARRAYS = 3, FIRST = 4 << 20, LAST = 40 << 20 };
    uint64_t before = mappings();
    for (int round = 0; round < 3; round++) {
        uint64_t *arrays[ARRAYS];
        for (int i = 0; i < ARRAYS; i++)
            fill(arrays[i] = malloc(FIRST), 0, FIRST);
        for (size_t size = FIRST; size < LAST; size = size * 2 + 12345 * 8)
            for (int i = 0; i < ARRAYS; i++) {
                uint64_t *old = arrays[i];
                size_t faults_before = faults();
                arrays[i] = realloc(old, size * 2 + 12345 * 8);
                if (arrays[i] != old && pages_can_be_moved())
                    CHECK(faults() - faults_before < 100);
                CHECK(is_filled(arrays[i], size));
                fill(arrays[i], size, size * 2 + 12345 * 8);
                escrt_heap_check_all();
            }
        for (int i = 0; i < ARRAYS; i++) {
            arrays[i] = realloc(arrays[i], FIRST); /* and shrink */
            CHECK(is_filled(arrays[i], FIRST));
            free(arrays[i]);
        }
        escrt_heap_check_all();
    }
    /* What was moved is joined with its neighbours again. */
    CHECK(mappings() < before + 20);
}

static void random_operations_keep_every_invariant(void) {
    for (uint64_t i = 0; i < 30000; i++) {
        CHECK(!step(i * 7 + 1));
        if (i % 100 == 0)
            escrt_heap_check_all();
        if (i % 5000 == 0)
            escrt_release();
    }
    drop_all();
    escrt_heap_check_all();
}

static void counters_are_exact_at_rest(void) {
    EscrtStats before, during, after;
    void *objects[1000];
    escrt_stats(&before, sizeof before);
    for (int i = 0; i < 1000; i++)
        objects[i] = malloc(100);
    void *large = malloc(100000);
    escrt_stats(&during, sizeof during);
    CHECK(during.allocs - before.allocs == 1001);
    CHECK(during.objects - before.objects == 1001);
    CHECK(during.frees == before.frees);
    uint64_t bytes = during.bytes_in_use - before.bytes_in_use;
    CHECK(bytes >= 1000 * 100 + 100000 && bytes <= 1000 * 112 + 100000 + 2 * PAGE_BYTES);
    for (int i = 0; i < 1000; i++)
        free(objects[i]);
    free(large);
    escrt_stats(&after, sizeof after);
    CHECK(after.frees - before.frees == 1001);
    CHECK(after.objects == before.objects && after.bytes_in_use == before.bytes_in_use);
    CHECK(after.mapped_bytes == after.in_use_bytes + after.idle_bytes + after.released_bytes);
}

static void what_is_released_is_idle_no_more(void) {
    EscrtStats s;
    void *large = malloc(10 << 20);
    memset(large, 1, 10 << 20);
    free(large);
    size_t released = escrt_release();
    CHECK(released >= 10 << 20 || (escrt_stress & STRESS_SCAVENGE));
    escrt_stats(&s, sizeof s);
    CHECK(s.idle_bytes == 0 && s.cached_bytes == 0);
    large = calloc(1, 10 << 20);
    for (size_t i = 0; i < 10 << 20; i += 512)
        if (((char *)large)[i] != 0)
            CHECK(((char *)large)[i] == 0);
    free(large);
}

static void any_interior_pointer_finds_its_object(void) {
    for (size_t size = 1; size < 200000; size += 1 + size / 3) {
        char *p = malloc(size);
        for (size_t at = 0; at < size; at += 1 + size / 50) {
            void *start;
            size_t bytes;
            CHECK(escrt_object_of(p + at, &start, &bytes) && start == p && bytes >= size);
        }
        free(p);
    }
    int local;
    void *start;
    size_t bytes;
    CHECK(!escrt_object_of(&local, &start, &bytes));
}

static void limits_are_kept(void) {
    EscrtStats s;
    escrt_stats(&s, sizeof s);
    size_t in_use = (size_t)s.in_use_bytes;
    escrt_set_memory_limits(0, in_use + (20 << 20));
    void *p = malloc(10 << 20), *q = malloc(15 << 20);
    CHECK(p && !q && errno == ENOMEM);
    free(p);
    escrt_set_memory_limits(in_use + (8 << 20), 0);
    for (int i = 0; i < 50; i++) {
        p = malloc(4 << 20);
        CHECK(p != NULL);
        memset(p, 1, 4 << 20);
        free(p);
        escrt_stats(&s, sizeof s);
        CHECK(s.in_use_bytes + s.idle_bytes <= in_use + (8 << 20));
    }
    escrt_set_memory_limits(0, 0);
}

static volatile sig_atomic_t times_read;

static void read_stats(int number) {
    static EscrtStats s;
    (void)number;
    times_read++;
    escrt_stats(&s, sizeof s);
}

/* The handler comes while its own thread holds a lock, sooner or later. The timer counts CPU time:
 * one of the clock may come more often than a busy machine lets the loop run in between. */
static void statistics_can_be_read_in_a_signal_handler(void) {
    struct sigaction action = {.sa_handler = read_stats, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 5000}, {0, 5000}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGPROF, &action, NULL);
    setitimer(ITIMER_PROF, &often, NULL);
    for (int i = 0; i < 100000; i++) {
        free(malloc(300000));
        free(malloc((size_t)(i % 3000)));
    }
    setitimer(ITIMER_PROF, &never, NULL);
    CHECK(times_read > 0);
}

int main(void) {
    RUN(counters_are_exact_at_rest);
    RUN(what_is_released_is_idle_no_more);
    RUN(any_interior_pointer_finds_its_object);
    RUN(limits_are_kept);
    RUN(statistics_can_be_read_in_a_signal_handler);
    RUN(large_arrays_take_their_pages_along);
    RUN(random_operations_keep_every_invariant);
    RUN(every_refused_page_is_survived);
    return check_report();
}
