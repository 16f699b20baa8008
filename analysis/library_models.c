/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* library_models.c - read models of library functions, a line each, into operations.
 *
 *     strtol(nptr: read, end: sets inside nptr, base)
 *     bsearch(key, base, n, width, compare: called(key, inside base)) -> inside base
 *     allocator zmalloc(size) fail abort free zfree realloc zrealloc(pointer, size)
 *
 * A line becomes a function of one block: its order means nothing, everything in it may happen. The
 * head of models/libc.models describes the format.
 *
 * INVARIANT  Models are staged and moved into the module when the whole text was read, so an error
 * adds nothing.
 *
 * NOT HERE  What a call of a model does in its caller (expand.c).
 */
#include "library_models.h"

#include "lexer.h"
#include "text.h"

#include <string.h>

typedef struct Reader {
    Lexer lex;
    EscModule *m;
    bool user;
    Function *staged;
    uint32_t nstaged, cap_staged;
    Function *f; /* the one being read: staged[nstaged - 1] */
    EscBlock block;
    EscValue world; /* of `f`; ESC_NONE until it is needed */
} Reader;

/* ---- operations ----------------------------------------------------------------------------- */

static EscValue emit(Reader *r, EscOpInfo *info, bool has_result) {
    if (r->lex.failed)
        return ESC_NONE;
    if (has_result)
        info->dst = esc_body_value(r->m, r->f);
    esc_body_op(r->m, r->f, r->block, info);
    return info->dst;
}

static EscValue world(Reader *r) {
    if (r->world == ESC_NONE) {
        EscOpInfo info = esc_op_info(ESC_OP_WORLD);
        r->world = emit(r, &info, true);
    }
    return r->world;
}

static EscValue inside(Reader *r, EscValue a) {
    EscOpInfo info = esc_op_info(ESC_OP_COPY);
    info.a = a;
    info.lo = ESC_OFFSET_MIN;
    info.hi = ESC_OFFSET_MAX;
    return emit(r, &info, true);
}

/* Pointers are stored and loaded as 8 bytes: on a smaller machine that is a little more, never
 * less. */
enum { POINTER_BYTES = 8 };

/* The one pointer that `a` points to. */
static EscValue pointee(Reader *r, EscValue a) {
    EscOpInfo info = esc_op_info(ESC_OP_LOAD);
    info.a = a;
    info.width = POINTER_BYTES;
    return emit(r, &info, true);
}

/* Every pointer in the memory that `a` points to. `raw`: read as bytes of any type. */
static EscValue contents(Reader *r, EscValue a, bool raw) {
    EscOpInfo info = esc_op_info(ESC_OP_LOAD);
    info.a = a;
    info.lo = ESC_OFFSET_MIN;
    info.hi = ESC_OFFSET_MAX;
    info.flags = raw ? ESC_OPF_NARROW : 0;
    return emit(r, &info, true);
}

/* The bytes at `a` and behind it, as far as an object can reach. */
static EscValue bytes(Reader *r, EscValue a) {
    EscOpInfo info = esc_op_info(ESC_OP_LOAD);
    info.a = a;
    info.hi = 1 << 29;
    info.width = 1;
    info.flags = ESC_OPF_NARROW;
    return emit(r, &info, true);
}

/* The pointer at `a` is set to `value`. */
static void set(Reader *r, EscValue a, EscValue value) {
    EscOpInfo info = esc_op_info(ESC_OP_STORE);
    info.a = a;
    info.b = value;
    info.width = POINTER_BYTES;
    emit(r, &info, false);
}

/* `value` may be written anywhere in the memory at `a`. */
static void fill(Reader *r, EscValue a, EscValue value, bool raw) {
    EscOpInfo info = esc_op_info(ESC_OP_STORE);
    info.a = a;
    info.b = value;
    info.lo = ESC_OFFSET_MIN;
    info.hi = ESC_OFFSET_MAX;
    info.flags = raw ? ESC_OPF_NARROW : 0;
    emit(r, &info, false);
}

static void move(Reader *r, EscValue to, EscValue from) {
    EscOpInfo info = esc_op_info(ESC_OP_MOVE);
    info.a = to;
    info.b = from;
    info.hi = ESC_OFFSET_MAX;
    emit(r, &info, false);
}

