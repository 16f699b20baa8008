/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_model.c - the builders check what they are given and remember the first thing that was
 * wrong. */
#include "check.h"
#include "text_helper.h"

#include <stdint.h>

/* A function `f` of one parameter with one block. */
static EscModule *one_function(EscFunc *f, EscBlock *b) {
    EscModule *m = esc_module_new(NULL);
    *f = esc_function(m, "f");
    esc_function_declare(m, *f, 1, ESC_FUNC_EXPORTED);
    esc_function_begin_body(m, *f);
    *b = esc_block(m, *f);
    return m;
}

static void a_new_module_has_models_and_no_error(void) {
    EscModule *m = esc_module_new(NULL);
    CHECK(esc_module_error(m) == NULL);
    CHECK(esc_model_check(m) == NULL);
    CHECK(esc_model_exists(m, "strtol"));
    CHECK(!esc_model_exists(m, "no_such_function"));
    CHECK(m->config.max_object_bytes == 16384);
    esc_module_free(m);
    esc_module_free(NULL);
}

static void a_function_is_found_by_its_name(void) {
    EscModule *m = esc_module_new(NULL);
    char name[16];
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "f%u", i);
        CHECK(esc_function(m, name) == i);
    }
    CHECK(esc_function(m, "f0") == 0);
    CHECK(esc_function(m, "f777") == 777);
    CHECK(m->nfuncs == 1000);
    esc_module_free(m);
}

static void parameters_are_the_first_values(void) {
    EscFunc f;
    EscBlock b;
    EscModule *m = one_function(&f, &b);
    CHECK(esc_value(m, f) == 1);
    CHECK(m->funcs[f].nvalues == 2);
    CHECK(m->funcs[f].params[0].group == 0);
    esc_module_free(m);
}

static void operations_of_a_block_are_chained_in_order(void) {
    EscFunc f;
    EscBlock b;
    EscModule *m = one_function(&f, &b);
    EscBlock c = esc_block(m, f);
    EscOpInfo use = esc_op_info(ESC_OP_USE);
    use.a = 0;
    EscOp first = esc_op(m, f, b, &use), other = esc_op(m, f, c, &use),
          second = esc_op(m, f, b, &use);
    CHECK(m->funcs[f].blocks[b].first == first);
    CHECK(m->funcs[f].ops[first].next == second);
    CHECK(m->funcs[f].blocks[b].last == second);
    CHECK(m->funcs[f].blocks[c].first == other && m->funcs[f].blocks[c].last == other);
    CHECK(esc_model_check(m) == NULL);
    esc_module_free(m);
}

static void bad_operation(EscOpInfo info, const char *message) {
    EscFunc f;
    EscBlock b;
    EscModule *m = one_function(&f, &b);
    CHECK(esc_op(m, f, b, &info) == ESC_NONE);
    CHECK_TEXT(esc_module_error(m), message);
    /* Later calls do nothing, and nothing is broken. */
    EscOpInfo fine = esc_op_info(ESC_OP_RETURN);
    CHECK(esc_op(m, f, b, &fine) == ESC_NONE);
    CHECK(esc_model_check(m) == NULL);
    CHECK(m->funcs[f].nops == 0);
    esc_module_free(m);
}

static void operands_that_do_not_exist_are_refused(void) {
    EscOpInfo info = esc_op_info(ESC_OP_USE);
    info.a = 5;
    bad_operation(info, "bad operand in function f");
    info = esc_op_info(ESC_OP_WORLD);
    info.dst = 0;
    bad_operation(info, "bad result in function f");
    info = esc_op_info(ESC_OP_LOCAL);
    info.index = 0;
    bad_operation(info, "bad index in function f");
    info = esc_op_info(ESC_OP_LEAK);
    info.a = 0;
    info.index = ESC_REASONS;
    bad_operation(info, "bad index in function f");
    info = esc_op_info(ESC_OP_ALLOC);
    bad_operation(info, "bad index in function f");
    info = esc_op_info(ESC_OP_COPY);
    info.lo = 1;
    bad_operation(info, "bad range of bytes in function f");
    info = esc_op_info(ESC_OP_KINDS);
    bad_operation(info, "bad kind of operation in function f");
    info = esc_op_info(ESC_OP_USE);
    info.source = ESC_NONE;
    bad_operation(info, "bad source place in function f");
    EscArg arg = {.value = 9, .number = esc_number_unknown()};
    info = esc_op_info(ESC_OP_MERGE);
    info.args = &arg;
    info.nargs = 1;
    bad_operation(info, "bad argument in function f");
    arg = (EscArg){.value = 0, .number = {.lo = 2, .hi = 1, .param = ESC_NONE}};
    bad_operation(info, "bad number in function f");
}

static void the_first_error_stays(void) {
    EscModule *m = esc_module_new(NULL);
    esc_edge(m, 7, 0, 0);
    CHECK_TEXT(esc_module_error(m), "no such function");
    EscFunc f = esc_function(m, "f");
    esc_edge(m, f, 0, 0);
    CHECK_TEXT(esc_module_error(m), "no such function");
    esc_module_free(m);
}

