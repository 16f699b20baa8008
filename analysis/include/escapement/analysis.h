/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* escapement/analysis.h - ask which allocations of a C program may live in their frame.
 *
 * A front end (a compiler plugin) describes a translation unit as a *program model*, calls
 * esc_analyze() once, and then asks for verdicts, for what to do at each operation, and for the
 * lines to print. The library knows no compiler and does no input or output of its own.
 *
 *     EscModule *m = esc_module_new(NULL);
 *     ... esc_function(), esc_block(), esc_op() ...      (or esc_module_read() of the text form)
 *     esc_analyze(m);
 *     esc_site_verdict(m, site); esc_op_action(m, f, op, ...); esc_findings(m, ...);
 *     esc_module_free(m);
 *
 * ERRORS  Builders never fail visibly: out of memory and wrong use set a sticky error
 * (esc_module_error), later calls do nothing useful but are safe, and every verdict of the module
 * becomes "escapes to heap: gave up: ...". A module is used by one thread at a time.
 *
 * OWNERSHIP  Strings passed in are copied. Strings and arrays handed out belong to the module and
 * live until esc_module_free().
 *
 * SOUNDNESS  A flow that the model does not hold is a miscompilation. What a front end does not
 * understand is an ESC_OP_LEAK of every operand and an ESC_OP_WORLD as the result.
 */
#ifndef ESCAPEMENT_ANALYSIS_H
#define ESCAPEMENT_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ESC_API __attribute__((visibility("default")))
#else
#define ESC_API
#endif

typedef struct EscModule EscModule;

typedef uint32_t EscFunc;   /* a function of the module, defined or only declared */
typedef uint32_t EscBlock;  /* a basic block, numbered from 0 in its function; 0 is the entry */
typedef uint32_t EscValue;  /* an SSA value, numbered from 0 in its function; parameters first */
typedef uint32_t EscLocal;  /* an address-taken local variable of a function */
typedef uint32_t EscGlobal; /* a global variable of the module */
typedef uint32_t EscSite;   /* an allocation, numbered through the module */
typedef uint32_t EscOp;     /* an operation, numbered from 0 in its function in creation order */
typedef uint32_t EscSource; /* a place in the source with its text; 0 is "no place" */

/* No value (as an operand: NULL or a number that holds no pointer), no callee, no site. */
#define ESC_NONE UINT32_MAX
/* Byte offsets: a range [lo, hi]; these bounds mean "anywhere in the object". */
#define ESC_OFFSET_MIN INT64_MIN
#define ESC_OFFSET_MAX INT64_MAX
/* A size whose upper bound is not known. */
#define ESC_SIZE_UNKNOWN UINT64_MAX

/* ---- configuration -------------------------------------------------------------------------- */

/* Flows to forget: for tests of the tests alone. Every verdict is worthless then. */
typedef enum EscForget {
    ESC_FORGET_NOTHING,
#define ESC_FORGET(name, what) ESC_FORGET_##name,
#include "escapement/forget.def"
#undef ESC_FORGET
    ESC_FORGETS
} EscForget;

typedef struct EscConfig {
    uint64_t max_object_bytes; /* largest object moved (16384) */
    uint64_t
        max_frame_bytes; /* all moved objects of a frame, and of frames known to be below (65536) */
    uint64_t max_recursive_bytes; /* the same where a function may be on the stack twice (128) */
    uint64_t small_buffer_bytes;  /* frame part of an object of unbounded size (256); 0: none */
    uint64_t max_ops;             /* operations in one function before its sites give up (1e6) */
    uint64_t max_facts; /* points-to facts in one function before it gives up (1e6), and 32 times as
                           many steps to find them; 100 times as many facts in all functions */
    uint64_t max_milliseconds; /* whole analysis; 0: no limit */
    uint64_t forget;           /* an EscForget; ESC_FORGET_NOTHING but in tests */
    bool closed_program; /* promised: a function pointer that the program reads from memory is NULL
                            or a function of the module whose address is taken */
    bool keep_calls;     /* a summary says which unknown functions of other files it calls, and with
                            what, so that who reads it can ask for theirs (esc_summary_write) */
    bool shared_signatures; /* numbers of signatures mean the same in every file: summaries say
                               them, and a closed program is closed for those of which all functions
                               are declared (esc_signatures_complete) */
} EscConfig;

