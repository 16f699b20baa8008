/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -pthread
// moved: 1
/* Every thread has its own frame, so what each moves there is its own. */
#include "trap.h"
#include <pthread.h>

static unsigned results[4];

NOINLINE static unsigned work(int seed) {
    unsigned s = 0;
    for (int i = 0; i < 2000; i++) {
        char *p = malloc(128); // moves
        if (!p)
            exit(1);
        fill(p, 128, seed + i);
        s = s * 3 + digest(p, 128);
        free(p);
    }
    return s;
}

static void *body(void *argument) {
    unsigned *result = argument;
    *result = work((int)(result - results));
    return NULL;
}

int main(void) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        if (pthread_create(&threads[i], NULL, body, &results[i]))
            return 1;
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    printf("%u %u %u %u\n", results[0], results[1], results[2], results[3]);
    return 0;
}
