/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text_print.c - print a module in the canonical text form, which reads back the same.
 *
 * Functions, globals, locals and blocks come in the order of their numbers, operations in the order
 * of their block. What has its neutral value is left out; nothing else is, so what was printed
 * is the whole model and printing it again after reading gives the same bytes.
 *
 * NOT HERE  The words (text_words.c) and their meaning (docs/design/0010-model-text-form.md).
 */
#include "model_check.h"
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER_BYTES = 4096, LINE_BYTES = 96 };

typedef struct Printer {
    const EscModule *m;
    const Function *f; /* being printed */
    EscWrite write;
    void *context;
    bool failed;
    size_t used;
    char buffer[BUFFER_BYTES];
} Printer;

/* ---- output --------------------------------------------------------------------------------- */

static void flush(Printer *p) {
    if (p->used && !p->failed && !p->write(p->context, p->buffer, p->used))
        p->failed = true;
    p->used = 0;
}

static void put(Printer *p, const char *text, size_t length) {
    if (length > BUFFER_BYTES - p->used)
        flush(p);
    if (length > BUFFER_BYTES) {
        if (!p->failed && !p->write(p->context, text, length))
            p->failed = true;
        return;
    }
    memcpy(p->buffer + p->used, text, length);
    p->used += length;
}

static void put_text(Printer *p, const char *text) {
    put(p, text, strlen(text));
}

/* For numbers and single words: what is formatted is shorter than LINE_BYTES. */
__attribute__((format(printf, 2, 3))) static void put_format(Printer *p, const char *format, ...) {
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (length > 0)
        put(p, line, (size_t)length < sizeof line ? (size_t)length : sizeof line - 1);
}

static void put_string(Printer *p, const char *text) {
    put_text(p, "\"");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            put_format(p, "\\%c", c);
        else if (c == '\n')
            put_text(p, "\\n");
        else if (c == '\t')
            put_text(p, "\\t");
        else if (c < ' ' || c == 0x7f)
            put_format(p, "\\x%02x", c);
        else
            put(p, text, 1);
    }
    put_text(p, "\"");
}

/* " KEYWORD "text"", or nothing for NULL. */
static void put_labelled(Printer *p, const char *keyword, const char *text) {
    if (!text)
        return;
    put_text(p, keyword);
    put_string(p, text);
}

/* Names as linkers know them stand bare, others in quotes. */
static void put_function_name(Printer *p, const char *name) {
    put_text(p, "@");
    if (!name)
        name = "";
    size_t bare = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$");
    if (bare > 0 && name[bare] == '\0')
        put(p, name, bare);
    else
        put_string(p, name);
}

static void put_value(Printer *p, EscValue value) {
    if (value == ESC_NONE)
        put_text(p, "null");
    else
        put_format(p, "%%%" PRIu32, value);
}

/* " WORD" for every bit that has one; the bits that have none are returned. */
static uint32_t put_flags(Printer *p, const TextWord *table, uint32_t flags) {
    for (; table->word; table++) {
        if (!(flags & table->value))
            continue;
        put_format(p, " %s", table->word);
        flags &= ~table->value;
    }
    return flags;
}

static void put_place(Printer *p, EscSource source) {
    if (source == 0 || source >= p->m->nsources)
        return;
    const Source *s = &p->m->sources[source];
    if (s->file || s->line || s->col) {
        put_text(p, " at ");
        if (s->file) {
            put_string(p, s->file);
            put_text(p, ":");
        }
        put_format(p, "%" PRIu32 ":%" PRIu32, s->line, s->col);
    }
    put_labelled(p, " text ", s->text);
    put_labelled(p, " lvalue ", s->lvalue);
    put_labelled(p, " rvalue ", s->rvalue);
}

/* ---- numbers -------------------------------------------------------------------------------- */

static bool is_unknown(const EscNumber *n) {
    return n->param == ESC_NONE && n->lo == 0 && n->hi == ESC_SIZE_UNKNOWN;
}

