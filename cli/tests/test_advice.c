/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_advice.c - every reason that a verdict can carry has an advice, and its argument is found.
 */
#include "advice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void must_be(const char *got, const char *wanted, const char *what) {
    if (got && wanted ? strcmp(got, wanted) == 0 : got == wanted)
        return;
    fprintf(stderr, "%s: got \"%s\", wanted \"%s\"\n", what, got ? got : "(null)",
            wanted ? wanted : "(null)");
    failures++;
}

static const struct {
    const char *reason, *format;
} reasons[] = {
#define ESC_REASON(code, format) {#code, format},
#include "escapement/reasons.def"
#undef ESC_REASON
};

static void every_reason_has_an_advice(void) {
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        const char *hole = strstr(reasons[i].format, "%s");
        char text[200], *advice;
        snprintf(text, sizeof text, "malloc(8) escapes to heap: %.*s%s%s",
                 (int)(hole ? hole - reasons[i].format : (long)strlen(reasons[i].format)),
                 reasons[i].format, hole ? "ARGUMENT" : "", hole ? hole + 2 : "");
        advice = advice_for(reasons[i].reason, text);
        if (!advice || strlen(advice) < 20 || !reason_category(reasons[i].reason) ||
            reason_words(reasons[i].reason) == reasons[i].reason)
            must_be(advice, "an advice, a category and words", reasons[i].reason);
        if (advice && (strstr(advice, "%s") || (!hole && strstr(advice, "ARGUMENT"))))
            must_be(advice, "no hole", reasons[i].reason);
        must_be(reason_in(text), reasons[i].reason, text);
        free(advice);
    }
}

static void the_argument_is_what_the_text_says(void) {
    char *advice =
        advice_for("OBJECT_BUDGET", "f(\"object budget: 3 bytes\") does not escape; kept on "
                                    "heap: object budget: 70000 of 16384 bytes");
    must_be(advice, "if the stack allows it, raise max-object=N (bytes: 70000 of 16384)",
            "the last");
    free(advice);
    advice = advice_for("INSPECTED", "malloc(n) escapes to heap: passed to size_of, which asks the "
                                     "heap about it");
    must_be(advice, "remember its size instead of asking size_of, which needs memory of the heap",
            "between two parts");
    free(advice);
}

static void what_is_no_reason_has_none(void) {
    must_be(advice_for("NEW_REASON", "malloc(8) escapes to heap: new"), NULL, "unknown code");
    must_be(advice_for(NULL, "moved to stack: malloc(8)"), NULL, "no code");
    must_be(reason_in("moved to stack: malloc(8)"), NULL, "no reason");
    must_be(reason_words(NULL), "no reason given", "words of none");
    must_be(reason_category(REASON_MOVED), "moved", "one of ours");
}

int main(void) {
    every_reason_has_an_advice();
    the_argument_is_what_the_text_says();
    what_is_no_reason_has_none();
    return failures != 0;
}
