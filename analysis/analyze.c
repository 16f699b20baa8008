/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* analyze.c - the order of the steps, and giving up.
 *
 * Functions are solved callees first; another file's summary, which names others' functions, is
 * solved like a body, so that a call of it expands one short summary. A recursive component is
 * solved in rounds, from "does nothing" upwards, until no summary changes; a component that does
 * not settle in MAX_ROUNDS gets the worst summaries. Then each function is decided while its facts
 * are at hand, and all sites are placed.
 *
 * INVARIANT  Giving up is sticky: once memory failed, a limit was hit or the front end asked for
 * it, every verdict it touches is "escapes: gave up", and no operation has an action.
 */
#define _POSIX_C_SOURCE 200809L
#include "analyze.h"
#include "cfg.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* A member of a recursive component that is still changing after so many solutions is solved
 * telling few of its parameters' contents apart (a walk along an array finds another one in each
 * round), then none, then not at all: its summary becomes the worst. So the work on a component is
 * bounded by its size. */
enum { FEW_AFTER = 5, COARSE_AFTER = 10, WORST_AFTER = 14, MAX_ROUNDS = 64 };

/* What a whole module may cost: unlike a time, limits that give the same answer on every machine.
 * Real programs need up to 600 steps for an operation; a step is some 50 ns. */
enum {
    MODULE_FACTS = 100,  /* times the facts of one function; as many steps */
    MODULE_STEPS = 1000, /* and these for each operation */
};

uint64_t esc_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

const char *esc_function_name(const EscModule *m, EscFunc f) {
    return m->funcs[f].source_name ? m->funcs[f].source_name : m->funcs[f].name;
}

const Function *esc_callee_body(const EscModule *m, EscFunc callee, bool *is_model) {
    const Function *f = &m->funcs[callee];
    const Function *model = esc_model_find(m, f->name);
    bool body = f->has_body && !(f->flags & ESC_FUNC_INTERPOSABLE);
    *is_model = model && (model->user_model || !body);
    const Function *summary = &m->analysis->summaries[callee];
    bool read = *is_model && model->is_summary && summary->has_body;
    if (*is_model && !read)
        return model;
    return (body || read) && summary->has_body ? summary : NULL;
}

/* ---- allocation ----------------------------------------------------------------------------- */

static void *zeroed(EscModule *m, size_t count, size_t size) {
    if (size && count > SIZE_MAX / 2 / size)
        return NULL;
    void *p = esc_memory_arena(&m->memory, count * size + 1);
    if (p)
        memset(p, 0, count * size + 1);
    return p;
}

static bool make_results(EscModule *m) {
    Analysis *a = zeroed(m, 1, sizeof *a);
    if (!a)
        return false;
    m->analysis = a;
    size_t n = (size_t)m->nfuncs + 1;
    a->runs = zeroed(m, n, sizeof *a->runs);
    a->summaries = zeroed(m, n, sizeof *a->summaries);
    a->results = zeroed(m, n, sizeof *a->results);
    a->sites = zeroed(m, (size_t)m->nsites + 1, sizeof *a->sites);
    a->locals = zeroed(m, n, sizeof *a->locals);
    a->component = zeroed(m, n, sizeof *a->component);
    a->order = zeroed(m, n, sizeof *a->order);
    a->cyclic = zeroed(m, n, sizeof *a->cyclic);
    a->states = zeroed(m, n, sizeof *a->states);
    if (m->memory.failed)
        return false;
    for (EscFunc f = 0; f < m->nfuncs; f++) {
        const Function *fn = &m->funcs[f];
        const Function *model = fn->has_body ? NULL : esc_model_find(m, fn->name);
        a->runs[f] = model && model->is_summary ? model : fn;
        a->nops += a->runs[f]->nops;
        a->results[f].params = zeroed(m, (size_t)fn->nparams + 1, sizeof(ParamFacts));
        a->locals[f] = zeroed(m, (size_t)fn->nlocals + 1, sizeof(LocalResult));
        if (m->memory.failed)
            return false;
        for (uint32_t i = 0; i < fn->nparams; i++)
            a->results[f].params[i].result_level = NO_LEVEL;
    }
    return true;
}

