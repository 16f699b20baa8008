/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* findings.c - the verdicts as the lines a person reads.
 *
 * One finding for each site, for each local whose address gets out, for each thing there is to say
 * of a parameter, and for a fresh result. The words are fixed; both compilers print what stands
 * here. Flows are made only when asked for: the function is solved once more, with the summaries
 * that are final.
 */
#include "explain.h"

#include <string.h>

typedef struct Speaker {
    EscModule *m;
    int level;
    EscEachFinding each;
    void *context;
    EscFunc func;
    Solver solver;
    bool solved;
    Text flow;
} Speaker;

static Solver *solver_of(Speaker *x) {
    if (!x->solved) {
        /* As it was decided, but in no coarser form than the solution needs. */
        Tried *tried = &x->m->analysis->states[x->func].tried;
        bool coarse = tried->coarse;
        tried->coarse = false;
        esc_solve(&x->solver, x->m, x->func, tried);
        tried->coarse = coarse;
        x->solved = true;
    }
    return x->solver.failed || x->solver.limit ? NULL : &x->solver;
}

static void say(Speaker *x, EscFinding *f, EscSource where, const char *text) {
    const Source *s = &x->m->sources[where];
    f->func = x->func;
    f->file = s->file;
    f->line = s->line;
    f->col = s->col;
    f->text = text;
    f->flow = x->flow.bytes ? x->flow.bytes : "";
    if (s->file && text)
        x->each(x->context, f);
    x->flow.length = 0;
    if (x->flow.bytes)
        x->flow.bytes[0] = '\0';
}

static const char *kept_text(EscModule *m, Text *t) {
    const char *s = t->bytes ? esc_model_string(m, t->bytes, t->length) : NULL;
    esc_text_free(t);
    return s;
}

/* ---- sites ---------------------------------------------------------------------------------- */

const char *esc_site_text(EscModule *m, EscSite id, const EscVerdict *v) {
    const Site *site = &m->sites[id];
    char expr[256];
    Text t = {.m = m};
    esc_fold_text(m->sources[site->source].text ? m->sources[site->source].text : site->allocator,
                  expr, sizeof expr);
    switch (v->placement) {
    case ESC_PLACE_SLOT:
        esc_text_add(&t, "moved to stack: %s", expr);
        break;
    case ESC_PLACE_BUFFER:
        esc_text_add(&t, "moved to stack up to %llu bytes: %s", (unsigned long long)v->slot_bytes,
                     expr);
        break;
    case ESC_PLACE_KEPT:
        esc_text_add(&t, "%s does not escape; kept on heap: %s", expr, v->reason_text);
        break;
    case ESC_PLACE_HEAP:
        esc_text_add(&t, "%s escapes to heap: %s", expr, v->reason_text);
        break;
    }
    return kept_text(m, &t);
}

static void say_site(Speaker *x, EscSite id) {
    const Site *site = &x->m->sites[id];
    EscVerdict v = esc_site_verdict(x->m, id);
    bool bad = v.placement == ESC_PLACE_HEAP || v.placement == ESC_PLACE_KEPT;
    EscFinding f = {
        .kind = ESC_FIND_SITE, .site = id, .item = ESC_NONE, .reason = v.reason, .good = !bad};
    if (site->source == 0)
        return;
    f.report_only = site->kind == ESC_ALLOC_GETLINE && x->level < 2;
    if (bad && x->level >= 2 && !x->m->gave_up && solver_of(x))
        esc_explain_site(&x->solver, id, &x->flow);
    if (!bad && x->level >= 2 && solver_of(x))
        esc_explain_moved(&x->solver, id, &x->flow);
    say(x, &f, site->source, esc_site_text(x->m, id, &v));
}

/* ---- locals --------------------------------------------------------------------------------- */

