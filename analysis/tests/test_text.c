/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_text.c - the text form is read and printed exactly, and its errors say where. */
#include "check.h"
#include "library_models.h"
#include "text_helper.h"

#include <stdint.h>

/* Every word of the form, in canonical order. */
static const char canonical[] =
    "config max_object_bytes 64\n"
    "config forget 3\n"
    "gave_up \"too large\"\n"
    "global &0 \"head\"\n"
    "global &1 \"s\\\"buf\" static const\n"
    "global &2 \"\" thread\n"
    "func @main(%0 \"p\" report, %1 \"n\" group 0 byval noescape sret nofree readonly at "
    "\"t.c\":1:2 "
    "text \"n\") variadic exported report alloc_size(0, 1) dealloc @\"odd name\" 1 name \"main\" "
    "at "
    "\"t.c\":3:6 values 40 {\n"
    "  local $0 size 16 \"x\" at \"t.c\":5:3\n"
    "  local $1 size ?\n"
    "  site 1 strdup mayfail misused \"behind its free\"\n"
    "  b0: -> b1 b2 b1\n"
    "    %2 = alloc site 0 malloc size 16 align 16 mayfail movable at \"t.c\":8:8 text "
    "\"malloc(16)\" "
    "dest assign at \"t.c\":8:5 text \"n = malloc(16)\" lvalue \"n\"\n"
    "    %3 = realloc %2 site 2 realloc by \"resize\" size param 1 * 8 + 16 in [16,?] zeroed "
    "no_change +place at \"t.c\":9:9\n"
    "    %4 = local $0\n"
    "    %5 = global &1\n"
    "    %6 = function @\"odd name\"\n"
    "    %7 = world\n"
    "    %8 = copy %7 [*]\n"
    "    %9 = copy %7 [-8,8] narrow\n"
    "    %10 = merge(%7, null, %8)\n"
    "    %11 = diff %7 null\n"
    "    %12 = load %7 [8] w8 volatile\n"
    "    store %7 [*,8] w4 <- %8 at \"t.c\":10:3 lvalue \"a->x\" rvalue \"p\"\n"
    "    move %7 <- %8 [0,*]\n"
    "    %13 = deep %7\n"
    "  b1:\n"
    "    %14 = call @g(%2 at \"t.c\":1:2 text \"a\", 24, param 1 * 8, [0,100], null, %3 is 7) tail "
    "text \"g\"\n"
    "    icall %7()\n"
    "    free %14 fixed\n"
    "    leak %14 kept_by thread text \"putenv\"\n"
    "    use %14 +b %2 +range [1,2] +width 4 +index 9 +args(%3) +flags 4096\n"
    "  b2:\n"
    "    start $0\n"
    "    end $0\n"
    "    return %14\n"
    "    return\n"
    "}\n"
    "func @\"odd name\"(%0) interposable returns_twice no_rewrite sanitized no_inline "
    "address_taken "
    "no_clone pure const malloc returns_nonnull no_free returns_ptr\n"
    "func @empty() {\n"
    "}\n"
    "func @g()\n";

static void printed_is(const char *input, const char *expected) {
    EscError error;
    EscModule *m = module_of(input, strlen(input), &error);
    Text text = {0};
    if (!CHECK(m != NULL)) {
        fprintf(stderr, "%u:%u: %s\n", error.line, error.col, error.message);
        return;
    }
    CHECK(esc_model_check(m) == NULL);
    CHECK(esc_module_print(m, text_append, &text));
    CHECK_TEXT(text.text ? text.text : "", expected);
    text_free(&text);
    esc_module_free(m);
}

static void a_canonical_text_comes_back_byte_for_byte(void) {
    printed_is(canonical, canonical);
    printed_is("", "");
}

static void a_text_by_hand_has_names_and_short_forms(void) {
    printed_is("# a list\n"
               "file \"t.c\"\n"
               "global &head\n"
               "\n"
               "func @push(%list, %n \"n\" report) report {   # adds one\n"
               "  local $tmp size 8\n"
               "  %node = malloc 16 \"malloc(16)\" at 4:12\n"
               "  %big = calloc 8..? nofail\n"
               "  %more = realloc %big param 1 * 2 \"realloc(big)\"\n"
               "  %t = local $tmp\n"
               "  store %t <- %node\n"
               "  %r = call @g(%node,\n"
               "               24)\n"
               "  return %node\n"
               "}\n",
               "global &0 \"head\"\n"
               "func @push(%0, %1 \"n\" report) report {\n"
               "  local $0 size 8\n"
               "  b0:\n"
               "    %2 = alloc site 0 malloc size 16 align 16 mayfail movable at \"t.c\":4:12 text "
               "\"malloc(16)\"\n"
               "    %3 = alloc site 1 calloc size [8,?] align 16 zeroed movable at \"t.c\":8:10\n"
               "    %4 = realloc %3 site 2 realloc size param 1 * 2 align 16 mayfail movable at "
               "\"t.c\":9:11 text \"realloc(big)\"\n"
               "    %5 = local $0\n"
               "    store %5 <- %2\n"
               "    %6 = call @g(%2, 24)\n"
               "    return %2\n"
               "}\n"
               "func @g()\n");
}

