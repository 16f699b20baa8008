#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Bisecting: -only=REGEX, -limit=N and -site=HASH choose which sites are rewritten. With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

{
    printf '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n'
    for name in one two three; do
        printf 'int %s(int n) {\n    char *p = malloc(48);\n    if (!p)\n        return -1;\n' $name
        printf '    snprintf(p, 48, "%s %%d", n);\n    n = (int)strlen(p);\n    free(p);\n    return n;\n}\n' $name
    done
} >three.c

mallocs() { nm -u "$1" | grep -cw malloc || true; }
calls() { objdump -dr "$1" | grep -cw 'malloc' || true; }
plain -O2 -c three.c -o plain.o
[[ $(calls plain.o) -eq 3 ]] || fail "the plain object has $(calls plain.o) calls of malloc, not 3"
esc -O2 -c three.c -o all.o "$(arg m)" "$(arg report=all.json)" 2>err
[[ $(mallocs all.o) -eq 0 ]] || fail "$(calls all.o) calls of malloc are left"
for limit in 0 1 2 3; do
    esc -O2 -c three.c -o limit.o "$(arg limit=$limit)"
    [[ $(calls limit.o) -eq $((3 - limit)) ]] || fail "limit=$limit: $(calls limit.o) calls of malloc"
done
esc -O2 -c three.c -o only.o "$(arg 'only=^t')"
[[ $(calls only.o) -eq 1 ]] || fail "only=^t: $(calls only.o) calls of malloc"

mapfile -t hashes < <(grep -F 'malloc(48)' all.json | grep -oE '"site": ?"[^"]+"' | cut -d'"' -f4 | sort -u)
[[ ${#hashes[@]} -eq 3 ]] || fail "the report names ${#hashes[@]} sites, not 3: $(head -n 3 all.json)"
for hash in "${hashes[@]}"; do
    esc -O2 -c three.c -o site.o "$(arg "site=$hash")"
    [[ $(calls site.o) -eq 2 ]] || fail "site=$hash: $(calls site.o) calls of malloc"
done
