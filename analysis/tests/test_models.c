/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* test_models.c - a line of a models file becomes the operations that it says. */
#include "check.h"
#include "library_models.h"
#include "text.h"
#include "text_helper.h"

/* What body_of returned last. */
static Text text;

/* The body of a model as text, without its header line and last brace; until the next call. */
static const char *body_of(const EscModule *m, const char *name) {
    text_free(&text);
    const Function *f = esc_model_find(m, name);
    if (!f || !esc_text_print_function(m, f, text_append, &text))
        return NULL;
    char *end = strrchr(text.text, '}');
    if (end)
        *end = '\0';
    const char *body = strstr(text.text, "b0:\n");
    return body ? body + 4 : NULL;
}

static EscModule *module_with(const char *models) {
    EscError error;
    EscModule *m = esc_model_new_bare(NULL);
    if (!CHECK(esc_models_read(m, models, strlen(models), &error)))
        fprintf(stderr, "%u:%u: %s\n", error.line, error.col, error.message);
    return m;
}

static void means(const char *line, const char *expected) {
    char name[32];
    sscanf(line, "%31[a-z_]", name);
    EscModule *m = module_with(line);
    CHECK_TEXT(body_of(m, name), expected);
    CHECK(esc_model_check(m) == NULL);
    esc_module_free(m);
}

static void every_word_has_its_operations(void) {
    means("f(p)\n", "");
    means("f(p: read, q: write)\n", "");
    means("f(p) -> p\n", "    return %0\n");
    means("f(p) -> inside p or world\n",
          "    %1 = copy %0 [*]\n    return %1\n    %2 = world\n    return %2\n");
    means("f(p) -> inside fields p\n",
          "    %1 = load %0 [*]\n    %2 = copy %1 [*]\n    return %2\n");
    means("f(p: sets world)\n", "    %1 = world\n    store %0 w8 <- %1\n");
    means("f(p: sets inside q, q)\n", "    %2 = copy %1 [*]\n    store %0 w8 <- %2\n");
    means("f(p: fills q, q)\n", "    store %0 [*] <- %1\n");
    means("f(p: copies q, q) -> p\n", "    move %0 <- %1 [0,*]\n    return %0\n");
    means("f(p: gathers q, q)\n", "    %2 = load %1 [*]\n    store %0 [*] <- %2\n");
    means("f(p: received)\n", "    %1 = world\n    store %0 [*] <- %1 narrow\n");
    means("f(p: sent)\n", "    %1 = load %0 [*] narrow\n    leak %1 kept_by text \"f\"\n");
    means("f(p: sent contents)\n",
          "    %1 = load %0 [*]\n    %2 = load %1 [*] narrow\n    leak %2 kept_by text \"f\"\n");
    means("f(p: read compared)\n",
          "    %1 = load %0 [0,536870912] w1 narrow\n    leak %1 integer narrow text \"f\"\n");
    means("f(p: permuted)\n", "    %1 = load %0 [*]\n    store %0 [*] <- %1\n");
    means("f(p: advanced) -> contents p\n",
          "    %1 = load %0 w8\n    %2 = copy %1 [*]\n    store %0 w8 <- %2\n"
          "    %3 = load %0 w8\n    return %3\n");
    means("f(p: called(q, inside q, world, _), q)\n",
          "    %2 = copy %1 [*]\n    %3 = world\n    icall %0(%1, %2, %3, null)\n");
    means("f(p: kept)\n", "    leak %0 kept_by text \"f\"\n");
    means("f(p: kept contents by environ until exit)\n",
          "    %1 = load %0 [*]\n    leak %1 kept_by text \"f\"\n");
    means("f(p: thread)\n", "    leak %0 thread thread text \"f\"\n");
    means("f(p: freed)\n", "    free %0 fixed\n");
    means("f(p: reallocated contents)\n",
          "    %1 = load %0 w8\n    free %1 +index 1 fixed\n    %2 = load %1 [*] narrow\n"
          "    leak %2 kept_by text \"f\"\n    %3 = world\n    store %0 w8 <- %3\n");
    means("f(_, ...: sets world)\n", "    %2 = world\n    store %1 w8 <- %2\n");
}

