/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -pthread
/* The argument of a thread lives as long as the thread wants. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *body(void *argument) { // expect: argument does not escape // expect: freeing param: argument
    puts(argument);
    free(argument);
    return NULL;
}

void start(void) {
    pthread_t t;
    char *p = malloc(16); // expect: malloc(16) escapes to heap: passed to thread body
    if (!p)
        return;
    strcpy(p, "a thread");
    pthread_create(&t, NULL, body, p);
    pthread_detach(t);
}