static void leak(Reader *r, EscValue a, EscReason reason, uint32_t flags) {
    EscSourceInfo place = {.text = r->f->name};
    EscOpInfo info = esc_op_info(ESC_OP_LEAK);
    info.a = a;
    info.index = reason;
    info.flags = flags;
    info.source = esc_source(r->m, &place);
    emit(r, &info, false);
}

/* `moves`: it is reallocated rather than freed; index says so. */
static void release(Reader *r, EscValue a, bool moves) {
    EscOpInfo info = esc_op_info(ESC_OP_FREE);
    info.a = a;
    info.flags = ESC_OPF_FIXED;
    info.index = moves ? 1 : ESC_NONE;
    emit(r, &info, false);
}

static void give_back(Reader *r, EscValue a) {
    EscOpInfo info = esc_op_info(ESC_OP_RETURN);
    info.a = a;
    emit(r, &info, false);
    r->f->flags |= ESC_FUNC_RETURNS_PTR;
}

/* ---- values --------------------------------------------------------------------------------- */

/* The parameter of that name. */
static EscValue read_param_name(Reader *r) {
    const Token token = r->lex.token;
    for (uint32_t i = 0; i < r->f->nparams; i++) {
        const char *name = r->f->params[i].name;
        if (name && esc_lex_take_word(&r->lex, name))
            return i;
    }
    if (token.kind == TOKEN_WORD)
        esc_lex_fail(&r->lex, token.line, token.col, "no parameter is called", token.text,
                     token.length);
    else
        esc_lex_expected(&r->lex, "the name of a parameter");
    return ESC_NONE;
}

/* world | _ | [inside] [contents | fields] PARAM */
static EscValue read_value(Reader *r) {
    if (esc_lex_take_word(&r->lex, "world"))
        return world(r);
    if (esc_lex_take_word(&r->lex, "_"))
        return ESC_NONE;
    bool is_inside = esc_lex_take_word(&r->lex, "inside");
    bool is_contents = esc_lex_take_word(&r->lex, "contents");
    bool is_fields = !is_contents && esc_lex_take_word(&r->lex, "fields");
    EscValue value = read_param_name(r);
    if (is_contents)
        value = pointee(r, value);
    if (is_fields)
        value = contents(r, value, false);
    if (is_inside)
        value = inside(r, value);
    return value;
}

/* ---- what happens to a parameter ------------------------------------------------------------ */

/* (VALUE, ...) */
static void read_called(Reader *r, EscValue target) {
    enum { MAX_ARGS = 8 }; /* twice what any callback of the standards has */
    EscArg args[MAX_ARGS];
    EscOpInfo info = esc_op_info(ESC_OP_ICALL);
    esc_lex_need_mark(&r->lex, '(', "'(' and what the function is called with");
    while (!r->lex.failed && !esc_lex_is_mark(&r->lex, ')')) {
        if (info.nargs == MAX_ARGS) {
            esc_lex_expected(&r->lex, "at most 8 arguments");
            return;
        }
        args[info.nargs++] = (EscArg){.value = read_value(r), .number = esc_number_unknown()};
        if (!esc_lex_take_mark(&r->lex, ',') && !esc_lex_is_mark(&r->lex, ')'))
            esc_lex_expected(&r->lex, "',' or ')'");
    }
    esc_lex_need_mark(&r->lex, ')', "')'");
    info.a = target;
    info.args = args;
    emit(r, &info, false);
}

/* "kept [contents] [by WORD] [until WORD]": by whom and how long is for people. */
static void read_kept(Reader *r, EscValue param) {
    EscValue what = param;
    if (esc_lex_take_word(&r->lex, "contents"))
        what = contents(r, param, false);
    leak(r, what, ESC_REASON_KEPT_BY, 0);
    for (int i = 0; i < 2; i++) {
        if (!esc_lex_take_word(&r->lex, "by") && !esc_lex_take_word(&r->lex, "until"))
            return;
        if (r->lex.token.kind == TOKEN_WORD)
            esc_lex_next(&r->lex);
        else
            esc_lex_expected(&r->lex, "a word");
    }
}

/* The library may free or move the block that `param` (or the pointer it points to) names. */
static void read_reallocated(Reader *r, EscValue param) {
    bool is_contents = esc_lex_take_word(&r->lex, "contents");
    EscValue block = is_contents ? pointee(r, param) : param;
    release(r, block, true);
    /* The new block is the world's, and what the old one held is in it. */
    leak(r, contents(r, block, true), ESC_REASON_KEPT_BY, 0);
    if (is_contents)
        set(r, param, world(r));
}

