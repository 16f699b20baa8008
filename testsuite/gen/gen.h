/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * gen.h - what the parts of the generator share.
 *
 *     esc-gen.c   arguments            program.c   files, globals, main
 *     function.c  signatures, bodies   call.c      calls of generated functions
 *     control.c   if, switch, exits    loop.c      loops of every form
 *     heap.c      allocate, free, grow actions.c   use, write, alias, merge, park
 *     place.c     where a pointer is   state.c     what is known of each place
 *     settle.c    free what dies here  pieces*.c   whole functions for special shapes
 *     random.c    choices              out.c       text
 *     batch.c     many programs in one
 *
 * A program is made together with what is known of it: for every place that can hold a pointer, at
 * every point, whether it is null, which object it points to, or that nobody may read it any more.
 * A statement is made only if that knowledge allows it, so no program has undefined behaviour.
 *
 * INVARIANT  What a node (a statement, a function, a piece) chooses depends on the seed, on the
 * node's number, and on what is known where it stands; never on how many choices were made before.
 * So nodes can be left out (`--skip`), and the rest stays nearly the same program.
 */
#ifndef ESC_GEN_H
#define ESC_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAX_PLACES = 64,
    MAX_OBJECTS = 400, /* of one function, all its paths together */
    MAX_FUNCTIONS = 24,
    MAX_PARAMS = 4,
    MAX_GLOBALS = 4,
    MAX_FILES = 3,
    LEAST_BYTES = 8, /* every object has at least so many, so that any object can stand for any */
    NAME_SIZE = 48,
    EXPR_SIZE = 160,
    NEVER = 255,           /* no loop pins or freezes it */
    GEN_TEXT_LENGTH = 400, /* of gen_text, which generated programs copy the end of */
};

/* ---- random.c */

typedef struct Random {
    uint64_t state;
} Random;

uint32_t hash_of(uint64_t a, uint64_t b);
Random random_of(uint64_t seed, uint32_t node);
uint32_t random_bits(Random *r);
uint32_t random_below(Random *r, uint32_t n);
uint32_t random_between(Random *r, uint32_t low, uint32_t high);
bool chance(Random *r, uint32_t percent);
/* The index of a weight, as likely as it is large; -1 if all are zero. Removing one weight does not
 * change the choice among the others, unless it was the one chosen. */
int random_weighted(Random *r, const uint32_t *weights, uint32_t n);

/* ---- out.c */

typedef struct Text {
    char *at;
    size_t n, room;
    int indent;
} Text;

