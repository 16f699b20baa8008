#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# heap-locals: what would be dangling pointers point to objects that stay, a new one for each life of a local.
# With GCC too.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

cat >expected <<'OUT'
returned 5
of a parameter 8
element 4
each 0 3 6 9 12 15 18 21
some 0 12 14 9 12 16 18 18
goto 15
goto 0 1 2 3 4 5 18 18
loop 15
loop 15
copied 10
copied 10 4
by value 15
by value 9
first 13
second 24
literal 8
aligned 8
volatile 8
OUT
for level in -O1 -O2 "-O3 -g" -Os; do
    read -ra words <<<"$level"
    esc "${words[@]}" -w "$(arg heap-locals)" "$(arg m)" dangling.c -o program 2>lines
    [[ $(grep -c 'moved to heap: ' lines) -ge 13 ]] || fail "$level moves less: $(cat lines)"
    timeout 20 ./program >out || fail "$level: exit status $?"
    diff expected out || fail "$level"
done
for name in x v y z total q a b 'compound literal' big t; do
    has lines "dangling\.c:[0-9]+:[0-9]+: moved to heap: $name\$"
done
# Without the argument they are left, and named.
esc -O2 -w -c dangling.c -o left.o "$(arg m)" 2>lines
has lines 'address of x escapes: returned'
lacks lines 'moved to heap'
