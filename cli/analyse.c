/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* analyse.c - see analyse.h. */
#include "analyse.h"

#include "command.h"

#include <string.h>

EscModule *analyse_text(const char *text, size_t length, const char *models, EscError *error) {
    EscModule *m = esc_module_new(NULL);
    if (!m)
        trouble("out of memory");
    if ((*models && !esc_models_read(m, models, strlen(models), error)) ||
        !esc_module_read(m, text, length, error)) {
        esc_module_free(m);
        return NULL;
    }
    esc_analyze(m);
    return m;
}

typedef struct Look {
    const Wanted *site;
    EscFunc function;
    bool found, wants_flow;
    char *flow; /* NULL until found */
} Look;

static void look_at(void *context, const EscFinding *finding) {
    Look *look = context;
    if (look->found || finding->kind != ESC_FIND_SITE || !finding->good ||
        finding->func != look->function || finding->line != look->site->line ||
        finding->col != look->site->col || strcmp(finding->file, look->site->file) != 0)
        return;
    look->found = true;
    if (look->wants_flow)
        look->flow = copy_text(finding->flow);
}

bool is_moved(EscModule *m, const Wanted *site, char **flow) {
    Look look = {
        .site = site, .function = esc_function(m, site->function), .wants_flow = flow != NULL};
    esc_findings(m, flow ? 2 : 1, look_at, &look);
    if (flow)
        *flow = look.flow;
    return look.found;
}
