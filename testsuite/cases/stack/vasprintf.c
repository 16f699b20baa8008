/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* vasprintf allocates through its first argument, as asprintf does. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void say(const char *format, ...) { // expect: format does not escape
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int n = vasprintf(&text, format, arguments); // expect: vasprintf(&text, format, arguments) does not escape; kept on heap: no rewrite for this form of vasprintf
    va_end(arguments);
    if (n < 0)
        return;
    puts(text);
    free(text);
}

char *made(const char *format, va_list arguments) { // expect: format does not escape // expect: result of made is fresh memory
    char *text;
    if (vasprintf(&text, format, arguments) < 0) // expect: vasprintf(&text, format, arguments) escapes to heap: returned
        return NULL;
    return text;
}
