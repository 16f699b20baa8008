/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* checked_locks.c - a build with checks ends a program that takes locks against their order.
 *
 * Linked with the library at check level 3.
 */
#include "check.h"
#include "lock.h"
#include "outcome.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static Lock central = LOCK_INIT(RANK_CENTRAL), other = LOCK_INIT(RANK_CENTRAL),
            heap_lock = LOCK_INIT(RANK_HEAP), cache = LOCK_INIT(RANK_CACHE);

static void in_order(void) {
    lock_take(&cache);
    lock_take(&central);
    lock_take(&heap_lock);
    lock_give(&heap_lock);
    lock_give(&central);
    lock_give(&cache);
}

static void against_the_order(void) {
    lock_take(&heap_lock);
    lock_take(&central);
}

static void try_against_the_order(void) {
    lock_take(&central);
    (void)lock_try(&cache);
}

/* As fork does, and as long as each is given back nothing is held. */
static void one_after_the_other(void) {
    lock_take(&central);
    lock_take(&other);
    lock_give(&central);
    lock_give(&other);
    in_order();
}

static void run_child(void *f) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    (*(void (**)(void))f)();
}

static Outcome outcome_of(void (*f)(void)) {
    return outcome_of_child(run_child, &f);
}

static void locks_in_their_order_are_taken(void) {
    Outcome first = outcome_of(in_order), second = outcome_of(one_after_the_other);
    CHECK(first.status == 0 && first.text[0] == '\0');
    CHECK(second.status == 0 && second.text[0] == '\0');
}

static void locks_against_their_order_end_the_process(void) {
    Outcome taken = outcome_of(against_the_order), tried = outcome_of(try_against_the_order);
    CHECK(WIFSIGNALED(taken.status) && WTERMSIG(taken.status) == SIGABRT);
    CHECK(strncmp(taken.text, "escapement: lock order: ", 24) == 0);
    CHECK(WIFSIGNALED(tried.status) && strstr(tried.text, "lock order"));
}

int main(void) {
    RUN(locks_in_their_order_are_taken);
    RUN(locks_against_their_order_end_the_process);
    return check_report();
}
