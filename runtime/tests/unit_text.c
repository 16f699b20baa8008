/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* unit_text.c - numbers and text without allocation, and the sizes of the environment. */
#include "check.h"
#include "config.h"
#include "error.h"

#include <string.h>

static const char *printed(char *buffer, size_t capacity, size_t *total, const char *format, ...) {
    va_list arguments;
    Text text = {.bytes = buffer, .capacity = capacity - 1, .fd = -1};
    va_start(arguments, format);
    escrt_text_vprint(&text, format, arguments);
    va_end(arguments);
    buffer[text.length] = '\0';
    *total = text.total;
    return buffer;
}

static void every_conversion_prints_as_printf_does(void) {
    char ours[200], theirs[200];
    size_t total;
#define SAME(...)                                                                                  \
    (snprintf(theirs, sizeof theirs, __VA_ARGS__),                                                 \
     CHECK(strcmp(printed(ours, sizeof ours, &total, __VA_ARGS__), theirs) == 0),                  \
     CHECK(total == strlen(theirs)))
    SAME("nothing");
    SAME("%d %d %d", 0, -1, 2147483647);
    SAME("%d%%|%c|%s|", -2147483647 - 1, 'x', "text");
    SAME("%u %x %x", 4294967295u, 0u, 0xdeadbeefu);
    SAME("%lu %ld %zu", 18446744073709551615ul, -9223372036854775807l - 1, (size_t)7);
    SAME("%p", (void *)0x7f0012345678);
}

static void what_does_not_fit_is_dropped_and_counted(void) {
    char buffer[8];
    size_t total;
    CHECK(strcmp(printed(buffer, sizeof buffer, &total, "123%d", 456789), "1234567") == 0);
    CHECK(total == 9);
}

static bool size_is(const char *text, size_t want) {
    size_t value = 1;
    return escrt_parse_size(text, 0, SIZE_MAX, &value) && value == want;
}

static void sizes_have_units(void) {
    CHECK(size_is("0", 0) && size_is("17", 17) && size_is("3k", 3072) && size_is("2M", 2 << 20));
    CHECK(size_is("1g", 1 << 30) && size_is("18446744073709551615", SIZE_MAX));
}

static void wrong_sizes_are_refused_and_change_nothing(void) {
    static const char *const wrong[] = {
        "", "k", "-1", "1x", "1kk", "18446744073709551616", "17179869184g"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        size_t value = 5;
        CHECK(!escrt_parse_size(wrong[i], 0, SIZE_MAX, &value) && value == 5);
    }
    size_t value = 5;
    CHECK(!escrt_parse_size("4", 5, 9, &value) && !escrt_parse_size("10", 5, 9, &value));
}

int main(void) {
    RUN(every_conversion_prints_as_printf_does);
    RUN(what_does_not_fit_is_dropped_and_counted);
    RUN(sizes_have_units);
    RUN(wrong_sizes_are_refused_and_change_nothing);
    return check_report();
}
