/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* params.c - what a function does with its parameters and whether its result is fresh memory.
 *
 * Levels count dereferences: 0 is the parameter itself, 1 what it points to, 2 everything below. A
 * struct that is passed in memory counts from its own bytes.
 *
 * NOT HERE  What callers must assume (summary.c): there an integer read from memory may hide a
 * pointer; a line about a parameter speaks of pointers only.
 */
#include "analyze.h"

static const Param *param_of(const Solver *s, Obj o) {
    const Object *root = &s->objs[esc_solver_root(s, o)];
    return root->kind == OBJ_PARAM && s->f->params ? &s->f->params[root->index] : NULL;
}

/* The level of an object under its parameter; NO_LEVEL when it speaks of none. */
static uint8_t level_of(const Solver *s, Obj o) {
    const Param *p = param_of(s, o);
    const Object *object = &s->objs[o];
    if (!p || object->thin || (p->flags & ESC_PARAM_SRET))
        return NO_LEVEL;
    uint8_t level = object->kind == OBJ_PARAM ? 0 : object->kind == OBJ_CONTENT ? 1 : 2;
    bool read_as_pointer =
        level == 1 && !esc_range_any(object->lo, object->hi) && object->width != 0;
    if ((p->flags & ESC_PARAM_FLAT) && level > 0 && !read_as_pointer)
        return NO_LEVEL;
    if (p->flags & ESC_PARAM_BYVAL)
        return level == 0 ? NO_LEVEL : (uint8_t)(level - 1);
    return level;
}

static ParamFacts *facts_of(const Solver *s, FuncResult *out, Obj o) {
    return &out->params[s->objs[esc_solver_root(s, o)].index];
}

static void leaks(const Solver *s, FuncResult *out, Obj o) {
    uint8_t level = level_of(s, o);
    if (level == 0)
        facts_of(s, out, o)->leaks = true;
    else if (level != NO_LEVEL)
        facts_of(s, out, o)->content_leaks = true;
}

/* The difference of two pointers is a number to the reader, whatever could be computed from it. */
static bool by_difference(const Solver *s, FactId fact) {
    for (; fact != ESC_NONE; fact = s->facts[fact].cause)
        if (s->facts[fact].op != ESC_NONE && s->f->ops[s->facts[fact].op].kind == ESC_OP_DIFF)
            return true;
    return false;
}

static void to_result(const Solver *s, FuncResult *out, Obj o, FactId why) {
    uint8_t level = level_of(s, o);
    if (level != NO_LEVEL && !by_difference(s, why) && level < facts_of(s, out, o)->result_level)
        facts_of(s, out, o)->result_level = level;
}

static void frees(const Solver *s, FuncResult *out, Obj o) {
    uint8_t level = level_of(s, o);
    if (level == 0)
        facts_of(s, out, o)->frees = true;
    else if (level != NO_LEVEL)
        facts_of(s, out, o)->frees_content = true;
}

static bool same_parameter(const Solver *s, Obj a, Obj b) {
    const Param *p = param_of(s, a), *q = param_of(s, b);
    return p && q && p->group == q->group;
}

/* Whether an own object is handed to the caller or was lost, so that what it holds leaks. */
static bool outlives(const Solver *s, Obj o) {
    return s->objs[o].exposed || esc_solver_find(s, s->return_node, o) != ESC_NONE;
}

static void stores(const Solver *s, FuncResult *out) {
    for (uint32_t c = 0; c < s->ncells; c++) {
        Obj holder = s->cells[c].obj;
        bool foreign = esc_obj_is_callers(s->objs[holder].kind);
        if (!foreign && !outlives(s, holder))
            continue;
        const Param *p = foreign ? param_of(s, holder) : NULL;
        for (FactId k = s->nodes[s->cells[c].node].first_fact; k != ESC_NONE;
             k = s->facts[k].next) {
            const Fact *f = &s->facts[k];
            /* What a reallocation carries along was there before. */
            if (f->op != ESC_NONE && s->f->ops[f->op].kind == ESC_OP_REALLOC)
                continue;
            if (!esc_obj_is_callers(s->objs[f->obj].kind) || same_parameter(s, holder, f->obj))
                continue;
            if (p && (p->flags & ESC_PARAM_SRET))
                to_result(s, out, f->obj, k);
            else
                leaks(s, out, f->obj);
        }
    }
}

