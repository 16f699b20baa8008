/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* profile.h - a heap profile of the runtime (ESCAPEMENT_PROFILE=FILE), read back.
 *
 * The file is pprof's profile.proto, gzipped or not, with the four values that runtime/pprof.c
 * writes for each call stack. Addresses are those of the process that was profiled.
 *
 * NOT HERE  Which functions the addresses lie in (symbols.h).
 */
#ifndef ESCAPEMENT_CLI_PROFILE_H
#define ESCAPEMENT_CLI_PROFILE_H

#include <stddef.h>
#include <stdint.h>

/* What is counted: since the program's start, and what was not freed when the file was written. */
typedef struct Amount {
    int64_t alloc_objects, alloc_bytes, inuse_objects, inuse_bytes;
} Amount;

/* A part of a file that was mapped with code in it. */
typedef struct Mapping {
    uint64_t id, start, limit, offset;
    char *file, *build_id; /* "" when it has none */
} Mapping;

typedef struct Location {
    uint64_t id, address;
    const Mapping *mapping; /* NULL: in no file */
} Location;

typedef struct Stack {
    size_t *locations; /* indices into Profile.locations, the caller of malloc first */
    size_t nlocations;
    Amount amount;
} Stack;

typedef struct Profile {
    Mapping *mappings; /* in the file's order: the program itself comes first */
    size_t nmappings;
    Location *locations;
    size_t nlocations;
    Stack *stacks;
    size_t nstacks;
    Amount total;
    int64_t period;    /* one sample for so many bytes, on average; 1: every allocation */
    char *drop_frames; /* a regular expression of functions that allocate for others; "" for none */
} Profile;

/* Ends the program with one line when the file cannot be read, is no such profile, or holds no
 * allocation. */
void profile_read(Profile *profile, const char *path);
void profile_free(Profile *profile);

void amount_add(Amount *sum, const Amount *more);

#endif
