/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text_helper.c - see text_helper.h. */
#include "text_helper.h"

#include "library_models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool text_append(void *context, const char *text, size_t length) {
    Text *t = context;
    if (t->cap - t->length <= length) {
        size_t cap = (t->length + length + 1) * 2;
        char *grown = realloc(t->text, cap);
        if (!grown) {
            t->failed = true;
            return false;
        }
        t->text = grown;
        t->cap = cap;
    }
    memcpy(t->text + t->length, text, length);
    t->length += length;
    t->text[t->length] = '\0';
    return true;
}

void text_free(Text *text) {
    free(text->text);
    *text = (Text){0};
}

EscModule *module_of(const char *text, size_t length, EscError *error) {
    EscModule *m = esc_model_new_bare(NULL);
    if (m && esc_module_read(m, text, length, error))
        return m;
    esc_module_free(m);
    return NULL;
}

uint32_t random_below(Random *random, uint32_t n) {
    random->state = random->state * 6364136223846793005u + 1442695040888963407u;
    uint32_t high = (uint32_t)(random->state >> 32);
    return n ? high % n : 0;
}

/* ---- random modules ------------------------------------------------------------------------- */

static const char *random_text(Random *random) {
    static const char *const texts[] = {NULL,
                                        "p",
                                        "",
                                        "a \"quoted\" text",
                                        "back\\slash",
                                        "two\nlines\tand a tab",
                                        "\x01\x7f",
                                        "gr\xc3\xbc\xc3\x9f",
                                        "malloc(sizeof *n)",
                                        "%1 = load",
                                        "# no comment"};
    return texts[random_below(random, sizeof texts / sizeof *texts)];
}

static bool chance(Random *random, uint32_t one_in) {
    return random_below(random, one_in) == 0;
}

static EscSource random_place(EscModule *m, Random *random) {
    if (chance(random, 2))
        return 0;
    EscSourceInfo info = {
        .file = random_text(random),
        .line = random_below(random, 4),
        .col = random_below(random, 4),
        .text = random_text(random),
        .lvalue = random_text(random),
        .rvalue = random_text(random),
    };
    return esc_source(m, &info);
}

static EscNumber random_number(Random *random, uint32_t nparams) {
    static const uint64_t limits[] = {0, 1, 16, 24, UINT64_MAX - 1, UINT64_MAX};
    EscNumber n = esc_number_unknown();
    if (chance(random, 3))
        return n;
    uint64_t a = limits[random_below(random, 6)], b = limits[random_below(random, 6)];
    n.lo = a < b ? a : b;
    n.hi = a < b ? b : a;
    if (nparams && chance(random, 2)) {
        n.param = random_below(random, nparams);
        n.mul = limits[random_below(random, 6)];
        n.add = limits[random_below(random, 6)];
    }
    return n;
}

static int64_t random_offset(Random *random) {
    static const int64_t offsets[] = {INT64_MIN, -8, 0, 8, 24, INT64_MAX};
    return offsets[random_below(random, 6)];
}

static EscValue random_value(const EscModule *m, EscFunc f, Random *random) {
    return chance(random, 6) ? ESC_NONE : random_below(random, m->funcs[f].nvalues);
}

static void random_args(EscModule *m, EscFunc f, Random *random, EscArg *args, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        args[i].value = m->funcs[f].nvalues ? random_value(m, f, random) : ESC_NONE;
        args[i].number = random_number(random, m->funcs[f].nparams);
        args[i].source = random_place(m, random);
    }
}

static EscSite random_site(EscModule *m, EscFunc f, Random *random) {
    EscSiteInfo info = {
        .kind = (EscAllocKind)random_below(random, ESC_ALLOC_PAIRED + 1),
        .allocator = random_text(random),
        .size_bytes = random_number(random, m->funcs[f].nparams),
        .align_bytes = random_below(random, 3) * 16,
        .zeroed = chance(random, 2),
        .may_fail = chance(random, 2),
        .movable = chance(random, 2),
        .misuse = chance(random, 4) ? random_text(random) : NULL,
        .source = random_place(m, random),
        .dest = (EscDestKind)random_below(random, ESC_DEST_ARGUMENT + 1),
        .dest_source = random_place(m, random),
    };
    return esc_site(m, f, &info);
}