static void wrong_numbers_never_crash(void) {
    EscModule *m = esc_module_new(NULL);
    EscSiteInfo site = {.size_bytes = esc_number_constant(8)};
    EscOpInfo op = esc_op_info(ESC_OP_RETURN);
    esc_function_declare(m, 3, 1, 0);
    esc_function_source(m, 3, "x", 12);
    esc_function_alloc_size(m, 3, 0, 0);
    esc_function_deallocator(m, 3, 4, 0);
    esc_param(m, 3, 0, "p", 0, 0, 0);
    esc_function_begin_body(m, 3);
    CHECK(esc_block(m, 3) == ESC_NONE);
    CHECK(esc_value(m, 3) == ESC_NONE);
    CHECK(esc_local(m, 3, 8, "x", 0) == ESC_NONE);
    CHECK(esc_site(m, 3, &site) == ESC_NONE);
    CHECK(esc_op(m, 3, 0, &op) == ESC_NONE);
    CHECK(esc_function(m, NULL) == ESC_NONE);
    esc_module_free(m);
}

static void an_allocation_belongs_to_one_operation(void) {
    EscFunc f;
    EscBlock b;
    EscModule *m = one_function(&f, &b);
    EscSiteInfo site = {.size_bytes = esc_number_constant(8)};
    EscOpInfo alloc = esc_op_info(ESC_OP_ALLOC);
    alloc.index = esc_site(m, f, &site);
    alloc.dst = esc_value(m, f);
    EscOp op = esc_op(m, f, b, &alloc);
    CHECK(m->sites[alloc.index].op == op);
    CHECK_TEXT(m->sites[alloc.index].allocator, "malloc");
    alloc.dst = esc_value(m, f);
    CHECK(esc_op(m, f, b, &alloc) == ESC_NONE);
    CHECK_TEXT(esc_module_error(m), "second operation of an allocation in function f");
    esc_module_free(m);
}

static void a_value_defined_twice_fails_the_check(void) {
    EscFunc f;
    EscBlock b;
    EscModule *m = one_function(&f, &b);
    EscOpInfo world = esc_op_info(ESC_OP_WORLD);
    world.dst = esc_value(m, f);
    esc_op(m, f, b, &world);
    CHECK(esc_model_check(m) == NULL);
    esc_op(m, f, b, &world);
    CHECK_TEXT(esc_model_check(m), "a value is defined twice");
    esc_module_free(m);
}

static void strings_are_copied(void) {
    EscModule *m = esc_module_new(NULL);
    char file[] = "a.c", text[] = "malloc(8)";
    EscSource s = esc_source(m, &(EscSourceInfo){.file = file, .line = 1, .text = text});
    EscSource t = esc_source(m, &(EscSourceInfo){.file = file, .line = 2});
    file[0] = text[0] = 'X';
    CHECK_TEXT(m->sources[s].file, "a.c");
    CHECK_TEXT(m->sources[s].text, "malloc(8)");
    CHECK(m->sources[s].file == m->sources[t].file);
    CHECK(esc_source(m, &(EscSourceInfo){0}) == 0);
    CHECK(esc_source(m, NULL) == 0);
    esc_module_free(m);
}

static void giving_up_keeps_the_first_reason(void) {
    EscModule *m = esc_module_new(NULL);
    esc_module_give_up(m, "too large");
    esc_module_give_up(m, "too slow");
    CHECK_TEXT(m->gave_up, "too large");
    esc_module_free(m);
}

static const char *folded(const char *text) {
    static char buffer[100];
    esc_fold_text(text, buffer, sizeof buffer);
    return buffer;
}

static void source_text_is_folded_and_cut(void) {
    CHECK_TEXT(folded("  malloc (\n\t 8 ) "), "malloc ( 8 )");
    CHECK_TEXT(folded("a/* b */c // d\n e"), "a c e");
    CHECK_TEXT(folded("f(\"a  /* b */\", ' ')"), "f(\"a  /* b */\", ' ')");
    CHECK_TEXT(folded("f(\"\\\"  \")  + 1"), "f(\"\\\"  \") + 1");
    CHECK_TEXT(folded("a \\\n  b"), "a b");
    CHECK_TEXT(folded(""), "");
    CHECK_TEXT(folded("/* never ends"), "");
    CHECK_TEXT(folded("0123456789 0123456789 0123456789 0123456789 0123456789 01234"),
               "0123456789 0123456789 0123456789 0123456789 0123456789 01234");
    CHECK_TEXT(folded("0123456789 0123456789 0123456789 0123456789 0123456789 012345"),
               "0123456789 0123456789 0123456789 0123456789 0123456789 01234...");
    /* A character may have several bytes and is never cut in two. */
    CHECK_TEXT(
        folded("gr\xc3\xbc\xc3\x9f 789 123456789 123456789 123456789 123456789 123456789 12"),
        "gr\xc3\xbc\xc3\x9f 789 123456789 123456789 123456789 123456789 123456789 1...");
    char small[5];
    CHECK(esc_fold_text("0123456789", small, sizeof small) == 4);
    CHECK_TEXT(small, "0123");
    CHECK(esc_fold_text("gr\xc3\xbc\xc3\x9f", small, 4) == 2);
    CHECK(esc_fold_text("x", small, 0) == 0);
}

int main(void) {
    RUN(a_new_module_has_models_and_no_error);
    RUN(a_function_is_found_by_its_name);
    RUN(parameters_are_the_first_values);
    RUN(operations_of_a_block_are_chained_in_order);
    RUN(operands_that_do_not_exist_are_refused);
    RUN(the_first_error_stays);
    RUN(wrong_numbers_never_crash);
    RUN(an_allocation_belongs_to_one_operation);
    RUN(a_value_defined_twice_fails_the_check);
    RUN(strings_are_copied);
    RUN(giving_up_keeps_the_first_reason);
    RUN(source_text_is_folded_and_cut);
    return check_report();
}