/* A site for each local, in case that it is lent. Of a module that only writes summaries. */
static void make_lent_sites(EscModule *m) {
    for (EscFunc f = 0; f < m->nfuncs && !m->memory.failed; f++)
        for (uint32_t i = 0; i < m->funcs[f].nlocals; i++) {
            uint64_t bytes = m->funcs[f].locals[i].size_bytes;
            EscSiteInfo info = {.kind = ESC_ALLOC_OPAQUE,
                                .allocator = "a local",
                                .size_bytes = esc_number_constant(bytes)};
            EscSite site = esc_site(m, f, &info);
            m->funcs[f].locals[i].lent = site;
            if (site != ESC_NONE)
                m->sites[site].lent = true;
        }
}

/* What esc_module_free must give back besides the arena. */
void esc_analysis_free(EscModule *m) {
    Analysis *a = m->analysis;
    if (!a)
        return;
    for (EscFunc f = 0; f < m->nfuncs && a->summaries; f++)
        esc_body_free(m, &a->summaries[f]);
    for (EscFunc f = 0; f < m->nfuncs && a->results; f++)
        esc_memory_release(a->results[f].frees);
    for (EscFunc f = 0; f < m->nfuncs && a->states; f++) {
        esc_memory_release(a->states[f].tried.lost.calls);
        esc_memory_release(a->states[f].tried.lent);
    }
    esc_memory_release(a->pool);
    esc_memory_release(a->inlines);
    esc_memory_release(a->actions);
    m->analysis = NULL;
}

/* ---- one function -----------------------------------------------------------------------------
 */

static void mark_repeated(Solver *s) {
    for (Obj o = 0; o < s->nobjs && !s->failed; o++)
        if (s->objs[o].kind == OBJ_SITE || s->objs[o].kind == OBJ_FRESH)
            s->objs[o].many |= esc_cfg_in_loop(s, s->objs[o].op);
}

static const char *limit_text(EscModule *m, const char *what, uint64_t limit) {
    char buffer[96];
    int n = snprintf(buffer, sizeof buffer, "%s, limit %llu", what, (unsigned long long)limit);
    const char *text = esc_model_string(m, buffer, (size_t)n);
    return text ? text : "out of memory";
}

static void note_limit(EscModule *m, const Solver *s) {
    FuncResult *r = &m->analysis->results[s->func];
    if (r->gave_up)
        return;
    uint64_t limit = m->config.max_ops;
    if (s->limit && strcmp(s->limit, "points-to facts") == 0)
        limit = m->config.max_facts;
    if (s->limit && strcmp(s->limit, "milliseconds") == 0)
        limit = m->config.max_milliseconds;
    if (s->limit && strcmp(s->limit, "points-to steps") == 0)
        limit = m->config.max_facts * STEPS_A_FACT;
    r->gave_up = s->failed ? "out of memory" : limit_text(m, s->limit, limit);
}

/* Solve with the finest form of summary that is small enough. False: even the coarse one is not. */
static bool solve_and_summarize(EscModule *m, EscFunc f, Solver *s, Function *fresh) {
    SolveState *state = &m->analysis->states[f];
    for (;;) {
        esc_solve(s, m, f, &state->tried);
        if (s->failed || s->limit)
            return false;
        state->tried.coarse |= s->coarse;
        mark_repeated(s);
        if (esc_summarize(s, fresh))
            return !m->memory.failed;
        if (state->tried.coarse || m->memory.failed)
            return false;
        state->tried.coarse = true;
        esc_body_free(m, fresh);
        esc_solver_free(s);
        memset(fresh, 0, sizeof *fresh);
    }
}

