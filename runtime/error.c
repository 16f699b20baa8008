/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* error.c - one policy for what goes wrong: one line, and for misuse and damage the end.
 *
 * A line is made in a buffer on the stack and written by one write(2), so that it arrives whole
 * beside the lines of other threads, and nothing here takes a lock.
 */
#include "error.h"
#include "sys.h"

#include <string.h>

enum { LINE_BYTES = 512, STDERR = 2 };

void escrt_text_flush(Text *text) {
    if (text->fd >= 0)
        escrt_sys_write(text->fd, text->bytes, text->length);
    if (text->fd >= 0)
        text->length = 0;
}

static void put(Text *text, const char *bytes, size_t length) {
    text->total += length;
    while (length > 0) {
        if (text->length == text->capacity)
            escrt_text_flush(text);
        size_t n = min_size(length, text->capacity - text->length);
        if (n == 0)
            return;
        memcpy(text->bytes + text->length, bytes, n);
        text->length += n;
        bytes += n;
        length -= n;
    }
}

static void put_number(Text *text, uint64_t value, unsigned base, bool negative) {
    char digits[24];
    size_t at = sizeof digits;
    do
        digits[--at] = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    if (negative)
        digits[--at] = '-';
    put(text, digits + at, sizeof digits - at);
}

static void put_signed(Text *text, int64_t value) {
    put_number(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, value < 0);
}

/* One conversion, after the '%'; returns where the format goes on. */
static const char *convert(Text *text, const char *format, va_list *arguments) {
    int wide = 0;
    while (*format == 'l' || *format == 'z')
        wide = *format++;
    switch (*format) {
    case 's': {
        const char *s = va_arg(*arguments, const char *);
        put(text, s ? s : "(null)", strlen(s ? s : "(null)"));
        break;
    }
    case 'c': {
        char c = (char)va_arg(*arguments, int);
        put(text, &c, 1);
        break;
    }
    case 'd':
        put_signed(text, wide ? va_arg(*arguments, long) : va_arg(*arguments, int));
        break;
    case 'u':
    case 'x':
        put_number(text, wide ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned),
                   *format == 'u' ? 10 : 16, false);
        break;
    case 'p':
        put(text, "0x", 2);
        put_number(text, (uintptr_t)va_arg(*arguments, void *), 16, false);
        break;
    default:
        put(text, format, 1);
        break;
    }
    return format + 1;
}

void escrt_text_vprint(Text *text, const char *format, va_list arguments) {
    va_list list;
    va_copy(list, arguments);
    while (*format) {
        const char *percent = format;
        while (*percent && *percent != '%')
            percent++;
        put(text, format, (size_t)(percent - format));
        format = *percent ? convert(text, percent + 1, &list) : percent;
    }
    va_end(list);
}

void escrt_text_print(Text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    escrt_text_vprint(text, format, arguments);
    va_end(arguments);
}

static void line(const char *format, va_list arguments) {
    char bytes[LINE_BYTES];
    Text text = {.bytes = bytes, .capacity = sizeof bytes - 1, .fd = -1};
    escrt_text_print(&text, "escapement: ");
    escrt_text_vprint(&text, format, arguments);
    bytes[text.length++] = '\n';
    escrt_sys_write(STDERR, bytes, text.length);
}

COLD void escrt_warn(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    line(format, arguments);
    va_end(arguments);
}

COLD void escrt_die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    line(format, arguments);
    va_end(arguments);
    escrt_sys_abort();
}

COLD void escrt_assert_failed(const char *condition, const char *file, int where) {
    escrt_die("%s:%d: this must hold and does not: %s", file, where, condition);
}
