/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* trace.c - stack traces: cheap ones for each life, a careful one for the report.
 *
 * Programs in verify mode are compiled with frame pointers, so a walk along them finds their
 * functions. A library without frame pointers may leave anything in the register: every link is
 * tested before it is followed, and must lead upwards in the thread's own stack.
 *
 * At a fault the walk would miss the caller of a leaf function of the C library, where most faults
 * are (memcpy, strlen). There the unwinder of the compiler goes through the signal's frame.
 *
 * NOT HERE  Names (symbols.c).
 */
#include "state.h"
#include <unwind.h>

void trace_take(Trace *trace, const Thread *t, const void *frame) {
    trace->depth = 0;
    if (!t)
        return;
    uintptr_t at = (uintptr_t)frame;
    while (trace->depth < TraceFrames && at >= t->low && at + 2 * sizeof(uintptr_t) <= t->high &&
           at % sizeof(uintptr_t) == 0) {
        const uintptr_t *record = (const uintptr_t *)at;
        if (record[1] < 4096)
            break;
        trace->pc[trace->depth++] = record[1];
        if (record[0] <= at)
            break;
        at = record[0];
    }
}

typedef struct Walk {
    Trace *trace;
    uintptr_t from;
    bool found;
} Walk;

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *argument) {
    Walk *w = argument;
    uintptr_t pc = _Unwind_GetIP(context);
    if (!pc || w->trace->depth == TraceFrames)
        return _URC_END_OF_STACK;
    w->found |= pc == w->from || !w->from;
    if (w->found)
        w->trace->pc[w->trace->depth++] = pc;
    return _URC_NO_REASON;
}

void trace_unwind(Trace *trace, uintptr_t from) {
    trace->depth = 0;
    Walk w = {trace, from, false};
    _Unwind_Backtrace(step, &w);
    if (w.found || !from)
        return;
    /* A call of an address that is no code: there is nothing to go through. */
    trace->pc[0] = from;
    trace->depth = 1;
}
