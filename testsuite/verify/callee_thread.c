/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// forget: callee
// says: malloc(16) in begin
// says: ended: its function returned
// says: #0 work
/* A thread works on it when the function is gone. */
#include "verify.h"
#include <pthread.h>

static volatile int returned;

static void *work(void *argument) {
    char *p = argument;
    while (!returned)
        ;
    printf("%d\n", p[3]);
    free(p);
    return NULL;
}

NOINLINE static pthread_t begin(int n) {
    pthread_t t;
    char *p = malloc(16);
    if (!p)
        exit(1);
    memset(p, n, 16);
    if (pthread_create(&t, NULL, work, p))
        exit(1);
    return t;
}

int main(void) {
    pthread_t t = begin(6);
    returned = 1;
    pthread_join(t, NULL);
    return 0;
}
