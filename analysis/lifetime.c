/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* lifetime.c - may two objects of one allocation be live at the same time?
 *
 * If not, one slot in the frame serves every execution of the allocation. Outside of loops the
 * answer is no. In a loop, the object made by an earlier round must be dead when the next is made:
 * nothing that is still going to be used may lead to it. What leads to it directly is (a) a value:
 * live after the allocation when it was defined before it on every path and has a use ahead that is
 * reached without defining it anew; (b) a cell of a local or of another object: live when some path
 * ahead may read the cell before it surely writes it. Longer chains need no rule of their own:
 * their last link is one of these.
 *
 * SOUNDNESS  Only a store through a pointer that points to exactly one cell of exactly one live
 * object overwrites it. Whether an object is only one is this file's question again; a circle of
 * such questions is answered "two". So is a question that costs too much.
 *
 * NOT HERE  Whether the object outlives the function (escape.c).
 */
#include "analyze.h"
#include "cfg.h"

#include <string.h>

enum { UNASKED, ASKING, ONE, TWO };
static const uint64_t WORK_LIMIT =
    20 * 1000 * 1000; /* steps in one function; a second at the very most */

/* Where a value is used: at a place in a block, or on the way out of it (`order` AT_END), as the
 * operand of a merge in the block that comes next. */
typedef struct Use {
    EscBlock block;
    uint32_t order;
} Use;
enum { AT_END = UINT32_MAX };

/* Walk forward from a place to the first of `targets`, never past `barrier`. */
typedef struct Search {
    Solver *s;
    Cfg *c;
    const Use *targets;
    uint32_t ntargets;
    EscOp barrier; /* ESC_NONE: none */
} Search;

/* Look at the part of block `b` behind position `after` (-1: all). */
static bool hit_in_block(const Search *x, EscBlock b, int64_t after, bool *blocked) {
    int64_t end = INT64_MAX;
    const Op *ops = x->s->f->ops;
    if (x->barrier != ESC_NONE && ops[x->barrier].block == b && x->c->order[x->barrier] > after)
        end = x->c->order[x->barrier];
    *blocked = end != INT64_MAX;
    x->c->work += x->ntargets + 1;
    for (uint32_t i = 0; i < x->ntargets; i++) {
        const Use *t = &x->targets[i];
        if (t->block == b && t->order > after && t->order <= end)
            return true;
    }
    return false;
}

static uint32_t push_successors(Cfg *c, EscBlock b, uint32_t depth) {
    for (uint32_t e = c->first[b]; e < c->first[b + 1]; e++)
        if (c->mark[c->succ[e]] != c->stamp) {
            c->mark[c->succ[e]] = c->stamp;
            c->stack[depth++] = c->succ[e];
        }
    return depth;
}

static bool reaches(const Search *x, EscBlock start, int64_t after) {
    bool blocked;
    x->c->stamp++;
    if (hit_in_block(x, start, after, &blocked))
        return true;
    uint32_t depth = blocked ? 0 : push_successors(x->c, start, 0);
    while (depth > 0) {
        EscBlock b = x->c->stack[--depth];
        if (hit_in_block(x, b, -1, &blocked))
            return true;
        if (!blocked)
            depth = push_successors(x->c, b, depth);
    }
    return false;
}

static Use use_at(const Solver *s, const Cfg *c, EscOp op) {
    return (Use){s->f->ops[op].block, c->order[op]};
}

/* The places where `op` uses `v`. A merge says from which block each operand comes, when the front
 * end knew; the operand is used on that way only. */
static uint32_t uses_of(const Solver *s, const Cfg *c, EscOp id, EscValue v, Use *uses) {
    const Op *op = &s->f->ops[id];
    uint32_t n = 0;
    for (uint32_t i = 0; op->kind == ESC_OP_MERGE && i < op->nargs; i++) {
        const EscArg *arg = &s->f->args[op->args + i];
        bool known = arg->number.lo == arg->number.hi && arg->number.lo < s->f->nblocks;
        if (arg->value == v)
            uses[n++] = known ? (Use){(EscBlock)arg->number.lo, AT_END} : use_at(s, c, id);
    }
    if (n == 0)
        uses[n++] = use_at(s, c, id);
    return n;
}