static void conditional(const Solver *s, FuncResult *out, const Callback *c) {
    const Object *target = &s->objs[c->target];
    bool named = target->kind == OBJ_PARAM;
    for (uint32_t i = 0; i < c->nargs; i++) {
        Node n = s->nodes_pool[c->args + i];
        for (FactId k = s->nodes[n].first_fact; k != ESC_NONE; k = s->facts[k].next) {
            Obj o = s->facts[k].obj;
            uint8_t level = level_of(s, o);
            if (level == NO_LEVEL)
                continue;
            ParamFacts *p = facts_of(s, out, o);
            if (!named || level > 0) {
                leaks(s, out, o); /* no name to hang the condition on */
            } else if (!p->conditional || p->callback_param == target->index) {
                p->conditional = true;
                p->callback_param = target->index;
                p->callback_args |= i < 32 ? UINT32_C(1) << i : 0;
            } else {
                leaks(s, out, o); /* on two functions: more than the line can say */
            }
        }
    }
}

/* ---- the result ----------------------------------------------------------------------------- */

static bool holds_only_itself(const Solver *s, Obj o) {
    for (uint32_t c = s->objs[o].first_cell; c != ESC_NONE; c = s->cells[c].next)
        for (FactId k = s->nodes[s->cells[c].node].first_fact; k != ESC_NONE;
             k = s->facts[k].next) {
            const Fact *f = &s->facts[k];
            bool moved = f->op != ESC_NONE && s->f->ops[f->op].kind == ESC_OP_REALLOC;
            bool thin = s->objs[f->obj].thin;
            if (f->obj != o && !moved && !thin && s->objs[f->obj].kind != OBJ_FUNCTION)
                return false;
        }
    return true;
}

static bool fresh_result(const Solver *s) {
    FactId k = s->nodes[s->return_node].first_fact;
    if (k == ESC_NONE || !(s->f->flags & ESC_FUNC_RETURNS_PTR))
        return false;
    for (; k != ESC_NONE; k = s->facts[k].next) {
        const Fact *f = &s->facts[k];
        const Object *o = &s->objs[f->obj];
        bool made_here = o->kind == OBJ_SITE || o->kind == OBJ_FRESH;
        if (!made_here || o->exposed || f->lo != 0 || f->hi != 0 || !holds_only_itself(s, f->obj))
            return false;
        if (s->m->sites[o->index].kind == ESC_ALLOC_OPAQUE)
            return false;
    }
    return true;
}

void esc_param_facts(Solver *s, FuncResult *out) {
    for (FactId k = s->nodes[s->world_node].first_fact; k != ESC_NONE; k = s->facts[k].next)
        if (esc_obj_is_callers(s->objs[s->facts[k].obj].kind))
            leaks(s, out, s->facts[k].obj);
    for (FactId k = s->nodes[s->return_node].first_fact; k != ESC_NONE; k = s->facts[k].next)
        if (esc_obj_is_callers(s->objs[s->facts[k].obj].kind))
            to_result(s, out, s->facts[k].obj, k);
    stores(s, out);
    for (uint32_t i = 0; i < s->ncallbacks; i++)
        conditional(s, out, &s->callbacks[i]);
    for (uint32_t i = 0; i < s->nfrees; i++)
        for (FactId k = s->nodes[s->frees[i].node].first_fact; k != ESC_NONE; k = s->facts[k].next)
            if (!s->frees[i].assumed && esc_obj_is_callers(s->objs[s->facts[k].obj].kind))
                frees(s, out, s->facts[k].obj);
    out->fresh_result = fresh_result(s);
}
