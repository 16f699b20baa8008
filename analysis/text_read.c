/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text_read.c - read the text form of a module, written by hand or printed (text_print.c).
 *
 * One pass builds the module with the same checks as any front end. A first look at the text only
 * declares the functions in the order of their lines, so a call may stand before its callee and the
 * order of a printed module comes back.
 *
 * By hand, values, locals and globals may have names; the names are forgotten. In a printed module
 * values are numbers, and the number is the value.
 *
 * INVARIANT  Memory is bounded by the length of the text: no number in it reserves anything, except
 * that values are counted up to VALUES_MAX.
 *
 * NOT HERE  The words themselves (text_words.c).
 */
#include "text_reader.h"

#include <string.h>

/* ---- functions ------------------------------------------------------------------------------ */

/* $x size N ["name"] place, see declares_local */
static void read_local(TextReader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '$') {
        esc_lex_expected(&r->lex, "a local such as $x");
        return;
    }
    if (esc_names_find(&r->locals, token.text, token.length)) {
        esc_read_fail(r, &token, "this local is declared twice:");
        return;
    }
    esc_lex_next(&r->lex);
    esc_lex_take_word(&r->lex, "size");
    uint64_t size = esc_read_magnitude(r);
    const char *name = NULL;
    if (r->lex.token.kind == TOKEN_STRING)
        name = esc_lex_need_string(&r->lex, "a name");
    EscSource place = esc_read_place(r);
    if (r->lex.failed)
        return;
    esc_names_add(r, &r->locals, &token, esc_local(r->m, r->func, size, name, place));
    esc_lex_need_line_end(&r->lex);
}

/* The item of a block's name, new or not; ESC_NONE after a failure. */
static uint32_t block_name(TextReader *r, const Token *token) {
    const struct Name *name = esc_names_find(&r->blocks, token->text, token->length);
    if (!name)
        name = esc_names_add(r, &r->blocks, token, ESC_NONE);
    return name ? (uint32_t)(name - r->blocks.items) : ESC_NONE;
}

/* NAME: [-> NAME ...]; the name is taken. */
static void read_label(TextReader *r, const Token *token) {
    uint32_t item = block_name(r, token);
    esc_lex_need_mark(&r->lex, ':', "':' after a label");
    if (r->lex.failed)
        return;
    struct Name *name = &r->blocks.items[item];
    if (name->defined) {
        esc_read_fail(r, token, "this block is labelled twice:");
        return;
    }
    name->defined = true;
    name->value = r->block = esc_block(r->m, r->func);
    if (esc_lex_take_mark(&r->lex, MARK_TO)) {
        do {
            const Token to = r->lex.token;
            if (to.kind != TOKEN_WORD) {
                esc_lex_expected(&r->lex, "the label of a successor");
                return;
            }
            uint32_t to_item = block_name(r, &to);
            if (!esc_memory_grow(&r->memory, &r->edges, &r->cap_edges, r->nedges + 1,
                                 sizeof *r->edges)) {
                esc_read_fail(r, &to, "out of memory at");
                return;
            }
            r->edges[r->nedges++] = (PendingEdge){.from = r->block, .to_name = to_item};
            esc_lex_next(&r->lex);
        } while (r->lex.token.kind == TOKEN_WORD);
    }
    esc_lex_need_line_end(&r->lex);
}

static void add_edges(TextReader *r) {
    for (uint32_t i = 0; i < r->nedges && !r->lex.failed; i++) {
        const struct Name *to = &r->blocks.items[r->edges[i].to_name];
        if (to->defined)
            esc_edge(r->m, r->func, r->edges[i].from, to->value);
        else
            esc_lex_fail(&r->lex, to->line, to->col, "no block has this label:", to->text,
                         to->length);
    }
}

/* A label is a word before a colon; every other word starts an operation. */
static bool is_label(const TextReader *r) {
    if (r->lex.token.kind != TOKEN_WORD)
        return false;
    const char *at = r->lex.at;
    while (at < r->lex.end && (*at == ' ' || *at == '\t'))
        at++;
    return at < r->lex.end && *at == ':';
}

/* `local $x size N` declares; `local $x` without a result is an operation that does nothing. */
static bool declares_local(const TextReader *r) {
    if (!esc_lex_is_word(&r->lex, "local"))
        return false;
    EscError ignored;
    Lexer ahead = r->lex;
    ahead.error = &ignored;
    ahead.skim = true;
    esc_lex_next(&ahead);
    esc_lex_next(&ahead);
    return esc_lex_is_word(&ahead, "size");
}