ESC_API EscConfig esc_config_default(void);

/* ---- building the model --------------------------------------------------------------------- */

ESC_API EscModule *esc_module_new(const EscConfig *config); /* NULL only when out of memory */
ESC_API void esc_module_free(EscModule *m);
ESC_API const char *esc_module_error(const EscModule *m); /* NULL, or the sticky error */
/* Give up from outside: every verdict becomes "gave up: REASON". */
ESC_API void esc_module_give_up(EscModule *m, const char *reason);

/* A place: FILE as it is to be printed, 1-based LINE and COL, and texts as they stand in the
 * source. `text` is the expression or statement (folded and cut by the library); `lvalue` what an
 * assignment stores to; `rvalue` what it stores; for a call argument `text` is the argument. */
typedef struct EscSourceInfo {
    const char *file;
    uint32_t line, col;
    const char *text, *lvalue, *rvalue; /* NULL when unknown */
} EscSourceInfo;
ESC_API EscSource esc_source(EscModule *m, const EscSourceInfo *info);

typedef enum EscFuncFlag {
    ESC_FUNC_VARIADIC = 1 << 0,
    ESC_FUNC_INTERPOSABLE =
        1 << 1, /* another definition may be linked: the body proves nothing to callers */
    ESC_FUNC_RETURNS_TWICE = 1 << 2, /* calls a setjmp-like function: nothing is moved in it */
    ESC_FUNC_NO_REWRITE = 1 << 3,    /* optnone, naked: analysed, never changed */
    ESC_FUNC_SANITIZED = 1 << 4,     /* a sanitizer is on: analysed, never changed */
    ESC_FUNC_NO_INLINE = 1 << 5,     /* a call of it may not be replaced by its body */
    ESC_FUNC_ADDRESS_TAKEN = 1 << 6, /* may be called through a pointer from anywhere */
    ESC_FUNC_EXPORTED = 1 << 7,      /* may be called from another file */
    ESC_FUNC_NO_CLONE = 1 << 8,      /* must not be copied */
    ESC_FUNC_REPORT = 1 << 9,        /* written in the source: has parameter and result lines */
    /* Declared attributes, used when there is no body (or an interposable one): */
    ESC_FUNC_PURE = 1 << 10,   /* reads memory only: keeps nothing, frees nothing */
    ESC_FUNC_CONST = 1 << 11,  /* depends on its arguments' values only */
    ESC_FUNC_MALLOC = 1 << 12, /* its result is fresh and holds no pointers (attribute malloc) */
    ESC_FUNC_RETURNS_NONNULL = 1 << 13,
    ESC_FUNC_NO_FREE = 1 << 14,     /* frees nothing the caller can name */
    ESC_FUNC_RETURNS_PTR = 1 << 15, /* its declared result is a pointer: it may be fresh memory */
    ESC_FUNC_NO_ALLOC = 1 << 16,    /* promised: it allocates nothing (annotate.h) */
    ESC_FUNC_MAY_HEAP = 1 << 17,    /* allowed to allocate below such a promise */
} EscFuncFlag;

/* Find by name or declare. Models of library functions are bound by name when esc_analyze runs. */
ESC_API EscFunc esc_function(EscModule *m, const char *name);
/* Set flags; `nparams` values 0 .. nparams-1 are the parameters. Call before anything below. */
ESC_API void esc_function_declare(EscModule *m, EscFunc f, uint32_t nparams, uint32_t flags);
/* The name as written and its place in the definition. */
ESC_API void esc_function_source(EscModule *m, EscFunc f, const char *source_name, EscSource where);
/* In a closed program: a call through a pointer reaches it if its number (EscOpInfo.index) is one
 * of these: `exact` for the parameters and the result, which calls have that use it; `dropped` for
 * the parameters alone, which calls have that use no result; `without`, the same for calls that are
 * written to have none. Functions of one number have as many parameters; numbers that differ in the
 * last ESC_SIGNATURE_RESULT_BITS only differ in what becomes of the result.
 * ESC_NONE (the default) for `exact`: any call may. */
