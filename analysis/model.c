/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* model.c - the builders: how a program model comes to be.
 *
 * Every builder checks what it is given against what exists already, so that the analysis never has
 * to: an index out of range, a body before its declaration, an operand that is no value set the
 * module's sticky error, which names the function. After that builders return ESC_NONE and change
 * nothing that a later pass could trip over.
 *
 * INVARIANT  The one of model.h, see model_check.c.
 *
 * NOT HERE  The text form (text_read.c, text_print.c) and library models (library_models.c).
 */
#include "model.h"

#include "library_models.h"
#include "model_check.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Frees m->analysis, which may be NULL (analyze.c). */
void esc_analysis_free(EscModule *m);

enum { ERROR_TEXT = 160 };

/* ---- errors --------------------------------------------------------------------------------- */

void esc_model_fail(EscModule *m, const char *text) {
    /* Out of memory explains whatever goes wrong after it. */
    if (!m->error && !m->memory.failed)
        m->error = text;
}

static void fail_in(EscModule *m, const Function *f, const char *what) {
    if (m->error)
        return;
    char text[ERROR_TEXT];
    int length = snprintf(text, sizeof text, "%s in function %s", what, f->name ? f->name : "?");
    size_t n = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    const char *copy = esc_model_string(m, text, n);
    esc_model_fail(m, copy ? copy : what);
}

const char *esc_module_error(const EscModule *m) {
    if (m->error)
        return m->error;
    return m->memory.failed ? "out of memory" : NULL;
}

void esc_module_give_up(EscModule *m, const char *reason) {
    if (m->gave_up)
        return;
    const char *copy = reason ? esc_model_string(m, reason, strlen(reason)) : NULL;
    m->gave_up = copy ? copy : "asked to";
}

/* ---- strings and names ---------------------------------------------------------------------- */