static void say_local(Speaker *x, EscLocal id) {
    const Local *l = &x->m->funcs[x->func].locals[id];
    bool proved;
    EscVerdict v = esc_local_verdict(x->m, x->func, id, &proved);
    if (!l->name || v.placement == ESC_PLACE_SLOT || v.reason == ESC_REASON_GAVE_UP)
        return;
    EscFinding f = {.kind = ESC_FIND_LOCAL,
                    .site = ESC_NONE,
                    .item = id,
                    .reason = v.reason,
                    .report_only = !proved};
    Text t = {.m = x->m};
    esc_text_add(&t, "address of %s escapes: %s", l->name, v.reason_text);
    if (x->level >= 2 && proved && solver_of(x))
        esc_explain_local(&x->solver, id, &x->flow);
    say(x, &f, l->source, kept_text(x->m, &t));
}

/* ---- parameters ------------------------------------------------------------------------------ */

static void say_param_line(Speaker *x, uint32_t param, bool good, const char *before,
                           const char *after) {
    EscFinding f = {.kind = ESC_FIND_PARAM,
                    .site = ESC_NONE,
                    .item = param,
                    .reason = ESC_REASONS,
                    .good = good};
    Text t = {.m = x->m};
    esc_text_add(&t, "%s%s%s", before, x->m->funcs[x->func].params[param].name, after);
    say(x, &f, x->m->funcs[x->func].params[param].source, kept_text(x->m, &t));
}

/* All values that are one parameter of the source, as one. */
static ParamFacts group_facts(const EscModule *m, EscFunc func, uint32_t param) {
    const Function *f = &m->funcs[func];
    const FuncResult *r = &m->analysis->results[func];
    ParamFacts sum = {.result_level = NO_LEVEL};
    for (uint32_t i = 0; i < f->nparams; i++) {
        const ParamFacts *p = &r->params[i];
        if (f->params[i].group != f->params[param].group)
            continue;
        sum.leaks |= p->leaks;
        sum.content_leaks |= p->content_leaks;
        sum.frees |= p->frees;
        sum.frees_content |= p->frees_content;
        if (p->result_level < sum.result_level)
            sum.result_level = p->result_level;
        if (p->conditional && !sum.conditional) {
            sum.conditional = true;
            sum.callback_param = p->callback_param;
            sum.callback_args = p->callback_args;
        }
    }
    return sum;
}

static const char *ordinal(uint32_t n) {
    return n % 100 / 10 == 1 ? "th"
           : n % 10 == 1     ? "st"
           : n % 10 == 2     ? "nd"
           : n % 10 == 3     ? "rd"
                             : "th";
}

static void flow_of_param(Speaker *x, uint32_t param, int level, bool to_result) {
    if (x->level >= 2 && solver_of(x))
        esc_explain_param(&x->solver, x->m->funcs[x->func].params[param].group, level, to_result,
                          &x->flow);
}

static void say_result_level(Speaker *x, uint32_t param, const ParamFacts *p) {
    EscFinding f = {.kind = ESC_FIND_PARAM, .site = ESC_NONE, .item = param, .reason = ESC_REASONS};
    const Param *info = &x->m->funcs[x->func].params[param];
    Text t = {.m = x->m};
    flow_of_param(x, param, p->result_level, true);
    esc_text_add(&t, "leaking param: %s to result ~r0 level=%d", info->name, p->result_level);
    say(x, &f, info->source, kept_text(x->m, &t));
}

static void say_conditional(Speaker *x, uint32_t param, const ParamFacts *p) {
    const Function *fn = &x->m->funcs[x->func];
    const char *callback = fn->params[p->callback_param].name;
    for (uint32_t i = 0; i < 32; i++) {
        if (!(p->callback_args >> i & 1))
            continue;
        EscFinding f = {
            .kind = ESC_FIND_PARAM, .site = ESC_NONE, .item = param, .reason = ESC_REASONS};
        Text t = {.m = x->m};
        esc_text_add(&t, "leaking param: %s if %s leaks its %u%s", fn->params[param].name,
                     callback ? callback : "(unnamed)", i + 1, ordinal(i + 1));
        say(x, &f, fn->params[param].source, kept_text(x->m, &t));
    }
}

