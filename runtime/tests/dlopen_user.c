/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* dlopen_user.c - the library that test_dlopen.c loads: allocates when it comes, frees when it
 * goes. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *greeting;
static _Thread_local char scratch[5000];
static _Thread_local int uses;

__attribute__((constructor)) static void come(void) {
    greeting = strdup("hello");
}

__attribute__((destructor)) static void go(void) {
    free(greeting);
}

char *greet(const char *whom);
char *greet(const char *whom) {
    char *text = malloc(200);
    snprintf(scratch, sizeof scratch, "%s, %s %d", greeting, whom, ++uses);
    if (text)
        snprintf(text, 200, "%.199s", scratch);
    return text;
}