static void blocks_may_stand_in_any_order_after_the_entry(void) {
    printed_is("func @f() {\nstart: -> out loop\nloop: -> loop out\nout:\n  return\n}\n",
               "func @f() {\n  b0: -> b2 b1\n  b1: -> b1 b2\n  b2:\n    return\n}\n");
}

static void sites_keep_the_numbers_the_text_gives_them(void) {
    const char *text =
        "func @f() {\n  b0:\n    %0 = alloc site 1 malloc\n    %1 = alloc site 0 strdup\n}\n";
    printed_is(text, text);
    EscError error;
    EscModule *m = module_of(text, strlen(text), &error);
    CHECK(m && m->sites[0].kind == ESC_ALLOC_STRDUP && m->sites[0].op == 1);
    CHECK(m && m->funcs[0].ops[1].index == 0);
    esc_module_free(m);
}

static void functions_keep_the_order_of_their_lines(void) {
    const char *text =
        "func @a() {\n  b0:\n    call @c()\n    call @b()\n}\nfunc @b()\nfunc @c()\n";
    printed_is(text, text);
}

static void refused(const char *input, uint32_t line, uint32_t col, const char *message) {
    EscError error = {0};
    EscModule *m = module_of(input, strlen(input), &error);
    CHECK(m == NULL);
    CHECK_TEXT(error.message, message);
    if (!CHECK(error.line == line && error.col == col))
        fprintf(stderr, "  it is at %u:%u\n", error.line, error.col);
    esc_module_free(m);
}

static void errors_name_line_column_and_what_was_expected(void) {
    refused("fun @f()\n", 1, 1, "expected func, global, config, file or gave_up, found 'fun'");
    refused("func f()\n", 1, 6, "expected a function such as @f, found 'f'");
    refused("func @f(%0", 1, 11, "expected ',' or ')', found the end of the text");
    refused("func @f(%1)\n", 1, 9, "parameters are numbered from 0 in order: '1'");
    refused("func @f() {\n  load\n}\n", 2, 7,
            "expected a value such as %p, or 'null', found the end of the line");
    refused("func @f() {\n  use %x\n}\n", 2, 7, "this value is never defined: 'x'");
    refused("func @f() {\n  %x = world\n  %x = world\n}\n", 3, 3,
            "this value is defined twice: 'x'");
    refused("func @f() {\n  %1 = world\n  %1 = world\n}\n", 3, 3,
            "this value is defined twice: '1'");
    refused("func @f(%p) {\n  %p = world\n}\n", 2, 3, "a parameter cannot be defined again: 'p'");
    refused("func @f(%p) {\n  use %1\n}\n", 2, 7,
            "values have either names or numbers in a function, not both: '1'");
    refused("func @f() {\n  %1 = local $x\n}\n", 2, 14, "this local is not declared above: 'x'");
    refused("func @f() {\n  %1 = global &x\n}\n", 2, 15, "this global is not declared above: 'x'");
    refused("func @f() {\nb0: -> b1\n}\n", 2, 8, "no block has this label: 'b1'");
    refused("func @f() {\na:\na:\n}\n", 3, 1, "this block is labelled twice: 'a'");
    refused("func @f()\nfunc @f()\n", 2, 6, "this function is declared twice: 'f'");
    refused("func @f() {\n  return\n", 3, 1, "expected '}', found the end of the text");
    refused("func @f() {\n  jump\n}\n", 2, 3,
            "expected an operation such as load, a label or '}', found 'jump'");
    refused("func @f() {\n  %1 = world extra\n}\n", 2, 14,
            "expected the end of the line, found 'extra'");
    refused("func @f() {\n  %1 = copy %0 [8,0]\n}\n", 2, 17,
            "a range that ends before it starts: '8'");
    refused("func @f() {\n  call @g(param 3)\n}\n", 2, 3, "bad number in function f");
    refused("func @f() {\n  %1 = alloc site 5 malloc\n}\n", 0, 0,
            "sites must be numbered 0, 1, 2, ... each once");
    refused("func @f() {\n  leak %0 because\n}\n", 2, 11,
            "expected a reason such as KEPT_BY, found 'because'");
    refused("func @f() {\n  %99999999 = world\n}\n", 2, 3,
            "too large a number for a value: '99999999'");
    refused("file \"t.c\n", 1, 6, "this string does not end on its line");
    refused("file \"\\q\"\n", 1, 6, "a bad escape in this string");
    refused("file \"\\x00\"\n", 1, 6, "a bad escape in this string");
    refused("config max_ops 99999999999999999999\n", 1, 16, "this number has more than 64 bits");
    refused("config speed 9\n", 1, 8, "expected a limit such as max_object_bytes, found 'speed'");
    refused("func @f() ;\n", 1, 11, "no token starts with ';'");
}

