/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -pthread
// moved: 0
/* A thread that outlives the function reads its argument. */
#include "trap.h"
#include <pthread.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static unsigned result;

static void *body(void *argument) {
    pthread_mutex_lock(&gate);
    result = digest(argument, 32);
    pthread_mutex_unlock(&gate);
    free(argument);
    return NULL;
}

NOINLINE static pthread_t start(int seed) {
    pthread_t t;
    char *p = malloc(32); // stays
    if (!p)
        exit(1);
    fill(p, 32, seed);
    if (pthread_create(&t, NULL, body, p))
        exit(1);
    return t;
}

int main(void) {
    pthread_mutex_lock(&gate);
    pthread_t t = start(opaque_int(2));
    SCRIBBLE();
    pthread_mutex_unlock(&gate);
    pthread_join(t, NULL);
    printf("%u\n", result);
    return 0;
}
