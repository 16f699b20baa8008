/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* summary_text.c - a summary as a text that another compilation reads.
 *
 *     escapement-summary 1
 *     from src/misc.o                              which object, for messages
 *     hash 5d1e...                                 of all that follows
 *     target x86_64-pc-linux-gnu clang             what it holds for
 *     frame 64                                     bytes that moved objects take below a call
 *     model allocator xmalloc(size) fail abort     only of a thin wrapper (wrappers.c)
 *     func @xmalloc(%0) { ... }                    the body, and a line for each function it names
 *
 * The body is the summary of summary.c in the text form of a module (docs/design/0010), so there is
 * one reader and one printer. Reading makes a library model of it: calls expand it, and nothing in
 * it can be rewritten, so what it frees stays on the heap.
 *
 * INVARIANT  A text is used whole or not at all: everything is checked in a module of its own
 * before the first change.
 *
 * SOUNDNESS  A name that is read means a function of the reader's own file only if that is the one
 * that other files mean: not a static one of the same name, nor one that another definition may
 * replace. components.c has the edge of such a call; that the linker leaves it at that, the object
 * asks the check at the link for.
 */
#include "analyze.h"
#include "library_models.h"
#include "wrappers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char version_line[] = "escapement-summary 1\n";

/* ---- hash ------------------------------------------------------------------------------------ */

static uint64_t spread_bits(uint64_t x) {
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

void esc_hash(const char *bytes, size_t length, char out[ESC_HASH_BYTES]) {
    uint64_t a = UINT64_C(0xcbf29ce484222325), b = UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        a = (a ^ c) * UINT64_C(0x100000001b3);
        b = spread_bits(b + c + 1);
    }
    a = spread_bits(a ^ length);
    snprintf(out, ESC_HASH_BYTES, "%016" PRIx64 "%016" PRIx64, a, spread_bits(b ^ a));
}

/* ---- writing --------------------------------------------------------------------------------- */

typedef struct Buffer {
    Memory *memory;
    char *text;
    uint32_t length, cap;
} Buffer;

static bool add(void *context, const char *text, size_t length) {
    Buffer *b = context;
    if (length > UINT32_MAX / 2 - b->length ||
        !esc_memory_grow(b->memory, &b->text, &b->cap, b->length + (uint32_t)length + 1, 1))
        return false;
    memcpy(b->text + b->length, text, length);
    b->length += (uint32_t)length;
    b->text[b->length] = '\0';
    return true;
}

/* "WORD TEXT", as one line whatever TEXT holds. */
static void add_line(Buffer *b, const char *word, const char *text) {
    add(b, word, strlen(word));
    add(b, " ", 1);
    for (; *text; text++)
        add(b, *text == '\n' || *text == '\r' ? "?" : text, 1);
    add(b, "\n", 1);
}

static bool is_shared(const EscModule *m, EscFunc f) {
    const Function *fn = &m->funcs[f];
    const Analysis *a = m->analysis;
    return a && a->done && !m->gave_up && !m->error && fn->has_body &&
           (fn->flags & ESC_FUNC_EXPORTED) && !(fn->flags & ESC_FUNC_INTERPOSABLE) &&
           a->summaries[f].has_body && !a->states[f].worst && !a->results[f].gave_up &&
           !strpbrk(fn->name, "@\n");
}

static void declare(EscModule *to, EscFunc g, const Function *f) {
    esc_function_declare(to, g, f->nparams, f->flags & (ESC_FUNC_VARIADIC | ESC_FUNC_RETURNS_PTR));
    for (uint32_t i = 0; i < f->nparams; i++) {
        uint32_t kept = ESC_PARAM_BYVAL | ESC_PARAM_SRET | ESC_PARAM_REST;
        esc_param(to, g, i, NULL, i, f->params ? f->params[i].flags & kept : 0, 0);
    }
    esc_function_begin_body(to, g);
    esc_block(to, g);
}

static void become_world(EscOpInfo *info) {
    EscValue dst = info->dst;
    *info = esc_op_info(ESC_OP_WORLD);
    info->dst = dst;
}