static void read_body_line(TextReader *r) {
    if (is_label(r)) {
        const Token token = r->lex.token;
        esc_lex_next(&r->lex);
        read_label(r, &token);
        return;
    }
    if (declares_local(r)) {
        esc_lex_next(&r->lex);
        read_local(r);
        return;
    }
    if (esc_lex_is_word(&r->lex, "site")) {
        esc_read_site(r);
        esc_lex_need_line_end(&r->lex);
        return;
    }
    if (r->block == ESC_NONE)
        r->block = esc_block(r->m, r->func);
    esc_read_op(r);
}

static void read_body(TextReader *r) {
    esc_function_begin_body(r->m, r->func);
    esc_lex_need_line_end(&r->lex);
    for (;;) {
        esc_lex_skip_newlines(&r->lex);
        if (r->lex.failed || esc_lex_take_mark(&r->lex, '}'))
            break;
        if (r->lex.token.kind == TOKEN_END)
            esc_lex_expected(&r->lex, "'}'");
        else
            read_body_line(r);
    }
    add_edges(r);
    if (r->named)
        esc_read_check_values(r);
}

/* %p ["name"] [group N] FLAGS place; `names` holds what will be value `param`. */
static void read_param(TextReader *r, uint32_t param) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '%') {
        esc_lex_expected(&r->lex, "a parameter such as %p");
        return;
    }
    esc_lex_next(&r->lex);
    uint32_t number = esc_read_number_of_name(&token);
    if (number != ESC_NONE) {
        r->numbered = true;
        if (number != param)
            esc_read_fail(r, &token, "parameters are numbered from 0 in order:");
    } else {
        r->named = true;
        if (esc_names_find(&r->values, token.text, token.length))
            esc_read_fail(r, &token, "this parameter is named twice:");
        else
            esc_names_add(r, &r->values, &token, param);
    }
    const char *name = NULL;
    if (r->lex.token.kind == TOKEN_STRING)
        name = esc_lex_need_string(&r->lex, "a name");
    uint32_t group = param;
    if (esc_lex_take_word(&r->lex, "group"))
        group = esc_read_u32(r, "a group");
    uint32_t flags = 0;
    while (esc_read_flag(r, esc_text_param_flags, &flags))
        ;
    if (esc_lex_take_word(&r->lex, "flags"))
        flags |= esc_read_u32(r, "flags");
    EscSource place = esc_read_place(r);
    if (r->lex.failed)
        return;
    esc_function_declare(r->m, r->func, param + 1, 0);
    esc_param(r->m, r->func, param, name, group, flags, place);
}

static void read_params(TextReader *r) {
    esc_lex_need_mark(&r->lex, '(', "'(' and the parameters");
    for (uint32_t param = 0; !r->lex.failed && !esc_lex_is_mark(&r->lex, ')'); param++) {
        read_param(r, param);
        if (!esc_lex_take_mark(&r->lex, ',') && !esc_lex_is_mark(&r->lex, ')'))
            esc_lex_expected(&r->lex, "',' or ')'");
    }
    esc_lex_need_mark(&r->lex, ')', "')'");
    if (r->numbered && r->named)
        esc_lex_expected(&r->lex, "parameters that have either all names or all numbers");
}

/* alloc_size(COUNT[, UNIT]) */
static void read_alloc_size(TextReader *r) {
    Function *f = esc_read_current(r);
    esc_lex_need_mark(&r->lex, '(', "'('");
    f->alloc_count_param = esc_read_u32(r, "a parameter's number");
    if (esc_lex_take_mark(&r->lex, ','))
        f->alloc_unit_param = esc_read_u32(r, "a parameter's number");
    esc_lex_need_mark(&r->lex, ')', "')'");
    bool bad_unit = f->alloc_unit_param != ESC_NONE && f->alloc_unit_param >= f->nparams;
    if (!r->lex.failed && (f->alloc_count_param >= f->nparams || bad_unit))
        esc_lex_expected(&r->lex, "alloc_size to name parameters of the function");
}