enum { ESC_SIGNATURE_RESULT_BITS = 8 };
ESC_API void esc_function_signatures(EscModule *m, EscFunc f, uint32_t exact, uint32_t dropped,
                                     uint32_t without);
/* With EscConfig.shared_signatures: of the numbers first .. last every function of the program is
 * declared in this module. Call before esc_analyze and esc_sole_target. */
ESC_API void esc_signatures_complete(EscModule *m, uint32_t first, uint32_t last);
/* In a closed program: the only function that a call of that number through a pointer reaches;
 * ESC_NONE when there are more, or none. Needs no bodies and no esc_analyze. */
ESC_API EscFunc esc_sole_target(const EscModule *m, uint32_t signature);
/* The same when there are several: the functions that such a call reaches, when they are few enough
 * to ask the pointer which it is, and one of them is an allocator of the library, so that asking
 * may pay. Allocators come first. 0 when it does not pay. Needs no bodies and no esc_analyze. */
enum { ESC_MAX_TARGETS = 4 };
ESC_API uint32_t esc_allocator_targets(const EscModule *m, uint32_t signature,
                                       EscFunc targets[ESC_MAX_TARGETS]);
/* Bytes of the frame that moved objects already take: a front end that asks again after it rewrote
 * (or inlined what it had rewritten) says so here, so that the budgets hold for all rounds
 * together. */
ESC_API void esc_function_reserve(EscModule *m, EscFunc f, uint64_t bytes);
/* attribute alloc_size(count[, unit]): zero-based parameters, ESC_NONE when absent. */
ESC_API void esc_function_alloc_size(EscModule *m, EscFunc f, uint32_t count_param,
                                     uint32_t unit_param);
/* attribute malloc(dealloc, position): memory from `f` is given back by `dealloc`. */
ESC_API void esc_function_deallocator(EscModule *m, EscFunc f, EscFunc dealloc, uint32_t param);

typedef enum EscParamFlag {
    ESC_PARAM_REPORT = 1 << 0,   /* gets lines: holds pointers and has a name */
    ESC_PARAM_BYVAL = 1 << 1,    /* a struct passed by value in memory: its contents are level 0 */
    ESC_PARAM_NOESCAPE = 1 << 2, /* attribute noescape */
    ESC_PARAM_SRET = 1 << 3,     /* hidden: where the caller wants the returned struct */
    ESC_PARAM_NOFREE = 1 << 4,
    ESC_PARAM_READONLY = 1 << 5,
    /* The last one of a variadic function, and only there: it is all arguments beyond the named
     * ones. Without it they are lost. */
    ESC_PARAM_REST = 1 << 6,
    /* Declared to point to numbers or characters: its lines speak of contents only where the
     * function itself reads a pointer there. */
    ESC_PARAM_FLAT = 1 << 7,
} EscParamFlag;
/* `group` joins several values that are one parameter of the source (a struct in two registers). */
ESC_API void esc_param(EscModule *m, EscFunc f, uint32_t param, const char *name, uint32_t group,
                       uint32_t flags, EscSource where);

/* Start the body. A function without this call is only declared. */
ESC_API void esc_function_begin_body(EscModule *m, EscFunc f);
ESC_API EscBlock esc_block(EscModule *m, EscFunc f);
ESC_API void esc_edge(EscModule *m, EscFunc f, EscBlock from, EscBlock to);
ESC_API EscValue esc_value(EscModule *m, EscFunc f); /* a new SSA value */

/* A local variable that lives in memory. `name` NULL: made by the compiler, never reported.
 * One that a single activation may make several times (alloca in a loop) has ESC_SIZE_UNKNOWN. */
ESC_API EscLocal esc_local(EscModule *m, EscFunc f, uint64_t size_bytes, const char *name,
                           EscSource where);

typedef enum EscGlobalKind { ESC_GLOBAL_PLAIN, ESC_GLOBAL_STATIC, ESC_GLOBAL_THREAD } EscGlobalKind;
/* ESC_GLOBAL_STATIC: a static variable of a function. `is_const`: never written, holds no pointer
 * to anything but globals and functions (string literals). */
ESC_API EscGlobal esc_global(EscModule *m, const char *name, EscGlobalKind kind, bool is_const);

