/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A global keeps it; the whole lvalue is named. Behind a pointer it is memory that escapes. */
#include <stdlib.h>

struct Config {
    char *name;
    char *words[4];
};

char *held;
struct Config config;
struct Config *current = &config;

void in_a_variable(void) {
    char *p = malloc(8); // expect: malloc(8) escapes to heap: stored in global held
    if (p)
        p[0] = 1;
    held = p;
}

void in_a_field(void) {
    config.name = malloc(9); // expect: malloc(9) escapes to heap: stored in global config.name
}

void in_an_element(int i) {
    config.words[i] = malloc(10); // expect: malloc(10) escapes to heap: stored in global config.words[i]
}

void behind_a_pointer(void) {
    current->name = malloc(11); // expect: malloc(11) escapes to heap: stored in current->name, which escapes
}