static void put_interval(Printer *p, const EscNumber *n) {
    put_format(p, "[%" PRIu64 ",", n->lo);
    if (n->hi == ESC_SIZE_UNKNOWN)
        put_text(p, "?]");
    else
        put_format(p, "%" PRIu64 "]", n->hi);
}

static void put_number(Printer *p, const EscNumber *n) {
    if (is_unknown(n)) {
        put_text(p, "?");
    } else if (n->param != ESC_NONE) {
        put_format(p, "param %" PRIu32, n->param);
        if (n->mul != 1)
            put_format(p, " * %" PRIu64, n->mul);
        if (n->add != 0)
            put_format(p, " + %" PRIu64, n->add);
        if (n->lo != 0 || n->hi != ESC_SIZE_UNKNOWN) {
            put_text(p, " in ");
            put_interval(p, n);
        }
    } else if (n->lo == n->hi) {
        put_format(p, "%" PRIu64, n->lo);
    } else {
        put_interval(p, n);
    }
}

static void put_bound(Printer *p, int64_t bound, int64_t open) {
    if (bound == open)
        put_text(p, "*");
    else
        put_format(p, "%" PRId64, bound);
}

static void put_range(Printer *p, int64_t lo, int64_t hi) {
    put_text(p, "[");
    put_bound(p, lo, ESC_OFFSET_MIN);
    /* A lone '*' is the whole object, so a range that only starts or ends there has both bounds. */
    if (lo != hi && !(lo == ESC_OFFSET_MIN && hi == ESC_OFFSET_MAX)) {
        put_text(p, ",");
        put_bound(p, hi, ESC_OFFSET_MAX);
    } else if (lo == hi && lo == ESC_OFFSET_MIN) {
        put_format(p, ",%" PRId64, hi);
    }
    put_text(p, "]");
}

/* ---- operations ----------------------------------------------------------------------------- */

static void put_site(Printer *p, EscSite number) {
    const Site *site = &p->m->sites[number];
    put_format(p, " site %" PRIu32 " %s", number, esc_text_word(esc_text_alloc_kinds, site->kind));
    if (strcmp(site->allocator, esc_text_allocator(site->kind)) != 0)
        put_labelled(p, " by ", site->allocator);
    if (!is_unknown(&site->size_bytes)) {
        put_text(p, " size ");
        put_number(p, &site->size_bytes);
    }
    if (site->align_bytes)
        put_format(p, " align %" PRIu64, site->align_bytes);
    put_text(p, site->zeroed ? " zeroed" : "");
    put_text(p, site->may_fail ? " mayfail" : "");
    put_text(p, site->movable ? " movable" : "");
    put_labelled(p, " misused ", site->misuse);
    put_place(p, site->source);
    if (site->dest != ESC_DEST_NONE || site->dest_source) {
        put_format(p, " dest %s", esc_text_word(esc_text_dest_kinds, site->dest));
        put_place(p, site->dest_source);
    }
}

static void put_arg(Printer *p, const EscArg *arg) {
    bool unknown = is_unknown(&arg->number);
    if (arg->value != ESC_NONE || unknown)
        put_value(p, arg->value);
    if (!unknown) {
        put_text(p, arg->value != ESC_NONE ? " is " : "");
        put_number(p, &arg->number);
    }
    put_place(p, arg->source);
}

static void put_args(Printer *p, const Op *op) {
    put_text(p, "(");
    for (uint32_t i = 0; i < op->nargs; i++) {
        put_text(p, i ? ", " : "");
        put_arg(p, &p->f->args[op->args + i]);
    }
    put_text(p, ")");
}