/* A number known at compile time only in part: in [lo, hi]; if `param` is not ESC_NONE it is also
 * exactly mul * (value of parameter `param` of the enclosing function) + add, without overflow
 * (where an overflow is possible the front end leaves `param` at ESC_NONE). */
typedef struct EscNumber {
    uint64_t lo, hi;
    uint32_t param;
    uint64_t mul, add;
} EscNumber;
ESC_API EscNumber esc_number_unknown(void);
ESC_API EscNumber esc_number_constant(uint64_t n);

typedef enum EscAllocKind {
    ESC_ALLOC_MALLOC,
    ESC_ALLOC_CALLOC,
    ESC_ALLOC_REALLOC, /* the new block; an ESC_OP_REALLOC */
    ESC_ALLOC_REALLOCARRAY,
    ESC_ALLOC_ALIGNED, /* aligned_alloc, memalign, valloc, pvalloc */
    ESC_ALLOC_POSIX_MEMALIGN,
    ESC_ALLOC_STRDUP,
    ESC_ALLOC_STRNDUP,
    ESC_ALLOC_WCSDUP,
    ESC_ALLOC_PRINTF, /* asprintf, vasprintf */
    ESC_ALLOC_GETLINE,
    ESC_ALLOC_OPAQUE, /* a declared allocator whose body is not at hand: cannot be moved */
    ESC_ALLOC_PAIRED, /* a user-declared allocator (models file): may be left out like malloc */
} EscAllocKind;

/* Where the source puts the result at once: `n = malloc(8)`, `T *n = malloc(8)`, `return
 * malloc(8)`, `f(malloc(8))`: used for the first step of a flow only. */
typedef enum EscDestKind {
    ESC_DEST_NONE,
    ESC_DEST_ASSIGN,
    ESC_DEST_INIT,
    ESC_DEST_RETURN,
    ESC_DEST_ARGUMENT
} EscDestKind;

typedef struct EscSiteInfo {
    EscAllocKind kind;
    const char *allocator;          /* "malloc"; for messages */
    EscNumber size_bytes;           /* for strdup-like: ESC_SIZE_UNKNOWN unless known */
    uint64_t align_bytes;           /* 16, or what was asked; 0: not a known power of two */
    bool zeroed, may_fail, movable; /* movable false: the front end has no rewrite for this form */
    const char *misuse; /* NULL, or how it is used wrongly: it stays, for the compiler to warn of */
    EscSource source;   /* position of the site, text = EXPR; 0: not written as a call (no lines) */
    EscDestKind dest;
    EscSource dest_source; /* text "n = malloc(8)", lvalue "n" */
} EscSiteInfo;
ESC_API EscSite esc_site(EscModule *m, EscFunc f, const EscSiteInfo *info);

/* Operations. Unless said otherwise an operand is a value, ESC_NONE is NULL. "Contents" is what
 * the memory of the objects holds. */
typedef enum EscOpKind {
    ESC_OP_ALLOC,    /* dst = new object of `site` */
    ESC_OP_REALLOC,  /* dst = new object of `site` with the contents of a's objects; a may be freed.
                        The front end that moves a's object always copies out of the slot, so dst
                        never is a's object. */
    ESC_OP_LOCAL,    /* dst = &local (index) */
    ESC_OP_GLOBAL,   /* dst = &global (index) */
    ESC_OP_FUNCTION, /* dst = &function (index = EscFunc) */
    ESC_OP_WORLD,    /* dst = a pointer to anything that escaped or was never ours */
    ESC_OP_COPY,     /* dst = a + [lo, hi] bytes (a cast: 0; unknown arithmetic: OFFSET_MIN..MAX) */
    ESC_OP_MERGE,  /* dst = one of args (phi, select, two-operand arithmetic on hidden pointers). In
                      a  phi, .number of an argument is the block it comes from, as a constant. */
    ESC_OP_DIFF,   /* dst = a - b, both pointers: no flow while both are in the same object */
    ESC_OP_LOAD,   /* dst = what lies at a + [lo, hi], `width` bytes wide (0: unknown width) */
    ESC_OP_STORE,  /* the memory at a + [lo, hi], `width` bytes, holds b too */
    ESC_OP_MOVE,   /* contents at a := contents at b, `lo`..`hi` bytes (memcpy, struct copy) */
    ESC_OP_DEEP,   /* dst = everything reachable by loads from a, not a itself */
    ESC_OP_CALL,   /* dst = function `index`(args) */
    ESC_OP_ICALL,  /* dst = (*a)(args) */
    ESC_OP_FREE,   /* a's object is freed */
    ESC_OP_RETURN, /* the function returns a (or nothing) */
    ESC_OP_USE,    /* a is compared or dereferenced without any flow */
    ESC_OP_LEAK,   /* a is kept beyond our sight: `index` = EscReason, text of `source` = FUNC */
    ESC_OP_START,  /* local `index` begins its life here with indeterminate contents */
    ESC_OP_END,    /* local `index` ends its life here */
    ESC_OP_KINDS
} EscOpKind;