/* [contents ...]: the memory so many steps behind `param`. */
static EscValue read_depth(Reader *r, EscValue param) {
    while (esc_lex_take_word(&r->lex, "contents"))
        param = contents(r, param, false);
    return param;
}

/* One thing that happens to `param`; false when no more is said. */
static bool read_treatment(Reader *r, EscValue param) {
    Lexer *lex = &r->lex;
    if (esc_lex_take_word(lex, "read") || esc_lex_take_word(lex, "write")) {
        /* Nothing is kept, and no pointer moves. */
    } else if (esc_lex_take_word(lex, "sets")) {
        set(r, param, read_value(r));
    } else if (esc_lex_take_word(lex, "fills")) {
        fill(r, param, read_value(r), false);
    } else if (esc_lex_take_word(lex, "received")) {
        fill(r, read_depth(r, param), world(r), true);
    } else if (esc_lex_take_word(lex, "sent")) {
        leak(r, contents(r, read_depth(r, param), true), ESC_REASON_KEPT_BY, 0);
    } else if (esc_lex_take_word(lex, "compared")) {
        leak(r, bytes(r, param), ESC_REASON_INTEGER, ESC_OPF_NARROW);
    } else if (esc_lex_take_word(lex, "gathers")) {
        fill(r, param, contents(r, read_param_name(r), false), false);
    } else if (esc_lex_take_word(lex, "copies")) {
        move(r, param, read_param_name(r));
    } else if (esc_lex_take_word(lex, "permuted")) {
        fill(r, param, contents(r, param, false), false);
    } else if (esc_lex_take_word(lex, "advanced")) {
        set(r, param, inside(r, pointee(r, param)));
    } else if (esc_lex_take_word(lex, "called")) {
        read_called(r, param);
    } else if (esc_lex_take_word(lex, "kept")) {
        read_kept(r, param);
    } else if (esc_lex_take_word(lex, "inspected")) {
        leak(r, param, ESC_REASON_INSPECTED, 0);
    } else if (esc_lex_take_word(lex, "thread")) {
        leak(r, param, ESC_REASON_THREAD, ESC_OPF_THREAD);
    } else if (esc_lex_take_word(lex, "freed")) {
        release(r, param, false);
    } else if (esc_lex_take_word(lex, "reallocated")) {
        read_reallocated(r, param);
    } else {
        return false;
    }
    return true;
}

/* NAME [: TREATMENT ...], all of them; the opening parenthesis is taken. */
static void read_params(Reader *r) {
    for (uint32_t param = 0; !r->lex.failed && !esc_lex_is_mark(&r->lex, ')'); param++) {
        esc_lex_next(&r->lex); /* the name, see scan_params */
        if (esc_lex_take_mark(&r->lex, ':')) {
            if (!read_treatment(r, param))
                esc_lex_expected(&r->lex, "what happens to the parameter, such as read or kept");
            while (read_treatment(r, param))
                ;
        }
        if (!esc_lex_take_mark(&r->lex, ',') && !esc_lex_is_mark(&r->lex, ')'))
            esc_lex_expected(&r->lex, "',' or ')'");
    }
    esc_lex_need_mark(&r->lex, ')', "')'");
}

/* ---- functions ------------------------------------------------------------------------------ */

/* A new staged function; NULL when out of memory. */
static Function *stage(Reader *r, const char *name) {
    if (!name || !esc_memory_grow(&r->m->memory, &r->staged, &r->cap_staged, r->nstaged + 1,
                                  sizeof *r->staged))
        return NULL;
    Function *f = &r->staged[r->nstaged++];
    *f = (Function){.name = name};
    esc_body_free(r->m, f);
    f->is_model = true;
    f->user_model = r->user;
    f->has_body = true;
    r->f = f;
    r->world = ESC_NONE;
    return f;
}

static bool add_param(Reader *r, const Token *token, uint32_t *cap) {
    Function *f = r->f;
    if (!esc_memory_grow(&r->m->memory, &f->params, cap, f->nparams + 1, sizeof *f->params))
        return false;
    bool anonymous = token->length == 1 && *token->text == '_';
    f->params[f->nparams] = (Param){
        .name = anonymous ? NULL : esc_model_string(r->m, token->text, token->length),
        .group = f->nparams,
    };
    f->nparams++;
    return true;
}

