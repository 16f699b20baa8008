/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_limits.c - when memory cannot be had: NULL and ENOMEM, nothing lost, and all is well again
 * afterwards.
 *
 * The limits are the kernel's (RLIMIT_AS, RLIMIT_DATA), so they fall wherever the allocator happens
 * to ask. Children have a limit each, from one that leaves almost nothing upwards: what an
 * allocator does when its own bookkeeping cannot grow is tried at many places that way.
 */
#include "check.h"
#include "operations.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { KEPT = 100000 };

static void *kept[KEPT];

/* A line of /proc/self/status, in bytes. */
static size_t status_bytes(const char *name) {
    char line[256];
    size_t kib = 0, length = strlen(name);
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL)
        _exit(90);
    while (fgets(line, sizeof line, status))
        if (strncmp(line, name, length) == 0)
            kib = strtoul(line + length, NULL, 10);
    fclose(status);
    return kib * 1024;
}

static void set_limit(int which, size_t bytes) {
    struct rlimit limit = {bytes, bytes};
    if (setrlimit((__rlimit_resource_t)which, &limit) != 0)
        _exit(91);
}

/* From now on this much more. Not RLIMIT_AS: addresses that an allocator reserved long before count
 * as address space already; they count as data when they become writable. */
static void leave_room(size_t bytes) {
    set_limit(RLIMIT_DATA, status_bytes("VmData:") + bytes);
}

/* Allocate blocks of this size until one is refused; free them all; the same again must succeed. */
static int exhaust(size_t size) {
    size_t count = 0;
    for (; count < KEPT; count++) {
        errno = 0;
        kept[count] = malloc(size);
        if (kept[count] == NULL)
            break;
        memset(kept[count], (int)count, size < 64 ? size : 64);
    }
    if (count < KEPT && errno != ENOMEM)
        return 1;
    if (count < KEPT && (calloc(1, 1 << 28) != NULL || errno != ENOMEM))
        return 2;
    for (size_t i = 0; i < count; i++) {
        if (((unsigned char *)kept[i])[0] != (unsigned char)i)
            return 3;
        free(kept[i]);
    }
    for (size_t i = 0; i < count / 2; i++) {
        kept[i] = malloc(size);
        if (kept[i] == NULL)
            return 4;
    }
    for (size_t i = 0; i < count / 2; i++)
        free(kept[i]);
    return 0;
}

static int child_status(size_t room, size_t size) {
    pid_t child = fork();
    if (child == 0) {
        alarm(30);
        leave_room(room);
        _exit(exhaust(size));
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void refusals_are_enomem_and_freed_memory_can_be_had_again(void) {
    static const size_t sizes[] = {24, 300, 5000, 70000, 3 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int status = child_status((size_t)256 << 20, sizes[i]);
        if (!CHECK(status == 0))
            dprintf(2, "size %zu: status %d\n", sizes[i], status);
    }
}

static void every_amount_of_room_is_survived(void) {
    for (size_t room = 0; room < (size_t)80 << 20; room = room * 3 / 2 + 65536) {
        int status = child_status(room, 700);
        /* With next to no room a request of half of what was had may be refused: spans of other
         * classes. */
        if (!CHECK(status == 0 || (status == 4 && room < (size_t)8 << 20)))
            dprintf(2, "room %zu: status %d\n", room, status);
    }
}

static int realloc_keeps_its_block(void) {
    char *block = malloc(100000);
    if (block == NULL)
        return 1;
    memset(block, 'k', 100000);
    leave_room((size_t)64 << 20);
    errno = 0;
    if (realloc(block, (size_t)512 << 20) != NULL || errno != ENOMEM)
        return 2;
    for (size_t i = 0; i < 100000; i++)
        if (block[i] != 'k')
            return 3;
    free(block);
    return 0;
}

static void a_realloc_that_fails_keeps_the_block(void) {
    pid_t child = fork();
    if (child == 0)
        _exit(realloc_keeps_its_block());
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void *exhaust_here(void *argument) {
    void *blocks[2000];
    (void)argument;
    for (int round = 0; round < 5; round++) {
        size_t count = 0;
        while (count < 2000 && (blocks[count] = malloc(100000)) != NULL)
            count++;
        while (count > 0)
            free(blocks[--count]);
    }
    return NULL;
}

static void threads_that_compete_for_the_last_memory_all_go_on(void) {
    pid_t child = fork();
    if (child == 0) {
        pthread_t threads[4];
        pthread_attr_t attributes;
        alarm(60);
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, 256 * 1024);
        leave_room((size_t)300 << 20);
        for (size_t i = 0; i < 4; i++)
            if (pthread_create(&threads[i], &attributes, exhaust_here, NULL) != 0)
                _exit(5);
        for (size_t i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        free(malloc(100));
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A limit that was there before the program: what an allocator reserves at its start must fit in
 * it. */
static void a_program_started_with_little_address_space_works(void) {
    static const size_t mib[] = {48, 100, 400, 2000};
    for (size_t i = 0; i < sizeof mib / sizeof *mib; i++) {
        pid_t child = fork();
        if (child == 0) {
            set_limit(RLIMIT_AS, mib[i] << 20);
            execl("/proc/self/exe", "test_limits", "exhaust", (char *)NULL);
            _exit(92);
        }
        int status;
        waitpid(child, &status, 0);
        if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0))
            dprintf(2, "%zu MiB: status %x\n", mib[i], (unsigned)status);
    }
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "exhaust") == 0)
        return exhaust(700) ? 1 : exhaust(90000);
    RUN(refusals_are_enomem_and_freed_memory_can_be_had_again);
    RUN(every_amount_of_room_is_survived);
    RUN(a_program_started_with_little_address_space_works);
    RUN(a_realloc_that_fails_keeps_the_block);
    RUN(threads_that_compete_for_the_last_memory_all_go_on);
    return check_report();
}