static void the_last_parameter_is_any_further_argument(void) {
    EscModule *m = module_with("f(format: read, ...: read)\n");
    const Function *f = esc_model_find(m, "f");
    CHECK(f && f->nparams == 2 && f->nvalues == 2 && (f->flags & ESC_FUNC_VARIADIC));
    CHECK(f && !f->params[0].flags && f->params[1].flags == ESC_PARAM_REST && !f->params[1].name);
    esc_module_free(m);
}

static EscAllocatorModel allocator(const EscModule *m, const char *name) {
    EscAllocatorModel model = {0};
    CHECK(esc_model_allocator(m, name, &model));
    return model;
}

static void the_c_library_has_its_allocators(void) {
    EscModule *m = esc_module_new(NULL);
    EscAllocatorModel a = allocator(m, "malloc");
    CHECK(a.allocates && !a.frees && a.kind == ESC_ALLOC_MALLOC && a.size_param == 0 && a.may_fail);
    CHECK(a.count_param == ESC_NONE && !a.zeroed && !a.user_declared);
    a = allocator(m, "calloc");
    CHECK(a.count_param == 0 && a.size_param == 1 && a.zeroed && a.kind == ESC_ALLOC_CALLOC);
    a = allocator(m, "realloc");
    CHECK(a.reallocates && a.allocates && !a.frees && a.pointer_param == 0 && a.size_param == 1);
    a = allocator(m, "reallocarray");
    CHECK(a.reallocates && a.count_param == 1 && a.size_param == 2);
    a = allocator(m, "aligned_alloc");
    CHECK(a.kind == ESC_ALLOC_ALIGNED && a.align_param == 0 && a.size_param == 1);
    a = allocator(m, "valloc");
    CHECK(a.kind == ESC_ALLOC_ALIGNED && a.align_param == ESC_NONE && a.size_param == 0);
    a = allocator(m, "posix_memalign");
    CHECK(a.out_param == 0 && a.align_param == 1 && a.size_param == 2);
    a = allocator(m, "strndup");
    CHECK(a.duplicates && a.source_param == 0 && a.size_param == 1 && a.kind == ESC_ALLOC_STRNDUP);
    a = allocator(m, "asprintf");
    CHECK(a.out_param == 0 && a.kind == ESC_ALLOC_PRINTF && a.size_param == ESC_NONE);
    a = allocator(m, "free");
    CHECK(a.frees && !a.allocates && a.pointer_param == 0);
    static const char *const names[] = {"memalign", "pvalloc",   "strdup",
                                        "wcsdup",   "vasprintf", "cfree"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK(esc_model_allocator(m, names[i], &a));
    CHECK(!esc_model_allocator(m, "strchr", &a));
    CHECK(!esc_model_allocator(m, "xmalloc", &a));
    CHECK(!esc_model_allocator(m, NULL, &a));
    esc_module_free(m);
}

static void a_pair_of_the_user_is_an_allocator(void) {
    EscModule *m =
        module_with("allocator zmalloc(size) fail abort free zfree realloc zrealloc\n"
                    "allocator db_alloc(_, size, count) zeroed fail=null pair db_free(_, pointer)\n"
                    "duplicator g_strdup(source) free g_free\n"
                    "deallocator drop(pointer)\n"
                    "allocator plain(size) zeroed=no\n");
    EscAllocatorModel a = allocator(m, "zmalloc");
    CHECK(a.user_declared && a.kind == ESC_ALLOC_PAIRED && !a.may_fail && !a.zeroed);
    CHECK(allocator(m, "zfree").frees && allocator(m, "zfree").user_declared);
    a = allocator(m, "zrealloc");
    CHECK(a.reallocates && a.pointer_param == 0 && a.size_param == 1);
    a = allocator(m, "db_alloc");
    CHECK(a.zeroed && a.may_fail && a.size_param == 1 && a.count_param == 2);
    CHECK(allocator(m, "db_free").pointer_param == 1);
    a = allocator(m, "g_strdup");
    CHECK(a.duplicates && a.source_param == 0 && a.kind == ESC_ALLOC_PAIRED);
    CHECK(allocator(m, "drop").frees);
    CHECK(!allocator(m, "plain").zeroed && allocator(m, "plain").may_fail);
    CHECK_TEXT(body_of(m, "zrealloc"), "    free %0 +index 1 fixed\n    %2 = load %0 [*]\n"
                                       "    leak %2 kept_by text \"zrealloc\"\n    %3 = world\n"
                                       "    return %3\n");
    CHECK(esc_model_find(m, "zmalloc")->user_model);
    esc_module_free(m);
}

static void the_free_of_the_library_serves_any_number_of_allocators(void) {
    EscModule *m = esc_module_new(NULL);
    const char *models = "allocator xmalloc(size) fail abort free free realloc xrealloc\n";
    CHECK(esc_models_read(m, models, strlen(models), NULL));
    CHECK(!allocator(m, "free").user_declared);
    CHECK(allocator(m, "xmalloc").user_declared);
    esc_module_free(m);
}

static void what_is_added_later_wins(void) {
    EscModule *m = esc_module_new(NULL);
    uint32_t before = m->nmodels;
    const char *models = "strlen(s: kept)\nfresh_name(p)\n";
    CHECK(esc_models_read(m, models, strlen(models), NULL));
    CHECK_TEXT(body_of(m, "strlen"), "    leak %0 kept_by text \"strlen\"\n");
    CHECK(m->nmodels == before + 2);
    esc_module_free(m);
}

static void refused(const char *models, uint32_t line, uint32_t col, const char *message) {
    EscError error = {0};
    EscModule *m = esc_model_new_bare(NULL);
    CHECK(!esc_models_read(m, models, strlen(models), &error));
    CHECK_TEXT(error.message, message);
    if (!CHECK(error.line == line && error.col == col))
        fprintf(stderr, "  it is at %u:%u\n", error.line, error.col);
    CHECK(m->nmodels == 0);
    CHECK(esc_module_error(m) == NULL);
    esc_module_free(m);
}

static void errors_name_line_and_column_and_add_nothing(void) {
    refused("good(p)\nlook(text: reed)\n", 2, 12,
            "expected what happens to the parameter, such as read or kept, found 'reed'");
    refused("f(p", 1, 4, "expected ')', found the end of the text");
    refused("f p\n", 1, 3, "expected '(' after the function, found 'p'");
    refused("f(p) -> q\n", 1, 9, "no parameter is called 'q'");
    refused("f(p) returns p\n", 1, 6, "expected the end of the line, found 'returns'");
    refused("f(p: fills)\n", 1, 11, "expected the name of a parameter, found ')'");
    refused("f(..., p)\n", 1, 8, "expected ')': '...' is the last parameter, found 'p'");
    refused("f(p,)\n", 1, 5, "expected the name of a parameter or '...', found ')'");
    refused("allocator f(n)\n", 1, 11, "no parameter is called size in 'f'");
    refused("duplicator f(n)\n", 1, 12, "no parameter is called source in 'f'");
    refused("deallocator f(n)\n", 1, 13, "no parameter is called pointer in 'f'");
    refused("allocator f(size) fail maybe\n", 1, 24, "expected null or abort, found 'maybe'");
    refused("allocator f(size) zeroed=maybe\n", 1, 26, "expected yes or no, found 'maybe'");
    refused("allocator f(size) kind of\n", 1, 24, "expected a kind such as malloc, found 'of'");
    refused("allocator f(size) free g(n)\n", 1, 24, "no parameter is called pointer in 'g'");
    refused("allocator f(size) free\n", 1, 23,
            "expected the name of a function, found the end of the line");
    refused("= 3\n", 1, 1, "expected the name of a function, found '='");
}

/* One function of every kind of treatment, as a sample of the data against the standards. */
static void the_data_says_what_the_standards_say(void) {
    EscModule *m = esc_module_new(NULL);
    CHECK_TEXT(body_of(m, "strlen"), "    %1 = load %0 [0,536870912] w1 narrow\n"
                                     "    leak %1 integer narrow text \"strlen\"\n");
    CHECK_TEXT(body_of(m, "memcpy"), "    move %0 <- %1 [0,*]\n    return %0\n");
    CHECK_TEXT(body_of(m, "strchr"), "    %2 = load %0 [0,536870912] w1 narrow\n"
                                     "    leak %2 integer narrow text \"strchr\"\n"
                                     "    %3 = copy %0 [*]\n    return %3\n");
    CHECK_TEXT(body_of(m, "putenv"), "    leak %0 kept_by text \"putenv\"\n");
    CHECK_TEXT(body_of(m, "setvbuf"), "    leak %1 kept_by text \"setvbuf\"\n");
    CHECK_TEXT(body_of(m, "pthread_create"), "    leak %2 kept_by text \"pthread_create\"\n"
                                             "    leak %3 thread thread text \"pthread_create\"\n");
    CHECK_TEXT(body_of(m, "qsort"), "    %4 = load %0 [*]\n    store %0 [*] <- %4\n"
                                    "    %5 = copy %0 [*]\n    %6 = copy %0 [*]\n"
                                    "    icall %3(%5, %6)\n");
    CHECK_TEXT(body_of(m, "fgets"), "    return %0\n");
    CHECK_TEXT(body_of(m, "getenv"), "    %1 = world\n    return %1\n");
    CHECK_TEXT(body_of(m, "free"), "    free %0 fixed\n");
    esc_module_free(m);
}

/* A line is read when its function is asked for: all of them, beside the whole text read at once.
 */
static void the_data_is_the_same_read_late(void) {
    EscModule *late = esc_module_new(NULL), *at_once = esc_model_new_bare(NULL);
    EscError error;
    CHECK(esc_models_add(at_once, esc_builtin_models, strlen(esc_builtin_models), false, &error));
    CHECK(at_once->nmodels > 1000);
    for (uint32_t i = 0; i < at_once->nmodels; i++) {
        const char *name = at_once->models[i].name;
        const Function *from = &at_once->models[i], *model = esc_model_find(late, name);
        EscAllocatorModel a, b;
        if (!CHECK(model && model->nparams == from->nparams && model->flags == from->flags))
            fprintf(stderr, "  %s\n", name);
        Text is = {0}, expected = {0};
        CHECK(model && esc_text_print_function(late, model, text_append, &is));
        CHECK(esc_text_print_function(at_once, from, text_append, &expected));
        CHECK_TEXT(is.text, expected.text);
        text_free(&is);
        text_free(&expected);
        CHECK(esc_model_allocator(late, name, &a) == esc_model_allocator(at_once, name, &b));
    }
    CHECK(late->nmodels == at_once->nmodels && !esc_model_exists(late, "allocator"));
    CHECK(esc_module_error(late) == NULL && esc_model_check(late) == NULL);
    esc_module_free(late);
    esc_module_free(at_once);
}

/* What the user says of a library function holds, whether its own line was read before or not. */
static void the_users_word_wins_over_a_line_not_read(void) {
    EscModule *m = esc_module_new(NULL);
    const char *models = "puts(s: kept)\n";
    CHECK(esc_models_read(m, models, strlen(models), NULL));
    CHECK(esc_model_find(m, "puts")->user_model);
    CHECK_TEXT(body_of(m, "puts"), "    leak %0 kept_by text \"puts\"\n");
    esc_module_free(m);
}

static void damaged_models_are_read_or_refused(void) {
    static const char seed_text[] =
        "strtol(s: read, end: sets inside s, base)\n"
        "bsearch(key, base, n, width, compare: called(key, inside base)) -> "
        "inside base or world\n"
        "allocator zmalloc(size) zeroed=no fail=abort free zfree(_, pointer)\n"
        "getline(line: reallocated contents, n: write, ...: sets world)\n";
    char models[sizeof seed_text];
    for (uint64_t seed = 0; seed < 3000; seed++) {
        Random random = {seed};
        uint32_t length = sizeof seed_text - 1;
        memcpy(models, seed_text, sizeof seed_text);
        for (uint32_t edits = 1 + random_below(&random, 3); edits > 0; edits--) {
            uint32_t at = random_below(&random, length);
            models[at] = random_below(&random, 2) ? models[random_below(&random, length)]
                                                  : (char)random_below(&random, 256);
        }
        check_models_text(models,
                          random_below(&random, 4) ? length : random_below(&random, length));
    }
}

int main(void) {
    RUN(every_word_has_its_operations);
    RUN(the_last_parameter_is_any_further_argument);
    RUN(the_c_library_has_its_allocators);
    RUN(a_pair_of_the_user_is_an_allocator);
    RUN(the_free_of_the_library_serves_any_number_of_allocators);
    RUN(what_is_added_later_wins);
    RUN(errors_name_line_and_column_and_add_nothing);
    RUN(the_data_says_what_the_standards_say);
    RUN(the_data_is_the_same_read_late);
    RUN(the_users_word_wins_over_a_line_not_read);
    RUN(damaged_models_are_read_or_refused);

    text_free(&text);
    return check_report();
}