/* `...`: all further arguments, as one parameter without a name. */
static void add_rest(Reader *r, uint32_t *cap) {
    const Token anonymous = {.text = "_", .length = 1};
    if (!add_param(r, &anonymous, cap))
        return;
    r->f->params[r->f->nparams - 1].flags = ESC_PARAM_REST;
    r->f->flags |= ESC_FUNC_VARIADIC;
}

/* Learns the parameters from a look ahead to the closing parenthesis: a treatment may name a later
 * one. */
static void scan_params(Reader *r) {
    const Lexer start = r->lex;
    uint32_t depth = 0, cap = 0;
    bool expects_name = true;
    while (!r->lex.failed && !(depth == 0 && esc_lex_is_mark(&r->lex, ')'))) {
        const Token token = r->lex.token;
        if (r->f->flags & ESC_FUNC_VARIADIC && expects_name)
            esc_lex_expected(&r->lex, "')': '...' is the last parameter");
        if (token.kind == TOKEN_END || token.kind == TOKEN_NEWLINE)
            esc_lex_expected(&r->lex, "')'");
        else if (expects_name && token.kind == TOKEN_WORD)
            add_param(r, &token, &cap);
        else if (expects_name && esc_lex_is_mark(&r->lex, MARK_DOTS3))
            add_rest(r, &cap);
        else if (expects_name)
            esc_lex_expected(&r->lex, "the name of a parameter or '...'");
        expects_name = depth == 0 && esc_lex_is_mark(&r->lex, ',');
        if (esc_lex_is_mark(&r->lex, '('))
            depth++;
        else if (esc_lex_is_mark(&r->lex, ')'))
            depth--;
        esc_lex_next(&r->lex);
    }
    if (expects_name && r->f->nparams)
        esc_lex_expected(&r->lex, "the name of a parameter or '...'");
    r->f->nvalues = r->f->nparams;
    if (!r->lex.failed)
        r->lex = start;
}

/* NAME( with the parameters known and the body begun; false after a failure. */
static bool read_head(Reader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_WORD) {
        esc_lex_expected(&r->lex, "the name of a function");
        return false;
    }
    esc_lex_next(&r->lex);
    if (!stage(r, esc_model_string(r->m, token.text, token.length))) {
        esc_lex_fail(&r->lex, token.line, token.col, "out of memory", NULL, 0);
        return false;
    }
    esc_lex_need_mark(&r->lex, '(', "'(' after the function");
    if (!r->lex.failed)
        scan_params(r);
    r->block = esc_body_block(r->m, r->f);
    return !r->lex.failed;
}

/* -> VALUE [or VALUE ...] */
static void read_result(Reader *r) {
    do
        give_back(r, read_value(r));
    while (esc_lex_take_word(&r->lex, "or"));
}

static void read_plain(Reader *r) {
    if (!read_head(r))
        return;
    read_params(r);
    if (esc_lex_take_mark(&r->lex, MARK_TO))
        read_result(r);
}

/* ---- allocators ----------------------------------------------------------------------------- */

/* What a parameter of an allocator is follows from its name. */
static uint32_t param_called(const Function *f, const char *name) {
    for (uint32_t i = 0; i < f->nparams; i++)
        if (f->params[i].name && strcmp(f->params[i].name, name) == 0)
            return i;
    return ESC_NONE;
}

/* The allocator record of the function just read; NULL after a failure. */
static EscAllocatorModel *add_record(Reader *r) {
    EscAllocatorModel *record = esc_memory_arena(&r->m->memory, sizeof *record);
    if (!record) {
        esc_lex_expected(&r->lex, "memory");
        return NULL;
    }
    const Function *f = r->f;
    *record = (EscAllocatorModel){
        .kind = ESC_ALLOC_PAIRED,
        .size_param = param_called(f, "size"),
        .count_param = param_called(f, "count"),
        .align_param = param_called(f, "align"),
        .pointer_param = param_called(f, "pointer"),
        .source_param = param_called(f, "source"),
        .out_param = param_called(f, "out"),
        .may_fail = true,
        .user_declared = r->user,
    };
    r->f->allocator = record;
    return record;
}

