/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text_read_op.c - read an operation of the text form, with its values and its site.
 *
 * An operation's parts come in the order of its pattern in esc_text_ops; what follows (extra
 * fields, flags, a place) is the same for all.
 *
 * NOT HERE  Lines that are no operations (text_read.c).
 */
#include "text_reader.h"

#include <string.h>

/* ---- values --------------------------------------------------------------------------------- */

/* The number that a name of digits stands for; ESC_NONE when it is not one. */
uint32_t esc_read_number_of_name(const Token *token) {
    uint32_t number = 0;
    for (size_t i = 0; i < token->length; i++) {
        char c = token->text[i];
        if (c < '0' || c > '9')
            return ESC_NONE;
        if (number < VALUES_MAX)
            number = number * 10 + (uint32_t)(c - '0');
    }
    return number;
}

static EscValue numbered_value(TextReader *r, const Token *token, uint32_t number) {
    Function *f = esc_read_current(r);
    r->numbered = true;
    if (number >= VALUES_MAX) {
        esc_read_fail(r, token, "too large a number for a value:");
        return ESC_NONE;
    }
    if (f->nvalues <= number)
        f->nvalues = number + 1;
    return number;
}

static EscValue named_value(TextReader *r, const Token *token) {
    r->named = true;
    const struct Name *name = esc_names_find(&r->values, token->text, token->length);
    if (!name)
        name = esc_names_add(r, &r->values, token, esc_value(r->m, r->func));
    return name ? name->value : ESC_NONE;
}

/* The value of a %name; the token is taken. */
static EscValue read_value(TextReader *r, const char *what) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '%') {
        esc_lex_expected(&r->lex, what);
        return ESC_NONE;
    }
    esc_lex_next(&r->lex);
    uint32_t number = esc_read_number_of_name(&token);
    EscValue value =
        number != ESC_NONE ? numbered_value(r, &token, number) : named_value(r, &token);
    if (r->numbered && r->named)
        esc_read_fail(r, &token, "values have either names or numbers in a function, not both:");
    return value;
}

static EscValue read_operand(TextReader *r) {
    if (esc_lex_take_word(&r->lex, "null"))
        return ESC_NONE;
    return read_value(r, "a value such as %p, or 'null'");
}

/* Notes that `value`, written as `token`, is defined here. */
static void define_value(TextReader *r, const Token *token, EscValue value) {
    if (r->lex.failed)
        return;
    if (value < esc_read_current(r)->nparams) {
        esc_read_fail(r, token, "a parameter cannot be defined again:");
        return;
    }
    bool again;
    if (r->named) {
        struct Name *name = esc_names_find(&r->values, token->text, token->length);
        again = name->defined;
        name->defined = true;
    } else {
        if (!esc_memory_grow(&r->memory, &r->defined, &r->cap_defined, value + 1, 1)) {
            esc_read_fail(r, token, "out of memory at");
            return;
        }
        while (r->ndefined <= value)
            r->defined[r->ndefined++] = 0;
        again = r->defined[value];
        r->defined[value] = 1;
    }
    if (again)
        esc_read_fail(r, token, "this value is defined twice:");
}

void esc_read_check_values(TextReader *r) {
    for (uint32_t i = 0; i < r->values.count && !r->lex.failed; i++) {
        const struct Name *name = &r->values.items[i];
        if (!name->defined && name->value >= esc_read_current(r)->nparams)
            esc_lex_fail(&r->lex, name->line, name->col, "this value is never defined:", name->text,
                         name->length);
    }
}

/* ---- sites ---------------------------------------------------------------------------------- */

/* One attribute of a site; false when there is none. */
static bool read_site_part(TextReader *r, EscSiteInfo *info, EscSourceInfo *place) {
    Lexer *lex = &r->lex;
    if (esc_lex_take_word(lex, "size"))
        info->size_bytes = esc_read_number(r);
    else if (esc_lex_take_word(lex, "align"))
        info->align_bytes = esc_lex_need_number(lex, UINT64_MAX, "an alignment");
    else if (esc_lex_take_word(lex, "zeroed"))
        info->zeroed = true;
    else if (esc_lex_take_word(lex, "mayfail"))
        info->may_fail = true;
    else if (esc_lex_take_word(lex, "nofail"))
        info->may_fail = false;
    else if (esc_lex_take_word(lex, "movable"))
        info->movable = true;
    else if (esc_lex_take_word(lex, "unmovable"))
        info->movable = false;
    else if (esc_lex_take_word(lex, "misused"))
        info->misuse = esc_lex_need_string(lex, "how it is misused");
    else if (esc_lex_take_word(lex, "by"))
        info->allocator = esc_lex_need_string(lex, "the allocator's name");
    else if (esc_lex_take_word(lex, "dest")) {
        info->dest = (EscDestKind)esc_read_word(r, esc_text_dest_kinds, false,
                                                "none, assign, init, return or argument");
        info->dest_source = esc_read_place(r);
    } else
        return esc_read_place_part(r, place);
    return true;
}