/* One attribute after the parameters; false when there is none. */
static bool read_header_part(TextReader *r, uint32_t *flags, EscSourceInfo *place,
                             uint32_t *values) {
    Lexer *lex = &r->lex;
    if (esc_read_flag(r, esc_text_func_flags, flags))
        return true;
    if (esc_lex_take_word(lex, "alloc_size")) {
        read_alloc_size(r);
    } else if (esc_lex_take_word(lex, "dealloc")) {
        EscFunc dealloc = esc_read_function_name(r);
        uint32_t param = esc_read_u32(r, "the position of the memory among the parameters");
        if (!lex->failed)
            esc_function_deallocator(r->m, r->func, dealloc, param);
    } else if (esc_lex_take_word(lex, "signatures")) {
        uint32_t exact = esc_read_u32(r, "a signature's number");
        uint32_t dropped = esc_read_u32(r, "the signature of calls that drop the result");
        uint32_t without = esc_read_u32(r, "the signature of calls without a result");
        esc_function_signatures(r->m, r->func, exact, dropped, without);
    } else if (esc_lex_take_word(lex, "reserved")) {
        esc_read_current(r)->reserved_bytes =
            esc_lex_need_number(lex, UINT64_MAX, "bytes of the frame");
    } else if (esc_lex_take_word(lex, "flags")) {
        *flags |= esc_read_u32(r, "flags");
    } else if (esc_lex_take_word(lex, "name")) {
        esc_read_current(r)->source_name = esc_lex_need_string(lex, "the name in the source");
    } else if (esc_lex_take_word(lex, "values")) {
        *values = (uint32_t)esc_lex_need_number(lex, VALUES_MAX, "the number of values");
    } else {
        return esc_read_place_part(r, place);
    }
    return true;
}

static void start_function(TextReader *r) {
    esc_names_clear(&r->values);
    esc_names_clear(&r->locals);
    esc_names_clear(&r->blocks);
    r->numbered = r->named = false;
    r->ndefined = r->nedges = 0;
    r->block = ESC_NONE;
}

/* @f(PARAM, ...) ATTRIBUTES [{ body }] */
static void read_function(TextReader *r) {
    const Token start = r->lex.token;
    start_function(r);
    r->func = esc_read_function_name(r);
    if (r->lex.failed || r->func == ESC_NONE)
        return;
    read_params(r);
    uint32_t flags = 0, values = 0;
    EscSourceInfo place = {0};
    while (read_header_part(r, &flags, &place, &values))
        ;
    if (r->lex.failed)
        return;
    Function *f = esc_read_current(r);
    f->flags = flags;
    f->source = esc_source(r->m, &place);
    if (esc_lex_take_mark(&r->lex, '{'))
        read_body(r);
    f = esc_read_current(r);
    if (f->nvalues < values)
        f->nvalues = values;
    esc_lex_builders_agree(&r->lex, &start);
    esc_lex_need_line_end(&r->lex);
}

/* ---- the module ----------------------------------------------------------------------------- */

/* &x ["name"] [KIND] [const] */
static void read_global(TextReader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '&') {
        esc_lex_expected(&r->lex, "a global such as &head");
        return;
    }
    if (esc_names_find(&r->globals, token.text, token.length)) {
        esc_read_fail(r, &token, "this global is declared twice:");
        return;
    }
    esc_lex_next(&r->lex);
    const char *name = r->lex.token.kind == TOKEN_STRING
                           ? esc_lex_need_string(&r->lex, "a name")
                           : esc_model_string(r->m, token.text, token.length);
    uint32_t kind = ESC_GLOBAL_PLAIN;
    bool is_const = esc_lex_take_word(&r->lex, "const");
    esc_read_flag(r, esc_text_global_kinds, &kind);
    is_const |= esc_lex_take_word(&r->lex, "const");
    if (r->lex.failed)
        return;
    esc_names_add(r, &r->globals, &token, esc_global(r->m, name, (EscGlobalKind)kind, is_const));
    esc_lex_need_line_end(&r->lex);
}

