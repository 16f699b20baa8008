/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text_helper.h - modules from text and text from modules, for tests. */
#ifndef ESC_TEXT_HELPER_H
#define ESC_TEXT_HELPER_H

#include "model.h"

/* A string that grows; `text` is NULL or ends with NUL. */
typedef struct Text {
    char *text;
    size_t length, cap;
    bool failed;
} Text;

/* An EscWrite whose context is a Text. */
bool text_append(void *context, const char *text, size_t length);
void text_free(Text *text);

/* The module of `text`, without library models, or NULL with the error in `error`. */
EscModule *module_of(const char *text, size_t length, EscError *error);

/* Random numbers that are the same everywhere. */
typedef struct Random {
    uint64_t state;
} Random;
uint32_t random_below(Random *random, uint32_t n);

/* Fill an empty module with `functions` random functions by the builders; what it holds satisfies
 * esc_model_check and uses every field of the model now and then. */
void random_module(EscModule *m, Random *random, uint32_t functions);

/* Analyse under small limits (a short input may describe much work) and ask for everything there is
 * to ask. Aborts when an answer makes no sense. */
void decide_and_ask(EscModule *m);

/* What the fuzzers check of any input; aborts when it does not hold. */
void check_module_text(const char *text, size_t length);
void check_models_text(const char *text, size_t length);
/* `text`: what follows the line of the hash. */
void check_summary_text(const char *text, size_t length);

#endif