/* An index that fits the kind; ESC_NONE when there is nothing of that sort. */
static uint32_t random_index(EscModule *m, EscFunc f, Random *random, EscOpKind kind) {
    uint32_t nlocals = m->funcs[f].nlocals;
    switch (kind) {
    case ESC_OP_ALLOC:
    case ESC_OP_REALLOC:
        return random_site(m, f, random);
    case ESC_OP_LOCAL:
    case ESC_OP_START:
    case ESC_OP_END:
        return nlocals ? random_below(random, nlocals) : ESC_NONE;
    case ESC_OP_GLOBAL:
        return m->nglobals ? random_below(random, m->nglobals) : ESC_NONE;
    case ESC_OP_FUNCTION:
    case ESC_OP_CALL:
        return random_below(random, m->nfuncs);
    case ESC_OP_LEAK:
        return random_below(random, ESC_REASONS);
    default:
        return chance(random, 20) ? 7 : ESC_NONE;
    }
}

static void random_op(EscModule *m, EscFunc f, EscBlock b, Random *random) {
    EscArg args[4];
    EscOpInfo info = esc_op_info((EscOpKind)random_below(random, ESC_OP_KINDS));
    bool needs_index = info.kind == ESC_OP_LOCAL || info.kind == ESC_OP_START ||
                       info.kind == ESC_OP_END || info.kind == ESC_OP_GLOBAL;
    info.index = random_index(m, f, random, info.kind);
    if (needs_index && info.index == ESC_NONE)
        return;
    info.a = m->funcs[f].nvalues ? random_value(m, f, random) : ESC_NONE;
    info.b = m->funcs[f].nvalues && chance(random, 2) ? random_value(m, f, random) : ESC_NONE;
    info.nargs = chance(random, 2) ? random_below(random, 5) : 0;
    random_args(m, f, random, args, info.nargs);
    info.args = args;
    info.flags = chance(random, 4) ? random_below(random, 1 << 16) : 0;
    info.width = chance(random, 2) ? random_below(random, 17) : 0;
    int64_t lo = random_offset(random), hi = random_offset(random);
    info.lo = lo < hi ? lo : hi;
    info.hi = lo < hi ? hi : lo;
    info.source = random_place(m, random);
    if (chance(random, 2))
        info.dst = esc_value(m, f);
    esc_op(m, f, b, &info);
}

static void random_body(EscModule *m, EscFunc f, Random *random) {
    esc_function_begin_body(m, f);
    for (uint32_t i = random_below(random, 3); i > 0; i--)
        esc_local(m, f, chance(random, 4) ? ESC_SIZE_UNKNOWN : random_below(random, 64),
                  random_text(random), random_place(m, random));
    uint32_t nblocks = random_below(random, 4);
    for (uint32_t i = 0; i < nblocks; i++)
        esc_block(m, f);
    for (uint32_t i = 0; i < nblocks * 2; i++)
        esc_edge(m, f, random_below(random, nblocks), random_below(random, nblocks));
    for (uint32_t i = 0; nblocks && i < random_below(random, 30); i++)
        random_op(m, f, random_below(random, nblocks), random);
    if (chance(random, 3))
        esc_value(m, f);
    if (chance(random, 8))
        random_site(m, f, random);
}

static void random_header(EscModule *m, EscFunc f, Random *random) {
    uint32_t nparams = random_below(random, 4);
    esc_function_declare(m, f, nparams, chance(random, 2) ? random_below(random, 1 << 16) : 0);
    if (chance(random, 2))
        esc_function_source(m, f, random_text(random), random_place(m, random));
    if (nparams && chance(random, 3))
        esc_function_alloc_size(m, f, random_below(random, nparams),
                                chance(random, 2) ? ESC_NONE : random_below(random, nparams));
    if (chance(random, 4))
        esc_function_deallocator(m, f, random_below(random, m->nfuncs), random_below(random, 3));
    for (uint32_t i = 0; i < nparams; i++)
        if (chance(random, 2))
            esc_param(m, f, i, random_text(random), random_below(random, nparams),
                      random_below(random, 1 << 7), random_place(m, random));
}

void random_module(EscModule *m, Random *random, uint32_t functions) {
    for (uint32_t i = 0; i < random_below(random, 4); i++)
        esc_global(m, random_text(random), (EscGlobalKind)random_below(random, 3),
                   chance(random, 2));
    for (uint32_t i = 0; i < functions; i++) {
        char name[32];
        snprintf(name, sizeof name, chance(random, 5) ? "odd name %u" : "f%u", i);
        EscFunc f = esc_function(m, name);
        random_header(m, f, random);
    }
    for (EscFunc f = 0; f < functions && f < m->nfuncs; f++)
        if (!chance(random, 4))
            random_body(m, f, random);
}

