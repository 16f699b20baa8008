/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* check.h - the smallest test framework: a test is a function whose name is a sentence.
 *
 *     static void malloc_of_nothing_is_not_null(void) { CHECK(...); }
 *     int main(void) { RUN(malloc_of_nothing_is_not_null); return check_report(); }
 *
 * Checks may be made by any thread. A failed one is reported and the test goes on; after a hundred
 * the program ends, because what follows is noise.
 */
#ifndef RUNTIME_CHECK_H
#define RUNTIME_CHECK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A test program that cannot run here says why and returns this; ctest counts it as skipped. */
enum { CHECK_SKIPPED = 77, CHECK_MANY = 100 };

static atomic_int check_failures;
static const char *check_test = "";

#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)
#define RUN(test) check_run(test, #test)

static inline bool check_that(bool holds, const char *what, const char *file, int line) {
    if (holds)
        return true;
    /* dprintf: a stream's lock may be held by a thread that a fork left behind. */
    dprintf(2, "%s:%d: %s: failed: %s\n", file, line, check_test, what);
    if (atomic_fetch_add(&check_failures, 1) == CHECK_MANY)
        _exit(1);
    return false;
}

static inline void check_run(void (*test)(void), const char *name) {
    int before = check_failures;
    check_test = name;
    test();
    printf("%s %s\n", check_failures == before ? "ok    " : "FAILED", name);
    fflush(stdout);
}

static inline int check_report(void) {
    return check_failures ? 1 : 0;
}

/* Are we run with another malloc, to test the tests? Then what only ours promises is left out. */
static inline bool check_foreign(void) {
    return getenv("ESCAPEMENT_TEST_FOREIGN") != NULL;
}

#endif