/* A function that other files know by its name. */
static bool has_common_name(const EscModule *m, EscFunc f) {
    const Function *fn = &m->funcs[f];
    return (fn->flags & ESC_FUNC_EXPORTED) && !(fn->flags & ESC_FUNC_INTERPOSABLE) &&
           !strpbrk(fn->name, "@\n");
}

static EscSite copy_site(EscModule *to, EscFunc g, const Site *site, EscNumber size) {
    EscSiteInfo info = {.kind = site->kind,
                        .allocator = site->allocator,
                        .size_bytes = size,
                        .align_bytes = site->align_bytes};
    return esc_site(to, g, &info);
}

/* `args`: of the body that `op` is in, which may have none at all. */
static EscOpInfo plain_op(const Op *op, const EscArg *args) {
    return (EscOpInfo){.kind = (EscOpKind)op->kind,
                       .flags = op->flags & (ESC_OPF_NARROW | SUMMARY_MANY),
                       .dst = op->dst,
                       .a = op->a,
                       .b = op->b,
                       .lo = op->lo,
                       .hi = op->hi,
                       .width = op->width,
                       .index = op->index,
                       .args = op->nargs ? args + op->args : NULL,
                       .nargs = op->nargs};
}

/* An operation of a summary without what only this module understands. */
static void write_op(EscModule *to, EscFunc g, const EscModule *m, const Function *s,
                     const Op *op) {
    EscOpInfo info = plain_op(op, s->args);
    switch ((EscOpKind)op->kind) {
    case ESC_OP_ALLOC:
        if (op->index == ESC_NONE || op->nargs == 0) {
            become_world(&info);
            break;
        }
        info.index = copy_site(to, g, &m->sites[op->index], s->args[op->args].number);
        info.width = info.nargs = 0;
        break;
    case ESC_OP_FUNCTION:
        if (has_common_name(m, op->index))
            info.index = esc_function(to, m->funcs[op->index].name);
        else
            become_world(&info);
        break;
    case ESC_OP_LEAK:
        info.index = ESC_REASON_CALLEE_LEAKS;
        info.lo = info.hi = 0;
        break;
    case ESC_OP_ICALL:
        info.index = m->config.shared_signatures ? op->index : ESC_NONE;
        break;
    default:
        break;
    }
    esc_op(to, g, 0, &info);
}

/* The hashed part. Whether it has a model. */
static bool write_content(EscModule *m, EscFunc f, const char *target, Buffer *out) {
    const Function *s = &m->analysis->summaries[f];
    char frame[24], model[512];
    snprintf(frame, sizeof frame, "%" PRIu64, m->analysis->results[f].path_bytes);
    add_line(out, "target", target);
    add_line(out, "frame", frame);
    bool has_model = esc_wrapper_line(m, f, model, sizeof model);
    if (has_model)
        add_line(out, "model", model);
    EscModule *t = esc_model_new_bare(NULL);
    EscFunc g = t ? esc_function(t, s->name) : ESC_NONE;
    if (g == ESC_NONE) {
        m->memory.failed = true;
        esc_module_free(t);
        return has_model;
    }
    declare(t, g, &m->funcs[f]);
    while (t->funcs[g].nvalues < s->nvalues && esc_value(t, g) != ESC_NONE)
        ;
    for (EscOp i = 0; i < s->nops; i++)
        write_op(t, g, m, s, &s->ops[i]);
    if (!esc_module_print(t, add, out))
        m->memory.failed = true;
    esc_module_free(t);
    return has_model;
}