/* ---- what the fuzzers check ----------------------------------------------------------------- */

static void must(bool holds, const char *what) {
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static bool swallow(void *context, const char *text, size_t length) {
    (void)context, (void)text, (void)length;
    return true;
}

static void see(void *context, const EscFinding *finding) {
    (void)context;
    must(finding->text && finding->file && finding->flow, "a finding can be printed");
}

static void ask_about_function(const EscModule *m, EscFunc f) {
    esc_summary_print(m, f, swallow, NULL);
    for (EscOp op = 0; op < m->funcs[f].nops; op++) {
        const EscSite *sites = NULL;
        uint32_t nsites = 0;
        EscAction action = esc_op_action(m, f, op, &sites, &nsites);
        must(action <= ESC_ACT_INLINE, "an action is one of the enumeration");
        for (uint32_t i = 0; i < nsites; i++) {
            EscPlacement placement = esc_site_verdict(m, sites[i]).placement;
            bool moves = placement == ESC_PLACE_SLOT || placement == ESC_PLACE_BUFFER;
            must(moves || action == ESC_ACT_INLINE, "only moved sites are listed");
        }
        esc_op_frees_foreign(m, f, op);
    }
    for (EscLocal local = 0; local < m->funcs[f].nlocals; local++) {
        bool proved;
        esc_local_verdict(m, f, local, &proved);
    }
}

void decide_and_ask(EscModule *m) {
    m->config.max_ops = 10000;
    m->config.max_facts = 20000;
    m->config.max_milliseconds = 1000;
    esc_analyze(m);
    for (EscSite i = 0; i < m->nsites; i++)
        must(esc_site_verdict(m, i).reason_text != NULL, "every site has a verdict");
    for (EscFunc f = 0; f < m->nfuncs; f++)
        ask_about_function(m, f);
    esc_findings(m, 2, see, NULL);
}

void check_module_text(const char *text, size_t length) {
    EscError error;
    EscModule *m = module_of(text, length, &error);
    if (!m) {
        must(error.message[0] != '\0', "an error has a message");
        return;
    }
    Text first = {0}, second = {0};
    must(esc_model_check(m) == NULL, "what was read satisfies the invariant");
    must(esc_module_print(m, text_append, &first), "what was read can be printed");
    EscModule *again = module_of(first.text ? first.text : "", first.length, &error);
    must(again != NULL, "what was printed can be read");
    must(esc_module_print(again, text_append, &second), "and printed again");
    must(first.length == second.length &&
             (first.length == 0 || memcmp(first.text, second.text, first.length) == 0),
         "the canonical text reads back the same");
    decide_and_ask(m);
    esc_module_free(m);
    esc_module_free(again);
    text_free(&first);
    text_free(&second);
}

void check_models_text(const char *text, size_t length) {
    EscError error;
    EscModule *m = esc_model_new_bare(NULL);
    if (!m)
        return;
    uint32_t before = m->nmodels;
    bool ok = esc_models_read(m, text, length, &error);
    must(ok || error.message[0] != '\0', "an error has a message");
    must(ok || m->nmodels == before, "an error adds nothing");
    must(esc_model_check(m) == NULL, "models satisfy the invariant");
    esc_module_free(m);
}

void check_summary_text(const char *text, size_t length) {
    static const char program[] = "func @f(%p) {\n  %n = malloc 8\n  %r = call @g(%n, %p)\n"
                                  "  %s = call @h(%r)\n  free %n\n  return %s\n}\n";
    char hash[ESC_HASH_BYTES];
    EscError error;
    EscSummary head;
    Text whole = {0};
    EscModule *m = module_of(program, sizeof program - 1, &error);
    esc_hash(text, length, hash);
    text_append(&whole, "escapement-summary 1\nfrom fuzz.o\nhash ", 38);
    text_append(&whole, hash, ESC_HASH_BYTES - 1);
    text_append(&whole, "\n", 1);
    text_append(&whole, text, length);
    if (m && !whole.failed) {
        uint32_t before = m->nmodels;
        bool seen = esc_summary_head(m, whole.text, whole.length, "fuzz", &head, &error);
        must(seen || error.message[0] != '\0', "an error has a message");
        bool read = esc_summary_read(m, whole.text, whole.length, "fuzz", &error);
        must(read == seen, "what was looked at can be read");
        must(read || m->nmodels == before, "an error adds nothing");
        must(esc_model_check(m) == NULL, "models satisfy the invariant");
        decide_and_ask(m);
    }
    esc_module_free(m);
    text_free(&whole);
}