/* A required parameter; the message names it. */
static void need_param(Reader *r, const Token *token, uint32_t param, const char *message) {
    if (param == ESC_NONE)
        esc_lex_fail(&r->lex, token->line, token->col, message, token->text, token->length);
}

/* What a call through a pointer does, where nobody knows the allocator by name. */
static void emit_fresh(Reader *r, const EscAllocatorModel *record) {
    if (record->pointer_param != ESC_NONE) {
        release(r, record->pointer_param, record->reallocates);
        if (record->reallocates)
            leak(r, contents(r, record->pointer_param, false), ESC_REASON_KEPT_BY, 0);
    }
    if (record->out_param != ESC_NONE)
        set(r, record->out_param, world(r));
    else if (record->allocates)
        give_back(r, world(r));
}

/* Whether the models read before already say that `name` gives memory back. */
static bool frees_already(const Reader *r, const Token *token) {
    const char *name = esc_model_string(r->m, token->text, token->length);
    const Function *f = name ? esc_model_find(r->m, name) : NULL;
    return f && f->allocator && (f->allocator->frees || f->allocator->reallocates);
}

/* "free NAME[(PARAMS)]" or "realloc ..." of an allocator's line: NAME is a model of its own. The
 * library's own free and realloc serve any number of allocators and stay as they are. */
static void read_partner(Reader *r, bool reallocates) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_WORD) {
        esc_lex_expected(&r->lex, "the name of a function");
        return;
    }
    if (frees_already(r, &token)) {
        esc_lex_next(&r->lex);
        return;
    }
    const Lexer after_name = r->lex;
    esc_lex_next(&r->lex);
    bool has_params = esc_lex_is_mark(&r->lex, '(');
    r->lex = after_name;
    if (has_params) {
        if (!read_head(r))
            return;
        read_params(r);
    } else {
        esc_lex_next(&r->lex);
        static const char *const names[] = {"pointer", "size"};
        if (!stage(r, esc_model_string(r->m, token.text, token.length)))
            return;
        uint32_t cap = 0;
        for (int i = 0; i < (reallocates ? 2 : 1); i++) {
            const Token name = {.text = names[i], .length = strlen(names[i])};
            add_param(r, &name, &cap);
        }
        r->f->nvalues = r->f->nparams;
        r->block = esc_body_block(r->m, r->f);
    }
    EscAllocatorModel *record = r->lex.failed ? NULL : add_record(r);
    if (!record)
        return;
    need_param(r, &token, record->pointer_param, "no parameter is called pointer in");
    record->frees = !reallocates;
    record->allocates = record->reallocates = reallocates;
    emit_fresh(r, record);
}

/* One word about an allocator; false when no more is said. An '=' may stand between word and value.
 */
static bool read_allocator_part(Reader *r, EscAllocatorModel *record) {
    Lexer *lex = &r->lex;
    if (esc_lex_take_word(lex, "zeroed")) {
        record->zeroed = true;
        if (esc_lex_take_mark(lex, '=')) {
            record->zeroed = esc_lex_is_word(lex, "yes");
            if (!esc_lex_take_word(lex, "yes") && !esc_lex_take_word(lex, "no"))
                esc_lex_expected(lex, "yes or no");
        }
    } else if (esc_lex_take_word(lex, "fail")) {
        esc_lex_take_mark(lex, '=');
        record->may_fail = esc_lex_is_word(lex, "null");
        if (!esc_lex_take_word(lex, "null") && !esc_lex_take_word(lex, "abort"))
            esc_lex_expected(lex, "null or abort");
    } else if (esc_lex_take_word(lex, "never_empty")) {
        record->never_empty = true;
    } else if (esc_lex_take_word(lex, "kind")) {
        const TextWord *kind = esc_text_alloc_kinds;
        while (kind->word && !esc_lex_is_word(lex, kind->word))
            kind++;
        if (kind->word)
            esc_lex_next(lex);
        else
            esc_lex_expected(lex, "a kind such as malloc");
        record->kind = (EscAllocKind)kind->value;
    } else if (esc_lex_take_word(lex, "free") || esc_lex_take_word(lex, "pair")) {
        esc_lex_take_mark(lex, '=');
        read_partner(r, false);
    } else if (esc_lex_take_word(lex, "realloc")) {
        esc_lex_take_mark(lex, '=');
        read_partner(r, true);
    } else {
        return false;
    }
    return true;
}

