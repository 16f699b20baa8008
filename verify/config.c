/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* config.c - ESCAPEMENT_VERIFY, a list of name=value with `:` between them.
 *
 * Read once, before the first object. A word that is not understood is named in one line and left
 * out: a program under test should not fail because of a misspelt variable.
 *
 * NOT HERE  What the settings do; their list is config.def.
 */
#include "state.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

Settings verify_settings = {
#define VERIFY_SETTING(name, value, low, high) .name = value,
#include "config.def"
#undef VERIFY_SETTING
};

static bool number(const char *value, unsigned long low, unsigned long high, unsigned long *out) {
    char *end;
    errno = 0;
    unsigned long n = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || errno || n < low || n > high)
        return false;
    *out = n;
    return true;
}

static bool text(const char *value, char *out, size_t room) {
    size_t length = strlen(value);
    if (length == 0 || length >= room)
        return false;
    memcpy(out, value, length + 1);
    return true;
}

static bool set(const char *name, const char *value) {
#define VERIFY_SETTING(setting, initial, low, high)                                                \
    if (strcmp(name, #setting) == 0)                                                               \
        return number(value, low, high, &verify_settings.setting);
#include "config.def"
#undef VERIFY_SETTING
    if (strcmp(name, "site") == 0)
        return text(value, verify_settings.only, sizeof verify_settings.only);
    if (strcmp(name, "log") == 0)
        return text(value, verify_settings.log, sizeof verify_settings.log);
    return false;
}

/* The end of one setting. A `:` inside of site=FILE:LINE is followed by a digit, which no name is.
 */
static char *end_of(char *word) {
    char *end = word;
    while (*end && !(*end == ':' && !(end[1] >= '0' && end[1] <= '9')))
        end++;
    return end;
}

void verify_config_read(void) {
    const char *given = getenv("ESCAPEMENT_VERIFY");
    char copy[1024];
    if (!given || !*given)
        return;
    if (!text(given, copy, sizeof copy)) {
        report_line("escapement: verify: ESCAPEMENT_VERIFY is too long\n");
        return;
    }
    for (char *word = copy; *word;) {
        char *end = end_of(word), *next = *end ? end + 1 : end, *value = strchr(word, '=');
        *end = '\0';
        if (value && value < end)
            *value++ = '\0';
        if (*word && (!value || value > end || !set(word, value)))
            report_line("escapement: verify: not understood in ESCAPEMENT_VERIFY: %s%s%s\n", word,
                        value && value <= end ? "=" : "", value && value <= end ? value : "");
        word = next;
    }
}