static void say_param(Speaker *x, uint32_t param) {
    ParamFacts p = group_facts(x->m, x->func, param);
    if (x->m->analysis->results[x->func].gave_up || x->m->gave_up)
        p.leaks = true;
    if (p.leaks) {
        flow_of_param(x, param, 0, false);
        say_param_line(x, param, false, "leaking param: ", "");
    }
    if (p.content_leaks) {
        flow_of_param(x, param, 1, false);
        say_param_line(x, param, false, "leaking param content: ", "");
    }
    bool to_result = p.result_level != NO_LEVEL && !p.leaks;
    if (to_result)
        say_result_level(x, param, &p);
    if (p.conditional && !p.leaks)
        say_conditional(x, param, &p);
    if (p.frees)
        say_param_line(x, param, true, "freeing param: ", "");
    if (p.frees_content)
        say_param_line(x, param, true, "freeing param content: ", "");
    if (!p.leaks && !p.content_leaks && !to_result && !p.conditional)
        say_param_line(x, param, true, "", " does not escape");
}

/* `address of PARAM escapes` stands instead of the parameter's other lines. */
static bool address_gets_out(const Speaker *x, uint32_t param) {
    const Function *f = &x->m->funcs[x->func];
    const Source *p = &x->m->sources[f->params[param].source];
    for (EscLocal i = 0; i < f->nlocals; i++) {
        const Source *l = &x->m->sources[f->locals[i].source];
        bool same = p->file && l->file && p->line == l->line && p->col == l->col &&
                    strcmp(p->file, l->file) == 0;
        if (f->locals[i].name && same && x->m->analysis->locals[x->func][i].proved)
            return true;
    }
    return false;
}

static void say_params(Speaker *x) {
    const Function *f = &x->m->funcs[x->func];
    for (uint32_t i = 0; i < f->nparams; i++) {
        const Param *p = &f->params[i];
        if (!(p->flags & ESC_PARAM_REPORT) || !p->name)
            continue;
        bool first = true;
        for (uint32_t k = 0; k < i; k++)
            first &= f->params[k].group != p->group || !(f->params[k].flags & ESC_PARAM_REPORT);
        if (first && !address_gets_out(x, i))
            say_param(x, i);
    }
}

static void say_result(Speaker *x) {
    const Function *f = &x->m->funcs[x->func];
    if (!x->m->analysis->results[x->func].fresh_result)
        return;
    EscFinding finding = {.kind = ESC_FIND_RESULT,
                          .site = ESC_NONE,
                          .item = ESC_NONE,
                          .reason = ESC_REASONS,
                          .good = true};
    Text t = {.m = x->m};
    esc_text_add(&t, "result of %s is fresh memory", esc_function_name(x->m, x->func));
    say(x, &finding, f->source, kept_text(x->m, &t));
}

/* ---- all ------------------------------------------------------------------------------------ */

static void say_function(Speaker *x, const uint32_t *first, const uint32_t *next) {
    const Function *f = &x->m->funcs[x->func];
    x->solved = false;
    for (EscSite i = first[x->func]; i != ESC_NONE; i = next[i])
        say_site(x, i);
    for (EscLocal i = 0; i < f->nlocals && !x->m->gave_up; i++)
        say_local(x, i);
    if (f->flags & ESC_FUNC_REPORT) {
        say_params(x);
        say_result(x);
    }
    if (x->solved)
        esc_solver_free(&x->solver);
}

void esc_findings(const EscModule *module, int level, EscEachFinding each, void *context) {
    EscModule *m = (EscModule *)module; /* strings are added to it, nothing else */
    Speaker x = {.m = m, .level = level, .each = each, .context = context, .flow = {.m = m}};
    uint32_t *first = esc_memory_resize(&m->memory, NULL, m->nfuncs + 1, sizeof *first);
    uint32_t *next = esc_memory_resize(&m->memory, NULL, m->nsites + 1, sizeof *next);
    if (first && next && m->analysis && m->analysis->done) {
        memset(first, 0xff, (m->nfuncs + 1) * sizeof *first);
        for (EscSite i = m->nsites; i-- > 0;) {
            next[i] = first[m->sites[i].func];
            first[m->sites[i].func] = i;
        }
        for (x.func = 0; x.func < m->nfuncs; x.func++)
            if (m->funcs[x.func].has_body)
                say_function(&x, first, next);
    }
    esc_text_free(&x.flow);
    esc_memory_release(first);
    esc_memory_release(next);
}