static void put_pattern_part(Printer *p, char part, const Op *op) {
    switch (part) {
    case 'a':
    case 'b':
        put_text(p, " ");
        put_value(p, part == 'a' ? op->a : op->b);
        break;
    case 'o':
        if (op->a != ESC_NONE) {
            put_text(p, " ");
            put_value(p, op->a);
        }
        break;
    case '<':
        put_text(p, " <-");
        break;
    case 'R':
        if (op->lo != 0 || op->hi != 0) {
            put_text(p, " ");
            put_range(p, op->lo, op->hi);
        }
        break;
    case 'w':
        if (op->width)
            put_format(p, " w%" PRIu32, op->width);
        break;
    case '(':
        put_args(p, op);
        break;
    case 's':
        if (esc_is_program_function(p->m, p->f))
            put_site(p, op->index);
        else if (op->index != ESC_NONE)
            put_format(p, " site %" PRIu32, op->index);
        break;
    case '$':
    case '&':
        put_format(p, " %c%" PRIu32, part, op->index);
        break;
    case '@':
        put_text(p, " ");
        put_function_name(p, p->m->funcs[op->index].name);
        break;
    case 'r': {
        char word[LINE_BYTES] = " ";
        const char *reason = esc_text_word(esc_text_reasons, op->index);
        for (size_t i = 0; reason && reason[i] && i + 2 < sizeof word; i++)
            word[i + 1] = reason[i] == '_' ? '_' : (char)(reason[i] | ' ');
        put_text(p, word);
        break;
    }
    default:
        break;
    }
}

/* Fields that are set although the operation's pattern has no place for them. */
static void put_extras(Printer *p, const Op *op, const char *pattern) {
    if (op->a != ESC_NONE && !strpbrk(pattern, "ao")) {
        put_text(p, " +a ");
        put_value(p, op->a);
    }
    if (op->b != ESC_NONE && !strchr(pattern, 'b')) {
        put_text(p, " +b ");
        put_value(p, op->b);
    }
    if ((op->lo != 0 || op->hi != 0) && !strchr(pattern, 'R')) {
        put_text(p, " +range ");
        put_range(p, op->lo, op->hi);
    }
    if (op->width && !strchr(pattern, 'w'))
        put_format(p, " +width %" PRIu32, op->width);
    if (op->index != ESC_NONE && !strpbrk(pattern, "s$&@r"))
        put_format(p, " +index %" PRIu32, op->index);
    if (op->nargs && !strchr(pattern, '(')) {
        put_text(p, " +args");
        put_args(p, op);
    }
}

static void put_op(Printer *p, const Op *op) {
    const TextOp *form = &esc_text_ops[op->kind];
    put_text(p, "    ");
    if (op->dst != ESC_NONE) {
        put_value(p, op->dst);
        put_text(p, " = ");
    }
    put_text(p, form->word);
    for (const char *part = form->pattern; *part; part++)
        put_pattern_part(p, *part, op);
    put_extras(p, op, form->pattern);
    uint32_t unnamed = put_flags(p, esc_text_op_flags, op->flags);
    if (unnamed)
        put_format(p, " +flags %" PRIu32, unnamed);
    /* After a site its place would be taken for the site's. */
    if (op->source && strchr(form->pattern, 's'))
        put_text(p, " +place");
    put_place(p, op->source);
    put_text(p, "\n");
}

/* ---- functions ------------------------------------------------------------------------------ */

/* The number of values that a reader would find without being told. */
static uint32_t mentioned_values(const Function *f) {
    uint32_t n = f->nparams;
    for (uint32_t i = 0; i < f->nops; i++) {
        const EscValue operands[] = {f->ops[i].dst, f->ops[i].a, f->ops[i].b};
        for (int k = 0; k < 3; k++)
            if (operands[k] != ESC_NONE && operands[k] >= n)
                n = operands[k] + 1;
    }
    for (uint32_t i = 0; i < f->nargs; i++)
        if (f->args[i].value != ESC_NONE && f->args[i].value >= n)
            n = f->args[i].value + 1;
    return n;
}

static void put_param(Printer *p, uint32_t number) {
    const Param *param = &p->f->params[number];
    put_format(p, "%s%%%" PRIu32, number ? ", " : "", number);
    put_labelled(p, " ", param->name);
    if (param->group != number)
        put_format(p, " group %" PRIu32, param->group);
    uint32_t unnamed = put_flags(p, esc_text_param_flags, param->flags);
    if (unnamed)
        put_format(p, " flags %" PRIu32, unnamed);
    put_place(p, param->source);
}