/* Solve `f` and make its summary; `decide`: also its verdicts. False when the summary says more. */
static bool solve_function(EscModule *m, EscFunc f, bool decide) {
    SolveState *state = &m->analysis->states[f];
    Function fresh;
    Solver s;
    memset(&fresh, 0, sizeof fresh);
    if (state->worst && m->analysis->results[f].gave_up)
        return true; /* nothing better will come of it */
    state->solved_at = ++m->analysis->clock;
    state->solves++;
    bool summarized = solve_and_summarize(m, f, &s, &fresh) && !state->worst;
    if (s.failed || s.limit)
        note_limit(m, &s);
    else if (decide && !m->memory.failed) {
        esc_decide_escapes(&s);
        esc_param_facts(&s, &m->analysis->results[f]);
    }
    m->analysis->nfacts += s.nfacts;
    m->analysis->work += s.work;
    esc_solver_free(&s);
    if (!summarized) {
        state->worst = true;
        esc_body_free(m, &fresh);
        esc_summary_worst(m, f, &fresh);
    }
    Function *old = &m->analysis->summaries[f];
    bool same = old->has_body && esc_summary_covers(m, old, &fresh);
    if (same) {
        esc_body_free(m, &fresh);
        return true;
    }
    state->changed_at = ++m->analysis->clock;
    esc_body_free(m, old);
    *old = fresh;
    return false;
}

static void forget_summary(EscModule *m, EscFunc f) {
    Function *s = &m->analysis->summaries[f];
    esc_body_free(m, s);
    memset(s, 0, sizeof *s);
}

/* The start of the rounds: a body that does nothing and returns nothing. */
static void empty_summary(EscModule *m, EscFunc f) {
    Function *s = &m->analysis->summaries[f];
    forget_summary(m, f);
    const Function *fn = esc_runs(m, f);
    s->name = fn->name;
    s->nparams = fn->nparams;
    s->flags = fn->flags & ESC_FUNC_VARIADIC;
    s->is_summary = fn->is_summary;
    for (uint32_t i = 0; i < s->nparams; i++)
        esc_body_value(m, s);
    esc_body_block(m, s);
    s->has_body = true;
}

static bool late(EscModule *m) {
    Analysis *a = m->analysis;
    if (a->deadline_ns && !m->gave_up && esc_now_ns() > a->deadline_ns)
        m->gave_up = limit_text(m, "milliseconds", m->config.max_milliseconds);
    uint64_t steps = m->config.max_facts * MODULE_FACTS + a->nops * MODULE_STEPS;
    if (a->work > steps && !m->gave_up)
        m->gave_up = limit_text(m, "points-to steps", steps);
    if (a->nfacts / MODULE_FACTS > m->config.max_facts && !m->gave_up)
        m->gave_up = limit_text(m, "points-to facts", m->config.max_facts * MODULE_FACTS);
    if (m->memory.failed && !m->gave_up)
        m->gave_up = "out of memory";
    return m->gave_up != NULL;
}

/* A summary that is expanded in `f` may call a dispatcher that `f` itself does not name. */
static bool dispatcher_changed(const EscModule *m, EscFunc f) {
    const Analysis *a = m->analysis;
    for (uint32_t i = 0; i < m->ndispatch; i++) {
        EscFunc d = m->dispatch[i].func;
        if (d != ESC_NONE && d != f && a->component[d] == a->component[f] &&
            a->states[d].changed_at > a->states[f].solved_at)
            return true;
    }
    return false;
}

/* Whether something that `f` calls in its own component changed since `f` was solved. */
static bool outdated(const EscModule *m, EscFunc f) {
    const Analysis *a = m->analysis;
    const Function *fn = esc_runs(m, f);
    if (a->states[f].worst || !fn->has_body)
        return false;
    if (a->states[f].solved_at == 0)
        return true;
    for (uint32_t i = 0; i < fn->ncalls; i++) {
        EscFunc callee = esc_callee(m, &fn->calls[i]);
        if (callee != ESC_NONE && a->component[callee] == a->component[f] &&
            a->states[callee].changed_at > a->states[f].solved_at)
            return true;
    }
    return dispatcher_changed(m, f);
}

