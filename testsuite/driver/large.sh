#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Sources of absurd size or depth: a verdict for every site, no crash, no hang.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"
head='#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n'

# Compiles FILE within the time limit of lib.sh, with every kind of output on; leaves err.
survives() {
    local status=0
    esc -O1 -w -c "$1" -o large.o "$(arg m)" "$(arg report=large.json)" 2>err || status=$?
    [[ $status -eq 0 ]] || fail "$1: exit status $status: $(tail -n 5 err)"
}

# 1,000 sites in one function, one after the other.
{
    printf '%bint many(int n) {\n    char *p;\n' "$head"
    for ((i = 0; i < 1000; i++)); do
        printf '    p = malloc(96); if (!p) return -1; snprintf(p, 96, "%%d %d", n); n += (int)strlen(p); free(p);\n' $i
    done
    printf '    return n;\n}\n'
} >many.c
survives many.c
[[ $(grep -cE '^many\.c:[0-9]+:9: (moved to stack: malloc\(96\)|malloc\(96\) does not escape)' err) -eq 1000 ]] ||
    fail "not 1000 verdicts but $(grep -c 'malloc(96)' err): $(head -n 3 err)"

# A chain of 3,000 functions, and one of 300 that all call one another's successor in a ring.
{
    printf '%bint f0(char *p) { return p[0]; }\n' "$head"
    for ((i = 1; i < 3000; i++)); do
        printf '__attribute__((noinline)) int f%d(char *p) { p[0] ^= %d; return f%d(p) + 1; }\n' $i $((i % 100)) $((i - 1))
    done
    for ((i = 0; i < 300; i++)); do
        printf 'int r%d(char **p, int n);\n' $i
    done
    for ((i = 0; i < 300; i++)); do
        printf 'int r%d(char **p, int n) { char *q = malloc(8); if (!q || n == 0) return 0; q[0] = 1; p[0] = p[1]; ' $i
        printf 'n = r%d(&q, n - 1) + r%d(p, n - 1); free(q); return n; }\n' $(((i + 1) % 300)) $(((i * 7) % 300))
    done
    printf 'int chain(void) { char *p = malloc(4); if (!p) return 0; p[0] = 1; int r = f2999(p); free(p); return r; }\n'
} >chain.c
survives chain.c
has err 'moved to stack: malloc\(4\)'

# Nesting: 40 loops; pointers to pointers, 30 deep; a switch of 2,000 cases.
{
    printf '%bint deep(int n) {\n    char *p = malloc(16); if (!p) return 0; p[0] = 1;\n' "$head"
    for ((i = 0; i < 40; i++)); do printf 'for (int i%d = 0; i%d < n; i%d++) {' $i $i $i; done
    printf 'p[n & 15]++;'
    for ((i = 0; i < 40; i++)); do printf '}'; done
    printf '\n    n = p[0]; free(p); return n;\n}\n'
    stars=$(printf '*%.0s' {1..30})
    printf 'char stars(char %sp) { return %sp; }\n' "$stars" "$stars"
    printf 'int cases(int n) {\n    char *p = malloc(16); if (!p) return 0; memset(p, 0, 16);\nagain: switch (n) {\n'
    for ((i = 0; i < 400; i++)); do printf 'case %d: p[%d]++; n = %d; goto again;\n' $i $((i % 16)) $((i * 7 % 2003)); done
    printf 'default: n = p[3]; free(p); }\n    return n;\n}\n'
} >deep.c
survives deep.c

# One object whose address is copied, compared and merged 600 times.
{
    printf '%bchar *volatile *where;\nint merge(int n, char *other) {\n    char *p = malloc(16), *q = other;\n    if (!p) return 0;\n' "$head"
    for ((i = 0; i < 600; i++)); do printf '    if (n == %d) q = p + %d; else if (q == p) n++;\n' $i $((i % 16)); done
    printf '    n = q[0]; free(p); return n;\n}\n'
} >merge.c
survives merge.c