typedef enum AllocatorRole { ALLOCATES, DUPLICATES, REALLOCATES, FREES } AllocatorRole;

static void read_allocator(Reader *r, AllocatorRole role) {
    const Token token = r->lex.token;
    if (!read_head(r))
        return;
    read_params(r);
    EscAllocatorModel *record = r->lex.failed ? NULL : add_record(r);
    if (!record)
        return;
    record->allocates = role != FREES;
    record->duplicates = role == DUPLICATES;
    record->reallocates = role == REALLOCATES;
    record->frees = role == FREES;
    if (role == DUPLICATES)
        need_param(r, &token, record->source_param, "no parameter is called source in");
    if (role == REALLOCATES || role == FREES)
        need_param(r, &token, record->pointer_param, "no parameter is called pointer in");
    if ((role == ALLOCATES && record->out_param == ESC_NONE) || role == REALLOCATES)
        need_param(r, &token, record->size_param, "no parameter is called size in");
    emit_fresh(r, record);
    while (!r->lex.failed && read_allocator_part(r, record))
        ;
}

/* ---- the whole text ------------------------------------------------------------------------- */

/* `allocator(x)` would be a function of that name. */
static bool take_keyword(Reader *r, const char *word) {
    if (!esc_lex_is_word(&r->lex, word))
        return false;
    const Lexer start = r->lex;
    esc_lex_next(&r->lex);
    if (r->lex.token.kind == TOKEN_WORD)
        return true;
    r->lex = start;
    return false;
}

static void read_line(Reader *r) {
    const Token start = r->lex.token;
    if (take_keyword(r, "allocator"))
        read_allocator(r, ALLOCATES);
    else if (take_keyword(r, "duplicator"))
        read_allocator(r, DUPLICATES);
    else if (take_keyword(r, "reallocator"))
        read_allocator(r, REALLOCATES);
    else if (take_keyword(r, "deallocator"))
        read_allocator(r, FREES);
    else
        read_plain(r);
    esc_lex_need_line_end(&r->lex);
    esc_lex_builders_agree(&r->lex, &start);
}

/* Moves what was staged into the module; false when out of memory. */
static bool commit(Reader *r) {
    for (uint32_t i = 0; i < r->nstaged; i++) {
        Function *slot = esc_model_add(r->m, r->staged[i].name);
        if (!slot)
            return false;
        const char *name = slot->name;
        *slot = r->staged[i];
        slot->name = name;
        r->staged[i] = (Function){0};
    }
    return true;
}

/* All of the text, or its first line. */
static bool read_text(EscModule *m, const char *text, size_t length, bool user, bool one_line,
                      EscError *error) {
    Reader r = {.m = m, .user = user};
    *error = (EscError){0};
    esc_lex_start(&r.lex, m, text, length, false, error);
    esc_lex_skip_newlines(&r.lex);
    while (r.lex.token.kind != TOKEN_END) {
        read_line(&r);
        if (one_line)
            break;
        esc_lex_skip_newlines(&r.lex);
    }
    if (!r.lex.failed && !commit(&r))
        esc_lex_fail(&r.lex, 0, 0, "out of memory", NULL, 0);
    for (uint32_t i = 0; i < r.nstaged; i++)
        esc_body_free(m, &r.staged[i]);
    esc_memory_release(r.staged);
    return !r.lex.failed;
}

bool esc_models_add(EscModule *m, const char *text, size_t length, bool user, EscError *error) {
    return read_text(m, text, length, user, false, error);
}

bool esc_models_read(EscModule *m, const char *text, size_t length, EscError *error) {
    EscError ignored;
    return esc_models_add(m, text, length, true, error ? error : &ignored);
}

bool esc_library_read(EscModule *m, const char *name) {
    bool out_of_memory = false;
    const char *line = esc_library_line(name, &out_of_memory);
    EscError error;
    if (out_of_memory)
        esc_model_fail(m, "out of memory");
    if (!line)
        return false;
    if (read_text(m, line, strlen(line), false, true, &error))
        return true;
    esc_model_fail(m, "the built-in library models cannot be read");
    return false;
}

bool esc_model_allocator(const EscModule *m, const char *name, EscAllocatorModel *out) {
    const Function *model = name ? esc_model_find(m, name) : NULL;
    if (!model || !model->allocator)
        return false;
    *out = *model->allocator;
    return true;
}
