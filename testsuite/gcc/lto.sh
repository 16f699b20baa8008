#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# lto.sh - the GCC plugin with -flto: at the compilations, at the link, at neither, at both, and between files.
#
# Environment: ESC_GCC the compiler, ESC_PLUGIN the plugin.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
arg=-fplugin-arg-escapement
gcc=(timeout 120 "$ESC_GCC" -O2 -flto=2 -fchecking=2)
plugin=("-fplugin=$ESC_PLUGIN" "$arg-m")

fail() {
    echo "lto: $*" >&2
    exit 1
}

# `own` is moved when it is compiled; `lent` needs the body of `sum`, which the link has; `given` is kept by it.
cat >one.c <<'CODE'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int sum(const char *p, unsigned n);
void keep(char *p);
extern char *kept;
__attribute__((noinline)) static int own(int n) {
    char *p = malloc(40);
    if (!p)
        return 0;
    snprintf(p, 40, "%d", n);
    puts(p);
    free(p);
    return n;
}
__attribute__((noinline)) static int lent(int n) {
    char *p = malloc(16);
    if (!p)
        return 0;
    memset(p, n, 16);
    int s = sum(p, 16);
    free(p);
    return s;
}
__attribute__((noinline)) static void given(int n) {
    char *p = malloc(24);
    if (!p)
        return;
    memset(p, n, 24);
    keep(p);
}
int main(int n, char **words) {
    (void)words;
    given(n);
    int s = own(n) + lent(n);
    printf("%d %d\n", s, sum(kept, 24));
    free(kept);
    return 0;
}
CODE
cat >two.c <<'CODE'
char *kept;
__attribute__((noinline)) int sum(const char *p, unsigned n) {
    int s = 0;
    for (unsigned i = 0; i < n; i++)
        s = s * 3 + p[i];
    return s;
}
__attribute__((noinline)) void keep(char *p) { kept = p; }
CODE

# The program's calls of malloc.
mallocs() { objdump -d "$1" | grep -c 'call.*<malloc@' || true; }

# linked NAME CALLS LINES ARGUMENT...: what the link makes of one.o and two.o says the same and calls malloc so often; the
# link prints LINES, what is news.
linked() {
    local name=$1 calls=$2 lines=$3
    shift 3
    "${gcc[@]}" "$@" one.o two.o -o "$name" 2>err || fail "$name: $(cat err)"
    [[ $(cat err) == "$lines" ]] || fail "$name: the link reports: $(cat err)"
    [[ $(timeout 20 ./"$name") == "$expected" ]] || fail "$name says something else"
    [[ $(mallocs "$name") == "$calls" ]] || fail "$name calls malloc $(mallocs "$name") times, not $calls"
}

"$ESC_GCC" -O2 one.c two.c -o plain
expected=$(./plain)
for file in one two; do "${gcc[@]}" -c $file.c -o $file.o; done
own='one.c:8:15: moved to stack: malloc(40)' lent='one.c:17:15: moved to stack: malloc(16)'
linked neither 3 ''
linked link 1 "$own"$'\n'"$lent" "${plugin[@]}" -flto-partition=none
linked file 1 '' "-fplugin=$ESC_PLUGIN" "$arg-report=link.json" -flto-partition=none
[[ $(grep -c '"kind":"site".*"moved":true' link.json) == 2 ]] || fail "the link's report: $(cat link.json)"

for file in one two; do "${gcc[@]}" "${plugin[@]}" -c $file.c -o $file.o 2>>lines; done
[[ $(grep -c 'moved to stack: malloc(40)' lines) == 1 ]] || fail "the compilations: $(cat lines)"
linked compiled 2 ''
linked both 1 "$lent" "${plugin[@]}" -flto-partition=none
# A function whose body is in another part of the program is not known.
linked parts 2 '' "${plugin[@]}" -flto-partition=1to1
# What would be an error when compiling is one here, too.
if "${gcc[@]}" "-fplugin=$ESC_PLUGIN" "$arg-nonsense" one.o two.o -o wrong 2>err; then fail "nonsense is accepted"; fi
grep -q "unknown argument 'nonsense'" err || fail "$(cat err)"

# Objects of files compiled with -fno-builtin: what is called malloc there may be anything.
"${gcc[@]}" -fno-builtin -c one.c -o one.o
linked foreign 3 '' "${plugin[@]}" -flto-partition=none
echo "lto: ok"