static void put_header(Printer *p) {
    const Function *f = p->f;
    put_text(p, "func ");
    put_function_name(p, f->name);
    put_text(p, "(");
    for (uint32_t i = 0; i < f->nparams; i++) {
        if (f->params)
            put_param(p, i);
        else
            put_format(p, "%s%%%" PRIu32, i ? ", " : "", i);
    }
    put_text(p, ")");
    uint32_t unnamed = put_flags(p, esc_text_func_flags, f->flags);
    if (unnamed)
        put_format(p, " flags %" PRIu32, unnamed);
    if (f->alloc_count_param != ESC_NONE) {
        put_format(p, " alloc_size(%" PRIu32, f->alloc_count_param);
        if (f->alloc_unit_param != ESC_NONE)
            put_format(p, ", %" PRIu32, f->alloc_unit_param);
        put_text(p, ")");
    }
    if (f->signatures.exact != ESC_NONE)
        put_format(p, " signatures %" PRIu32 " %" PRIu32 " %" PRIu32, f->signatures.exact,
                   f->signatures.dropped, f->signatures.without);
    if (f->reserved_bytes)
        put_format(p, " reserved %" PRIu64, f->reserved_bytes);
    if (f->dealloc != ESC_NONE && f->dealloc < p->m->nfuncs) {
        put_text(p, " dealloc ");
        put_function_name(p, p->m->funcs[f->dealloc].name);
        put_format(p, " %" PRIu32, f->dealloc_param);
    }
    put_labelled(p, " name ", f->source_name);
    put_place(p, f->source);
    if (f->nvalues > mentioned_values(f))
        put_format(p, " values %" PRIu32, f->nvalues);
}

static void put_locals(Printer *p) {
    for (EscLocal i = 0; i < p->f->nlocals; i++) {
        const Local *local = &p->f->locals[i];
        put_format(p, "  local $%" PRIu32 " size ", i);
        if (local->size_bytes == ESC_SIZE_UNKNOWN)
            put_text(p, "?");
        else
            put_format(p, "%" PRIu64, local->size_bytes);
        put_labelled(p, " ", local->name);
        put_place(p, local->source);
        put_text(p, "\n");
    }
}

/* Sites of this function that no operation makes yet; `any` says whether to look for them. */
static void put_loose_sites(Printer *p, bool any) {
    for (EscSite i = 0; any && i < p->m->nsites; i++) {
        const Site *site = &p->m->sites[i];
        if (site->op != ESC_NONE || &p->m->funcs[site->func] != p->f)
            continue;
        put_text(p, " ");
        put_site(p, i);
        put_text(p, "\n");
    }
}

/* `starts[b]` .. `starts[b + 1]` are the places in `order` of the edges from block b. */
typedef struct Successors {
    uint32_t *starts;
    EscBlock *order;
} Successors;

static bool sort_edges(const Function *f, Successors *out) {
    Memory memory = {0};
    out->starts = esc_memory_resize(&memory, NULL, (size_t)f->nblocks + 2, sizeof *out->starts);
    out->order = esc_memory_resize(&memory, NULL, f->nedges, sizeof *out->order);
    if (memory.failed)
        return false;
    memset(out->starts, 0, ((size_t)f->nblocks + 2) * sizeof *out->starts);
    for (uint32_t i = 0; i < f->nedges; i++)
        out->starts[f->edges[i].from + 2]++;
    for (EscBlock b = 0; b < f->nblocks; b++)
        out->starts[b + 2] += out->starts[b + 1];
    for (uint32_t i = 0; i < f->nedges; i++)
        out->order[out->starts[f->edges[i].from + 1]++] = f->edges[i].to;
    return true;
}