static void an_error_leaves_no_half_program(void) {
    EscError error;
    EscModule *m = esc_module_new(NULL);
    const char *text = "func @f() {\n  %1 = malloc 8\n";
    CHECK(!esc_module_read(m, text, strlen(text), &error));
    CHECK_TEXT(esc_module_error(m), "its text form has an error");
    CHECK(!esc_module_read(m, "", 0, &error));
    esc_module_free(m);
}

static void only_an_empty_module_can_be_read_into(void) {
    EscError error;
    EscModule *m = esc_module_new(NULL);
    esc_function(m, "f");
    CHECK(!esc_module_read(m, "", 0, &error));
    CHECK_TEXT(error.message, "the module is not empty");
    CHECK(esc_module_error(m) == NULL);
    esc_module_free(m);
}

static bool stops_at_once(void *context, const char *text, size_t length) {
    (void)text, (void)length;
    ++*(int *)context;
    return false;
}

static void printing_stops_when_the_writer_says_so(void) {
    EscError error;
    EscModule *m = module_of(canonical, sizeof canonical - 1, &error);
    int calls = 0;
    CHECK(!esc_module_print(m, stops_at_once, &calls));
    CHECK(calls == 1);
    esc_module_free(m);
}

static void random_modules_round_trip(void) {
    for (uint64_t seed = 0; seed < 400; seed++) {
        Random random = {seed};
        EscModule *m = esc_model_new_bare(NULL);
        random_module(m, &random, 1 + random_below(&random, 6));
        Text first = {0}, second = {0};
        CHECK(esc_module_error(m) == NULL);
        CHECK(esc_model_check(m) == NULL);
        CHECK(esc_module_print(m, text_append, &first));
        EscError error;
        EscModule *again = module_of(first.text ? first.text : "", first.length, &error);
        if (CHECK(again != NULL)) {
            CHECK(esc_model_check(again) == NULL);
            CHECK(again->nsites == m->nsites && again->nfuncs == m->nfuncs);
            CHECK(esc_module_print(again, text_append, &second));
            CHECK_TEXT(second.text ? second.text : "", first.text ? first.text : "");
        } else {
            fprintf(stderr, "seed %u: %u:%u: %s\n", (unsigned)seed, error.line, error.col,
                    error.message);
        }
        esc_module_free(m);
        esc_module_free(again);
        text_free(&first);
        text_free(&second);
    }
}

static void random_modules_are_decided(void) {
    for (uint64_t seed = 0; seed < 400; seed++) {
        Random random = {seed};
        EscModule *m = esc_model_new_bare(NULL);
        random_module(m, &random, 1 + random_below(&random, 6));
        decide_and_ask(m);
        CHECK(esc_module_error(m) == NULL);
        esc_module_free(m);
    }
}

/* What the fuzzers do at length, shortly and the same on every run. */
static void damaged_texts_are_read_or_refused(void) {
    char text[sizeof canonical + 64];
    for (uint64_t seed = 0; seed < 3000; seed++) {
        Random random = {seed};
        size_t length = sizeof canonical - 1;
        memcpy(text, canonical, length);
        for (uint32_t edits = 1 + random_below(&random, 4); edits > 0; edits--) {
            size_t at = random_below(&random, (uint32_t)length),
                   from = random_below(&random, (uint32_t)length);
            size_t n = random_below(&random, 16);
            if (n > length - (at > from ? at : from))
                n = length - (at > from ? at : from);
            if (random_below(&random, 2))
                memmove(text + at, text + from, n);
            else
                text[at] = (char)random_below(&random, 256);
            if (random_below(&random, 8) == 0)
                length -= random_below(&random, (uint32_t)length);
            if (length == 0)
                break;
        }
        check_module_text(text, length);
    }
}

int main(void) {
    RUN(a_canonical_text_comes_back_byte_for_byte);
    RUN(a_text_by_hand_has_names_and_short_forms);
    RUN(blocks_may_stand_in_any_order_after_the_entry);
    RUN(sites_keep_the_numbers_the_text_gives_them);
    RUN(functions_keep_the_order_of_their_lines);
    RUN(errors_name_line_column_and_what_was_expected);
    RUN(an_error_leaves_no_half_program);
    RUN(only_an_empty_module_can_be_read_into);
    RUN(printing_stops_when_the_writer_says_so);
    RUN(random_modules_round_trip);
    RUN(random_modules_are_decided);
    RUN(damaged_texts_are_read_or_refused);
    return check_report();
}