/* NAME N: one field of EscConfig. */
static void read_config(TextReader *r) {
    EscConfig *config = &r->m->config;
    const struct {
        const char *word;
        uint64_t *field;
    } fields[] = {
        {"max_object_bytes", &config->max_object_bytes},
        {"max_frame_bytes", &config->max_frame_bytes},
        {"max_recursive_bytes", &config->max_recursive_bytes},
        {"small_buffer_bytes", &config->small_buffer_bytes},
        {"max_ops", &config->max_ops},
        {"max_facts", &config->max_facts},
        {"max_milliseconds", &config->max_milliseconds},
        {"forget", &config->forget},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!esc_lex_take_word(&r->lex, fields[i].word))
            continue;
        uint64_t number = esc_lex_need_number(&r->lex, UINT64_MAX, "a number");
        if (!r->lex.failed)
            *fields[i].field = number;
        esc_lex_need_line_end(&r->lex);
        return;
    }
    const struct {
        const char *word;
        bool *field;
    } promises[] = {
        {"closed_program", &config->closed_program},
        {"keep_calls", &config->keep_calls},
        {"shared_signatures", &config->shared_signatures},
    };
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++) {
        if (!esc_lex_take_word(&r->lex, promises[i].word))
            continue;
        *promises[i].field = esc_lex_need_number(&r->lex, 1, "0 or 1") == 1;
        esc_lex_need_line_end(&r->lex);
        return;
    }
    esc_lex_expected(&r->lex, "a limit such as max_object_bytes");
}

static void read_top_line(TextReader *r) {
    if (esc_lex_take_word(&r->lex, "func")) {
        read_function(r);
    } else if (esc_lex_take_word(&r->lex, "global")) {
        read_global(r);
    } else if (esc_lex_take_word(&r->lex, "config")) {
        read_config(r);
    } else if (esc_lex_take_word(&r->lex, "file")) {
        r->file = esc_lex_need_string(&r->lex, "the name of a file");
        esc_lex_need_line_end(&r->lex);
    } else if (esc_lex_take_word(&r->lex, "gave_up")) {
        const char *reason = esc_lex_need_string(&r->lex, "a reason");
        if (reason)
            esc_module_give_up(r->m, reason);
        esc_lex_need_line_end(&r->lex);
    } else {
        esc_lex_expected(&r->lex, "func, global, config, file or gave_up");
    }
}

/* Declares the functions in the order of their lines. */
static bool declare_functions(EscModule *m, const char *text, size_t length, EscError *error) {
    Lexer lex;
    bool line_starts = true;
    esc_lex_start(&lex, m, text, length, true, error);
    while (lex.token.kind != TOKEN_END) {
        bool is_header = line_starts && esc_lex_is_word(&lex, "func");
        line_starts = lex.token.kind == TOKEN_NEWLINE;
        esc_lex_next(&lex);
        if (!is_header || lex.token.kind != TOKEN_NAME)
            continue;
        const Token token = lex.token;
        const char *name = esc_model_string(m, token.text, token.length);
        uint32_t before = m->nfuncs;
        if (name && esc_function(m, name) < before)
            esc_lex_fail(&lex, token.line, token.col,
                         "this function is declared twice:", token.text, token.length);
        esc_lex_builders_agree(&lex, &token);
    }
    return !lex.failed;
}

static void free_reader(TextReader *r) {
    esc_names_free(&r->globals);
    esc_names_free(&r->values);
    esc_names_free(&r->locals);
    esc_names_free(&r->blocks);
    esc_memory_release(r->defined);
    esc_memory_release(r->edges);
    esc_memory_release(r->site_numbers);
}

static bool read_module(EscModule *m, const char *text, size_t length, EscError *error) {
    if (!declare_functions(m, text, length, error))
        return false;
    TextReader r = {.m = m, .func = ESC_NONE, .block = ESC_NONE};
    esc_lex_start(&r.lex, m, text, length, false, error);
    esc_lex_skip_newlines(&r.lex);
    while (r.lex.token.kind != TOKEN_END) {
        read_top_line(&r);
        esc_lex_skip_newlines(&r.lex);
    }
    if (!r.lex.failed)
        esc_read_renumber_sites(&r);
    if (r.memory.failed)
        m->memory.failed = true;
    if (!r.lex.failed)
        esc_lex_builders_agree(&r.lex, &r.lex.token);
    free_reader(&r);
    return !r.lex.failed;
}

bool esc_module_read(EscModule *m, const char *text, size_t length, EscError *error) {
    EscError ignored;
    if (!error)
        error = &ignored;
    *error = (EscError){0};
    bool is_empty = m->nfuncs == 0 && m->nglobals == 0 && m->nsites == 0;
    const char *wrong = esc_module_error(m);
    if (!wrong && !is_empty)
        wrong = "the module is not empty";
    if (wrong) {
        strncpy(error->message, wrong, sizeof error->message - 1);
        return false;
    }
    if (read_module(m, text, length, error))
        return true;
    /* Half a program proves nothing. */
    esc_model_fail(m, "its text form has an error");
    return false;
}