static void put_blocks(Printer *p) {
    const Function *f = p->f;
    Successors next;
    if (sort_edges(f, &next)) {
        for (EscBlock b = 0; b < f->nblocks; b++) {
            put_format(p, "  b%" PRIu32 ":", b);
            put_text(p, next.starts[b] < next.starts[b + 1] ? " ->" : "");
            for (uint32_t i = next.starts[b]; i < next.starts[b + 1]; i++)
                put_format(p, " b%" PRIu32, next.order[i]);
            put_text(p, "\n");
            for (EscOp i = f->blocks[b].first; i != ESC_NONE; i = f->ops[i].next)
                put_op(p, &f->ops[i]);
        }
    } else {
        p->failed = true;
    }
    esc_memory_release(next.starts);
    esc_memory_release(next.order);
}

static void put_function(Printer *p, const Function *f, bool loose_sites) {
    p->f = f;
    put_header(p);
    if (f->has_body || f->nblocks || f->nlocals) {
        put_text(p, " {\n");
        put_locals(p);
        put_loose_sites(p, loose_sites);
        put_blocks(p);
        put_text(p, "}");
    }
    put_text(p, "\n");
}

/* ---- the module ----------------------------------------------------------------------------- */

static void put_limit(Printer *p, const char *name, uint64_t value, uint64_t normal) {
    if (value != normal)
        put_format(p, "config %s %" PRIu64 "\n", name, value);
}

static void put_config(Printer *p) {
    const EscConfig *config = &p->m->config;
    const EscConfig normal = esc_config_default();
    put_limit(p, "max_object_bytes", config->max_object_bytes, normal.max_object_bytes);
    put_limit(p, "max_frame_bytes", config->max_frame_bytes, normal.max_frame_bytes);
    put_limit(p, "max_recursive_bytes", config->max_recursive_bytes, normal.max_recursive_bytes);
    put_limit(p, "small_buffer_bytes", config->small_buffer_bytes, normal.small_buffer_bytes);
    put_limit(p, "max_ops", config->max_ops, normal.max_ops);
    put_limit(p, "max_facts", config->max_facts, normal.max_facts);
    put_limit(p, "max_milliseconds", config->max_milliseconds, normal.max_milliseconds);
    put_limit(p, "forget", config->forget, normal.forget);
    put_limit(p, "closed_program", config->closed_program, normal.closed_program);
    put_limit(p, "keep_calls", config->keep_calls, normal.keep_calls);
    put_limit(p, "shared_signatures", config->shared_signatures, normal.shared_signatures);
}

static void put_globals(Printer *p) {
    for (EscGlobal i = 0; i < p->m->nglobals; i++) {
        const Global *global = &p->m->globals[i];
        put_format(p, "global &%" PRIu32, i);
        put_labelled(p, " ", global->name ? global->name : "");
        if (global->kind != ESC_GLOBAL_PLAIN)
            put_format(p, " %s", esc_text_word(esc_text_global_kinds, global->kind));
        put_text(p, global->is_const ? " const\n" : "\n");
    }
}

bool esc_module_print(const EscModule *m, EscWrite write, void *context) {
    /* Half a module would read as a program that does less. */
    if (esc_module_error(m))
        return false;
    Printer p;
    p = (Printer){.m = m, .write = write, .context = context};
    put_config(&p);
    if (m->gave_up) {
        put_text(&p, "gave_up ");
        put_string(&p, m->gave_up);
        put_text(&p, "\n");
    }
    put_globals(&p);
    bool loose_sites = false;
    for (EscSite i = 0; i < m->nsites; i++)
        loose_sites |= m->sites[i].op == ESC_NONE;
    for (EscFunc i = 0; i < m->nfuncs && !p.failed; i++)
        put_function(&p, &m->funcs[i], loose_sites);
    flush(&p);
    return !p.failed;
}

bool esc_text_print_function(const EscModule *m, const Function *f, EscWrite write, void *context) {
    Printer p;
    p = (Printer){.m = m, .write = write, .context = context};
    put_function(&p, f, false);
    flush(&p);
    return !p.failed;
}
