/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* unit_central.c - what a central list hands to a cache, and takes back. */
#include "allocate.h"
#include "central.h"
#include "check.h"
#include "classes.h"

enum { MOST = 512, ASKED = 64 };
static void *objects[MOST];

/* A class that nothing in this program uses. */
static uint32_t unused_class(void) {
    return class_of(2500);
}

static void few_objects_are_handed_out_while_few_are_in_use(void) {
    uint32_t class = unused_class(), total = 0, most = 0;
    while (total < 3 * ASKED) {
        uint32_t n = escrt_central_take(class, objects + total, ASKED);
        CHECK(n > 0 && n <= ASKED);
        CHECK(n <= (total < 4 ? 4 : total));
        if (n == 0)
            return;
        most = n > most ? n : most;
        total += n;
    }
    CHECK(most > 4);
    escrt_central_give(class, objects, total);
    CHECK(escrt_central_take(class, objects, ASKED) == 4);
    escrt_central_give(class, objects, 4);
}

static void small_objects_of_two_caches_share_no_line(void) {
    uint32_t class = 1;
    uint32_t first = escrt_central_take(class, objects, ASKED);
    CHECK(first * escrt_classes[class].bytes >= 256);
    escrt_central_give(class, objects, first);
}

int main(void) {
    if (!CHECK(escrt_init()))
        return check_report();
    RUN(few_objects_are_handed_out_while_few_are_in_use);
    RUN(small_objects_of_two_caches_share_no_line);
    return check_report();
}