typedef enum EscOpFlag {
    ESC_OPF_NARROW = 1 << 0, /* LOAD/STORE/COPY of an integer type that holds no whole pointer */
    ESC_OPF_TAIL = 1 << 1,   /* a musttail call */
    ESC_OPF_FIXED =
        1 << 2, /* FREE/REALLOC inside a function that cannot be changed (models only) */
    ESC_OPF_VOLATILE = 1 << 3,
    ESC_OPF_THREAD = 1 << 4,    /* LEAK to another thread */
    ESC_OPF_NO_CHANGE = 1 << 5, /* FREE/REALLOC/CALL that the front end cannot rewrite */
    /* USE only, and only where thin wrappers are looked for (wrappers.c): */
    ESC_OPF_EFFECT = 1 << 6,  /* something happens here that the model does not show */
    ESC_OPF_IS_NULL = 1 << 7, /* whenever this block runs, `a` is NULL */
} EscOpFlag;

typedef struct EscArg {
    EscValue value;
    EscNumber number; /* of an integer argument; esc_number_unknown() for pointers */
    EscSource source; /* position and text of the argument */
} EscArg;

typedef struct EscOpInfo {
    EscOpKind kind;
    uint32_t flags;
    EscValue dst, a, b;
    int64_t lo, hi;
    uint32_t width;
    uint32_t index;     /* local, global, function, site (ALLOC/REALLOC), reason (LEAK), signature
                           (ICALL; ESC_NONE: not known) */
    const EscArg *args; /* CALL, ICALL; MERGE uses only .value */
    uint32_t nargs;
    EscSource source; /* STORE: the '='; CALL: the call, text = callee; RETURN: the `return`; FREE:
                         the call */
} EscOpInfo;
/* All fields at their neutral value: operands ESC_NONE, offsets 0. */
ESC_API EscOpInfo esc_op_info(EscOpKind kind);
ESC_API EscOp esc_op(EscModule *m, EscFunc f, EscBlock b, const EscOpInfo *info);

/* ---- library models ------------------------------------------------------------------------- */

typedef struct EscError {
    uint32_t line, col; /* 1-based; 0 when the error has no place */
    char message[200];
} EscError;
/* Add models in the format of analysis/models/libc.models. On an error nothing of the text is
 * added. Models added later win over earlier ones of the same name. A module made by esc_module_new
 * has the built-in models. */
ESC_API bool esc_models_read(EscModule *m, const char *text, size_t length, EscError *error);
/* What a front end must know to lower a call of `name`: false when no model names it as an
 * allocator or deallocator. A user-declared pair (zmalloc/zfree) is reported here even when its
 * body is at hand. */
typedef struct EscAllocatorModel {
    bool allocates, reallocates, frees,
        duplicates; /* duplicates: strdup-like copy of args[source_param] */
    EscAllocKind kind;
    uint32_t size_param, count_param, align_param, pointer_param,
        source_param; /* ESC_NONE: absent */
    uint32_t
        out_param; /* posix_memalign, asprintf: pointer to where the block is stored; ESC_NONE */
    bool zeroed, may_fail; /* may_fail false: aborts instead of returning NULL */
    bool never_empty;      /* a size of 0 means 1 */
    bool user_declared;
} EscAllocatorModel;
ESC_API bool esc_model_allocator(const EscModule *m, const char *name, EscAllocatorModel *out);
/* Whether any model of that name exists (so that no body is needed). */
ESC_API bool esc_model_exists(const EscModule *m, const char *name);

/* ---- the text form -------------------------------------------------------------------------- */

