#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# An object in which nothing was moved is the plain compiler's, bit for bit.
# shellcheck source=testsuite/driver/lib.sh
. "$(dirname "$0")/lib.sh"

for level in -O0 -O1 -O2 -O3 -Os -Oz "-O2 -g" "-O1 -g -gno-column-info" "-O2 -g1" "-O2 -flto=thin" "-O0 -g" \
    "-O2 -S" "-O2 -fno-builtin-malloc"; do
    read -ra words <<<"$level"
    plain "${words[@]}" -c still.c -o plain.o
    esc "${words[@]}" -c still.c -o plugin.o "$(arg m)" 2>err
    lacks err 'moved to'
    [[ $level != *flto* ]] || continue
    same plain.o plugin.o "still.c $level"
done

# What must stay away from: sanitizers, user's own malloc, functions the compiler itself leaves alone.
for level in -fsanitize=address -fsanitize=memory -fsanitize=thread -fsanitize=leak -fno-builtin-malloc -fno-builtin \
    -ffreestanding; do
    plain -O2 $level -c sample.c -o plain.o
    esc -O2 $level -c sample.c -o plugin.o "$(arg m)" 2>err
    lacks err 'moved to'
    same plain.o plugin.o "sample.c $level"
done
sed 's/^int digits/__attribute__((optnone, noinline)) int digits/' sample.c >optnone.c
plain -O2 -c optnone.c -o plain.o
esc -O2 -c optnone.c -o plugin.o
same plain.o plugin.o "optnone"
# Asked for nothing: no rewrite allowed, or none of the functions named.
plain -O2 -c sample.c -o plain.o
esc -O2 -c sample.c -o plugin.o "$(arg limit=0)"
same plain.o plugin.o "limit=0"
esc -O2 -c sample.c -o plugin.o "$(arg only=^nothing_is_called_so$)"
same plain.o plugin.o "only= without a match"
