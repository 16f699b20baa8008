#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What can live in registers after the rewrite does: the compiler's own passes still run behind ours.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

cat >registers.c <<'C'
#include <stdlib.h>
struct Pair {
    int a, b;
    struct Pair *other;
};
__attribute__((noinline)) static int sum(const struct Pair *p) { return p->a + p->other->b; }
/* The null check keeps the plain compiler from deleting it; a copy of one field behind a pointer. */
int pair(int x, int y) {
    struct Pair *p = malloc(sizeof *p), *q = malloc(sizeof *q);
    int r = -1;
    if (!p || !q)
        goto done;
    p->a = x, p->b = y, p->other = q;
    q->a = y, q->b = x, q->other = p;
    r = p->a * p->other->other->b + q->other->a;
done:
    free(p);
    free(q);
    return r;
}
int call(int x) {
    struct Pair *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->a = x;
    p->other = p;
    x = sum(p);
    free(p);
    return x;
}
C
body() { sed -n "/^$2:/,/^\.Lfunc_end/p" "$1"; }
esc -O2 -S -fno-asynchronous-unwind-tables registers.c -o registers.s "$(arg m)" 2>err
body registers.s pair >pair.s
[[ -s pair.s ]] || fail "no function pair in the assembly"
lacks pair.s 'malloc|free|\(%[er]?sp\)|\(%rbp\)'
body registers.s call >call.s
lacks call.s 'calloc|free'
