/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_copies.c - two copies of the library in one process do not meet.
 *
 * The program is linked with libescapement.a and has libescapement.so preloaded. All names that
 * libc and libraries use lead to the program's own copy, which comes first in the search order; the
 * other one is reached here by its handle, as a library with RTLD_DEEPBIND or a name that only it
 * defines would reach it.
 *
 * usage: test_copies LIBRARY [idle]      idle: the preloaded copy is not asked for anything
 */
#include "check.h"
#include "escapement/runtime.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *library;

static bool in_first_copy(const void *p) {
    void *start;
    size_t size;
    return escrt_object_of(p, &start, &size);
}

static void *other(const char *name) {
    void *function = dlsym(library, name);
    CHECK(function != NULL);
    return function;
}

typedef void *(*Malloc)(size_t);
typedef void (*Free)(void *);
typedef void (*FreeSized)(void *, size_t);
typedef bool (*ObjectOf)(const void *, void **, size_t *);

static Malloc other_malloc;
static Free other_free;

static void find_other(void) {
    *(void **)&other_malloc = other("malloc");
    *(void **)&other_free = other("free");
    CHECK(other_malloc != malloc);
}

static void libc_allocates_in_the_first_copy(void) {
    FILE *file = fopen("/proc/self/maps", "r");
    if (!CHECK(file != NULL))
        return;
    char *line = NULL;
    size_t size = 0;
    CHECK(getline(&line, &size, file) > 0);
    CHECK(in_first_copy(line));
    char *copy = strdup(line);
    CHECK(in_first_copy(copy));
    free(copy);
    free(line);
    CHECK(fclose(file) == 0);
}

enum { BLOCKS = 3000, THREADS = 4, ROUNDS = 20 };

/* Half of the blocks in each copy, of sizes up to some 300 KiB. */
static void *fill_both(void *seed) {
    char **blocks = calloc(BLOCKS, sizeof *blocks);
    uint32_t state = (uint32_t)(uintptr_t)seed;
    for (int round = 0; blocks && round < ROUNDS; round++)
        for (uint32_t i = 0; i < BLOCKS; i++) {
            bool mine = i % 2;
            if (blocks[i]) {
                CHECK(blocks[i][0] == (char)i);
                (mine ? free : other_free)(blocks[i]);
            }
            state = state * 1664525 + 1013904223;
            size_t size = 1 + (state >> 16) % (state % 50 == 0 ? 300000 : 2000);
            blocks[i] = (mine ? malloc : other_malloc)(size);
            if (CHECK(blocks[i] != NULL))
                blocks[i][0] = blocks[i][size - 1] = (char)i;
        }
    for (uint32_t i = 0; blocks && i < BLOCKS; i++)
        (i % 2 ? free : other_free)(blocks[i]);
    free(blocks);
    return NULL;
}

static void both_can_be_used_side_by_side(void) {
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, fill_both, (void *)(i + 1)) == 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    int (*check_other)(void);
    *(void **)&check_other = other("escrt_heap_check_all");
    escrt_heap_check_all();
    if (check_other)
        check_other();
}

static void each_knows_its_own_objects_only(void) {
    ObjectOf object_of;
    *(void **)&object_of = other("escrt_object_of");
    void *start;
    size_t size;
    void *mine = malloc(100), *others = other_malloc(100);
    CHECK(in_first_copy(mine) && !in_first_copy(others));
    CHECK(object_of(others, &start, &size) && !object_of(mine, &start, &size));
    free(mine);
    other_free(others);
}

/* glibc 2.36 has no free_sized, so a library's use of it leads to the preloaded copy. */
static void a_name_that_libc_lacks_finds_the_right_heap(void) {
    FreeSized free_sized_of_other;
    *(void **)&free_sized_of_other = other("free_sized");
    free_sized_of_other(malloc(100), 100);
    free_sized_of_other(other_malloc(100), 100);
}

static void children_of_fork_can_use_both(void) {
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) {
            fill_both((void *)7);
            _exit(check_failures != 0);
        }
        int status = 1;
        CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    }
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    RUN(libc_allocates_in_the_first_copy);
    if (argc > 2)
        return check_report();
    library = dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD);
    if (!CHECK(library != NULL))
        return check_report();
    RUN(find_other);
    RUN(each_knows_its_own_objects_only);
    RUN(a_name_that_libc_lacks_finds_the_right_heap);
    RUN(both_can_be_used_side_by_side);
    RUN(children_of_fork_can_use_both);
    return check_report();
}