bool esc_summary_write(EscModule *m, EscFunc f, const char *target, const char *from,
                       EscWrite write, void *context, EscWritten *out) {
    if (f >= m->nfuncs || !is_shared(m, f))
        return false;
    Buffer content = {.memory = &m->memory}, head = {.memory = &m->memory};
    out->has_model = write_content(m, f, target, &content);
    add(&head, version_line, strlen(version_line));
    add_line(&head, "from", from);
    if (content.text)
        esc_hash(content.text, content.length, out->hash);
    bool good = !m->memory.failed && content.text && head.text;
    if (good)
        add_line(&head, "hash", out->hash);
    good = good && write(context, head.text, head.length) &&
           write(context, content.text, content.length);
    esc_memory_release(content.text);
    esc_memory_release(head.text);
    return good;
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct Input {
    const char *at, *end;
    uint32_t line;
    EscError *error, ignored; /* `error` may be the other */
    EscModule *text;          /* the body, in a module of its own; the caller frees it */
    EscFunc func;             /* of `text`: the one with the body */
    uint64_t frame;
} Input;

static bool refuse(Input *in, const char *message) {
    in->error->line = in->line;
    in->error->col = 1;
    snprintf(in->error->message, sizeof in->error->message, "%s", message);
    return false;
}

/* What stands behind WORD in the next line, which is stepped over; NULL when it begins otherwise.
 */
static const char *take_line(Input *in, const char *word, size_t *length) {
    size_t n = strlen(word);
    const char *end = in->at < in->end ? memchr(in->at, '\n', (size_t)(in->end - in->at)) : NULL;
    if (!end || (size_t)(end - in->at) < n + 1 || memcmp(in->at, word, n) != 0 || in->at[n] != ' ')
        return NULL;
    const char *rest = in->at + n + 1;
    *length = (size_t)(end - rest);
    in->at = end + 1;
    in->line++;
    return rest;
}

static bool take_hash(Input *in, EscSummary *out) {
    size_t length;
    char real[ESC_HASH_BYTES];
    const char *hash = take_line(in, "hash", &length);
    if (!hash || length != ESC_HASH_BYTES - 1)
        return refuse(in, "expected the hash of a summary");
    memcpy(out->hash, hash, length);
    out->hash[length] = '\0';
    esc_hash(in->at, (size_t)(in->end - in->at), real);
    return strcmp(real, out->hash) == 0 || refuse(in, "the text does not fit its hash");
}

static bool take_target(Input *in, const char *target) {
    size_t length;
    const char *text = take_line(in, "target", &length);
    if (!text)
        return refuse(in, "expected the target of a summary");
    bool same = length == strlen(target) && memcmp(text, target, length) == 0;
    return same || refuse(in, "it is a summary for another target");
}

static bool take_frame(Input *in) {
    size_t length;
    const char *text = take_line(in, "frame", &length);
    for (size_t i = 0; text && i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || in->frame > UINT32_MAX)
            return refuse(in, "expected a number of bytes");
        in->frame = in->frame * 10 + (uint64_t)(text[i] - '0');
    }
    return (text && length > 0) || refuse(in, "expected the bytes of the frame");
}

/* Operations that a summary has; others would need what only a program's function has. */
static bool is_summary_op(const Op *op) {
    switch ((EscOpKind)op->kind) {
    case ESC_OP_ALLOC:
    case ESC_OP_FUNCTION:
    case ESC_OP_WORLD:
    case ESC_OP_COPY:
    case ESC_OP_MERGE:
    case ESC_OP_LOAD:
    case ESC_OP_STORE:
    case ESC_OP_DEEP:
    case ESC_OP_ICALL:
    case ESC_OP_FREE:
    case ESC_OP_RETURN:
    case ESC_OP_LEAK:
        return true;
    default:
        return false;
    }
}

static bool has_summary_form(const EscModule *t) {
    const Function *f = t->nfuncs ? &t->funcs[0] : NULL;
    if (!f || !f->has_body || f->nblocks != 1 || f->nedges || f->nlocals || t->nglobals ||
        t->gave_up)
        return false;
    for (EscFunc i = 1; i < t->nfuncs; i++)
        if (t->funcs[i].has_body)
            return false;
    for (EscOp i = 0; i < f->nops; i++)
        if (!is_summary_op(&f->ops[i]))
            return false;
    return true;
}

