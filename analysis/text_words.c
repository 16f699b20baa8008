/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* text_words.c - the words of the text form; see text.h. */
#include "text.h"

#include <stddef.h>

const TextWord esc_text_func_flags[] = {
    {"variadic", ESC_FUNC_VARIADIC},
    {"interposable", ESC_FUNC_INTERPOSABLE},
    {"returns_twice", ESC_FUNC_RETURNS_TWICE},
    {"no_rewrite", ESC_FUNC_NO_REWRITE},
    {"sanitized", ESC_FUNC_SANITIZED},
    {"no_inline", ESC_FUNC_NO_INLINE},
    {"address_taken", ESC_FUNC_ADDRESS_TAKEN},
    {"exported", ESC_FUNC_EXPORTED},
    {"no_clone", ESC_FUNC_NO_CLONE},
    {"report", ESC_FUNC_REPORT},
    {"pure", ESC_FUNC_PURE},
    {"const", ESC_FUNC_CONST},
    {"malloc", ESC_FUNC_MALLOC},
    {"returns_nonnull", ESC_FUNC_RETURNS_NONNULL},
    {"no_free", ESC_FUNC_NO_FREE},
    {"returns_ptr", ESC_FUNC_RETURNS_PTR},
    {"no_alloc", ESC_FUNC_NO_ALLOC},
    {"may_heap", ESC_FUNC_MAY_HEAP},
    {NULL, 0},
};

const TextWord esc_text_param_flags[] = {
    {"report", ESC_PARAM_REPORT}, {"byval", ESC_PARAM_BYVAL},   {"noescape", ESC_PARAM_NOESCAPE},
    {"sret", ESC_PARAM_SRET},     {"nofree", ESC_PARAM_NOFREE}, {"readonly", ESC_PARAM_READONLY},
    {"rest", ESC_PARAM_REST},     {"flat", ESC_PARAM_FLAT},     {NULL, 0},
};

const TextWord esc_text_op_flags[] = {
    {"narrow", ESC_OPF_NARROW},     {"tail", ESC_OPF_TAIL},       {"fixed", ESC_OPF_FIXED},
    {"volatile", ESC_OPF_VOLATILE}, {"thread", ESC_OPF_THREAD},   {"no_change", ESC_OPF_NO_CHANGE},
    {"effect", ESC_OPF_EFFECT},     {"is_null", ESC_OPF_IS_NULL}, {NULL, 0},
};

const TextWord esc_text_alloc_kinds[] = {
    {"malloc", ESC_ALLOC_MALLOC},   {"calloc", ESC_ALLOC_CALLOC},
    {"realloc", ESC_ALLOC_REALLOC}, {"reallocarray", ESC_ALLOC_REALLOCARRAY},
    {"aligned", ESC_ALLOC_ALIGNED}, {"posix_memalign", ESC_ALLOC_POSIX_MEMALIGN},
    {"strdup", ESC_ALLOC_STRDUP},   {"strndup", ESC_ALLOC_STRNDUP},
    {"wcsdup", ESC_ALLOC_WCSDUP},   {"printf", ESC_ALLOC_PRINTF},
    {"getline", ESC_ALLOC_GETLINE}, {"opaque", ESC_ALLOC_OPAQUE},
    {"paired", ESC_ALLOC_PAIRED},   {NULL, 0},
};

const TextWord esc_text_dest_kinds[] = {
    {"none", ESC_DEST_NONE},     {"assign", ESC_DEST_ASSIGN},     {"init", ESC_DEST_INIT},
    {"return", ESC_DEST_RETURN}, {"argument", ESC_DEST_ARGUMENT}, {NULL, 0},
};

const TextWord esc_text_global_kinds[] = {
    {"plain", ESC_GLOBAL_PLAIN},
    {"static", ESC_GLOBAL_STATIC},
    {"thread", ESC_GLOBAL_THREAD},
    {NULL, 0},
};

const TextWord esc_text_reasons[] = {
#define ESC_REASON(name, text) {#name, ESC_REASON_##name},
#include "escapement/reasons.def"
#undef ESC_REASON
    {NULL, 0},
};

const TextOp esc_text_ops[ESC_OP_KINDS] = {
    [ESC_OP_ALLOC] = {"alloc", "s"},       [ESC_OP_REALLOC] = {"realloc", "as"},
    [ESC_OP_LOCAL] = {"local", "$"},       [ESC_OP_GLOBAL] = {"global", "&"},
    [ESC_OP_FUNCTION] = {"function", "@"}, [ESC_OP_WORLD] = {"world", ""},
    [ESC_OP_COPY] = {"copy", "aR"},        [ESC_OP_MERGE] = {"merge", "("},
    [ESC_OP_DIFF] = {"diff", "ab"},        [ESC_OP_LOAD] = {"load", "aRw"},
    [ESC_OP_STORE] = {"store", "aRw<b"},   [ESC_OP_MOVE] = {"move", "a<bR"},
    [ESC_OP_DEEP] = {"deep", "a"},         [ESC_OP_CALL] = {"call", "@("},
    [ESC_OP_ICALL] = {"icall", "a("},      [ESC_OP_FREE] = {"free", "a"},
    [ESC_OP_RETURN] = {"return", "o"},     [ESC_OP_USE] = {"use", "a"},
    [ESC_OP_LEAK] = {"leak", "ar"},        [ESC_OP_START] = {"start", "$"},
    [ESC_OP_END] = {"end", "$"},
};

const char *esc_text_word(const TextWord *table, uint32_t value) {
    for (; table->word; table++)
        if (table->value == value)
            return table->word;
    return NULL;
}

const char *esc_text_allocator(EscAllocKind kind) {
    switch (kind) {
    case ESC_ALLOC_MALLOC:
        return "malloc";
    case ESC_ALLOC_CALLOC:
        return "calloc";
    case ESC_ALLOC_REALLOC:
        return "realloc";
    case ESC_ALLOC_REALLOCARRAY:
        return "reallocarray";
    case ESC_ALLOC_ALIGNED:
        return "aligned_alloc";
    case ESC_ALLOC_POSIX_MEMALIGN:
        return "posix_memalign";
    case ESC_ALLOC_STRDUP:
        return "strdup";
    case ESC_ALLOC_STRNDUP:
        return "strndup";
    case ESC_ALLOC_WCSDUP:
        return "wcsdup";
    case ESC_ALLOC_PRINTF:
        return "asprintf";
    case ESC_ALLOC_GETLINE:
        return "getline";
    case ESC_ALLOC_OPAQUE:
        return "opaque";
    case ESC_ALLOC_PAIRED:
        return "paired";
    }
    return "?";
}
