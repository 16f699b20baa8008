/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* config.h - what the environment says, read once at the first call of malloc. */
#ifndef ESCRT_CONFIG_H
#define ESCRT_CONFIG_H

#include "rt.h"

typedef struct Config {
#define CONFIG_SIZE(name, field, standard, least, most) size_t field;
#define CONFIG_TEXT(name, field) const char *field;
#include "config.def"
#undef CONFIG_SIZE
#undef CONFIG_TEXT
} Config;

HIDDEN extern Config escrt_config;

/* ESCAPEMENT_STRESS=WORD,WORD: rare paths made constant, for tests. */
enum {
    STRESS_REFILL = 1,   /* no cache: every malloc and free goes to the central list */
    STRESS_SCAVENGE = 2, /* every span that is freed goes back to the system at once */
    STRESS_CHECK = 4,    /* the whole heap is checked after every slow path */
    STRESS_STEAL = 8,    /* every refill first takes what the caches of all CPUs have */
};
HIDDEN extern uint32_t escrt_stress;

/* Reads the environment and sets up what it asks for. A wrong value is a line, and the default. A
 * set-user-ID program obeys nothing that names a file. */
void escrt_config_read(void);

/* "64k", "2g": false when it is not a number in the range. */
bool escrt_parse_size(const char *text, size_t least, size_t most, size_t *value);

#endif
