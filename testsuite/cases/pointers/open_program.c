/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Without the promise of a whole program anybody may have set the pointer. */
#include <stdlib.h>
#include <string.h>

size_t (*hash)(const void *key);

size_t hash_bytes(const void *key) { // expect: key does not escape
    return *(const unsigned char *)key;
}

void set_up(void) {
    hash = hash_bytes;
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