/* KIND or, as by hand, KIND SIZE ["text"]; then attributes. `info` has the kind. */
static void read_site_rest(TextReader *r, EscSiteInfo *info, uint32_t number, const Token *start) {
    EscSourceInfo place = {0};
    const Token *token = &r->lex.token;
    bool by_hand = token->kind == TOKEN_NUMBER || esc_lex_is_mark(&r->lex, '?') ||
                   esc_lex_is_mark(&r->lex, '[') || esc_lex_is_word(&r->lex, "param");
    if (by_hand) {
        info->size_bytes = esc_read_number(r);
        info->align_bytes = 16;
        info->zeroed = info->kind == ESC_ALLOC_CALLOC;
        info->may_fail = info->movable = true;
        place.file = r->file;
        place.line = start->line;
        place.col = start->col;
    }
    while (read_site_part(r, info, &place))
        ;
    if (r->lex.failed)
        return;
    if (!esc_memory_grow(&r->memory, &r->site_numbers, &r->cap_sites, r->nsites + 1,
                         sizeof *r->site_numbers)) {
        esc_read_fail(r, start, "out of memory at");
        return;
    }
    info->source = esc_source(r->m, &place);
    if (esc_site(r->m, r->func, info) != ESC_NONE)
        r->site_numbers[r->nsites++] = number;
}

/* [site N] KIND ...; ESC_NONE after a failure. */
EscSite esc_read_site(TextReader *r) {
    const Token start = r->lex.token;
    EscSiteInfo info = {.size_bytes = esc_number_unknown()};
    uint32_t number = ESC_NONE;
    if (esc_lex_take_word(&r->lex, "site"))
        number = esc_read_u32(r, "a site's number");
    info.kind = (EscAllocKind)esc_read_word(r, esc_text_alloc_kinds, false,
                                            "a kind of allocation such as malloc");
    read_site_rest(r, &info, number, &start);
    return r->lex.failed || r->m->nsites == 0 ? ESC_NONE : r->m->nsites - 1;
}

/* Gives every site the number that the text gives it; sites without one get those that are left. */
void esc_read_renumber_sites(TextReader *r) {
    uint32_t n = r->nsites;
    bool any = false;
    for (uint32_t i = 0; i < n; i++)
        any |= r->site_numbers[i] != ESC_NONE && r->site_numbers[i] != i;
    if (!any)
        for (uint32_t i = 0; i < n; i++)
            any |= r->site_numbers[i] == ESC_NONE;
    if (!any || n == 0)
        return;
    Site *sites = esc_memory_resize(&r->memory, NULL, n, sizeof *sites);
    unsigned char *taken = esc_memory_resize(&r->memory, NULL, n, 1);
    if (sites && taken) {
        memset(taken, 0, n);
        for (uint32_t i = 0; i < n && !r->lex.failed; i++) {
            uint32_t number = r->site_numbers[i];
            if (number == ESC_NONE)
                continue;
            if (number >= n || taken[number])
                esc_lex_fail(&r->lex, 0, 0, "sites must be numbered 0, 1, 2, ... each once", NULL,
                             0);
            else
                taken[number] = 1;
        }
        for (uint32_t i = 0, next = 0; i < n && !r->lex.failed; i++) {
            if (r->site_numbers[i] != ESC_NONE)
                continue;
            while (taken[next])
                next++;
            r->site_numbers[i] = next;
            taken[next] = 1;
        }
        for (uint32_t i = 0; i < n && !r->lex.failed; i++) {
            const Site *site = &r->m->sites[i];
            sites[r->site_numbers[i]] = *site;
            if (site->op != ESC_NONE)
                r->m->funcs[site->func].ops[site->op].index = r->site_numbers[i];
        }
        if (!r->lex.failed)
            memcpy(r->m->sites, sites, n * sizeof *sites);
    }
    esc_memory_release(sites);
    esc_memory_release(taken);
}

/* ---- operations ----------------------------------------------------------------------------- */