static void solve_round(EscModule *m, const EscFunc *members, uint32_t n, bool *settled) {
    *settled = true;
    for (uint32_t i = 0; i < n && !late(m); i++) {
        SolveState *state = &m->analysis->states[members[i]];
        if (!outdated(m, members[i]))
            continue;
        *settled = false;
        state->tried.few |= state->solves >= FEW_AFTER;
        state->tried.coarse |= state->solves >= COARSE_AFTER;
        state->worst |= state->solves >= WORST_AFTER;
        solve_function(m, members[i], false);
    }
}

static void solve_component(EscModule *m, const EscFunc *members, uint32_t n) {
    if (!m->analysis->cyclic[m->analysis->component[members[0]]]) {
        solve_function(m, members[0], m->funcs[members[0]].has_body);
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        if (esc_runs(m, members[i])->has_body)
            empty_summary(m, members[i]);
    bool settled = false;
    for (int round = 0; round < MAX_ROUNDS && !settled && !late(m); round++)
        solve_round(m, members, n, &settled);
    for (uint32_t i = 0; i < n && !settled; i++) {
        if (!esc_runs(m, members[i])->has_body)
            continue;
        m->analysis->states[members[i]].worst = true;
        forget_summary(m, members[i]);
        esc_summary_worst(m, members[i], &m->analysis->summaries[members[i]]);
    }
    for (uint32_t i = 0; i < n; i++)
        if (m->funcs[members[i]].has_body && !late(m))
            solve_function(m, members[i], true);
}

static void solve_all(EscModule *m) {
    const Analysis *a = m->analysis;
    for (uint32_t i = 0; i < a->nreached && !late(m);) {
        uint32_t n = 1;
        while (i + n < a->nreached && a->component[a->order[i + n]] == a->component[a->order[i]])
            n++;
        if (n > 1 || esc_runs(m, a->order[i])->has_body)
            solve_component(m, &a->order[i], n);
        i += n;
    }
}

/* ---- entries -------------------------------------------------------------------------------- */

bool esc_analyze(EscModule *m) {
    if (m->analysis)
        return !m->gave_up;
    /* Reading a model moves the others: from here on none is read. */
    for (EscFunc f = 0; f < m->nfuncs; f++)
        esc_model_find(m, m->funcs[f].name);
    const char *wrong = m->error ? m->error : esc_model_check(m);
    if (wrong && !m->gave_up)
        m->gave_up = wrong;
    esc_dispatch_make(m);
    if (m->config.keep_calls)
        make_lent_sites(m);
    if (m->memory.failed || !make_results(m)) {
        m->gave_up = "out of memory";
        return false;
    }
    Analysis *a = m->analysis;
    if (m->config.max_milliseconds)
        a->deadline_ns = esc_now_ns() + m->config.max_milliseconds * 1000000u;
    if (!m->gave_up && esc_components(m))
        solve_all(m);
    if (!late(m))
        esc_place(m);
    late(m);
    a->deadline_ns = 0; /* explanations are not part of it */
    a->done = true;
    return !m->gave_up;
}

const char *esc_reason_line(EscModule *m, EscReason reason, const char *argument) {
    static const char *const format[] = {
#define ESC_REASON(name, text) text,
#include "escapement/reasons.def"
#undef ESC_REASON
    };
    char buffer[700], folded[256];
    const char *percent = strstr(format[reason], "%s");
    if (!percent)
        return format[reason];
    esc_fold_text(argument ? argument : "", folded, sizeof folded);
    int n = snprintf(buffer, sizeof buffer, "%.*s%s%s", (int)(percent - format[reason]),
                     format[reason], folded, percent + 2);
    const char *text = esc_model_string(m, buffer, (size_t)n);
    return text ? text : "gave up: out of memory";
}

const char *esc_reason_code(EscReason reason) {
    static const char *const code[] = {
#define ESC_REASON(name, text) #name,
#include "escapement/reasons.def"
#undef ESC_REASON
    };
    return reason < ESC_REASONS ? code[reason] : "";
}

static EscVerdict gave_up_verdict(const EscModule *m) {
    EscVerdict v = {.placement = ESC_PLACE_HEAP,
                    .reason = ESC_REASON_GAVE_UP,
                    .reason_text = "gave up: out of memory"};
    if (!m->memory.failed)
        v.reason_text = esc_reason_line((EscModule *)m, ESC_REASON_GAVE_UP,
                                        m->gave_up ? m->gave_up : "not analysed");
    return v;
}

static bool decided(const EscModule *m) {
    return m->analysis && m->analysis->done && !m->gave_up && !m->memory.failed && !m->error;
}

EscVerdict esc_site_verdict(const EscModule *m, EscSite site) {
    if (!decided(m) || site >= m->nsites)
        return gave_up_verdict(m);
    return m->analysis->sites[site].verdict;
}

EscVerdict esc_local_verdict(const EscModule *m, EscFunc f, EscLocal local, bool *proved) {
    if (proved)
        *proved = false;
    if (!decided(m) || f >= m->nfuncs || local >= m->funcs[f].nlocals ||
        m->analysis->results[f].gave_up)
        return gave_up_verdict(m);
    const LocalResult *r = &m->analysis->locals[f][local];
    EscVerdict v = {.placement = ESC_PLACE_SLOT, .reason_text = ""};
    if (r->escapes) {
        v.placement = ESC_PLACE_HEAP;
        v.reason = r->reason;
        v.reason_text = esc_reason_line((EscModule *)m, r->reason, r->text);
        if (proved)
            *proved = r->proved;
    }
    return v;
}

EscAction esc_op_action(const EscModule *m, EscFunc f, EscOp op, const EscSite **sites,
                        uint32_t *nsites) {
    if (sites)
        *sites = NULL;
    if (nsites)
        *nsites = 0;
    if (!decided(m))
        return ESC_ACT_NONE;
    const Analysis *a = m->analysis;
    uint32_t lo = 0, hi = a->nactions;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const OpAction *x = &a->actions[mid];
        if (x->func < f || (x->func == f && x->op < op))
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == a->nactions || a->actions[lo].func != f || a->actions[lo].op != op)
        return ESC_ACT_NONE;
    if (sites && a->actions[lo].nsites > 0)
        *sites = a->pool + a->actions[lo].sites;
    if (nsites)
        *nsites = a->actions[lo].nsites;
    return a->actions[lo].action;
}