static bool used_ahead(Solver *s, Cfg *c, EscValue v, EscOp alloc, EscOp def) {
    uint32_t nuses = c->first_use[v + 1] - c->first_use[v], n = 0;
    Use *uses = esc_memory_resize(&s->m->memory, NULL, (size_t)nuses + 1, sizeof *uses);
    if (!uses)
        return true;
    const EscOp *ops = c->uses + c->first_use[v];
    for (uint32_t i = 0; i < nuses; i++)
        if (i == 0 || ops[i] != ops[i - 1]) /* an operation that uses it twice is listed twice */
            n += uses_of(s, c, ops[i], v, uses + n);
    Search search = {s, c, uses, n, def};
    bool found = reaches(&search, s->f->ops[alloc].block, c->order[alloc]);
    esc_memory_release(uses);
    return found;
}

static bool value_live_after(Solver *s, Cfg *c, EscValue v, EscOp alloc) {
    if (esc_forgets(s->m, ESC_FORGET_LOOP_VALUE))
        return false;
    EscOp def = c->def[v];
    if (def == alloc)
        return false;
    if (def != ESC_NONE) {
        Use there = use_at(s, c, alloc);
        Search to_alloc = {s, c, &there, 1, def};
        if (reaches(&to_alloc, 0, -1))
            return false; /* not defined on every way here, so defined anew before any use */
    }
    return used_ahead(s, c, v, alloc, def);
}

/* ---- cells ---------------------------------------------------------------------------------- */

typedef struct CellWalk {
    Solver *s;
    Cfg *c;
    Cell cell;
    bool *leads; /* per object: a pointer to it leads to the cell's object */
} CellWalk;

/* Mark every object from which the cell's object can be reached. */
static void mark_leads(CellWalk *w) {
    Solver *s = w->s;
    w->leads[w->cell.obj] = true;
    for (bool again = true; again && w->c->work < WORK_LIMIT;) {
        again = false;
        for (uint32_t i = 0; i < s->ncells; i++) {
            w->c->work++;
            Obj owner = s->cells[i].obj;
            if (w->leads[owner])
                continue;
            for (FactId k = s->nodes[s->cells[i].node].first_fact; k != ESC_NONE;
                 k = s->facts[k].next) {
                w->c->work++;
                if (w->leads[s->facts[k].obj]) {
                    w->leads[owner] = again = true;
                    break;
                }
            }
        }
    }
}

static bool value_leads(const CellWalk *w, EscValue v) {
    if (v == ESC_NONE)
        return false;
    for (FactId k = w->s->nodes[v].first_fact; k != ESC_NONE; k = w->s->facts[k].next) {
        w->c->work++;
        if (w->leads[w->s->facts[k].obj])
            return true;
    }
    return false;
}

static bool load_overlaps(const CellWalk *w, const Op *op) {
    const Cell *c = &w->cell;
    if (op->a == ESC_NONE)
        return false;
    for (FactId k = esc_solver_find(w->s, op->a, c->obj); k != ESC_NONE;
         k = w->s->facts[k].pair_next) {
        int64_t lo = esc_offset_add(w->s->facts[k].lo, op->lo),
                hi = esc_offset_add(w->s->facts[k].hi, op->hi);
        if (esc_range_overlap(lo, hi, op->width, c->lo, c->hi, c->width))
            return true;
    }
    return false;
}

static bool may_read(const CellWalk *w, const Op *op) {
    switch ((EscOpKind)op->kind) {
    case ESC_OP_LOAD:
        return load_overlaps(w, op);
    case ESC_OP_MOVE:
        return op->b != ESC_NONE && esc_solver_find(w->s, op->b, w->cell.obj) != ESC_NONE;
    case ESC_OP_REALLOC:
    case ESC_OP_RETURN:
    case ESC_OP_LEAK:
    case ESC_OP_DEEP:
        return value_leads(w, op->a);
    case ESC_OP_CALL:
    case ESC_OP_ICALL:
        if (value_leads(w, op->a))
            return true;
        for (uint32_t i = 0; i < op->nargs; i++)
            if (value_leads(w, w->s->f->args[op->args + i].value))
                return true;
        return false;
    case ESC_OP_ALLOC:
    case ESC_OP_LOCAL:
    case ESC_OP_GLOBAL:
    case ESC_OP_FUNCTION:
    case ESC_OP_WORLD:
    case ESC_OP_COPY:
    case ESC_OP_MERGE:
    case ESC_OP_DIFF:
    case ESC_OP_STORE:
    case ESC_OP_FREE:
    case ESC_OP_USE:
    case ESC_OP_START:
    case ESC_OP_END:
    case ESC_OP_KINDS:
        break;
    }
    return false;
}