static bool read_body(Input *in) {
    uint32_t before = in->line - 1;
    in->text = esc_model_new_bare(NULL);
    if (!in->text)
        return refuse(in, "out of memory");
    if (!esc_module_read(in->text, in->at, (size_t)(in->end - in->at), in->error)) {
        in->error->line += before;
        return false;
    }
    return (has_summary_form(in->text) && !esc_model_check(in->text)) ||
           refuse(in, "it is not the body of a summary");
}

static bool read_text(EscModule *m, Input *in, const char *target, EscSummary *out) {
    size_t length;
    size_t version = strlen(version_line);
    if ((size_t)(in->end - in->at) < version || memcmp(in->at, version_line, version) != 0)
        return refuse(in, "expected 'escapement-summary 1'");
    in->at += version;
    in->line++;
    const char *from = take_line(in, "from", &length);
    if (!from)
        return refuse(in, "expected the object that the summary is from");
    out->from = esc_model_string(m, from, length);
    if (!take_hash(in, out) || !take_target(in, target) || !take_frame(in))
        return false;
    const char *model = take_line(in, "model", &length);
    out->model = model ? esc_model_string(m, model, length) : NULL;
    return read_body(in);
}

static bool start(EscModule *m, Input *in, const char *text, size_t length, const char *target,
                  EscSummary *out, EscError *error) {
    *in = (Input){.at = text, .end = text + length, .line = 1};
    in->error = error ? error : &in->ignored;
    *in->error = (EscError){0};
    *out = (EscSummary){0};
    bool good = read_text(m, in, target, out);
    return (good && !m->memory.failed) || (m->memory.failed && refuse(in, "out of memory"));
}

/* What stays of a text that was read. */
struct EscParsedSummary {
    EscModule *text; /* its function 0 has the body */
    uint64_t frame;
};

static void look_at_body(EscModule *m, const EscModule *text, EscSummary *out) {
    const Function *f = &text->funcs[0];
    const char **calls = esc_memory_arena(&m->memory, text->nfuncs * sizeof *calls);
    for (EscFunc i = 1; calls && i < text->nfuncs; i++)
        calls[out->ncalls++] =
            esc_model_string(m, text->funcs[i].name, strlen(text->funcs[i].name));
    out->calls = calls;
    uint32_t *signatures = esc_memory_arena(&m->memory, (f->nops + 1) * sizeof *signatures);
    for (EscOp i = 0; signatures && i < f->nops; i++)
        if (f->ops[i].kind == ESC_OP_ICALL && f->ops[i].index != ESC_NONE)
            signatures[out->nsignatures++] = f->ops[i].index;
    out->signatures = signatures;
    out->name = esc_model_string(m, f->name, strlen(f->name));
    out->variadic = (f->flags & ESC_FUNC_VARIADIC) != 0;
    out->returns_ptr = (f->flags & ESC_FUNC_RETURNS_PTR) != 0;
    out->nparams = f->nparams;
}

EscParsedSummary *esc_summary_parse(EscModule *m, const char *text, size_t length,
                                    const char *target, EscSummary *out, EscError *error) {
    Input in;
    EscParsedSummary *parsed = NULL;
    if (start(m, &in, text, length, target, out, error)) {
        look_at_body(m, in.text, out);
        parsed = esc_memory_resize(&m->memory, NULL, 1, sizeof *parsed);
    }
    if (parsed && !m->memory.failed) {
        *parsed = (EscParsedSummary){in.text, in.frame};
        return parsed;
    }
    if (m->memory.failed)
        refuse(&in, "out of memory");
    esc_memory_release(parsed);
    esc_module_free(in.text);
    return NULL;
}

void esc_summary_free(EscParsedSummary *parsed) {
    if (parsed)
        esc_module_free(parsed->text);
    esc_memory_release(parsed);
}

bool esc_summary_head(EscModule *m, const char *text, size_t length, const char *target,
                      EscSummary *out, EscError *error) {
    EscParsedSummary *parsed = esc_summary_parse(m, text, length, target, out, error);
    esc_summary_free(parsed);
    return parsed != NULL;
}

/* ---- a model of it --------------------------------------------------------------------------- */