/* Arguments of the operation being read; taken over by esc_op. */
typedef struct Args {
    EscArg *items;
    uint32_t count, cap;
} Args;

/* %v [is NUMBER] | null | NUMBER, then a place. */
static EscArg read_arg(TextReader *r) {
    EscArg arg = {.value = ESC_NONE, .number = esc_number_unknown()};
    if (r->lex.token.kind == TOKEN_NAME) {
        arg.value = read_value(r, "a value");
        if (esc_lex_take_word(&r->lex, "is"))
            arg.number = esc_read_number(r);
    } else if (!esc_lex_take_word(&r->lex, "null")) {
        arg.number = esc_read_number(r);
    }
    arg.source = esc_read_place(r);
    return arg;
}

static void read_args(TextReader *r, Args *args) {
    esc_lex_need_mark(&r->lex, '(', "'(' and the arguments");
    while (!r->lex.failed && !esc_lex_is_mark(&r->lex, ')')) {
        EscArg arg = read_arg(r);
        if (!esc_memory_grow(&r->memory, &args->items, &args->cap, args->count + 1,
                             sizeof *args->items)) {
            esc_read_fail(r, &r->lex.token, "out of memory at");
            return;
        }
        args->items[args->count++] = arg;
        if (!esc_lex_take_mark(&r->lex, ',') && !esc_lex_is_mark(&r->lex, ')'))
            esc_lex_expected(&r->lex, "',' or ')'");
    }
    esc_lex_need_mark(&r->lex, ')', "')'");
}

EscFunc esc_read_function_name(TextReader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '@') {
        esc_lex_expected(&r->lex, "a function such as @f");
        return ESC_NONE;
    }
    const char *name = esc_model_string(r->m, token.text, token.length);
    esc_lex_next(&r->lex);
    return name ? esc_function(r->m, name) : ESC_NONE;
}

static uint32_t read_local_name(TextReader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '$') {
        esc_lex_expected(&r->lex, "a local such as $x");
        return ESC_NONE;
    }
    const struct Name *name = esc_names_find(&r->locals, token.text, token.length);
    if (!name) {
        esc_read_fail(r, &token, "this local is not declared above:");
        return ESC_NONE;
    }
    esc_lex_next(&r->lex);
    return name->value;
}

static uint32_t read_global_name(TextReader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_NAME || token.mark != '&') {
        esc_lex_expected(&r->lex, "a global such as &head");
        return ESC_NONE;
    }
    const struct Name *name = esc_names_find(&r->globals, token.text, token.length);
    if (!name) {
        esc_read_fail(r, &token, "this global is not declared above:");
        return ESC_NONE;
    }
    esc_lex_next(&r->lex);
    return name->value;
}

/* wN */
static uint32_t read_width(TextReader *r) {
    const Token token = r->lex.token;
    if (token.kind != TOKEN_WORD || token.length < 2 || token.text[0] != 'w')
        return 0;
    uint64_t width = 0;
    for (size_t i = 1; i < token.length; i++) {
        char c = token.text[i];
        if (c < '0' || c > '9')
            return 0;
        width = width * 10 + (uint64_t)(c - '0');
        if (width > UINT32_MAX) {
            esc_read_fail(r, &token, "this width is too large:");
            return 0;
        }
    }
    esc_lex_next(&r->lex);
    return (uint32_t)width;
}

static void read_pattern_part(TextReader *r, char part, EscOpInfo *info, Args *args) {
    switch (part) {
    case 'a':
        info->a = read_operand(r);
        break;
    case 'b':
        info->b = read_operand(r);
        break;
    case 'o':
        if (r->lex.token.kind == TOKEN_NAME || esc_lex_is_word(&r->lex, "null"))
            info->a = read_operand(r);
        break;
    case '<':
        esc_lex_need_mark(&r->lex, MARK_FROM, "'<-'");
        break;
    case 'R':
        if (esc_lex_take_mark(&r->lex, '['))
            esc_read_range(r, &info->lo, &info->hi);
        break;
    case 'w':
        info->width = read_width(r);
        break;
    case '(':
        read_args(r, args);
        break;
    case 's':
        info->index = esc_read_site(r);
        break;
    case '$':
        info->index = read_local_name(r);
        break;
    case '&':
        info->index = read_global_name(r);
        break;
    case '@':
        info->index = esc_read_function_name(r);
        break;
    case 'r':
        info->index = esc_read_word(r, esc_text_reasons, true, "a reason such as KEPT_BY");
        break;
    default:
        break;
    }
}

