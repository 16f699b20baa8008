/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// run:
// args: -pthread
// moved: 0
/* pthread_setspecific keeps its pointer for the thread. */
#include "trap.h"
#include <pthread.h>

static pthread_key_t key;

NOINLINE static void set(int seed) {
    char *p = malloc(20); // stays
    if (!p)
        exit(1);
    fill(p, 20, seed);
    pthread_setspecific(key, p);
}

int main(void) {
    if (pthread_key_create(&key, NULL))
        return 1;
    set(opaque_int(2));
    SCRIBBLE();
    char *p = pthread_getspecific(key);
    printf("%u\n", digest(p, 20));
    free(p);
    return 0;
}