typedef bool (*EscWrite)(void *context, const char *text,
                         size_t length); /* false stops the output */
/* Read a module into `m`, which must hold no function yet. Every byte of a module that was read is
 * printed back the same by esc_module_print if the text is in canonical form. */
ESC_API bool esc_module_read(EscModule *m, const char *text, size_t length, EscError *error);
ESC_API bool esc_module_print(const EscModule *m, EscWrite write, void *context);
/* The summary of a function after esc_analyze, in the text form of a model body. */
ESC_API bool esc_summary_print(const EscModule *m, EscFunc f, EscWrite write, void *context);

/* ---- summaries across files -----------------------------------------------------------------
 *
 * A summary as a text that another compilation reads (docs/design/0024). `target` names all that it
 * depends on besides the source: the machine, its ABI, which compiler lowered it. `from` is the
 * object, for messages. Nothing but an externally visible function that no other definition can
 * replace has one: esc_summary_write returns false for all others, and when `write` stops it. */
enum { ESC_HASH_BYTES = 33 }; /* 32 hexadecimal digits and the end */
typedef struct EscWritten {   /* the same that esc_summary_head finds in the text */
    char hash[ESC_HASH_BYTES];
    bool has_model;
} EscWritten;
ESC_API bool esc_summary_write(EscModule *m, EscFunc f, const char *target, const char *from,
                               EscWrite write, void *context, EscWritten *out);

/* What a reader must know of a summary before it is used. Strings belong to the module. */
typedef struct EscSummary {
    const char *name, *from;
    char hash[ESC_HASH_BYTES];
    const char *model; /* a line for esc_models_read: a thin wrapper of an allocator; NULL */
    uint32_t nparams;
    bool variadic, returns_ptr;
    const char *const *calls; /* names of functions whose summaries it refers to */
    uint32_t ncalls;
    const uint32_t *signatures; /* of the calls through pointers that it makes */
    uint32_t nsignatures;
} EscSummary;
/* Look at a summary without adding anything to what `m` decides. False, with an error, for a text
 * that is damaged or of another target or version. */
ESC_API bool esc_summary_head(EscModule *m, const char *text, size_t length, const char *target,
                              EscSummary *out, EscError *error);
/* The same, and keeps what was read, to be added to several modules. NULL for a text that is
 * refused; else esc_summary_free gives it back. */
typedef struct EscParsedSummary EscParsedSummary;
ESC_API EscParsedSummary *esc_summary_parse(EscModule *m, const char *text, size_t length,
                                            const char *target, EscSummary *out, EscError *error);
ESC_API void esc_summary_free(EscParsedSummary *parsed);
/* What `find` knows (NULL: nothing) of the functions of `m`, and of those that this names: calls of
 * them do what the texts say. Nothing of it can be rewritten. Ignored where a body or a model is at
 * hand. Call after all bodies are built and before esc_analyze. */
typedef const EscParsedSummary *(*EscFindSummary)(const void *context, const char *name);
ESC_API bool esc_summaries_add(EscModule *m, EscFindSummary find, const void *context);
/* One text, whether something in `m` names the function or not. */
ESC_API bool esc_summary_read(EscModule *m, const char *text, size_t length, const char *target,
                              EscError *error);
/* Of any bytes; no secret keeps two texts from having one. */
ESC_API void esc_hash(const char *bytes, size_t length, char out[ESC_HASH_BYTES]);

/* ---- asking --------------------------------------------------------------------------------- */

/* Decide everything. Returns false when it gave up as a whole (verdicts then say so). */
ESC_API bool esc_analyze(EscModule *m);

typedef enum EscPlacement {
    ESC_PLACE_HEAP,   /* escapes */
    ESC_PLACE_KEPT,   /* does not escape, stays on the heap for a reason */
    ESC_PLACE_SLOT,   /* a slot in the entry block of the function serves every execution */
    ESC_PLACE_BUFFER, /* in a slot while its size is at most slot_bytes, else on the heap */
} EscPlacement;

typedef enum EscReason {
#define ESC_REASON(name, text) ESC_REASON_##name,
#include "escapement/reasons.def"
#undef ESC_REASON
    ESC_REASONS
} EscReason;