/* A field that the operation's pattern has no place for: +a %x, +width 8 ... */
static void read_extra(TextReader *r, EscOpInfo *info, Args *args) {
    Lexer *lex = &r->lex;
    if (esc_lex_take_word(lex, "a"))
        info->a = read_operand(r);
    else if (esc_lex_take_word(lex, "b"))
        info->b = read_operand(r);
    else if (esc_lex_take_word(lex, "range")) {
        esc_lex_need_mark(lex, '[', "'['");
        esc_read_range(r, &info->lo, &info->hi);
    } else if (esc_lex_take_word(lex, "width"))
        info->width = esc_read_u32(r, "a width");
    else if (esc_lex_take_word(lex, "index"))
        info->index = esc_read_u32(r, "an index");
    else if (esc_lex_take_word(lex, "flags"))
        info->flags |= (uint32_t)esc_lex_need_number(lex, UINT16_MAX, "flags");
    else if (esc_lex_take_word(lex, "args"))
        read_args(r, args);
    else if (esc_lex_take_word(lex, "place"))
        info->source = esc_read_place(r);
    else
        esc_lex_expected(lex, "a, b, range, width, index, flags, args or place after '+'");
}

/* The kind of operation that `token` names; ESC_OP_KINDS when it is none. A kind of allocation is
 * an ALLOC with the site's kind, so that `%p = malloc 16` can be written. */
static EscOpKind op_kind(const Token *token, bool *is_alloc_kind) {
    *is_alloc_kind = false;
    if (token->kind != TOKEN_WORD)
        return ESC_OP_KINDS;
    for (int i = 0; i < ESC_OP_KINDS; i++)
        if (esc_read_same_word(esc_text_ops[i].word, token, false))
            return (EscOpKind)i;
    *is_alloc_kind = esc_read_find_word(esc_text_alloc_kinds, token, false) != NULL;
    return *is_alloc_kind ? ESC_OP_ALLOC : ESC_OP_KINDS;
}

/* `realloc %p 32` and `realloc %p site ...`: a size at once is a site of kind realloc by hand. */
static bool site_is_short(const TextReader *r) {
    return r->lex.token.kind != TOKEN_WORD || esc_lex_is_word(&r->lex, "param");
}

static void read_op_parts(TextReader *r, EscOpInfo *info, Args *args, bool is_alloc_kind) {
    const Token start = r->lex.token;
    if (is_alloc_kind) {
        info->index = esc_read_site(r);
    } else {
        esc_lex_next(&r->lex);
        for (const char *part = esc_text_ops[info->kind].pattern; *part && !r->lex.failed; part++) {
            if (*part == 's' && info->kind == ESC_OP_REALLOC && site_is_short(r)) {
                EscSiteInfo site = {.kind = ESC_ALLOC_REALLOC, .size_bytes = esc_number_unknown()};
                read_site_rest(r, &site, ESC_NONE, &start);
                info->index = r->m->nsites ? r->m->nsites - 1 : ESC_NONE;
            } else {
                read_pattern_part(r, *part, info, args);
            }
        }
    }
    while (!r->lex.failed) {
        if (esc_lex_take_mark(&r->lex, '+'))
            read_extra(r, info, args);
        else if (!esc_read_flag(r, esc_text_op_flags, &info->flags))
            break;
    }
    EscSource place = esc_read_place(r);
    if (place)
        info->source = place;
}

/* [%v =] WORD ... */
void esc_read_op(TextReader *r) {
    const Token start = r->lex.token;
    EscValue dst = ESC_NONE;
    if (start.kind == TOKEN_NAME && start.mark == '%') {
        dst = read_value(r, "a value");
        esc_lex_need_mark(&r->lex, '=', "'='");
        define_value(r, &start, dst);
    }
    bool is_alloc_kind;
    EscOpKind kind = op_kind(&r->lex.token, &is_alloc_kind);
    if (kind == ESC_OP_KINDS) {
        esc_lex_expected(&r->lex, "an operation such as load, a label or '}'");
        return;
    }
    EscOpInfo info = esc_op_info(kind);
    Args args = {0};
    info.dst = dst;
    read_op_parts(r, &info, &args, is_alloc_kind);
    info.args = args.items;
    info.nargs = args.count;
    if (!r->lex.failed) {
        esc_op(r->m, r->func, r->block, &info);
        esc_lex_builders_agree(&r->lex, &start);
    }
    esc_memory_release(args.items);
    esc_lex_need_line_end(&r->lex);
}
