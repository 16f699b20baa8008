/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// args: -fplugin-arg-escapement-whole-program
/* A program that asks for functions by name is not whole, whatever was promised. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

size_t (*hash)(const void *key);

size_t hash_bytes(const void *key) { // expect: key does not escape
    return *(const unsigned char *)key;
}

void set_up(void) {
    void *found = dlsym(RTLD_DEFAULT, "better_hash");
    hash = hash_bytes;
    if (found)
        memcpy(&hash, &found, sizeof hash);
}

size_t look_up(int c) {
    char *text = malloc(16); // expect: malloc(16) escapes to heap: passed through a function pointer
    if (!text)
        return 0;
    memset(text, c, 16);
    size_t h = hash(text);
    free(text);
    return h;
}