typedef struct EscVerdict {
    EscPlacement placement;
    EscReason reason;        /* HEAP and KEPT */
    const char *reason_text; /* "stored in global head"; "" when moved */
    uint64_t slot_bytes;     /* SLOT, BUFFER */
    uint64_t align_bytes;
    uint32_t nfrees; /* operations that are removed, guarded or cloned away for it */
} EscVerdict;
ESC_API EscVerdict esc_site_verdict(const EscModule *m, EscSite site);
/* Whether one execution of its function may reach the allocation more than once. Needs no
 * esc_analyze. */
ESC_API bool esc_site_in_loop(const EscModule *m, EscSite site);

/* placement is HEAP (with the reason) or SLOT (its address stays in the frame). `proved`: a visible
 * flow, not an unknown callee. */
ESC_API EscVerdict esc_local_verdict(const EscModule *m, EscFunc f, EscLocal local, bool *proved);

typedef enum EscAction {
    ESC_ACT_NONE,
    ESC_ACT_REMOVE, /* FREE: only ever frees moved objects or NULL: delete the call */
    ESC_ACT_GUARD, /* FREE: skip when the pointer is one of the sites' slots. REALLOC: then copy out
                      of the slot into a fresh block */
    ESC_ACT_CLONE, /* CALL: call a copy of the callee that gets the sites' slots as extra arguments
                      and guards every operation for which esc_op_frees_foreign() holds */
    ESC_ACT_INLINE, /* CALL: replace the call by the callee's body and ask again: an allocation in
                       it may then live in this frame. Only ever asked for when the move is certain.
                     */
} EscAction;
/* `sites` gets the sites whose slots matter (owned by the module). Sites that a SLOT or BUFFER
 * verdict does not name are never listed. */
ESC_API EscAction esc_op_action(const EscModule *m, EscFunc f, EscOp op, const EscSite **sites,
                                uint32_t *nsites);
/* In a clone: may this FREE, REALLOC or CALL free memory that the function's caller can name? */
ESC_API bool esc_op_frees_foreign(const EscModule *m, EscFunc f, EscOp op);

/* Verdicts as the lines of -m. `level` 1, or 2 for flows. One call of `each` a finding; the caller
 * sorts by (file, line, col, text) and drops repeats. `flow` is the block of -m=2 ("" or lines
 * without the position prefix, '\n' after each). */
typedef enum EscFindingKind {
    ESC_FIND_SITE,   /* a site's verdict */
    ESC_FIND_LOCAL,  /* address of VAR escapes */
    ESC_FIND_PARAM,  /* leaking / freeing / does not escape */
    ESC_FIND_RESULT, /* result of FUNC is fresh memory */
} EscFindingKind;
typedef struct EscFinding {
    EscFindingKind kind;
    EscSite site; /* ESC_FIND_SITE */
    EscFunc func;
    uint32_t item; /* local or parameter index */
    const char *file;
    uint32_t line, col;
    const char *text; /* TEXT of the line */
    const char *flow;
    EscReason reason;
    bool good;        /* moved, does not escape, fresh */
    bool report_only; /* goes to the machine-readable report, not to -m */
} EscFinding;
typedef void (*EscEachFinding)(void *context, const EscFinding *finding);
ESC_API void esc_findings(const EscModule *m, int level, EscEachFinding each, void *context);

/* ---- promises -------------------------------------------------------------------------------- */

/* A way from a function that promised not to allocate to something that may. */
typedef struct EscBreach {
    EscFunc func; /* that does it */
    EscOp op;
    EscSite site;           /* an allocation that is not moved; ESC_NONE: a call */
    const char *text;       /* "malloc(8) escapes to heap: returned" */
    const EscFunc *callers; /* the way: callers[0] promised it, the last one calls `func` ... */
    const EscOp *calls;     /* ... there */
    uint32_t ncallers;      /* 0: `func` itself promised it */
} EscBreach;
typedef void (*EscEachBreach)(void *context, const EscBreach *breach);
/* Whether this allocation or call is an exception that the source allows. */
typedef bool (*EscAllowed)(void *context, EscFunc func, EscOp op);
/* After esc_analyze: every breach below `func`, by a shortest way. An allocation that is moved into
 * a frame is none; one that is only below a size is. A function that promises or may itself
 * (ESC_FUNC_NO_ALLOC, ESC_FUNC_MAY_HEAP) is not looked into. `visited` gets every function that
 * was. When the module gave up, that is the breach. `inlined`: judge as if the calls with
 * ESC_ACT_INLINE had been replaced, where that leaves an object of known size in the frame. */