static uint32_t passing(const Function *f, uint32_t i) {
    return f->params ? f->params[i].flags & (ESC_PARAM_BYVAL | ESC_PARAM_SRET) : 0;
}

static uint32_t named_params(const Function *f) {
    bool rest = f->nparams && f->params && (f->params[f->nparams - 1].flags & ESC_PARAM_REST);
    return f->nparams - (rest ? 1 : 0);
}

/* Whether the reader's declaration takes its arguments as the definition does. */
static bool fits(const Function *declared, const Function *f) {
    if (declared->nparams == 0 && declared->flags == 0)
        return true; /* only mentioned */
    uint32_t n = named_params(f);
    if (named_params(declared) != n || ((declared->flags ^ f->flags) & ESC_FUNC_VARIADIC))
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (passing(declared, i) != passing(f, i))
            return false;
    return true;
}

static void model_op(EscModule *m, Function *model, EscFunc func, const EscModule *t,
                     const Op *op) {
    const Function *from = &t->funcs[0];
    EscOpInfo info = plain_op(op, from->args);
    EscArg size;
    if (op->kind == ESC_OP_ALLOC) {
        const Site *site = &t->sites[op->index];
        size = (EscArg){.value = ESC_NONE, .number = site->size_bytes};
        EscNumber bounds = size.number;
        bounds.param = ESC_NONE;
        info.index = copy_site(m, func, site, bounds);
        info.args = &size;
        info.nargs = 1;
    } else if (op->kind == ESC_OP_FUNCTION) {
        info.index = esc_function(m, t->funcs[op->index].name);
        if (info.index == ESC_NONE ||
            (m->funcs[info.index].has_body && !has_common_name(m, info.index)))
            become_world(&info);
    } else if (op->kind == ESC_OP_LEAK) {
        info.index = ESC_REASON_CALLEE_LEAKS;
    } else if (op->kind == ESC_OP_ICALL && !m->config.shared_signatures) {
        info.index = ESC_NONE;
    }
    esc_body_op(m, model, 0, &info);
}

static bool make_model(EscModule *m, const EscParsedSummary *parsed) {
    const Function *from = &parsed->text->funcs[0];
    EscFunc func = esc_function(m, from->name);
    if (func == ESC_NONE)
        return false;
    if (m->funcs[func].has_body || esc_model_find(m, from->name) || !fits(&m->funcs[func], from))
        return true; /* what is at hand is better */
    Function *model = esc_model_add(m, from->name);
    if (!model)
        return false;
    if (from->nparams) {
        model->params = esc_memory_resize(&m->memory, NULL, from->nparams, sizeof(Param));
        if (!model->params)
            return false;
    }
    for (uint32_t i = 0; i < from->nparams; i++)
        model->params[i] = (Param){.group = i, .flags = from->params ? from->params[i].flags : 0};
    model->is_summary = model->has_body = true;
    model->flags = from->flags;
    model->nparams = from->nparams;
    model->nvalues = from->nvalues;
    esc_body_block(m, model);
    for (EscOp i = 0; i < from->nops; i++)
        model_op(m, model, func, parsed->text, &from->ops[i]);
    m->funcs[func].reserved_bytes = parsed->frame;
    return !m->error && !m->memory.failed;
}

bool esc_summary_read(EscModule *m, const char *text, size_t length, const char *target,
                      EscError *error) {
    Input in;
    EscSummary head;
    bool good = start(m, &in, text, length, target, &head, error);
    if (good && !make_model(m, &(EscParsedSummary){in.text, in.frame}))
        good = refuse(&in, m->error ? m->error : "out of memory");
    esc_module_free(in.text);
    return good;
}

bool esc_summaries_add(EscModule *m, EscFindSummary find, const void *context) {
    for (EscFunc f = 0; f < m->nfuncs; f++) { /* which grows by what is named */
        const EscParsedSummary *parsed = find(context, m->funcs[f].name);
        if (parsed && !make_model(m, parsed))
            return false;
    }
    return true;
}