const char *esc_model_string(EscModule *m, const char *text, size_t length) {
    if (!text)
        return NULL;
    char *copy = esc_memory_arena(&m->memory, length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

static const char *copy_text(EscModule *m, const char *text) {
    return text ? esc_model_string(m, text, strlen(text)) : NULL;
}

uint32_t esc_hash_name(const char *name, size_t length) {
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return hash;
}

/* The index of `name` in `functions`, or ESC_NONE. `index` may be empty. */
static uint32_t find_name(const uint32_t *index, uint32_t size, const Function *functions,
                          const char *name) {
    if (size == 0)
        return ESC_NONE;
    for (uint32_t at = esc_hash_name(name, strlen(name)) & (size - 1); index[at];
         at = (at + 1) & (size - 1))
        if (strcmp(functions[index[at] - 1].name, name) == 0)
            return index[at] - 1;
    return ESC_NONE;
}

static void insert_name(uint32_t *index, uint32_t size, const char *name, uint32_t number) {
    uint32_t at = esc_hash_name(name, strlen(name)) & (size - 1);
    while (index[at])
        at = (at + 1) & (size - 1);
    index[at] = number + 1;
}

/* Make room for one more of `count` names; the table stays at most half full, so probes end. */
static bool reserve_name(EscModule *m, uint32_t **index, uint32_t *size, const Function *functions,
                         uint32_t count) {
    if (count + 1 <= *size / 2)
        return true;
    uint32_t new_size = *size ? *size * 2 : 64;
    if (new_size == 0)
        return false;
    uint32_t *fresh = esc_memory_resize(&m->memory, NULL, new_size, sizeof *fresh);
    if (!fresh)
        return false;
    memset(fresh, 0, new_size * sizeof *fresh);
    for (uint32_t i = 0; i < count; i++)
        insert_name(fresh, new_size, functions[i].name, i);
    esc_memory_release(*index);
    *index = fresh;
    *size = new_size;
    return true;
}

/* ---- the module ----------------------------------------------------------------------------- */

EscConfig esc_config_default(void) {
    return (EscConfig){
        .max_object_bytes = 16384,
        .max_frame_bytes = 65536,
        .max_recursive_bytes = 128,
        .small_buffer_bytes = 256,
        .max_ops = 1000000,
        .max_facts = 1000000,
        .max_milliseconds = 0,
        .closed_program = false,
    };
}

EscModule *esc_model_new_bare(const EscConfig *config) {
    Memory memory = {0};
    EscModule *m = esc_memory_resize(&memory, NULL, 1, sizeof *m);
    if (!m)
        return NULL;
    *m = (EscModule){.config = config ? *config : esc_config_default()};
    if (esc_memory_grow(&m->memory, &m->sources, &m->cap_sources, 1, sizeof *m->sources)) {
        m->sources[0] = (Source){0};
        m->nsources = 1;
    }
    return m;
}

EscModule *esc_module_new(const EscConfig *config) {
    EscModule *m = esc_model_new_bare(config);
    if (m)
        m->knows_library = true;
    return m;
}

void esc_body_free(EscModule *m, Function *f) {
    (void)m;
    esc_memory_release(f->params);
    esc_memory_release(f->ops);
    esc_memory_release(f->calls);
    esc_memory_release(f->args);
    esc_memory_release(f->blocks);
    esc_memory_release(f->edges);
    esc_memory_release(f->locals);
    *f = (Function){
        .name = f->name,
        .source_name = f->source_name,
        .source = f->source,
        .signatures = {ESC_NONE, ESC_NONE, ESC_NONE},
        .alloc_count_param = ESC_NONE,
        .alloc_unit_param = ESC_NONE,
        .dealloc = ESC_NONE,
        .dealloc_param = ESC_NONE,
    };
}

void esc_module_free(EscModule *m) {
    if (!m)
        return;
    esc_analysis_free(m);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        esc_body_free(m, &m->funcs[i]);
    for (uint32_t i = 0; i < m->nmodels; i++)
        esc_body_free(m, &m->models[i]);
    esc_memory_release(m->funcs);
    esc_memory_release(m->globals);
    esc_memory_release(m->sites);
    esc_memory_release(m->sources);
    esc_memory_release(m->func_index);
    esc_memory_release(m->models);
    esc_memory_release(m->model_index);
    esc_memory_release(m->dispatch);
    esc_memory_release(m->complete);
    esc_memory_free_arena(&m->memory);
    esc_memory_release(m);
}

EscSource esc_source(EscModule *m, const EscSourceInfo *info) {
    if (!info ||
        (!info->file && !info->line && !info->col && !info->text && !info->lvalue && !info->rvalue))
        return 0;
    if (m->nsources == UINT32_MAX || !esc_memory_grow(&m->memory, &m->sources, &m->cap_sources,
                                                      m->nsources + 1, sizeof *m->sources))
        return 0;
    /* Nearly every place is in the file of the place before it. */
    const char *last = m->nsources ? m->sources[m->nsources - 1].file : NULL;
    bool same = last && info->file && strcmp(last, info->file) == 0;
    m->sources[m->nsources] = (Source){
        .file = same ? last : copy_text(m, info->file),
        .line = info->line,
        .col = info->col,
        .text = copy_text(m, info->text),
        .lvalue = copy_text(m, info->lvalue),
        .rvalue = copy_text(m, info->rvalue),
    };
    return m->nsources++;
}

static EscSource valid_source(EscModule *m, EscSource source) {
    if (source < m->nsources)
        return source;
    if (source != 0)
        esc_model_fail(m, "bad source place");
    return 0;
}

EscNumber esc_number_unknown(void) {
    return (EscNumber){.lo = 0, .hi = ESC_SIZE_UNKNOWN, .param = ESC_NONE};
}

EscNumber esc_number_constant(uint64_t n) {
    return (EscNumber){.lo = n, .hi = n, .param = ESC_NONE};
}

EscGlobal esc_global(EscModule *m, const char *name, EscGlobalKind kind, bool is_const) {
    if ((unsigned)kind > ESC_GLOBAL_THREAD) {
        esc_model_fail(m, "bad kind of global");
        return ESC_NONE;
    }
    if (m->nglobals == ESC_NONE || !esc_memory_grow(&m->memory, &m->globals, &m->cap_globals,
                                                    m->nglobals + 1, sizeof *m->globals))
        return ESC_NONE;
    m->globals[m->nglobals] =
        (Global){.name = copy_text(m, name ? name : ""), .kind = kind, .is_const = is_const};
    return m->nglobals++;
}

/* ---- functions ------------------------------------------------------------------------------ */

/* Append an empty function to an array with its index of names; NULL when out of memory. */
static Function *append_function(EscModule *m, Function **array, uint32_t *count, uint32_t *cap,
                                 uint32_t **index, uint32_t *index_size, const char *name) {
    if (*count >= ESC_NONE - 1 ||
        !esc_memory_grow(&m->memory, array, cap, *count + 1, sizeof **array) ||
        !reserve_name(m, index, index_size, *array, *count))
        return NULL;
    Function *f = &(*array)[*count];
    *f = (Function){.name = copy_text(m, name)};
    if (!f->name)
        return NULL;
    esc_body_free(m, f);
    insert_name(*index, *index_size, f->name, *count);
    ++*count;
    return f;
}

EscFunc esc_function(EscModule *m, const char *name) {
    if (!name) {
        esc_model_fail(m, "a function without a name");
        return ESC_NONE;
    }
    EscFunc found = find_name(m->func_index, m->func_index_size, m->funcs, name);
    if (found != ESC_NONE)
        return found;
    Function *f = append_function(m, &m->funcs, &m->nfuncs, &m->cap_funcs, &m->func_index,
                                  &m->func_index_size, name);
    return f ? m->nfuncs - 1 : ESC_NONE;
}

/* The function, or NULL with the sticky error set. */
static Function *get_function(EscModule *m, EscFunc f) {
    if (f < m->nfuncs)
        return &m->funcs[f];
    esc_model_fail(m, "no such function");
    return NULL;
}

void esc_function_declare(EscModule *m, EscFunc func, uint32_t nparams, uint32_t flags) {
    Function *f = get_function(m, func);
    if (!f)
        return;
    if (f->has_body || f->nops || f->nvalues > f->nparams) {
        fail_in(m, f, "declaration after the body");
        return;
    }
    f->flags = flags;
    if (nparams != f->nparams) {
        Param *params = esc_memory_resize(&m->memory, f->params, nparams, sizeof *params);
        if (!params)
            return;
        f->params = params;
        for (uint32_t i = f->nparams; i < nparams; i++)
            params[i] = (Param){.group = i};
    }
    f->nparams = nparams;
    f->nvalues = nparams;
}

void esc_function_source(EscModule *m, EscFunc func, const char *source_name, EscSource where) {
    Function *f = get_function(m, func);
    if (!f)
        return;
    f->source_name = copy_text(m, source_name);
    f->source = valid_source(m, where);
}

void esc_function_signatures(EscModule *m, EscFunc func, uint32_t exact, uint32_t dropped,
                             uint32_t without) {
    Function *f = get_function(m, func);
    if (f)
        f->signatures = (Signatures){exact, dropped, without};
}

void esc_function_reserve(EscModule *m, EscFunc func, uint64_t bytes) {
    Function *f = get_function(m, func);
    if (f)
        f->reserved_bytes = bytes;
}

void esc_function_alloc_size(EscModule *m, EscFunc func, uint32_t count_param,
                             uint32_t unit_param) {
    Function *f = get_function(m, func);
    if (!f)
        return;
    /* Positions beyond the parameters are wrong code that compilers accept: no size is known then.
     */
    bool bad = count_param >= f->nparams || (unit_param != ESC_NONE && unit_param >= f->nparams);
    f->alloc_count_param = bad ? ESC_NONE : count_param;
    f->alloc_unit_param = bad ? ESC_NONE : unit_param;
}

void esc_function_deallocator(EscModule *m, EscFunc func, EscFunc dealloc, uint32_t param) {
    Function *f = get_function(m, func);
    if (!f || !get_function(m, dealloc))
        return;
    f->dealloc = dealloc;
    f->dealloc_param = param;
}

void esc_param(EscModule *m, EscFunc func, uint32_t param, const char *name, uint32_t group,
               uint32_t flags, EscSource where) {
    Function *f = get_function(m, func);
    if (!f)
        return;
    if (param >= f->nparams) {
        fail_in(m, f, "no such parameter");
        return;
    }
    f->params[param] = (Param){
        .name = copy_text(m, name),
        .group = group,
        .flags = flags,
        .source = valid_source(m, where),
    };
}

void esc_function_begin_body(EscModule *m, EscFunc func) {
    Function *f = get_function(m, func);
    if (f)
        f->has_body = true;
}

/* ---- bodies --------------------------------------------------------------------------------- */

EscValue esc_body_value(EscModule *m, Function *f) {
    if (f->nvalues >= ESC_NONE - 1) {
        fail_in(m, f, "too many values");
        return ESC_NONE;
    }
    return f->nvalues++;
}

EscValue esc_value(EscModule *m, EscFunc func) {
    Function *f = get_function(m, func);
    return f ? esc_body_value(m, f) : ESC_NONE;
}

EscBlock esc_body_block(EscModule *m, Function *f) {
    if (f->nblocks >= ESC_NONE - 1 ||
        !esc_memory_grow(&m->memory, &f->blocks, &f->cap_blocks, f->nblocks + 1, sizeof *f->blocks))
        return ESC_NONE;
    f->blocks[f->nblocks] = (Block){.first = ESC_NONE, .last = ESC_NONE};
    return f->nblocks++;
}

EscBlock esc_block(EscModule *m, EscFunc func) {
    Function *f = get_function(m, func);
    return f ? esc_body_block(m, f) : ESC_NONE;
}

void esc_edge(EscModule *m, EscFunc func, EscBlock from, EscBlock to) {
    Function *f = get_function(m, func);
    if (!f)
        return;
    if (from >= f->nblocks || to >= f->nblocks) {
        fail_in(m, f, "edge of a block that does not exist");
        return;
    }
    if (f->nedges < ESC_NONE - 1 &&
        esc_memory_grow(&m->memory, &f->edges, &f->cap_edges, f->nedges + 1, sizeof *f->edges))
        f->edges[f->nedges++] = (Edge){.from = from, .to = to};
}

EscLocal esc_local(EscModule *m, EscFunc func, uint64_t size_bytes, const char *name,
                   EscSource where) {
    Function *f = get_function(m, func);
    if (!f || f->nlocals >= ESC_NONE - 1 ||
        !esc_memory_grow(&m->memory, &f->locals, &f->cap_locals, f->nlocals + 1, sizeof *f->locals))
        return ESC_NONE;
    f->locals[f->nlocals] = (Local){
        .size_bytes = size_bytes,
        .name = copy_text(m, name),
        .source = valid_source(m, where),
        .lent = ESC_NONE,
    };
    return f->nlocals++;
}

/* ---- sites ---------------------------------------------------------------------------------- */

/* A parameter that the function does not have is no knowledge at all, but the bounds still hold. */
static EscNumber valid_number(EscModule *m, const Function *f, EscNumber number) {
    bool bad_param = number.param != ESC_NONE && number.param >= f->nparams;
    if (number.lo > number.hi || bad_param) {
        fail_in(m, f, "bad number");
        return esc_number_unknown();
    }
    return number;
}

EscSite esc_site(EscModule *m, EscFunc func, const EscSiteInfo *info) {
    const Function *f = get_function(m, func);
    if (!f)
        return ESC_NONE;
    if ((unsigned)info->kind > ESC_ALLOC_PAIRED || (unsigned)info->dest > ESC_DEST_ARGUMENT) {
        fail_in(m, f, "bad kind of allocation");
        return ESC_NONE;
    }
    if (m->nsites >= ESC_NONE - 1 ||
        !esc_memory_grow(&m->memory, &m->sites, &m->cap_sites, m->nsites + 1, sizeof *m->sites))
        return ESC_NONE;
    const char *allocator = info->allocator ? copy_text(m, info->allocator) : NULL;
    m->sites[m->nsites] = (Site){
        .func = func,
        .op = ESC_NONE,
        .kind = info->kind,
        .allocator = allocator ? allocator : esc_text_allocator(info->kind),
        .size_bytes = valid_number(m, f, info->size_bytes),
        .align_bytes = info->align_bytes,
        .zeroed = info->zeroed,
        .may_fail = info->may_fail,
        .movable = info->movable,
        .misuse = info->misuse ? copy_text(m, info->misuse) : NULL,
        .source = valid_source(m, info->source),
        .dest = info->dest,
        .dest_source = valid_source(m, info->dest_source),
    };
    return m->nsites++;
}

/* ---- operations ----------------------------------------------------------------------------- */

EscOpInfo esc_op_info(EscOpKind kind) {
    return (EscOpInfo){
        .kind = kind,
        .dst = ESC_NONE,
        .a = ESC_NONE,
        .b = ESC_NONE,
        .index = ESC_NONE,
    };
}

/* Appends a copy of the arguments; false when out of memory. */
static bool add_args(EscModule *m, Function *f, const EscOpInfo *info) {
    if (info->nargs == 0)
        return true;
    if (info->nargs > ESC_NONE - 1 - f->nargs ||
        !esc_memory_grow(&m->memory, &f->args, &f->cap_args, f->nargs + info->nargs,
                         sizeof *f->args))
        return false;
    memcpy(f->args + f->nargs, info->args, info->nargs * sizeof *f->args);
    f->nargs += info->nargs;
    return true;
}

/* A site belongs to the one operation that makes its object. */
static bool claim_site(EscModule *m, const Function *f, const Op *op, EscOp number) {
    bool makes = op->kind == ESC_OP_ALLOC || op->kind == ESC_OP_REALLOC;
    if (!makes || !esc_is_program_function(m, f))
        return true;
    Site *site = &m->sites[op->index];
    if (site->op != ESC_NONE || &m->funcs[site->func] != f)
        return false;
    site->op = number;
    return true;
}

static void link_op(Function *f, EscBlock b, EscOp number) {
    Block *block = &f->blocks[b];
    if (block->last == ESC_NONE)
        block->first = number;
    else
        f->ops[block->last].next = number;
    block->last = number;
}

static bool add_call(EscModule *m, Function *f, EscOp id, const Op *op) {
    if (!esc_memory_grow(&m->memory, &f->calls, &f->cap_calls, f->ncalls + 1, sizeof *f->calls))
        return false;
    f->calls[f->ncalls++] = (Call){id, op->index, op->kind};
    return true;
}

EscOp esc_body_op(EscModule *m, Function *f, EscBlock b, const EscOpInfo *info) {
    if (m->error || m->memory.failed)
        return ESC_NONE;
    Op op = {
        .kind = (unsigned)info->kind < ESC_OP_KINDS ? (uint8_t)info->kind : ESC_OP_KINDS,
        .flags = (uint16_t)info->flags,
        .dst = info->dst,
        .a = info->a,
        .b = info->b,
        .width = info->width,
        .index = info->index,
        .lo = info->lo,
        .hi = info->hi,
        .args = f->nargs,
        .nargs = info->nargs,
        .source = info->source,
        .block = b,
        .next = ESC_NONE,
    };
    const char *wrong = b < f->nblocks ? NULL : "operation of a block that does not exist";
    if (!wrong && info->source && info->source >= m->nsources)
        wrong = "bad source place";
    if (!wrong)
        wrong = esc_wrong_with_op(m, f, &op);
    if (!wrong)
        wrong = esc_wrong_with_args(m, f, info->args, info->nargs);
    if (wrong) {
        fail_in(m, f, wrong);
        return ESC_NONE;
    }
    if (f->nops >= ESC_NONE - 1 ||
        !esc_memory_grow(&m->memory, &f->ops, &f->cap_ops, f->nops + 1, sizeof *f->ops) ||
        !add_args(m, f, info))
        return ESC_NONE;
    if (!claim_site(m, f, &op, f->nops)) {
        fail_in(m, f, "second operation of an allocation");
        return ESC_NONE;
    }
    if (esc_op_runs_another(&op) && !add_call(m, f, f->nops, &op))
        return ESC_NONE;
    f->ops[f->nops] = op;
    link_op(f, b, f->nops);
    return f->nops++;
}

EscOp esc_op(EscModule *m, EscFunc func, EscBlock b, const EscOpInfo *info) {
    Function *f = get_function(m, func);
    return f ? esc_body_op(m, f, b, info) : ESC_NONE;
}

/* ---- models --------------------------------------------------------------------------------- */

const Function *esc_model_find(const EscModule *m, const char *name) {
    uint32_t found = find_name(m->model_index, m->model_index_size, m->models, name);
    /* That a line of the library is read now and not when the module was made shows nowhere. */
    if (found == ESC_NONE && m->knows_library && esc_library_read((EscModule *)(uintptr_t)m, name))
        found = find_name(m->model_index, m->model_index_size, m->models, name);
    return found == ESC_NONE ? NULL : &m->models[found];
}

Function *esc_model_add(EscModule *m, const char *name) {
    uint32_t found = find_name(m->model_index, m->model_index_size, m->models, name);
    Function *f;
    if (found != ESC_NONE) {
        f = &m->models[found];
        esc_body_free(m, f);
    } else {
        f = append_function(m, &m->models, &m->nmodels, &m->cap_models, &m->model_index,
                            &m->model_index_size, name);
    }
    if (f)
        f->is_model = true;
    return f;
}

bool esc_model_exists(const EscModule *m, const char *name) {
    return name && (find_name(m->model_index, m->model_index_size, m->models, name) != ESC_NONE ||
                    (m->knows_library && esc_library_has(name)));
}
