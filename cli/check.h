/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* check.h - whether objects that are linked together fit what each assumes of the others.
 *
 * NOT HERE  Reading objects (objects.c), and which are linked (link_check.c, ld.c).
 */
#ifndef ESCAPEMENT_CLI_CHECK_H
#define ESCAPEMENT_CLI_CHECK_H

#include <stdbool.h>
#include <stddef.h>

typedef struct LinkInput {
    char *path, *member; /* member NULL: the file, or all of an archive */
} LinkInput;

typedef struct LinkInputs {
    LinkInput *items;
    size_t count, capacity;
} LinkInputs;

void add_input(LinkInputs *inputs, const char *path, const char *member);
void free_inputs(LinkInputs *inputs);

typedef struct LinkCheck {
    LinkInputs inputs;
    const char *output; /* the linked file, to see what it exports; NULL: none */
    bool shared;        /* a shared library is made of them and there is no `output` */
    char **replaced;    /* symbols in whose place the linker was told to put others */
    size_t nreplaced;
    void (*refuse)(void *context, const char *line); /* what does not hold */
    void *context;
} LinkCheck;

/* Gives `refuse` a line for each assumption that does not hold; how many there were. Ends the
 * program with EXIT_TROUBLE when an input cannot be read. `nassumed`: how many were looked at. */
size_t check_link(const LinkCheck *check, size_t *nassumed);
/* For check.c and check_set.c: such a line; false. */
bool refuse_link(const LinkCheck *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A `refuse` that prints the line on standard error. */
void print_refusal(void *context, const char *line);

#endif
