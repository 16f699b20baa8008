/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* explain.h - the flow of one finding as the lines of -m=2. */
#ifndef ESC_EXPLAIN_H
#define ESC_EXPLAIN_H

#include "analyze.h"

/* Text that grows; on a failed allocation it stays as it is and `m` remembers the failure. */
typedef struct Text {
    EscModule *m;
    char *bytes; /* NUL-terminated once anything was added; NULL before */
    uint32_t length, capacity;
} Text;

void esc_text_add(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void esc_text_free(Text *t);

/* Each writes the header line and the flow. `s` has solved the function of the finding. */
void esc_explain_site(Solver *s, EscSite site, Text *out);
/* Where an object goes that may be moved: each operation of its function that is given it. */
void esc_explain_moved(Solver *s, EscSite site, Text *out);
void esc_explain_local(Solver *s, EscLocal local, Text *out);
/* Why a parameter's object at `level` (0, 1, 2) leaks; `to_result`: into the result. */
void esc_explain_param(Solver *s, uint32_t group, int level, bool to_result, Text *out);

/* The line of a site, of the module's strings; NULL when out of memory. */
const char *esc_site_text(EscModule *m, EscSite site, const EscVerdict *v);

/* The fact that decided a bad verdict, and of which object; ESC_NONE: none. A parameter's is the
 * first of its levels that leaks. */
FactId esc_fact_of_site(Solver *s, EscSite site, Obj *object);
FactId esc_fact_of_local(Solver *s, EscLocal local, Obj *object);
FactId esc_fact_of_param(Solver *s, uint32_t group, Obj *object);

#endif