void text_line(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_raw(Text *t, const char *bytes, size_t n);
void text_release(Text *t);

/* ---- what is known */

/* How a place holds a pointer. */
typedef enum Form {
    FORM_PLAIN,    /* an lvalue of type unsigned char * */
    FORM_VOID,     /* void * */
    FORM_VOLATILE, /* unsigned char *volatile */
    FORM_NUMBER,   /* uintptr_t */
    FORM_MASKED,   /* uintptr_t, exclusive-or a key */
    FORM_TAGGED,   /* uintptr_t, moved up by a bit, the lowest bit set */
    FORM_BYTES,    /* unsigned char[8] */
    FORM_HALVES,   /* uint32_t[2] */
    FORM_UNION,    /* union disguise */
    FORM_BLOCK,    /* struct box *, or unsigned char **: owns a block whose fields are places */
} Form;

typedef enum Known {
    KNOWN_DEAD, /* not initialised, or its object is gone: nobody reads it */
    KNOWN_NULL,
    KNOWN_OBJECT, /* points to the object */
    KNOWN_MAYBE,  /* null or the object; all places of one such object agree */
} Known;

typedef struct Value {
    Known known;
    uint16_t object, offset;
} Value;

typedef struct Place {
    char name[NAME_SIZE];
    uint32_t key; /* what choices go by: the same in a program with nodes left out */
    Form form;
    Value value;
    uint8_t frozen; /* the outermost loop whose body may not write it; 0: never written */
    uint8_t global; /* 1 + the global's number, 0: none */
    bool contract;  /* belongs to the caller: must be settled when the function returns */
} Place;

typedef struct Object {
    bool live, block;
    uint8_t pin;  /* the outermost loop whose body may not free it; 0: the caller's */
    uint32_t min; /* so many bytes are there and initialised */
    int32_t text; /* its length, if the bytes are a string; else -1 */
    char len[16]; /* an expression for the same number of bytes or more, "" if there is none */
} Object;

typedef struct Env {
    Place at[MAX_PLACES];
    uint32_t n;
    Object objects[MAX_OBJECTS];
    bool unreachable;
} Env;

/* ---- functions */

typedef enum ParamKind {
    PARAM_BORROW, /* unsigned char *p, size_t n: stays the caller's */
    PARAM_TAKE,   /* the same: becomes the callee's */
    PARAM_OUT,    /* unsigned char **p: the callee sets it */
    PARAM_INOUT,  /* unsigned char **p: the callee may replace it */
    PARAM_BOX,    /* struct box *p: its two fields may be replaced */
    PARAM_PAIR,   /* struct pair by value, borrowed */
    PARAM_HOOKS,  /* const struct hooks *: an allocator */
    PARAM_VISIT,  /* a function to be called with borrowed memory, and its context */
} ParamKind;

typedef enum ResultKind {
    RESULT_SUM,
    RESULT_FRESH,
    RESULT_MAYBE,
    RESULT_ALIAS, /* the pointer of a borrowed parameter, moved inside */
    RESULT_PAIR,
} ResultKind;

typedef struct Param {
    ParamKind kind;
    uint32_t min; /* the least number of bytes of what is passed */
} Param;

typedef struct Function {
    uint32_t node, file;
    char name[24];
    Param params[MAX_PARAMS];
    uint32_t nparams;
    ResultKind result;
    uint32_t result_min, alias_param, alias_offset;
    uint32_t globals; /* a bit for each global that it or a callee may change */
    uint64_t cost;    /* steps of one call, roughly; 0: not made yet */
    uint32_t partner; /* the function that it may call with a smaller depth; itself: recursion */
    bool recursive, cleanup, exported;
} Function;

typedef struct Gen {
    uint64_t seed;
    uint32_t size; /* percent of the usual number of functions, phases and statements */
    const uint32_t *skip;
    uint32_t nskip;
    const char *shapes;     /* the directory of the shapes */
    const char *only_shape; /* NULL: functions, and a few shapes of any kind */
    Text nodes;             /* every node that was made, a line each */

    Function functions[MAX_FUNCTIONS];
    uint32_t nfunctions, nfiles;
    uint32_t nglobals;
    uint32_t npieces;
    char piece_names[64][24];
    uint32_t piece_files[64];

    /* The function that is being made. */
    Function *f;
    Text *out;
    uint32_t nobjects, names[512], nnames;
    uint32_t depth;            /* of statements */
    uint32_t loop;             /* how many loops are around */
    const Env *head[16];       /* what each of them needs at its head */
    char index[16][NAME_SIZE]; /* its counter */
    uint64_t times, cost;      /* how often the statement runs; what was made so far costs */
    bool in_switch[16];
    uint32_t cleanup_first, cleanup_places; /* these are freed behind the label `out` */
    bool out_used, recursed;
} Gen;

/* A statement's number, and whether it is to be left out. */
uint32_t node_of(uint32_t parent, uint32_t index);
bool node_skipped(Gen *g, uint32_t node);
/* A name that no other variable of this function has. */
void name_new(Gen *g, char *name, const char *prefix, uint32_t node);

/* ---- state.c */

uint16_t object_new(Gen *g, Env *e, uint32_t min);
bool object_left(const Gen *g); /* enough numbers for another statement */
uint32_t object_places(const Env *e, uint16_t object);
void object_die(Env *e, uint16_t object);
Place *place_add(Env *e, const char *name, Form form, uint32_t node);
Value value_of(Known known, uint16_t object, uint16_t offset);
bool value_points(Value v);
/* What is known where control comes together; places from `n` on are out of scope. */
void env_join(Gen *g, Env *into, const Env *a, const Env *b, uint32_t n);
/* Makes known that every place of the object is null, or is not. */
void env_assume(Env *e, uint16_t object, bool null);
/* Whether places and objects are consistent; ends the generator with a message if not. */
void env_check(const Env *e);

/* ---- place.c */

typedef enum Wanted {
    WANT_READABLE,  /* holds the address of an object with at least `min` bytes from there on */
    WANT_OWNED,     /* an object that may be freed, its start */
    WANT_MAYBE,     /* null or an object, and may be freed */
    WANT_WRITABLE,  /* may be assigned without losing the last pointer to an object */
    WANT_ASSIGNABLE /* may be assigned */
} Wanted;

int place_pick(const Gen *g, const Env *e, Random *r, Wanted wanted, uint32_t min, int except);
bool place_loses(const Env *e, const Place *p);
/* An expression of type unsigned char *. */
void place_read(const Place *p, Random *r, char *expr);
void place_write(Gen *g, Place *p, Random *r, const char *expr);
Place *place_declare(Gen *g, Env *e, Random *r, uint32_t node, bool plain);
/* A variable with several places in it: a struct or an array, in the frame or on the heap. */
void group_declare(Gen *g, Env *e, Random *r, uint32_t node);
/* How many bytes from the place on are used, as an expression. */
void place_length(const Env *e, const Place *p, Random *r, char *expr);

/* ---- heap.c */

void heap_allocate(Gen *g, Env *e, Random *r, int place);
/* Something for the place that is at least so large; nothing may be said about what it is. */
void heap_supply(Gen *g, Env *e, Random *r, int place, uint32_t min);
void heap_free(Gen *g, Env *e, Random *r, int place);
bool heap_grow(Gen *g, Env *e, Random *r);
void heap_odd(Gen *g, Random *r, uint32_t node);

/* ---- settle.c */

typedef struct Target {
    uint32_t place;
    Known want; /* KNOWN_DEAD: anything, KNOWN_MAYBE, KNOWN_OBJECT, KNOWN_NULL */
    uint32_t min;
} Target;

/* Brings the places of the targets to what is wanted and frees objects that would be lost: those
 * that no place before `keep` and no target holds. `loop`: what loops inside of it pinned may be
 * freed. */
void settle(Gen *g, Env *e, Random *r, const Target *targets, uint32_t n, uint32_t keep,
            uint32_t loop);
/* Leave the function, the innermost loop, or the iteration. */
void leave_by_return(Gen *g, Env *e, Random *r);
void leave_by_goto(Gen *g, Env *e, Random *r);
void leave_loop(Gen *g, Env *e, Random *r, bool again);
/* One of these that is possible here, as the body of an `if`; the environment is spent. */
void leave_somehow(Gen *g, Env *e, Random *r);
void settle_iteration(Gen *g, Env *e, Random *r);

/* ---- actions.c, control.c, loop.c, call.c */

bool act_use(Gen *g, Env *e, Random *r);
bool act_poke(Gen *g, Env *e, Random *r);
bool act_copy(Gen *g, Env *e, Random *r);
bool act_alias(Gen *g, Env *e, Random *r);
bool act_swap(Gen *g, Env *e, Random *r);
bool act_merge(Gen *g, Env *e, Random *r, uint32_t node);
bool act_park(Gen *g, Env *e, Random *r);
bool act_typed(Gen *g, Env *e, Random *r);
bool act_same(Gen *g, Env *e, Random *r);
bool act_duplicate(Gen *g, Env *e, Random *r, uint32_t node);
bool act_give(Gen *g, Env *e, Random *r);
bool act_forget(Gen *g, Env *e, Random *r);
bool act_collect(Gen *g, Env *e, Random *r, uint32_t node);
void condition(Gen *g, const Env *e, Random *r, char *expr);
void block(Gen *g, Env *e, uint32_t node, uint32_t statements);
void loop_statement(Gen *g, Env *e, Random *r, uint32_t node);
bool call_statement(Gen *g, Env *e, Random *r, uint32_t node);
/* Before and after something that may change these globals. */
bool globals_ready(const Env *e, uint32_t globals);
void globals_settle(Gen *g, Env *e, Random *r, uint32_t globals);
void globals_forget(Gen *g, Env *e, uint32_t globals);

/* ---- function.c, program.c, pieces.c, batch.c */

void function_plan(Gen *g, uint32_t index);
void function_make(Gen *g, uint32_t index, Text *out);
void function_prototype(const Gen *g, const Function *f, char *text, size_t size);
/* A function of its own without parameters, uint32_t NAME(void); returns its name's prefix. */
void piece_make(Gen *g, uint32_t node, const char *name, Text *out);
/* So much of n as the size says, rounded up as often as is fair. */
uint32_t sized(const Gen *g, uint32_t n, uint32_t least, uint32_t salt);
/* The program of g->seed: what stands in prog.h, and in each of g->nfiles files. */
void program_make(Gen *g, Text *header, Text *files);
bool program_files(const char *directory, const Text *header, const Text *files, uint32_t n);
bool program_write(Gen *g, const char *directory);
/* The programs of these seeds. */
bool batch_write(Gen *g, const uint64_t *seeds, uint32_t n, const char *directory);
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
