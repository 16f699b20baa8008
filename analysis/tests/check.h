/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* check.h - the smallest test framework: a test is a function whose name is a sentence.
 *
 *     static void a_module_without_functions_prints_nothing(void) { CHECK(...); }
 *     int main(void) { RUN(a_module_without_functions_prints_nothing); return check_report(); }
 */
#ifndef ESC_CHECK_H
#define ESC_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int check_failures;
static const char *check_test = "";

/* A failed check is reported and the test goes on. */
#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), __FILE__, __LINE__)
#define RUN(test) check_run(test, #test)

static inline bool check_that(bool holds, const char *what, const char *file, int line) {
    if (holds)
        return true;
    fprintf(stderr, "%s:%d: %s: failed: %s\n", file, line, check_test, what);
    check_failures++;
    return false;
}

static inline bool check_text(const char *actual, const char *expected, const char *file,
                              int line) {
    if (actual && strcmp(actual, expected) == 0)
        return true;
    fprintf(stderr, "%s:%d: %s: expected:\n%s\nactual:\n%s\n", file, line, check_test, expected,
            actual ? actual : "(nothing)");
    check_failures++;
    return false;
}

static inline void check_run(void (*test)(void), const char *name) {
    int before = check_failures;
    check_test = name;
    test();
    printf("%s %s\n", check_failures == before ? "ok    " : "FAILED", name);
}

static inline int check_report(void) {
    return check_failures ? 1 : 0;
}

#endif