/* What alloca makes in a loop is a new local each round, and the old ones stay: its size is
 * unknown. */
static bool only_one(Solver *s, Obj o) {
    if (s->objs[o].kind == OBJ_LOCAL)
        return s->f->locals[s->objs[o].index].size_bytes != ESC_SIZE_UNKNOWN;
    return s->objs[o].kind == OBJ_SITE && !esc_live_twice(s, o);
}

static bool points_only_to(const CellWalk *w, EscValue v) {
    if (v == ESC_NONE)
        return false;
    FactId k = w->s->nodes[v].first_fact;
    return k != ESC_NONE && w->s->facts[k].next == ESC_NONE && w->s->facts[k].obj == w->cell.obj;
}

static bool surely_overwrites(const CellWalk *w, const Op *op) {
    const Cell *c = &w->cell;
    if (!points_only_to(w, op->a) || op->lo != op->hi || c->lo != c->hi || op->width != c->width ||
        op->width == 0)
        return false;
    const Fact *f = &w->s->facts[w->s->nodes[op->a].first_fact];
    return f->lo == f->hi && esc_offset_add(f->lo, op->lo) == c->lo && only_one(w->s, c->obj);
}

/* The value is the address of the cell's object and nothing else. Facts do not say that: a merge
 * with NULL, or a cell that may hold NULL, has the same facts, and free(NULL) frees nothing. */
static bool is_the_object(const CellWalk *w, EscValue v) {
    EscOp def = v == ESC_NONE ? ESC_NONE : w->c->def[v];
    for (int steps = 0; steps < 16 && def != ESC_NONE;
         steps++) { /* casts; more are of no program */
        const Op *op = &w->s->f->ops[def];
        if (op->kind != ESC_OP_COPY || op->a == ESC_NONE || op->lo != 0 || op->hi != 0)
            break;
        def = w->c->def[op->a];
    }
    return def != ESC_NONE && def == w->s->objs[w->cell.obj].op &&
           w->s->f->ops[def].kind == ESC_OP_ALLOC;
}

/* After `op` nothing is left of what the cell held before. */
static bool kills(const CellWalk *w, EscOp id) {
    const Op *op = &w->s->f->ops[id];
    const Object *owner = &w->s->objs[w->cell.obj];
    if (op->kind == ESC_OP_STORE)
        return surely_overwrites(w, op);
    if (op->kind == ESC_OP_START || op->kind == ESC_OP_END)
        return owner->kind == OBJ_LOCAL && op->index == owner->index && only_one(w->s, w->cell.obj);
    if (op->kind == ESC_OP_ALLOC)
        return owner->kind == OBJ_SITE && owner->op == id && only_one(w->s, w->cell.obj);
    if (op->kind == ESC_OP_FREE)
        return owner->kind == OBJ_SITE && is_the_object(w, op->a) && only_one(w->s, w->cell.obj);
    return false;
}

/* 1: read, 2: overwritten, 0: neither in the rest of the block. */
static int scan(const CellWalk *w, EscOp from) {
    for (EscOp i = from; i != ESC_NONE; i = w->s->f->ops[i].next) {
        w->c->work++;
        if (may_read(w, &w->s->f->ops[i]))
            return 1;
        if (kills(w, i))
            return 2;
    }
    return 0;
}