bool esc_op_frees_foreign(const EscModule *m, EscFunc f, EscOp op) {
    if (!decided(m) || f >= m->nfuncs || op >= m->funcs[f].nops ||
        !m->analysis->results[f].foreign_frees)
        return true;
    return (m->analysis->results[f].foreign_frees[op / 32] >> (op % 32)) & 1;
}

bool esc_summary_print(const EscModule *m, EscFunc f, EscWrite write, void *context) {
    if (!m->analysis || f >= m->nfuncs || !m->analysis->summaries[f].has_body)
        return write(context, "unknown\n", 8);
    return esc_text_print_function(m, &m->analysis->summaries[f], write, context);
}

/* NAME in capital letters, `name` in small ones. */
static bool is_named(const char *name, const char *capitals) {
    size_t i = 0;
    while (capitals[i] && name[i] == (capitals[i] == '_' ? '-' : capitals[i] - 'A' + 'a'))
        i++;
    return !capitals[i] && !name[i];
}

EscForget esc_forget_named(const char *name) {
    static const char *const names[] = {
        "",
#define ESC_FORGET(name, what) #name,
#include "escapement/forget.def"
#undef ESC_FORGET
    };
    for (int i = 1; i < ESC_FORGETS; i++)
        if (is_named(name, names[i]))
            return (EscForget)i;
    return ESC_FORGETS;
}
