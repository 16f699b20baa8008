/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_dlopen.c - libraries that use malloc in constructors, destructors and thread-local storage
 * come and go.
 *
 * The argument is the library (dlopen_user.c). dlopen itself allocates, and so does a thread's
 * first use of a loaded library's thread-local storage.
 */
#include "check.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static const char *path;

typedef char *(*Greet)(const char *);

static void load_use_unload(void) {
    void *library = dlopen(path, RTLD_NOW);
    if (!CHECK(library != NULL))
        return;
    Greet greet;
    *(void **)&greet = dlsym(library, "greet");
    char *text = greet ? greet("world") : NULL;
    CHECK(text && strcmp(text, "hello, world 1") == 0);
    free(text);
    CHECK(dlclose(library) == 0);
}

static void libraries_come_and_go(void) {
    for (int i = 0; i < 200; i++)
        load_use_unload();
}

static void *load_here(void *argument) {
    (void)argument;
    void *library = dlopen(path, RTLD_NOW);
    Greet greet = NULL;
    if (library)
        *(void **)&greet = dlsym(library, "greet");
    char *text = greet ? greet("thread") : NULL;
    CHECK(text && strcmp(text, "hello, thread 1") == 0);
    free(text);
    if (library)
        dlclose(library);
    return NULL;
}

static void threads_load_libraries(void) {
    for (int round = 0; round < 30; round++) {
        pthread_t threads[6];
        for (size_t i = 0; i < 6; i++)
            CHECK(pthread_create(&threads[i], NULL, load_here, NULL) == 0);
        for (size_t i = 0; i < 6; i++)
            pthread_join(threads[i], NULL);
    }
}

static void memory_outlives_the_library_that_allocated_it(void) {
    void *library = dlopen(path, RTLD_NOW);
    Greet greet = NULL;
    if (CHECK(library != NULL))
        *(void **)&greet = dlsym(library, "greet");
    char *text = greet ? greet("later") : NULL;
    dlclose(library);
    text = realloc(text, 10000);
    CHECK(text && strcmp(text, "hello, later 1") == 0);
    free(text);
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    path = argv[1];
    RUN(libraries_come_and_go);
    RUN(threads_load_libraries);
    RUN(memory_outlives_the_library_that_allocated_it);
    return check_report();
}