ESC_API void esc_breaches(const EscModule *m, EscFunc func, bool inlined, EscAllowed allowed,
                          EscEachBreach each, void (*visited)(void *context, EscFunc func),
                          void *context);
/* Whether that is so of every allocation for which this call is to be replaced. */
ESC_API bool esc_inlines_slots(const EscModule *m, EscFunc f, EscOp op);
/* The place of an operation: of its call, or of its site. */
ESC_API EscSourceInfo esc_op_place(const EscModule *m, EscFunc func, EscOp op);

/* ---- what would help -------------------------------------------------------------------------
 *
 * A finding that is bad news has obstacles; each is answered by a change of the program, or of what
 * is known of it. To learn whether one helps, the same model is read again, the change assumed
 * before esc_analyze, and the findings asked for again: numbers of functions, operations and sites
 * are the same then. An assumption is no proof: nothing may be rewritten by such a module. */
typedef enum EscChangeKind {
    ESC_CHANGE_BUDGET,    /* the budget of `reason` is `bytes` */
    ESC_CHANGE_CLOSED,    /* no function pointer comes from outside the module */
    ESC_CHANGE_NOESCAPE,  /* parameter `item` of `func` has the attribute noescape */
    ESC_CHANGE_ALLOCATOR, /* `func` is declared as an allocator; `item`: the site */
    ESC_CHANGE_BODY,      /* the body of `func` is at hand, and keeps and frees nothing */
    ESC_CHANGE_BOUND,     /* site `item` asks for at most `bytes` */
    ESC_CHANGE_ROUND,     /* what site `item` makes is gone before it makes the next */
    ESC_CHANGE_APART,     /* operation `item` of `func` frees other memory only */
    ESC_CHANGE_NOT_GIVEN, /* operation `item` of `func` does not get the pointer: a call, a store */
    ESC_CHANGE_NOT_RETURNED, /* operation `item` of `func`, a return, returns something else */
    ESC_CHANGE_FLAGS,        /* `func` does not call setjmp or the like, and may be changed */
    ESC_CHANGE_KINDS
} EscChangeKind; /* the cheapest first */
typedef struct EscChange {
    EscChangeKind kind;
    EscFunc func;
    uint32_t item;
    uint32_t arg; /* NOT_GIVEN to a call: which argument; ESC_NONE: all */
    uint64_t bytes;
    EscReason reason; /* BUDGET: which one */
    EscSource source; /* where the change is to be made; 0: no place */
} EscChange;
/* Before esc_analyze. False: the module has nothing of the kind. */
ESC_API bool esc_assume(EscModule *m, const EscChange *change);
/* After esc_analyze: changes that might help a finding (its kind, func and item; of a site the site
 * is the item), in no order. Not all do, and some need others besides. */
typedef void (*EscEachChange)(void *context, const EscChange *change);
ESC_API void esc_obstacles(const EscModule *m, EscFindingKind kind, EscFunc func, uint32_t item,
                           EscEachChange each, void *context);
/* For messages: the place of a source; the name of a function as written; of its parameter, NULL
 * when it has none; the configuration. */
ESC_API EscSourceInfo esc_source_info(const EscModule *m, EscSource source);
ESC_API const char *esc_function_source_name(const EscModule *m, EscFunc f);
ESC_API const char *esc_param_name(const EscModule *m, EscFunc f, uint32_t param);
ESC_API bool esc_function_has_body(const EscModule *m, EscFunc f);

/* The flow that is called so in forget.def, in small letters and with `-`
 * for `_`; ESC_FORGETS: none. */
ESC_API EscForget esc_forget_named(const char *name);

/* Reason table: the name in reasons.def. */
ESC_API const char *esc_reason_code(EscReason reason); /* "STORED_GLOBAL" */

/* Fold white space and comments of `text` to one blank and cut to 60 characters and "...". Returns
 * the length written, less than `capacity`. */
ESC_API size_t esc_fold_text(const char *text, char *buffer, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
