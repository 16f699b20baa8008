#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# command-lines.sh - the GCC plugin on whole command lines: mistakes, levels, reproducible objects, -flto.
#
# Environment: ESC_GCC the compiler, ESC_PLUGIN the plugin, ESC_SOURCE the repository.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
cp "$ESC_SOURCE/testsuite/driver/sample.c" .
arg=-fplugin-arg-escapement
gcc=(timeout 60 "$ESC_GCC" "-fplugin=$ESC_PLUGIN")

fail() {
    echo "command-lines: $*" >&2
    exit 1
}
# refused TEXT ARGUMENT: the compiler says TEXT and fails.
refused() {
    if "${gcc[@]}" "$2" -c sample.c 2>err; then fail "$2 was accepted"; fi
    grep -qF "$1" err || fail "$2: $(cat err)"
    [[ $(grep -c 'error:' err) -le 2 ]] || fail "$2 says more than one line: $(cat err)"
}
refused "unknown argument 'nonsense'" $arg-nonsense
refused "argument 'm' is 1 or 2, not '3'" $arg-m=3
refused "argument 'max-object' needs a number of bytes, not 'big'" $arg-max-object=big
refused "cannot read models file '/nowhere'" $arg-models=/nowhere

# The same lines at every level but for what is moved; nothing is moved at -O0 or in report mode.
for level in -O1 -O2 -O3 -Os -Og -Ofast; do
    "${gcc[@]}" $arg-m $level -c sample.c -o moved.o 2>lines
    grep -q 'moved to stack: malloc(64)' lines || fail "$level does not move: $(cat lines)"
done
for quiet in "-O0" "-O2 $arg-mode=report" "-O2 -fsanitize=address" "-O2 -fno-builtin-malloc"; do
    read -ra words <<<"$quiet"
    "${gcc[@]}" "${words[@]}" -c sample.c -o with.o
    timeout 60 "$ESC_GCC" "${words[@]#"$arg-mode=report"}" -c sample.c -o without.o 2>/dev/null ||
        timeout 60 "$ESC_GCC" "${words[0]}" -c sample.c -o without.o
    cmp with.o without.o || fail "$quiet: the object changed"
done

# Debug information changes no code, and neither does printing, also with -g.
"${gcc[@]}" -O2 -fcompare-debug -c sample.c || fail "-fcompare-debug"
"${gcc[@]}" -O2 -g -c sample.c -o a.o
"${gcc[@]}" -O2 -g $arg-m=2 "$arg-report=%.json" -c sample.c -o b.o 2>lines
cmp a.o b.o || fail "the object depends on what is printed"
[[ -s b.o.json ]] || fail "no report beside the object: $(ls)"
grep -q '"kind":"site"' b.o.json || fail "no site in the report"

# -flto: moved when compiled, and the program says the same.
cat >main.c <<'CODE'
#include <stdio.h>
int digits(int n);
int main(void) { return printf("%d\n", digits(12345)) < 0; }
CODE
"${gcc[@]}" -O2 -flto $arg-m -c sample.c -o lto.o 2>lines
grep -q 'moved to stack: malloc(64)' lines || fail "-flto does not move: $(cat lines)"
"${gcc[@]}" -O2 -flto main.c lto.o -o program
[[ $(timeout 20 ./program) == 5 ]] || fail "the program linked with -flto says something else"

# Read from standard input, with a directory for the object, with no file at all.
"${gcc[@]}" -O2 $arg-m -x c - -c -o stdin.o <sample.c 2>lines
grep -q 'moved to stack' lines || fail "standard input: $(cat lines)"
# -fanalyzer says the same, and is the only reason that anything is left.
cat >wrong.c <<'CODE'
#include <stdlib.h>
int late(int n) {
    int *p = malloc(16);
    if (!p)
        return 0;
    p[1] = n;
    free(p);
    return n + p[1];
}
CODE
warn=(-O2 -fanalyzer -c wrong.c -o warned.o)
timeout 120 "$ESC_GCC" "${warn[@]}" 2>without
timeout 120 "${gcc[@]}" "${warn[@]}" 2>with
grep -q 'Wanalyzer-use-after-free' without || fail "the analyzer finds nothing: $(cat without)"
cmp -s without with || fail "-fanalyzer says something else: $(diff without with)"
# No warning is added.
for source in "$ESC_SOURCE"/testsuite/run/*{realloc,grow,calloc,copies}*.c; do
    warn=(-O2 -Wall -Wextra -I "$ESC_SOURCE/testsuite/run/support" -c "$source" -o warned.o)
    timeout 60 "$ESC_GCC" "${warn[@]}" 2>without
    "${gcc[@]}" "${warn[@]}" 2>with
    cmp -s without with || fail "other warnings in $source: $(diff without with)"
done
echo "command-lines: ok"
