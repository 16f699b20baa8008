/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* advice.c - see advice.h.
 *
 * INVARIANT  Every reason of reasons.def has one line in advice.def (tests/test_advice.c), with no
 * argument where the reason has none.
 */
#include "advice.h"

#include "command.h"

#include <stdlib.h>
#include <string.h>

#define OUTLIVES "outlives"
#define UNSEEN "unseen"
#define LIFE "life"
#define BUDGET "budget"
#define OFF "off"

static const struct Advice {
    const char *reason, *category, *text;
} all[] = {
/* clang-format off */
#define ADVICE(reason, category, words, text) {#reason, category, text},
#include "advice.def"
#undef ADVICE
    /* clang-format on */
};

static const struct Own {
    const char *reason, *category, *words;
} own[] = {
    {REASON_WRAPPER, "none", "no verdict on a call of a wrapper"},
    {REASON_LIBRARY, "none", "allocated by a function that is not in the report"},
    {REASON_OUTSIDE, "none", "nothing of the stack is in the report"},
    {REASON_MOVED, "moved", "moved to stack, yet allocated here"},
};
enum { OWN = sizeof own / sizeof *own };

static const struct Format {
    const char *reason, *format;
} formats[] = {
#define ESC_REASON(code, format) {#code, format},
#include "escapement/reasons.def"
#undef ESC_REASON
};

static const struct Words {
    const char *reason, *words;
} words[] = {
/* clang-format off */
#define ADVICE(reason, category, words, text) {#reason, words},
#include "advice.def"
#undef ADVICE
    /* clang-format on */
};

static const struct Advice *find(const char *reason) {
    for (size_t i = 0; reason && i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].reason, reason) == 0)
            return &all[i];
    return NULL;
}

const char *reason_category(const char *reason) {
    const struct Advice *advice = find(reason);
    for (size_t i = 0; reason && i < OWN; i++)
        if (strcmp(own[i].reason, reason) == 0)
            return own[i].category;
    return advice ? advice->category : NULL;
}

const char *reason_words(const char *reason) {
    for (size_t i = 0; reason && i < OWN; i++)
        if (strcmp(own[i].reason, reason) == 0)
            return own[i].words;
    for (size_t i = 0; reason && i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].reason, reason) == 0)
            return words[i].words;
    return reason ? reason : "no reason given";
}

/* Is the text the format, with something in the place of %s? */
static bool fits(const char *text, const char *format) {
    const char *hole = strstr(format, "%s");
    if (!hole)
        return strcmp(text, format) == 0;
    size_t before = (size_t)(hole - format), after = strlen(hole + 2), length = strlen(text);
    return length >= before + after && strncmp(text, format, before) == 0 &&
           strcmp(text + length - after, hole + 2) == 0;
}

const char *reason_in(const char *text) {
    static const char mark[] = " heap: ";
    const char *said = NULL;
    for (const char *next = text; (next = strstr(next, mark)) != NULL; next++)
        said = next + strlen(mark);
    for (size_t i = 0; said && i < sizeof formats / sizeof *formats; i++)
        if (fits(said, formats[i].format))
            return formats[i].reason;
    return NULL;
}

/* What stands in the text for the %s of the reason's format; to be freed. */
static char *argument_in(const char *text, const char *reason) {
    const char *format = "";
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].reason, reason) == 0)
            format = formats[i].format;
    const char *hole = strstr(format, "%s");
    if (!hole)
        return copy_text("");
    char *before = format_text("%.*s", (int)(hole - format), format);
    const char *start = strstr(text, before), *after = hole + 2;
    /* The last place: an expression in front of the reason may hold the same words. */
    for (const char *next = start; next; next = strstr(next + 1, before))
        start = next;
    char *argument = copy_text(start ? start + strlen(before) : "it");
    size_t length = strlen(argument), ending = strlen(after);
    if (ending <= length && strcmp(argument + length - ending, after) == 0)
        argument[length - ending] = '\0';
    free(before);
    return argument;
}

char *advice_for(const char *reason, const char *text) {
    const struct Advice *advice = find(reason);
    if (!advice)
        return NULL;
    char *argument = argument_in(text, reason);
    Text result = {0};
    const char *rest = advice->text;
    for (const char *hole; (hole = strstr(rest, "%s")) != NULL; rest = hole + 2)
        text_print(&result, "%.*s%s", (int)(hole - rest), rest, argument);
    text_print(&result, "%s", rest);
    free(argument);
    return result.bytes;
}