static bool cell_live_after(CellWalk *w, EscOp alloc) {
    Cfg *c = w->c;
    const Function *f = w->s->f;
    int result = scan(w, f->ops[alloc].next);
    if (result)
        return result == 1;
    bool *seen = esc_memory_resize(&w->s->m->memory, NULL, f->nblocks, sizeof *seen);
    EscBlock *stack = esc_memory_resize(&w->s->m->memory, NULL, f->nblocks + 1, sizeof *stack);
    bool live = !seen || !stack;
    uint32_t depth = 0;
    if (!live) {
        memset(seen, 0, f->nblocks * sizeof *seen);
        stack[depth++] = f->ops[alloc].block;
    }
    while (!live && depth > 0 && c->work < WORK_LIMIT) {
        EscBlock b = stack[--depth];
        for (uint32_t e = c->first[b]; e < c->first[b + 1] && !live; e++) {
            EscBlock t = c->succ[e];
            if (seen[t])
                continue;
            seen[t] = true;
            result = scan(w, f->blocks[t].first);
            live = result == 1;
            if (result == 0)
                stack[depth++] = t;
        }
    }
    esc_memory_release(seen);
    esc_memory_release(stack);
    return live || c->work >= WORK_LIMIT;
}

static bool held_in_live_cell(Solver *s, Cfg *c, uint32_t cell, EscOp alloc) {
    if (esc_forgets(s->m, ESC_FORGET_LOOP_CELL))
        return false;
    if (!esc_obj_is_own(s->objs[s->cells[cell].obj].kind))
        return true;
    CellWalk w = {s, c, s->cells[cell],
                  esc_memory_resize(&s->m->memory, NULL, s->nobjs, sizeof(bool))};
    if (!w.leads)
        return true;
    memset(w.leads, 0, s->nobjs * sizeof(bool));
    mark_leads(&w);
    /* Out of work, not all that leads to the cell may be marked. */
    bool live = c->work >= WORK_LIMIT || cell_live_after(&w, alloc);
    esc_memory_release(w.leads);
    return live;
}

static bool two_live(Solver *s, Cfg *c, Obj o) {
    EscOp alloc = s->objs[o].op;
    for (FactId i = c->facts_of[o]; i != ESC_NONE; i = c->next_fact[i]) {
        if (c->work >= WORK_LIMIT)
            return true;
        Node n = s->facts[i].node;
        if (n < s->f->nvalues) {
            if (value_live_after(s, c, n, alloc))
                return true;
        } else if (c->cell_of[n] != ESC_NONE && held_in_live_cell(s, c, c->cell_of[n], alloc)) {
            return true;
        }
    }
    return false;
}

bool esc_live_twice(Solver *s, Obj o) {
    bool once = s->objs[o].kind == OBJ_SITE && s->m->sites[s->objs[o].index].once;
    if (once || !esc_cfg_in_loop(s, s->objs[o].op))
        return false;
    Cfg *c = esc_cfg_facts(s);
    if (!c)
        return true;
    if (c->single[o] == UNASKED) {
        c->single[o] = ASKING;
        bool two = two_live(s, c, o) || s->m->memory.failed;
        c->single[o] = two ? TWO : ONE;
    }
    return c->single[o] != ONE;
}

/* ---- freed later for certain ----------------------------------------------------------------- */

/* 1: the part of a block behind `from` frees `pointer`; 2: defines it anew first; 0: neither. */
static int fate_in_block(const Solver *s, EscOp from, EscValue pointer) {
    for (EscOp i = from; i != ESC_NONE; i = s->f->ops[i].next) {
        const Op *op = &s->f->ops[i];
        if (op->kind == ESC_OP_FREE && op->a == pointer && !(op->flags & ESC_OPF_FIXED))
            return 1;
        if (op->dst == pointer)
            return 2;
    }
    return 0;
}

bool esc_always_freed_after(Solver *s, EscOp op, EscValue pointer) {
    Cfg *c = esc_cfg(s);
    if (!c)
        return false;
    EscBlock start = s->f->ops[op].block;
    int fate = fate_in_block(s, s->f->ops[op].next, pointer);
    if (fate)
        return fate == 1;
    if (c->first[start] == c->first[start + 1])
        return false;
    bool found = false;
    c->stamp++;
    uint32_t depth = push_successors(c, start, 0);
    while (depth > 0) {
        EscBlock b = c->stack[--depth];
        fate = fate_in_block(s, s->f->blocks[b].first, pointer);
        if (fate == 2)
            return false;
        if (fate == 1) {
            found = true;
            continue;
        }
        if (c->first[b] == c->first[b + 1])
            return false; /* the function ends, or the program does, without freeing it */
        depth = push_successors(c, b, depth);
    }
    return found;
}
