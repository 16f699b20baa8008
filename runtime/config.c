/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* config.c - the environment, read once.
 *
 * environ is walked by hand: getenv would do, but secure_getenv and the rest are not worth their
 * promises at a time when libc may not have been initialised.
 */
#include "config.h"
#include "cache.h"
#include "debug.h"
#include "error.h"
#include "heap.h"

#include <string.h>
#include <sys/auxv.h>

Config escrt_config = {
#define CONFIG_SIZE(name, field, standard, least, most) .field = standard,
#define CONFIG_TEXT(name, field) .field = NULL,
#include "config.def"
#undef CONFIG_SIZE
#undef CONFIG_TEXT
};
uint32_t escrt_stress;

/* Programs write their title over the environment, so texts are copied. */
enum { TEXT_BYTES = 1024 };
#define CONFIG_SIZE(name, field, standard, least, most)
#define CONFIG_TEXT(name, field) static char field##_text[TEXT_BYTES];
#include "config.def"
#undef CONFIG_SIZE
#undef CONFIG_TEXT

extern char **environ;

bool escrt_parse_size(const char *text, size_t least, size_t most, size_t *value) {
    size_t n = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, (size_t)(*at - '0'), &n))
            return false;
    if (at == text)
        return false;
    static const char units[] = "kmgt";
    const char *unit = *at ? strchr(units, *at | 0x20) : NULL;
    if (unit) {
        int shift = 10 * (int)(unit - units + 1);
        if (n > SIZE_MAX >> shift)
            return false;
        n <<= shift;
        at++;
    }
    if (*at != '\0' || n < least || n > most)
        return false;
    *value = n;
    return true;
}

static const char *value_of(const char *variable, const char *name) {
    size_t length = strlen(name);
    return strncmp(variable, name, length) == 0 && variable[length] == '=' ? variable + length + 1
                                                                           : NULL;
}

static void read_size(const char *name, const char *text, size_t least, size_t most,
                      size_t *value) {
    if (!escrt_parse_size(text, least, most, value))
        escrt_warn("ESCAPEMENT_%s=%s: not a number from %zu to %zu; using %zu", name, text, least,
                   most, *value);
}

/* An empty text is as good as none. */
static void read_text(const char *name, const char *text, char copy[TEXT_BYTES],
                      const char **value) {
    size_t length = strlen(text);
    if (length >= TEXT_BYTES)
        escrt_warn("ESCAPEMENT_%s: longer than %d bytes; ignored", name, TEXT_BYTES - 1);
    if (length == 0 || length >= TEXT_BYTES)
        return;
    memcpy(copy, text, length + 1);
    *value = copy;
}

static void read_variable(const char *variable, bool files) {
    const char *value;
#define CONFIG_SIZE(name, field, standard, least, most)                                            \
    if ((value = value_of(variable, #name)) != NULL)                                               \
        read_size(#name, value, least, most, &escrt_config.field);
#define CONFIG_TEXT(name, field)                                                                   \
    if (files && (value = value_of(variable, #name)) != NULL)                                      \
        read_text(#name, value, field##_text, &escrt_config.field);
#include "config.def"
#undef CONFIG_SIZE
#undef CONFIG_TEXT
}

static void read_stress(const char *text) {
    static const char *const words[] = {"refill", "scavenge", "check", "steal"};
    enum { NWORDS = sizeof words / sizeof *words };
    while (*text) {
        size_t length = strcspn(text, ","), i = 0;
        while (i < NWORDS && (strlen(words[i]) != length || strncmp(words[i], text, length) != 0))
            i++;
        if (i == NWORDS)
            escrt_warn("ESCAPEMENT_STRESS: %s begins with no known word", text);
        else
            escrt_stress |= 1u << i;
        text += length + (text[length] == ',');
    }
}

void escrt_config_read(void) {
    static const char prefix[] = "ESCAPEMENT_";
    bool files = !getauxval(AT_SECURE);
    for (char **variable = environ; variable && *variable; variable++)
        if (strncmp(*variable, prefix, sizeof prefix - 1) == 0)
            read_variable(*variable + sizeof prefix - 1, files);
    if (escrt_config.soft_limit || escrt_config.hard_limit)
        escrt_heap_set_limits(escrt_config.soft_limit, escrt_config.hard_limit);
    if (escrt_config.stress)
        read_stress(escrt_config.stress);
    if (escrt_stress & STRESS_REFILL)
        escrt_cache_disable();
    if (escrt_config.debug)
        escrt_debug_start((int)escrt_config.debug);
}
