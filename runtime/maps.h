/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* maps.h - what is mapped where in this process, read from /proc without libc. */
#ifndef ESCRT_MAPS_H
#define ESCRT_MAPS_H

#include "rt.h"

typedef struct Mapping {
    uintptr_t start, end;
    uint64_t offset;  /* in the file */
    const char *path; /* ends with a zero; "" for memory without a file */
    bool readable, executable;
} Mapping;

/* INVARIANT  Mappings are in order of address and do not overlap. */
typedef struct Maps {
    Mapping *mappings;
    size_t count;
    void *memory; /* of escrt_sys_map; the paths lie in it too */
    size_t memory_bytes;
} Maps;

/* false: /proc is not there, or no memory. */
bool escrt_maps_read(Maps *maps);
void escrt_maps_drop(Maps *maps);

/* The mapping that holds the address, or NULL. */
const Mapping *escrt_maps_find(const Maps *maps, uintptr_t address);

/* The first mapping of the same file at or before this one: where the file was loaded. */
const Mapping *escrt_maps_first(const Maps *maps, const Mapping *mapping);

/* The build id as hexadecimal digits; "" when there is none. */
enum { BUILD_ID_TEXT = 2 * 64 + 1 };
void escrt_maps_build_id(const Mapping *first, char text[BUILD_ID_TEXT]);

/* Is the program linked to fixed addresses? Then those of its own file are what tools want to see.
 */
bool escrt_maps_is_fixed(const Mapping *first);

/* Where the mapping that holds the address ends; 0 when it is not known. Reads line by line on
 * a small stack: a thread asks once. */
uintptr_t escrt_maps_end_of(uintptr_t address);

#endif
